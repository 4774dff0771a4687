/**
 * Scanned pages → the one PDF that is issued. Images stand at their physical size (N30: 100 %); JPEG and PNG pixels are
 * taken over as they are. A PDF that comes alone is never re-saved (SIG-05).
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { deflateSync } from 'node:zlib';
import {
  concatTransformationMatrix,
  drawObject,
  PDFDocument,
  type PDFRef,
  popGraphicsState,
  pushGraphicsState,
} from '@cantoo/pdf-lib';
import { CongvanError } from '../config/error.ts';
import { type OpenPdf, openPdf } from './pdf-text.ts';
import { BadScanImage, type PngImage, pngChannels, readJpeg, readPng, type ScanImage } from './scan-image.ts';
import { type TiffPage, tiffPages } from './scan-tiff.ts';

export interface ScanFile {
  path: string;
  /** Media type by content: application/pdf, image/jpeg, image/png, image/tiff. */
  type: string;
  /** Name to be used in messages; else the path's last part. */
  name?: string;
}

export interface ScannedPdf {
  bytes: Uint8Array;
  /** Number of pages. */
  pages: number;
  /** Pages without any ink, from 1 (a verso is often empty): shown, not refused. */
  blankPages: number[];
}

/** Bytes of one input file, and of all of them. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;
const MAX_PAGES = 500;

/**
 * One PDF of all files in their order. Throws `CongvanError`, permanent, with a Vietnamese message naming the file:
 * EMPTY_SCAN (no file, no page, no ink), BAD_IMAGE (broken, encrypted or of another kind), TOO_LARGE, SIGNED_PDF (a signed PDF would have to be changed).
 */
export async function imagesToPdf(files: readonly ScanFile[]): Promise<ScannedPdf> {
  const first = files[0];
  if (first === undefined) throw refusal('EMPTY_SCAN', 'Chưa có tệp quét nào để phát hành.');
  await checkSizes(files);
  const bytes =
    files.length === 1 && first.type === 'application/pdf' ? await readFile(first.path) : await joined(files);
  const shown = files.map(nameOf).join(', ');
  return inspected(bytes, shown);
}

async function checkSizes(files: readonly ScanFile[]): Promise<void> {
  let total = 0;
  for (const file of files) {
    const { size } = await stat(file.path);
    total += size;
    if (size === 0) throw refusal('EMPTY_SCAN', `Tệp quét “${nameOf(file)}” không có nội dung (0 byte).`);
    if (size > MAX_FILE_BYTES || total > MAX_TOTAL_BYTES)
      throw refusal('TOO_LARGE', `Tệp quét “${nameOf(file)}” quá lớn, không thể phát hành qua thư điện tử.`);
  }
}

function nameOf(file: ScanFile): string {
  return (file.name ?? basename(file.path)).normalize('NFC');
}

async function joined(files: readonly ScanFile[]): Promise<Uint8Array> {
  const target = await PDFDocument.create({ updateMetadata: false });
  for (const file of files) {
    const bytes = new Uint8Array(await readFile(file.path));
    try {
      await addFile(target, file, bytes);
    } catch (error) {
      throw asRefusal(error, file);
    }
    if (target.getPageCount() > MAX_PAGES)
      throw refusal('TOO_LARGE', `Tệp quét “${nameOf(file)}”: quá ${MAX_PAGES} trang.`);
  }
  return target.save({ addDefaultPage: false });
}

async function addFile(target: PDFDocument, file: ScanFile, bytes: Uint8Array): Promise<void> {
  switch (file.type) {
    case 'image/jpeg': {
      const image = readJpeg(bytes);
      addPage(target, image, (await target.embedJpg(bytes)).ref);
      return;
    }
    case 'image/png': {
      const image = readPng(bytes);
      addPage(
        target,
        image,
        canPassThrough(image) ? pngObject(target, image) : (await target.embedPng(bytes)).ref,
      );
      return;
    }
    case 'image/tiff':
      for (const page of tiffPages(bytes)) addPage(target, page, tiffObject(target, page));
      return;
    case 'application/pdf':
      return addPdf(target, file, bytes);
    default:
      throw refusal(
        'BAD_IMAGE',
        `Tệp “${nameOf(file)}” không phải là PDF, JPEG, PNG hoặc TIFF nên không dùng làm bản quét được.`,
      );
  }
}

