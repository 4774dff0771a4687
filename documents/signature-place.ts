/** Where the signature of the competent person stands, or would: between office and name (N30 PL I, ô 7c). */
import { CongvanError } from '../config/error.ts';
import { openPdf } from './pdf-text.ts';
import type { Box, PdfWord } from './pdf-words.ts';

export interface SignaturePlace {
  /** From 1. */
  page: number;
  /** Fractions of the page from its top left. */
  box: Box;
}

/** Pages looked through, from the last: appendices in the same file come behind the signature. */
const MAX_PAGES = 30;
/** A picture of a signature, 40 by 20 mm, as fractions of an A4 page; it ends 2 mm above the name. */
const WIDTH = 40 / 210;
const HEIGHT = 20 / 297;
const GAP = 2 / 297;

/** Above the signer's printed name, on the last page that has it in bold (or at all); null when no page of the text does. */
export async function signaturePlace(file: Uint8Array, signer: string): Promise<SignaturePlace | null> {
  const name = signer.normalize('NFC').trim().split(/\s+/u);
  const pdf = await openPdf(file).catch((error: unknown) => {
    if (error instanceof CongvanError && !error.temporary) return null;
    throw error;
  });
  if (pdf === null || name[0] === '') return null;
  try {
    let plain: SignaturePlace | null = null;
    for (let page = pdf.pageCount; page > Math.max(0, pdf.pageCount - MAX_PAGES); page -= 1) {
      for (const found of occurrences(pdf.readPage(page).words, name)) {
        const place = { page, box: above(found.box) };
        if (found.bold) return place;
        plain ??= place;
      }
    }
    return plain;
  } finally {
    pdf.close();
  }
}

/** Runs of words on one line that are the name, the lowest first. */
function occurrences(words: PdfWord[], name: string[]): { box: Box; bold: boolean }[] {
  return words
    .flatMap((_, start) => {
      const run = words.slice(start, start + name.length);
      const same = run.length === name.length && run.every((word, i) => sameWord(word.text, name[i]!));
      const oneLine = run.every((word) => Math.abs(word.box[3] - run[0]!.box[3]) < 0.01);
      return same && oneLine ? [{ box: around(run), bold: run.every((word) => word.bold) }] : [];
    })
    .sort((a, b) => b.box[1] - a.box[1]);
}

function sameWord(text: string, wanted: string): boolean {
  return text.replace(/[.,;:]+$/u, '').toLocaleUpperCase('vi') === wanted.toLocaleUpperCase('vi');
}

function around(words: PdfWord[]): Box {
  const boxes = words.map((word) => word.box);
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}

function above(name: Box): Box {
  const middle = (name[0] + name[2]) / 2;
  const bottom = name[1] - GAP;
  return [middle - WIDTH / 2, bottom - HEIGHT, middle + WIDTH / 2, bottom];
}
