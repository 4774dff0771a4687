/** A made document as an office scans it: rendered, sealed, signed, slanted, noisy; as a PNG of our own writing. */
import { crc32, deflateSync } from 'node:zlib';
import { openPdf } from '../../documents/pdf-text.ts';
import { makeOfficialPdf, type OfficialLetter } from './documents.ts';

export interface ScanFlaws {
  /** Degrees clockwise that the paper lies aslant. */
  skew?: number;
  /** Degrees clockwise that the whole page is turned. */
  quarter?: 0 | 90 | 180 | 270;
  /** Share of pixels that are specks. */
  noise?: number;
  /** A round red seal and a blue signature over the signer's title; middle of the seal in fractions of the page. */
  seal?: [number, number];
  /** Seal and signature in black, as on a grey scan. */
  grey?: boolean;
  /** A red rubber stamp at the left of the head, turned clockwise. */
  stamp?: { text: string; degrees: number };
  /** Brightness of the paper at its right edge, as a share of that at its left one. */
  shadow?: number;
}

export interface Sheet {
  width: number;
  height: number;
  dpi: number;
  /** Red, green, blue; rows from the top. */
  pixels: Uint8Array;
}

/** Page 1 of a letter as a scan. */
export async function scanOf(letter: OfficialLetter, flaws: ScanFlaws = {}, dpi = 200): Promise<Sheet> {
  const sheet = await sheetOf(await makeOfficialPdf(letter), 1, dpi);
  if (flaws.stamp !== undefined) await stampOn(sheet, letter, flaws.stamp);
  return flawed(sheet, flaws);
}

/** The letters are those of the agency's line of a letter made for it, cut out, turned, and put down in red within a frame. */
async function stampOn(
  sheet: Sheet,
  letter: OfficialLetter,
  { text, degrees }: { text: string; degrees: number },
): Promise<void> {
  const made = await sheetOf(await makeOfficialPdf({ ...letter, issuer: text }), 1, sheet.dpi);
  const plain = await sheetOf(await makeOfficialPdf({ ...letter, issuer: ' ' }), 1, sheet.dpi);
  const cells: [number, number][] = [];
  for (let y = 0; y < made.height / 2; y++)
    for (let x = 0; x < made.width; x++) {
      const at = (y * made.width + x) * 3;
      if (made.pixels[at]! < 120 && plain.pixels[at]! > 200) cells.push([x, y]);
    }
  const [left, right] = [
    Math.min(...cells.map((cell) => cell[0])),
    Math.max(...cells.map((cell) => cell[0])),
  ];
  const [top, bottom] = [
    Math.min(...cells.map((cell) => cell[1])),
    Math.max(...cells.map((cell) => cell[1])),
  ];
  for (let x = left - 20; x <= right + 20; x++)
    for (const y of [top - 20, top - 19, bottom + 19, bottom + 20]) cells.push([x, y]);
  const angle = (degrees * Math.PI) / 180;
  for (const [x, y] of cells) {
    const [dx, dy] = [x - (left + right) / 2, y - (top + bottom) / 2];
    for (const shift of [0, 0.5])
      dot(
        sheet,
        sheet.width * 0.17 + dx * Math.cos(angle) - dy * Math.sin(angle) + shift,
        sheet.height * 0.38 + dx * Math.sin(angle) + dy * Math.cos(angle) + shift,
        RED,
      );
  }
}

async function sheetOf(pdf: Uint8Array, page: number, dpi: number): Promise<Sheet> {
  const opened = await openPdf(pdf);
  try {
    const { width, height, pixels } = opened.renderColour(page, dpi);
    const rgb = new Uint8Array(width * height * 3);
    for (let index = 0; index < width * height; index++)
      for (let channel = 0; channel < 3; channel++)
        rgb[index * 3 + channel] = pixels[index * 4 + 2 - channel]!;
    return { width, height, dpi, pixels: rgb };
  } finally {
    opened.close();
  }
}

