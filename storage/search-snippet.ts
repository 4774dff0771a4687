/** The few words of a page around what was looked for. */
import { isMarked, type Term } from './search-query.ts';
import { type PlacedWord, placedWords } from './search-words.ts';
import { folded } from './text.ts';

export interface Snippet {
  /** One line, NFC; "…" where something was left out. */
  text: string;
  /** Places of the words that were looked for: [from, to) in characters. */
  marks: [number, number][];
}

/** Words shown, and how many of them before the first that was looked for. */
const WORDS = 30;
const BEFORE = 6;

interface Hit extends PlacedWord {
  at: number;
}

export function snippetOf(text: string, terms: Term[], exact: boolean): Snippet {
  const words = placedWords(text);
  const isMeant = meaning(terms, exact);
  const hits = words.flatMap((word, at): Hit[] => (isMeant(word.word) ? [{ ...word, at }] : []));
  const start = Math.max(0, bestStart(hits) - BEFORE);
  const shown = words.slice(start, start + WORDS);
  const from = start === 0 ? 0 : (shown[0]?.from ?? 0);
  const to = start + WORDS >= words.length ? text.length : (shown.at(-1)?.to ?? text.length);
  const inside = hits.filter((hit) => hit.at >= start && hit.at < start + WORDS);
  return assembled(text, { from, to }, inside);
}

/** Whether a word was looked for. A page says the same words again and again: each is thought about once. */
function meaning(terms: Term[], exact: boolean): (word: string) => boolean {
  const wanted = terms.flatMap((term) =>
    term.words.map((word, index) => {
      const strict = exact && isMarked(word);
      const prefix = term.prefix && index === term.words.length - 1;
      return { strict, prefix, word: strict ? word : folded(word) };
    }),
  );
  const known = new Map<string, boolean>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const plain = folded(word);
    const meant = wanted.some((one) => {
      const mine = one.strict ? word : plain;
      return one.prefix ? mine.startsWith(one.word) : mine === one.word;
    });
    known.set(word, meant);
    return meant;
  };
}

/** Where the window of words with the most different ones that were looked for begins. */
function bestStart(hits: Hit[]): number {
  let best = { at: hits[0]?.at ?? 0, score: 0 };
  for (const [index, hit] of hits.entries()) {
    const window = hits.slice(index, index + WORDS).filter((other) => other.at < hit.at + WORDS - BEFORE);
    const close = window.filter((other, i) => i > 0 && other.at === window[i - 1]!.at + 1).length;
    const score = 2 * new Set(window.map(({ word }) => folded(word))).size + Math.min(close, WORDS) / WORDS;
    if (score > best.score) best = { at: hit.at, score };
  }
  return best.at;
}

/** Runs of white space become one space; marks are moved with the text. */
function assembled(text: string, cut: { from: number; to: number }, hits: PlacedWord[]): Snippet {
  let out = cut.from > 0 ? '… ' : '';
  let done = cut.from;
  const marks: [number, number][] = [];
  const upTo = (end: number) => {
    out += text.slice(done, end).replace(/\s+/gu, ' ');
    done = end;
  };
  for (const hit of hits) {
    upTo(hit.from);
    const from = out.length;
    upTo(hit.to);
    marks.push([from, out.length]);
  }
  upTo(cut.to);
  return { text: `${out.trimEnd()}${cut.to < text.length ? ' …' : ''}`, marks };
}
