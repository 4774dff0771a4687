/** The grammar of số, ký hiệu (DOMAIN 5.1): one string from a label or a zone, to its parts. */
import { fold, normalise, stripMarks } from './normalise.ts';
import { readSymbol, type SymbolHints } from './number-symbol.ts';
import { typeByName } from './type-names.ts';
import type { DocumentNumber } from './types.ts';
import { PARTY_TYPES, STATE_TYPES } from './types-list.ts';

export type NumberOptions = SymbolHints;

/** The longest real ones have some forty characters (liên tịch); a longer string is not a số/ký hiệu. */
const MAX_LENGTH = 120;
const MAX_GROUPS = 8;

/** "Số:", "Luật số:", "Quyết định số"; OCR's "Só", "Sô", "Sồ", "Sổ". */
const LABEL = /^(?:(\p{L}[\p{L} ]{1,40}?) )?s[ốóôoồổ](?: ?[:.]| (?=[\d./…_])|(?=\d)) ?/iu;
const NUMBER = /^(\d{1,6})(?:([a-zđ])| ?(bis))?$/i;
const YEAR = /^(?:19|20)\d\d$/;
const GROUP = /^\p{L}[\p{L}\p{N}&+.]{0,23}$/u;
/** Tone marks never stand in an abbreviation; the hats and horns of Ă Â Ê Ô Ơ Ư do. */
const TONE_MARK = /[\u0300\u0301\u0303\u0309\u0323]/;
const BLANK = /^[.…_ ]*$/;
const LEGACY_ORGS = new Set(['CP', 'HĐBT', 'TTg', 'HĐNN', 'UB']);

interface NumberPart {
  printed: string;
  number: number | null;
  suffix: string | null;
}

/**
 * Reads one số/ký hiệu: state, legal normative, Party, copy, old orders, or not yet numbered. Null when the string is
 * none. The string must come from a label, a zone or a person: running text gives false hits (see findNumbers).
 */
export function parseNumber(input: string, options: NumberOptions = {}): DocumentNumber | null {
  if (input.length > MAX_LENGTH) return null;
  const cleaned = clean(input);
  if (cleaned === null) return null;
  const parsed =
    parseParty(cleaned.text) ?? parseOldOrders(cleaned.text) ?? parseState(cleaned.text, options);
  if (parsed === null) return null;
  const changed = cleaned.labelled || normalise(input).trim() !== input.normalize('NFC').trim();
  const flags = changed ? [...parsed.flags, 'NORMALIZED'] : parsed.flags;
  return { raw: input, ...parsed, flags: [...new Set(flags)] };
}

/** Label, marks and the end of a sentence off; spaces around "/" and "-" out. Null when nothing can be left. */
function clean(input: string): { text: string; labelled: boolean } | null {
  const line = stripMarks(normalise(input)).trim();
  if (line.includes('\n')) return null;
  const label = LABEL.exec(line);
  if (label?.[1] !== undefined && typeByName(label[1]) === null) return null;
  const text = line
    .slice(label?.[0].length ?? 0)
    .replace(/ ?([/-]) ?/g, '$1')
    .replace(/[.,;:]+$/, '')
    .trim();
  return text === '' ? null : { text, labelled: label !== null };
}

type Parsed = Omit<DocumentNumber, 'raw'>;

/** `36-HD/VPTW`, `178-CV/VPTU-TH`: the Party and the mass organisations (rule 8). */
function parseParty(text: string): Parsed | null {
  const match = /^([^-/]+)-(\p{L}{2,4})\/(.+)$/u.exec(text);
  const number = readNumber(match?.[1] ?? '');
  if (match === null || number === null || number.number === null) return null;
  const wanted = (match[2] ?? '').toUpperCase();
  const type = PARTY_TYPES.find(({ abbr }) => abbr?.toUpperCase() === wanted);
  const groups = splitGroups(match[3] ?? '');
  if (type?.abbr === undefined || type.abbr === null || groups === null) return null;
  const [org = '', ...units] = groups;
  const symbol = `${type.abbr}/${groups.join('-')}`;
  return {
    ...partsOf(number, null),
    canonical: `${number.printed}-${symbol}`,
    key: makeKey(number, null, symbol, '-'),
    family: 'party',
    type: type.abbr,
    typeName: type.name,
    org,
    unit: units.join('-') || null,
    flags: [...suffixFlags(number), ...(match[2] === type.abbr ? [] : ['CASE_FIXED'])],
  };
}

/** `26/CP`, `26-CP`, `695 QĐ/UB`: orders of writing from before 2004. */
function parseOldOrders(text: string): Parsed | null {
  const bare = /^(\d{1,6})([/ -])(\p{L}{2,4})$/u.exec(text);
  if (bare !== null && LEGACY_ORGS.has(bare[3] ?? '')) {
    const [, digits = '', separator = '/', org = ''] = bare;
    return legacy(digits, separator, { type: null, typeName: null, org, flag: 'LEGACY_NO_TYPE' });
  }
  const ordered = /^(\d{1,6})([/ ])(\p{L}{2,4})\/(\p{L}[\p{L}\p{N}&+.-]{0,40})$/u.exec(text);
  if (ordered === null) return null;
  const [, digits = '', separator = ' ', abbr = '', rest = ''] = ordered;
  const type = oldType(abbr);
  const groups = splitGroups(rest);
  if (type === null || groups === null) return null;
  return legacy(digits, separator, { ...type, org: groups.join('-'), flag: 'LEGACY_ORDER' });
}

