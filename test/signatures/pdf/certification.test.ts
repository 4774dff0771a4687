import { describe, expect, it } from 'vitest';
import { type SignPdfOptions, signPdf } from '../../../scripts/province/pdf-signing.ts';
import { checkAppearances } from '../../../signatures/pdf/changes/appearance.ts';
import { Findings } from '../../../signatures/pdf/changes/findings.ts';
import { PdfDocument } from '../../../signatures/pdf/document.ts';
import { signatureFields } from '../../../signatures/pdf/fields.ts';
import { memorySource } from '../../../signatures/pdf/source.ts';
import { decision, PAGE } from '../../support/pdf-decision.ts';
import { allowedOf, faultsOf, pdfFacts } from '../../support/pdf-facts.ts';
import { type Bodies, revise, streamBody, writePdf } from '../../support/pdf-file.ts';
import { AGENCY, agency, LEADER, person, timestampServer } from '../province.ts';

const bodies = decision();
const leader = person();
const office = agency();
const plain = writePdf(bodies);
const approved = signPdf(plain, leader, LEADER);
const certified = (level: 1 | 2 | 3, extra: Partial<SignPdfOptions> = {}) =>
  signPdf(plain, leader, { ...LEADER, certify: level, ...extra });
const signAgain = (pdf: Buffer, extra: Partial<SignPdfOptions> = {}) =>
  signPdf(pdf, office, { ...AGENCY, ...extra });
const stampAgain = (pdf: Buffer, extra: Partial<SignPdfOptions> = {}) =>
  signPdf(pdf, timestampServer, { ...AGENCY, name: 'Dau', subFilter: 'ETSI.RFC3161', ...extra });

/** The page's annotations as the file has them, and one more. */
function withAnnotation(pdf: Buffer, body: string): Buffer {
  const text = pdf.toString('latin1');
  const list = /\/Annots \[([^\]]*)\]/.exec(text.slice(text.lastIndexOf('\n3 0 obj')))![1];
  return revise(pdf, { 3: `<<${PAGE} /Annots [${list} 500 0 R]>>`, 500: body });
}

const filled: Bodies = {
  7: bodies[7]!.replace('(1000)', '(9000)'),
  8: streamBody(
    'BT /F0 12 Tf (9000) Tj ET',
    '/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources <</Font <</F0 5 0 R>>>>',
  ),
};
const lock = (action: string, names = '') =>
  `/Reference [<</TransformMethod /FieldMDP /TransformParams <</Action /${action} ${names}>>>>]`;
const certifiedAndLocked = (action: string, names = '') => {
  const mdp = '<</TransformMethod /DocMDP /TransformParams <</P 2>>>>';
  return signPdf(plain, leader, {
    ...LEADER,
    signatureEntries: lock(action, names).replace('[', `[${mdp} `),
  });
};

async function first(pdf: Buffer) {
  const { signatures } = await pdfFacts(pdf);
  const one = signatures.find(({ name }) => name === 'Lanh dao')!;
  expect([one.intact, one.authentic]).toEqual([true, true]);
  return one;
}

describe('what a certification allows (DocMDP)', () => {
  it.each<[string, () => Buffer, string[]]>([
    ['level 1: a time stamp', () => stampAgain(certified(1)), ['NEW_SIGNATURE']],
    ['level 2: a further signature', () => signAgain(certified(2)), ['NEW_SIGNATURE']],
    [
      'level 2: a signature in the empty field',
      () => signAgain(certified(2), { intoField: 9 }),
      ['NEW_SIGNATURE'],
    ],
    ['level 2: a field filled in', () => revise(certified(2), filled), ['FORM_FILL']],
    [
      'level 2, other fields locked: a field filled in',
      () => revise(certifiedAndLocked('Include', '/Fields [(other)]'), filled),
      ['FORM_FILL'],
    ],
    [
      'level 3: a note',
      () =>
        withAnnotation(
          certified(3),
          '<</Type /Annot /Subtype /Text /Rect [500 800 518 818] /Contents (seen)>>',
        ),
      ['ANNOTATION'],
    ],
    [
      'after a time stamp: a certification',
      () => signPdf(stampAgain(plain), leader, { ...LEADER, certify: 2 }),
      [],
    ],
  ])('%s', async (_, make, kinds) => {
    const found = await first(make());
    expect(faultsOf(found)).toEqual([]);
    expect(allowedOf(found)).toEqual(kinds);
  });

  it('a certification after a time stamp alone is the first will that is signed', async () => {
    const { signatures } = await pdfFacts(signPdf(stampAgain(plain), leader, { ...LEADER, certify: 2 }));
    expect(signatures.map(faultsOf)).toEqual([[], []]);
  });
});