function flawed(sheet: Sheet, flaws: ScanFlaws): Sheet {
  if (flaws.seal !== undefined) sealAndSign(sheet, flaws.seal, flaws.grey === true);
  const slanted = flaws.skew === undefined ? sheet : rotated(sheet, flaws.skew);
  if (flaws.shadow !== undefined) darken(slanted, flaws.shadow);
  if (flaws.noise !== undefined) sprinkle(slanted, flaws.noise);
  return quartered(slanted, flaws.quarter ?? 0);
}

type Colour = [number, number, number];
const RED: Colour = [214, 48, 66];
const BLUE: Colour = [38, 52, 168];
const BLACK: Colour = [40, 40, 40];

/** Ink is a filter: what lies under it stays as dark as it was. */
function dot(sheet: Sheet, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= sheet.width || y >= sheet.height) return;
  const at = (Math.floor(y) * sheet.width + Math.floor(x)) * 3;
  for (let channel = 0; channel < 3; channel++)
    sheet.pixels[at + channel] = Math.min(sheet.pixels[at + channel]!, colour[channel]!);
}

/** Two rings of 36 mm and a star-shaped blot; the signature runs out of the seal to the right. */
function sealAndSign(sheet: Sheet, [fx, fy]: [number, number], grey: boolean): void {
  const [x, y] = [fx * sheet.width, fy * sheet.height];
  const radius = (18 / 25.4) * sheet.dpi;
  for (const [ring, thickness] of [
    [radius, 5],
    [radius * 0.72, 3],
  ] as const)
    for (let step = 0; step < 4000; step++)
      for (let out = 0; out < thickness; out += 0.5) {
        const angle = (step / 4000) * 2 * Math.PI;
        dot(
          sheet,
          x + Math.cos(angle) * (ring - out),
          y + Math.sin(angle) * (ring - out),
          grey ? BLACK : RED,
        );
      }
  for (let step = 0; step < 6000; step++) {
    const along = (step / 6000) * radius * 3.2;
    const height = Math.sin(step / 300) * radius * 0.5 * (1 - step / 8000);
    for (let thick = 0; thick < 4; thick++)
      dot(sheet, x - radius * 0.2 + along, y + height + thick, grey ? BLACK : BLUE);
  }
}

/** About the middle, white from outside, nearest pixel. */
function rotated(sheet: Sheet, degrees: number): Sheet {
  const { width, height } = sheet;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const fromX = Math.round(dx * cosine + dy * sine + width / 2);
      const fromY = Math.round(-dx * sine + dy * cosine + height / 2);
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = (fromY * width + fromX) * 3;
      pixels.set(sheet.pixels.subarray(from, from + 3), (y * width + x) * 3);
    }
  return { ...sheet, pixels };
}

function quartered(sheet: Sheet, degrees: 0 | 90 | 180 | 270): Sheet {
  if (degrees === 0) return sheet;
  const { width, height } = sheet;
  const turned = degrees !== 180;
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const pixels = new Uint8Array(sheet.pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [toX, toY] =
        degrees === 90
          ? [height - 1 - y, x]
          : degrees === 180
            ? [width - 1 - x, height - 1 - y]
            : [y, width - 1 - x];
      const from = (y * width + x) * 3;
      pixels.set(sheet.pixels.subarray(from, from + 3), (toY * newWidth + toX) * 3);
    }
  return { ...sheet, width: newWidth, height: newHeight, pixels };
}

function darken({ width, height, pixels }: Sheet, share: number): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        pixels[(y * width + x) * 3 + channel]! *= 1 - ((1 - share) * x) / width;
}

/** Always the same specks: tests must not depend on luck. */
function sprinkle({ width, height, pixels }: Sheet, share: number): void {
  let state = 12_345;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let count = Math.floor(width * height * share); count > 0; count--) {
    const at = next(width * height) * 3;
    pixels.fill(next(140), at, at + 3);
  }
}

/** The sheet as an RGB PNG with its resolution. */
export function pngOf({ width, height, dpi, pixels }: Sheet): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const density = Buffer.alloc(9);
  density.writeUInt32BE(Math.round(dpi / 0.0254), 0);
  density.writeUInt32BE(Math.round(dpi / 0.0254), 4);
  density[8] = 1;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('pHYs', density),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), body.length + 8);
  return out;
}
