/** Values that others wrote, made fit for one line of a letter of ours: no line break can forge a line (DOMAIN 7.4). */

/** C0, DEL, C1, line and paragraph separators, bidi marks and overrides, zero-width characters, BOM. */
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** Shown where a value was not found. */
export const UNKNOWN = '(chưa xác định)';

const MAX_CHARACTERS = 400;

/** NFC, one line, without characters that deceive the eye; longer values are cut with "…". */
export function line(value: string, maxCharacters = MAX_CHARACTERS): string {
  const clean = value.normalize('NFC').replace(UNFIT, ' ').replace(/\s+/gu, ' ').trim();
  return shorten(clean, maxCharacters);
}

export function lineOrUnknown(value: string | null): string {
  return (value === null ? '' : line(value)) || UNKNOWN;
}

/** Cuts at a word boundary where one is near. */
export function shorten(text: string, maxCharacters: number): string {
  const characters = [...text];
  if (characters.length <= maxCharacters) return text;
  const cut = characters.slice(0, maxCharacters - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > cut.length * 0.6 ? cut.slice(0, space) : cut).replace(/[\s,;:.]+$/u, '')}…`;
}

const MAX_FILES_NAMED = 20;

/** {danhSachTep}: names one after another, at most twenty. */
export function fileList(names: string[]): string {
  const shown = names.slice(0, MAX_FILES_NAMED).map((name) => line(name, 120));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join('; ')}; và ${more} tệp khác` : shown.join('; ');
}
