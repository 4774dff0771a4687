/** Words with their places, and grey pictures, from the pages of a PDF. Runs in a worker process: calls are synchronous. */
import { statSync } from 'node:fs';
import { CongvanError } from '../config/error.ts';
import { linesOfWords } from './layout.ts';
import { type Box, floatsAt, type PdfWord, withStamps, wordsOfPage } from './pdf-words.ts';
import { forgetPdfium, openWithPdfium, type Pdfium, type PdfiumDocument } from './pdfium.ts';
import { isUsableText } from './text-layer.ts';

export interface PdfLimits {
  /** Larger files are not opened, bytes. */
  maxBytes: number;
  /** Time for all calls on one document, milliseconds; checked between pages, so the caller still needs a kill. */
  maxMs: number;
  /** Characters read of one page; the rest is left. */
  maxCharacters: number;
  /** Pixels of one rendered page; larger pages are rendered smaller. */
  maxPixels: number;
}

const PDF_LIMITS: PdfLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxMs: 20_000,
  maxCharacters: 60_000,
  maxPixels: 40_000_000,
};

export interface PdfPage {
  /** From 1. */
  number: number;
  words: PdfWord[];
  /** No usable text layer (DOMAIN 4.4); a signature's appearance alone is none. */
  imageOnly: boolean;
  /** A picture covers most of the page: any text over it is some scanner's OCR. */
  picture: boolean;
  /** More characters stood there than the limit. */
  truncated: boolean;
}

interface GreyPicture {
  width: number;
  height: number;
  /** One byte for each pixel, 0 = black, rows from the top. */
  pixels: Uint8Array;
}

interface ColourPicture {
  width: number;
  height: number;
  /** Four bytes for each pixel: blue, green, red, unused; rows from the top. */
  pixels: Uint8Array;
  /** Dots per inch; fewer than asked for when the page is very large. */
  dpi: number;
}

export interface OpenPdf {
  pageCount: number;
  /** Signature fields that carry a signature, as pdfium counts them. Says nothing about their value. */
  signatureCount: number;
  /** Words of one page, from 1. Throws `CongvanError` PDF_BROKEN, PDF_SLOW. */
  readPage(number: number): PdfPage;
  /** The page as people see it, with annotations. `dpi` dots per inch. */
  renderPage(number: number, dpi: number): GreyPicture;
  /** Width and height as shown, points (1/72 inch). */
  pageSize(number: number): [number, number];
  /** A part of the page in colour, as shown but without annotations. `box` in fractions; the whole page without it. */
  renderColour(number: number, dpi: number, box?: Box): ColourPicture;
  close(): void;
}

/**
 * Opens a PDF from bytes or from a file (preferred: only what is needed gets read). Throws `CongvanError`, all permanent:
 * PDF_TOO_LARGE, PDF_ENCRYPTED, PDF_BROKEN.
 */
export async function openPdf(source: Uint8Array | string, limits: PdfLimits = PDF_LIMITS): Promise<OpenPdf> {
  const size = typeof source === 'string' ? statSync(source).size : source.byteLength;
  if (size > limits.maxBytes)
    throw refusal('PDF_TOO_LARGE', `tệp ${size} byte, giới hạn ${limits.maxBytes} byte`);
  if (size === 0) throw refusal('PDF_BROKEN', 'tệp rỗng');
  const handle = await guarded(() => openWithPdfium(source));
  if (handle.document === 0) {
    if (handle.error === 4) throw refusal('PDF_ENCRYPTED', 'tệp được đặt mật khẩu');
    throw refusal('PDF_BROKEN', 'không đọc được cấu trúc tệp');
  }
  return new Pages(handle, limits);
}

class Pages implements OpenPdf {
  readonly pageCount: number;
  readonly signatureCount: number;
  readonly #handle: PdfiumDocument;
  readonly #limits: PdfLimits;
  readonly #deadline: number;

  constructor(handle: PdfiumDocument, limits: PdfLimits) {
    this.#handle = handle;
    this.#limits = limits;
    this.#deadline = performance.now() + limits.maxMs;
    this.pageCount = handle.pdfium._FPDF_GetPageCount(handle.document);
    this.signatureCount = Math.max(0, handle.pdfium._FPDF_GetSignatureCount(handle.document));
  }

  readPage(number: number): PdfPage {
    const { pdfium } = this.#handle;
    const own = this.#onPage(number, (page) => ({
      ...wordsOfPage(pdfium, page, this.#limits.maxCharacters),
      picture: isCoveredByPicture(pdfium, page),
      annotated: pdfium._FPDFPage_GetAnnotCount(page) > 0 && pdfium._FPDFPage_Flatten(page, 0) === 1,
    }));
    const words = own.annotated
      ? this.#onPage(number, (page) =>
          withStamps(own.words, wordsOfPage(pdfium, page, this.#limits.maxCharacters).words),
        )
      : own.words;
    const lines = linesOfWords(own.words, number).map((line) => line.text);
    return { number, words, imageOnly: !isUsableText(lines), picture: own.picture, truncated: own.truncated };
  }

  renderPage(number: number, dpi: number): GreyPicture {
    return this.#onPage(number, (page) => render(this.#handle.pdfium, page, dpi, this.#limits.maxPixels));
  }

  pageSize(number: number): [number, number] {
    const { pdfium } = this.#handle;
    return this.#onPage(number, (page) => [
      pdfium._FPDF_GetPageWidth(page),
      pdfium._FPDF_GetPageHeight(page),
    ]);
  }

  renderColour(number: number, dpi: number, box: Box = [0, 0, 1, 1]): ColourPicture {
    return this.#onPage(number, (page) =>
      renderPart(this.#handle.pdfium, page, { dpi, box, maxPixels: this.#limits.maxPixels }),
    );
  }

  close(): void {
    this.#handle.close();
  }

  #onPage<T>(number: number, work: (page: number) => T): T {
    if (performance.now() > this.#deadline) throw refusal('PDF_SLOW', 'đọc tệp quá lâu');
    const { pdfium, document } = this.#handle;
    return trapped(() => {
      const page = pdfium._FPDF_LoadPage(document, number - 1);
      if (page === 0) throw refusal('PDF_BROKEN', `không đọc được trang ${number}`);
      try {
        return work(page);
      } finally {
        pdfium._FPDF_ClosePage(page);
      }
    });
  }
}

