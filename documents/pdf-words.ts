/** Letters of a loaded PDF page → words with their places. */
import type { Pdfium } from './pdfium.ts';

/** [x0, y0, x1, y1] as fractions of the page from its top left. */
export type Box = [number, number, number, number];

export interface PdfWord {
  /** NFC, without line breaks. */
  text: string;
  box: Box;
  bold: boolean;
  italic: boolean;
  /** Drawn by an annotation (signature appearance, stamp), not by the page itself. */
  stamp: boolean;
}

/**
 * QUIRK: the signing tool of the Government Cipher Committee writes số and ngày into signature appearances, which
 * plain text extraction leaves out ("Số:      /TB-UBND"). Flattening, in memory only, makes them page content; what was not there before is a stamp.
 */
export function withStamps(own: PdfWord[], all: PdfWord[]): PdfWord[] {
  const key = (word: PdfWord) => `${word.text} ${word.box.map((value) => Math.round(value * 500)).join(' ')}`;
  const known = new Set(own.map(key));
  return [...own, ...all.filter((word) => !known.has(key(word))).map((word) => ({ ...word, stamp: true }))];
}

/** Words of a loaded page in the order of the file. */
export function wordsOfPage(
  pdfium: Pdfium,
  page: number,
  limit: number,
): { words: PdfWord[]; truncated: boolean } {
  const textPage = pdfium._FPDFText_LoadPage(page);
  if (textPage === 0) return { words: [], truncated: false };
  const scratch = pdfium.wasmExports.malloc(SCRATCH);
  try {
    const count = pdfium._FPDFText_CountChars(textPage);
    const reader: Reader = { pdfium, textPage, scratch, place: placingOn(pdfium, page, scratch) };
    return { words: collectWords(reader, Math.min(count, limit)), truncated: count > limit };
  } finally {
    pdfium.wasmExports.free(scratch);
    pdfium._FPDFText_ClosePage(textPage);
  }
}

/** Bytes for results and font names. */
const SCRATCH = 256;

interface Reader {
  pdfium: Pdfium;
  textPage: number;
  scratch: number;
  place: Placing;
}

function collectWords(reader: Reader, count: number): PdfWord[] {
  const words: PdfWord[] = [];
  let current: PdfWord | null = null;
  for (let index = 0; index < count; index++) {
    const character = characterAt(reader, index);
    if (character === '') continue;
    if (/\s/u.test(character)) {
      current = null;
      continue;
    }
    const box = boxOfCharacter(reader, index);
    if (box === null) continue;
    if (current === null || !continues(current.box, box)) {
      current = { text: '', box, ...styleAt(reader, index), stamp: false };
      words.push(current);
    }
    current.text += character;
    current.box = union(current.box, box);
  }
  return words
    .map((word) => ({ ...word, text: word.text.normalize('NFC') }))
    .filter((word) => word.text !== '');
}

/** '' = to be left out. QUIRK: pdfium gives a hyphen at a line's end as U+0002, broken code points as U+FFFE. */
function characterAt({ pdfium, textPage }: Reader, index: number): string {
  const code = pdfium._FPDFText_GetUnicode(textPage, index);
  if (code === 0x02 || code === 0xad) return '-';
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '';
  if (code === 0xfffe || code === 0xffff || code === 0xfeff || code === 0x200b) return '';
  return code < 0x20 || code === 0xa0 ? ' ' : String.fromCodePoint(code);
}

/** The same word goes on: same height, no wide gap. Also splits words that pdfium runs together across columns. */
function continues(word: Box, next: Box): boolean {
  const height = Math.max(word[3] - word[1], 0.001);
  const middle = (next[1] + next[3]) / 2;
  if (middle < word[1] - height * 0.4 || middle > word[3] + height * 0.4) return false;
  return next[0] - word[2] < height && next[0] > word[0] - height;
}

function union(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function boxOfCharacter({ pdfium, textPage, scratch, place }: Reader, index: number): Box | null {
  if (pdfium._FPDFText_GetLooseCharBox(textPage, index, scratch) === 0) return null;
  const [left, top, right, bottom] = floatsAt(pdfium, scratch) as Box;
  const [x0, y0] = place(left, top);
  const [x1, y1] = place(right, bottom);
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

export function floatsAt(pdfium: Pdfium, pointer: number): number[] {
  const view = new DataView(pdfium.HEAPU8.buffer, pointer, 16);
  return [0, 4, 8, 12].map((offset) => view.getFloat32(offset, true));
}

type Placing = (x: number, y: number) => [number, number];

/** A device of a million dots each way, and a thousand points to measure the page's rotation, crop box and scale with. */
const DEVICE = 1_000_000;
const SPAN = 1000;

/** Page coordinates → fractions from the top left: an affine map, asked of pdfium three times and not for each letter. */
function placingOn(pdfium: Pdfium, page: number, scratch: number): Placing {
  const at = (x: number, y: number): [number, number] => {
    pdfium._FPDF_PageToDevice(page, 0, 0, DEVICE, DEVICE, 0, x, y, scratch, scratch + 4);
    const view = new DataView(pdfium.HEAPU8.buffer, scratch, 8);
    return [view.getInt32(0, true) / DEVICE, view.getInt32(4, true) / DEVICE];
  };
  const [origin, right, up] = [at(0, 0), at(SPAN, 0), at(0, SPAN)];
  const slope = (axis: 0 | 1): [number, number] => [
    (right[axis] - origin[axis]) / SPAN,
    (up[axis] - origin[axis]) / SPAN,
  ];
  const [across, down] = [slope(0), slope(1)];
  return (x, y) => [origin[0] + across[0] * x + across[1] * y, origin[1] + down[0] * x + down[1] * y];
}

function styleAt({ pdfium, textPage, scratch }: Reader, index: number): { bold: boolean; italic: boolean } {
  const length = pdfium._FPDFText_GetFontInfo(textPage, index, scratch, SCRATCH - 8, scratch + SCRATCH - 8);
  const end = scratch + Math.max(0, Math.min(length - 1, SCRATCH - 8));
  const name = Buffer.from(pdfium.HEAPU8.subarray(scratch, end)).toString('latin1');
  const weight = pdfium._FPDFText_GetFontWeight(textPage, index);
  return { bold: /bold|black|heavy/i.test(name) || weight >= 600, italic: /ital|obli/i.test(name) };
}
