/** A sign bent, turned, made thicker or thinner: as many hands as there are numbers. */
import type { Glyph } from '../../documents/ocr/digits/glyph.ts';
import type { Random } from './signs.ts';

const SIDE = 48;

/** On a new sheet of 48 × 48; `strength` 0..1. */
export function bent(glyph: Glyph, random: Random, strength = 1): Glyph {
  const within = (spread: number) => (random() - 0.5) * 2 * spread * strength;
  const angle = within(0.2);
  const shear = within(0.35);
  const scale = 34 / Math.max(glyph.width, glyph.height);
  const [sx, sy] = [scale * (1 + within(0.2)), scale * (1 + within(0.2))];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const wave = { size: within(2.2), length: 10 + random() * 20, start: random() * 7 };
  const shift = within(0.28) * 255;
  const ink = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const [cx, cy] = [x - SIDE / 2, y - SIDE / 2];
      const rx = cosine * cx + sine * cy + Math.sin(y / wave.length + wave.start) * wave.size;
      const ry = -sine * cx + cosine * cy + Math.sin(x / wave.length - wave.start) * wave.size;
      const value = blurred(
        glyph,
        (rx + shear * ry) / sx + glyph.width / 2,
        ry / sy + glyph.height / 2,
        0.9 / scale,
      );
      // Blurred and cut at another height: strokes become thicker or thinner.
      ink[y * SIDE + x] = Math.min(255, Math.max(0, (value - 105 + shift * 0.35) * 3));
    }
  return { width: SIDE, height: SIDE, ink };
}

function blurred(glyph: Glyph, x: number, y: number, reach: number): number {
  return (
    (2 * at(glyph, x, y) +
      at(glyph, x - reach, y) +
      at(glyph, x + reach, y) +
      at(glyph, x, y - reach) +
      at(glyph, x, y + reach)) /
    6
  );
}

function at({ width, height, ink }: Glyph, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return 0;
  const [fx, fy] = [x - left, y - top];
  const i = top * width + left;
  return (
    (ink[i]! * (1 - fx) + ink[i + 1]! * fx) * (1 - fy) +
    (ink[i + width]! * (1 - fx) + ink[i + width + 1]! * fx) * fy
  );
}

/** The left or right part of a sign: half a digit is none. */
export function halfOf(glyph: Glyph, random: Random): Glyph {
  const cut = Math.round(glyph.width * (0.42 + random() * 0.16));
  const left = random() < 0.5;
  const ink = glyph.ink.map((value, index) => (index % glyph.width < cut === left ? value : 0));
  return { ...glyph, ink };
}

/** Two signs that touch. */
export function joined(a: Glyph, b: Glyph, random: Random): Glyph {
  const height = Math.max(a.height, b.height);
  const overlap = Math.round(a.width * (0.25 + random() * 0.15));
  const width = a.width + b.width - overlap;
  const ink = new Uint8Array(width * height);
  const lay = (glyph: Glyph, left: number) => {
    for (let y = 0; y < glyph.height; y++)
      for (let x = 0; x < glyph.width; x++) {
        const to = y * width + left + x;
        ink[to] = Math.max(ink[to]!, glyph.ink[y * glyph.width + x]!);
      }
  };
  lay(a, 0);
  lay(b, a.width - overlap);
  return { width, height, ink };
}
