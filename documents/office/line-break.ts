/** One paragraph in a column → its printed lines, each in pieces where tabs or runs of spaces leave a wide gap. */
import type { Paragraph, Run, TabStop } from './flow.ts';
import { textWidth } from './text-width.ts';

/** What stands together in one line of one column; twips from the column's left edge. */
interface Piece {
  text: string;
  x0: number;
  x1: number;
  /** Letters in bold, in italics, and all letters. */
  bold: number;
  italic: number;
  letters: number;
}

export interface SetLine {
  pieces: Piece[];
  /** Of the largest letter, half points. */
  size: number;
  /** The next line starts a page. */
  pageBreak: boolean;
}

interface Word {
  text: string;
  run: Run;
  width: number;
  /** What stands before it: nothing, spaces, a tab or a break. */
  gap: 'none' | 'space' | 'tab' | 'line' | 'page';
  /** Width of the spaces before it, twips; number of tabs. */
  before: number;
}

/** Text may be this much wider than its column before it is broken: the widths are estimates, and a head's line is never wrapped. */
const TOLERANCE = 1.07;
const DEFAULT_TAB = 720;
/** Words of one line, and tabs in a row: more are no layout. */
const MAX_WORDS = 400;
const MAX_TABS = 40;
/** Pieces of one line stand at least this far apart, twips: more than one usual tab, about 0.065 of the page's width. */
const COLUMN_GAP = 780;
/** Where the writer set a tab stop for it, or typed a run of spaces, less is enough. */
const MEANT_GAP = 300;
/** A dash or number before its text ("-", "1.", "a)") is no column. */
const LABEL = /^(?:[-–+*•]|[\dIVXivx]{1,4}[.)]|\p{L}[.)])$/u;
/** A blank left for a number or a day is no column's edge. */
const BLANK_BEFORE = /(?:^|[\s(])(?:s[ốo]|ng[àa]y|th[áa]ng|n[ăa]m)\s*[:.]?$/iu;
const BLANK_AFTER = /^(?:\/|th[áa]ng\b|n[ăa]m\b)/iu;

/** `width` of the column in twips. An empty paragraph gives one line without pieces. */
export function setParagraph(paragraph: Paragraph, width: number): SetLine[] {
  const lines: SetLine[] = [];
  let words: Word[] = [];
  const usual = paragraph.runs[0]?.size ?? 26;
  let first = true;
  const finish = (pageBreak: boolean) => {
    const line = setLine(words, { paragraph, width, first, usual, pageBreak });
    const onlyBreak = pageBreak && first && words.length === 0;
    lines.push(onlyBreak ? { ...line, size: 0 } : line);
    first &&= onlyBreak;
    words = [];
  };
  let x = 0;
  for (const word of wordsOf(paragraph.runs)) {
    if (word.gap === 'line' || word.gap === 'page') {
      finish(word.gap === 'page');
      x = 0;
    }
    const room = width - paragraph.left - paragraph.right - (first ? paragraph.first : 0);
    const advance = (word.gap === 'tab' ? word.before * DEFAULT_TAB * 0.5 : word.before) + word.width;
    const isFull = word.gap === 'space' && words.length > 0 && x + advance > Math.max(room, 400) * TOLERANCE;
    if (isFull || words.length >= MAX_WORDS) {
      finish(false);
      x = 0;
    }
    if (word.text !== '') words.push(word);
    x += x === 0 ? word.width : advance;
  }
  finish(false);
  return lines;
}

function* wordsOf(runs: readonly Run[]): Generator<Word> {
  let gap: Word['gap'] = 'none';
  let before = 0;
  for (const run of runs) {
    for (const token of run.text.match(/[^\s\u00A0]+|[^\S\n\f\t]+|[\n\f\t]/gu) ?? []) {
      if (token === '\n' || token === '\f') {
        if (gap === 'line' || gap === 'page') yield { text: '', run, width: 0, gap, before: 0 };
        [gap, before] = [token === '\n' ? 'line' : 'page', 0];
      } else if (token === '\t') {
        if (gap === 'none' || gap === 'space') [gap, before] = ['tab', 0];
        before = Math.min(MAX_TABS, before + 1);
      } else if (token.trim() === '') {
        if (gap === 'none') gap = 'space';
        if (gap === 'space') before += textWidth(' '.repeat(token.length), run.size, false);
      } else {
        yield { text: token, run, width: textWidth(token, run.size, run.bold), gap, before };
        [gap, before] = ['none', 0];
      }
    }
  }
  if (gap === 'page' || gap === 'line') yield { text: '', run: runs.at(-1)!, width: 0, gap, before: 0 };
}

interface LineSetting {
  paragraph: Paragraph;
  width: number;
  first: boolean;
  usual: number;
  pageBreak: boolean;
}

function setLine(words: readonly Word[], setting: LineSetting): SetLine {
  const { paragraph, width, first, usual, pageBreak } = setting;
  const start = paragraph.left + (first ? paragraph.first : 0);
  const pieces: Piece[] = [];
  let x = start;
  words.forEach((word, index) => {
    const last = pieces.at(-1);
    const meant = word.gap === 'space' || paragraph.tabs.some((tab) => tab.at > x + 1);
    if (word.gap === 'tab') x = tabbed(x, word.before, paragraph.tabs, tailWidth(words, index));
    else if (word.gap === 'space') x += word.before;
    const joins =
      last !== undefined && (x - last.x1 < (meant ? MEANT_GAP : COLUMN_GAP) || isOne(last.text, word.text));
    if (joins) append(last, word, x);
    else pieces.push(append({ text: '', x0: x, x1: x, bold: 0, italic: 0, letters: 0 }, word, x));
    x += word.width;
  });
  shift(pieces, paragraph, width);
  const size = words.reduce((most, word) => Math.max(most, word.run.size), 0);
  return { pieces, size: size === 0 ? usual : size, pageBreak };
}

function isOne(before: string, after: string): boolean {
  return BLANK_BEFORE.test(before) || BLANK_AFTER.test(after) || LABEL.test(before);
}

function append(piece: Piece, word: Word, x: number): Piece {
  const space = piece.text !== '' && word.gap !== 'none' ? ' ' : '';
  piece.text += space + word.text;
  piece.x1 = x + word.width;
  const letters = word.text.length;
  piece.letters += letters;
  if (word.run.bold) piece.bold += letters;
  if (word.run.italic) piece.italic += letters;
  return piece;
}

/** Width of the words up to the next tab, which a centre or right tab stop shifts. */
function tailWidth(words: readonly Word[], from: number): number {
  let sum = 0;
  for (let index = from; index < words.length; index++) {
    const word = words[index]!;
    if (index > from && word.gap === 'tab') break;
    sum += word.width + (index > from ? word.before : 0);
  }
  return sum;
}

function tabbed(x: number, count: number, tabs: readonly TabStop[], tail: number): number {
  let at = x;
  for (let step = 0; step < count; step++) {
    const stop = tabs.find((one) => one.at > at + 1);
    if (stop === undefined) at = (Math.floor(at / DEFAULT_TAB) + 1) * DEFAULT_TAB;
    else if (step < count - 1 || stop.align === 'left') at = stop.at;
    else return Math.max(at, stop.at - (stop.align === 'center' ? tail / 2 : tail));
  }
  return at;
}

function shift(pieces: readonly Piece[], paragraph: Paragraph, width: number): void {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first === undefined || last === undefined || paragraph.align === 'left') return;
  const room = width - paragraph.right - last.x1;
  const by = paragraph.align === 'right' ? room : room / 2;
  for (const piece of pieces) {
    piece.x0 += by;
    piece.x1 += by;
  }
}
