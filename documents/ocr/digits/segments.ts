/**
 * Which pieces of ink make one digit: broken digits are put together, touching ones cut where the ink is thinnest; every
 * way is tried and the network says which one gives digits. Pure.
 */
import type { GreyImage } from '../picture.ts';
import { between, type Piece, together } from './pieces.ts';

/** More pieces than that are no number: five digits, each cut into four. */
const MAX_ATOMS = 20;
/** No document's number has more (DOMAIN 5). */
const MOST_DIGITS = 5;

export interface Atom extends Piece {
  /** Which connected piece it was cut from. */
  of: number;
}

/** Pieces from left to right of which one or several next to each other are a digit. */
export function atomsOf(pieces: readonly Piece[], image: GreyImage, capital: number): Atom[] | null {
  const whole = stacked(pieces, image.width);
  const atoms = whole.flatMap((piece, index) =>
    cutUp(piece, image, capital).map((part) => ({ ...part, of: index })),
  );
  return atoms.length === 0 || atoms.length > MAX_ATOMS ? null : atoms;
}

/** Pieces one above the other belong together: the bar of a 5, the two halves of a faint 8. */
function stacked(pieces: readonly Piece[], width: number): Piece[] {
  const out: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.left - b.left)) {
    const before = out.at(-1);
    const shared =
      before === undefined ? 0 : Math.min(before.right, piece.right) - Math.max(before.left, piece.left);
    const narrow = before === undefined ? 1 : Math.min(before.right - before.left, piece.right - piece.left);
    if (before !== undefined && shared > narrow * 0.5) out[out.length - 1] = together([before, piece], width);
    else out.push(piece);
  }
  return out;
}

/** Wider than a digit is high: two that touch. Cut at the columns with the least ink, a third of a capital apart. */
function cutUp(piece: Piece, image: GreyImage, capital: number): Piece[] {
  const wide = piece.right - piece.left;
  const high = piece.bottom - piece.top;
  if (wide < Math.max(capital * 0.75, high * 0.6)) return [piece];
  const columns = columnInk(piece, image.width);
  const cuts: number[] = [];
  const most = wide > capital * 2 ? 4 : wide > capital * 1.3 ? 3 : 2;
  const apart = capital * 0.28;
  const order = [...columns.keys()].sort((a, b) => columns[a]! - columns[b]!);
  for (const column of order) {
    if (cuts.length === most) break;
    if (column < apart || wide - column < apart || cuts.some((cut) => Math.abs(cut - column) < apart))
      continue;
    cuts.push(column);
  }
  const edges = [0, ...cuts.sort((a, b) => a - b), wide].map((x) => x + piece.left);
  return edges.slice(1).flatMap((to, index) => between(piece, edges[index]!, to, image.width) ?? []);
}

function columnInk(piece: Piece, width: number): number[] {
  const sums = new Array<number>(piece.right - piece.left).fill(0);
  for (const at of piece.pixels) sums[(at % width) - piece.left]! += 1;
  return sums;
}

/** A piece is cut into five at most; whole it may be one digit. */
const LONGEST_RUN = 5;

/** Every way to part `count` atoms into at most five runs, as lists of [from, to). */
export function partings(count: number): [number, number][][] {
  const ways: [number, number][][][] = [[[]]];
  for (let end = 1; end <= count; end++) {
    const here: [number, number][][] = [];
    for (let size = 1; size <= Math.min(LONGEST_RUN, end); size++)
      for (const way of ways[end - size]!)
        if (way.length < MOST_DIGITS) here.push([...way, [end - size, end]]);
    ways[end] = here;
  }
  return ways[count]!;
}

/** How often a way cuts what is connected, or joins what is apart. */
export function breaks(way: readonly [number, number][], atoms: readonly Atom[]): number {
  let count = 0;
  for (const [from, to] of way) {
    if (to < atoms.length && atoms[to]!.of === atoms[to - 1]!.of) count += 1;
    for (let at = from + 1; at < to; at++) if (atoms[at]!.of !== atoms[at - 1]!.of) count += 1;
  }
  return count;
}
