/** What honest programs leave behind a signature, each beside the forgery that looks like it. */
import { describe, expect, it } from 'vitest';
import { type SignPdfOptions, signPdf } from '../../../scripts/province/pdf-signing.ts';
import { decision } from '../../support/pdf-decision.ts';
import { allowedOf, faultsOf, pdfFacts } from '../../support/pdf-facts.ts';
import {
  append,
  type Bodies,
  placed,
  revise,
  startXrefOf,
  streamBody,
  tableOf,
  writePdf,
  xrefStreamOf,
} from '../../support/pdf-file.ts';
import { AGENCY, agency, LEADER, person } from '../province.ts';

const leader = person();
const office = agency();
const old = decision();
const LOOK = '/Type /XObject /Subtype /Form /BBox [0 0 10 10]';
const drawn = streamBody('0 g 0 0 9 9 re f', LOOK);
const RECORD = 'A'.repeat(40);

/** Signed by the leader; `changed` replaces objects of the decision. */
function approved(changed: Bodies = {}, options: Partial<SignPdfOptions> = {}): Buffer {
  return signPdf(writePdf({ ...old, ...changed }), leader, { ...LEADER, ...options });
}
/** The office then signs in the empty field. */
function countersigned(changed: Bodies = {}): Buffer {
  return signPdf(approved(changed), office, { ...AGENCY, intoField: 9 });
}
/** An object as the file has it now. */
function now(pdf: Buffer, number: number): string {
  const text = pdf.toString('latin1');
  const start = text.lastIndexOf(`\n${number} 0 obj\n`) + `\n${number} 0 obj\n`.length;
  return text.slice(start, text.indexOf('\nendobj', start));
}
function rewritten(
  pdf: Buffer,
  number: number,
  from: RegExp | string,
  to: string,
  more: Bodies = {},
): Buffer {
  const body = now(pdf, number);
  expect(body.replace(from, to)).not.toBe(body);
  return revise(pdf, { [number]: body.replace(from, to), ...more });
}
const withStore = (store: string) =>
  rewritten(approved(), 1, />>$/, ' /DSS 600 0 R>>', {
    600: store,
    601: streamBody('certificate'),
    602: streamBody('answer'),
  });
const described = (data: string) =>
  revise(approved(), { 10: streamBody(data, '/Type /Metadata /Subtype /XML') });

async function first(pdf: Buffer) {
  const { signatures } = await pdfFacts(pdf);
  const one = signatures.find(({ name }) => name === 'Lanh dao')!;
  expect([one.intact, one.authentic]).toEqual([true, true]);
  return one;
}

describe('records of the security store', () => {
  it.each([
    [
      'certificates, answers, time and stamp',
      '/Type /VRI /Cert [601 0 R] /OCSP [602 0 R] /TU (D:2026) /TS 602 0 R',
    ],
    ['the names of the store’s own lists', '/Certs [601 0 R] /CRLs []'],
  ])('%s', async (_, record) => {
    const found = await first(withStore(`<</Certs [601 0 R] /VRI <</${RECORD} <<${record}>>>>>>`));
    expect([faultsOf(found), allowedOf(found)]).toEqual([[], ['DSS']]);
  });

  it.each([
    ['a record that is none', `/${RECORD} null`],
    ['a list that is none', `/${RECORD} <</OCSP null>>`],
    ['a list of something else', `/${RECORD} <</Cert [3 0 R]>>`],
    ['an unknown entry', `/${RECORD} <</Bleh []>>`],
    ['a time that is none', `/${RECORD} <</TU 5>>`],
    ['a stamp that is none', `/${RECORD} <</TS 5>>`],
    ['another type', `/${RECORD} <</Type /Page>>`],
  ])('%s is suspect', async (_, records) => {
    expect(faultsOf(await first(withStore(`<</VRI <<${records}>>>>`)))).toEqual(['DSS']);
  });
});

describe('the description of the file', () => {
  it.each([
    ['with the mark of UTF-8', '\u00ef\u00bb\u00bf<?xpacket begin=""?><x/>'],
    ['in UTF-16', '\u00fe\u00ff\0<\0?\0x'],
    ['behind white space', '\n  <x:xmpmeta/>'],
  ])('may be XML %s', async (_, data) => {
    expect(faultsOf(await first(described(data)))).toEqual([]);
  });

  it('may not be anything else, in its place or in another object', async () => {
    expect(faultsOf(await first(described('no description')))).toEqual(['METADATA']);
    const elsewhere = rewritten(approved(), 1, '/Metadata 10 0 R', '/Metadata 4 0 R');
    expect(faultsOf(await first(elsewhere))).toEqual(['METADATA']);
  });
});

describe('the empty field that the office signs in', () => {
  const untyped = { 9: old[9]!.replace('/Type /Annot ', '') };
  const looking = (appearance: string): Bodies => ({
    9: old[9]!.replace('/P 3 0 R', `/AP ${appearance} /P 3 0 R`),
    30: streamBody('', LOOK),
    ...(appearance === '35 0 R' ? { 35: '<</N 30 0 R>>' } : {}),
  });

  it.each<[string, () => Buffer]>([
    ['gets the /Type it lacked', () => rewritten(countersigned(untyped), 9, /^<</, '<</Type /Annot ')],
    ['has its look written over', () => revise(countersigned(looking('<</N 30 0 R>>')), { 30: drawn })],
    [
      'has its looks written over',
      () => revise(countersigned(looking('35 0 R')), { 35: '<</N 36 0 R>>', 36: drawn }),
    ],
  ])('%s', async (_, make) => {
    expect(faultsOf(await first(make()))).toEqual([]);
  });

  it.each<[string, () => Buffer, string]>([
    ['another /Type', () => rewritten(countersigned(untyped), 9, /^<</, '<</Type /Foo '), 'FORM_FILL'],
    ['/AP null', () => rewritten(countersigned(), 9, />>$/, ' /AP null>>'), 'OVERLAY'],
    [
      'a look that something else shows too',
      () => {
        const shared = { ...looking('<</N 30 0 R>>'), 18: old[18]!.replace('>>', '/AP <</N 30 0 R>>>>') };
        return revise(countersigned(shared), { 30: drawn });
      },
      'FORM_FILL',
    ],
  ])('%s is suspect', async (_, make, kind) => {
    expect(faultsOf(await first(make()))).toEqual([kind]);
  });
});

