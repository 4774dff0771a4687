/** Finding the central directory: the place where readers of damaged or forged archives part ways. */
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import type { Extent } from './layout.ts';
import {
  type CentralHeader,
  type EndRecord,
  LARGE,
  LENGTH,
  MANY,
  readCentral,
  readEnd,
  readEnd64,
  SIGNATURE,
  signatureAt,
} from './records.ts';

/** Entries; an official document has a few dozen parts, a large workbook some thousands. */
const MAX_ENTRIES = 20_000;
/** Bytes of a central header with its name and fields; keeps names and extra fields within reason. */
const MAX_HEADER = 4_096;
/** Longest archive comment, bytes: a length field of two bytes. */
const MAX_COMMENT = 0xffff;

export interface Directory {
  headers: CentralHeader[];
  extents: Extent[];
  faults: SignatureReason[];
  notes: SignatureReason[];
}

/** Every place in the tail of the file where an end record may be seen. */
function endCandidates(bytes: Uint8Array): EndRecord[] {
  const found: EndRecord[] = [];
  const first = Math.max(0, bytes.length - LENGTH.end - MAX_COMMENT);
  for (let at = bytes.length - LENGTH.end; at >= first; at--)
    if (bytes[at] === 0x50 && signatureAt(bytes, at) === SIGNATURE.end) found.push(readEnd(bytes, at));
  return found;
}

/** Whether some reader would get a directory out of this record: at its offset, or right before it. */
function readable(bytes: Uint8Array, end: EndRecord): boolean {
  if (end.entries === 0 && end.size === 0) return true;
  if (end.offset === LARGE || end.entries === MANY) return readEnd64(bytes, end) !== null;
  return [end.offset, end.at - end.size].some((at) => signatureAt(bytes, at) === SIGNATURE.central);
}

interface Chosen {
  end: EndRecord | null;
  faults: SignatureReason[];
  notes: SignatureReason[];
}

/**
 * QUIRK: a comment may hold the bytes of an end record. Where no reader gets a directory out of it, it is an odd comment;
 * where one does, two readers see two archives.
 */
function chooseEnd(bytes: Uint8Array): Chosen {
  const candidates = endCandidates(bytes);
  const reaches = (end: EndRecord) => end.at + LENGTH.end + end.commentLength === bytes.length;
  const usable = candidates.filter((end) => readable(bytes, end));
  const end = usable.find(reaches) ?? usable[0] ?? null;
  if (end === null) return { end, faults: [formatFailure('no central directory')], notes: [] };
  const faults: SignatureReason[] = [];
  const notes: SignatureReason[] = [];
  if (!reaches(end)) faults.push(formatFailure('bytes behind the end record'));
  if (usable.some((other) => other !== end && (other.at > end.at || reaches(other))))
    faults.push(formatFailure('a second end record that leads to a directory'));
  else if (candidates.some((other) => other.at > end.at))
    notes.push({ code: 'ZIP_COMMENT', detail: 'the comment holds the bytes of an end record' });
  else if (end.commentLength > 0)
    notes.push({ code: 'ZIP_COMMENT', detail: `comment of ${end.commentLength} bytes` });
  return { end, faults, notes };
}

/** The values of the zip64 record, which must repeat every plain value that is no sentinel. */
function withZip64(bytes: Uint8Array, end: EndRecord): { end: EndRecord; extents: Extent[]; sound: boolean } {
  const wide = readEnd64(bytes, end);
  const sentinel = [end.size, end.offset].includes(LARGE) || [end.entries, end.entriesHere].includes(MANY);
  if (wide === null) return { end, extents: [], sound: true };
  if (wide === 'broken') return { end, extents: [], sound: false };
  const same = (plain: number, value: number, limit: number) => plain === limit || plain === value;
  const sound =
    same(end.entries, wide.entries, MANY) &&
    same(end.entriesHere, wide.entriesHere, MANY) &&
    same(end.size, wide.size, LARGE) &&
    same(end.offset, wide.offset, LARGE);
  const extents = [{ start: wide.at, end: end.at, what: 'zip64 end record' }];
  return { end: sentinel ? { ...wide, at: end.at } : end, extents, sound };
}

function readHeaders(bytes: Uint8Array, end: EndRecord, found: Directory): void {
  const stop = end.offset + end.size;
  let at = end.offset;
  while (at < stop) {
    const header = readCentral(bytes, at);
    if (header === null || header.end > stop) {
      found.faults.push(formatFailure('the central directory holds something that is no entry'));
      return;
    }
    if (header.end - at > MAX_HEADER) {
      found.faults.push({ code: 'LIMIT', detail: 'entry header too long' });
      return;
    }
    if (found.headers.length === MAX_ENTRIES) {
      found.faults.push({ code: 'LIMIT', detail: `more than ${MAX_ENTRIES} entries` });
      return;
    }
    found.headers.push(header);
    at = header.end;
  }
  if (found.headers.length !== end.entries || end.entriesHere !== end.entries)
    found.faults.push(formatFailure('the directory has another number of entries than its end record says'));
}

/** Reads the central directory; what is doubtful about where and what it is goes into `faults`. */
export function readDirectory(bytes: Uint8Array): Directory {
  const { end: plain, faults, notes } = chooseEnd(bytes);
  const found: Directory = { headers: [], extents: [], faults, notes };
  if (plain === null) return found;
  const { end, extents, sound } = withZip64(bytes, plain);
  if (!sound) faults.push(formatFailure('zip64 end record is broken or contradicts the plain one'));
  if (end.disk !== 0) faults.push(formatFailure('archive of several disks'));
  found.extents.push(
    ...extents,
    { start: plain.at, end: bytes.length, what: 'end record' },
    { start: end.offset, end: end.offset + end.size, what: 'central directory' },
  );
  readHeaders(bytes, end, found);
  return found;
}
