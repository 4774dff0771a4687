/** Names of zip entries: what they decode to, and when two of them are one for some reader. */
import { type EntryHeader, FLAG } from './records.ts';

/** Upper half of code page 437, the encoding of names without flag 11 (APPNOTE D.1). */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
  'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeCp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80])).join('');
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

export interface EntryName {
  /** The name that the archive goes by here. */
  name: string;
  /** Every name that some reader would give it. */
  readings: string[];
  /** What is wrong with it, for the detail of a fault; null when nothing. */
  wrong: string | null;
}

/**
 * QUIRK: many tools write UTF-8 without saying so by flag 11, so valid UTF-8 is taken as such; the name in code page 437 stays
 * among the readings, so that another entry of that name collides.
 */
export function nameOf(header: EntryHeader): EntryName {
  const text = decodeUtf8(header.name);
  const plain = decodeCp437(header.name);
  const flagged = (header.flags & FLAG.utf8) !== 0;
  const name = text ?? plain;
  const readings = new Set(flagged && text !== null ? [text] : [name, plain]);
  const unicode = header.unicodeName === null ? name : decodeUtf8(header.unicodeName);
  if (unicode !== null) readings.add(unicode);
  return { name, readings: [...readings], wrong: wrongName(name, flagged && text === null, unicode) };
}

function wrongName(name: string, notUtf8: boolean, unicode: string | null): string | null {
  if (notUtf8) return 'is not UTF-8 although it says so';
  if (unicode !== name) return 'has another name in its Unicode path field';
  if (name === '') return 'is empty';
  if (name.split('/', MAX_STEPS + 1).length > MAX_STEPS) return 'has too many folders above it';
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'holds control characters';
  if (name.includes('\\')) return 'holds a backslash';
  if (/^\/|^[A-Za-z]:/.test(name)) return 'is an absolute path';
  if (/(^|\/)\.{1,2}(\/|$)|\/\//.test(name)) return 'walks outside or through empty folders';
  return null;
}

/** Folders above an entry; what is deeper is made to cost time. */
export const MAX_STEPS = 64;

/** Names with the same key are one for some reader: no case, one kind of slash, NFC, no dots or blanks at the end of a step. */
export function nameKey(name: string): string {
  return name
    .replaceAll('\\', '/')
    .normalize('NFC')
    .toLowerCase()
    .split('/')
    .map((step) => step.replace(/[. ]+$/, ''))
    .filter((step) => step !== '')
    .join('/');
}
