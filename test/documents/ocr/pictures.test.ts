import { describe, expect, it } from 'vitest';
import { evened } from '../../../documents/ocr/background.ts';
import { withoutBigShapes } from '../../../documents/ocr/big-shapes.ts';
import { splitInks } from '../../../documents/ocr/ink.ts';
import { boxAsRead, boxAsShown, type PageTurn } from '../../../documents/ocr/page-turn.ts';
import { cropped, type GreyImage, quarterTurned, shrunk, turned } from '../../../documents/ocr/picture.ts';
import { lieOf } from '../../../documents/ocr/skew.ts';
import type { Box } from '../../../documents/pdf-words.ts';

function grey(width: number, height: number, shade: (x: number, y: number) => number): GreyImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, at) =>
    shade(at % width, Math.floor(at / width)),
  );
  return { width, height, pixels };
}

/** Dashes in rows, as lines of print look from afar. */
const LINES = grey(800, 1000, (x, y) =>
  y % 40 < 12 && x % 30 < 22 && x > 100 && x < 700 && y > 80 && y < 900 ? 0 : 255,
);

describe('inks', () => {
  it.each<[string, [number, number, number], 'print' | 'red' | 'blue' | 'none']>([
    ['black', [30, 32, 35], 'print'],
    ['grey of thin strokes', [110, 110, 108], 'print'],
    ['seal red', [210, 50, 60], 'red'],
    ['pink of a light seal', [240, 150, 160], 'red'],
    ['purple', [150, 50, 130], 'red'],
    ['pen blue', [40, 60, 170], 'blue'],
    ['violet', [90, 60, 180], 'blue'],
    ['paper', [250, 249, 246], 'none'],
    ['black under a seal', [70, 25, 28], 'print'],
  ])('%s is told apart', (_name, [r, g, b], expected) => {
    const size = 40;
    const pixels = new Uint8Array(size * size * 4);
    for (let at = 0; at < pixels.length; at += 4) pixels.set([b, g, r, 0], at);
    const inks = splitInks({ width: size, height: size, pixels });
    const dark = { print: inks.print.pixels[0]! < 160, red: inks.red !== null, blue: inks.blue !== null };
    expect({ ...dark, print: dark.print }).toEqual({
      print: expected === 'print',
      red: expected === 'red',
      blue: expected === 'blue',
    });
  });
});

describe('paper', () => {
  it('in shadow becomes white and ink stays dark', () => {
    const shaded = grey(320, 320, (x, y) => {
      const paper = 250 - Math.floor(x / 3);
      return y % 20 < 4 && x % 9 < 5 ? paper * 0.3 : paper;
    });
    const even = evened(shaded);
    const [paper, ink] = [10, 0].map((y) => [18, 153, 297].map((x) => even.pixels[y * 320 + x]!));
    expect(Math.min(...paper!)).toBe(255);
    expect(Math.max(...ink!)).toBeLessThan(60);
  });
});

describe('the lie of a page', () => {
  it.each([0, 0.7, -1.3, 3.2, -6.4, 9])('slanted by %d degrees is found to a tenth', (degrees) => {
    const { skew, sideways } = lieOf(turned(LINES, degrees), 67);
    expect(sideways).toBe(false);
    expect(Math.abs(skew + degrees)).toBeLessThanOrEqual(0.15);
  });

  it.each([90, 270] as const)('turned by %d degrees it lies on its side', (quarter) => {
    expect(lieOf(quarterTurned(LINES, quarter), 67).sideways).toBe(true);
  });

  it('without ink is none', () => {
    expect(
      lieOf(
        grey(500, 500, () => 255),
        67,
      ),
    ).toEqual({ skew: 0, sideways: false, dots: 0 });
  });
});

describe('pictures', () => {
  it('four quarters give the same picture again', () => {
    const image = grey(7, 5, (x, y) => x * 10 + y);
    let round = image;
    for (let count = 0; count < 4; count++) round = quarterTurned(round, 90);
    expect(round).toEqual(image);
    expect(quarterTurned(quarterTurned(image, 90), 270)).toEqual(image);
  });

  it('a cut beyond the edge is cut to the picture', () => {
    expect(
      cropped(
        grey(10, 10, () => 9),
        [-5, 8, 50, 50],
      ),
    ).toMatchObject({ width: 10, height: 2 });
    expect(
      cropped(
        grey(10, 10, () => 9),
        [20, 20, 30, 30],
      ),
    ).toMatchObject({ width: 1, height: 1 });
  });

  it('shrinking takes means', () => {
    expect([
      ...shrunk(
        grey(4, 2, (x) => (x < 2 ? 0 : 200)),
        2,
      ).pixels,
    ]).toEqual([0, 200]);
  });

  it('big shapes go, letters stay', () => {
    const image = grey(200, 200, (x, y) => {
      const ring = Math.abs(Math.hypot(x - 100, y - 100) - 80) < 2;
      const letter = x > 95 && x < 105 && y > 90 && y < 110;
      return ring || letter ? 0 : 255;
    });
    const { image: left, removed } = withoutBigShapes(image, 60);
    expect(removed).toEqual([[19, 19, 182, 182]]);
    expect(left.pixels[100 * 200 + 100]).toBe(0);
    expect(left.pixels[100 * 200 + 20]).toBe(255);
  });
});

describe('places on a turned page', () => {
  it.each<[PageTurn, Box, Box]>([
    [{ quarter: 0, skew: 0 }, [0.1, 0.2, 0.3, 0.25], [0.1, 0.2, 0.3, 0.25]],
    [{ quarter: 90, skew: 0 }, [0.1, 0.2, 0.3, 0.25], [0.2, 0.7, 0.25, 0.9]],
    [{ quarter: 180, skew: 0 }, [0.1, 0.2, 0.3, 0.25], [0.7, 0.75, 0.9, 0.8]],
    [{ quarter: 270, skew: 0 }, [0.1, 0.2, 0.3, 0.25], [0.75, 0.1, 0.8, 0.3]],
  ])('%o', (turn, read, shown) => {
    const page = { turn, width: 595, height: 842 };
    expect(boxAsShown(page, read).map((value) => Math.round(value * 1000) / 1000)).toEqual(shown);
    expect(boxAsRead(page, shown).map((value) => Math.round(value * 1000) / 1000)).toEqual(read);
  });

  it('a slant moves what is far from the middle, there and back', () => {
    const page = { turn: { quarter: 0, skew: 2 } as const, width: 595, height: 842 };
    const shown = boxAsShown(page, [0.9, 0.5, 0.9, 0.5]);
    // Two degrees clockwise were needed, so on the paper the right side stands higher.
    expect(shown[1]).toBeLessThan(0.495);
    const back = boxAsRead(page, shown);
    expect(back[0]).toBeCloseTo(0.9, 5);
    expect(back[1]).toBeCloseTo(0.5, 5);
  });
});
