/**
 * What every word processor's file comes down to: paragraphs, tables and frames in one flow. DOCX, DOC, RTF and ODT are
 * read into this; flow-lines.ts sets it on pages. Lengths in twips (1/20 point), font sizes in half points.
 */

/** A stretch of text in one dress. `\n` = line break, `\t` = tab, `\f` = page break. */
export interface Run {
  text: string;
  bold: boolean;
  italic: boolean;
  /** As the file names it: `.VnTime` and `VNI-Times` tell legacy encodings. */
  font: string | null;
  size: number;
}

export type Align = 'left' | 'center' | 'right';

export interface TabStop {
  /** From the left edge of the column. */
  at: number;
  align: Align;
}

export interface Paragraph {
  kind: 'paragraph';
  runs: Run[];
  align: Align;
  /** Indents from the column's edges; `first` is added for the first line. */
  left: number;
  right: number;
  first: number;
  /** Space above and below. */
  before: number;
  after: number;
  /** Line pitch as a multiple of a single line. */
  pitch: number;
  tabs: TabStop[];
  newPage: boolean;
}

export interface Cell {
  width: number;
  blocks: Block[];
}

export interface Table {
  kind: 'table';
  /** Left edge from that of the column. */
  left: number;
  rows: Cell[][];
}

/** A text box: stands where its anchor is, and pushes nothing down. Null = where the text is. */
export interface Frame {
  kind: 'frame';
  x: number | null;
  y: number | null;
  width: number | null;
  blocks: Block[];
}

export type Block = Paragraph | Table | Frame;

export interface Sheet {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface OfficeDefect {
  code: string;
  /** Vietnamese, for people of the offices. */
  detail: string;
}

export interface Flow {
  sheet: Sheet;
  blocks: Block[];
  /** Of page 1. */
  header: Block[];
  footer: Block[];
  /** As the program that wrote the file counted them; null when it did not say. */
  pageCount: number | null;
  defects: OfficeDefect[];
}

/** A4 with the margins of N30 PL I: 20–25 mm above and below, 30–35 left, 15–20 right. */
export const A4: Sheet = { width: 11906, height: 16838, left: 1701, right: 1021, top: 1134, bottom: 1134 };

/** Half points: N30 PL I asks for 13–14 points. */
const USUAL_SIZE = 26;

export const PLAIN_RUN: Omit<Run, 'text'> = { bold: false, italic: false, font: null, size: USUAL_SIZE };

/** A paragraph with the given text, everything else as usual. */
export function paragraph(runs: Run[], over: Partial<Omit<Paragraph, 'kind' | 'runs'>> = {}): Paragraph {
  return {
    kind: 'paragraph',
    runs,
    align: 'left',
    left: 0,
    right: 0,
    first: 0,
    before: 0,
    after: 0,
    pitch: 1,
    tabs: [],
    newPage: false,
    ...over,
  };
}

/** Every paragraph, in order, also those in tables and frames. */
export function* paragraphsOf(blocks: readonly Block[]): Generator<Paragraph> {
  for (const block of blocks) {
    if (block.kind === 'paragraph') yield block;
    else if (block.kind === 'frame') yield* paragraphsOf(block.blocks);
    else for (const row of block.rows) for (const cell of row) yield* paragraphsOf(cell.blocks);
  }
}
