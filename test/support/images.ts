/** Small pictures of our own making, as a scanner or a phone would write them: JPEG, PNG, TIFF. */
import { crc32, deflateSync } from 'node:zlib';

/** 0 = black, 255 = white, at a pixel. */
type Shade = (x: number, y: number) => number;

export interface Picture {
  width: number;
  height: number;
  shade: Shade;
}

/** White paper with one black block near its top left corner. */
export function letterPage(width: number, height: number): Picture {
  return {
    width,
    height,
    shade: (x, y) => (x > width / 8 && x < width / 2 && y > height / 8 && y < height / 4 ? 0 : 255),
  };
}

export function blankPage(width: number, height: number): Picture {
  return { width, height, shade: () => 255 };
}

// JPEG: baseline, grey, every 8 × 8 block of one shade, so that only DC coefficients are written.

const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_CODES = [
  '00',
  '010',
  '011',
  '100',
  '101',
  '110',
  '1110',
  '11110',
  '111110',
  '1111110',
  '11111110',
  '111111110',
];

export function jpeg(picture: Picture, options: { dpi?: number; orientation?: number } = {}): Buffer {
  const { width, height } = picture;
  const parts = [Buffer.from('ffd8', 'hex')];
  if (options.dpi !== undefined) {
    const jfif = Buffer.from('4a46494600010101000000000000', 'hex');
    jfif.writeUInt16BE(options.dpi, 8);
    jfif.writeUInt16BE(options.dpi, 10);
    parts.push(segment(0xe0, jfif));
  }
  if (options.orientation !== undefined) parts.push(segment(0xe1, exif(options.orientation)));
  const frame = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  parts.push(
    segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 8)])),
    segment(0xc0, frame),
    segment(0xc4, Buffer.from([0x00, ...DC_LENGTHS, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
    segment(0xc4, Buffer.from([0x10, 1, ...Array(15).fill(0), 0])),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
    blocks(picture),
    Buffer.from('ffd9', 'hex'),
  );
  return Buffer.concat(parts);
}

function segment(marker: number, body: Uint8Array): Buffer<ArrayBuffer> {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function exif(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008' + '0001' + '0112000300000001' + '00000000' + '00000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
}

/** Quantised by 8: the DC of a flat block is (shade − 128) × 8 / 8. The AC table has one code, "0" = end of block. */
function blocks({ width, height, shade }: Picture): Buffer<ArrayBuffer> {
  let bits = '';
  let before = 0;
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      const value = shade(Math.min(x + 4, width - 1), Math.min(y + 4, height - 1)) - 128;
      const difference = value - before;
      before = value;
      const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
      const written = difference >= 0 ? difference : difference + 2 ** size - 1;
      bits += `${DC_CODES[size]}${size === 0 ? '' : written.toString(2).padStart(size, '0')}0`;
    }
  }
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    bytes.push(byte);
    if (byte === 0xff) bytes.push(0);
  }
  return Buffer.from(bytes);
}

/** Colour types: grey (0), RGB (2), palette (3), RGBA (6). */
export function png(
  { width, height, shade }: Picture,
  options: { dpi?: number; colour?: 0 | 2 | 3 | 6 } = {},
): Buffer {
  const colour = options.colour ?? 0;
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    rows.push(0);
    for (let x = 0; x < width; x++) {
      const value = shade(x, y);
      if (colour === 3) rows.push(value < 128 ? 1 : 0);
      else
        rows.push(
          ...(colour === 0 ? [value] : colour === 2 ? [value, value, value] : [value, value, value, 255]),
        );
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colour, 0, 0, 0], 8);
  const density = Buffer.alloc(9);
  density.writeUInt32BE(Math.round((options.dpi ?? 0) / 0.0254), 0);
  density.writeUInt32BE(Math.round((options.dpi ?? 0) / 0.0254), 4);
  density[8] = 1;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(options.dpi === undefined ? [] : [chunk('pHYs', density)]),
    ...(colour === 3 ? [chunk('PLTE', Buffer.from([255, 255, 255, 0, 0, 0]))] : []),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
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

