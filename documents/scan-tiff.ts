/** Pages of a scanned TIFF (G3, G4, LZW, Deflate, PackBits, JPEG). The only file that imports utif2. Untrusted bytes. */
import utif, { type IFD } from 'utif2';
import { BadScanImage, checkedSize, type ScanImage } from './scan-image.ts';
import { decodeLzw } from './scan-lzw.ts';

/** Rows without padding between them beyond the byte; ready for a PDF image after compression. */
export interface TiffPage extends ScanImage {
  colours: 1 | 3;
  bitsPerColour: 1 | 8;
  /** One-bit pages where 0 is white. */
  inverted: boolean;
  rows: Uint8Array;
}

const MAX_PAGES = 500;
/** None, G3 (2, 3), G4, LZW, JPEG (old, new), Deflate (two numbers), PackBits. */
const COMPRESSIONS = new Set([1, 2, 3, 4, 5, 6, 7, 8, 32946, 32773]);

/** One page at a time, so that only one stands in memory uncompressed. Throws `BadScanImage`. */
export function* tiffPages(bytes: Uint8Array): Generator<TiffPage> {
  const copy = new Uint8Array(bytes);
  keepKnownTags(copy);
  const { buffer } = copy;
  const directories = broken(() => utif.decode(buffer)).filter((directory) => isPage(directory));
  if (directories.length === 0) throw new BadScanImage('TIFF without a page');
  for (const directory of directories) yield broken(() => pageOf(buffer, directory, bytes.byteLength));
}

function broken<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof BadScanImage ? error : new BadScanImage('TIFF data are broken');
  }
}

/** What a page needs: sizes, strips, compression and its options, colours, density, JPEG tables. */
const TAGS = new Set([
  ...[
    254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 292, 293, 296, 317, 320, 322,
  ],
  ...[338, 339, 347, 512, 513, 514, 515, 519, 520, 521, 530, 531, 532],
]);
const TYPE_SIZES: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };
/** A tag that means nothing to anybody. */
const NO_TAG = 65_001;

/**
 * QUIRK: utif2 follows the chain of directories for ever when it runs in a circle, believes any count of values, and
 * reads EXIF, GPS and makers' notes of cameras in the same trusting way. So the chain is walked here first, counts are
 * checked against the file's length, and every tag that a scan does not need is made a harmless one, in a copy.
 */
function keepKnownTags(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = bytes.length < 8 ? 0 : view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) throw new BadScanImage('not a TIFF');
  const seen = new Set<number>();
  for (let at = view.getUint32(4, little); at !== 0; ) {
    if (seen.has(at) || seen.size >= MAX_PAGES || at + 2 > bytes.length)
      throw new BadScanImage('TIFF directories run in a circle or out of the file');
    seen.add(at);
    const next = at + 2 + view.getUint16(at, little) * 12;
    if (next + 4 > bytes.length) throw new BadScanImage('TIFF broke off');
    for (let entry = at + 2; entry < next; entry += 12) checkEntry(view, entry, little);
    at = view.getUint32(next, little);
  }
}

function checkEntry(view: DataView, entry: number, little: boolean): void {
  const size = TYPE_SIZES[view.getUint16(entry + 2, little)];
  const bytes = (size ?? 0) * view.getUint32(entry + 4, little);
  const known = TAGS.has(view.getUint16(entry, little));
  if (!known) {
    view.setUint16(entry, NO_TAG, little);
    view.setUint16(entry + 2, 3, little);
    view.setUint32(entry + 4, 1, little);
    return;
  }
  const place = bytes > 4 ? view.getUint32(entry + 8, little) : 0;
  if (size === undefined || bytes === 0 || place + bytes > view.byteLength)
    throw new BadScanImage('TIFF tag points out of the file');
}

/** NewSubfileType bit 0 = a smaller preview of another page. */
function isPage(directory: IFD): boolean {
  return numberOf(directory, 't256') > 0 && (numberOf(directory, 't254') & 1) === 0;
}

/** QUIRK: utif2's types say that a value is a number; a rational comes as [above, below]. */
function numberOf(directory: IFD, tag: string): number {
  const value: unknown = directory[tag];
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  if (Array.isArray(first)) return first[1] > 0 ? first[0] / first[1] : 0;
  return typeof first === 'number' ? first : 0;
}

