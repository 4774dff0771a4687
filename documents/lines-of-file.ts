/** Which reader gives the lines of which kind of file. The one seam between the field rules and the formats. */
import { readFile, stat } from 'node:fs/promises';
import { CongvanError } from '../config/error.ts';
import { type LineSource, type SourcePage, sourceOfLines } from './line-source.ts';
import type { OcrEngine } from './ocr/engine.ts';
import { sharedEngine } from './ocr/open-engine.ts';
import { openPages } from './ocr/open-pages.ts';
import type { OpenPages } from './ocr/page-text.ts';
import { boxAsShown } from './ocr/page-turn.ts';
import { LIMITS } from './office/limits.ts';
import { officeKind, officeLines } from './office/read-office.ts';

/** Opened when the first picture comes: a document with a text layer does not wait for the recogniser's language data. */
const AT_FIRST_PICTURE: OcrEngine = {
  name: 'tesseract-wasm',
  recognise: async (image, options) => {
    const engine = await sharedEngine();
    if (engine === null) throw new CongvanError('OCR_MISSING', NO_ENGINE, { temporary: false });
    return engine.recognise(image, options);
  },
  close: async () => undefined,
};
const NO_ENGINE = 'Máy này chưa có phần nhận dạng chữ nên không đọc được bản quét.';

/** Kinds that are pages to look at. */
const PAGES = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/tiff']);

/**
 * `kind` = content type by content; `name` tells plain texts apart. A file that cannot be read, or of a kind without a reader, gives a source without pages
 * that says why. Throws only when the disk fails.
 */
export async function linesOfFile(file: string, kind: string, name: string): Promise<LineSource> {
  if (PAGES.has(kind))
    return pageSource(await openPages({ path: file, type: kind }, { engine: AT_FIRST_PICTURE }));
  const { size } = await stat(file);
  if (size > LIMITS.fileBytes)
    return unread('FILE_TOO_LARGE', `tệp ${size} byte, giới hạn ${LIMITS.fileBytes} byte`);
  const bytes = await readFile(file);
  const office = officeKind(bytes, name) ?? (kind === 'text/plain' ? 'txt' : null);
  if (office === null) return unread('FORMAT_UNREAD', `chưa đọc được nội dung tệp kiểu ${kind}`);
  const { pages, pageCount, defects } = await officeLines(bytes, office);
  return sourceOfLines(pages, { pageCount, defects });
}

function unread(code: string, detail: string): LineSource {
  return sourceOfLines([], { pageCount: null, defects: [{ code, detail }] });
}

function pageSource(pages: OpenPages): LineSource {
  return {
    pageCount: pages.pageCount === 0 ? null : pages.pageCount,
    method: 'text-layer',
    pages: pages.pageCount,
    defects: pages.defects,
    readPage: async (number, part): Promise<SourcePage> => {
      const page = await pages.readPage(number, part);
      const turned = page.turn.quarter !== 0 || page.turn.skew !== 0;
      return {
        lines: page.lines,
        source: page.source,
        picture: page.picture,
        ...(turned ? { asShown: (box) => boxAsShown(page, box) } : {}),
      };
    },
    readRegion: (number, box, options) => pages.readRegion(number, box, options),
    close: () => pages.close(),
  };
}
