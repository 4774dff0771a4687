/**
 * Signs to train with, made by ourselves beside the public handwritten digits: pen strokes as they are taught in Vietnam
 * (1 with a long hook, 7 with a bar, open 4), printed signs in the standard fonts, and what is no digit.
 */
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import type { Glyph } from '../../documents/ocr/digits/glyph.ts';
import { openPdf } from '../../documents/pdf-text.ts';

export type Random = () => number;

/** Repeatable numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Point = [number, number];
type Stroke = Point[];

/** Corner points of strokes in a box of 1 × 1, y downwards; several ways to write each digit. */
const WRITTEN: Record<number, Stroke[][]> = {
  0: [
    [
      [
        [0.5, 0],
        [0.15, 0.2],
        [0.05, 0.55],
        [0.2, 0.92],
        [0.5, 1],
        [0.8, 0.85],
        [0.92, 0.5],
        [0.8, 0.12],
        [0.5, 0],
      ],
    ],
  ],
  1: [
    [
      [
        [0.2, 0.35],
        [0.6, 0],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.1, 0.45],
        [0.65, 0],
        [0.55, 1],
      ],
    ],
    [
      [
        [0.3, 0.25],
        [0.6, 0],
        [0.55, 1],
      ],
    ],
    [
      [
        [0.0, 0.5],
        [0.3, 0.28],
        [0.6, 0],
        [0.6, 0.5],
        [0.55, 1],
      ],
    ],
    [
      [
        [0.0, 0.7],
        [0.65, 0],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.0, 0.85],
        [0.6, 0],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.0, 0.6],
        [0.2, 0.5],
        [0.75, 0],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.2, 0.3],
        [0.5, 0],
        [0.5, 1],
      ],
      [
        [0.2, 1],
        [0.8, 1],
      ],
    ],
    [
      [
        [0.55, 0],
        [0.5, 1],
      ],
    ],
  ],
  2: [
    [
      [
        [0.1, 0.25],
        [0.3, 0.03],
        [0.65, 0.02],
        [0.85, 0.22],
        [0.75, 0.45],
        [0.4, 0.75],
        [0.05, 1],
        [0.95, 0.97],
      ],
    ],
    [
      [
        [0.2, 0.25],
        [0.1, 0.12],
        [0.35, 0.0],
        [0.7, 0.05],
        [0.75, 0.3],
        [0.4, 0.75],
        [0.05, 0.95],
        [0.3, 0.85],
        [0.6, 0.95],
        [0.95, 0.85],
      ],
    ],
    [
      [
        [0.25, 0.2],
        [0.15, 0.35],
        [0.1, 0.15],
        [0.4, 0.0],
        [0.75, 0.15],
        [0.65, 0.45],
        [0.1, 0.98],
        [0.05, 0.85],
        [0.2, 0.8],
        [0.6, 1],
        [1.0, 0.85],
      ],
    ],
    [
      [
        [0.1, 0.3],
        [0.3, 0.05],
        [0.7, 0.05],
        [0.8, 0.3],
        [0.5, 0.7],
        [0.15, 0.95],
        [0.1, 0.8],
        [0.3, 0.78],
        [0.6, 0.97],
        [0.95, 0.9],
      ],
    ],
  ],
  3: [
    [
      [
        [0.1, 0.1],
        [0.45, 0],
        [0.8, 0.12],
        [0.75, 0.35],
        [0.4, 0.47],
        [0.8, 0.58],
        [0.88, 0.8],
        [0.55, 1],
        [0.1, 0.92],
      ],
    ],
    [
      [
        [0.1, 0.02],
        [0.85, 0.02],
        [0.4, 0.42],
        [0.75, 0.5],
        [0.88, 0.75],
        [0.6, 0.98],
        [0.1, 0.9],
      ],
    ],
  ],
  4: [
    [
      [
        [0.45, 0],
        [0.02, 0.65],
        [0.95, 0.62],
      ],
      [
        [0.65, 0.35],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.15, 0],
        [0.1, 0.5],
        [0.85, 0.48],
      ],
      [
        [0.8, 0.05],
        [0.7, 1],
      ],
    ],
    [
      [
        [0.7, 1],
        [0.72, 0],
        [0.05, 0.7],
        [0.95, 0.7],
      ],
    ],
  ],
  5: [
    [
      [
        [0.85, 0.02],
        [0.25, 0.03],
        [0.18, 0.42],
        [0.55, 0.36],
        [0.88, 0.6],
        [0.7, 0.93],
        [0.35, 1],
        [0.05, 0.88],
      ],
    ],
    [
      [
        [0.25, 0.05],
        [0.2, 0.42],
        [0.6, 0.4],
        [0.85, 0.65],
        [0.6, 0.97],
        [0.08, 0.92],
      ],
      [
        [0.25, 0.05],
        [0.95, 0.0],
      ],
    ],
  ],
  6: [
    [
      [
        [0.8, 0.0],
        [0.4, 0.2],
        [0.12, 0.6],
        [0.25, 0.95],
        [0.6, 1],
        [0.85, 0.78],
        [0.65, 0.52],
        [0.3, 0.6],
        [0.15, 0.75],
      ],
    ],
    [
      [
        [0.5, 0],
        [0.15, 0.4],
        [0.1, 0.8],
        [0.4, 1],
        [0.8, 0.85],
        [0.7, 0.55],
        [0.35, 0.55],
        [0.15, 0.7],
      ],
    ],
  ],
  7: [
    [
      [
        [0.05, 0.05],
        [0.9, 0.03],
        [0.6, 0.45],
        [0.4, 1],
      ],
      [
        [0.25, 0.5],
        [0.85, 0.46],
      ],
    ],
    [
      [
        [0.05, 0.15],
        [0.1, 0.03],
        [0.9, 0.05],
        [0.45, 1],
      ],
      [
        [0.3, 0.52],
        [0.85, 0.5],
      ],
    ],
    [
      [
        [0.05, 0.05],
        [0.9, 0.02],
        [0.45, 1],
      ],
    ],
    [
      [
        [0.1, 0.12],
        [0.15, 0.0],
        [0.8, 0.06],
        [0.4, 1],
      ],
      [
        [0.0, 0.52],
        [1.05, 0.42],
      ],
    ],
    [
      [
        [0.0, 0.2],
        [0.15, 0.05],
        [0.4, 0.12],
        [0.75, 0.0],
        [0.5, 0.5],
        [0.3, 1],
      ],
      [
        [0.1, 0.5],
        [1.0, 0.5],
      ],
    ],
    [
      [
        [0.05, 0.2],
        [0.3, 0.02],
        [0.55, 0.1],
        [0.95, 0.0],
        [0.5, 1],
      ],
      [
        [0.25, 0.55],
        [0.9, 0.5],
      ],
    ],
  ],
  8: [
    [
      [
        [0.8, 0.15],
        [0.5, 0],
        [0.2, 0.12],
        [0.25, 0.35],
        [0.7, 0.6],
        [0.8, 0.85],
        [0.5, 1],
        [0.2, 0.88],
        [0.25, 0.62],
        [0.7, 0.35],
        [0.8, 0.15],
      ],
    ],
  ],
  9: [
    [
      [
        [0.85, 0.2],
        [0.55, 0],
        [0.2, 0.12],
        [0.12, 0.38],
        [0.4, 0.52],
        [0.8, 0.35],
        [0.85, 0.1],
        [0.8, 0.6],
        [0.6, 1],
      ],
    ],
    [
      [
        [0.82, 0.25],
        [0.5, 0],
        [0.15, 0.2],
        [0.25, 0.48],
        [0.6, 0.47],
        [0.85, 0.2],
        [0.85, 0.7],
        [0.6, 0.98],
        [0.15, 0.92],
      ],
    ],
  ],
};

