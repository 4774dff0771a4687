/** Whether a page's text layer is read instead of its picture, and what of it belongs to a recognised page (DOMAIN 4.4). */
import { linesOfWords } from '../layout.ts';
import type { OpenPdf, PdfPage } from '../pdf-text.ts';
import type { PdfWord } from '../pdf-words.ts';
import { isUsableText } from '../text-layer.ts';
import { evened } from './background.ts';
import { splitInks } from './ink.ts';
import type { GreyImage } from './picture.ts';
import { isBadRecognition } from './syllables.ts';

/** A page with so many letters and without a picture over it is no scan. */
const MANY_LETTERS = 400;
/** Share of the black ink that words must cover: typed notes on a scan cover a twentieth, a scanner's own text nearly all. */
const LEAST_COVERED = 0.5;

/**
 * A layer is none when it holds only a signature's appearance, a ĐẾN stamp or typed notes (little of the ink is text), or
 * when a scanner recognised it badly. Renders a small picture where that has to be looked at. Throws what `renderColour` throws.
 */
export function isUsableLayer(pdf: OpenPdf, page: PdfPage): boolean {
  const own = page.words.filter((word) => !word.stamp);
  const lines = linesOfWords(own, page.number).map((line) => line.text);
  if (!isUsableText(lines)) return false;
  const letters = lines.join('').length;
  if (!page.picture && letters >= MANY_LETTERS) return true;
  if (page.picture && isBadRecognition(own.map((word) => word.text))) return false;
  return coverage(pdf, page.number, own) >= LEAST_COVERED;
}

const LOOK_DPI = 60;
const INK = 140;
/** Share of each side left out: black rims of scanners. */
const RIM = 0.04;
/** Fewer dots of ink than a short line has: nothing there but the text layer. */
const FEWEST_DOTS = 60;
/** Word boxes are made larger by this share of the page: marks above letters, boxes a little off. */
const MARGIN = 0.006;

/** Share of the black ink that stands within the boxes of words; 1 when there is no ink. */
function coverage(pdf: OpenPdf, number: number, words: readonly PdfWord[]): number {
  const picture = evened(splitInks(pdf.renderColour(number, LOOK_DPI)).print);
  const mask = maskOf(picture, words);
  const { width, height, pixels } = picture;
  let ink = 0;
  let covered = 0;
  for (let y = Math.floor(height * RIM); y < height * (1 - RIM); y++)
    for (let x = Math.floor(width * RIM); x < width * (1 - RIM); x++) {
      if (pixels[y * width + x]! >= INK) continue;
      ink += 1;
      covered += mask[y * width + x]!;
    }
  return ink < FEWEST_DOTS ? 1 : covered / ink;
}

function maskOf({ width, height }: GreyImage, words: readonly PdfWord[]): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { box } of words) {
    const left = Math.max(0, Math.floor((box[0] - MARGIN) * width));
    const right = Math.min(width, Math.ceil((box[2] + MARGIN) * width));
    const bottom = Math.min(height, Math.ceil((box[3] + MARGIN) * height));
    for (let y = Math.max(0, Math.floor((box[1] - MARGIN) * height)); y < bottom; y++)
      if (right > left) mask.fill(1, y * width + left, y * width + right);
  }
  return mask;
}

/** A number, a day, or a whole số/ký hiệu that the signing tool drew onto a scan. */
const NUMBER_STAMP = /^\d{1,5}\p{L}?$|^\d{1,5}\p{L}?\/[\p{L}\d/-]+$/u;

/** Words of annotations that belong to the text of a scan; the rest is about the signature. */
export function stampsForLines<T extends PdfWord>(words: readonly T[]): T[] {
  const alone = new Set(
    linesOfWords(words, 1)
      .map((line) => line.text.trim())
      .filter((text) => NUMBER_STAMP.test(text)),
  );
  return words.filter((word) => alone.has(word.text));
}
