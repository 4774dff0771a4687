import { beforeAll, describe, expect, it } from 'vitest';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { decision } from '../../support/pdf-decision.ts';
import { faultsOf, isFalse, pdfFacts } from '../../support/pdf-facts.ts';
import { append, writePdf } from '../../support/pdf-file.ts';
import { LEADER, person } from '../province.ts';

let signed: Buffer;

beforeAll(() => {
  signed = signPdf(writePdf(decision()), person(), LEADER);
});

/** Replaces the last occurrence, keeping the length. */
function swap(pdf: Buffer, from: string | RegExp, to: string): Buffer {
  const text = pdf.toString('latin1');
  const found = typeof from === 'string' ? from : text.match(from)!.at(-1)!;
  const at = text.lastIndexOf(found);
  if (at < 0 || to.length > found.length) throw new Error(`cannot put ${to}`);
  return Buffer.from(
    text.slice(0, at) + to.padEnd(found.length, ' ') + text.slice(at + found.length),
    'latin1',
  );
}

const RANGE = /\/ByteRange \[[^\]]*\]/;
const HOLE = /<[0-9a-f]{2000,}>/;

/** The signature itself is taken away or made meaningless, and a lenient viewer still says "valid". */
describe('universal signature forgery', () => {
  it.each<[string, () => Buffer, string]>([
    ['no /Contents', () => swap(signed, '/Contents', '/Kontents'), '/Contents is missing'],
    ['/Contents null', () => swap(signed, HOLE, 'null'), '/Contents is missing'],
    ['/Contents a number', () => swap(signed, HOLE, '0'), '/Contents is missing'],
    ['/Contents empty', () => swap(signed, HOLE, '<>'), 'not exactly /Contents'],
    ['/Contents one zero', () => swap(signed, HOLE, '<00>'), 'not exactly /Contents'],
    ['/Contents all zero', () => swap(signed, HOLE, `<${'0'.repeat(24_576)}>`), '/Contents cannot be read'],
    ['no /ByteRange', () => swap(signed, '/ByteRange', '/BiteRange'), '/ByteRange is missing'],
    ['/ByteRange null', () => swap(signed, RANGE, '/ByteRange null'), '/ByteRange is missing'],
    ['/ByteRange empty', () => swap(signed, RANGE, '/ByteRange []'), 'not four natural numbers'],
    ['/ByteRange of one pair', () => swap(signed, RANGE, '/ByteRange [0 100]'), 'not four natural numbers'],
    ['/ByteRange of names', () => swap(signed, RANGE, '/ByteRange [/a /b /c /d]'), '/ByteRange is missing'],
    ['/ByteRange all zero', () => swap(signed, RANGE, '/ByteRange [0 0 0 0]'), 'not exactly /Contents'],
    ['/ByteRange negative', () => swap(signed, RANGE, '/ByteRange [0 -1 9 9]'), 'not four natural numbers'],
    ['/ByteRange not from 0', () => swap(signed, RANGE, '/ByteRange [9 1 20 9]'), 'first byte of the file'],
    ['/ByteRange overlapping', () => swap(signed, RANGE, '/ByteRange [0 9 5 9]'), 'overlaps'],
    ['/ByteRange huge', () => swap(signed, RANGE, '/ByteRange [0 9 10 99999999]'), 'ends at'],
    ['/ByteRange broken', () => swap(signed, RANGE, '/ByteRange [0 1.5 9 9]'), 'not four natural numbers'],
    ['/SubFilter missing', () => swap(signed, '/SubFilter', '/ZubFilter'), '/SubFilter is missing'],
    [
      '/SubFilter null',
      () => swap(signed, '/SubFilter /adbe.pkcs7.detached', '/SubFilter null'),
      '/SubFilter is missing',
    ],
    ['/Type of another kind', () => swap(signed, '/Type /Sig', '/Type /Fig'), '/Type of the signature'],
    ['/V a number', () => swap(signed, /\/V \d+ 0 R/, '/V 7'), 'no dictionary'],
    ['a key twice', () => swap(signed, '/Filter /Adobe.PPKLite', '/SubFilter /Adobe.PP'), 'stands twice'],
  ])('%s is a broken format', async (_, make, detail) => {
    const { signatures } = await pdfFacts(make());
    const told = signatures.flatMap((one) => one.reasons).filter(({ code }) => code === 'FORMAT_FAILURE');
    expect(told.map((one) => one.detail).join('\n')).toContain(detail);
  });

  it('an unknown /SubFilter is never concluded', async () => {
    const { signatures } = await pdfFacts(swap(signed, 'adbe.pkcs7.detached', 'adbe.pkcs9.detached'));
    expect(signatures.map(faultsOf)).toEqual([['UNSUPPORTED_FORMAT']]);
  });

  it('two signers in one signature are a broken format', async () => {
    const hole = signed.toString('latin1').match(HOLE)![0];
    const cms = Buffer.from(hole.slice(1, -1), 'hex');
    const twice = withTwoSigners(cms);
    const made = swap(signed, HOLE, `<${twice.toString('hex').padEnd(hole.length - 2, '0')}>`);
    const [signature] = (await pdfFacts(made)).signatures;
    expect(signature!.reasons[0]!.detail).toContain('2 signers');
    expect(isFalse(signature!)).toBe(true);
  });
});

