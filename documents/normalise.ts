/** Putting Vietnamese text into one form before anything is looked for in it (DOMAIN 4.1). */

/** Dashes of every kind that stand for a hyphen in a số/ký hiệu. */
const DASHES = /[\u2010-\u2015\u2212\uFE63\uFF0D]/g;
const SLASHES = /[\uFF0F\u2044\u2215]/g;
const SPACES = /[\t\v\f\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;
/** Zero-width marks, soft hyphen, byte order mark, direction marks. */
const INVISIBLE = /[\u200B-\u200F\u2060\uFEFF\u00AD\u202A-\u202E\u2066-\u2069]/g;

/**
 * Steps 1–6: NFC, look-alikes of Đ, dashes, slashes and spaces put right, runs of spaces collapsed. Lines are kept,
 * each trimmed; CR and CRLF become LF. Applying it twice changes nothing.
 */
export function normalise(text: string): string {
  return repairLetters(text)
    .replace(/ {2,}/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

/** Steps 1–5 only: the spaces within a line stay as they are, where their width tells columns apart. */
export function repairLetters(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029|\u0085/g, '\n')
    .replace(/[\u00D0\u0189]/g, '\u0110')
    .replace(/[\u00F0\u0256]/g, '\u0111')
    .replace(DASHES, '-')
    .replace(SLASHES, '/')
    .replace(INVISIBLE, '')
    .replace(SPACES, ' ');
}

/** For comparing only: no tone or vowel marks, Đ as D, upper case. `hoà` and `hòa` fold to the same. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\u0110\u0111\u00D0\u00F0\u0189\u0256]/g, 'D')
    .toUpperCase();
}

/** Step 7, for matching only: Markdown and OCR marks (`** ## _ |`) taken out. */
export function stripMarks(text: string): string {
  return text.replace(/\*+|#+|_{2,}|\|/g, ' ').replace(/ {2,}/g, ' ');
}
