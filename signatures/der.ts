import { CongvanError } from '../config/error.ts';

/** Deepest nesting that is read: real certificates and CMS stay under 20. */
const MAX_DEPTH = 64;
/** Most children of one node: a CRL of a large authority has some 100,000. */
const MAX_CHILDREN = 500_000;

/** One element, as positions in the bytes it was read from: nothing is copied, so signed bytes stay byte-exact. */
export interface DerNode {
  bytes: Uint8Array;
  /** 0 universal, 1 application, 2 context, 3 private. */
  tagClass: number;
  constructed: boolean;
  tag: number;
  /** Positions in `bytes`: the identifier octet, the first and one past the last content octet, one past the element. */
  start: number;
  contentStart: number;
  contentEnd: number;
  end: number;
  depth: number;
}

export const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  sequence: 16,
  set: 17,
  utcTime: 23,
  generalizedTime: 24,
} as const;

function fail(detail: string): never {
  throw new CongvanError('DER_INVALID', detail, { temporary: false });
}

/** Identifier octets: class, constructed bit, tag number (multi-byte tags up to 28 bits). */
function readIdentifier(bytes: Uint8Array, at: number, limit: number) {
  if (at >= limit) fail('end of data where an element should begin');
  const first = bytes[at]!;
  let tag = first & 0x1f;
  let next = at + 1;
  if (tag === 0x1f) {
    tag = 0;
    for (let count = 0; ; count += 1) {
      if (next >= limit || count === 4) fail('tag number too long');
      const octet = bytes[next++]!;
      tag = (tag << 7) | (octet & 0x7f);
      if ((octet & 0x80) === 0) break;
    }
  }
  return { tagClass: first >> 6, constructed: (first & 0x20) !== 0, tag, next };
}

/** Length octets; -1 = indefinite (BER, X.690 8.1.3.6). */
function readLength(bytes: Uint8Array, at: number, limit: number): { length: number; next: number } {
  if (at >= limit) fail('end of data where a length should be');
  const first = bytes[at]!;
  if (first < 0x80) return { length: first, next: at + 1 };
  if (first === 0x80) return { length: -1, next: at + 1 };
  const count = first & 0x7f;
  if (count > 6 || at + 1 + count > limit) fail('length too long');
  let length = 0;
  for (let i = 0; i < count; i += 1) length = length * 256 + bytes[at + 1 + i]!;
  return { length, next: at + 1 + count };
}

function isEndOfContents(bytes: Uint8Array, at: number, limit: number): boolean {
  return at + 1 < limit && bytes[at] === 0 && bytes[at + 1] === 0;
}

/**
 * Reads the element that begins at `at`; its content must end before `limit`.
 * Throws CongvanError DER_INVALID. Trailing bytes are the caller's business (`node.end`).
 */
export function readDer(bytes: Uint8Array, at = 0, limit = bytes.length, depth = 0): DerNode {
  if (depth > MAX_DEPTH) fail('nested too deeply');
  const { tagClass, constructed, tag, next } = readIdentifier(bytes, at, limit);
  const { length, next: contentStart } = readLength(bytes, next, limit);
  const node = { bytes, tagClass, constructed, tag, start: at, contentStart, depth };
  if (length >= 0) {
    const end = contentStart + length;
    if (end > limit) fail('element reaches beyond the end of data');
    return { ...node, contentEnd: end, end };
  }
  if (!constructed) fail('indefinite length of a primitive element');
  let position = contentStart;
  while (!isEndOfContents(bytes, position, limit)) {
    position = readDer(bytes, position, limit, depth + 1).end;
  }
  return { ...node, contentEnd: position, end: position + 2 };
}

/** Elements that a structure lacks are asked for like all others: what is not there is malformed, never a crash. */
function present(node: DerNode | undefined): DerNode {
  return node ?? fail('an element is missing');
}

/** The elements inside a constructed one. */
export function children(outer: DerNode | undefined): DerNode[] {
  const node = present(outer);
  if (!node.constructed) fail('children of a primitive element');
  const found: DerNode[] = [];
  let position = node.contentStart;
  while (position < node.contentEnd) {
    if (found.length === MAX_CHILDREN) fail('too many elements');
    const child = readDer(node.bytes, position, node.contentEnd, node.depth + 1);
    found.push(child);
    position = child.end;
  }
  return found;
}

export function isUniversal(node: DerNode | undefined, tag: number): node is DerNode {
  return node !== undefined && node.tagClass === 0 && node.tag === tag;
}

export function isContext(node: DerNode | undefined, tag: number): node is DerNode {
  return node !== undefined && node.tagClass === 2 && node.tag === tag;
}

/** The children of a SEQUENCE or SET. */
export function elements(node: DerNode | undefined, tag: number = TAG.sequence): DerNode[] {
  if (!isUniversal(node, tag)) fail(`universal tag ${tag} expected`);
  return children(node);
}

/** The element with its header, exactly as it stands. */
export function whole(node: DerNode | undefined): Uint8Array {
  const { bytes, start, end } = present(node);
  return bytes.subarray(start, end);
}

