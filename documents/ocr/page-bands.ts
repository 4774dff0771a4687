/** Recognition of a band or a region of a page; words come out in fractions of the page as read. */
import type { OpenPdf } from '../pdf-text.ts';
import type { Box } from '../pdf-words.ts';
import { evened } from './background.ts';
import type { Budget } from './budget.ts';
import type { OcrEngine, OcrWord } from './engine.ts';
import { overlaid, splitInks } from './ink.ts';
import { type PagePicture, partOf } from './page-picture.ts';
import type { PageWord, RegionOptions } from './page-text.ts';
import { boxAsShown, type ReadPage } from './page-turn.ts';
import { cropped, type GreyImage, padded, quarterTurned, turned } from './picture.ts';

/** White around a part, pixels. */
export const RIM = 12;
/** Above this height blue ink is what was written in by pen (number, day), below it is signatures. */
const PEN_SHARE = 0.45;

/** Words of the band between two heights (fractions). Throws what the engine throws. */
export async function recogniseBand(
  engine: OcrEngine,
  picture: PagePicture,
  [top, bottom]: readonly [number, number],
  maxMs: number,
): Promise<PageWord[]> {
  const box: Box = [0, top, 1, bottom];
  const options = { segmentation: 'column', dpi: picture.dpi, maxMs } as const;
  const print = partOf(picture.inks.print, box);
  const pen =
    bottom <= PEN_SHARE + 0.05 && picture.inks.blue !== null ? partOf(picture.inks.blue, box) : null;
  const sheet = pen === null ? print : overlaid(print, pen);
  const words = await engine.recognise(padded(sheet, RIM), options);
  return words.map((word) =>
    placed(word, picture.inks.print, { left: 0, top: Math.floor(top * picture.inks.print.height) }),
  );
}

/** A word of a padded part that stood at `at` (pixels) of a page. */
export function placed(
  word: OcrWord,
  page: { width: number; height: number },
  at: { left: number; top: number },
): PageWord {
  const [x0, y0, x1, y1] = word.box;
  const across = (x: number) => Math.min(1, Math.max(0, (x - RIM + at.left) / page.width));
  const down = (y: number) => Math.min(1, Math.max(0, (y - RIM + at.top) / page.height));
  return {
    text: word.text,
    box: [across(x0), down(y0), across(x1), down(y1)],
    bold: false,
    italic: false,
    stamp: false,
    confidence: word.confidence,
  };
}

interface Region {
  pdf: OpenPdf;
  engine: OcrEngine;
  number: number;
  page: ReadPage;
  box: Box;
  options: RegionOptions;
  budget: Budget;
}

/** Dots per inch for a region: small print and handwriting. */
const REGION_DPI = 300;

/** Words of a region, rendered and recognised by itself; pens are kept, seals are not. Throws what pdfium and the engine throw. */
export async function recogniseRegion({
  pdf,
  engine,
  number,
  page,
  box,
  options,
  budget,
}: Region): Promise<PageWord[]> {
  const shown = boxAsShown(page, box);
  const colour = pdf.renderColour(number, options.dpi ?? REGION_DPI, shown);
  budget.pixels(colour.width * colour.height);
  const inks = splitInks(colour);
  const ink = evened(inks.blue === null ? inks.print : overlaid(inks.print, inks.blue));
  const straight = turned(quarterTurned(ink, page.turn.quarter), page.turn.skew);
  const part = inner(straight, page, box);
  const words = await engine.recognise(padded(part.image, RIM), {
    segmentation: options.line === true ? 'line' : 'block',
    dpi: colour.dpi,
    maxMs: budget.pictureMs(),
    ...(options.letters === undefined ? {} : { letters: options.letters }),
  });
  return words.map((word) => placed(word, part.whole, part));
}

/** A turned region is wider than what was asked for: the middle of it is the region itself. */
function inner(
  image: GreyImage,
  page: ReadPage,
  box: Box,
): { image: GreyImage; whole: { width: number; height: number }; left: number; top: number } {
  const scale =
    page.turn.skew === 0 ? image.width / ((box[2] - box[0]) * page.width) : scaleOf(image, page, box);
  const whole = { width: page.width * scale, height: page.height * scale };
  const width = Math.min(image.width, (box[2] - box[0]) * whole.width);
  const height = Math.min(image.height, (box[3] - box[1]) * whole.height);
  const [x, y] = [(image.width - width) / 2, (image.height - height) / 2];
  return {
    image: cropped(image, [x, y, x + width, y + height]),
    whole,
    left: box[0] * whole.width,
    top: box[1] * whole.height,
  };
}

/** Pixels for each point: the picture is as wide as the box that holds the slanted region. */
function scaleOf(image: GreyImage, page: ReadPage, box: Box): number {
  const shown = boxAsShown(page, box);
  const sideways = page.turn.quarter % 180 !== 0;
  const length = sideways ? (shown[3] - shown[1]) * page.width : (shown[2] - shown[0]) * page.width;
  return image.width / length;
}
