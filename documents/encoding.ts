/** Bytes of a text file → text in NFC, with the encoding they were found to be in (ENC-01, ENC-02). */
import { detectLegacy, fromLegacy, vietnameseShare } from './encoding-legacy.ts';

export type TextEncoding = 'unicode' | 'windows-1258' | 'windows-1252' | 'tcvn3' | 'vni';

export interface DecodedText {
  text: string;
  encoding: TextEncoding;
}

export function decodeText(bytes: Uint8Array): DecodedText {
  const unicode = decodeUnicode(bytes);
  if (unicode !== null) return withoutLegacy(unicode, 'unicode');
  const western = new TextDecoder('windows-1252').decode(bytes);
  const legacy = withoutLegacy(western, 'windows-1252');
  if (legacy.encoding !== 'windows-1252') return legacy;
  const vietnamese = new TextDecoder('windows-1258').decode(bytes).normalize('NFC');
  const better = vietnameseShare(vietnamese).share > vietnameseShare(western).share;
  return better ? { text: vietnamese, encoding: 'windows-1258' } : legacy;
}

/** QUIRK: legacy text that was once saved "as UTF-8" is legacy text still, in two bytes a letter. */
function withoutLegacy(text: string, otherwise: TextEncoding): DecodedText {
  const legacy = detectLegacy(text);
  if (legacy === null) return { text: text.normalize('NFC'), encoding: otherwise };
  return { text: fromLegacy(text, legacy).normalize('NFC'), encoding: legacy };
}

function decodeUnicode(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const wide = wideOrder(bytes);
  if (wide !== null) return new TextDecoder(wide).decode(bytes);
  const text = new TextDecoder('utf-8').decode(bytes);
  return isMostlySound(text) ? text : null;
}

/** QUIRK: files cut in the middle of a letter, or patched by a careless tool, are UTF-8 still: few bytes are wrong, most letters are right. */
function isMostlySound(text: string): boolean {
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  if (broken === 0) return true;
  const sound = text.match(/[^\x00-\x7F\uFFFD]/g)?.length ?? 0;
  return broken <= sound / 4;
}

/** UTF-16 without a mark: most of its spaces and line ends have a zero byte beside them. */
function wideOrder(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const looked = Math.min(bytes.length - (bytes.length % 2), 4_000);
  if (looked < 8) return null;
  const zeros = [0, 0];
  for (let index = 0; index < looked; index++) if (bytes[index] === 0) zeros[index % 2]! += 1;
  const enough = looked / 2 / 5;
  if (zeros[1]! > enough && zeros[0]! < enough / 4) return 'utf-16le';
  return zeros[0]! > enough && zeros[1]! < enough / 4 ? 'utf-16be' : null;
}
