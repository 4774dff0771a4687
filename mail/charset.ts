/** From bytes and the label that came with them to text, in NFC; what the label hides is said, never guessed in silence. */
import { decodeRareCharset } from './mailparser-adapter.ts';

export interface DecodedText {
  text: string;
  /** `charset-unknown`: no such charset; `charset-wrong`: the bytes are not what the label says. */
  problem: 'charset-unknown' | 'charset-wrong' | null;
}

/** Labels that say nothing: the bytes are looked at instead. */
const SAYS_NOTHING =
  /^(?:|us-?ascii|ascii|ansi_x3\.[\w.-]+|unknown(?:-8bit)?|x-unknown|8bit|7bit|binary|default|none|charset|\*)$/;

/** Takes at most what the caller has bounded. A null label means that none was given. */
export function decodeText(bytes: Uint8Array, label: string | null): DecodedText {
  const name = (label ?? '')
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, '');
  if (SAYS_NOTHING.test(name)) return unlabelled(bytes);
  if (/^(?:unicode-1-1-)?utf-?7$/.test(name))
    return { text: nfc(decodeRareCharset(bytes, 'utf-7') ?? ''), problem: null };
  const decoder = decoderOf(name);
  if (decoder) return decoded(decoder, bytes);
  const rare = decodeRareCharset(bytes, name);
  if (rare !== null) return { text: nfc(rare), problem: null };
  return { ...unlabelled(bytes), problem: 'charset-unknown' };
}

/** UTF-8 where the bytes are valid UTF-8, else windows-1252, which maps every byte to something that can be seen. */
function unlabelled(bytes: Uint8Array): DecodedText {
  const utf8 = strictUtf8(bytes);
  if (utf8 !== null) return { text: nfc(utf8), problem: null };
  return { text: nfc(new TextDecoder('windows-1252').decode(bytes)), problem: 'charset-wrong' };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): DecodedText {
  const text = decoder.decode(bytes);
  const wrong = decoder.encoding.startsWith('utf-') && text.includes('\ufffd') && strictUtf8(bytes) === null;
  return { text: nfc(text), problem: wrong ? 'charset-wrong' : null };
}

function decoderOf(name: string): InstanceType<typeof TextDecoder> | null {
  // QUIRK: labels that mail programs write and the WHATWG list does not know.
  const alias: Record<string, string> = {
    utf8mb4: 'utf-8',
    'cp-1258': 'windows-1258',
    'win-1258': 'windows-1258',
    ks_c_5601: 'euc-kr',
  };
  try {
    return new TextDecoder(alias[name] ?? name.replace(/^cp-?(125\d)$/, 'windows-$1'));
  } catch {
    return null;
  }
}

/** Null when the bytes are not valid UTF-8. */
export function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** QUIRK: windows-1258 and VISCII decode to letters with combining marks; everything inside is NFC (STYLE). */
function nfc(text: string): string {
  return text.normalize('NFC');
}