export type TiffCompression = 'none' | 'g4' | 'lzw' | 'deflate';

/** One strip a page. `g4`: a page whose rows are all alike black, as each such row but the first is two bits. */
export function tiff(pages: readonly Picture[], compression: TiffCompression, dpi = 200): Buffer {
  const parts: Buffer[] = [Buffer.from('49492a0000000000', 'hex')];
  let size = 8;
  let link = 4;
  const links: [number, number][] = [];
  for (const page of pages) {
    const data = strip(page, compression);
    const directory = ifd(page, { compression, data, at: size, dpi });
    links.push([link, size + data.length + (data.length % 2)]);
    parts.push(data, Buffer.alloc(data.length % 2), directory);
    size += data.length + (data.length % 2) + directory.length;
    link = size - 20;
  }
  const file = Buffer.concat(parts);
  for (const [at, target] of links) file.writeUInt32LE(target, at);
  return file;
}

const NUMBERS: Record<TiffCompression, number> = { none: 1, g4: 4, lzw: 5, deflate: 8 };

/** Ends with the link to the next directory (4 bytes) and the two resolutions (16 bytes). */
function ifd(
  page: Picture,
  of: { compression: TiffCompression; data: Buffer; at: number; dpi: number },
): Buffer {
  const start = of.at + of.data.length + (of.data.length % 2);
  const count = 12;
  const resolution = start + 2 + count * 12 + 4;
  const entries: [number, number, number][] = [
    [256, 4, page.width],
    [257, 4, page.height],
    [258, 3, of.compression === 'g4' ? 1 : 8],
    [259, 3, NUMBERS[of.compression]],
    [262, 3, of.compression === 'g4' ? 0 : 1],
    [273, 4, of.at],
    [277, 3, 1],
    [278, 4, page.height],
    [279, 4, of.data.length],
    [282, 5, resolution],
    [283, 5, resolution + 8],
    [296, 3, 2],
  ];
  const out = Buffer.alloc(2 + count * 12 + 4 + 16);
  out.writeUInt16LE(count, 0);
  entries.forEach(([tag, type, value], index) => {
    const at = 2 + index * 12;
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    out.writeUInt32LE(1, at + 4);
    if (type === 3) out.writeUInt16LE(value, at + 8);
    else out.writeUInt32LE(value, at + 8);
  });
  for (const at of [0, 8]) {
    out.writeUInt32LE(of.dpi, out.length - 16 + at);
    out.writeUInt32LE(1, out.length - 12 + at);
  }
  return out;
}

function strip(page: Picture, compression: TiffCompression): Buffer {
  if (compression === 'g4') return blackRows(page);
  const pixels = Buffer.from(
    Array.from({ length: page.width * page.height }, (_, index) =>
      page.shade(index % page.width, Math.floor(index / page.width)),
    ),
  );
  if (compression === 'deflate') return deflateSync(pixels);
  return compression === 'lzw' ? lzw(pixels) : pixels;
}

/** First row: horizontal mode, white run 0, black run of 64 × n + 0; every other: V0 V0. Width 64 only. */
function blackRows(page: Picture): Buffer {
  if (page.width !== 64) throw new Error('the little G4 writer knows pages of 64 dots only');
  const bits = `001${'00110101'}${'0000001111'}${'0000110111'}${'11'.repeat(page.height - 1)}000000000001000000000001`;
  return bitsToBytes(bits);
}

/** Literals only, with a clear code before the codes grow beyond nine bits. */
function lzw(bytes: Buffer): Buffer {
  let bits = '';
  bytes.forEach((byte, index) => {
    if (index % 250 === 0) bits += (256).toString(2).padStart(9, '0');
    bits += byte.toString(2).padStart(9, '0');
  });
  return bitsToBytes(bits + (257).toString(2).padStart(9, '0'));
}

function bitsToBytes(bits: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8)
    bytes.push(Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
  return Buffer.from(bytes);
}
