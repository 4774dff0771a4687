import { describe, expect, it } from 'vitest';
import { readMediaType } from '../../../signatures/smime/media-type.ts';
import { canonicalLines, decodedBody, readEntity, splitMultipart } from '../../../signatures/smime/mime.ts';
import { bytesOf } from '../../support/smime-message.ts';

describe('Content-Type', () => {
  const boundary = (field: string) => readMediaType(field).parameters.get('boundary');

  it.each<[string, string, string | undefined]>([
    ['a token', 'multipart/mixed; boundary=abc', 'abc'],
    ['a quoted string', 'multipart/mixed; boundary="a b;c"', 'a b;c'],
    ['escaped characters', 'multipart/mixed; boundary="a\\"b"', 'a"b'],
    ['a comment', 'multipart/mixed (x; boundary=no); boundary=abc (y)', 'abc'],
    ['no comment inside quotes', 'multipart/mixed; boundary="(abc)"', '(abc)'],
    ['blanks around', 'multipart/mixed ;  boundary = abc ; x=y', 'abc'],
    ['pieces of RFC 2231', 'multipart/mixed; boundary*0="ab"; boundary*1=c', 'abc'],
    ['percent signs of RFC 2231', "multipart/mixed; boundary*=us-ascii''a%62c", 'abc'],
    ['names in capitals', 'MULTIPART/Mixed; BOUNDARY=abc', 'abc'],
    ['none', 'multipart/mixed', undefined],
  ])('is read with %s', (_, field, expected) => {
    expect(readMediaType(field)).toMatchObject({ type: 'multipart/mixed', ambiguous: false });
    expect(boundary(field)).toBe(expected);
  });

  it.each<[string, string]>([
    ['a parameter given twice', 'multipart/mixed; boundary=a; boundary=b'],
    ['given plainly and by RFC 2231', 'multipart/mixed; boundary=a; boundary*0=b'],
    ['rubbish behind', 'multipart/mixed; boundary=a; "b'],
    ['no type', 'boundary=a'],
    ['too much of it', `multipart/mixed; boundary=a; x=${'y'.repeat(20_000)}`],
  ])('is ambiguous with %s', (_, field) => {
    expect(readMediaType(field).ambiguous).toBe(true);
  });
});

describe('parts of a multipart', () => {
  function texts(body: string): string[] | null {
    const bytes = bytesOf(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${body}`);
    const split = splitMultipart(readEntity(bytes));
    return split?.parts.map(({ start, end }) => bytes.toString('latin1', start, end)) ?? null;
  }

  it.each<[string, string, string[]]>([
    ['the line end before the delimiter is its own', '--b\r\nx\r\n\r\n--b--', ['x\r\n']],
    ['bare LF', '--b\nx\n--b\ny\n--b--\n', ['x', 'y']],
    ['blanks behind the delimiter', '--b \t\r\nx\r\n--b-- \r\n', ['x']],
    ['a longer line is no delimiter', '--b\r\nx\r\n--bc\r\ny\r\n--b--', ['x\r\n--bc\r\ny']],
    ['a delimiter within a line is none', '--b\r\nx --b\r\n--b--', ['x --b']],
    ['an empty part', '--b\r\n--b\r\n\r\n--b--', ['', '']],
    ['nothing behind the close', '--b\r\nx\r\n--b--\r\n--b\r\ny\r\n--b--', ['x']],
    ['without a close', '--b\r\nx', ['x']],
    ['without a delimiter', 'x', []],
  ])('%s', (_, body, expected) => {
    expect(texts(body)).toEqual(expected);
  });
});

describe('the body', () => {
  const body = (encoding: string, text: string) =>
    Buffer.from(
      decodedBody(readEntity(bytesOf(`Content-Transfer-Encoding: ${encoding}\r\n\r\n${text}`))),
    ).toString('latin1');

  it('is decoded by its transfer encoding', () => {
    expect(body('BASE64', 'eGlu\r\nIGNo\r\nYW8=')).toBe('xin chao');
    expect(body('quoted-printable', 'xin=20ch=\r\nao  \r\n=3D')).toBe('xin chao\r\n=');
    expect(body('8bit', 'xin=20chao')).toBe('xin=20chao');
  });

  it('is canonical with CRLF and nothing else changed', () => {
    expect(Buffer.from(canonicalLines(bytesOf('a \n\nb\r\nc\rd\n'))).toString('latin1')).toBe(
      'a \r\n\r\nb\r\nc\rd\r\n',
    );
    const already = bytesOf('a\r\n');
    expect(canonicalLines(already)).toBe(already);
  });
});

it('reads hostile fields in time that does not grow with their square', () => {
  const began = performance.now();
  const long = 300_000;
  for (const name of ['Content-Transfer-Encoding', 'Content-Type', 'From', 'X'])
    for (const piece of ['(', '"', '\\', ' ', ';a=b', '\r\n '])
      readEntity(bytesOf(`${name}: ${piece.repeat(long / piece.length)}x\r\n\r\n`));
  expect(performance.now() - began).toBeLessThan(2_000);
});
