/**
 * Where on the number line and the date line digits stand that nobody printed: between "Số:" and the slash, between
 * "ngày", "tháng" and "năm". Words are often run together with the handwriting ("ngàyÍ5tháng"): then the widths of the
 * letters in Times, the prescribed type (N30 PL I), tell where the printed part ends. Pure.
 */
import { fold } from '../../normalise.ts';
import type { Box } from '../../pdf-words.ts';
import type { PageWord } from '../page-text.ts';

export interface Gap {
  kind: 'number' | 'day' | 'month';
  /** Fractions of the page; digits stand in there and reach a little above and below. */
  box: Box;
  /** Height of the line's capitals and digits, fraction of the page's height. */
  capital: number;
  /** How many digits have room in it as they are printed. */
  room: number;
  /** Where the slash stands is a guess: it may be in the gap. */
  slash: boolean;
}

/** Widths in Times Italic and Times, in ems. */
const WIDTHS: Record<string, number> = { NGAY: 1.9, THANG: 2.25, NAM: 1.7 };
const NUMBER_LABEL = 1.33;
const DIGIT = 0.5;
const SLASH = 0.28;
/** Height of a capital or a digit, in ems. */
const CAPITAL = 0.67;
/** Capitals in Times that are not 0.7 wide. */
const NARROW: Record<string, number> = {
  B: 0.65,
  E: 0.61,
  F: 0.56,
  I: 0.33,
  J: 0.4,
  L: 0.61,
  M: 0.89,
  P: 0.56,
  S: 0.56,
  T: 0.61,
  W: 0.93,
  '-': 0.33,
};

/** `width` and `height` of the page in pixels: fractions across and down are of another length. */
export interface Sheet {
  width: number;
  height: number;
}

/** The gap of the number line; null when the words do not tell. */
export function numberGap(words: readonly PageWord[], symbol: string, sheet: Sheet): Gap | null {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return null;
  const alone = /^[^\d/]{2,4}[:.;,]$/.test(first.text.normalize('NFC'));
  const head = words.find((word) => /^\W*\/\s*\p{L}/u.test(word.text) && word.text.length > 3);
  const tail = symbolWidth(symbol);
  const em =
    head === undefined
      ? alone
        ? ((first.box[2] - first.box[0]) * sheet.width) / (NUMBER_LABEL - 0.1)
        : null
      : ((last.box[2] - head.box[0]) * sheet.width) / (tail + SLASH);
  const size =
    em ?? ((last.box[2] - first.box[0]) * sheet.width) / (tail + SLASH + NUMBER_LABEL + 4.2 * DIGIT);
  const left = first.box[0] + (NUMBER_LABEL * size) / sheet.width - (alone ? 0 : (0.02 * size) / sheet.width);
  const right = head?.box[0] ?? last.box[2] - ((tail + SLASH * 0.95) * size) / sheet.width;
  return gapOf(
    'number',
    [alone ? Math.max(left - (0.1 * size) / sheet.width, first.box[2]) : left, right],
    words,
    size,
    sheet,
    head === undefined,
  );
}

function symbolWidth(symbol: string): number {
  return [...symbol].reduce((sum, letter) => sum + (NARROW[letter] ?? 0.71), 0);
}

/** The gaps before "tháng" and before "năm" that the words leave. */
export function dateGaps(words: readonly PageWord[], sheet: Sheet): Gap[] {
  const size = sizeOf(words, sheet);
  const day = edge(words, 'NGAY', 'end', size / sheet.width);
  const month = [
    edge(words, 'THANG', 'start', size / sheet.width),
    edge(words, 'THANG', 'end', size / sheet.width),
  ];
  const year = edge(words, 'NAM', 'start', size / sheet.width);
  return [
    day === null || month[0] == null ? null : gapOf('day', [day, month[0]], words, size, sheet),
    month[1] == null || year === null ? null : gapOf('month', [month[1], year], words, size, sheet),
  ].filter((gap) => gap !== null);
}

/** Pixels of an em: the middle of what the clearly read words say that stand clear of the next. */
function sizeOf(words: readonly PageWord[], sheet: Sheet): number {
  const sizes = words.flatMap(({ text, box }, index) => {
    if (words.some((other, at) => at !== index && other.box[0] < box[2] && other.box[2] > box[0])) return [];
    const wide = /^(?:19|20)\d\d$/.test(text) ? 1.95 : WIDTHS[fold(text)];
    return wide === undefined ? [] : [((box[2] - box[0]) * sheet.width) / wide];
  });
  sizes.sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0.018 * sheet.width;
}

/** Where a printed word starts or ends, also when it is part of a longer one. */
function edge(words: readonly PageWord[], name: string, side: 'start' | 'end', em: number): number | null {
  const loose = LOOSE[name]!;
  const word = words.find((one) => loose.test(fold(one.text)));
  if (word === undefined) return null;
  const text = fold(word.text);
  const wide = WIDTHS[name]! * em;
  const [starts, ends] = [text.search(loose) <= 1, new RegExp(`${loose.source}$`).test(text)];
  const clean = text === name && word.box[2] - word.box[0] < wide * 1.15;
  if (clean) return side === 'start' ? word.box[0] : word.box[2];
  if (starts) return side === 'start' ? word.box[0] : word.box[0] + wide;
  if (ends) return side === 'start' ? word.box[2] - wide : word.box[2];
  // In the middle: "ngày5tháng01năm"; by its share of the letters.
  const middle =
    word.box[0] + ((word.box[2] - word.box[0]) * (text.search(loose) + name.length / 2)) / text.length;
  return side === 'start' ? middle - wide / 2 : middle + wide / 2;
}

const LOOSE: Record<string, RegExp> = { NGAY: /NG[AÀ]?[YV]/, THANG: /TH[AÁ]?NG/, NAM: /N[AĂ]M/ };

function gapOf(
  kind: Gap['kind'],
  [left, right]: [number, number],
  words: readonly PageWord[],
  size: number,
  sheet: Sheet,
  slash = false,
): Gap | null {
  const bottoms = words.map((word) => word.box[3]).sort((a, b) => a - b);
  const capital = (CAPITAL * size) / sheet.height;
  const tops = words.filter((word) => /^[\p{Lu}/]/u.test(word.text)).map((word) => word.box[1]);
  // Letters with tails ("g", "y", "Q") reach below the line the digits stand on.
  const foot = Math.min(bottoms[0]!, tops.length > 0 ? Math.max(...tops) + capital * 1.25 : bottoms[0]!);
  const room = ((right - left) * sheet.width) / (DIGIT * size);
  if (room < 0.8) return null;
  return { kind, box: [left, foot - capital, right, foot], capital, room, slash };
}
