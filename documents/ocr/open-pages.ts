/** Opens a PDF or a picture file for reading page by page: text layers as they are, pictures recognised when asked for. */
import { CongvanError } from '../../config/error.ts';
import { type OpenPdf, openPdf, type PdfLimits } from '../pdf-text.ts';
import { imagesToPdf } from '../scan-to-pdf.ts';
import type { OcrEngine } from './engine.ts';
import { OCR_LIMITS, type OcrLimits } from './limits.ts';
import { PageReader } from './page-reader.ts';
import type { OpenPages } from './page-text.ts';

export interface PagesFile {
  path: string;
  /** Media type by content: application/pdf, image/jpeg, image/png, image/tiff. */
  type: string;
}

export interface PagesOptions {
  /** Who recognises pictures (`sharedEngine`); null = nobody. Not closed here. */
  engine: OcrEngine | null;
  limits?: OcrLimits;
  pdf?: PdfLimits;
}

/** Recognising takes longer than reading a text layer: the time is bounded by `OcrLimits.maxMs` instead. */
const PDF_LIMITS: PdfLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxMs: 300_000,
  maxCharacters: 60_000,
  maxPixels: OCR_LIMITS.maxPixels,
};

/** Never throws for bad files: they have no pages and a defect. The disk's own trouble is thrown. */
export async function openPages(file: PagesFile, options: PagesOptions): Promise<OpenPages> {
  try {
    const [text, pictures] = await opened(file, options.pdf ?? PDF_LIMITS);
    return new PageReader({ text, pictures, engine: options.engine, limits: options.limits ?? OCR_LIMITS });
  } catch (error) {
    if (!(error instanceof CongvanError) || error.temporary) throw error;
    return withoutPages(error);
  }
}

/**
 * Twice: reading the text of annotations makes them part of the page, in memory, and what signing tools draw (seals,
 * "Ký bởi") must not stand in the picture that is recognised.
 */
async function opened(file: PagesFile, limits: PdfLimits): Promise<[OpenPdf, OpenPdf]> {
  const source = file.type === 'application/pdf' ? file.path : (await imagesToPdf([file])).bytes;
  const text = await openPdf(source, limits);
  try {
    return [text, await openPdf(source, limits)];
  } catch (error) {
    text.close();
    throw error;
  }
}

function withoutPages(error: CongvanError): OpenPages {
  const refuse = async (): Promise<never> => {
    throw new RangeError('a file without pages has none to read');
  };
  return {
    pageCount: 0,
    defects: [{ code: error.code, detail: error.message }],
    engine: null,
    readPage: refuse,
    readRegion: refuse,
    close: async () => {},
  };
}
