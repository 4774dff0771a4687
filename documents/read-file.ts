/** One PDF → its fields, what its pages are, and the text that is looked at for secrecy marks. Never throws for a bad file. */
import { CongvanError } from '../config/error.ts';
import type { KnownAgency } from './field-agency.ts';
import { hasRecipients } from './field-signer.ts';
import { type DocumentFields, readFields } from './fields.ts';
import { linesOfWords, type TextLine } from './layout.ts';
import { fold } from './normalise.ts';
import { type OpenPdf, openPdf, type PdfLimits } from './pdf-text.ts';

export interface FileReading {
  /** Null when page 1 has no usable text layer, or the file could not be read. */
  fields: DocumentFields | null;
  pageCount: number | null;
  imageOnly: boolean;
  copyLine: boolean;
  /** Lines of page 1, stamps included. */
  text: string;
  defects: { code: string; detail: string }[];
}

/** Pages read from the front in search of Nơi nhận; of longer documents also the last ones. */
const FRONT_PAGES = 12;
const BACK_PAGES = 3;

export async function readPdfFile(
  file: string,
  known: readonly KnownAgency[],
  limits?: PdfLimits,
): Promise<FileReading> {
  let pdf: OpenPdf | null = null;
  try {
    pdf = await openPdf(file, limits);
    return readOpen(pdf, known);
  } catch (error) {
    if (!(error instanceof CongvanError) || error.temporary) throw error;
    return { ...NOTHING, defects: [{ code: error.code, detail: error.message }] };
  } finally {
    pdf?.close();
  }
}

const NOTHING: FileReading = {
  fields: null,
  pageCount: null,
  imageOnly: false,
  copyLine: false,
  text: '',
  defects: [],
};

function readOpen(pdf: OpenPdf, known: readonly KnownAgency[]): FileReading {
  if (pdf.pageCount < 1)
    return {
      ...NOTHING,
      pageCount: 0,
      defects: [{ code: 'EMPTY_PDF', detail: 'tệp PDF không có trang nào' }],
    };
  const first = pdf.readPage(1);
  const lines = linesOfWords(first.words, 1);
  const fields = first.imageOnly ? null : readFields(pagesOf(pdf, lines), known, { ocr: first.picture });
  return {
    fields,
    pageCount: pdf.pageCount,
    imageOnly: first.imageOnly,
    copyLine: lines.some(isCopyLine),
    text: lines.map((line) => line.text).join('\n'),
    defects: [],
  };
}

/** Page 1, then on to the page with Nơi nhận: what comes after it are appendices. */
function pagesOf(pdf: OpenPdf, first: TextLine[]): TextLine[][] {
  const pages = [first];
  const numbers: number[] = [];
  for (let number = 2; number <= Math.min(pdf.pageCount, FRONT_PAGES); number++) numbers.push(number);
  for (let number = pdf.pageCount; number > FRONT_PAGES && number > pdf.pageCount - BACK_PAGES; number--)
    numbers.push(number);
  for (const number of numbers) {
    if (hasRecipients(pages.at(-1) ?? [])) break;
    pages.push(linesOfWords(pdf.readPage(number).words, number));
  }
  return pages;
}

/** Ô 14: "SAO Y; VĂN PHÒNG UBND TỈNH …; 20/11/2026 15:04:05 +07:00" at the top right of page 1 (N30 25.1c). */
function isCopyLine(line: TextLine): boolean {
  return (
    line.box[1] < 0.12 && /^(?:BAN )?(?:SAO Y|SAO LUC|TRICH SAO)\s*(?:[;,:]|$)/.test(fold(line.text).trim())
  );
}
