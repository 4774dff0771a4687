import { beforeAll, describe, expect, it } from 'vitest';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { DECISION, decision, PAGE } from '../../support/pdf-decision.ts';
import { faultsOf, isFalse, pdfFacts } from '../../support/pdf-facts.ts';
import {
  append,
  objectStream,
  placed,
  revise,
  startXrefOf,
  streamBody,
  tableOf,
  writePdf,
  xrefStreamOf,
} from '../../support/pdf-file.ts';
import { LEADER, person } from '../province.ts';

let signed: Buffer;
const OTHER = streamBody('BT /F0 14 Tf 80 700 Td (Pay 9,000,000 dong) Tj ET');
const NOTE = '<</Type /Metadata>>';

beforeAll(() => {
  signed = signPdf(writePdf(decision()), person(), LEADER);
});

/** A revision written by hand: objects, then what `references` makes of their places. */
function byHand(
  bodies: [number, string][],
  references: (rows: { number: number; offset: number }[], start: number) => string,
): Buffer {
  const { text, rows } = placed(signed.length, bodies);
  return append(signed, text + references(rows, signed.length + text.length));
}

const trailer = () => `/Root 1 0 R /Size 950 /Prev ${startXrefOf(signed)}`;
const ending = (start: number) => `startxref\n${start}\n%%EOF\n`;

async function faults(pdf: Buffer): Promise<string[]> {
  const { signatures } = await pdfFacts(pdf);
  expect(signatures[0]!.intact).toBe(true);
  return faultsOf(signatures[0]!);
}

describe('incremental saving attack', () => {
  it.each<[string, () => Buffer, string[]]>([
    [
      '1: objects, cross-references, trailer',
      () => revise(signed, { [DECISION.content]: OTHER }),
      ['PAGE_CONTENT'],
    ],
    [
      '2: objects and trailer, no cross-references',
      () => byHand([[4, OTHER]], () => `trailer\n<<${trailer()}>>\n${ending(startXrefOf(signed))}`),
      ['UNCOVERED_BYTES'],
    ],
    [
      '2b: objects and cross-references, no trailer',
      () =>
        byHand(
          [[4, OTHER]],
          (rows, start) => tableOf(rows, '').replace(/trailer[\s\S]*$/, '') + ending(start),
        ),
      ['UNCOVERED_BYTES', 'STRUCTURE'],
    ],
    ['3: objects only', () => byHand([[4, OTHER]], () => ''), ['UNCOVERED_BYTES']],
    [
      '3b: objects and the old startxref',
      () => byHand([[4, OTHER]], () => ending(startXrefOf(signed))),
      ['UNCOVERED_BYTES'],
    ],
    ['a comment with an object in it', () => append(signed, '%4 0 obj\n'), ['UNCOVERED_BYTES']],
    [
      'objects beside a harmless revision',
      () =>
        byHand(
          [
            [30, NOTE],
            [4, OTHER],
          ],
          (rows, start) => tableOf([rows[0]!], trailer()) + ending(start),
        ),
      ['UNCOVERED_BYTES'],
    ],
  ])('%s', async (_, make, kinds) => {
    expect(await faults(make())).toEqual(expect.arrayContaining(kinds));
  });

  it('4: with a copy of the signature, the copy is false and the signature suspect', async () => {
    const text = signed.toString('latin1');
    const body = text.slice(text.lastIndexOf('<</Type /Sig'), text.lastIndexOf('endobj'));
    const number = Number(/(\d+) 0 obj\n<<\/Type \/Sig/.exec(text)![1]);
    const { signatures } = await pdfFacts(revise(signed, { 4: OTHER, [number]: body }));
    expect(signatures.map(isFalse)).toContain(true);
    expect(signatures.flatMap(faultsOf)).toEqual(expect.arrayContaining(['FORMAT_FAILURE', 'PAGE_CONTENT']));
  });

  it('white space behind the signature is none', async () => {
    expect(await faults(append(signed, '\r\n \n'))).toEqual([]);
  });
});

