/** Dates on documents: the place-and-date line of ô 4, and short forms in running text (DOMAIN 4.3). */
import { normalise } from './normalise.ts';

export interface PlaceAndDate {
  /** Địa danh as written; null when the line has only the date. */
  place: string | null;
  /** ISO date; null with BLANK_DATE or IMPOSSIBLE_DATE. */
  date: string | null;
  /** Year and month where only the day is missing: "2025-05". */
  partial: string | null;
  /** The phrase as it stood, after normalisation. */
  raw: string;
  /** BLANK_DATE: day, month or year not filled in. IMPOSSIBLE_DATE: 31/02. OCR_DIGITS: O read as 0, l as 1. */
  flags: ('BLANK_DATE' | 'IMPOSSIBLE_DATE' | 'OCR_DIGITS')[];
}

/** No real line is longer; guards the patterns. */
const MAX_LINE = 400;

const BLANK = "[-.,…_'’\\s]{0,20}";
/** Digits, or letters that OCR makes of them. */
const DIGIT = '[0-9OoØIl|\\]]';
const PLACE = "(?<place>\\p{Lu}[\\p{L}\\p{N} .\\-'’]{1,60}?)";
const MONTH = [
  `[Tt][Hh][áaảâÁAẢÂ][Nn][Gg]\\s*${BLANK}(?<m>${DIGIT}{1,2})?${BLANK}`,
  `[Nn][ăâaĂÂA][Mm]\\s*${BLANK}(?<y>${DIGIT}{4}(?![0-9])|${DIGIT}{1,2}(?=[.…_\\s]|$))?`,
].join('');
const DATE = `[Nn][Gg][àaảâÀAẢÂ][yY]\\s*${BLANK}(?<d>${DIGIT}{1,2})?${BLANK}${MONTH}`;
/** A day written in by hand that no recogniser made sense of: "Hà Nội, ngày 2# tháng 01 năm 2021". */
const NO_DAY = new RegExp(`^${PLACE}\\s*[,.;]\\s*.{0,14}?${MONTH}`, 'u');
const LINE = new RegExp(`^(?:${PLACE}\\s*[,.;]\\s*)?${DATE}`, 'u');
/** Two columns read as one line: the place is the run of capitalised words right before ", ngày". */
const IN_LINE = new RegExp(
  `(?<place>\\p{Lu}[\\p{L}\\p{N}'’]*(?:(?: - | |-)(?:\\p{Lu}[\\p{L}'’]*|\\d{1,2}|phố)){0,5})\\s*[,.;]\\s*${DATE}`,
  'u',
);

/** "Căn cứ Luật …, ngày …" names another document. */
const REFERENCE = /^(?:Căn cứ|Theo|Thực hiện|Xét|Ban hành|Kèm theo)(?![\p{L}])/iu;

/**
 * Reads "Gia Lai, ngày 01 tháng 7 năm 2016", also behind a số/ký hiệu on the same line. Null when the line does not hold
 * such a phrase; a phrase without its numbers is a value with flags.
 */
export function parsePlaceAndDate(line: string): PlaceAndDate | null {
  const text = normalise(line).slice(0, MAX_LINE);
  const match = LINE.exec(text) ?? IN_LINE.exec(afterNumber(text)) ?? NO_DAY.exec(text);
  if (match?.groups === undefined) return null;
  const { place, d, m, y } = match.groups;
  if (place !== undefined && REFERENCE.test(place)) return null;
  return { place: place?.trim() ?? null, raw: match[0].trim(), ...dateOf(d, m, y) };
}

/** Without the số/ký hiệu that the left column put before the place. */
function afterNumber(text: string): string {
  return text.replace(/^S[ốóôoồổ] ?[:.]? ?(?:\S+ )?\S*\/\S+ /iu, '');
}

function dateOf(
  d: string | undefined,
  m: string | undefined,
  y: string | undefined,
): Pick<PlaceAndDate, 'date' | 'partial' | 'flags'> {
  if (d === undefined || m === undefined || y?.length !== 4)
    return { date: null, partial: monthOf(m, y), flags: ['BLANK_DATE'] };
  const flags: PlaceAndDate['flags'] = LETTERS_FOR_DIGITS.test(d + m + y) ? ['OCR_DIGITS'] : [];
  const date = isoDate(toNumber(y), toNumber(m), toNumber(d));
  return date === null
    ? { date, partial: monthOf(m, y), flags: ['IMPOSSIBLE_DATE', ...flags] }
    : { date, partial: null, flags };
}