const CANVAS = 56;
/** Part of the canvas that a sign fills before it is bent. */
const ROOM = 36;

/** A digit of strokes, each point moved a little, drawn with a pen of 1 to 5 pixels on 36. */
export function writtenDigit(digit: number, random: Random): Glyph {
  const ways = WRITTEN[digit]!;
  const strokes = ways[Math.floor(random() * ways.length)]!;
  const wide = ROOM * (0.4 + random() * 0.35);
  const jitter = () => (random() - 0.5) * 0.16;
  const slant = (random() - 0.3) * 0.5;
  const placed = strokes.map((stroke) =>
    rounded(
      stroke.map(([x, y]): Point => {
        const down = y + jitter();
        return [
          CANVAS / 2 + (x - 0.5 + jitter()) * wide + (0.5 - down) * slant * ROOM * 0.6,
          10 + down * ROOM,
        ];
      }),
    ),
  );
  return drawn(placed, 0.6 + random() ** 1.5 * 3.2);
}

/** Corners cut twice (Chaikin). */
function rounded(stroke: Stroke): Stroke {
  if (stroke.length < 4) return stroke;
  let points = stroke;
  for (let pass = 0; pass < 2; pass++) {
    const next: Stroke = [points[0]!];
    for (let i = 0; i + 1 < points.length; i++) {
      const [a, b] = [points[i]!, points[i + 1]!];
      next.push([a[0] * 0.75 + b[0] * 0.25, a[1] * 0.75 + b[1] * 0.25]);
      next.push([a[0] * 0.25 + b[0] * 0.75, a[1] * 0.25 + b[1] * 0.75]);
    }
    next.push(points.at(-1)!);
    points = next;
  }
  return points;
}

