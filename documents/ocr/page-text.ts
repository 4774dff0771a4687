/**
 * The text of a page, wherever it comes from: text layer, recognised picture, or both. Field rules read `lines` and
 * never ask where they come from; the place of a value goes through `boxAsShown` (page-turn.ts) before a person sees it.
 */
import type { TextLine } from '../layout.ts';
import type { Box, PdfWord } from '../pdf-words.ts';
import type { PageTurn } from './page-turn.ts';

type TextSource = 'text-layer' | 'ocr' | 'both';

/** A word with its place; boxes are fractions of the page as read (see `PageTurn`). */
export interface PageWord extends PdfWord {
  /** 0..1, as the engine says; 1 for words of a text layer. `stamp` is also set on words in coloured ink. */
  confidence: number;
}

/** What of a page is read at least. Of a text layer it is always the whole page. */
export type PagePart = 'head' | 'foot' | 'whole';

export interface PageText {
  /** From 1. */
  number: number;
  words: PageWord[];
  /**
   * From top to bottom; of two side by side the left one comes first. Of recognised lines `confidence` says how sure. What
   * signing tools print about a signature is left out of the lines of a scan (its words are there, with `stamp`).
   */
  lines: TextLine[];
  source: TextSource;
  /** Size of the page as read, points (1/72 inch). */
  width: number;
  height: number;
  turn: PageTurn;
  /** No ink worth reading: an empty verso. */
  blank: boolean;
  /** A picture covers most of the page: it is a scan, whatever text lies over it. */
  picture: boolean;
}

export interface PageDefect {
  code: string;
  /** Vietnamese. */
  detail: string;
}

/** Pages of one file, opened for reading. */
export interface OpenPages {
  /** 0 when the file could not be opened; `defects` say why. */
  readonly pageCount: number;
  /** What was wrong or left out so far. */
  readonly defects: readonly PageDefect[];
  /** Which engine reads pictures; null when none is there (then scans come out without words, with a defect). */
  readonly engine: string | null;
  /**
   * From 1; `part` is the whole page when not said. What was read once is remembered. Bad pages come out without words
   * and leave a defect; only the disk's own trouble throws.
   */
  readPage(number: number, part?: PagePart): Promise<PageText>;
  /** Lines of a region (fractions of the page as read), recognised anew, at 300 dpi, whatever the text layer says. */
  readRegion(number: number, box: Box, options?: RegionOptions): Promise<TextLine[]>;
  close(): Promise<void>;
}

export interface RegionOptions {
  /** Characters that may be given, e.g. digits for a number; all of the language without it. */
  letters?: string;
  /** Dots per inch, 300 when not said. */
  dpi?: number;
  /** True when the region holds one line of text. */
  line?: boolean;
}