async function addPdf(target: PDFDocument, file: ScanFile, bytes: Uint8Array): Promise<void> {
  const pdf = await openedPdf(bytes, nameOf(file));
  const signed = pdf.signatureCount > 0;
  pdf.close();
  if (signed)
    throw refusal(
      'SIGNED_PDF',
      `Tệp “${nameOf(file)}” đã có chữ ký số, ghép với tệp khác sẽ làm mất hiệu lực chữ ký. Đề nghị phát hành riêng tệp này.`,
    );
  const source = await PDFDocument.load(bytes, { updateMetadata: false });
  for (const page of await target.copyPages(source, source.getPageIndices())) target.addPage(page);
}

/** PNG rows are what FlateDecode with a PNG predictor takes, unless alpha, interlacing or 16 bits stand in the way. */
function canPassThrough(image: PngImage): boolean {
  return !image.interlaced && !image.transparent && image.bitDepth <= 8;
}

function pngObject(target: PDFDocument, image: PngImage): PDFRef {
  const { context } = target;
  const channels = pngChannels(image);
  const colours = image.palette === null || image.colourType !== 3 ? null : image.palette;
  const stream = context.stream(image.data, {
    ...imageEntries(image, image.bitDepth),
    ColorSpace:
      colours === null
        ? channels === 1
          ? 'DeviceGray'
          : 'DeviceRGB'
        : [
            'Indexed',
            'DeviceRGB',
            Math.floor(colours.length / 3) - 1,
            context.register(context.stream(colours)),
          ],
    Filter: 'FlateDecode',
    DecodeParms: { Predictor: 15, Colors: channels, BitsPerComponent: image.bitDepth, Columns: image.width },
  });
  return context.register(stream);
}

function tiffObject(target: PDFDocument, page: TiffPage): PDFRef {
  const stream = target.context.stream(deflateSync(page.rows), {
    ...imageEntries(page, page.bitsPerColour),
    ColorSpace: page.colours === 1 ? 'DeviceGray' : 'DeviceRGB',
    Filter: 'FlateDecode',
    ...(page.inverted ? { Decode: [1, 0] } : {}),
  });
  return target.context.register(stream);
}

function imageEntries(image: ScanImage, bitsPerColour: number) {
  return {
    Type: 'XObject',
    Subtype: 'Image',
    Width: image.width,
    Height: image.height,
    BitsPerComponent: bitsPerColour,
  };
}

/** A page of the image's own size, the image upright on it. */
function addPage(target: PDFDocument, image: ScanImage, object: PDFRef): void {
  const turned = image.orientation >= 5;
  const [across, down] = physicalSize(image);
  const [width, height] = turned ? [down, across] : [across, down];
  const page = target.addPage([width, height]);
  const name = page.node.newXObject('Scan', object);
  const matrix = MATRICES[image.orientation] ?? MATRICES[1]!;
  const [a, b, c, d, e, f] = matrix.map((factor, index) => factor * (index % 2 === 0 ? width : height));
  page.pushOperators(
    pushGraphicsState(),
    concatTransformationMatrix(a!, b!, c!, d!, e!, f!),
    drawObject(name),
    popGraphicsState(),
  );
}

/** EXIF orientation 1–8 → matrix from the unit square to the page, in page widths and heights (a, c, e: widths). */
const MATRICES: Record<number, [number, number, number, number, number, number]> = {
  1: [1, 0, 0, 1, 0, 0],
  2: [-1, 0, 0, 1, 1, 0],
  3: [-1, 0, 0, -1, 1, 1],
  4: [1, 0, 0, -1, 0, 1],
  5: [0, -1, -1, 0, 1, 1],
  6: [0, -1, 1, 0, 0, 1],
  7: [0, 1, 1, 0, 0, 0],
  8: [0, 1, -1, 0, 1, 0],
};

