/** Unstructured header text: RFC 2047 encoded words and raw 8-bit bytes, to one line of NFC. */
import { decodeText } from './charset.ts';

const WORD = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bq])\?([^?]*)\?=/gi;

type Piece = { charset: string | null; bytes: Buffer };

/** `raw` is latin-1 (one character for each byte); `charset` is what raw 8-bit bytes are if not UTF-8, where known. */
export function decodeHeaderText(raw: string, charset: string | null = null): string {
  return oneLine(
    pieces(raw)
      .map(({ charset: own, bytes }) => (own === null ? plain(bytes, charset) : decodeText(bytes, own).text))
      .join(''),
  );
}

/** True when a header has 8-bit bytes that are not UTF-8, outside encoded words: somebody must guess the charset. */
export function hasUnlabelledBytes(raw: string): boolean {
  return /[\x80-\xff]/.test(raw) && decodeText(Buffer.from(raw, 'latin1'), null).problem !== null;
}

function plain(bytes: Buffer, charset: string | null): string {
  const { text, problem } = decodeText(bytes, null);
  return problem === null || charset === null ? text : decodeText(bytes, charset).text;
}

/** Cuts into runs of one charset. Words next to each other are joined as bytes: some programs cut inside a character. */
function pieces(raw: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of raw.matchAll(WORD)) {
    const between = raw.slice(at, match.index);
    const last = found.at(-1);
    const adjoins = last?.charset != null && between.trim() === '';
    if (between !== '' && !adjoins) found.push({ charset: null, bytes: Buffer.from(between, 'latin1') });
    const charset = match[1]!.toLowerCase();
    const bytes = wordBytes(match[2]!, match[3]!);
    if (adjoins && last.charset === charset && charset !== 'iso-2022-jp')
      last.bytes = Buffer.concat([last.bytes, bytes]);
    else found.push({ charset, bytes });
    at = match.index + match[0].length;
  }
  if (at < raw.length) found.push({ charset: null, bytes: Buffer.from(raw.slice(at), 'latin1') });
  return found;
}

function wordBytes(encoding: string, text: string): Buffer {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const unquoted = text
    .replace(/_/g, ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(unquoted, 'latin1');
}

function oneLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