const IMAGE_OBJECT = 3;
/** Objects looked at for a covering picture; a scan has it among the first. */
const OBJECTS_LOOKED_AT = 500;

function isCoveredByPicture(pdfium: Pdfium, page: number): boolean {
  const area = pdfium._FPDF_GetPageWidth(page) * pdfium._FPDF_GetPageHeight(page);
  const scratch = pdfium.wasmExports.malloc(16);
  try {
    const count = Math.min(pdfium._FPDFPage_CountObjects(page), OBJECTS_LOOKED_AT);
    let covered = 0;
    for (let index = 0; index < count; index++) {
      const object = pdfium._FPDFPage_GetObject(page, index);
      if (pdfium._FPDFPageObj_GetType(object) !== IMAGE_OBJECT) continue;
      if (pdfium._FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12) === 0)
        continue;
      const [left = 0, bottom = 0, right = 0, top = 0] = floatsAt(pdfium, scratch);
      covered += (right - left) * (top - bottom);
    }
    return covered > area * 0.6;
  } finally {
    pdfium.wasmExports.free(scratch);
  }
}

const GREY = 1;
/** FPDF_ANNOT | FPDF_GRAYSCALE. */
const RENDER_FLAGS = 0x01 | 0x08;

function render(pdfium: Pdfium, page: number, dpi: number, maxPixels: number): GreyPicture {
  const points: [number, number] = [pdfium._FPDF_GetPageWidth(page), pdfium._FPDF_GetPageHeight(page)];
  const wanted = dpi / 72;
  const scale = Math.min(wanted, Math.sqrt(maxPixels / Math.max(1, points[0] * points[1])));
  const width = Math.max(1, Math.round(points[0] * scale));
  const height = Math.max(1, Math.round(points[1] * scale));
  const pointer = pdfium.wasmExports.malloc(width * height);
  if (pointer === 0) throw refusal('PDF_BROKEN', 'không đủ bộ nhớ để vẽ trang');
  try {
    const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, GREY, pointer, width);
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
    pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, RENDER_FLAGS);
    pdfium._FPDFBitmap_Destroy(bitmap);
    return { width, height, pixels: pdfium.HEAPU8.slice(pointer, pointer + width * height) };
  } finally {
    pdfium.wasmExports.free(pointer);
  }
}

const BGRX = 3;

/** The page is laid out as if it were drawn whole, shifted so that the part comes to stand in the bitmap. */
function renderPart(
  pdfium: Pdfium,
  page: number,
  { dpi, box, maxPixels }: { dpi: number; box: Box; maxPixels: number },
): ColourPicture {
  const points: [number, number] = [pdfium._FPDF_GetPageWidth(page), pdfium._FPDF_GetPageHeight(page)];
  const share = Math.max(1e-6, (box[2] - box[0]) * (box[3] - box[1]));
  const scale = Math.min(dpi / 72, Math.sqrt(maxPixels / Math.max(1, points[0] * points[1] * share)));
  const [across, down] = points.map((length) => Math.max(1, Math.round(length * scale))) as [number, number];
  const [left, top] = [Math.floor(box[0] * across), Math.floor(box[1] * down)];
  const width = Math.max(1, Math.min(across, Math.ceil(box[2] * across)) - left);
  const height = Math.max(1, Math.min(down, Math.ceil(box[3] * down)) - top);
  const pointer = pdfium.wasmExports.malloc(width * height * 4);
  if (pointer === 0) throw refusal('PDF_BROKEN', 'không đủ bộ nhớ để vẽ trang');
  try {
    const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, BGRX, pointer, width * 4);
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
    pdfium._FPDF_RenderPageBitmap(bitmap, page, -left, -top, across, down, 0, 0);
    pdfium._FPDFBitmap_Destroy(bitmap);
    const pixels = pdfium.HEAPU8.slice(pointer, pointer + width * height * 4);
    return { width, height, pixels, dpi: scale * 72 };
  } finally {
    pdfium.wasmExports.free(pointer);
  }
}

function refusal(code: string, why: string): CongvanError {
  return new CongvanError(code, `Không đọc được tệp PDF: ${why}.`, { temporary: false });
}

/** Anything but our own refusals comes from inside the WebAssembly: the instance is given up. */
function trapped<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asRefusal(error);
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): CongvanError {
  if (error instanceof CongvanError) return error;
  if (isSystemError(error)) throw error;
  forgetPdfium();
  return new CongvanError('PDF_BROKEN', 'Không đọc được tệp PDF: tệp bị lỗi.', {
    temporary: false,
    cause: error,
  });
}

/** The disk's trouble is not the file's: it goes on as it is. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
