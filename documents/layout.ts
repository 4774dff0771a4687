/**
 * Words → lines in reading order. Official documents have a two-column head (agency | quốc hiệu) and a two-column foot
 * (Nơi nhận | signer) that plain text extraction runs together (DOMAIN 4.2): a line ends where the gap is wide.
 */
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
}

/** Lines of one page from top to bottom; of two side by side the left one comes first. */
export function linesOfWords(words: readonly PdfWord[], page: number): TextLine[] {
  const rows = rowsOf(words);
  const boundary = headBoundary(rows);
  return rows
    .flatMap((row) => splitRow(row, boundary))
    .map((part) => lineOf(part, page))
    .sort((a, b) => (sameRow(a.box, b.box) ? a.box[0] - b.box[0] : a.box[1] - b.box[1]));
}

/** Words whose middles lie within each other's height, from left to right. */
function rowsOf(words: readonly PdfWord[]): PdfWord[][] {
  const rows: { box: Box; words: PdfWord[] }[] = [];
  for (const word of [...words].sort((a, b) => middle(a.box) - middle(b.box))) {
    const row = rows.findLast((candidate) => sameRow(candidate.box, word.box));
    if (row === undefined) rows.push({ box: word.box, words: [word] });
    else row.words.push(word);
  }
  return rows.map((row) => row.words.sort((a, b) => a.box[0] - b.box[0]));
}

function middle(box: Box): number {
  return (box[1] + box[3]) / 2;
}

/** Compared with the first word of a row, so that rows do not creep down a slanted page. */
function sameRow(a: Box, b: Box): boolean {
  const height = Math.min(a[3] - a[1], b[3] - b[1]);
  return Math.abs(middle(a) - middle(b)) < Math.max(height * 0.45, 0.002);
}

/** Columns stand at least this far apart, in fractions of the page's width, when nothing else tells. */
const COLUMN_GAP = 0.035;
/** Beside a known column edge a smaller gap is enough. */
const EDGE_GAP = 0.012;

/** Left edge of the quốc hiệu block, the surest sign where the head's right column starts; null without one. */
function headBoundary(rows: readonly PdfWord[][]): { x: number; bottom: number } | null {
  for (const row of rows) {
    const start = row.findIndex((_, index) => startsMotto(row.slice(index, index + 3)));
    const first = start < 0 ? undefined : row[start];
    if (first !== undefined && first.box[1] < 0.3 && first.box[0] > 0.25)
      return { x: first.box[0], bottom: first.box[1] + 0.14 };
  }
  return null;
}

function startsMotto(words: readonly PdfWord[]): boolean {
  return /^CỘNG H(?:ÒA|OÀ) XÃ$/u.test(words.map((word) => word.text.toUpperCase()).join(' '));
}

function splitRow(row: PdfWord[], boundary: { x: number; bottom: number } | null): PdfWord[][] {
  const parts: PdfWord[][] = [];
  let part: PdfWord[] = [];
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
function edgeOf(row: readonly PdfWord[], x: number): number {
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
function splitAtMotto(part: PdfWord[]): PdfWord[][] {
  const start = part.findIndex((_, index) => index > 0 && startsMotto(part.slice(index, index + 3)));
  return start > 0 ? [part.slice(0, start), part.slice(start)] : [part];
}

function lineOf(words: readonly PdfWord[], page: number): TextLine {
  const box = words.map((word) => word.box).reduce(unionOf);
  const letters = (of: readonly PdfWord[]) => of.reduce((sum, word) => sum + word.text.length, 0);
  const share = (kind: 'bold' | 'italic') => letters(words.filter((word) => word[kind])) / letters(words);
  return {
    text: joined(words),
    box,
    bold: share('bold') > 0.5,
    italic: share('italic') > 0.5,
    stamped: words.some((word) => word.stamp),
    page,
  };
}

/** With spaces, but not where two pieces of one word touch (bold and upright, stamp and print). */
function joined(words: readonly PdfWord[]): string {
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
