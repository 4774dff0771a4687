/** A small decision with everything in it that attacks on signed PDFs play with; each object has its own number. */
import { type Bodies, streamBody } from './pdf-file.ts';

export const DECISION = {
  catalog: 1,
  pages: 2,
  page: 3,
  content: 4,
  font: 5,
  form: 6,
  amount: 7,
  amountLook: 8,
  emptySignature: 9,
  metadata: 10,
  outlines: 11,
  layer: 12,
  structure: 13,
  info: 14,
  seal: 15,
  secondPage: 16,
  toUnicode: 17,
  link: 18,
  inheritedResources: 19,
} as const;

/** In the file, but pointed at by nothing. */
export const ORPHAN = 41;

/** Pointed at by the page, but nowhere in the file. */
export const MISSING = 40;

const FORM_LOOK = '/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources <</Font <</F0 5 0 R>>>>';

export const PAGE = '/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 19 0 R';

export function decision(): Bodies {
  return {
    1: '<</Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /Metadata 10 0 R /Outlines 11 0 R /OCProperties <</OCGs [12 0 R] /D <</ON [12 0 R]>>>> /StructTreeRoot 13 0 R>>',
    2: '<</Type /Pages /Kids [3 0 R 16 0 R] /Count 2>>',
    3: `<<${PAGE} /Annots [7 0 R 9 0 R 18 0 R]>>`,
    4: streamBody('BT /F0 14 Tf 80 700 Td (Pay 1,000,000 dong) Tj ET /S Do /Gone Do'),
    5: '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 17 0 R>>',
    6: '<</Fields [7 0 R 9 0 R] /SigFlags 3 /DA (/F0 12 Tf) /DR <</Font <</F0 5 0 R>>>>>>',
    7: '<</Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V (1000) /F 4 /Rect [80 600 280 620] /AP <</N 8 0 R>> /P 3 0 R>>',
    8: streamBody('BT /F0 12 Tf (1000) Tj ET', FORM_LOOK),
    9: '<</Type /Annot /Subtype /Widget /FT /Sig /T (Empty) /F 4 /Rect [300 100 420 160] /P 3 0 R>>',
    10: streamBody('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', '/Type /Metadata /Subtype /XML'),
    11: '<</Type /Outlines /Count 0>>',
    12: '<</Type /OCG /Name (Seal)>>',
    13: '<</Type /StructTreeRoot>>',
    14: '<</Title (Decision)>>',
    15: streamBody('0 g 0 0 10 10 re f', '/Type /XObject /Subtype /Form /BBox [0 0 10 10] /OC 12 0 R'),
    16: '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>',
    17: streamBody('begincmap endcmap'),
    18: '<</Type /Annot /Subtype /Link /Rect [80 80 100 100]>>',
    [ORPHAN]: '<</Type /Orphan>>',
    19: `<</Font <</F0 5 0 R>> /XObject <</S 15 0 R /Gone ${MISSING} 0 R>>>>`,
  };
}
