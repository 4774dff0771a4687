/** A PNG taken apart into colour and transparency, which PDF keeps in two images (PNG specification; ISO 32000-1 11.6.5.3). */
import { inflateSync } from 'node:zlib';
import { CongvanError } from '../../config/error.ts';

export interface PngPixels {
  width: number;
  height: number;
  /** Three octets a pixel, rows from the top. */
  colour: Buffer;
  /** One octet a pixel, 255 = opaque; null when everything is opaque. */
  alpha: Buffer | null;
  /** Physical width in points, from pHYs; null when the file does not say. */
  pointsWide: number | null;
}

/** A seal of 40 mm at 600 dpi has under a million pixels. */
const MAX_PIXELS = 16_000_000;
const SIGNATURE = '89504e470d0a1a0a';
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Header {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  channels: number;
}

function refuse(detail: string): never {
  throw new CongvanError('SEAL_IMAGE', `Không dùng được hình ảnh con dấu (cần tệp PNG): ${detail}.`, {
    temporary: false,
    fields: { detail },
  });
}

function readChunks(bytes: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  if (bytes.toString('hex', 0, 8) !== SIGNATURE) refuse('không phải PNG');
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > bytes.length) refuse('tệp bị cắt');
    const body = bytes.subarray(at + 8, at + 8 + length);
    chunks.set(type, type === 'IDAT' ? Buffer.concat([chunks.get(type) ?? Buffer.alloc(0), body]) : body);
    if (type === 'IEND') return chunks;
    at += 12 + length;
  }
  return refuse('tệp bị cắt');
}

function readHeader(chunk: Buffer | undefined): Header {
  if (chunk === undefined || chunk.length !== 13) refuse('thiếu phần đầu');
  const [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
  const [depth, colourType, , , interlace] = [...chunk.subarray(8)] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const channels = CHANNELS[colourType] ?? refuse('kiểu màu không có');
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) refuse('kích thước không hợp lệ');
  if (interlace !== 0) refuse('PNG xen kẽ (interlaced); hãy lưu lại không xen kẽ');
  if (depth > 16 || (depth < 8 && colourType !== 0 && colourType !== 3)) refuse('độ sâu màu không có');
  return { width, height, depth, colourType, channels };
}

/** Undoes the row filters (PNG 9.2); the rows without their filter octet. */
function unfilter(data: Buffer, rowLength: number, step: number, height: number): Buffer {
  const out = Buffer.alloc(rowLength * height);
  for (let row = 0; row < height; row += 1) {
    const type = data[row * (rowLength + 1)]!;
    for (let i = 0; i < rowLength; i += 1) {
      const at = row * rowLength + i;
      const left = i >= step ? out[at - step]! : 0;
      const up = row > 0 ? out[at - rowLength]! : 0;
      const corner = row > 0 && i >= step ? out[at - rowLength - step]! : 0;
      out[at] = (data[row * (rowLength + 1) + 1 + i]! + predicted(type, left, up, corner)) & 0xff;
    }
  }
  return out;
}

function predicted(type: number, left: number, up: number, corner: number): number {
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  if (type !== 4) return 0;
  const estimate = left + up - corner;
  const [a, b, c] = [estimate - left, estimate - up, estimate - corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Sample `index` of a row, eight bits or the palette's index. */
function sampler(
  rows: Buffer,
  { depth, width, channels }: Header,
): (pixel: number, channel: number) => number {
  const rowLength = Math.ceil((width * channels * depth) / 8);
  return (pixel, channel) => {
    const row = Math.floor(pixel / width) * rowLength;
    const sample = (pixel % width) * channels + channel;
    if (depth >= 8) return rows[row + sample * (depth / 8)]!;
    const bit = sample * depth;
    return (rows[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
}

type Pixel = [red: number, green: number, blue: number, alpha: number];

/** Turns samples of each kind of PNG into red, green, blue, alpha. */
function pixelReader(header: Header, rows: Buffer, chunks: Map<string, Buffer>): (pixel: number) => Pixel {
  const sample = sampler(rows, header);
  const [palette, clear] = [chunks.get('PLTE'), chunks.get('tRNS')];
  const scale = header.depth < 8 ? 255 / ((1 << header.depth) - 1) : 1;
  switch (header.colourType) {
    case 0:
    case 4:
      return (pixel) => {
        const grey = Math.round(sample(pixel, 0) * scale);
        return [grey, grey, grey, header.colourType === 4 ? sample(pixel, 1) : 255];
      };
    case 3:
      return (pixel) => {
        const index = sample(pixel, 0);
        const at = (offset: number) => palette?.[3 * index + offset] ?? 0;
        return [at(0), at(1), at(2), clear?.[index] ?? 255];
      };
    default:
      return (pixel) => [
        sample(pixel, 0),
        sample(pixel, 1),
        sample(pixel, 2),
        header.colourType === 6 ? sample(pixel, 3) : 255,
      ];
  }
}

/** pHYs in pixels for each metre → width in points. */
function physicalWidth(chunk: Buffer | undefined, width: number): number | null {
  if (chunk === undefined || chunk.length < 9 || chunk[8] !== 1 || chunk.readUInt32BE(0) === 0) return null;
  return (width / chunk.readUInt32BE(0)) * (72 / 0.0254);
}

/** Reads a PNG of any kind but interlaced. Errors: SEAL_IMAGE, permanent. */
export function readPngPixels(bytes: Uint8Array): PngPixels {
  const chunks = readChunks(Buffer.from(bytes));
  const header = readHeader(chunks.get('IHDR'));
  const { width, height } = header;
  const rowLength = Math.ceil((width * header.channels * header.depth) / 8);
  const rows = unfilter(
    inflated(chunks.get('IDAT'), height * (rowLength + 1)),
    rowLength,
    Math.max(1, (header.channels * header.depth) / 8),
    height,
  );
  const read = pixelReader(header, rows, chunks);
  const colour = Buffer.alloc(3 * width * height);
  const alpha = Buffer.alloc(width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [red, green, blue, opacity] = read(pixel);
    colour.set([red, green, blue], 3 * pixel);
    alpha[pixel] = opacity;
  }
  const opaque = alpha.every((octet) => octet === 255);
  return {
    width,
    height,
    colour,
    alpha: opaque ? null : alpha,
    pointsWide: physicalWidth(chunks.get('pHYs'), width),
  };
}

function inflated(data: Buffer | undefined, expected: number): Buffer {
  if (data === undefined) refuse('không có điểm ảnh');
  let rows: Buffer;
  try {
    rows = inflateSync(data, { maxOutputLength: expected + 1024 });
  } catch {
    return refuse('điểm ảnh bị lỗi');
  }
  return rows.length < expected ? refuse('thiếu điểm ảnh') : rows;
}
