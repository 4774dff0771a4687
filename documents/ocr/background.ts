/** Even paper: shadows, tinted paper and what shines through from the other side become white. Pure. */
import { type GreyImage, shrunk, WHITE } from './picture.ts';

/** Side of the squares in which the paper's brightness is looked for; wider than any stroke. */
const CELL = 16;
/** Cells around one whose brightest counts as paper there: bold titles and seals are smaller than that. */
const REACH = 2;
/** Ink lighter than this share of the paper is shine-through and dirt; darker than the other is full black. */
const LIGHTEST = 0.82;
const DARKEST = 0.2;

/** Each pixel as a share of the paper around it, stretched. */
export function evened(image: GreyImage): GreyImage {
  const paper = paperOf(image);
  const { width, height } = image;
  const pixels = new Uint8Array(width * height);
  const table = stretching();
  for (let y = 0; y < height; y++) {
    const cells = Math.min(paper.height - 1, Math.floor(y / CELL)) * paper.width;
    for (let x = 0; x < width; x++) {
      const white = paper.pixels[cells + Math.min(paper.width - 1, x >> 4)]!;
      const share = ((image.pixels[y * width + x]! << 8) / white) | 0;
      pixels[y * width + x] = table[share > 255 ? 255 : share]!;
    }
  }
  return { width, height, pixels };
}

function stretching(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, share) => {
    const value = (share / 256 - DARKEST) / (LIGHTEST - DARKEST);
    return Math.round(Math.min(1, Math.max(0, value)) * WHITE);
  });
}

/** Means of cells, then the brightest around, then smoothed; never darker than a third of white, or black would be paper. */
function paperOf(image: GreyImage): GreyImage {
  const cells = shrunk(image, CELL);
  return smoothed(brightest(cells));
}

const DARKEST_PAPER = 90;

function brightest({ width, height, pixels }: GreyImage): GreyImage {
  const rows = passes(pixels, width, height, [1, width], Math.max);
  const both = passes(rows, height, width, [width, 1], Math.max);
  return { width, height, pixels: both.map((value) => Math.max(DARKEST_PAPER, value)) };
}

/** Along one direction, each cell takes the most of its neighbours up to `REACH` away. */
function passes(
  from: Uint8Array,
  length: number,
  lines: number,
  [step, jump]: [number, number],
  choose: (a: number, b: number) => number,
): Uint8Array {
  const out = new Uint8Array(from.length);
  for (let line = 0; line < lines; line++)
    for (let at = 0; at < length; at++) {
      let best = from[line * jump + at * step]!;
      for (let near = Math.max(0, at - REACH); near <= Math.min(length - 1, at + REACH); near++)
        best = choose(best, from[line * jump + near * step]!);
      out[line * jump + at * step] = best;
    }
  return out;
}

function smoothed({ width, height, pixels }: GreyImage): GreyImage {
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let near = Math.max(0, y - 1); near <= Math.min(height - 1, y + 1); near++)
        for (let beside = Math.max(0, x - 1); beside <= Math.min(width - 1, x + 1); beside++) {
          sum += pixels[near * width + beside]!;
          count += 1;
        }
      out[y * width + x] = sum / count;
    }
  return { width, height, pixels: out };
}
