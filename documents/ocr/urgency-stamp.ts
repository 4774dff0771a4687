/**
 * HỎA TỐC, KHẨN and secrecy marks are rubber stamps of red ink on page 1, often aslant (DOMAIN 4.2): the red ink is read
 * at several angles, and the surest words are taken.
 */
import type { Box } from '../pdf-words.ts';
import { withoutBigShapes } from './big-shapes.ts';
import type { OcrEngine, OcrWord } from './engine.ts';
import type { PagePicture } from './page-picture.ts';
import type { PageWord } from './page-text.ts';
import { cropped, type GreyImage, padded, turned } from './picture.ts';

/** Stamps stand in this part of page 1; the seal stands lower. */
const HEAD_SHARE = 0.45;
const INK = 170;
/** A stamp has at least this share of the page in ink, and its box at most that one: tinted paper and red frames are none. */
const LEAST_INK = 0.0005;
const LARGEST = 0.12;
/** Degrees. Small stamps are lost when they lie some degrees beside: the real ones seen lay at 0 and about -35. */
const ANGLES = [0, 35, -35, 20, -20, 10, -10, 45, -45];
const SURE = 0.75;
/** The shortest mark is KHẨN. */
const FEWEST_LETTERS = 4;
/** Six letters at 0.9: no other angle needs to be tried. */
const BEYOND_DOUBT = 5.4;
/** Letters of stamps are up to a third of an inch high, a little more when they lie aslant; frames are larger. */
const LETTER_INCHES = 0.45;

/** Words of the stamp, each with the stamp's box, `stamp` set; none when there is no red ink or nothing sure. */
export async function stampedMarks(
  engine: OcrEngine,
  picture: PagePicture,
  maxMs: number,
): Promise<PageWord[]> {
  const { red } = picture.inks;
  const box = red === null ? null : boxOfInk(red);
  if (red === null || box === null) return [];
  const part = squared(withoutBigShapes(cropped(red, box), LETTER_INCHES * picture.dpi).image);
  let best: OcrWord[] = [];
  for (const angle of ANGLES) {
    const words = await engine.recognise(turned(part, angle), {
      segmentation: 'sparse',
      dpi: picture.dpi,
      maxMs,
    });
    const sure = words.filter((word) => word.confidence >= SURE && /^\p{Lu}{2,}$/u.test(word.text));
    if (weight(sure) > weight(best)) best = sure;
    if (weight(best) > BEYOND_DOUBT) break;
  }
  if (best.reduce((sum, word) => sum + word.text.length, 0) < FEWEST_LETTERS) return [];
  return best.map((word, index) => ({
    text: word.text,
    box: placeOf(box, index, best.length, red),
    bold: true,
    italic: false,
    stamp: true,
    confidence: word.confidence,
  }));
}

/** Slanted letters give a sure word now and then; upright ones give the most. */
function weight(words: readonly OcrWord[]): number {
  return words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
}

/** The smallest box that holds the red ink of the head; null when that is no stamp. */
function boxOfInk({ width, height, pixels }: GreyImage): Box | null {
  let [left, top, right, bottom, count] = [width, height, 0, 0, 0];
  const rim = Math.floor(width * 0.02);
  for (let y = 0; y < height * HEAD_SHARE; y++)
    for (let x = rim; x < width - rim; x++) {
      if (pixels[y * width + x]! >= INK) continue;
      count += 1;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  const area = (right - left) * (bottom - top);
  if (count < width * height * LEAST_INK || area > width * height * LARGEST) return null;
  return [left, top, right + 1, bottom + 1];
}

/** With room enough to be turned. */
function squared(image: GreyImage): GreyImage {
  return padded(image, Math.ceil(Math.hypot(image.width, image.height) * 0.25));
}

/** Words of a slanted stamp stand side by side in its box, so that they make one line. */
function placeOf([left, top, right, bottom]: Box, index: number, count: number, page: GreyImage): Box {
  const step = (right - left) / count;
  const middle = (top + bottom) / 2;
  const half = Math.min((bottom - top) / 2, step / 4);
  return [
    (left + index * step) / page.width,
    (middle - half) / page.height,
    (left + (index + 0.95) * step) / page.width,
    (middle + half) / page.height,
  ];
}
