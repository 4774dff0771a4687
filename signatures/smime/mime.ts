/** A byte-exact reader of MIME structure (RFC 2045, 2046): positions in the message, nothing decoded, nothing repaired. */
import { CongvanError } from '../../config/error.ts';
import { type MediaType, readMediaType } from './media-type.ts';

/** Largest header section, octets; most fields in it. */
const MAX_HEADER = 1024 * 1024;
const MAX_FIELDS = 2_000;
/** Most parts of one multipart. */
const MAX_PARTS = 500;

const LF = 10;
const CR = 13;

interface HeaderField {
  /** Lower case. */
  name: string;
  /** Unfolded, Latin-1: one character for each octet. */
  value: string;
}

/** A header with its body: a message or a part of one. */
export interface MimeEntity {
  bytes: Uint8Array;
  /** Positions in `bytes`: the first header octet, the first body octet, one past the last. */
  start: number;
  bodyStart: number;
  end: number;
  fields: HeaderField[];
  media: MediaType;
  /** Content-Transfer-Encoding, lower case; `7bit` when absent. */
  encoding: string;
  /** Two readers may see two things: a decisive field or parameter given twice, a bare CR or NUL, a line that is no field. */
  ambiguous: boolean;
}

interface Line {
  start: number;
  /** Before the line end. */
  end: number;
  next: number;
}

