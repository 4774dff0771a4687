/** What must be known of a scanned JPEG or PNG before it is put on a PDF page. Pure; untrusted bytes. */
import { inflateSync } from 'node:zlib';

export interface ScanImage {
  /** Pixels as stored, before the orientation is applied. */
  width: number;
  height: number;
  /** Dots per inch as the file states; null when it does not. */
  dpiX: number | null;
  dpiY: number | null;
  /** EXIF/TIFF orientation, 1–8; 1 = upright. */
  orientation: number;
}

/** Thrown by the readers of this file and of `scan-tiff.ts`; `scan-to-pdf.ts` turns it into a refusal naming the file. */
export class BadScanImage extends Error {
  readonly tooLarge: boolean;
  constructor(message: string, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

/** Pixels of one page: 100 million is A3 at 600 dpi twice over. */
const MAX_PIXELS = 100_000_000;

export function checkedSize(width: number, height: number): void {
  if (!(width > 0 && height > 0)) throw new BadScanImage('image without size');
  if (width * height > MAX_PIXELS) throw new BadScanImage('too many pixels', true);
}

/** Reads the markers up to the frame header; a file without an end marker is a scan that broke off. */
export function readJpeg(bytes: Uint8Array): ScanImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw new BadScanImage('not a JPEG');
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf('ffd9', undefined, 'hex') < 0)
    throw new BadScanImage('JPEG without its end');
  let jfif: [number, number] | null = null;
  let exif: Exif = { dpi: null, orientation: 1 };
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new BadScanImage('JPEG marker expected');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (isFrame(marker) && body.length >= 5) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      checkedSize(width, height);
      const dpi = jfif ?? exif.dpi;
      return { width, height, dpiX: dpi?.[0] ?? null, dpiY: dpi?.[1] ?? null, orientation: exif.orientation };
    }
    if (marker === 0xe0) jfif = readJfif(body) ?? jfif;
    if (marker === 0xe1) exif = readExif(body) ?? exif;
    if (marker === 0xda || length < 2) break;
    at += 2 + length;
  }
  throw new BadScanImage('JPEG without a frame');
}

/** SOF0–SOF15 without DHT, JPG, DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Density of a JFIF header: unit 1 = per inch, 2 = per centimetre, 0 = only a ratio. */
function readJfif(body: Uint8Array): [number, number] | null {
  if (body.length < 12 || latin1(body, 0, 4) !== 'JFIF') return null;
  const factor = body[7] === 1 ? 1 : body[7] === 2 ? 2.54 : 0;
  const [x, y] = [(body[8]! << 8) | body[9]!, (body[10]! << 8) | body[11]!];
  return factor > 0 && x > 0 && y > 0 ? [x * factor, y * factor] : null;
}

interface Exif {
  dpi: [number, number] | null;
  orientation: number;
}

/** Orientation (0x0112) and resolution (0x011A, 0x011B, unit 0x0128) of the first directory. */
function readExif(body: Uint8Array): Exif | null {
  if (body.length < 20 || latin1(body, 0, 4) !== 'Exif') return null;
  const tiff = new DataView(body.buffer, body.byteOffset + 6, body.byteLength - 6);
  const little = tiff.getUint16(0) === 0x4949;
  const tags = new Map<number, number>();
  const start = tiff.getUint32(4, little);
  if (start + 2 > tiff.byteLength) return null;
  const count = tiff.getUint16(start, little);
  for (let index = 0; index < count; index++) {
    const entry = start + 2 + index * 12;
    if (entry + 12 > tiff.byteLength) break;
    const type = tiff.getUint16(entry + 2, little);
    tags.set(tiff.getUint16(entry, little), exifValue(tiff, entry, { type, little }));
  }
  const orientation = tags.get(0x0112) ?? 1;
  const factor = tags.get(0x0128) === 3 ? 2.54 : 1;
  const [x, y] = [(tags.get(0x011a) ?? 0) * factor, (tags.get(0x011b) ?? 0) * factor];
  return {
    dpi: x > 0 && y > 0 ? [x, y] : null,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}

/** Type 3 = short, 4 = long, 5 = rational (stored elsewhere). */
function exifValue(
  tiff: DataView,
  entry: number,
  { type, little }: { type: number; little: boolean },
): number {
  if (type === 3) return tiff.getUint16(entry + 8, little);
  const value = tiff.getUint32(entry + 8, little);
  if (type !== 5) return value;
  if (value + 8 > tiff.byteLength) return 0;
  const below = tiff.getUint32(value + 4, little);
  return below === 0 ? 0 : tiff.getUint32(value, little) / below;
}

export interface PngImage extends ScanImage {
  bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  colourType: number;
  interlaced: boolean;
  /** Has transparency, so its pixels cannot be taken over as they are. */
  transparent: boolean;
  palette: Uint8Array | null;
  /** The IDAT chunks joined: a zlib stream of predicted rows, as PDF's FlateDecode with predictor 15 takes it. */
  data: Uint8Array;
}

/** Reads the chunks and checks that the pixels are all there. */
export function readPng(bytes: Uint8Array): PngImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47 || latin1(bytes, 12, 4) !== 'IHDR')
    throw new BadScanImage('not a PNG');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  checkedSize(width, height);
  const header = { bitDepth: bytes[24]!, colourType: bytes[25]!, interlaced: bytes[28] !== 0 };
  const chunks = pngChunks(bytes, view);
  const parts = chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.body);
  const data = parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
  const named = (type: string) => chunks.find((chunk) => chunk.type === type)?.body ?? null;
  const image: PngImage = {
    width,
    height,
    ...pngDensity(named('pHYs')),
    orientation: 1,
    ...header,
    transparent: named('tRNS') !== null || header.colourType >= 4,
    palette: named('PLTE'),
    data,
  };
  if (!image.interlaced) checkRows(image);
  return image;
}

function pngChunks(bytes: Uint8Array, view: DataView): { type: string; body: Uint8Array }[] {
  const chunks: { type: string; body: Uint8Array }[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = latin1(bytes, at + 4, 4);
    if (at + 12 + length > bytes.length) throw new BadScanImage('PNG broke off');
    chunks.push({ type, body: bytes.subarray(at + 8, at + 8 + length) });
    if (type === 'IEND') return chunks;
    at += 12 + length;
  }
  throw new BadScanImage('PNG without its end');
}

/** pHYs: dots for each metre when the unit is 1. */
function pngDensity(body: Uint8Array | null): { dpiX: number | null; dpiY: number | null } {
  if (body === null || body.length < 9 || body[8] !== 1) return { dpiX: null, dpiY: null };
  const view = new DataView(body.buffer, body.byteOffset, 9);
  return { dpiX: view.getUint32(0) * 0.0254, dpiY: view.getUint32(4) * 0.0254 };
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function pngChannels(image: PngImage): number {
  return CHANNELS[image.colourType] ?? 0;
}

/** Inflates within what the size allows: more or less than that is a broken file or a bomb. */
function checkRows(image: PngImage): void {
  const expected = image.height * (1 + Math.ceil((image.width * pngChannels(image) * image.bitDepth) / 8));
  if (pngChannels(image) === 0) throw new BadScanImage('unknown kind of PNG');
  try {
    const rows = inflateSync(image.data, { maxOutputLength: expected + 1024 });
    if (rows.length < expected) throw new BadScanImage('PNG rows are missing');
  } catch (error) {
    throw error instanceof BadScanImage ? error : new BadScanImage('PNG data are broken');
  }
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
