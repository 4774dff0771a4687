/**
 * Words → lines in reading order. Official documents have a two-column head (agency | quốc hiệu) and a two-column foot
 * (Nơi nhận | signer) that plain text extraction runs together (DOMAIN 4.2): a line ends where the gap is wide.
 */
import { fold } from './normalise.ts';
import type { Box, PdfWord } from './pdf-words.ts';

export interface TextLine {
  text: string;
  box: Box;
  /** More than half of its letters are. */
  bold: boolean;
  italic: boolean;
  /** Some of its words are drawn by an annotation. */
  stamped: boolean;
  /** Page, from 1. */
  page: number;
  /** 0..1, of its weakest word of two letters or more, where an engine recognised it; absent for text as it was written. */
  confidence?: number;
}

/** A word as a text layer or a recogniser gives it; only the latter is unsure of it. */
type PlacedWord = PdfWord & { confidence?: number };

/** Lines of one page from top to bottom; of two side by side the left one comes first. */
export function linesOfWords(words: readonly PlacedWord[], page: number): TextLine[] {
  const rows = rowsOf(words);
  const boundary = headBoundary(rows);
  return rows.flatMap((row) => splitRow(row, boundary).map((part) => lineOf(part, page)));
}

/** Rows of a page that a new word may still belong to: two columns side by side have at most that many open. */
const OPEN_ROWS = 6;

/** Words side by side, from left to right; rows from top to bottom. Dashes and specks join the rows that words make. */
function rowsOf(words: readonly PlacedWord[]): PlacedWord[][] {
  const rows: PlacedWord[][] = [];
  const byHeight = [...words].sort((a, b) => middle(a.box) - middle(b.box));
  for (const word of byHeight.filter(isText)) {
    const row = rows.slice(-OPEN_ROWS).findLast((candidate) => isBeside(candidate, word.box));
    if (row === undefined) rows.push([word]);
    else row.push(word);
  }
  for (const word of byHeight.filter((one) => !isText(one))) {
    const row = rows.find((candidate) => isBeside(candidate.filter(isText), word.box));
    if (row === undefined) rows.push([word]);
    else row.push(word);
  }
  return rows.map((row) => row.sort((a, b) => a.box[0] - b.box[0])).sort((a, b) => topOf(a) - topOf(b));
}

function isText(word: PlacedWord): boolean {
  return /[\p{L}\p{N}]/u.test(word.text);
}

function topOf(row: readonly PlacedWord[]): number {
  return Math.min(...row.map((word) => word.box[1]));
}

function middle(box: Box): number {
  return (box[1] + box[3]) / 2;
}

/**
 * Compared with the nearest word of the row: on a slanted page the far end of a row stands beside another one. Recognised
 * words have tight boxes ("sung" is lower than "Bộ", a dash is nearly flat), so what counts is how far they overlap.
 */
function isBeside(row: readonly PlacedWord[], box: Box): boolean {
  if (row.length === 0) return false;
  const away = (word: PlacedWord) => Math.max(word.box[0] - box[2], box[0] - word.box[2]);
  const near = row.reduce((best, word) => (away(word) < away(best) ? word : best)).box;
  const heights = [near[3] - near[1], box[3] - box[1]] as const;
  const overlap = Math.min(near[3], box[3]) - Math.max(near[1], box[1]);
  const close = Math.abs(middle(near) - middle(box)) < Math.max(Math.max(...heights) * 0.45, 0.002);
  return close && overlap >= Math.min(...heights) * 0.5;
}

/** Columns stand at least this far apart, in fractions of the page's width, when nothing else tells. */
const COLUMN_GAP = 0.035;
/** Beside a known column edge a smaller gap is enough. */
const EDGE_GAP = 0.012;

/** Left edge of the quốc hiệu block, the surest sign where the head's right column starts; null without one. */
function headBoundary(rows: readonly PlacedWord[][]): { x: number; bottom: number } | null {
  for (const row of rows) {
    const start = row.findIndex((_, index) => startsMotto(row.slice(index, index + 3)));
    const first = start < 0 ? undefined : row[start];
    if (first !== undefined && first.box[1] < 0.3 && first.box[0] > 0.25)
      return { x: first.box[0], bottom: first.box[1] + 0.14 };
  }
  return null;
}

function startsMotto(words: readonly PlacedWord[]): boolean {
  return fold(words.map((word) => word.text).join(' ')) === 'CONG HOA XA';
}

function splitRow(row: PlacedWord[], boundary: { x: number; bottom: number } | null): PlacedWord[][] {
  const parts: PlacedWord[][] = [];
  let part: PlacedWord[] = [];
  const edge = boundary !== null && (row[0]?.box[1] ?? 1) < boundary.bottom ? edgeOf(row, boundary.x) : -1;
  row.forEach((word, index) => {
    const before = row[index - 1];
    const gap = before === undefined ? 0 : word.box[0] - before.box[2];
    if (part.length > 0 && (gap > COLUMN_GAP || index === edge)) {
      parts.push(part);
      part = [];
    }
    part.push(word);
  });
  if (part.length > 0) parts.push(part);
  return parts.flatMap(splitAtMotto);
}

/** Index of the word that starts the right column: after the widest gap near the column's edge; -1 for none. */
function edgeOf(row: readonly PlacedWord[], x: number): number {
  let best = -1;
  let widest = EDGE_GAP;
  for (let index = 1; index < row.length; index++) {
    const start = row[index]!.box[0];
    const gap = start - row[index - 1]!.box[2];
    if (start > x - 0.06 && start < x + 0.3 && gap > widest) {
      widest = gap;
      best = index;
    }
  }
  return best;
}

/** A long agency name may touch the quốc hiệu. */
function splitAtMotto(part: PlacedWord[]): PlacedWord[][] {
  const start = part.findIndex((_, index) => index > 0 && startsMotto(part.slice(index, index + 3)));
  return start > 0 ? [part.slice(0, start), part.slice(start)] : [part];
}

function lineOf(words: readonly PlacedWord[], page: number): TextLine {
  const box = words.map((word) => word.box).reduce(unionOf);
  const letters = (of: readonly PlacedWord[]) => of.reduce((sum, word) => sum + word.text.length, 0);
  const share = (kind: 'bold' | 'italic') => letters(words.filter((word) => word[kind])) / letters(words);
  return {
    text: joined(words),
    box,
    bold: share('bold') > 0.5,
    italic: share('italic') > 0.5,
    stamped: words.some((word) => word.stamp),
    page,
    ...sureness(words),
  };
}

/** Marks and single letters are often misread without harm: the words tell how well the line was read. */
function sureness(words: readonly PlacedWord[]): { confidence?: number } {
  const read = words.flatMap((word) => (word.confidence === undefined ? [] : [word.confidence]));
  if (read.length === 0) return {};
  const long = words.flatMap(({ text, confidence }) =>
    confidence !== undefined && (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 2 ? [confidence] : [],
  );
  return { confidence: Math.min(...(long.length > 0 ? long : read)) };
}

/** With spaces, but not where two pieces of one word touch (bold and upright, stamp and print). */
function joined(words: readonly PlacedWord[]): string {
  return words
    .map((word, index) => {
      const before = words[index - 1];
      if (before === undefined) return word.text;
      const gap = word.box[0] - before.box[2];
      return gap < (word.box[3] - word.box[1]) * 0.08 ? word.text : ` ${word.text}`;
    })
    .join('');
}

function unionOf(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
