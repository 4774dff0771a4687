/** The digits in one gap of a line, and how sure the network is of them. */
import { readFileSync } from 'node:fs';
import type { GreyImage } from '../picture.ts';
import type { Gap } from './gaps.ts';
import { normalised } from './glyph.ts';
import { emptyActivity, forward, NO_DIGIT, type Weights, weightsOf } from './network.ts';
import { glyphOf, isSlash, type Piece, piecesOf, together, type Window, written } from './pieces.ts';
import { type Atom, atomsOf, breaks, partings } from './segments.ts';

export interface DigitReading {
  digits: string;
  /** 0..1: what the network gives a digit, the mean of all; less for each cut through connected ink. */
  sure: number;
}

let loaded: Weights | null = null;

/** Read once from the file beside this one, 83 kB. */
function weights(): Weights {
  loaded ??= weightsOf(readFileSync(new URL('./weights.bin', import.meta.url)));
  return loaded;
}

/** Specks below so many pixels are not looked at. */
const LEAST_PIXELS = 6;
/** Room above and below a line, in heights of a capital: handwriting is larger. */
const ROOM = 0.8;

/**
 * What stands across an edge of the gap may be handwriting or the next word's first letter: both are tried. Null when nothing
 * that can be a number stands there. `page` is black on white, all inks of the gap in it.
 */
export function readGap(page: GreyImage, gap: Gap): DigitReading | null {
  const { image, window } = cutOut(page, gap);
  const capital = window.foot - window.top;
  let found: Judged | null = null;
  for (const dark of DARK) {
    const pieces = written(piecesOf(image, dark, LEAST_PIXELS), window, image.width);
    const own = gap.slash ? withoutSlash(pieces, window, image.width) : pieces;
    const inner = own.filter((piece) => piece.left >= window.left && piece.right <= window.right);
    for (const some of inner.length < own.length ? [own, inner] : [own]) {
      const atoms = atomsOf(some, image, capital);
      const reading = atoms === null ? null : best(atoms, image, gap.kind, capital);
      if (reading === null) continue;
      const worth = reading.worth * (some === own ? 1 : BREAK);
      if (found === null || worth > found.worth) found = { ...reading, worth };
    }
  }
  return found === null ? null : { digits: found.digits, sure: found.worth };
}

/** Ink is darker than that; faint pens only than the second. */
const DARK = [150, 205];

/** Without a slash at the end, and what may stand behind it. */
function withoutSlash(pieces: readonly Piece[], { right, top, foot }: Window, width: number): Piece[] {
  const capital = foot - top;
  const at = pieces.findLastIndex(
    (piece) => piece.right > right - capital * 0.9 && isSlash(piece, width, capital),
  );
  return at <= 0 ? [...pieces] : pieces.slice(0, at);
}

interface Way {
  digits: string;
  /** Product of what the network gives each digit. */
  probability: number;
}

interface Judged extends Way {
  /** What ways of cutting are compared by: the mean of the digits, less for cuts. */
  worth: number;
}

/** What is left of a way's worth for each cut through connected ink, and for each gap bridged. */
const BREAK = 0.8;

function cutOut(page: GreyImage, { box, capital }: Gap) {
  const high = capital * page.height;
  const side = Math.round(high * 2);
  const x0 = Math.max(0, Math.round(box[0] * page.width) - side);
  const x1 = Math.min(page.width, Math.round(box[2] * page.width) + side);
  const y0 = Math.max(0, Math.round(box[1] * page.height - high * ROOM));
  const y1 = Math.min(page.height, Math.round(box[3] * page.height + high * ROOM));
  const pixels = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++)
    pixels.set(page.pixels.subarray(y * page.width + x0, y * page.width + x1), (y - y0) * (x1 - x0));
  const image: GreyImage = { width: x1 - x0, height: y1 - y0, pixels };
  const window = {
    left: box[0] * page.width - x0,
    right: box[2] * page.width - x0,
    top: box[1] * page.height - y0,
    foot: box[3] * page.height - y0,
  };
  return { image, window };
}

/** What a gap may hold; a number has a zero in front only below ten (N30 PL I). */
const VALID: Record<Gap['kind'], (digits: string) => boolean> = {
  number: (digits) => /^(?:0?[1-9]|[1-9]\d{1,4})$/.test(digits),
  day: (digits) => /^\d{1,2}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= 31,
  month: (digits) => /^\d{1,2}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= 12,
};

function best(atoms: readonly Atom[], image: GreyImage, kind: Gap['kind'], capital: number): Judged | null {
  const known = new Map<string, Float32Array>();
  const seen = (from: number, to: number): Float32Array => {
    const key = `${from}-${to}`;
    const out = known.get(key) ?? look(together(atoms.slice(from, to), image.width), image, capital);
    known.set(key, out);
    return out;
  };
  let found: Judged | null = null;
  for (const way of partings(atoms.length)) {
    const signs = way.map(([from, to]) => seen(from, to));
    const reading = likeliest(signs, VALID[kind]);
    if (reading === null) continue;
    // The mean for each digit: otherwise fewer digits would always be likelier.
    const worth = reading.probability ** (1 / reading.digits.length) * BREAK ** breaks(way, atoms);
    if (found === null || worth > found.worth) found = { ...reading, worth };
  }
  return found;
}

/** Digits are at least half a capital high and not wider than one and a half: everything else is none. */
function look(piece: Piece, image: GreyImage, capital: number): Float32Array {
  const [wide, high] = [piece.right - piece.left, piece.bottom - piece.top];
  const out = forward(weights(), normalised(glyphOf(piece, image)), emptyActivity());
  const factor = high < capital * 0.55 || wide > capital * 1.7 ? 0.05 : 1;
  return out.map((value, index) => (index === NO_DIGIT ? value : value * factor));
}

/** The best digits at each place that make a possible number: the three best of each are tried. */
function likeliest(seen: readonly Float32Array[], valid: (digits: string) => boolean): Way | null {
  let ways: Way[] = [{ digits: '', probability: 1 }];
  for (const values of seen) {
    const order = [...values.keys()]
      .filter((digit) => digit !== NO_DIGIT)
      .sort((a, b) => values[b]! - values[a]!);
    ways = ways
      .flatMap(({ digits, probability }) =>
        order
          .slice(0, 4)
          .map((digit) => ({ digits: digits + digit, probability: probability * values[digit]! })),
      )
      .sort((a, b) => b.probability - a.probability)
      .slice(0, 20);
  }
  return ways.find((way) => valid(way.digits)) ?? null;
}