const DEFAULT_DPI = 200;
/** Longest side of a page that an office scans (A3), and the shortest that makes sense, inches. */
const LONGEST = 17.6;
const SHORTEST = 2;
const A4_LENGTH = 11.69;

/**
 * Width and height in points. QUIRK: cameras and phones write 72 dpi into pictures of 4,000 pixels; a stated density
 * that gives no paper size is not believed, and what would be longer than A3 even at 200 dpi is made as long as A4.
 */
function physicalSize(image: ScanImage): [number, number] {
  const stated =
    image.dpiX === null || image.dpiY === null ? null : [image.width / image.dpiX, image.height / image.dpiY];
  if (stated !== null && isPaper(stated)) return [stated[0]! * 72, stated[1]! * 72];
  const long = Math.max(image.width, image.height);
  const dpi = long / DEFAULT_DPI > LONGEST ? long / A4_LENGTH : DEFAULT_DPI;
  return [(image.width / dpi) * 72, (image.height / dpi) * 72];
}

function isPaper(inches: readonly number[]): boolean {
  return Math.max(...inches) <= LONGEST && Math.min(...inches) >= SHORTEST;
}

/** Dots per inch for the look at the ink: enough to see a line of print. */
const LOOK_DPI = 40;
/** Darker than this is ink, and so many dots of it make a page that is not blank (dust and edges are fewer). */
const INK = 200;
const INK_DOTS = 12;

async function inspected(bytes: Uint8Array, shown: string): Promise<ScannedPdf> {
  const pdf = await openedPdf(bytes, shown);
  try {
    if (pdf.pageCount === 0) throw refusal('EMPTY_SCAN', `Tệp “${shown}” không có trang nào.`);
    if (pdf.pageCount > MAX_PAGES) throw refusal('TOO_LARGE', `Tệp “${shown}” có quá ${MAX_PAGES} trang.`);
    const blankPages = Array.from({ length: pdf.pageCount }, (_, index) => index + 1).filter((number) =>
      isBlank(pdf, number),
    );
    if (blankPages.length === pdf.pageCount)
      throw refusal('EMPTY_SCAN', `Tệp “${shown}” chỉ có trang trắng. Đề nghị quét lại văn bản.`);
    return { bytes, pages: pdf.pageCount, blankPages };
  } finally {
    pdf.close();
  }
}

function isBlank(pdf: OpenPdf, number: number): boolean {
  let dots = 0;
  for (const value of pdf.renderPage(number, LOOK_DPI).pixels)
    if (value < INK && ++dots >= INK_DOTS) return false;
  return true;
}

/** Our own limits are tighter than the reader's, but for its time: looking at many pages takes long. */
async function openedPdf(bytes: Uint8Array, shown: string): Promise<OpenPdf> {
  try {
    return await openPdf(bytes, {
      maxBytes: MAX_TOTAL_BYTES * 2,
      maxMs: 120_000,
      maxCharacters: 1000,
      maxPixels: 4_000_000,
    });
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    const why = error.code === 'PDF_ENCRYPTED' ? 'được đặt mật khẩu' : 'bị lỗi, không mở được';
    throw refusal('BAD_IMAGE', `Tệp “${shown}” ${why}.`, error);
  }
}

function asRefusal(error: unknown, file: ScanFile): CongvanError {
  if (error instanceof CongvanError) return error;
  if (error instanceof BadScanImage && error.tooLarge)
    return refusal('TOO_LARGE', `Tệp quét “${nameOf(file)}” có kích thước điểm ảnh quá lớn.`, error);
  return refusal(
    'BAD_IMAGE',
    `Tệp quét “${nameOf(file)}” bị lỗi hoặc không đầy đủ, không đọc được. Đề nghị quét lại.`,
    error,
  );
}

function refusal(code: string, message: string, cause?: unknown): CongvanError {
  return new CongvanError(code, message, { temporary: false, ...(cause === undefined ? {} : { cause }) });
}