/** S&P 2021, "Breaking the Specification": what certification leaves open covers what was certified. */
describe('certification attacks', () => {
  const evil = (subtype: string, extra = '') =>
    `<</Type /Annot /Subtype /${subtype} /Rect [60 600 400 760] /AP <</N 15 0 R>> ${extra}>>`;

  it.each<[string, () => Buffer, string]>([
    ...[
      'FreeText',
      'Stamp',
      'Redact',
      'Highlight',
      'Ink',
      'Line',
      'Square',
      'Circle',
      'Polygon',
      'PolyLine',
      'Underline',
      'Squiggly',
      'StrikeOut',
      'Caret',
      'FileAttachment',
      'Watermark',
      'Text',
    ].map((subtype): [string, () => Buffer, string] => [
      `level 3, evil annotation: ${subtype}`,
      () => withAnnotation(certified(3), evil(subtype)),
      'ANNOTATION',
    ]),
    [
      'level 3, a note with an action',
      () => withAnnotation(certified(3), '<</Subtype /Text /Rect [0 0 9 9] /A <</S /URI /URI (x)>>>>'),
      'ANNOTATION',
    ],
    [
      'level 3, a popup with a look of its own',
      () => withAnnotation(certified(3), evil('Popup')),
      'ANNOTATION',
    ],
    [
      'level 2, a note',
      () => withAnnotation(certified(2), '<</Subtype /Text /Rect [500 800 518 818]>>'),
      'ANNOTATION',
    ],
    ['level 1, signed', () => signAgain(certified(1)), 'NEW_SIGNATURE'],
    ['level 1, signed in the empty field', () => signAgain(certified(1), { intoField: 9 }), 'NEW_SIGNATURE'],
    ['level 1, a field filled in', () => revise(certified(1), filled), 'FORM_FILL'],
    ['no level, a field filled in', () => revise(approved, filled), 'FORM_FILL'],
    [
      'an unknown level, a field filled in',
      () =>
        revise(
          signPdf(plain, leader, {
            ...LEADER,
            signatureEntries: '/Reference [<</TransformMethod /DocMDP /TransformParams <</P 7>>>>]',
          }),
          filled,
        ),
      'FORM_FILL',
    ],
    [
      'level 2, all fields locked, one filled in',
      () => revise(certifiedAndLocked('All'), filled),
      'FORM_FILL',
    ],
    [
      'level 2, that field locked',
      () => revise(certifiedAndLocked('Include', '/Fields [(amount)]'), filled),
      'FORM_FILL',
    ],
    [
      'level 2, all but others locked',
      () => revise(certifiedAndLocked('Exclude', '/Fields [(other)]'), filled),
      'FORM_FILL',
    ],
    [
      'level 2, locked by the field of the signature',
      () => revise(certified(2, { fieldEntries: '/Lock <</Type /SigFieldLock /Action /All>>' }), filled),
      'FORM_FILL',
    ],
    [
      'level 2, the locked empty field signed',
      () => signAgain(certifiedAndLocked('Include', '/Fields [(Empty)]'), { intoField: 9 }),
      'FORM_FILL',
    ],
    [
      'level 2, a field filled in and moved',
      () => revise(certified(2), { 7: filled[7]!.replace('[80 600', '[80 0') }),
      'FORM_FILL',
    ],
    [
      'level 2, a filled look that something else uses',
      () =>
        revise(
          signPdf(writePdf({ ...bodies, 18: bodies[18]!.replace('>>', '/AP <</N 8 0 R>>>>') }), leader, {
            ...LEADER,
            certify: 2,
          }),
          filled,
        ),
      'FORM_FILL',
    ],
    ['level 2, a field replaced by something else', () => revise(certified(2), { 7: '(gone)' }), 'FORM_FILL'],
    ['level 2, page content', () => revise(certified(2), { 4: streamBody('') }), 'PAGE_CONTENT'],
    ['certified after an approval', () => signAgain(approved, { certify: 2 }), 'PERMISSIONS'],
    [
      'certified after an approval, without saying so in the catalog',
      () =>
        signAgain(approved, {
          signatureEntries: '/Reference [<</TransformMethod /DocMDP /TransformParams <</P 2>>>>]',
        }),
      'PERMISSIONS',
    ],
    ['certified twice', () => signAgain(certified(2), { certify: 3 }), 'PERMISSIONS'],
    [
      'a later lock that loosens',
      () =>
        signAgain(certified(1, { certify: 2 }), {
          fieldEntries: '/Lock <</Action /Include /Fields [] /P 3>>',
        }),
      'PERMISSIONS',
    ],
  ])('%s', async (_, make, kind) => {
    expect(faultsOf(await first(make()))).toContain(kind);
  });
});

