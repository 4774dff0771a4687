/** Connected ink in a gap: what is handwriting there, without lines, dots and the ends of the words beside it. Pure. */
import type { GreyImage } from '../picture.ts';
import type { Glyph } from './glyph.ts';

/** Connected ink, in pixels of the picture it was found in; `right` and `bottom` are outside. */
export interface Piece {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Indices into the picture. */
  pixels: number[];
}

/** Connected parts (eight neighbours) darker than `dark`, of at least `least` pixels, from left to right. */
export function piecesOf({ width, height, pixels }: GreyImage, dark: number, least: number): Piece[] {
  const seen = new Uint8Array(width * height);
  const found: Piece[] = [];
  for (let start = 0; start < pixels.length; start++) {
    if (seen[start] === 1 || pixels[start]! >= dark) continue;
    const piece: Piece = { left: width, top: height, right: 0, bottom: 0, pixels: [start] };
    seen[start] = 1;
    for (let next = 0; next < piece.pixels.length; next++) {
      const at = piece.pixels[next]!;
      const [x, y] = [at % width, Math.floor(at / width)];
      piece.left = Math.min(piece.left, x);
      piece.right = Math.max(piece.right, x + 1);
      piece.top = Math.min(piece.top, y);
      piece.bottom = Math.max(piece.bottom, y + 1);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const near = ny * width + nx;
          if (seen[near] === 1 || pixels[near]! >= dark) continue;
          seen[near] = 1;
          piece.pixels.push(near);
        }
    }
    if (piece.pixels.length >= least) found.push(piece);
  }
  return found.sort((a, b) => a.left - b.left);
}

/** Where digits are looked for, in pixels of the picture. */
export interface Window {
  left: number;
  right: number;
  /** Top and foot of the line's capitals. */
  top: number;
  foot: number;
}

/** What is written in the window; ends of the words beside it are cut off where handwriting touches them. */
export function written(pieces: readonly Piece[], window: Window, width: number): Piece[] {
  const capital = window.foot - window.top;
  return pieces
    .filter((piece) => piece.right > window.left && piece.left < window.right)
    .filter((piece) => isOnLine(piece, window) && !isStroke(piece, capital))
    .flatMap((piece) => inside(piece, window, width, capital));
}

/** Handwriting is larger than print, but its middle is on the line. */
function isOnLine({ top, bottom }: Piece, window: Window): boolean {
  const capital = window.foot - window.top;
  const middle = (top + bottom) / 2;
  return middle > window.top - capital * 0.25 && middle < window.foot + capital * 0.1;
}

/** Underlines, dotted lines, specks. */
function isStroke({ left, right, top, bottom, pixels }: Piece, capital: number): boolean {
  const [wide, high] = [right - left, bottom - top];
  if (high < capital * 0.22 && wide > capital * 1.4) return true;
  return (high < capital * 0.3 && wide < capital * 0.3) || pixels.length < capital;
}

function inside(piece: Piece, { left, right }: Window, width: number, capital: number): Piece[] {
  const own = piece.pixels.filter((at) => at % width >= left && at % width < right);
  const share = own.length / piece.pixels.length;
  const outside = Math.max(left - piece.left, piece.right - right);
  if (outside <= 0 || (share > 0.5 && outside < capital * 0.45)) return [piece];
  if (share < 0.35 && own.length < capital * 3) return [];
  const cut = boxed(own, width);
  return cut.bottom - cut.top < capital * 0.45 ? [] : [cut];
}

function boxed(pixels: number[], width: number): Piece {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, 0, 0];
  for (const at of pixels) {
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return { left, top, right, bottom, pixels };
}

/** A part of a piece between two columns (in pixels of the picture), nothing where it has no ink there. */
export function between(piece: Piece, from: number, to: number, width: number): Piece | null {
  const own = piece.pixels.filter((at) => at % width >= from && at % width < to);
  return own.length === 0 ? null : boxed(own, width);
}

export function together(pieces: readonly Piece[], width: number): Piece {
  return boxed(
    pieces.flatMap((piece) => piece.pixels),
    width,
  );
}

/** The piece alone on white, with the grey of its edges. */
export function glyphOf(piece: Piece, image: GreyImage): Glyph {
  const rim = 2;
  const width = piece.right - piece.left + 2 * rim;
  const height = piece.bottom - piece.top + 2 * rim;
  const ink = new Uint8Array(width * height);
  for (const at of piece.pixels)
    ink[(Math.floor(at / image.width) - piece.top + rim) * width + (at % image.width) - piece.left + rim] =
      255 - image.pixels[at]!;
  return { width, height, ink };
}

/** A straight thin line from bottom left to top right, higher than a capital. */
export function isSlash(
  { left, right, top, bottom, pixels }: Piece,
  width: number,
  capital: number,
): boolean {
  const [wide, high] = [right - left, bottom - top];
  if (high < capital * 0.85 || wide > high * 0.7 || wide < high * 0.12) return false;
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (const at of pixels) {
    const [x, y] = [at % width, Math.floor(at / width)];
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
  }
  const n = pixels.length;
  const spread = Math.sqrt((sxx - (sx * sx) / n) * (syy - (sy * sy) / n));
  return spread > 0 && (sxy - (sx * sy) / n) / spread < -0.93;
}