const LETTERS_FOR_DIGITS = /[OoØIl|\]]/;

function toNumber(digits: string): number {
  return Number(digits.replace(/[OoØ]/g, '0').replace(/[Il|\]]/g, '1'));
}

/** "2025-05"; null without a month or a whole year. */
function monthOf(m: string | undefined, y: string | undefined): string | null {
  if (m === undefined || y?.length !== 4) return null;
  const [year, month] = [toNumber(y), toNumber(m)];
  return isoDate(year, month, 1)?.slice(0, 7) ?? null;
}

/** ISO date of a day that exists; null otherwise. Years 1945–2199: the agencies' documents start with the State. */
function isoDate(year: number, month: number, day: number): string | null {
  if (year < 1945 || year > 2199) return null;
  const at = new Date(Date.UTC(year, month - 1, day));
  const exists = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return exists ? at.toISOString().slice(0, 10) : null;
}

export interface FoundDate {
  /** ISO date. */
  date: string;
  raw: string;
  /** Offset into `normalise(text)`. */
  start: number;
}

const ANY_DATE =
  /ng[àaảâ]y (?<d>\d{1,2}) ?th[áaảâ]ng ?(?<m>\d{1,2}) ?n[ăâa]m ?(?<y>\d{4})(?!\d)|(?<![\d./-])(?<d2>\d{1,2})(?<sep>[./-])(?<m2>\d{1,2})\k<sep>(?<y2>(?:19|20|21)\d\d)(?![\d/]|[.-]\d)/giu;
const MAX_DATES = 200;
const MAX_TEXT = 2_000_000;

/** Every date of a text, long ("ngày 22 tháng 10 năm 2018") and short ("09/7/2013", "22-10-2018", "08.8.2013"). */
export function findDates(text: string): FoundDate[] {
  const found: FoundDate[] = [];
  for (const match of normalise(text.slice(0, MAX_TEXT)).matchAll(ANY_DATE)) {
    const { d, d2, m, m2, y, y2 } = match.groups ?? {};
    const date = isoDate(Number(y ?? y2), Number(m ?? m2), Number(d ?? d2));
    if (date !== null) found.push({ date, raw: match[0], start: match.index });
    if (found.length >= MAX_DATES) break;
  }
  return found;
}

/** Vowels of "ngày", "tháng", "năm" with any mark; what stands between them was written in by hand. */
const BY_HAND =
  /^(?<place>.*?)[\s,.;:]*(?:ng\p{L}{1,2}\.?(?<d>[^\p{L}]{0,8}?|.{0,4}?))?\s*th\p{L}ng(?<m>.{1,6}?)n\p{L}m\s*(?<y>[\dOoIl\]]{4})/iu;
const HAND_PLACE = /^(?:\p{Lu}|\d\p{L}\.)[\p{L}\p{N} .'’-]{1,40}$/u;

/**
 * A place-and-date line that a machine recognised: its day or month may be no number at all ("ngày 2# tháng 0]"). What is
 * a day and a month for sure is taken; the rest is missing. Null when it is no such line.
 */
export function recognisedPlaceAndDate(line: string): PlaceAndDate | null {
  const text = normalise(line).slice(0, MAX_LINE);
  const found = BY_HAND.exec(text);
  if (found?.groups === undefined || REFERENCE.test(text)) return null;
  const { place = '', d, m, y } = found.groups;
  const name = place.replace(/[\s,.;:\d]+$/u, '').trim();
  const read = dateOf(dayByHand(handDigits(d)), handDigits(m), y);
  const flags: PlaceAndDate['flags'] = read.flags.includes('OCR_DIGITS')
    ? read.flags
    : [...read.flags, 'OCR_DIGITS'];
  return { place: HAND_PLACE.test(name) ? name : null, raw: found[0].trim(), ...read, flags };
}

/** A one with a hook or a dot over it; a seven with its stroke. */
const ONE_BY_HAND = /[ÍÌÎÏĨỊỈ]/g;
const SEVEN_BY_HAND = /[T†]/g;

function handDigits(text: string | undefined): string | undefined {
  const tight = (text ?? '')
    .replace(/[\s.,_…'’-]/g, '')
    .replace(ONE_BY_HAND, '1')
    .replace(SEVEN_BY_HAND, '7');
  return new RegExp(`^${DIGIT}{1,2}$`, 'u').test(tight) ? tight : undefined;
}

/** No day has forty in it: the four is a one with a long hook. */
function dayByHand(day: string | undefined): string | undefined {
  return day?.replace(/^4(?=\d$)/, '1');
}