export function drawn(strokes: readonly Stroke[], radius: number): Glyph {
  const ink = new Uint8Array(CANVAS * CANVAS);
  for (const stroke of strokes)
    for (let i = 0; i + 1 < stroke.length; i++) line(ink, stroke[i]!, stroke[i + 1]!, radius);
  return { width: CANVAS, height: CANVAS, ink };
}

function line(ink: Uint8Array, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const reach = radius + 1;
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  for (
    let y = Math.max(0, Math.floor(Math.min(ay, by) - reach));
    y < Math.min(CANVAS, Math.max(ay, by) + reach);
    y++
  )
    for (
      let x = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      x < Math.min(CANVAS, Math.max(ax, bx) + reach);
      x++
    ) {
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
      const away = Math.hypot(x - ax - t * dx, y - ay - t * dy);
      const value = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - away)));
      if (value > ink[y * CANVAS + x]!) ink[y * CANVAS + x] = value;
    }
}

/** Short lines, specks, hooks: what stands beside numbers. */
export function scribble(random: Random): Glyph {
  const kind = random();
  const at = (): Point => [8 + random() * 40, 8 + random() * 40];
  if (kind < 0.25) {
    const y = 28 + (random() - 0.5) * 10;
    return drawn(
      [
        [
          [8, y],
          [8 + 15 + random() * 25, y + (random() - 0.5) * 8],
        ],
      ],
      0.7 + random() * 2,
    );
  }
  if (kind < 0.5) {
    const [x, y] = at();
    return drawn(
      [
        [
          [x, y],
          [x + random() * 3, y + random() * 3],
        ],
      ],
      1 + random() * 3,
    );
  }
  return drawn([rounded(Array.from({ length: 3 + Math.floor(random() * 4) }, at))], 0.7 + random() * 1.9);
}

export interface PrintedSign {
  sign: string;
  glyph: Glyph;
}

/** Letters that no digit looks like. */
const LETTERS = [...'ACEFHKMNPRTUVWXYacefhkmnrtuvwxy:;,.-_=+#%&"'];
const CELL = 48;

/** Digits and letters of the standard fonts, as pdfium draws them. */
export async function printedSigns(): Promise<PrintedSign[]> {
  const signs = [...'0123456789', ...LETTERS];
  const fonts = Object.values(StandardFonts).filter((name) => !/Symbol|Zapf/.test(name));
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([signs.length * CELL, fonts.length * CELL]);
  for (const [row, name] of fonts.entries()) {
    const font = await pdf.embedFont(name);
    for (const [column, sign] of signs.entries())
      page.drawText(sign, { x: column * CELL + 10, y: row * CELL + 12, size: 34, font });
  }
  const open = await openPdf(await pdf.save(), {
    maxBytes: 1e7,
    maxMs: 60_000,
    maxCharacters: 1e5,
    maxPixels: 4e7,
  });
  const image = open.renderColour(1, 72);
  open.close();
  return fonts.flatMap((_, row) =>
    signs.map((sign, column) => ({ sign, glyph: cell(image, column, fonts.length - 1 - row) })),
  );
}

function cell(image: { width: number; pixels: Uint8Array }, column: number, row: number): Glyph {
  const ink = new Uint8Array(CELL * CELL);
  for (let y = 0; y < CELL; y++)
    for (let x = 0; x < CELL; x++)
      ink[y * CELL + x] = 255 - image.pixels[((row * CELL + y) * image.width + column * CELL + x) * 4]!;
  return { width: CELL, height: CELL, ink };
}