/** Lines end with LF; a CR before it belongs to the line end. A bare CR is none. */
function lineAt(bytes: Uint8Array, start: number, limit: number): Line {
  const lf = bytes.indexOf(LF, start);
  if (lf < 0 || lf >= limit) return { start, end: limit, next: limit };
  return { start, end: lf > start && bytes[lf - 1] === CR ? lf - 1 : lf, next: lf + 1 };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** Folded lines joined; the octets of the line ends are dropped, those of the white space kept (RFC 5322 2.2.3). */
function headerLines(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { lines: string[]; bodyStart: number } {
  const lines: string[] = [];
  let at = start;
  while (at < limit) {
    const line = lineAt(bytes, at, limit);
    if (line.next - start > MAX_HEADER || lines.length > MAX_FIELDS)
      throw new CongvanError('MIME_LIMIT', 'header section too large', { temporary: false });
    at = line.next;
    if (line.end === line.start) return { lines, bodyStart: at };
    const text = latin1(bytes, line.start, line.end);
    if (/^[ \t]/.test(text) && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return { lines, bodyStart: limit };
}

/** Fields that may stand once: a second one that says something else lets two readers see two structures. */
const ONCE = ['content-type', 'content-transfer-encoding', 'mime-version'];

function readFields(lines: string[]): { fields: HeaderField[]; ambiguous: boolean } {
  let ambiguous = false;
  const fields = lines.flatMap((line, index): HeaderField[] => {
    if (/[\0\r]/.test(line)) ambiguous = true;
    const match = /^([!-9;-~]+)[ \t]*:([\s\S]*)$/.exec(line);
    if (match !== null) return [{ name: match[1]!.toLowerCase(), value: match[2]!.trim() }];
    // QUIRK: an mbox separator before the first field.
    if (index > 0 || !line.startsWith('From ')) ambiguous = true;
    return [];
  });
  const twice = ONCE.some((name) => new Set(fieldValues({ fields }, name)).size > 1);
  return { fields, ambiguous: ambiguous || twice };
}

export function fieldValues(entity: Pick<MimeEntity, 'fields'>, name: string): string[] {
  return entity.fields.filter((field) => field.name === name).map((field) => field.value);
}

/** Longest value of Content-Transfer-Encoding read, octets; also bounds the search for comments in it. */
const MAX_ENCODING = 200;

function encodingName(value: string): string {
  const plain = value.slice(0, MAX_ENCODING).replace(/\([^()]*\)/g, '');
  return plain.trim().toLowerCase();
}

/** Reads header and extent of the entity between `start` and `end`. Throws CongvanError MIME_LIMIT. */
export function readEntity(bytes: Uint8Array, start = 0, end = bytes.length): MimeEntity {
  const { lines, bodyStart } = headerLines(bytes, start, end);
  const { fields, ambiguous } = readFields(lines);
  const media = readMediaType(fieldValues({ fields }, 'content-type')[0] ?? null);
  const encoding = fieldValues({ fields }, 'content-transfer-encoding')[0] ?? '7bit';
  return {
    bytes,
    start,
    bodyStart,
    end,
    fields,
    media,
    encoding: encodingName(encoding),
    ambiguous: ambiguous || media.ambiguous,
  };
}

/** Positions of a multipart's pieces. */
export interface Multipart {
  parts: { start: number; end: number }[];
  preamble: { start: number; end: number };
  epilogue: { start: number; end: number };
  /** The closing delimiter is there. */
  closed: boolean;
}

/** `open` or `close` when the line is a delimiter of `boundary` (RFC 2046 5.1.1: white space may follow). */
function delimiterKind(bytes: Uint8Array, line: Line, boundary: string): 'open' | 'close' | null {
  if (bytes[line.start] !== 0x2d || bytes[line.start + 1] !== 0x2d) return null;
  const text = latin1(bytes, line.start + 2, line.end).trimEnd();
  if (text === boundary) return 'open';
  return text === `${boundary}--` ? 'close' : null;
}

/** Without the line end that belongs to the delimiter behind. */
function withoutLineEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || bytes[end - 1] !== LF) return end;
  return end - 1 > start && bytes[end - 2] === CR ? end - 2 : end - 1;
}

/** Splits a multipart body at its boundary. Null = no boundary is named. Throws CongvanError MIME_LIMIT. */
export function splitMultipart(entity: MimeEntity): Multipart | null {
  const boundary = entity.media.parameters.get('boundary')?.trimEnd();
  if (boundary === undefined || boundary === '') return null;
  const { bytes, bodyStart, end } = entity;
  const parts: Multipart['parts'] = [];
  const nothing = { start: end, end };
  let preamble = { start: bodyStart, end };
  let open: number | null = null;
  for (let at = bodyStart; at < end; ) {
    const line = lineAt(bytes, at, end);
    at = line.next;
    const kind = delimiterKind(bytes, line, boundary);
    if (kind === null) continue;
    if (open === null) preamble = { start: bodyStart, end: line.start };
    else parts.push({ start: open, end: withoutLineEnd(bytes, open, line.start) });
    if (parts.length > MAX_PARTS)
      throw new CongvanError('MIME_LIMIT', `more than ${MAX_PARTS} parts`, { temporary: false });
    open = line.next;
    if (kind === 'close') return { parts, preamble, epilogue: { start: line.next, end }, closed: true };
  }
  if (open !== null) parts.push({ start: open, end });
  return { parts, preamble, epilogue: nothing, closed: false };
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replace(/(?<![ \t])[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, '');
  const plain = joined.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

/** The body with its transfer encoding taken off (RFC 2045 6). */
export function decodedBody(entity: MimeEntity): Uint8Array {
  const { bytes, bodyStart, end, encoding } = entity;
  if (encoding === 'base64') return Buffer.from(latin1(bytes, bodyStart, end), 'base64');
  if (encoding === 'quoted-printable') return quotedPrintable(latin1(bytes, bodyStart, end));
  return bytes.subarray(bodyStart, end);
}

/** Line ends as CRLF (RFC 8551 3.1.1): nothing else is touched, blanks at line ends least of all. */
export function canonicalLines(bytes: Uint8Array): Uint8Array {
  let bare = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (at === 0 || bytes[at - 1] !== CR) bare += 1;
  if (bare === 0) return bytes;
  const out = Buffer.alloc(bytes.length + bare);
  let to = 0;
  for (let from = 0; from < bytes.length; from += 1) {
    if (bytes[from] === LF && (from === 0 || bytes[from - 1] !== CR)) out[to++] = CR;
    out[to++] = bytes[from]!;
  }
  return out;
}
