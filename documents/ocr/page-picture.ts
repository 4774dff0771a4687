/** The picture of a page made ready for recognition: colours apart, paper even, upright and straight. */

import type { OpenPdf } from '../pdf-text.ts';
import type { Box } from '../pdf-words.ts';
import { evened } from './background.ts';
import { type Inks, splitInks } from './ink.ts';
import type { PageTurn } from './page-turn.ts';
import { cropped, type GreyImage, quarterTurned, turned } from './picture.ts';
import { lieOf } from './skew.ts';

export interface PagePicture {
  /** Same size each. */
  inks: Inks;
  turn: PageTurn;
  /** Dots per inch. */
  dpi: number;
  /** Pixels that were rendered for it. */
  cost: number;
  /** Too little ink for a line of print. */
  blank: boolean;
  /** Lines run from top to bottom: `turn.quarter` is a guess (90) until somebody has looked which end is up. */
  sideways: boolean;
  /** Where the lowest ink stands, as a fraction of the height. */
  inkBottom: number;
}

/** Enough for print of 12 points and more; at 300 dpi a page takes a third longer and reads no better (measured). */
const PAGE_DPI = 200;
/** A smaller skew costs more by the smoothing of the turn than it brings. */
const LEAST_SKEW = 0.3;

/** Renders and cleans one page; about 0.1 s to render and 60 ms to clean an A4 page. Throws what `renderColour` throws. */
export function pictureOfPage(pdf: OpenPdf, number: number, quarter?: PageTurn['quarter']): PagePicture {
  const colour = pdf.renderColour(number, PAGE_DPI);
  const inks = splitInks(colour);
  inks.print = evened(inks.print);
  const first = lieOf(inks.print, colour.dpi);
  const sideways = quarter === undefined && first.sideways;
  const wanted = quarter ?? (sideways ? 90 : 0);
  const upright = eachInk(inks, (ink) => quarterTurned(ink, wanted));
  const lie = wanted % 180 === 0 && !sideways ? first.skew : lieOf(upright.print, colour.dpi).skew;
  const skew = Math.abs(lie) < LEAST_SKEW ? 0 : lie;
  const straight = eachInk(upright, (ink) => turned(ink, skew));
  return {
    inks: straight,
    turn: { quarter: wanted, skew },
    dpi: colour.dpi,
    cost: colour.width * colour.height,
    blank: first.dots < BLANK_DOTS && straight.red === null && straight.blue === null,
    sideways,
    inkBottom: bottomOf(straight.print),
  };
}

/** Dots of ink at the resolution of the look; one short line of print has more. */
const BLANK_DOTS = 120;

function eachInk(inks: Inks, work: (ink: GreyImage) => GreyImage): Inks {
  return {
    print: work(inks.print),
    red: inks.red === null ? null : work(inks.red),
    blue: inks.blue === null ? null : work(inks.blue),
  };
}

/** A part of a page by fractions of its size. */
export function partOf(image: GreyImage, [x0, y0, x1, y1]: Box): GreyImage {
  return cropped(image, [x0 * image.width, y0 * image.height, x1 * image.width, y1 * image.height]);
}

const INK = 140;
/** Share of a row's pixels in ink that makes a row of print; specks and page numbers have less. */
const ROW_SHARE = 0.02;

/** Rims are left out on both sides: black edges of a scan run down to the end. */
function inkedRow({ width, pixels }: GreyImage, y: number): boolean {
  let count = 0;
  const rim = Math.floor(width * 0.05);
  for (let x = rim; x < width - rim; x++) if (pixels[y * width + x]! < INK) count += 1;
  return count > width * ROW_SHARE;
}

function bottomOf(image: GreyImage): number {
  for (let y = Math.floor(image.height * 0.98) - 1; y >= 0; y--)
    if (inkedRow(image, y)) return y / image.height;
  return 0;
}

/** The row with the least ink near a height, as a fraction: pages are cut between lines, not through them. */
export function quietRow(image: GreyImage, wanted: number): number {
  if (wanted <= 0 || wanted >= 1) return wanted;
  const middle = Math.round(wanted * image.height);
  const reach = Math.round(image.height * 0.025);
  let best = middle;
  let least = Number.POSITIVE_INFINITY;
  for (let y = Math.max(0, middle - reach); y < Math.min(image.height, middle + reach); y++) {
    let ink = 0;
    for (let x = 0; x < image.width; x += 2) ink += 255 - image.pixels[y * image.width + x]!;
    const score = ink + Math.abs(y - middle);
    if (score < least) {
      least = score;
      best = y;
    }
  }
  return best / image.height;
}
