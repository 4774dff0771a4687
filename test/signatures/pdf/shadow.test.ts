import { beforeAll, describe, expect, it } from 'vitest';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { DECISION, decision, MISSING, ORPHAN, PAGE } from '../../support/pdf-decision.ts';
import { allowedOf, faultsOf, isFalse, pdfFacts } from '../../support/pdf-facts.ts';
import {
  append,
  type Bodies,
  objectStream,
  placed,
  revise,
  startXrefOf,
  streamBody,
  writePdf,
} from '../../support/pdf-file.ts';
import { AGENCY, agency, LEADER, person } from '../province.ts';

let signed: Buffer;
let fields: string;
let annotations: string;

beforeAll(() => {
  signed = signPdf(writePdf(decision(), 'table', '/Info 14 0 R'), person(), LEADER);
  const text = signed.toString('latin1');
  fields = /\/Fields \[[^\]]*\]/.exec(text.slice(text.lastIndexOf('6 0 obj')))![0];
  annotations = /\/Annots \[[^\]]*\]/.exec(text.slice(text.lastIndexOf('\n3 0 obj')))![0];
});

const old = decision();
const of = (number: number) => old[number]!;
/** The catalog, form and page as they stand after signing, with one thing replaced or added. */
const catalog = (extra: string) => of(1).replace(/>>$/, ` ${extra}>>`);
const form = (extra: string) =>
  `<<${fields} /SigFlags 3 /DA (/F0 12 Tf) /DR <</Font <</F0 5 0 R>>>> ${extra}>>`;
const page = (body: string) => `<<${body} ${annotations}>>`;

async function first(pdf: Buffer) {
  const { signatures } = await pdfFacts(pdf);
  const one = signatures.find(({ name }) => name === 'Lanh dao')!;
  expect([one.intact, one.authentic]).toEqual([true, true]);
  return one;
}

