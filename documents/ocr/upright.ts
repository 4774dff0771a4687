/** Which end of a page is up: lines say whether it lies on its side, only reading says which way. */
import type { OpenPdf } from '../pdf-text.ts';
import type { OcrEngine } from './engine.ts';
import { type PagePicture, pictureOfPage } from './page-picture.ts';
import type { PageTurn } from './page-turn.ts';
import { cropped, type GreyImage, padded, quarterTurned } from './picture.ts';

/** Mean confidence of a strip below which it may stand on its head; upright print, even bad one, has more (measured). */
const DOUBTFUL = 0.72;

/** The picture of a page, turned by quarters where needed. Throws what `renderColour` and `recognise` throw. */
export async function uprightPicture(
  pdf: OpenPdf,
  number: number,
  engine: OcrEngine,
  maxMs: number,
): Promise<PagePicture> {
  const picture = pictureOfPage(pdf, number);
  if (picture.blank) return picture;
  const strip = stripOf(picture.inks.print);
  const here = await sureness(engine, strip, picture.dpi, maxMs);
  if (!picture.sideways && here >= DOUBTFUL) return picture;
  const there = await sureness(engine, quarterTurned(strip, 180), picture.dpi, maxMs);
  if (here >= there) return picture;
  const opposite = ((picture.turn.quarter + 180) % 360) as PageTurn['quarter'];
  return pictureOfPage(pdf, number, opposite);
}

/** Height of the strip that is read: two or three lines. */
const STRIP_SHARE = 0.055;

/** The strip with the most ink that is not black: lines of print, no picture and no black rim. */
function stripOf(print: GreyImage): GreyImage {
  const height = Math.round(print.height * STRIP_SHARE);
  const rim = Math.floor(print.width * 0.08);
  let best = 0;
  let most = -1;
  for (let top = Math.floor(print.height * 0.08); top + height < print.height * 0.92; top += height >> 1) {
    let dark = 0;
    let looked = 0;
    for (let y = top; y < top + height; y += 2)
      for (let x = rim; x < print.width - rim; x += 2) {
        looked += 1;
        if (print.pixels[y * print.width + x]! < 128) dark += 1;
      }
    if (dark > most && dark < looked * 0.3) {
      most = dark;
      best = top;
    }
  }
  return padded(cropped(print, [rim, best, print.width - rim, best + height]), 10);
}

async function sureness(engine: OcrEngine, strip: GreyImage, dpi: number, maxMs: number): Promise<number> {
  const words = await engine.recognise(strip, { segmentation: 'block', dpi, maxMs });
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  const sure = words.reduce((sum, word) => sum + word.confidence * word.text.length, 0);
  return letters < 8 ? 0 : sure / letters;
}
