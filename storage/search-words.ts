/** What a word is to the text index: letters, digits and their marks; everything else parts words. */

/** A tsvector takes words up to 2,046 bytes; nobody looks for longer ones than this. */
const WORD_CHARACTERS = 64;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

export interface PlacedWord {
  /** Small letters, as written. */
  word: string;
  /** Characters from the beginning of the text. */
  from: number;
  to: number;
}

/** In order; `125/UBND-VP` is three words. Text in NFC. */
export function placedWords(text: string): PlacedWord[] {
  return [...text.matchAll(WORD)].map((match) => ({
    word: match[0].slice(0, WORD_CHARACTERS).toWellFormed().toLowerCase(),
    from: match.index,
    to: match.index + match[0].length,
  }));
}

export function wordsOf(text: string): string[] {
  return placedWords(text).map(({ word }) => word);
}
