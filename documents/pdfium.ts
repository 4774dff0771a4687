/**
 * The adapter of pdfium (WebAssembly): the only file that imports it. The package's own classes give text without
 * places and copy every file into memory twice, so the C functions are called directly.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { PDFiumLibrary } from '@hyzyla/pdfium';

/** What TypeScript knows only together with a browser's types. */
interface FunctionTable {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

/** The part of pdfium's C interface that is used. Handles and pointers are numbers; 0 = failure. */
export interface Pdfium {
  readonly HEAPU8: Uint8Array;
  readonly wasmExports: {
    malloc(size: number): number;
    free(pointer: number): void;
    __indirect_function_table?: FunctionTable;
  };
  _FPDF_LoadMemDocument(data: number, size: number, password: number): number;
  _FPDF_LoadCustomDocument(access: number, password: number): number;
  _FPDF_GetLastError(): number;
  _FPDF_GetPageCount(document: number): number;
  _FPDF_GetSignatureCount(document: number): number;
  _FPDF_CloseDocument(document: number): void;
  _FPDF_LoadPage(document: number, index: number): number;
  _FPDF_ClosePage(page: number): void;
  _FPDF_GetPageWidth(page: number): number;
  _FPDF_GetPageHeight(page: number): number;
  _FPDFPage_GetAnnotCount(page: number): number;
  _FPDFPage_Flatten(page: number, usage: number): number;
  _FPDFPage_CountObjects(page: number): number;
  _FPDFPage_GetObject(page: number, index: number): number;
  _FPDFPageObj_GetType(object: number): number;
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  _FPDF_PageToDevice(
    page: number,
    startX: number,
    startY: number,
    sizeX: number,
    sizeY: number,
    rotate: number,
    x: number,
    y: number,
    deviceX: number,
    deviceY: number,
  ): number;
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(textPage: number): void;
  _FPDFText_CountChars(textPage: number): number;
  _FPDFText_GetUnicode(textPage: number, index: number): number;
  _FPDFText_GetLooseCharBox(textPage: number, index: number, rect: number): number;
  _FPDFText_GetFontInfo(textPage: number, index: number, buffer: number, size: number, flags: number): number;
  _FPDFText_GetFontWeight(textPage: number, index: number): number;
  _FPDFBitmap_CreateEx(
    width: number,
    height: number,
    format: number,
    pointer: number,
    stride: number,
  ): number;
  _FPDFBitmap_FillRect(
    bitmap: number,
    x: number,
    y: number,
    width: number,
    height: number,
    color: number,
  ): void;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap(
    bitmap: number,
    page: number,
    x: number,
    y: number,
    width: number,
    height: number,
    rotate: number,
    flags: number,
  ): void;
}

/** A document that pdfium has opened. `document` = 0 when it could not; then `error` is pdfium's code (4 = password). */
export interface PdfiumDocument {
  pdfium: Pdfium;
  document: number;
  error: number;
  close(): void;
}

let loading: Promise<Pdfium> | null = null;

/** The library, started once for each process (65–100 ms). */
function loadPdfium(): Promise<Pdfium> {
  loading ??= PDFiumLibrary.init().then((library) => (library as unknown as { module: Pdfium }).module);
  return loading;
}

/** After a trap inside the WebAssembly its memory is not to be trusted: the next caller gets a fresh instance. */
export function forgetPdfium(): void {
  loading = null;
}

/** Opens bytes in memory, or a file on disk, of which only the parts that are needed get read. */
export async function openWithPdfium(source: Uint8Array | string): Promise<PdfiumDocument> {
  const pdfium = await loadPdfium();
  if (typeof source !== 'string')
    return openInMemory(pdfium, source.byteLength, (target) => target.set(source));
  const file = openSync(source, 'r');
  const size = fstatSync(file).size;
  if (installReader(pdfium)) return openFromFile(pdfium, file, size);
  try {
    return openInMemory(pdfium, size, (target) => readFully(file, target, 0));
  } finally {
    closeSync(file);
  }
}

function openInMemory(pdfium: Pdfium, size: number, fill: (target: Uint8Array) => void): PdfiumDocument {
  const pointer = pdfium.wasmExports.malloc(size);
  if (pointer === 0) return failed(pdfium, 2);
  fill(pdfium.HEAPU8.subarray(pointer, pointer + size));
  const document = pdfium._FPDF_LoadMemDocument(pointer, size, 0);
  return opened(pdfium, document, () => pdfium.wasmExports.free(pointer));
}

/** Open files by the token that pdfium hands back to the reader. */
const readers = new Map<number, { file: number; size: number }>();
let nextToken = 1;

/** Reads through FPDF_FILEACCESS {length, block function, parameter}: a file of 45 MB costs no 45 MB. */
function openFromFile(pdfium: Pdfium, file: number, size: number): PdfiumDocument {
  const token = nextToken++;
  readers.set(token, { file, size });
  const access = pdfium.wasmExports.malloc(12);
  const view = new DataView(pdfium.HEAPU8.buffer);
  view.setUint32(access, size, true);
  view.setUint32(access + 4, READER_SLOT, true);
  view.setUint32(access + 8, token, true);
  const document = pdfium._FPDF_LoadCustomDocument(access, 0);
  return opened(pdfium, document, () => {
    pdfium.wasmExports.free(access);
    readers.delete(token);
    closeSync(file);
  });
}

function opened(pdfium: Pdfium, document: number, release: () => void): PdfiumDocument {
  if (document === 0) {
    const error = pdfium._FPDF_GetLastError();
    release();
    return failed(pdfium, error);
  }
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    try {
      pdfium._FPDF_CloseDocument(document);
    } finally {
      release();
    }
  };
  return { pdfium, document, error: 0, close };
}