/** NDSS 2021: what a viewer shows is prepared before signing and switched after. */
describe('shadow attacks', () => {
  it.each<[string, () => Bodies, string]>([
    [
      'hide: a picture that covered is emptied',
      () => ({ [DECISION.seal]: streamBody('', '/Type /XObject /Subtype /Form /BBox [0 0 0 0]') }),
      'RESOURCES',
    ],
    [
      'hide: a reference that led nowhere now leads to a cover',
      () => ({ [MISSING]: streamBody('1 g 0 0 595 842 re f') }),
      'RESOURCES',
    ],
    [
      'replace: the value of a field',
      () => ({ [DECISION.amount]: of(7).replace('(1000)', '(9000)') }),
      'FORM_FILL',
    ],
    [
      'replace: the look of a field',
      () => ({ [DECISION.amountLook]: streamBody('BT (9000) Tj ET') }),
      'FORM_FILL',
    ],
    [
      'replace: the font',
      () => ({ [DECISION.font]: '<</Type /Font /Subtype /Type3 /CharProcs <<>>>>' }),
      'RESOURCES',
    ],
    [
      'replace: what the font’s codes mean',
      () => ({ [DECISION.toUnicode]: streamBody('begincmap usecmap endcmap') }),
      'RESOURCES',
    ],
    [
      'replace: the default look of the fields',
      () => ({ [DECISION.form]: form('').replace('(/F0 12 Tf)', '(/F1 12 Tf)') }),
      'RESOURCES',
    ],
    [
      'replace: fonts of the form',
      () => ({ [DECISION.form]: form('').replace('/F0 5 0 R>>', '/F0 17 0 R>>') }),
      'RESOURCES',
    ],
    [
      'replace: the fields are to be drawn anew',
      () => ({ [DECISION.form]: form('/NeedAppearances true') }),
      'FORM_FILL',
    ],
    [
      'hide and replace: the page’s content',
      () => ({ [DECISION.content]: streamBody('BT (other) Tj ET') }),
      'PAGE_CONTENT',
    ],
    [
      'hide and replace: another content for the page',
      () => ({ [DECISION.page]: page(PAGE.replace('/Contents 4', '/Contents 15')) }),
      'PAGE_CONTENT',
    ],
    [
      'the page’s resources',
      () => ({ [DECISION.page]: page(PAGE.replace('/Resources 19 0 R', '/Resources <<>>')) }),
      'RESOURCES',
    ],
    [
      'the page’s resources, their own object',
      () => ({ [DECISION.inheritedResources]: '<</Font <</F0 5 0 R>>>>' }),
      'RESOURCES',
    ],
    [
      'the page’s visible part',
      () => ({ [DECISION.page]: page(`${PAGE} /CropBox [0 0 100 100]`) }),
      'PAGE_CONTENT',
    ],
    ['the page turned', () => ({ [DECISION.page]: page(`${PAGE} /Rotate 180`) }), 'PAGE_CONTENT'],
    [
      'all pages turned by inheritance',
      () => ({ [DECISION.pages]: of(2).replace('/Count', '/Rotate 180 /Count') }),
      'PAGES',
    ],
    [
      'a page’s action',
      () => ({ [DECISION.page]: page(`${PAGE} /AA <</O <</S /JavaScript /JS (x)>>>>`) }),
      'JAVASCRIPT',
    ],
    ['a layer renamed', () => ({ [DECISION.layer]: '<</Type /OCG /Name (Other)>>' }), 'OCG'],
    ['layers switched', () => ({ [DECISION.catalog]: of(1).replace('/ON', '/OFF') }), 'OCG'],
    [
      'an action when the file opens',
      () => ({ [DECISION.catalog]: catalog('/OpenAction <</S /Launch /F (x)>>') }),
      'JAVASCRIPT',
    ],
    [
      'actions of the document',
      () => ({ [DECISION.catalog]: catalog('/AA <</WC <</S /URI /URI (x)>>>>') }),
      'JAVASCRIPT',
    ],
    [
      'scripts and attachments by name',
      () => ({ [DECISION.catalog]: catalog('/Names <</JavaScript <<>>>>') }),
      'NAMES',
    ],
    ['outlines', () => ({ [DECISION.outlines]: '<</Type /Outlines /Count 1 /First 30 0 R>>' }), 'OUTLINE'],
    [
      'the structure tree',
      () => ({ [DECISION.structure]: '<</Type /StructTreeRoot /K []>>' }),
      'STRUCT_TREE',
    ],
    [
      'another key of the catalog',
      () => ({ [DECISION.catalog]: catalog('/PageMode /FullScreen') }),
      'CATALOG',
    ],
    [
      'another language of the catalog’s permissions',
      () => ({ [DECISION.catalog]: catalog('/Perms <<>>') }),
      'PERMISSIONS',
    ],
    ['a catalog with a key twice', () => ({ 1: catalog('/Version /1.7 /Version /1.5') }), 'CATALOG'],
    ['an empty signature field that is none any more', () => ({ 9: '(gone)' }), 'FORM_FILL'],
    ['an empty signature field that acts', () => ({ 9: of(9).replace('>>', '/AA <<>>>>') }), 'JAVASCRIPT'],
    ['a field that is none', () => ({ 6: form('').replace('9 0 R', '9 0 R 4 0 R') }), 'FORM_FILL'],
    ['a form with a key twice', () => ({ 6: form('/SigFlags 1') }), 'FORM_FILL'],
    ['extensions that are none', () => ({ 1: catalog('/Extensions 4 0 R') }), 'CATALOG'],
    ['metadata taken away', () => ({ 1: of(1).replace('/Metadata 10 0 R', '') }), 'METADATA'],
    ['XFA', () => ({ [DECISION.form]: form('/XFA 30 0 R'), 30: streamBody('<xdp/>') }), 'XFA'],
    [
      'a field’s action',
      () => ({ [DECISION.amount]: of(7).replace('/F 4', '/F 4 /AA <</K <</S /SubmitForm>>>>') }),
      'JAVASCRIPT',
    ],
    ['a field moved', () => ({ [DECISION.amount]: of(7).replace('[80 600', '[80 0') }), 'FORM_FILL'],
    [
      'a field made to depend on others',
      () => ({ [DECISION.amount]: of(7).replace('/F 4', '/Kids [9 0 R]') }),
      'FORM_FILL',
    ],
    [
      'an annotation changed',
      () => ({ [DECISION.link]: of(18).replace('>>', '/A <</S /URI /URI (http://x)>>>>') }),
      'ANNOTATION',
    ],
    ['an annotation removed', () => ({ [DECISION.page]: page(PAGE).replace('18 0 R', '') }), 'ANNOTATION'],
    [
      'an annotation added',
      () => ({
        [DECISION.page]: page(PAGE).replace('18 0 R', '18 0 R 30 0 R'),
        30: '<</Subtype /FreeText /Rect [0 0 9 9]>>',
      }),
      'ANNOTATION',
    ],
    [
      'an annotation listed twice',
      () => ({ [DECISION.page]: page(PAGE).replace('18 0 R', '18 0 R 18 0 R') }),
      'ANNOTATION',
    ],
    ['a field removed', () => ({ [DECISION.form]: form('').replace('7 0 R', '') }), 'FORM_FILL'],
    [
      'an unsigned field added',
      () => ({
        [DECISION.form]: form('').replace('9 0 R', '9 0 R 30 0 R'),
        30: '<</FT /Tx /T (More) /V (x)>>',
      }),
      'FORM_FILL',
    ],
    [
      'a signature field added, not signed',
      () => ({ [DECISION.form]: form('').replace('9 0 R', '9 0 R 30 0 R'), 30: '<</FT /Sig /T (More)>>' }),
      'FORM_FILL',
    ],
    [
      'an empty signature field given another look',
      () => ({ [DECISION.emptySignature]: of(9).replace('>>', '/AP <</N 15 0 R>>>>') }),
      'FORM_FILL',
    ],
    ['metadata of another type', () => ({ [DECISION.metadata]: '<<>>' }), 'METADATA'],
    ['an orphan of the signed revision', () => ({ [ORPHAN]: 'null' }), 'UNKNOWN'],
  ])('%s', async (_, bodies, kind) => {
    const found = await first(revise(signed, bodies(), { trailer: '/Root 1 0 R /Info 14 0 R' }));
    expect(faultsOf(found)).toContain(kind);
    expect(isFalse(found)).toBe(false);
  });

  it.each<[string, () => Bodies]>([
    ['a page added', () => ({ 2: of(2).replace('16 0 R', '16 0 R 30 0 R'), 30: `<<${PAGE}>>` })],
    ['a page removed', () => ({ 2: of(2).replace('16 0 R', '') })],
    ['pages exchanged', () => ({ 2: of(2).replace('3 0 R 16 0 R', '16 0 R 3 0 R') })],
    ['a page put in another’s place', () => ({ 2: of(2).replace('3 0 R', '30 0 R'), 30: `<<${PAGE}>>` })],
    [
      'another page tree',
      () => ({ 1: of(1).replace('2 0 R', '30 0 R'), 30: of(2).replace('3 0 R 16', '16') }),
    ],
    ['a page that is none', () => ({ 3: '(gone)' })],
  ])('%s makes the signature false', async (_, bodies) => {
    const found = await first(revise(signed, bodies()));
    expect(faultsOf(found)).toContain('PAGES!');
    expect(isFalse(found)).toBe(true);
  });

  it('another catalog under another number is compared all the same', async () => {
    const other = revise(
      signed,
      { 30: of(1).replace('2 0 R', '31 0 R'), 31: of(2).replace('3 0 R', '') },
      { trailer: '/Root 30 0 R' },
    );
    expect(faultsOf(await first(other))).toContain('PAGES!');
  });

  it('an object freed is an object changed', async () => {
    const start = signed.length;
    const text = `xref\n4 1\n0000000000 00001 f \ntrailer\n<</Root 1 0 R /Size 950 /Prev ${startXrefOf(signed)}>>\nstartxref\n${start}\n%%EOF\n`;
    expect(faultsOf(await first(append(signed, text)))).toEqual(['PAGE_CONTENT']);
  });

  it('a number led to other signed bytes is an object changed', async () => {
    const other = signed.indexOf('15 0 obj');
    const text = `xref\n4 1\n${String(other).padStart(10, '0')} 00000 n \ntrailer\n<</Root 1 0 R /Size 950 /Prev ${startXrefOf(signed)}>>\nstartxref\n${signed.length}\n%%EOF\n`;
    expect(faultsOf(await first(append(signed, text)))).toEqual(['PAGE_CONTENT']);
  });

  it('an object stream exchanged is every object in it changed', async () => {
    const bodies = decision();
    const packed = signPdf(writePdf(bodies, 'packed'), person(), LEADER);
    const inside = Object.entries({ ...bodies, 16: of(16).replace('842', '100') })
      .filter(([, body]) => !body.includes('stream\n'))
      .map(([number, body]): [number, string] => [Number(number), body]);
    const stream = Math.max(...Object.keys(bodies).map(Number)) + 1;
    expect(faultsOf(await first(revise(packed, { [stream]: objectStream(inside) })))).toEqual([
      'PAGE_CONTENT',
    ]);
  });

  it('the signature itself overwritten is found, with what was done to its field', async () => {
    const number = Number(/(\d+) 0 obj\n<<\/Type \/Sig/.exec(signed.toString('latin1'))![1]);
    const { signatures } = await pdfFacts(
      revise(signed, {
        [number]:
          '<</Type /Sig /Filter /X /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3] /Contents <00>>>',
      }),
    );
    expect(signatures.map(isFalse)).toContain(true);
    expect(signatures.find((one) => one.intact)!.changes.some(({ allowed }) => !allowed)).toBe(true);
  });

  it('a description shared with what is shown may not change', async () => {
    const shared = {
      ...decision(),
      14: '<</Title (Decision)>>',
      18: of(18).replace('>>', '/PieceInfo 14 0 R>>'),
    };
    const made = signPdf(writePdf(shared, 'table', '/Info 14 0 R'), person(), LEADER);
    const found = await first(
      revise(made, { 14: '<</Title (Other)>>' }, { trailer: '/Root 1 0 R /Info 14 0 R' }),
    );
    expect(faultsOf(found)).toEqual(['METADATA']);
  });
});

