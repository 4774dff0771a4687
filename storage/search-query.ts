/**
 * What a person types, as conditions for both databases. Words in any order; "…" = these words in this order; `*` after a
 * word = any word that begins so. A chunk such as `125/UBND-VP` is found as it is printed, whatever stands between its parts.
 */
import { wordsOf } from './search-words.ts';
import { folded } from './text.ts';

/** One word, or several that must follow each other. */
export interface Term {
  /** Small letters, NFC, as typed. */
  words: string[];
  /** The last word may go on. */
  prefix: boolean;
  /** Only for the order of what is found: each two side by side are enough, where that is cheaper to know. */
  loose?: boolean;
}

/** What must stand on a page. `text`: as written; `folded`: without marks; `place`: book, year. One of `anyOf` is enough. */
export interface Condition {
  side: 'text' | 'folded' | 'place';
  anyOf: string[][];
  prefix: boolean;
  loose: boolean;
}

/** A query of more is a pasted page: the rest is not looked for. */
const MAX_TERMS = 16;
const MAX_CHARACTERS = 400;

export function parseQuery(query: string): Term[] {
  const text = query.normalize('NFC').slice(0, MAX_CHARACTERS).toWellFormed();
  const chunks = text.matchAll(/["“”«»„]([^"“”«»„]*)["“”«»„]?(\*?)|([^\s"“”«»„]+)/gu);
  const terms: Term[] = [];
  for (const [, quoted, star, plain] of chunks) {
    const chunk = quoted ?? plain ?? '';
    const words = wordsOf(chunk);
    if (words.length > 0) terms.push({ words, prefix: star === '*' || /\*\s*$/u.test(chunk) });
  }
  return terms.slice(0, MAX_TERMS);
}

/**
 * From the best match to the loosest: with the marks that were typed before without, side by side before anywhere on the
 * page. A word typed without marks is found with any (`duong`: đường, dương).
 */
export function tiersOf(terms: Term[]): { exact: boolean; conditions: Condition[] }[] {
  const inRow: Term = {
    words: terms.flatMap((term) => term.words),
    prefix: terms.at(-1)?.prefix ?? false,
    loose: true,
  };
  // The star of an inner word cannot be asked for within a phrase.
  const phrase = terms.length > 1 && !terms.slice(0, -1).some((term) => term.prefix) ? [[inRow]] : [];
  const marked = terms.some((term) => term.words.some(isMarked));
  return [...(marked ? [true] : []), false].flatMap((exact) =>
    [...phrase, terms].map((each) => ({ exact, conditions: each.map((term) => conditionOf(term, exact)) })),
  );
}

function conditionOf({ words, prefix, loose = false }: Term, exact: boolean): Condition {
  if (exact && words.some(isMarked)) return { side: 'text', anyOf: alternatives(words), prefix, loose };
  return { side: 'folded', anyOf: alternatives(words.map(folded)), prefix, loose };
}

export function isMarked(word: string): boolean {
  return folded(word) !== word;
}

/** Numbers below ten are printed with a zero in a số/ký hiệu, and typed without: 5/QĐ-UBND is 05/QĐ-UBND. */
function alternatives(words: string[]): string[][] {
  const [first, ...rest] = words;
  const digit = /^0?(\d)$/.exec(first ?? '')?.[1];
  if (digit === undefined || rest.length === 0) return [words];
  return [
    [digit, ...rest],
    [`0${digit}`, ...rest],
  ];
}

/** Word for a year, as `place` has it. */
export function yearWord(year: number): string {
  return `y${year}`;
}

export function inPlace({ book, year }: { book?: string; year?: number }): Condition[] {
  const wanted = [...(book === undefined ? [] : [book]), ...(year === undefined ? [] : [yearWord(year)])];
  return wanted.map((word) => ({ side: 'place', anyOf: [[word]], prefix: false, loose: false }));
}
