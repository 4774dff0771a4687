/**
 * The entries of a revocation list, walked over as bytes: lists of 100,000 entries are real, and an object for each would
 * cost more than everything else in a verdict.
 */
import { CongvanError } from '../../config/error.ts';
import { readGeneralNames } from '../certificates/general-names.ts';
import { boolean, type DerNode, elements, isUniversal, octets, oid, readDer, TAG, time } from '../der.ts';

/** Most entries of one list; the largest public ones have some hundred thousand. */
const MAX_ENTRIES = 2_000_000;

const ENTRY = { reason: '2.5.29.21', hold: '2.5.29.23', invalidityDate: '2.5.29.24', issuer: '2.5.29.29' };
/** Extensions of an entry that may be critical. */
const UNDERSTOOD = new Set(Object.values(ENTRY));

/** CRLReason (RFC 5280 5.3.1); 7 is not used. */
const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  '',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

export interface Revocation {
  /** ISO 8601 UTC. */
  revokedAt: string;
  /** Name of RFC 5280 5.3.1; null when absent. */
  reason: string | null;
}

/** All entries of one list. */
export interface Entries {
  bytes: Uint8Array;
  /** Position of each entry in `bytes`. */
  starts: Uint32Array;
  /** From this entry on the certificates are of another issuer (indirect lists, RFC 5280 5.3.3): keys of its names. */
  issuers: { from: number; names: Set<string> }[];
  /** Why nothing may be concluded from the list: an entry that cannot be read or understood; null when there is none. */
  fault: string | null;
}

export const NO_ENTRIES: Entries = {
  bytes: new Uint8Array(),
  starts: new Uint32Array(),
  issuers: [],
  fault: null,
};

function fail(): never {
  throw new CongvanError('DER_INVALID', 'entry of a revocation list malformed', { temporary: false });
}

/** Walks elements without building any: `read` sets where the content of the one at `at` begins and ends. */
class Cursor {
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads the header at `at` and gives the tag octet. Definite lengths only: lists are DER. */
  read(at: number, limit: number): number {
    const { bytes } = this;
    let length = bytes[at + 1] ?? fail();
    let start = at + 2;
    if (length >= 0x80) {
      const octetsOfLength = length & 0x7f;
      if (octetsOfLength === 0 || octetsOfLength > 4) fail();
      length = 0;
      for (let i = 0; i < octetsOfLength; i += 1) length = length * 256 + (bytes[start++] ?? fail());
    }
    if (start + length > limit) fail();
    this.start = start;
    this.end = start + length;
    return bytes[at]!;
  }
}

/** Does any extension of the entry ask for more than a glance: critical, or a change of issuer? */
function isRemarkable(cursor: Cursor, at: number, limit: number): boolean {
  cursor.read(at, limit);
  let position = cursor.start;
  const end = cursor.end;
  while (position < end) {
    cursor.read(position, end);
    const next = cursor.end;
    cursor.read(cursor.start, next);
    if (cursor.bytes[cursor.end] === 0x01) return true;
    if (isCertificateIssuer(cursor)) return true;
    position = next;
  }
  return false;
}

/** Content octets of 2.5.29.29. */
function isCertificateIssuer({ bytes, start, end }: Cursor): boolean {
  return end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 0x1d && bytes[start + 2] === 0x1d;
}

interface EntryExtension {
  id: string;
  critical: boolean;
  value: DerNode;
}

function readEntryExtensions(node: DerNode | undefined): EntryExtension[] {
  if (node === undefined) return [];
  return elements(node).map((extension) => {
    const parts = elements(extension);
    const critical = isUniversal(parts[1], TAG.boolean) && boolean(parts[1]);
    return { id: oid(parts[0]), critical, value: readDer(octets(parts.at(-1)!)) };
  });
}

function directoryKeys(value: DerNode): Set<string> {
  return new Set(
    readGeneralNames(value).flatMap((name) => (name.kind === 'directory' ? [name.name.key] : [])),
  );
}

/** Takes up what the extensions of entry number `index` mean for the list. */
function noteExtensions(into: Entries, node: DerNode, index: number): void {
  for (const { id, critical, value } of readEntryExtensions(node)) {
    if (id === ENTRY.issuer) into.issuers.push({ from: index, names: directoryKeys(value) });
    else if (critical && !UNDERSTOOD.has(id))
      into.fault ??= `critical extension ${id} of an entry is not understood`;
  }
}

/** Reads `revokedCertificates`. Throws CongvanError DER_INVALID. */
export function readEntries(list: DerNode): Entries {
  const { bytes, contentStart, contentEnd } = list;
  const cursor = new Cursor(bytes);
  const starts: number[] = [];
  const entries: Entries = { ...NO_ENTRIES, bytes, issuers: [] };
  for (let position = contentStart; position < contentEnd; ) {
    if (starts.length === MAX_ENTRIES || cursor.read(position, contentEnd) !== 0x30) fail();
    const next = cursor.end;
    if (cursor.read(cursor.start, next) !== 0x02) fail();
    cursor.read(cursor.end, next);
    if (cursor.end < next) {
      const extensions = cursor.end;
      if (isRemarkable(cursor, extensions, next))
        noteExtensions(entries, readDer(bytes, extensions, next), starts.length);
    }
    starts.push(position);
    position = next;
  }
  return { ...entries, starts: Uint32Array.from(starts) };
}

/** Is the INTEGER in `bytes` from `start` to `end` the number whose shortest form is `number`? */
function isNumber(bytes: Uint8Array, start: number, end: number, number: Uint8Array): boolean {
  const padding = end - start - number.length;
  if (padding < 0) return false;
  const sign = number[0]! >= 0x80 ? 0xff : 0x00;
  for (let i = 0; i < padding; i += 1) if (bytes[start + i] !== sign) return false;
  for (let i = number.length - 1; i >= 0; i -= 1) if (bytes[start + padding + i] !== number[i]) return false;
  return true;
}

/** Whose certificate entry number `index` is about; `listIssuer` until an entry says otherwise. */
function isOfIssuer(entries: Entries, index: number, issuer: string, listIssuer: string): boolean {
  const named = entries.issuers.findLast(({ from }) => from <= index);
  return named === undefined ? issuer === listIssuer : named.names.has(issuer);
}

function revocationAt(entries: Entries, start: number): Revocation {
  const [, at, extensions] = elements(readDer(entries.bytes, start));
  const reason = readEntryExtensions(extensions).find(({ id }) => id === ENTRY.reason)?.value;
  const code = reason === undefined ? -1 : reasonCode(reason);
  return { revokedAt: time(at), reason: REASONS[code] || null };
}

function reasonCode(value: DerNode): number {
  return value.contentEnd - value.contentStart === 1 ? value.bytes[value.contentStart]! : -1;
}

/** The entry of one certificate; null when the list does not name it. Keys are those of distinguished names. */
export function findEntry(
  entries: Entries,
  serialNumber: Uint8Array,
  issuer: string,
  listIssuer: string,
): Revocation | null {
  const { bytes, starts } = entries;
  const cursor = new Cursor(bytes);
  for (let index = 0; index < starts.length; index += 1) {
    cursor.read(starts[index]!, bytes.length);
    cursor.read(cursor.start, cursor.end);
    if (!isNumber(bytes, cursor.start, cursor.end, serialNumber)) continue;
    if (isOfIssuer(entries, index, issuer, listIssuer)) return revocationAt(entries, starts[index]!);
  }
  return null;
}