describe('what may follow a signature', () => {
  it.each<[string, () => Buffer, string[]]>([
    ['the same object again', () => revise(signed, { 4: of(4) }), []],
    [
      'description and metadata',
      () =>
        revise(
          signed,
          { 14: '<</Title (New)>>', 10: streamBody('<x/>', '/Type /Metadata /Subtype /XML') },
          { trailer: '/Root 1 0 R /Info 14 0 R' },
        ),
      ['METADATA'],
    ],
    [
      'a description that every cross-reference stream names',
      () => {
        const stream = signPdf(writePdf(decision(), 'stream', '/Info 14 0 R'), person(), LEADER);
        return revise(
          stream,
          { 14: '<</Title (New)>>' },
          { layout: 'stream', trailer: '/Root 1 0 R /Info 14 0 R' },
        );
      },
      ['METADATA'],
    ],
    [
      'a security store',
      () => revise(signed, { 1: catalog('/DSS 30 0 R'), 30: '<</Certs [31 0 R]>>', 31: streamBody('cert') }),
      ['DSS'],
    ],
    [
      'extensions of the catalog',
      () => revise(signed, { 1: catalog('/Extensions <</ESIC <</BaseVersion /1.7>>>>') }),
      [],
    ],
    [
      'a further signature',
      () => signPdf(signed, agency(), { ...AGENCY, rectangle: [300, 100, 420, 200] }),
      ['NEW_SIGNATURE'],
    ],
    [
      'a signature in the empty field',
      () => signPdf(signed, agency(), { ...AGENCY, intoField: 9 }),
      ['NEW_SIGNATURE'],
    ],
    [
      'a revision in object streams',
      () =>
        revise(signed, { 14: '<</Title (New)>>' }, { layout: 'packed', trailer: '/Root 1 0 R /Info 14 0 R' }),
      ['METADATA'],
    ],
    [
      'an object that nothing shows',
      () =>
        append(
          signed,
          (() => {
            const { text, rows } = placed(signed.length, [[300, '<<>>']]);
            return `${text}xref\n300 1\n${String(rows[0]!.offset).padStart(10, '0')} 00000 n \ntrailer\n<</Root 1 0 R /Size 301 /Prev ${startXrefOf(signed)}>>\nstartxref\n${signed.length + text.length}\n%%EOF\n`;
          })(),
        ),
      [],
    ],
  ])('%s', async (_, make, kinds) => {
    const found = await first(make());
    expect(faultsOf(found)).toEqual([]);
    expect(allowedOf(found)).toEqual(kinds);
  });
});