function oldType(abbr: string): { type: string; typeName: string } | null {
  if (abbr.toUpperCase() === 'CV') return { type: 'CV', typeName: 'Công văn' };
  const type = STATE_TYPES.find((candidate) => candidate.abbr?.toUpperCase() === abbr.toUpperCase());
  return type?.abbr ? { type: type.abbr, typeName: type.name } : null;
}

function legacy(
  digits: string,
  separator: string,
  of: { type: string | null; typeName: string | null; org: string; flag: string },
): Parsed | null {
  const number = readNumber(digits);
  if (number === null) return null;
  const symbol = of.type === null ? of.org : `${of.type}/${of.org}`;
  const [org = '', ...units] = of.org.split('-');
  return {
    ...partsOf(number, null),
    canonical: `${digits}${separator}${symbol}`,
    key: makeKey(number, null, symbol, '/'),
    family: 'legacy',
    type: of.type,
    typeName: of.typeName,
    org,
    unit: units.join('-') || null,
    flags: [of.flag],
  };
}

/** `443/QĐ-UBND`, `36/2013/QĐ-UBND`, `1234/UBND-NC`, `…/BC-UBND`. */
function parseState(text: string, hints: SymbolHints): Parsed | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const number = readNumber(text.slice(0, slash));
  if (number === null) return null;
  const after = text.slice(slash + 1);
  const yearText = after.slice(0, 4);
  const year = YEAR.test(yearText) && after[4] === '/' ? Number(yearText) : null;
  const printed = year === null ? after : after.slice(5);
  const groups = splitGroups(printed);
  if (groups === null) return null;
  const dotted = !printed.includes('-') && groups.length > printed.split('/').length;
  const reading = readSymbol(groups, year, hints);
  if (!plausible(groups, reading)) return null;
  const symbol = symbolOf(groups, reading);
  const flags = [...reading.flags, ...suffixFlags(number)];
  if (dotted) flags.push('DOT_SEPARATOR');
  if (number.number === null) flags.push('NO_NUMBER');
  return {
    ...partsOf(number, year),
    canonical: `${number.printed}/${year === null ? '' : `${year}/`}${symbol}`,
    key: makeKey(number, year, symbol, '/'),
    family: reading.family,
    type: reading.type,
    typeName: reading.typeName,
    org: reading.org,
    unit: reading.unit,
    flags,
  };
}

/** An agency in small letters is believed only after a type (`695/ttr-stttt`) or beside a unit in a known pattern. */
function plausible(groups: string[], reading: { type: string | null; org: string | null }): boolean {
  if (reading.type !== null) return true;
  return groups.some((group) => /\p{Lu}/u.test(group)) || /^(?:UBND|HDND)$/.test(fold(reading.org ?? ''));
}

function symbolOf(
  groups: string[],
  reading: { type: string | null; org: string | null; unit: string | null },
) {
  const parts = [reading.type, reading.org, reading.unit].filter((part) => part !== null);
  return parts.length === 0 ? groups.join('-') : parts.join('-');
}

/** Null when a group cannot be an abbreviation. A dot separates only where no "-" does it (`695/TTr.STTTT`). */
function splitGroups(symbol: string): string[] | null {
  const groups = symbol.includes('-') || symbol.includes('/') ? symbol.split(/[-/]/) : symbol.split('.');
  if (groups.length === 0 || groups.length > MAX_GROUPS) return null;
  return groups.every((group) => isSymbolGroup(group)) ? groups : null;
}

/** Letters of an abbreviation: no tone marks, and capitals not outnumbered unless all are small. */
export function isSymbolGroup(group: string): boolean {
  if (!GROUP.test(group) || TONE_MARK.test(group.normalize('NFD'))) return false;
  const upper = group.match(/\p{Lu}/gu)?.length ?? 0;
  const lower = group.match(/\p{Ll}/gu)?.length ?? 0;
  if (upper === 0) return lower <= 6;
  return upper >= lower;
}

/** Blanks before the slash are a number not yet given. */
function readNumber(text: string): NumberPart | null {
  if (BLANK.test(text)) return { printed: '', number: null, suffix: null };
  const match = NUMBER.exec(text);
  if (match === null || Number(match[1]) === 0) return null;
  const suffix = (match[2] ?? match[3])?.toLowerCase() ?? null;
  return { printed: `${match[1]}${suffix ?? ''}`, number: Number(match[1]), suffix };
}

/** Rule 10: read, warned of, never issued. An l or o is more likely a digit that was misread. */
function suffixFlags(number: NumberPart): string[] {
  if (number.suffix === null) return [];
  return /^[lo]$/.test(number.suffix) ? ['SUFFIX', 'SUSPECT_DIGIT'] : ['SUFFIX'];
}

function partsOf(number: NumberPart, year: number | null) {
  return { number: number.number, suffix: number.suffix, year };
}

/** For comparison: number without leading zeros, suffix, year, upper(fold(symbol)). */
function makeKey(number: NumberPart, year: number | null, symbol: string, separator: string): string {
  const digits = `${number.number ?? ''}${fold(number.suffix ?? '')}`;
  return `${digits}${separator}${year === null ? '' : `${year}/`}${fold(symbol)}`;
}
