/** The quick look at a PDF before anything else is done with it: page 1's text layer only (DOMAIN 8.2, step 1). */
import { CongvanError } from '../config/error.ts';
import { linesOfWords } from './layout.ts';
import { type OpenPdf, openPdf, type PdfPage } from './pdf-text.ts';

/**
 * Lines of page 1 of the PDF at `file` (or of its bytes), what annotations draw included; '' for one without text or that cannot be read:
 * what is wrong with it is said when it is read for its fields.
 */
export async function cheapText(file: string | Uint8Array): Promise<string> {
  const page = await firstPage(file);
  if (page === null) return '';
  return linesOfWords(page.words, 1)
    .map((line) => line.text)
    .join('\n');
}

/** True when page 1 of the PDF at `file` (or of its bytes) has no usable text layer (DOMAIN 4.4). */
export async function isImageOnly(file: string | Uint8Array): Promise<boolean> {
  return (await firstPage(file))?.imageOnly ?? false;
}

async function firstPage(file: string | Uint8Array): Promise<PdfPage | null> {
  let pdf: OpenPdf | null = null;
  try {
    pdf = await openPdf(file);
    return pdf.pageCount > 0 ? pdf.readPage(1) : null;
  } catch (error) {
    if (error instanceof CongvanError && !error.temporary) return null;
    throw error;
  } finally {
    pdf?.close();
  }
}