function failed(pdfium: Pdfium, error: number): PdfiumDocument {
  return { pdfium, document: 0, error, close: () => {} };
}

/**
 * QUIRK: pdfium takes its file reader as a C function pointer, that is, an index into the function table, and this
 * build's table can neither grow nor has a free place but number 0. Nothing calls 0 on purpose (it is C's null
 * pointer), so the reader stands there; it answers only to tokens that we gave out and within the file's bounds.
 */
const READER_SLOT = 0;

/** A module that imports one function (i32, i32, i32, i32) → i32 and exports it again: makes a JS function a table entry. */
const TRAMPOLINE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x09, 0x01, 0x60, 0x04, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
);

const prepared = new WeakMap<Pdfium, boolean>();

function installReader(pdfium: Pdfium): boolean {
  const known = prepared.get(pdfium);
  if (known !== undefined) return known;
  const table = pdfium.wasmExports.__indirect_function_table;
  const free = table !== undefined && table.length > READER_SLOT && table.get(READER_SLOT) === null;
  if (free) {
    const readBlock = (token: number, position: number, target: number, size: number): number =>
      serveBlock(pdfium, token, [position >>> 0, target >>> 0, size >>> 0]);
    const trampoline = new WebAssembly.Instance(new WebAssembly.Module(TRAMPOLINE), { e: { f: readBlock } });
    table.set(READER_SLOT, trampoline.exports.f);
  }
  prepared.set(pdfium, free);
  return free;
}

/** Never throws: an exception through WebAssembly frames would leave pdfium's locks and counters wrong. */
function serveBlock(
  pdfium: Pdfium,
  token: number,
  [position, target, size]: [number, number, number],
): number {
  const reader = readers.get(token);
  const heap = pdfium.HEAPU8;
  if (reader === undefined || position + size > reader.size || target + size > heap.byteLength) return 0;
  try {
    return readFully(reader.file, heap.subarray(target, target + size), position) ? 1 : 0;
  } catch {
    return 0;
  }
}

function readFully(file: number, target: Uint8Array, position: number): boolean {
  let done = 0;
  while (done < target.byteLength) {
    const got = readSync(file, target, done, target.byteLength - done, position + done);
    if (got === 0) return false;
    done += got;
  }
  return true;
}
