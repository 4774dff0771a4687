/**
 * What a recogniser or a careless conversion did to the name of an agency or a place, put right where only one reading is
 * possible (DOMAIN 4.6): the letters agree with a name that the country or the directory knows.
 */
import { editDistance } from './edit-distance.ts';
import { fold } from './normalise.ts';
import { STATE_NAMES } from './state-names.ts';

/** How the names of one kind are found by their letters. */
interface Lexicon {
  byLetters: ReadonlyMap<string, string>;
  /** Long enough to be told apart with a letter wrong. */
  long: readonly (readonly [string, string])[];
}

/** Words of the longest name looked for. */
const MAX_WORDS = 16;
/** A name of fewer letters is only put right where all letters agree: "SỞ" is near too much. */
const SAFE_LENGTH = 8;

/** Only its letters, without marks and spaces, in capitals. */
function letters(text: string): string {
  return fold(text).replace(/[^A-Z]/g, '');
}

/** Of two names with the same letters the first counts. */
export function lexiconOf(names: readonly string[]): Lexicon {
  const byLetters = new Map<string, string>();
  for (const name of names) if (!byLetters.has(letters(name))) byLetters.set(letters(name), name);
  return { byLetters, long: [...byLetters].filter(([key]) => key.length >= SAFE_LENGTH) };
}

const NAMES = lexiconOf(STATE_NAMES);

/**
 * The text with the names it holds as they are written. `recognised`: a machine read it, so marks may be wrong ("TÍNH QUẢNG
 * NGÃI", "SƠYTẺ"); else only spaces inside words go ("Qu ả ng Ngãi").
 */
export function repairNames(text: string, recognised: boolean, lexicon: Lexicon = NAMES): string {
  const words = text.split(' ').filter((word) => word !== '');
  const out: string[] = [];
  for (let start = 0; start < words.length; ) {
    const found = nameAt(words.slice(start, start + MAX_WORDS), recognised, lexicon);
    if (found === null) {
      out.push(words[start]!);
      start += 1;
    } else {
      out.push(found.text);
      start += found.count;
    }
  }
  return out.join(' ');
}

/** The longest name that the words begin with. */
function nameAt(
  words: readonly string[],
  recognised: boolean,
  lexicon: Lexicon,
): { text: string; count: number } | null {
  for (let count = words.length; count >= 1; count--) {
    const printed = words.slice(0, count).join(' ');
    const key = letters(printed);
    if (key.length < 2 || /[\d/]/.test(printed)) continue;
    const name = lexicon.byLetters.get(key) ?? (recognised ? nearName(key, lexicon) : undefined);
    if (name !== undefined && mayBe(printed, name, recognised))
      return { text: asPrinted(printed, name), count };
  }
  return null;
}

function nearName(key: string, { long }: Lexicon): string | undefined {
  if (key.length < SAFE_LENGTH) return undefined;
  const near = long.filter(([other]) => editDistance(key, other, 1) <= 1);
  return near.length === 1 ? near[0]![1] : undefined;
}

/** Where nobody recognised it the letters must be the same with their marks: only the spaces are wrong. */
function mayBe(printed: string, name: string, recognised: boolean): boolean {
  if (sameMarks(printed, name)) return /\p{L} \p{L}/u.test(printed) || recognised;
  return recognised && startsLikeName(printed);
}

/** A name starts with a capital; "tinh", "bo sung" in a sentence are words. */
function startsLikeName(printed: string): boolean {
  return /^[^\p{L}]*\p{Lu}/u.test(printed);
}

/** The same letters with the same marks, wherever in the syllable the tone stands (Uỷ, Ủy). */
function sameMarks(a: string, b: string): boolean {
  const marks = (text: string) => [...(text.normalize('NFD').match(/\p{M}/gu) ?? [])].sort().join('');
  const stroke = (text: string) => text.replace(/[^Đđ]/g, '').length;
  return letters(a) === letters(b) && marks(a) === marks(b) && stroke(a) === stroke(b);
}

/** As printed where only the place of a tone differs, else the known name in the case it was printed in. */
function asPrinted(printed: string, name: string): string {
  const [before = ''] = /^[^\p{L}]*/u.exec(printed) ?? [];
  const [after = ''] = /[^\p{L}]*$/u.exec(printed) ?? [];
  const inner = printed.slice(before.length, printed.length - after.length);
  const [own, known] = [inner.split(' '), cased(inner, name).split(' ')];
  // "UỶ BAN NHÂN DẦN": the words that are right stay as they were printed.
  const words =
    own.length === known.length ? known.map((word, i) => (sameMarks(own[i]!, word) ? own[i]! : word)) : known;
  return before + words.join(' ') + after;
}

function cased(printed: string, name: string): string {
  if (printed === printed.toUpperCase() && printed.length > 1) return name.toUpperCase();
  return /^\p{Lu}/u.test(printed) ? name.slice(0, 1).toUpperCase() + name.slice(1) : name;
}

/** Letters that may be missing at the end of a name, or wrong in one that its symbol confirms. */
const MISSING = 4;
const WRONG = 2;

/**
 * A recognised name that lacks its end ("BỘ GIÁO DỤC VÀ ĐÀO"), or has letters too many ("SỞ YV TÉ" with the symbol
 * GM-SYT): the one name of the country that it can be, else as it was.
 */
export function completeName(name: string, symbol: string | null): string {
  const key = letters(name);
  if (NAMES.byLetters.has(key)) return name;
  const groups = (symbol ?? '').split('-').map(letters);
  const candidates = [...NAMES.byLetters].filter(
    ([other, full]) =>
      /^(?:Sở|Bộ) /u.test(full) &&
      ((key.length >= 10 && other.startsWith(key) && other.length - key.length <= MISSING) ||
        (groups.includes(initialsOf(full)) && editDistance(key, other, WRONG) <= WRONG)),
  );
  return candidates.length === 1 ? cased(name, candidates[0]![1]) : name;
}

function initialsOf(name: string): string {
  return letters(
    name
      .split(/[\s,-]+/u)
      .map((word) => word.slice(0, 1))
      .join(''),
  );
}
