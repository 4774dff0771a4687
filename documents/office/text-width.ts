/** How wide text is about, set in a Times face: what official documents are printed in (N30 PL I). */

/** Advance widths of Times, in thousandths of the size, by groups of letters of one width. */
const GROUPS: [letters: string, width: number][] = [
  ["ijlt/.,;:!|'’‘\\ ", 265],
  ['()[]-f“”"r', 340],
  ['acezsgJ?', 430],
  ['bdhknopquvxyăâêôơưđ0123456789_*$+=–', 500],
  ['IFPS', 450],
  ['ELTZBRC', 640],
  ['ADGHKNOQUVXYwm&', 725],
  ['MW—…%@', 920],
];

const WIDTHS = new Map(
  GROUPS.flatMap(([letters, width]) => [...letters].map((one) => [one, width] as const)),
);
const MARKS = /\p{M}/u;

/** Width of `text` in twips; `size` in half points. */
export function textWidth(text: string, size: number, bold: boolean): number {
  let sum = 0;
  for (const letter of text.normalize('NFD')) {
    if (MARKS.test(letter)) continue;
    sum += WIDTHS.get(letter === 'Đ' ? 'D' : letter === 'đ' ? 'd' : letter) ?? 500;
  }
  return (sum / 1000) * size * 10 * (bold ? 1.06 : 1);
}
