/**
 * Is this text in an encoding from before Unicode? Told by the font's name, or by which reading gives Vietnamese
 * syllables. Converted for reading and searching only; the file stays as received (VAL-07, ENC-02).
 */
import { fromTcvn3 } from './encoding-tcvn3.ts';
import { fromVni } from './encoding-vni.ts';

export type LegacyEncoding = 'tcvn3' | 'vni';

export interface FontEncoding {
  encoding: LegacyEncoding;
  /** The font shows small letters as capitals. */
  upper: boolean;
}

/** `.VnTime`, `.VnArialH` are TCVN3; `VNI-Times` is VNI; null for fonts of any other name. */
export function encodingOfFont(font: string | null): FontEncoding | null {
  if (font === null) return null;
  const name = font.trim();
  if (/^\.vn/i.test(name)) return { encoding: 'tcvn3', upper: /h$/i.test(name) };
  return /^vni[-\s]/i.test(name) ? { encoding: 'vni', upper: false } : null;
}

export function fromLegacy(text: string, encoding: LegacyEncoding, upper = false): string {
  const plain = text.replace(/[\uF020-\uF0FF]/g, (code) => String.fromCharCode(code.charCodeAt(0) - 0xf000));
  return encoding === 'tcvn3' ? fromTcvn3(plain, upper) : fromVni(plain);
}

/** Letters that stand in Unicode text only. */
const UNICODE_ONLY = /[ĂăĐđĨĩŨũƠơƯư\u1EA0-\u1EF9]|\p{M}/u;

export function hasUnicodeLetters(text: string): boolean {
  return UNICODE_ONLY.test(text);
}

/** Words with marks needed before statistics say anything. */
const MINIMUM_WORDS = 4;
/** Characters looked at. */
const SAMPLE = 40_000;

/** The encoding that makes Vietnamese of `text` (bytes taken for latin-1), or null when it reads best as it is. */
export function detectLegacy(text: string): LegacyEncoding | null {
  const sample = text.slice(0, SAMPLE);
  const before = vietnameseShare(sample);
  if (before.words < MINIMUM_WORDS || before.share >= 0.6) return null;
  const readings = (['tcvn3', 'vni'] as const).map((encoding) => ({
    encoding,
    share: vietnameseShare(fromLegacy(sample, encoding)).share,
  }));
  const best = readings[0]!.share >= readings[1]!.share ? readings[0]! : readings[1]!;
  return best.share >= 0.75 && best.share > before.share + 0.3 ? best.encoding : null;
}

const ONSET = '(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?';
const NUCLEUS =
  '(?:oai|oay|oeo|oao|uây|uôi|uyê|uya|uyu|iêu|yêu|ươi|ươu|ia|iê|yê|ua|uâ|uê|uô|uơ|uy|ưa|ươ|oa|oă|oe|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|[aăâeêioôơuưy])';
const SYLLABLE = new RegExp(`^${ONSET}${NUCLEUS}(?:ng|nh|ch|[cmnpt])?$`, 'u');
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** One syllable of Vietnamese, by its spelling. */
export function isSyllable(word: string): boolean {
  const parts = word.toLowerCase().normalize('NFD');
  if ((parts.match(TONE)?.length ?? 0) > 1) return false;
  return SYLLABLE.test(parts.replace(TONE, '').normalize('NFC'));
}

/** Of the words that have anything beyond ASCII, the share that are syllables. */
export function vietnameseShare(text: string): { words: number; share: number } {
  const words = (text.normalize('NFC').match(/[\p{L}\p{M}\u00A1-\u00FF]+/gu) ?? []).filter((word) =>
    /[^\x00-\x7F]/.test(word),
  );
  const good = words.filter(isSyllable).length;
  return { words: words.length, share: words.length === 0 ? 0 : good / words.length };
}
