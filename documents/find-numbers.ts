/** Candidates for a số/ký hiệu in running text, subjects and file names: hints, never proof (DOMAIN 5.1 rule 12). */
import { normalise } from './normalise.ts';
import { isSymbolGroup, type NumberOptions, parseNumber } from './number.ts';
import { typeByAbbreviation } from './type-names.ts';
import type { DocumentNumber } from './types.ts';

export interface NumberCandidate {
  number: DocumentNumber;
  /** Offsets into `normalise(text)`, the label not included. */
  start: number;
  end: number;
  /** "Số:", "số" or a type name with "số" stands right before it. */
  labelled: boolean;
  /** 0..1: how sure it is that this is a số/ký hiệu at all; whose it is, the place must say. */
  confidence: number;
}

/** More candidates than this say nothing any more. */
const MAX_CANDIDATES = 200;
const MAX_TEXT = 2_000_000;

const LABELLED = 0.9;
const WITH_TYPE = 0.7;
const BARE = 0.5;
const FILE_NAME = 0.4;

const GROUP = '\\p{L}[\\p{L}\\p{N}&+]{0,23}(?:\\.\\p{Lu}[\\p{Lu}\\p{N}&+]{0,23})?';
/** A space may stand on one side of a hyphen ("TTr- STTTT"); on both it is a dash between two thoughts. */
const JOIN = '(?:-| -|- |/)';
const SYMBOL = `${GROUP}(?:${JOIN}${GROUP}){0,6}`;
const DIGITS = '\\d{1,6}(?: ?bis|[a-zđ])?';
const CANDIDATE = new RegExp(
  [
    '(?<label>(?<![\\p{L}\\p{N}])[Ss][ốóôoồổỐÓÔOỒỔ] ?[:.]? ?)?',
    '(?<![\\p{L}\\p{N}./_-])',
    '(?<text>',
    `${DIGITS} ?/ ?(?:(?:19|20)\\d\\d ?/ ?)?${SYMBOL}`,
    `|\\d{1,6} ?- ?\\p{L}{2,4} ?/ ?${SYMBOL}`,
    `|\\d{1,6} \\p{L}{2,4}/${SYMBOL}`,
    `|(?<=[:.]) ?[.…_ ]{0,40}/ ?(?:(?:19|20)\\d\\d ?/ ?)?${SYMBOL}`,
    ')',
  ].join(''),
  'gu',
);

/**
 * Everything in a text that reads as a số/ký hiệu, in its order. Without a label a candidate needs two groups or a year:
 * "12/NĐ" in a sentence is not one.
 */
export function findNumbers(text: string, options: NumberOptions = {}): NumberCandidate[] {
  const source = normalise(text.slice(0, MAX_TEXT));
  const found: NumberCandidate[] = [];
  for (const match of source.matchAll(CANDIDATE)) {
    const candidate = readCandidate(match, options);
    if (candidate !== null) found.push(candidate);
    if (found.length >= MAX_CANDIDATES) break;
  }
  return found;
}

function readCandidate(match: RegExpExecArray, options: NumberOptions): NumberCandidate | null {
  const labelled = match.groups?.label !== undefined;
  const text = match.groups?.text ?? '';
  const start = match.index + match[0].length - text.length;
  // The symbol may run into the next words ("443/QĐ-UBND-Về"): the longest beginning that reads counts.
  for (const end of endings(text)) {
    const number = parseNumber(text.slice(0, end), options);
    if (number === null || (!labelled && !standsAlone(number))) continue;
    const confidence = labelled ? LABELLED : number.type !== null ? WITH_TYPE : BARE;
    return { number, start, end: start + end, labelled, confidence };
  }
  return null;
}

/** Lengths to try, the whole first, then without the last group, and so on. */
function endings(text: string): number[] {
  const cuts = [...text.matchAll(/ ?[-/.] ?/g)].map((cut) => cut.index).reverse();
  return [text.length, ...cuts];
}

function standsAlone(number: DocumentNumber): boolean {
  if (number.number === null) return false;
  return number.year !== null || number.family === 'party' || (number.org !== null && secondGroup(number));
}

function secondGroup(number: DocumentNumber): boolean {
  return number.type !== null || number.unit !== null;
}