export function content(node: DerNode | undefined): Uint8Array {
  const { bytes, contentStart, contentEnd } = present(node);
  return bytes.subarray(contentStart, contentEnd);
}

/** OCTET STRING (or an implicit tag of one), also in the chunks of BER. */
export function octets(node: DerNode | undefined): Uint8Array {
  if (!present(node).constructed) return content(node);
  return Buffer.concat(children(node).map(octets));
}

/** BIT STRING of whole octets; unused bits are refused where a signature or key is expected. */
export function bitString(node: DerNode | undefined): Uint8Array {
  if (!isUniversal(node, TAG.bitString) || node.constructed) fail('BIT STRING expected');
  const raw = content(node);
  if (raw.length === 0 || raw[0] !== 0) fail('BIT STRING with unused bits');
  return raw.subarray(1);
}

/** Dotted OBJECT IDENTIFIER. */
export function oid(node: DerNode | undefined): string {
  if (!isUniversal(node, TAG.oid) || node.constructed) fail('OBJECT IDENTIFIER expected');
  const raw = content(node);
  if (raw.length === 0 || raw.length > 64 || raw[raw.length - 1]! >= 0x80)
    fail('OBJECT IDENTIFIER malformed');
  const arcs: number[] = [];
  let value = 0;
  for (const octet of raw) {
    value = value * 128 + (octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return arcs.join('.');
}

/** INTEGER as upper-case hex without needless leading zero octets. */
export function integerHex(node: DerNode | undefined): string {
  if (!isUniversal(node, TAG.integer)) fail('INTEGER expected');
  const hex = Buffer.from(content(node)).toString('hex').toUpperCase();
  return hex.replace(/^(?:00)+(?=..)/, '');
}

/** A small non-negative INTEGER. */
export function smallInteger(node: DerNode | undefined): number {
  const hex = integerHex(node);
  if (hex.length === 0 || hex.length > 8) fail('INTEGER out of range');
  return Number.parseInt(hex, 16);
}

export function boolean(node: DerNode): boolean {
  const raw = content(node);
  if (raw.length !== 1) fail('BOOLEAN malformed');
  return raw[0] !== 0;
}

/**
 * UTCTime or GeneralizedTime as ISO 8601 UTC (RFC 5280 4.1.2.5).
 * QUIRK: some time-stamp servers give fractions of seconds; a zone offset other than Z is read, though DER forbids it.
 */
export function time(node: DerNode | undefined): string {
  const utc = isUniversal(node, TAG.utcTime);
  if (!utc && !isUniversal(node, TAG.generalizedTime)) fail('time expected');
  const text = Buffer.from(content(node!)).toString('latin1');
  const match = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?([.,]\d{1,9})?(Z|[+-]\d{4})$/.exec(
    utc ? text : text.replace(/^(\d{4})/, '$1'),
  );
  if (match === null || (match[1]!.length === 2) !== utc)
    fail(`time malformed: ${JSON.stringify(text.slice(0, 30))}`);
  const short = Number(match[1]);
  const year = utc ? short + (short < 50 ? 2000 : 1900) : short;
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7].slice(1)}`);
  const at = Date.UTC(
    year,
    Number(match[2]) - 1,
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6] ?? 0),
  );
  const zone = match[8]!;
  const offset =
    zone === 'Z'
      ? 0
      : (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5))) * (zone[0] === '-' ? -1 : 1);
  if (Number.isNaN(at)) fail('time malformed');
  return new Date(at + Math.floor(fraction * 1000) - offset * 60_000).toISOString();
}

/** A DER header, for re-tagging: identifier octet and definite length. */
export function header(identifier: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(identifier, length);
  const octetsOfLength: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octetsOfLength.unshift(rest % 256);
  return Uint8Array.of(identifier, 0x80 | octetsOfLength.length, ...octetsOfLength);
}

/** Universal string types that BER may send in chunks and DER may not: OCTET STRING and the character strings. */
const CHUNKED = new Set([4, 12, 18, 19, 20, 21, 22, 25, 26, 27, 28, 30]);

function derContents(node: DerNode): Uint8Array {
  if (!node.constructed) {
    const truth = isUniversal(node, TAG.boolean) && content(node).length === 1 && content(node)[0] !== 0;
    return truth ? Uint8Array.of(0xff) : content(node);
  }
  if (node.tagClass === 0 && CHUNKED.has(node.tag)) return octets(node);
  const inner = children(node).map(derEncoding);
  return Buffer.concat(isUniversal(node, TAG.set) ? inner.sort(Buffer.compare) : inner);
}

/**
 * The element in DER, however it came (X.690 10, 11): definite lengths, whole strings, every SET taken for a SET OF and
 * sorted. Primitive contents stay as they are.
 */
export function derEncoding(node: DerNode): Uint8Array {
  const inner = derContents(node);
  const identifier = Buffer.from(
    node.bytes.subarray(node.start, readIdentifier(node.bytes, node.start, node.end).next),
  );
  if (node.tagClass === 0 && CHUNKED.has(node.tag)) identifier[0]! &= ~0x20;
  return Buffer.concat([identifier, header(0, inner.length).subarray(1), inner]);
}
