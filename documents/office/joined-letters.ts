/**
 * QUIRK: exports of law sites leave letters of one word apart ("Qu ả ng Ngãi", "B Ộ LAO ĐỘNG"). They are joined where
 * the spelling of Vietnamese leaves no other reading; a text with one or two of such places is left alone.
 */
import { isSyllable } from '../encoding-legacy.ts';

/** Consonants alone are no word. */
const FRAGMENT = /^(?:ngh?|nh|ch|gh|gi|kh|ph|th|tr|qu|[bcdđghklmnpqrstvx])$/iu;
/** Behind these a single letter is a name of its own ("điểm b", "loại A"), behind a number it is a unit. */
const NAMING = /^(?:điểm|mục|loại|nhóm|khoản|lục|hạng|lớp|mẫu|biểu|số|tổ|khu|lô|tiết|ý|\d[\d.,]*)$/iu;
/** Words of one vowel: a capital before them may stand alone. */
const VOWEL_WORD = /^(?:ở|ý|y|ô|à|a|e|i|o|u|ơ|ạ)$/u;
const CASES = /^(?:\p{Lu}+|\p{Lu}?\p{Ll}+)$/u;
const MAX_PARTS = 4;
/** Characters; longer lines are no text that anybody typed. */
const MAX_LINE = 5_000;
/** Consonants standing alone somewhere. */
const SUSPECT = /(?<!\p{L})[bcdđghklmnpqrstvx]{1,3}u?(?!\p{L})/iu;
/** Fewer places than this may be chance. */
const MINIMUM = 3;

export interface JoinedText {
  text: string;
  /** Places put right; 0 = the text is as it was. */
  places: number;
}

export function joinLetters(text: string): JoinedText {
  let places = 0;
  const joined = text.replace(/[^\n]+/g, (line) => {
    if (line.length > MAX_LINE || !SUSPECT.test(line)) return line;
    const tokens = line.split(/( )/);
    let index = 0;
    const out: string[] = [];
    while (index < tokens.length) {
      const count = partsAt(tokens, index);
      if (count > 1) places += 1;
      for (let part = 0; part < count; part++) out.push(tokens[index + part * 2]!);
      index += count * 2 - 1;
    }
    return out.join('');
  });
  return places < MINIMUM ? { text, places: 0 } : { text: joined, places };
}

/** How many of the tokens from here (with single spaces between) make one word: 1 = it stands alone. */
function partsAt(tokens: readonly string[], index: number): number {
  for (let count = MAX_PARTS; count > 1; count--) {
    const parts = Array.from({ length: count }, (_, part) => tokens[index + part * 2] ?? '');
    const between = Array.from({ length: count - 1 }, (_, part) => tokens[index + part * 2 + 1]);
    if (between.every((one) => one === ' ') && isOneWord(parts, tokens[index - 2] ?? '')) return count;
  }
  return 1;
}

function isOneWord(parts: readonly string[], before: string): boolean {
  const bare = [...parts.slice(0, -1), parts.at(-1)!.replace(/[,;:.)]+$/, '')];
  const word = bare.join('');
  if (
    word.length > 7 ||
    !bare.some((part) => FRAGMENT.test(part)) ||
    !bare.every((part) => /^\p{L}+$/u.test(part))
  )
    return false;
  if (NAMING.test(before) || !CASES.test(word) || !isSyllable(word)) return false;
  return !(/^\p{Lu}$/u.test(bare[0]!) && VOWEL_WORD.test(bare[1]!));
}
