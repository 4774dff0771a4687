/**
 * Where the lines of a file come from, as the field rules see it: page by page, whoever made them (text layer, recogniser,
 * Office format). The one place that knows which reader is for which kind of file.
 */
import type { TextLine } from './layout.ts';
import type { Box } from './pdf-words.ts';
import type { FieldMethod } from './types.ts';

/** What a text was read from; null when there was nothing to read. */
export type TextSource = 'text-layer' | 'ocr' | 'both' | 'office-text';

export interface SourcePage {
  lines: readonly TextLine[];
  source: TextSource;
  /** A picture covers the page: a text over it is some scanner's own recognition. */
  picture: boolean;
  /** Leads a place on the page as it was read, put straight, back to the page as people see it; absent where they are the same. */
  asShown?: (box: Box) => Box;
}

/** Part of a page that is asked for; a text layer always gives the whole. */
type WantedPart = 'head' | 'foot' | 'whole';

export interface LineSource {
  /** Null where the format has none (text, letters whose program breaks the pages). */
  pageCount: number | null;
  /** What method the values of these lines have when nobody had to recognise them. */
  method: FieldMethod;
  /** Pages that can be asked for, from 1. */
  pages: number;
  readonly defects: readonly { code: string; detail: string }[];
  readPage(number: number, part?: WantedPart): Promise<SourcePage>;
  /** Lines of a region, recognised anew; absent where there is no picture to recognise. */
  readRegion?(
    number: number,
    box: Box,
    options?: { letters?: string; dpi?: number; line?: boolean },
  ): Promise<TextLine[]>;
  close(): Promise<void>;
}

/** The lines of an Office or text file, all there already. */
export function sourceOfLines(
  pages: readonly (readonly TextLine[])[],
  about: Pick<LineSource, 'pageCount' | 'defects'>,
): LineSource {
  return {
    ...about,
    method: 'office-text',
    pages: pages.length,
    readPage: async (number) => ({ lines: pages[number - 1] ?? [], source: 'office-text', picture: false }),
    close: async () => undefined,
  };
}
