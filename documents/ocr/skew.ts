/**
 * How a page lies: lines of print show as sharp steps in the sums of ink over the rows when they run exactly along the
 * rows. Pure.
 */
import { type GreyImage, shrunk } from './picture.ts';

export interface Lie {
  /** Degrees clockwise that make the lines run along the rows, -10..10; 0 when nothing shows. */
  skew: number;
  /** Lines run from top to bottom: the page lies on its side. */
  sideways: boolean;
  /** Dots of ink that were looked at. */
  dots: number;
}

/** Letters are about five dots high at this resolution: enough to see lines, few enough to be fast. */
const LOOK_DPI = 67;
const INK = 140;
const MOST_DOTS = 40_000;
/** Fewer dots than a line of print has say nothing about its direction. */
const FEWEST_DOTS = 400;
const WIDEST = 10;
const COARSE = 0.5;
const FINE = 0.1;
/** Share of each edge that is left out: black rims of scanners and punched holes. */
const RIM = 0.03;
/** The other direction must show this much more clearly before a page counts as lying on its side. */
const SIDEWAYS_RATIO = 1.6;

/** `image` is grey with even paper, made at `dpi`. */
export function lieOf(image: GreyImage, dpi: number): Lie {
  const small = shrunk(image, Math.max(1, Math.round(dpi / LOOK_DPI)));
  const dots = dotsOf(small);
  const count = dots.x.length;
  if (count < FEWEST_DOTS) return { skew: 0, sideways: false, dots: count };
  const along = bestAngle(dots.x, dots.y);
  const across = bestAngle(dots.y, dots.x);
  const sideways = across.clarity > along.clarity * SIDEWAYS_RATIO;
  return { skew: tidy(sideways ? across.degrees : -along.degrees), sideways, dots: count };
}

interface Dots {
  x: Float32Array;
  y: Float32Array;
}

function dotsOf({ width, height, pixels }: GreyImage): Dots {
  const [left, top] = [Math.floor(width * RIM), Math.floor(height * RIM)];
  const places: number[] = [];
  for (let y = top; y < height - top; y++)
    for (let x = left; x < width - left; x++) if (pixels[y * width + x]! < INK) places.push(y * width + x);
  const step = Math.max(1, places.length / MOST_DOTS);
  const count = Math.min(places.length, Math.floor(places.length / step));
  const dots: Dots = { x: new Float32Array(count), y: new Float32Array(count) };
  for (let index = 0; index < count; index++) {
    const place = places[Math.floor(index * step)]!;
    dots.x[index] = (place % width) - width / 2;
    dots.y[index] = Math.floor(place / width) - height / 2;
  }
  return dots;
}

/** The slope of the lines in degrees (positive: falling to the right, y grows downwards). */
function bestAngle(along: Float32Array, across: Float32Array): { degrees: number; clarity: number } {
  const look = (degrees: number) => ({ degrees, clarity: clarityAt(along, across, degrees) });
  let best = look(0);
  const consider = (degrees: number) => {
    const seen = look(degrees);
    if (seen.clarity > best.clarity) best = seen;
  };
  for (let step = -WIDEST / COARSE; step <= WIDEST / COARSE; step++) consider(step * COARSE);
  const middle = best.degrees;
  for (let step = -COARSE / FINE; step <= COARSE / FINE; step++) consider(middle + step * FINE);
  return best;
}

/** Sum of the squared steps between neighbouring rows, per dot. */
function clarityAt(along: Float32Array, across: Float32Array, degrees: number): number {
  const slope = Math.tan((degrees * Math.PI) / 180);
  const rows = new Float64Array(ROWS);
  for (let index = 0; index < along.length; index++) {
    const row = Math.round(across[index]! - along[index]! * slope) + ROWS / 2;
    if (row >= 0 && row < ROWS) rows[row]! += 1;
  }
  let sum = 0;
  for (let row = 1; row < ROWS; row++) sum += (rows[row]! - rows[row - 1]!) ** 2;
  return sum / along.length;
}

/** More than the longest side of an A3 page at the resolution of the look. */
const ROWS = 4096;

function tidy(degrees: number): number {
  return Math.abs(degrees) < 0.05 ? 0 : Math.round(degrees * 10) / 10;
}
