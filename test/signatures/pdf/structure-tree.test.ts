import { describe, expect, it } from 'vitest';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { decision } from '../../support/pdf-decision.ts';
import { allowedOf, faultsOf, pdfFacts } from '../../support/pdf-facts.ts';
import { type Bodies, revise, writePdf } from '../../support/pdf-file.ts';
import { AGENCY, agency, LEADER, person } from '../province.ts';

/** A tagged decision: root, document element, its paragraph and the tree of parents. */
const ROOT = '/Type /StructTreeRoot /K 32 0 R /ParentTree 33 0 R';
const ELEMENT = '/Type /StructElem /S /Document /P 13 0 R';
const tagged: Bodies = {
  ...decision(),
  13: `<<${ROOT} /ParentTreeNextKey 1>>`,
  32: `<<${ELEMENT} /K [34 0 R 35 0 R]>>`,
  33: '<</Nums [0 [34 0 R 35 0 R]]>>',
  34: '<</Type /StructElem /S /P /P 32 0 R /K 0>>',
  35: '<</Type /StructElem /S /P /P 32 0 R /K 1>>',
};
const approved = signPdf(writePdf(tagged), person(), LEADER);
const signedTwice = signPdf(approved, agency(), { ...AGENCY, fieldEntries: '/StructParent 1' });
const WIDGET = /(\d+) 0 obj\n<<\/Type \/Annot \/Subtype \/Widget \/FT \/Sig \/T <feff0043/.exec(
  signedTwice.toString('latin1'),
)![1]!;

/** The element of the office's signature. */
const FORM = `/Type /StructElem /S /Form /P 32 0 R /K <</Type /OBJR /Obj ${WIDGET} 0 R>>`;
const added: Bodies = {
  13: `<<${ROOT} /ParentTreeNextKey 2>>`,
  32: `<<${ELEMENT} /K [34 0 R 35 0 R 500 0 R]>>`,
  33: '<</Nums [0 [34 0 R 35 0 R] 1 500 0 R]>>',
  500: `<<${FORM}>>`,
};

async function first(pdf: Buffer) {
  return (await pdfFacts(pdf)).signatures.find(({ name }) => name === 'Lanh dao')!;
}

describe('the structure tree of a tagged file', () => {
  it.each<[string, Bodies]>([
    ['an element of a later signature, in place', added],
    [
      'the same, with the tree of parents written anew',
      {
        ...added,
        13: '<</Type /StructTreeRoot /K [32 0 R] /ParentTree 501 0 R /ParentTreeNextKey 2>>',
        33: tagged[33]!,
        501: '<</Kids [<</Limits [0 0] /Nums [0 502 0 R]>> <</Limits [1 1] /Nums [1 500 0 R]>>]>>',
        502: '[34 0 R 35 0 R]',
      },
    ],
    [
      'an element beside the document',
      { ...added, 13: added[13]!.replace('/K 32 0 R', '/K [32 0 R 500 0 R]'), 32: tagged[32]! },
    ],
  ])('may get %s', async (_, bodies) => {
    const found = await first(revise(signedTwice, bodies));
    expect([faultsOf(found), allowedOf(found)]).toEqual([[], ['NEW_SIGNATURE', 'STRUCT_TREE']]);
  });

  it.each<[string, Bodies]>([
    ['an element taken out', { ...added, 32: `<<${ELEMENT} /K [34 0 R 500 0 R]>>` }],
    ['elements exchanged', { ...added, 32: `<<${ELEMENT} /K [35 0 R 34 0 R 500 0 R]>>` }],
    ['an element changed', { ...added, 34: tagged[34]!.replace('>>', '/ActualText (other)>>') }],
    ['another parent for signed content', { ...added, 33: '<</Nums [0 [35 0 R 34 0 R] 1 500 0 R]>>' }],
    ['parents forgotten', { ...added, 33: '<</Nums [1 500 0 R]>>' }],
    ['a parent that is no signature', { ...added, 33: '<</Nums [0 [34 0 R 35 0 R] 1 34 0 R]>>' }],
    ['an added element with text', { ...added, 500: `<<${FORM} /ActualText (other)>>` }],
    ['an added element of nothing', { ...added, 500: '<</Type /StructElem /S /Form /P 32 0 R>>' }],
    ['an added element of another sort', { ...added, 500: `<<${FORM.replace('/S /Form', '/S /P')}>>` }],
    [
      'an added element of signed content',
      { ...added, 500: `<<${FORM.replace(`${WIDGET} 0 R`, '7 0 R')}>>` },
    ],
    ['another key of the root', { ...added, 13: added[13]!.replace('>>', '/RoleMap <</Form /P>>>>') }],
  ])('may not get %s', async (_, bodies) => {
    expect(faultsOf(await first(revise(signedTwice, bodies)))).toContain('STRUCT_TREE');
  });

  it('may get nothing where nobody signed later', async () => {
    expect(faultsOf(await first(revise(approved, { ...added, 500: `<<${FORM}>>` })))).toContain(
      'STRUCT_TREE',
    );
  });
});