describe('fields filled in without certification', () => {
  const filled = { 7: old[7]!.replace('(1000)', '(9000)') };
  const locking = (lock: string) => approved({}, { fieldEntries: `/Lock <</Type /SigFieldLock ${lock}>>` });

  it('are open where the signature names others that it locks', async () => {
    const found = await first(revise(locking('/Action /Include /Fields [(other)]'), filled));
    expect([faultsOf(found), allowedOf(found)]).toEqual([[], ['FORM_FILL']]);
  });

  it.each(['/Action /Include /Fields [(amount)]', '/Action /All', '/Action /Exclude /Fields [(other)]'])(
    'are closed by %s',
    async (lock) => {
      expect(faultsOf(await first(revise(locking(lock), filled)))).toEqual(['FORM_FILL']);
    },
  );
});

describe('the form', () => {
  const apart = { 6: old[6]!.replace('<</F0 5 0 R>>', '35 0 R'), 35: '<</F0 5 0 R>>' };
  const grown = { 35: '<</F0 5 0 R /H 5 0 R>>' };

  it('may say that its fields need not be drawn anew, but not that they must', async () => {
    const saying = (value: boolean) => rewritten(approved(), 6, />>$/, ` /NeedAppearances ${value}>>`);
    expect(faultsOf(await first(saying(false)))).toEqual([]);
    expect(faultsOf(await first(saying(true)))).toEqual(['FORM_FILL']);
  });

  it('may gain fonts in a dictionary of their own, unless a page uses it', async () => {
    expect(faultsOf(await first(revise(approved(apart), grown)))).toEqual([]);
    expect(faultsOf(await first(revise(approved(apart), { 35: '<</F0 17 0 R>>' })))).toEqual(['RESOURCES']);
    const shared = { ...apart, 19: old[19]!.replace('<</F0 5 0 R>>', '35 0 R') };
    expect(faultsOf(await first(revise(approved(shared), grown)))).toEqual(['RESOURCES']);
  });
});

it('annotations in another order hide each other differently', async () => {
  const turned = rewritten(approved(), 3, /\[(\d+ 0 R) (\d+ 0 R)/, '[$2 $1');
  expect(faultsOf(await first(turned))).toEqual(['ANNOTATION']);
});

describe('a later hybrid revision', () => {
  const hybrid = (shown: boolean): Buffer => {
    const pdf = approved();
    const { text, rows } = placed(pdf.length, [[910, '<</Title (New)>>']]);
    const at = pdf.length + text.length;
    const beside = shown ? rows : [];
    const stream = xrefStreamOf(911, beside, '/Size 912');
    const named = [...(shown ? [] : rows), { number: 911, offset: at }];
    const trailer = `/Size 912 /Root 1 0 R /Info 910 0 R /XRefStm ${at} /Prev ${startXrefOf(pdf)}`;
    const start = at + stream.length;
    return append(pdf, `${text}${stream}${tableOf(named, trailer)}startxref\n${start}\n%%EOF\n`);
  };

  it('is none when its stream shows nothing', async () => {
    expect(faultsOf(await first(hybrid(false)))).toEqual([]);
    expect(faultsOf(await first(hybrid(true)))).toEqual(['STRUCTURE']);
  });
});

describe('usage rights (UR3)', () => {
  const dictionary = (method: string) =>
    `<</Type /Sig /SubFilter /adbe.pkcs7.detached /Reference [<</TransformMethod /${method}>>] /ByteRange [0 1 2 3] /Contents <00>>>`;
  const reader = (method: string) =>
    approved({ 1: old[1]!.replace(/>>$/, ' /Perms <</UR3 34 0 R>>>>'), 34: dictionary(method) });

  it('are nobody’s signature', async () => {
    const { signatures } = await pdfFacts(reader('UR3'));
    expect(signatures.map(({ name }) => name)).toEqual(['Lanh dao']);
  });

  it('a signature that no field carries is one all the same without them, and so are they in a field', async () => {
    expect((await pdfFacts(reader('DocMDP'))).signatures).toHaveLength(2);
    const carried = approved({ 9: old[9]!.replace('>>', '/V 34 0 R>>'), 34: dictionary('UR3') });
    expect((await pdfFacts(carried)).signatures).toHaveLength(2);
  });
});

it('a page full of fields is compared in time', { timeout: 4_000 }, async () => {
  const numbers = Array.from({ length: 19_000 }, (_, index) => 1000 + index);
  const list = numbers.map((number) => `${number} 0 R`).join(' ');
  const fields = numbers.map((number): [number, string] => [number, `<</FT /Tx /T (f${number})>>`]);
  const many = {
    ...Object.fromEntries(fields),
    3: old[3]!.replace('7 0 R', list),
    6: `<</Fields [${list}]>>`,
  };
  const pdf = signPdf(signPdf(approved(many), office, AGENCY), office, { ...AGENCY, name: 'Khac' });
  expect(faultsOf(await first(pdf))).toEqual([]);
});