/** Put behind the name by a signing tool, a browser or a person. */
const ENDINGS =
  /(?:\.(?:signed|sign|kyso|pdf|docx?|odt|rtf|xlsx?|zip|rar|7z|edxml|xml|p7[sm]|eml|tiff?|jpe?g|png)| ?\(\d{1,2}\))+$/i;

/**
 * The số/ký hiệu a file name hints at: `443_QD-UBND.signed.pdf`, `CV 123 UBND-KGVX.pdf`, `36_2013_QD-UBND.pdf`. "/" is
 * always lost in a file name and diacritics often are, so the confidence is low. Null when there is none.
 */
export function numberFromFileName(name: string, options: NumberOptions = {}): NumberCandidate | null {
  const stem = normalise(name.slice(-255)).replace(ENDINGS, '').replace(/_/g, ' ');
  const pattern = new RegExp(FILE_NUMBER);
  for (let match = pattern.exec(stem); match !== null; match = pattern.exec(stem)) {
    const digits = match.groups?.digits ?? '';
    const start = match.index + match[0].indexOf(digits);
    const number = readFileNumber(match, options);
    if (number !== null) {
      const flags = [...number.flags.filter((flag) => flag !== 'NORMALIZED'), 'FROM_FILE_NAME'];
      const read = { ...number, raw: name, flags };
      return { number: read, start, end: stem.length, labelled: false, confidence: FILE_NAME };
    }
    pattern.lastIndex = start + digits.length;
  }
  return null;
}

function readFileNumber(match: RegExpExecArray, options: NumberOptions): DocumentNumber | null {
  const { before, digits = '', year, rest = '' } = match.groups ?? {};
  const party = PARTY_FILE.exec(rest);
  if (party !== null && /-$/.test(match[0].slice(0, -rest.length))) {
    return parseNumber(`${digits}-${party[1]}/${party[2]}`, options);
  }
  const type = before === undefined || before.toUpperCase() === 'CV' ? null : before;
  for (const text of spellings({ digits, year, type, symbol: fileSymbol(rest) })) {
    const number = parseNumber(text, options);
    if (number?.org && (secondGroup(number) || number.year !== null)) return number;
  }
  return null;
}

/** `36-HD_VPTW`: after a hyphen, a type and an agency of the Party. */
const PARTY_FILE = /^(\p{L}{2,4}) ((?:[A-ZĐ]{0,8}(?:TW|TU|ĐU|DU))|(?:ĐU|DU)[A-ZĐ]{0,6})(?![\p{L}\p{N}])/u;

/** [type] [số] number [year] symbol; what follows the symbol is the rest of the name. */
const FILE_NUMBER =
  /(?:(?<![\p{L}\p{N}])(?<before>\p{L}{2,4})[ .-]*(?:s[oố][ .-]*)?)?(?<![\p{L}\p{N}])(?<digits>\d{1,6}[a-z]?)[ .-]+(?:(?<year>(?:19|20)\d\d)[ .-]+)?(?<rest>\p{Lu}.*)$/gu;

/** The groups right after the number: joined by hyphens as printed, or a type and an agency with a space between. */
function fileSymbol(rest: string): string {
  const hyphened = /^[\p{L}\p{N}&+]+(?:-[\p{L}\p{N}&+]+)+/u.exec(rest)?.[0];
  if (hyphened !== undefined) return hyphened;
  const words = rest.split(/[ .]+/).filter((word) => word !== '');
  const first = words[0] ?? '';
  if (words[1] !== undefined && isSymbolGroup(words[1]) && isTypeHint(first)) return `${first}-${words[1]}`;
  return first;
}

function isTypeHint(group: string): boolean {
  return typeByAbbreviation(group) !== null || /^(?:QD|ND|CD)$/i.test(group);
}

/** What the name may have been before the file system took its slashes. */
function spellings(from: {
  digits: string;
  year: string | undefined;
  type: string | null;
  symbol: string;
}): string[] {
  const head = from.year === undefined ? from.digits : `${from.digits}/${from.year}`;
  const plain = `${head}/${from.symbol}`;
  if (from.type === null || !isTypeHint(from.type)) return [plain];
  const repeated = from.symbol.toUpperCase().startsWith(`${from.type.toUpperCase()}-`);
  return repeated ? [plain] : [`${head}/${from.type}-${from.symbol}`, plain];
}