describe('a later revision that is not well formed', () => {
  const page = `<<${PAGE} /Annots [7 0 R 9 0 R 18 0 R]>>`;

  it.each<[string, () => Buffer, string]>([
    [
      'cross-reference into a stream',
      () =>
        byHand([[30, streamBody(`31 0 obj\n${NOTE}\nendobj\n`)]], (rows, start) => {
          const at = append(
            signed,
            placed(signed.length, [[30, streamBody(`31 0 obj\n${NOTE}\nendobj\n`)]]).text,
          ).indexOf('31 0 obj', signed.length);
          return tableOf([...rows, { number: 31, offset: at }], trailer()) + ending(start);
        }),
      'STRUCTURE',
    ],
    [
      'cross-reference into a comment',
      () => {
        const commented = append(signed, '%');
        const { text, rows } = placed(commented.length, [[30, NOTE]]);
        return append(commented, text + tableOf(rows, trailer()) + ending(commented.length + text.length));
      },
      'STRUCTURE',
    ],
    [
      'cross-reference into a comment with a space',
      () => {
        const commented = append(signed, '% ');
        const { text, rows } = placed(commented.length, [[30, NOTE]]);
        return append(commented, text + tableOf(rows, trailer()) + ending(commented.length + text.length));
      },
      'STRUCTURE',
    ],
    [
      'cross-reference to another object',
      () =>
        byHand(
          [[30, NOTE]],
          (rows, start) =>
            tableOf([...rows, { number: 31, offset: rows[0]!.offset }], trailer()) + ending(start),
        ),
      'STRUCTURE',
    ],
    [
      'generations that disagree',
      () =>
        byHand(
          [[30, NOTE]],
          (rows, start) => tableOf(rows, trailer()).replace('00000 n', '00001 n') + ending(start),
        ),
      'STRUCTURE',
    ],
    [
      'the same object twice, one of them reached',
      () =>
        byHand(
          [
            [30, NOTE],
            [30, '<</Other true>>'],
          ],
          (rows, start) => tableOf([rows[1]!], trailer()) + ending(start),
        ),
      'UNCOVERED_BYTES',
    ],
    [
      'one number twice in the cross-references',
      () =>
        byHand(
          [
            [30, NOTE],
            [30, '<</Other true>>'],
          ],
          (rows, start) => tableOf(rows, trailer()) + ending(start),
        ),
      'STRUCTURE',
    ],
    [
      'an object stream that holds more than its cross-references say',
      () =>
        byHand(
          [
            [
              30,
              objectStream([
                [31, NOTE],
                [4, '<<>>'],
              ]),
            ],
          ],
          (rows, start) => {
            const packed = { number: 31, offset: 0, packedIn: { stream: 30, index: 0 } };
            return (
              xrefStreamOf(32, [...rows, packed, { number: 32, offset: start }], trailer()) + ending(start)
            );
          },
        ),
      'UNCOVERED_BYTES',
    ],
    [
      'cross-references of two kinds at once',
      () => revise(signed, { 30: NOTE, 31: NOTE }, { layout: 'hybrid' }),
      'STRUCTURE',
    ],
    [
      'a stream longer than it says',
      () => revise(signed, { 30: '<</Length 2>>\nstream\nmore than two\nendstream' }),
      'STRUCTURE',
    ],
    [
      'a key twice in a dictionary',
      () => revise(signed, { 30: '<</Type /A /Deep [<</K 1 /K 2>>]>>' }),
      'STRUCTURE',
    ],
    [
      'a key twice in the trailer',
      () => revise(signed, { 30: NOTE }, { trailer: '/Root 1 0 R /Root 1 0 R' }),
      'STRUCTURE',
    ],
    [
      'a page with two lists of annotations',
      () => revise(signed, { 3: page.replace('>>', '/Annots [7 0 R]>>') }),
      'STRUCTURE',
    ],
    [
      'a whole document that does not continue the signed one',
      () => {
        const { text, rows } = placed(
          signed.length,
          Object.entries(decision()).map(([n, body]) => [Number(n), body]),
        );
        const start = signed.length + text.length;
        return append(signed, text + tableOf(rows, '/Root 1 0 R /Size 950') + ending(start));
      },
      'STRUCTURE',
    ],
    [
      'a loop of cross-references',
      () => byHand([], (_, start) => tableOf([], `/Root 1 0 R /Size 1 /Prev ${start}`) + ending(start)),
      'UNCOVERED_BYTES',
    ],
    [
      'encryption that comes later',
      () => revise(signed, { 30: NOTE }, { trailer: '/Root 1 0 R /Encrypt <</Filter /Standard /V 1 /R 2>>' }),
      'ENCRYPTION',
    ],
  ])('%s', async (_, make, kind) => {
    const { signatures } = await pdfFacts(make());
    const own = signatures.find((one) => one.intact === true);
    expect(faultsOf(own!)).toContain(kind);
  });
});
