/**
 * The signature block once more: seals and signatures of black ink make Tesseract take the titles under them for a
 * picture, and names are sometimes stamped in red or blue. What is read without the big shapes, and in the coloured
 * inks, is added where the first look saw nothing sure.
 */

import { fold } from '../normalise.ts';
import type { Box } from '../pdf-words.ts';
import { withoutBigShapes } from './big-shapes.ts';
import type { OcrEngine } from './engine.ts';
import { placed, RIM } from './page-bands.ts';
import { type PagePicture, partOf } from './page-picture.ts';
import type { PageWord } from './page-text.ts';
import { type GreyImage, padded } from './picture.ts';

/** Letters of 14 points with their signs are a quarter of an inch high: what is a third is no letter. */
const LETTER_INCHES = 0.33;
/** A round seal measures 34 to 42 mm; with the signature across it more. */
const SEAL_INCHES = { least: 0.9, most: 2.2 };
/** Words are added from this confidence on; surer words of the first look stay. */
const SURE = 0.6;

/** `words` with those of the second look; unsure ones under them are gone. Throws what the engine throws. */
export async function signatureBlock(
  engine: OcrEngine,
  picture: PagePicture,
  words: readonly PageWord[],
  maxMs: number,
): Promise<PageWord[]> {
  const box = blockOf(words, picture.inkBottom);
  let all = [...words];
  const add = (fresh: readonly PageWord[]) => {
    all = together(all, fresh);
  };
  const print = await lookAt({ engine, ink: picture.inks.print, dpi: picture.dpi, box, maxMs });
  if (print.covered) {
    add(print.words.filter(isReadable));
    // What a signature only crosses is lost without it and may be read with it.
    add(print.whole.filter(isReadable));
  }
  for (const ink of [picture.inks.red, picture.inks.blue]) {
    if (ink === null) continue;
    const { words: stamped } = await lookAt({ engine, ink, dpi: picture.dpi, box, maxMs, coloured: true });
    add(stamped.filter(isStamped).map((word) => ({ ...word, stamp: true })));
  }
  return all;
}

interface Look {
  engine: OcrEngine;
  ink: GreyImage;
  dpi: number;
  box: Box;
  maxMs: number;
  /** Only the ink of stamps: nothing is read with the big shapes in it. */
  coloured?: boolean;
}

/** Words outside of seals: `words` of what is left without big shapes, `whole` with them, when there are some (`covered`). */
async function lookAt({
  engine,
  ink,
  dpi,
  box,
  maxMs,
  coloured = false,
}: Look): Promise<{ words: PageWord[]; whole: PageWord[]; covered: boolean }> {
  const part = partOf(ink, box);
  const { image, removed } = withoutBigShapes(part, LETTER_INCHES * dpi);
  const seals = removed.filter((shape) => isSeal(shape, dpi));
  const corner = { left: Math.floor(box[0] * ink.width), top: Math.floor(box[1] * ink.height) };
  const read = async (picture: GreyImage): Promise<PageWord[]> => {
    const seen = await engine.recognise(padded(picture, RIM), { segmentation: 'sparse', dpi, maxMs });
    return seen
      .filter((word) => !seals.some((seal) => isInside(word.box, seal)))
      .map((word) => placed(word, ink, corner));
  };
  const covered = removed.length > 0;
  return {
    words: covered || coloured ? await read(image) : [],
    whole: covered && !coloured ? await read(part) : [],
    covered,
  };
}

/** Beside and below Nơi nhận; without one the lowest third of the ink. */
function blockOf(words: readonly PageWord[], inkBottom: number): Box {
  const start = words.findLast(
    (word, index) => /^NOI$/.test(fold(word.text)) && /^NHA/.test(fold(words[index + 1]?.text ?? '')),
  );
  if (start === undefined) return [0.35, Math.max(0, inkBottom - 0.33), 1, Math.min(1, inkBottom + 0.03)];
  return [0.35, Math.max(0, start.box[1] - 0.04), 1, Math.min(1, start.box[1] + 0.28)];
}

function isSeal([left, top, right, bottom]: Shape, dpi: number): boolean {
  const height = (bottom - top) / dpi;
  return height >= SEAL_INCHES.least && height <= SEAL_INCHES.most && right - left >= (bottom - top) * 0.7;
}

type Shape = readonly [number, number, number, number];

/** The seal covers the left third of the signature (DOMAIN 2.1.5): of a wide shape it is the left end. */
function isInside(word: Shape, [left, top, right, bottom]: Shape): boolean {
  const radius = Math.min(bottom - top, right - left) / 2;
  const x = (word[0] + word[2]) / 2 - RIM - (left + radius);
  const y = (word[1] + word[3]) / 2 - RIM - (top + bottom) / 2;
  return x * x + y * y < (radius * 0.85) ** 2;
}

function isReadable(word: PageWord): boolean {
  return word.confidence >= SURE && /^\p{L}[\p{L}.]+$/u.test(word.text);
}

/** Stamped names and titles; a seal's own letters are curved and come out unsure. */
function isStamped(word: PageWord): boolean {
  return word.confidence >= 0.85 && /^\p{Lu}[\p{L}.]+$/u.test(word.text);
}

function together(first: readonly PageWord[], second: readonly PageWord[]): PageWord[] {
  const fresh = second.filter(
    (word) => !first.some((known) => known.confidence >= SURE && overlaps(known.box, word.box)),
  );
  const kept = first.filter(
    (word) => word.confidence >= SURE || !fresh.some((other) => overlaps(other.box, word.box)),
  );
  return [...kept, ...fresh];
}

/** By a third of the smaller one. */
function overlaps(a: Box, b: Box): boolean {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return false;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return across * down > Math.min(area(a), area(b)) / 3;
}