describe('the security store', () => {
  const stored = () =>
    revise(signed, {
      1: catalog('/DSS 30 0 R'),
      30: '<</Certs [31 0 R] /CRLs [32 0 R]>>',
      31: streamBody('cert'),
      32: streamBody('list'),
    });
  const sealed = () => signPdf(stored(), agency(), AGENCY);
  const now = (extra: Bodies) => revise(sealed(), extra);

  it.each<[string, () => Buffer, string[]]>([
    ['grows', () => now({ 30: '<</Certs [31 0 R 533 0 R] /CRLs [32 0 R]>>', 533: streamBody('more') }), []],
    [
      'has a certificate written again under another number',
      () => now({ 30: '<</Certs [533 0 R] /CRLs [32 0 R]>>', 533: streamBody('cert') }),
      [],
    ],
    [
      'has another certificate of the same length in its place',
      () => now({ 30: '<</Certs [533 0 R] /CRLs [32 0 R]>>', 533: streamBody('tree') }),
      ['DSS'],
    ],
    ['is removed', () => now({ 1: of(1) }), ['CATALOG', 'DSS']],
    ['loses a list', () => now({ 30: '<</Certs [31 0 R]>>' }), ['DSS']],
    ['loses a certificate', () => now({ 30: '<</Certs [] /CRLs [32 0 R]>>' }), ['DSS']],
    ['has a certificate exchanged', () => now({ 31: streamBody('else') }), ['DSS']],
    ['is another type', () => now({ 1: catalog('/DSS 18 0 R') }), ['DSS']],
  ])('%s', async (_, make, kinds) => {
    const { signatures } = await pdfFacts(make());
    const own = signatures.find(({ name }) => name === 'Co quan')!;
    expect(faultsOf(own).sort()).toEqual(kinds);
  });
});
