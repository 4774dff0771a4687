/** Số, ký hiệu (ô 3): label, grammar and zone (DOMAIN 4.3). */
import { editDistance } from './edit-distance.ts';
import type { PageHead } from './field-head.ts';
import { atMost, fromLines, nothing, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import { type NumberOptions, parseNumber } from './number.ts';
import { numberLine } from './number-line.ts';
import type { DocumentNumber, Found } from './types.ts';
import type { DocumentType } from './types-list.ts';

const LABEL = /^(?:Luật |Nghị quyết |Pháp lệnh )?S[ốóôoồổ]\s*[:.]?\s*/iu;

export interface NumberReading {
  numberAndSymbol: Found<DocumentNumber>;
  /** Số alone, as printed. */
  number: Found<string>;
  /** Ký hiệu alone; a draft has one without a number. */
  symbol: Found<string>;
  /** "Số:     /QĐ-UBND": printed without a number, or written in by hand. */
  blank: boolean;
  /** The line of ô 3, for telling what stands above and below it. */
  line: TextLine | null;
}

/** Only the head counts: what stands in the body is a reference to another document. */
export function readNumber(head: PageHead, options: NumberOptions = {}): NumberReading {
  const lines = [...head.left, ...head.right];
  const labelled = lines.filter((line) => LABEL.test(normalise(line.text)) || isMisread(line));
  for (const line of labelled) {
    const inZone = head.left.includes(line);
    const reading = readLine(line, inZone ? 0.97 : 0.85, options);
    if (reading !== null) return reading;
  }
  for (const line of lines) {
    const number = parseNumber(normalise(line.text), options);
    if (number?.number == null) continue;
    return complete(number, line, head.left.includes(line) ? 0.8 : 0.65);
  }
  const label = labelled[0];
  if (label === undefined) return NOTHING;
  return {
    ...NOTHING,
    numberAndSymbol: fromLines<DocumentNumber>(null, [label], 0.6),
    blank: BLANK.test(normalise(label.text)),
    line: label,
  };
}

const NOTHING: NumberReading = {
  numberAndSymbol: nothing(),
  number: nothing(),
  symbol: nothing(),
  blank: false,
  line: null,
};

const BLANK = /^S[ốóôoồổ]\s*[:.]?[\s.…_]*\//iu;

/** "Sö:", "S6:", "5ố": what a recogniser makes of the label; the symbol after it must be one. */
function isMisread(line: TextLine): boolean {
  return recognised([line]) !== null && numberLine(line.text) !== null;
}

function readLine(line: TextLine, sure: number, options: NumberOptions): NumberReading | null {
  const text = normalise(line.text);
  const parsed = parseNumber(text, options);
  // A letter behind a recognised number is a digit written in by hand ("8q"), not a suffix.
  const number = parsed !== null && parsed.suffix !== null && recognised([line]) !== null ? null : parsed;
  if (number?.number != null && !number.flags.includes('NO_NUMBER'))
    return complete(number, line, Math.min(sure, sureness(number)));
  const pieces = numberLine(text);
  if (number === null && pieces === null) return null;
  const again = pieces?.digits ? parseNumber(`${pieces.digits}/${pieces.symbol}`, options) : null;
  if (again?.number != null) return complete({ ...again, raw: line.text }, line, 0.8);
  const symbol = pieces?.symbol ?? symbolOf(number!);
  return {
    numberAndSymbol: fromLines<DocumentNumber>(null, [line], 0.8),
    number: fromLines<string>(null, [line], 0.8),
    symbol: fromLines(symbol, [line], number === null ? 0.8 : sureness(number)),
    blank: pieces === null || pieces.blank,
    line,
  };
}

/** A number is often written in by hand: recognised, it is never sure by itself (two sources may make it so). */
const RECOGNISED_NUMBER = 0.6;
/** The symbol is printed, but a recogniser loses strokes. */
const RECOGNISED_SYMBOL = 0.89;

function complete(number: DocumentNumber, line: TextLine, sure: number): NumberReading {
  const read = recognised([line]) !== null;
  const numberAndSymbol = atMost(fromLines(number, [line], sure), read ? RECOGNISED_NUMBER : 1);
  return {
    numberAndSymbol,
    number: { ...numberAndSymbol, value: numberOf(number) },
    symbol: atMost(fromLines(symbolOf(number), [line], sure), read ? RECOGNISED_SYMBOL : 1),
    blank: false,
    line,
  };
}

/** "05" of "05/CT-UBND", "178" of "178-CV/VPTU". */
export function numberOf(number: DocumentNumber): string | null {
  return /^[^-/\s]*\d[^-/\s]*(?: bis)?/.exec(number.canonical)?.[0] ?? null;
}

/** "CT-UBND" of "05/CT-UBND", also where a year stands between: "09/2010/QĐ-UBND". */
export function symbolOf(number: DocumentNumber): string {
  const rest = number.canonical.slice((numberOf(number) ?? '').length).replace(/^[^\p{L}\d]+/u, '');
  return number.year === null ? rest : rest.replace(/^(?:19|20)\d\d\//, '');
}

/** The issuer's initials stand in its symbol: "QĐ-RGDĐT" of the BỘ GIÁO DỤC VÀ ĐÀO TẠO is QĐ-BGDĐT. */
export function agreeWithAgency(reading: NumberReading, agency: string | null): NumberReading {
  const { symbol } = reading;
  const groups = (symbol.value ?? '').split('-');
  const short = initialsOf(agency ?? '');
  if (symbol.method !== 'ocr' || groups.length < 2 || short.length < 3 || groups.includes(short))
    return reading;
  const near = groups.findIndex(
    (group) => group.length >= 3 && editDistance(fold(group), fold(short), 1) <= 1,
  );
  if (near < 0) return reading;
  return withSymbol(reading, groups.with(near, short).join('-'));
}

/** Title and issuer, read elsewhere on the page, both say what the symbol says: then it is sure. */
export function confirmSymbol(
  reading: NumberReading,
  title: DocumentType | null,
  agency: string | null,
): NumberReading {
  const { symbol } = reading;
  const [first = '', ...rest] = (symbol.value ?? '').split('-');
  if (symbol.method !== 'ocr') return reading;
  const own = [
    initialsOf(agency ?? ''),
    /^[UỦ][ỶY] BAN NHÂN DÂN|^UBND/u.test(agency ?? '') ? 'UBND' : '',
  ].filter((one) => one !== '');
  const agrees =
    title === null ? own.includes(first) : title.abbr === first && rest.some((group) => own.includes(group));
  return agrees
    ? { ...reading, symbol: { ...symbol, confidence: Math.max(symbol.confidence, CONFIRMED) } }
    : reading;
}

const CONFIRMED = 0.93;

/** SỞ NỘI VỤ is SNV, BỘ GIÁO DỤC VÀ ĐÀO TẠO is BGDĐT: a ministry or a department by its initials, without "và". */
function initialsOf(agency: string): string {
  if (!/^(?:SỞ|BỘ) /u.test(agency)) return '';
  const words = agency.split(/[\s,–-]+/u).filter((word) => word !== 'VÀ' && word !== '');
  return words.map((word) => word[0]).join('');
}

/**
 * The title names the type too: a recognised symbol that begins with another one, a letter off, begins with the title's
 * ("IB-SYT" under THÔNG BÁO is TB-SYT).
 */
export function agreeWithTitle(reading: NumberReading, title: DocumentType | null): NumberReading {
  const { symbol } = reading;
  const [first = '', ...rest] = (symbol.value ?? '').split('-');
  if (symbol.method !== 'ocr' || title === null || title.abbr === null || rest.length === 0) return reading;
  if (first === title.abbr || editDistance(fold(first), fold(title.abbr), 1) > 1) return reading;
  return withSymbol(reading, [title.abbr, ...rest].join('-'));
}

function withSymbol(reading: NumberReading, value: string): NumberReading {
  const { symbol, number, numberAndSymbol } = reading;
  const again = number.value === null ? null : parseNumber(`${number.value}/${value}`);
  const raw = numberAndSymbol.raw ?? again?.raw ?? '';
  return {
    ...reading,
    symbol: { ...symbol, value },
    numberAndSymbol: again === null ? numberAndSymbol : { ...numberAndSymbol, value: { ...again, raw } },
  };
}

/** Flags that mean: the reader had to guess. */
const GUESSES = new Set([
  'SUFFIX',
  'SUSPECT_DIGIT',
  'ORG_REPAIRED',
  'STROKE_RESTORED',
  'DOT_SEPARATOR',
  'NO_ORG',
]);

function sureness(number: DocumentNumber): number {
  return number.flags.some((flag) => GUESSES.has(flag)) ? 0.88 : 0.97;
}
