/**
 * The words of the number line and the date line with what the digit network reads there. Two recognisers that agree are
 * surer than one; where they differ the one that has reason to is believed, and neither is sure.
 */
import { parsePlaceAndDate, recognisedPlaceAndDate } from '../../dates.ts';
import { linesOfWords, type TextLine } from '../../layout.ts';
import { fold } from '../../normalise.ts';
import { numberLine } from '../../number-line.ts';
import type { Box } from '../../pdf-words.ts';
import { type Inks, overlaid } from '../ink.ts';
import type { PageWord } from '../page-text.ts';
import type { GreyImage } from '../picture.ts';
import { dateGaps, type Gap, numberGap } from './gaps.ts';
import { type DigitReading, readGap } from './read-gap.ts';

/** Number and date stand in this share of page 1. */
const HEAD_SHARE = 0.33;
/** Both recognisers say the same: likely, never certain. */
const AGREED = 0.75;
/** Only the network made sense of it. */
const ALONE = 0.4;
/** They differ. */
const DIFFER = 0.25;
/** A mean of the network from which it is believed where nobody else reads a number, and against another reading. */
const ENOUGH = 0.4;
const AGAINST = 0.55;
/** Words the first engine is surer of are print: it reads print better. */
const PRINTED = 0.71;

/** `words` of page 1 with those two lines put right. Pure but for the weights, which are read once. */
export function withHandDigits(words: readonly PageWord[], inks: Inks): PageWord[] {
  const lines = linesOfWords(
    words.filter((word) => word.box[1] < HEAD_SHARE),
    1,
  );
  const ink = (): GreyImage => (inks.blue === null ? inks.print : overlaid(inks.print, inks.blue));
  const number = lines.find((line) => line.box[0] < 0.45 && numberLine(line.text) !== null);
  const date = lines.find((line) => line.box[0] > 0.3 && DATE.test(fold(line.text)));
  if (number === undefined && date === undefined) return [...words];
  const sheet = ink();
  let all = [...words];
  if (number !== undefined) all = replaced(all, number, (own) => numberWords(own, number, sheet));
  if (date !== undefined) all = replaced(all, date, (own) => dateWords(own, date, sheet));
  return all;
}

const DATE = /NG.{1,12}TH.?NG.{0,8}N.?M/;

function replaced(
  all: readonly PageWord[],
  line: TextLine,
  work: (own: PageWord[]) => PageWord[] | null,
): PageWord[] {
  const own = all.filter((word) => isWithin(word.box, line.box)).sort((a, b) => a.box[0] - b.box[0]);
  const fresh = own.length === 0 ? null : work(own);
  return fresh === null ? [...all] : [...all.filter((word) => !own.includes(word)), ...fresh];
}

function isWithin(box: Box, line: Box): boolean {
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return x >= line[0] && x <= line[2] && y >= line[1] && y <= line[3];
}

interface Choice {
  digits: string;
  confidence: number;
}

/** What is believed of two readings; null when there is none. */
export function chosen(first: string | null, confidence: number, second: DigitReading | null): Choice | null {
  if (second === null || second.sure < ENOUGH) return first === null ? null : { digits: first, confidence };
  if (first === null) return { digits: second.digits, confidence: ALONE };
  if (Number(first) === Number(second.digits))
    return { digits: second.digits, confidence: Math.max(confidence, AGREED) };
  if (confidence >= PRINTED || second.sure < AGAINST)
    return { digits: first, confidence: confidence >= PRINTED ? confidence : Math.min(confidence, DIFFER) };
  return { digits: second.digits, confidence: DIFFER };
}

/** "Số: 05" and "/CT-UBND" as two words; null where nothing is gained. */
function numberWords(own: readonly PageWord[], line: TextLine, page: GreyImage): PageWord[] | null {
  const read = numberLine(line.text);
  const gap = read === null ? null : numberGap(own, read.symbol, page);
  if (read === null || gap === null) return null;
  const unsure = own.filter((word) => /\d/.test(word.text)).map((word) => word.confidence);
  const confidence = unsure.length === 0 ? 0 : Math.min(...unsure);
  const choice = chosen(read.digits, confidence, readGap(page, gap));
  if (choice === null) return null;
  const symbol = own.findLast((word) => /^\W*\//.test(word.text)) ?? own.at(-1)!;
  const edge = Math.min(gap.box[2], line.box[2]);
  return [
    made(`Số: ${choice.digits}`, [line.box[0], line.box[1], edge, line.box[3]], own[0]!, choice.confidence),
    made(`/${read.symbol}`, [edge, line.box[1], line.box[2], line.box[3]], symbol, symbol.confidence),
  ];
}

/** Place, "ngày 05", "tháng 01" and the year; null where nothing is gained. */
function dateWords(own: readonly PageWord[], line: TextLine, page: GreyImage): PageWord[] | null {
  const gaps = dateGaps(own, page);
  const [day, month] = [gaps.find((gap) => gap.kind === 'day'), gaps.find((gap) => gap.kind === 'month')];
  const year = own.find((word) => /(?:19|20)\d\d\W*$/.test(word.text));
  if (day === undefined || month === undefined || year === undefined) return null;
  const { d, m } = partsOf(line.text);
  const days = chosen(d, confidenceIn(own, day), readGap(page, day));
  const months = chosen(m, confidenceIn(own, month), readGap(page, month));
  if (days === null || months === null) return null;
  const start = own.findIndex((word) => /NG[AÀ]?[YV]/.test(fold(word.text)));
  if (start < 0) return null;
  const first = own[start]!;
  const middle = day.box[2] + 0.001;
  const [top, bottom] = [line.box[1], line.box[3]];
  const before = /^(.*?)\s*ng\p{L}/iu.exec(first.text)?.[1] ?? '';
  return [
    ...own.slice(0, start),
    made(
      `${before === '' ? '' : `${before} `}ngày ${days.digits}`,
      [first.box[0], top, day.box[2], bottom],
      first,
      days.confidence,
    ),
    made(`tháng ${months.digits}`, [middle, top, month.box[2], bottom], first, months.confidence),
    made(
      `năm ${year.text.match(/(?:19|20)\d\d/)![0]}`,
      [month.box[2] + 0.001, top, line.box[2], bottom],
      year,
      year.confidence,
    ),
  ];
}

/** Day and month as the lines' own rules read them. */
function partsOf(text: string): { d: string | null; m: string | null } {
  const printed = parsePlaceAndDate(text);
  const read = printed?.date != null ? printed : (recognisedPlaceAndDate(text) ?? printed);
  const [, m = null, d = null] = (read?.date ?? read?.partial ?? '').split('-');
  return { d, m };
}

/** Of the words that reach into a gap. */
function confidenceIn(words: readonly PageWord[], { box }: Gap): number {
  const there = words.filter((word) => Math.min(word.box[2], box[2]) - Math.max(word.box[0], box[0]) > 0.004);
  return there.length === 0 ? 0 : Math.min(...there.map((word) => word.confidence));
}

function made(text: string, box: Box, like: PageWord, confidence: number): PageWord {
  return { ...like, text, box, confidence };
}