/** A further signature is excused for showing itself, not for covering the text or for doing things. */
describe('sneaky signatures', () => {
  const big: [number, number, number, number] = [60, 400, 540, 760];

  it.each<[string, () => Buffer, string[]]>([
    ['a seal of 9.5 by 9.9 cm', () => signAgain(approved, { rectangle: [100, 100, 370, 380] }), []],
    ['a third of the page', () => signAgain(approved, { rectangle: big }), ['OVERLAY']],
    [
      'the same with corners the other way round',
      () => signAgain(approved, { rectangle: [540, 760, 60, 400] }),
      ['OVERLAY'],
    ],
    [
      'five side by side',
      () =>
        [0, 1, 2, 3, 4].reduce(
          (pdf, i) => signAgain(pdf, { name: `S${i}`, rectangle: [50 + i * 100, 300, 150 + i * 100, 700] }),
          approved,
        ),
      ['OVERLAY'],
    ],
    [
      'a time stamp that shows itself',
      () => stampAgain(approved, { rectangle: [100, 100, 300, 200] }),
      ['OVERLAY'],
    ],
    ['a small time stamp', () => stampAgain(approved, { rectangle: [100, 100, 180, 140] }), []],
    [
      'an action',
      () => signAgain(approved, { fieldEntries: '/AA <</E <</S /JavaScript /JS (x)>>>>' }),
      ['JAVASCRIPT'],
    ],
    ['a layer', () => signAgain(approved, { fieldEntries: '/OC 12 0 R' }), ['OCG']],
    ['an unknown key', () => signAgain(approved, { fieldEntries: '/Zz 1' }), ['UNKNOWN']],
    ['a look without place', () => signAgain(approved, { fieldEntries: '/AP <</N 4 0 R>>' }), ['OVERLAY']],
    ['a name with a dot', () => signAgain(approved, { name: 'a.b' }), ['FORM_FILL']],
    ['the name of another field', () => signAgain(approved, { name: 'amount' }), ['FORM_FILL']],
    ['no name', () => signAgain(approved, { name: '' }), ['FORM_FILL']],
  ])('%s', async (_, make, kinds) => {
    expect(faultsOf(await first(make()))).toEqual(kinds);
  });

  it('a field of the same name gives that field several values', async () => {
    const { signatures } = await pdfFacts(signAgain(approved, { name: 'Lanh dao' }));
    expect(signatures.map((one) => faultsOf(one)[0])).toEqual(['FORMAT_FAILURE', 'FORMAT_FAILURE']);
  });

  it('a signed field may not be signed again', async () => {
    const number = Number(
      /(\d+) 0 obj\n<<\/Type \/Annot \/Subtype \/Widget \/FT \/Sig \/T <feff004c/.exec(
        approved.toString('latin1'),
      )![1],
    );
    const { signatures } = await pdfFacts(signAgain(approved, { intoField: number }));
    expect(signatures.map(faultsOf)).toEqual([['FORM_FILL'], []]);
  });
});

describe('the look of a later signature', () => {
  const widget = '/Type /Annot /Subtype /Widget /FT /Sig /T (S) /Rect [0 0 100 100]';
  const faultsOfLook = (look: string, rest = widget) => {
    const pdf = writePdf({
      ...bodies,
      6: '<</Fields [50 0 R]>>',
      50: `<<${rest} /AP <</N ${look}>>>>`,
      51: streamBody('', '/BBox [0 0 0 0]'),
      52: streamBody('', '/BBox [0 0 9 9] /Matrix [1 0 0 /x 0 0]'),
      53: streamBody('', '/BBox [0 0 9 9] /Matrix [1 0 0 1 0 0]'),
      54: streamBody(''),
    });
    const document = PdfDocument.open(memorySource(pdf), pdf.length);
    const findings = new Findings();
    checkAppearances(document, signatureFields(document), findings);
    return findings.list.map(({ detail }) => detail);
  };

  it.each([
    ['an empty /BBox', '51 0 R', ['field S: its appearance has an empty /BBox']],
    ['a broken /Matrix', '52 0 R', ['field S: its appearance has a broken /Matrix']],
    ['no /BBox', '54 0 R', ['field S: its appearance has no /BBox']],
    ['states instead of a stream', '<</On 53 0 R>>', ['field S: its appearance is no stream']],
    ['box and matrix in order', '53 0 R', []],
  ])('%s', (_, look, details) => {
    expect(faultsOfLook(look)).toEqual(details);
  });

  it('an empty /BBox is nothing where the signature shows itself nowhere', () => {
    expect(faultsOfLook('51 0 R', widget.replace('100 100]', '0 0]'))).toEqual([]);
  });
});