/** DER: the last element of SignedData is the set of signers; its only member is put in once more. */
function withTwoSigners(padded: Buffer): Buffer {
  const header = (at: number): [start: number, length: number] => {
    const first = padded[at + 1]!;
    if (first < 0x80) return [at + 2, first];
    const count = first & 0x7f;
    return [at + 2 + count, padded.readUIntBE(at + 2, count)];
  };
  const wrap = (tag: number, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    const length = Buffer.alloc(3);
    length.writeUIntBE(body.length, 0, 3);
    return Buffer.concat([Buffer.of(tag, 0x83), length, body]);
  };
  const children = (at: number): Buffer[] => {
    const [start, length] = header(at);
    const found: Buffer[] = [];
    for (let next = start; next < start + length; ) {
      const [inner, size] = header(next);
      found.push(padded.subarray(next, inner + size));
      next = inner + size;
    }
    return found;
  };
  const [outer] = header(0);
  const [, explicit] = children(0);
  const data = header(outer + children(0)[0]!.length)[0];
  const parts = children(data);
  const signers = parts.at(-1)!;
  const [body] = [signers.subarray(signers.length - header(signers.byteOffset - padded.byteOffset)[1])];
  return wrap(
    0x30,
    children(0)[0]!,
    wrap(explicit![0]!, wrap(0x30, ...parts.slice(0, -1), wrap(0x31, body!, body!))),
  );
}

/** The signed bytes are kept, but moved away from where a viewer looks. */
describe('signature wrapping', () => {
  /** Closes the signature's dictionary, shows another page, and opens one that the signed rest closes. */
  const injected = '>>\nendobj\n4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n99 0 obj\n<<';

  function moved(): { out: Buffer; second: number } {
    const hole = signed.toString('latin1').match(HOLE)!;
    const end = hole.index! + hole[0].length;
    const out = Buffer.concat([signed.subarray(0, end), Buffer.from(injected), signed.subarray(end)]);
    return { out, second: end + injected.length };
  }

  it.each<[string, () => Buffer]>([
    [
      'objects in the hole behind /Contents',
      () => {
        const { out, second } = moved();
        const start = signed.toString('latin1').match(HOLE)!.index!;
        return swap(out, RANGE, `/ByteRange [0 ${start} ${second} ${out.length - second}]`);
      },
    ],
    [
      'a hole that begins before /Contents',
      () => {
        const range = signed.toString('latin1').match(/\[0 (\d+) (\d+) (\d+)/)!;
        return swap(signed, RANGE, `/ByteRange [0 ${Number(range[1]) - 10} ${range[2]} ${range[3]}]`);
      },
    ],
    [
      'the signature in a literal string',
      () => {
        const hole = signed.toString('latin1').match(HOLE)![0];
        return swap(signed, HOLE, `(${hole.slice(1, -1)})`);
      },
    ],
  ])('%s is a broken format', async (_, make) => {
    const { signatures } = await pdfFacts(make());
    expect(faultsOf(signatures[0]!)).toContain('FORMAT_FAILURE');
  });
});

describe('bytes pushed in behind /Contents', () => {
  it('change the digest when /ByteRange stays as it was', async () => {
    const start = signed.toString('latin1').match(HOLE)!;
    const end = start.index! + start[0].length;
    const out = Buffer.concat([signed.subarray(0, end), Buffer.from('    '), signed.subarray(end)]);
    const { signatures } = await pdfFacts(out);
    expect(faultsOf(signatures[0]!)).toContain('HASH_FAILURE');
  });
});

describe('a file that was saved anew', () => {
  it('is a broken format with the note that the clerk is told', async () => {
    const moved = Buffer.concat([Buffer.from('%PDF-1.7\n'), signed]);
    for (const made of [moved, signed.subarray(0, -40), append(moved, 'x')]) {
      const found = (await pdfFacts(made)).signatures[0];
      expect(faultsOf(found!)).toContain('FORMAT_FAILURE');
      expect(found!.notes.map(({ code }) => code)).toEqual(['FILE_REWRITTEN']);
    }
  });
});