function pageOf(buffer: ArrayBuffer, directory: IFD, size: number): TiffPage {
  const [width, height] = [numberOf(directory, 't256'), numberOf(directory, 't257')];
  checkedSize(width, height);
  if (directory.t322 !== undefined) throw new BadScanImage('TIFF in tiles');
  if (numberOf(directory, 't284') > 1) throw new BadScanImage('TIFF in colour planes');
  if (!COMPRESSIONS.has(numberOf(directory, 't259') || 1)) throw new BadScanImage('TIFF compression');
  checkStrips(directory, size);
  if (numberOf(directory, 't259') === LZW) unpackLzw(buffer, directory);
  else utif.decodeImage(buffer, directory);
  const image: ScanImage = { width, height, ...density(directory), orientation: orientationOf(directory) };
  const page = isBilevel(directory) ? bilevel(image, directory) : coloured(image, directory);
  directory.data = new Uint8Array(0);
  return page;
}

/** A strip beyond the file's end: the scan broke off. More strips than rows, or the same bytes over and over: a bomb. */
function checkStrips(directory: IFD, size: number): void {
  const [offsets, counts] = [directory.t273, directory.t279];
  if (!Array.isArray(offsets) || offsets.length > numberOf(directory, 't257'))
    throw new BadScanImage('TIFF strips');
  if (!Array.isArray(counts)) return;
  let total = 0;
  offsets.forEach((offset, index) => {
    const count = Number(counts[index] ?? 0);
    total += count;
    if (Number(offset) + count > size || total > size * 2) throw new BadScanImage('TIFF broke off');
  });
}

const LZW = 5;

/** Strips unpacked here, then read as if they had never been packed; the first two bytes tell utif2 the byte order. */
function unpackLzw(buffer: ArrayBuffer, directory: IFD): void {
  const rowBytes = Math.ceil(
    (numberOf(directory, 't256') * (numberOf(directory, 't277') || 1) * (numberOf(directory, 't258') || 1)) /
      8,
  );
  const height = numberOf(directory, 't257');
  const stripRows = Math.min(numberOf(directory, 't278') || height, height);
  const plain = new Uint8Array(2 + rowBytes * height);
  plain.set(new Uint8Array(buffer, 0, 2));
  const [offsets, counts] = [directory.t273 as number[], directory.t279];
  if (!Array.isArray(counts)) throw new BadScanImage('TIFF strips');
  offsets.forEach((offset, index) => {
    const first = index * stripRows;
    const rows = Math.min(stripRows, height - first);
    if (rows <= 0) return;
    const strip = decodeLzw(new Uint8Array(buffer, offset, Number(counts[index] ?? 0)), rows * rowBytes);
    if (strip.length < rows * rowBytes) throw new BadScanImage('TIFF strip is broken');
    plain.set(strip, 2 + first * rowBytes);
  });
  Object.assign(directory, { t259: [1], t273: [2], t278: [height], t279: [rowBytes * height] });
  utif.decodeImage(plain.buffer, directory);
}

function density(directory: IFD): { dpiX: number | null; dpiY: number | null } {
  const factor = numberOf(directory, 't296') === 3 ? 2.54 : numberOf(directory, 't296') === 1 ? 0 : 1;
  const [x, y] = [numberOf(directory, 't282') * factor, numberOf(directory, 't283') * factor];
  return x > 0 && y > 0 ? { dpiX: x, dpiY: y } : { dpiX: null, dpiY: null };
}

function orientationOf(directory: IFD): number {
  const value = numberOf(directory, 't274');
  return value >= 1 && value <= 8 ? value : 1;
}

function isBilevel(directory: IFD): boolean {
  const bits = numberOf(directory, 't258') || 1;
  return bits === 1 && (numberOf(directory, 't277') || 1) === 1 && numberOf(directory, 't262') <= 1;
}

function bilevel(image: ScanImage, directory: IFD): TiffPage {
  const inverted = numberOf(directory, 't262') === 0;
  return { ...image, colours: 1, bitsPerColour: 1, inverted, rows: directory.data };
}

function coloured(image: ScanImage, directory: IFD): TiffPage {
  const rgba = utif.toRGBA8(directory);
  const pixels = image.width * image.height;
  const grey = isGrey(rgba);
  const rows = new Uint8Array(pixels * (grey ? 1 : 3));
  for (let index = 0; index < pixels; index++) {
    if (grey) rows[index] = rgba[index * 4]!;
    else rows.set(rgba.subarray(index * 4, index * 4 + 3), index * 3);
  }
  return { ...image, colours: grey ? 1 : 3, bitsPerColour: 8, inverted: false, rows };
}

function isGrey(rgba: Uint8Array): boolean {
  for (let at = 0; at < rgba.length; at += 4)
    if (rgba[at] !== rgba[at + 1] || rgba[at] !== rgba[at + 2]) return false;
  return true;
}
