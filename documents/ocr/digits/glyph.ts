/** One sign cut out of a page, made the same size as the signs the network was trained with. Pure. */

export interface Glyph {
  width: number;
  height: number;
  /** One byte for each pixel, 255 = full ink (the reverse of a page's picture), rows from the top. */
  ink: Uint8Array;
}

/** Side of the square the network sees, and of the square within that the sign fills. */
export const SIDE = 24;
const FILLED = 20;
/** Ink from which a pixel belongs to a sign. */
const INKED = 96;

/** SIDE × SIDE values 0..1: the sign's own box scaled to fill, with its proportions, in the middle. All 0 without ink. */
export function normalised(glyph: Glyph): Float32Array {
  const out = new Float32Array(SIDE * SIDE);
  const box = inkBox(glyph);
  if (box === null) return out;
  const [x0, y0, x1, y1] = box;
  const scale = Math.max(x1 - x0, y1 - y0) / FILLED;
  const left = (x0 + x1) / 2 - (SIDE / 2) * scale;
  const top = (y0 + y1) / 2 - (SIDE / 2) * scale;
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      out[y * SIDE + x] = mean(glyph, left + x * scale, top + y * scale, scale) / 255;
  return out;
}

/** Box of the pixels with ink, [x0, y0, x1, y1], the last ones outside; null without ink. */
function inkBox({ width, height, ink }: Glyph): [number, number, number, number] | null {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! < INKED) continue;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
  return x1 === 0 ? null : [x0, y0, x1, y1];
}

/** Samples along each side of a square that is averaged. */
const SAMPLES = 3;

function mean(glyph: Glyph, left: number, top: number, side: number): number {
  let sum = 0;
  for (let j = 0; j < SAMPLES; j++)
    for (let i = 0; i < SAMPLES; i++)
      sum += at(glyph, left + ((i + 0.5) / SAMPLES) * side, top + ((j + 0.5) / SAMPLES) * side);
  return sum / (SAMPLES * SAMPLES);
}

/** Bilinear; no ink outside. */
function at({ width, height, ink }: Glyph, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [fx, fy] = [x - 0.5 - left, y - 0.5 - top];
  const pixel = (px: number, py: number) =>
    px < 0 || py < 0 || px >= width || py >= height ? 0 : ink[py * width + px]!;
  const upper = pixel(left, top) * (1 - fx) + pixel(left + 1, top) * fx;
  const lower = pixel(left, top + 1) * (1 - fx) + pixel(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}
