/** From the page as it was read (upright, straight) back to the page as a person sees it. Pure. */
import type { Box } from '../pdf-words.ts';

/**
 * How the page as shown was turned before it was read: by quarters, then by a small angle about its middle. Rules work
 * on the straight page.
 */
export interface PageTurn {
  /** Degrees clockwise that were needed to put it upright. */
  quarter: 0 | 90 | 180 | 270;
  /** Degrees clockwise that were needed after that, -10..10. */
  skew: number;
}

export const NOT_TURNED: PageTurn = { quarter: 0, skew: 0 };

/** `width` and `height` are those of the page as read, in any unit. */
export interface ReadPage {
  turn: PageTurn;
  width: number;
  height: number;
}

/** The smallest box on the page as shown that holds `box` of the page as read; both in fractions, cut to the page. */
export function boxAsShown(page: ReadPage, box: Box): Box {
  if (page.turn.quarter === 0 && page.turn.skew === 0) return box;
  return around(corners(box).map(([x, y]) => pointAsShown(page, x, y)));
}

/** The other way: where a box of the page as shown stands on the page as read. */
export function boxAsRead(page: ReadPage, box: Box): Box {
  if (page.turn.quarter === 0 && page.turn.skew === 0) return box;
  return around(corners(box).map(([x, y]) => pointAsRead(page, x, y)));
}

function corners([x0, y0, x1, y1]: Box): [number, number][] {
  return [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ];
}

function around(points: readonly [number, number][]): Box {
  const cut = (value: number) => Math.min(1, Math.max(0, value));
  const [xs, ys] = [points.map((point) => cut(point[0])), points.map((point) => cut(point[1]))];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function pointAsShown({ turn, width, height }: ReadPage, x: number, y: number): [number, number] {
  const [px, py] = rotated((x - 0.5) * width, (y - 0.5) * height, -turn.skew);
  const [fx, fy] = [px / width + 0.5, py / height + 0.5];
  if (turn.quarter === 90) return [fy, 1 - fx];
  if (turn.quarter === 180) return [1 - fx, 1 - fy];
  if (turn.quarter === 270) return [1 - fy, fx];
  return [fx, fy];
}

function pointAsRead({ turn, width, height }: ReadPage, x: number, y: number): [number, number] {
  const [fx, fy] = quarterRead(turn.quarter, x, y);
  const [px, py] = rotated((fx - 0.5) * width, (fy - 0.5) * height, turn.skew);
  return [px / width + 0.5, py / height + 0.5];
}

function quarterRead(quarter: PageTurn['quarter'], x: number, y: number): [number, number] {
  if (quarter === 90) return [1 - y, x];
  if (quarter === 180) return [1 - x, 1 - y];
  if (quarter === 270) return [y, 1 - x];
  return [x, y];
}

/** Clockwise, as y grows downwards. */
function rotated(x: number, y: number, degrees: number): [number, number] {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return [x * cosine - y * sine, x * sine + y * cosine];
}
