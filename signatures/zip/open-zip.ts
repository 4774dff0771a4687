/**
 * A zip as the carrier of signatures (OOXML, ODF, ASiC). What other rooms unpack for people may be read leniently; here two
 * readers that see two different documents in the same bytes are an attack, so every byte must belong to exactly one record,
 * every fact that stands twice must be the same, and every name must mean one entry for every reader.
 */
import { CongvanError } from '../../config/error.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { MAX_TOTAL, METHOD, readContents } from './contents.ts';
import { readDirectory } from './directory.ts';
import { checkLayout, type Extent, holdsRecord } from './layout.ts';
import { MAX_STEPS, nameKey, nameOf } from './names.ts';
import { type CentralHeader, type EntryHeader, FLAG, readLocal, SIGNATURE, signatureAt } from './records.ts';

interface ZipEntry {
  name: string;
  /** Inflated bytes. */
  size: number;
  /** A folder: name with a slash at its end, no bytes. */
  directory: boolean;
  method: number;
  /** Octet of its local header: order in the archive (`mimetype` must be first and stored in ODF and ASiC). */
  offset: number;
  /** The local header has extra fields (they are not allowed for `mimetype`). */
  extra: boolean;
}

export interface ZipArchive {
  /** By name, in the order of the central directory; of duplicates the first. Folders are among them. */
  entries: Map<string, ZipEntry>;
  /** What makes readers disagree (FORMAT_FAILURE) and what was too much (LIMIT). */
  faults: SignatureReason[];
  /** Oddities that every reader takes the same way: a comment, a prefix, padding. */
  notes: SignatureReason[];
  /**
   * The inflated bytes. Throws CongvanError ZIP_ENTRY (permanent) when there is no such entry or it could not be read
   * (`faults` says why).
   */
  read(name: string): Uint8Array;
}

/** Findings told one by one; a forged archive of thousands of entries would only repeat them. */
const MAX_FAULTS = 50;

/** Flags that change what an entry is; the others are hints of the compressor. */
const MEANING = FLAG.encrypted | FLAG.descriptor | FLAG.patched | FLAG.strong | FLAG.utf8 | FLAG.masked;

/** What local and central header say differently; sizes and CRC may be left to the descriptor (zero). */
function disagreements(central: CentralHeader, local: EntryHeader): string[] {
  const later = (central.flags & FLAG.descriptor) !== 0;
  const differs = (field: 'crc' | 'packed' | 'size') =>
    local[field] !== central[field] && !(later && local[field] === 0);
  const wrong: string[] = [];
  if (Buffer.compare(central.name, local.name) !== 0) wrong.push('name');
  if (((central.flags ^ local.flags) & MEANING) !== 0) wrong.push('flags');
  if (central.method !== local.method) wrong.push('method');
  if (central.aes !== local.aes) wrong.push('encryption');
  for (const field of ['crc', 'packed', 'size'] as const) if (differs(field)) wrong.push(field);
  const { unicodeName } = local;
  if (unicodeName !== null && Buffer.compare(unicodeName, central.unicodeName ?? central.name) !== 0)
    wrong.push('Unicode path');
  return wrong;
}

/** Octets that the data descriptor takes (APPNOTE 4.3.9: signature optional, sizes of 4 or 8); null = none that agrees. */
function descriptorLength(bytes: Uint8Array, at: number, header: CentralHeader): number | null {
  const start = signatureAt(bytes, at) === SIGNATURE.descriptor ? [at + 4, at] : [at];
  for (const from of start)
    for (const width of [4, 8])
      if (descriptorAgrees(bytes, from, width, header)) return from - at + 4 + 2 * width;
  return null;
}

function descriptorAgrees(bytes: Uint8Array, at: number, width: number, header: CentralHeader): boolean {
  if (at + 4 + 2 * width > bytes.length) return false;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (from: number) =>
    width === 4 ? data.getUint32(from, true) : Number(data.getBigUint64(from, true));
  return (
    data.getUint32(at, true) === header.crc &&
    number(at + 4) === header.packed &&
    number(at + 4 + width) === header.size
  );
}

interface Opened {
  archive: ZipArchive;
  contents: Map<string, Uint8Array>;
  /** Collision key to name. */
  taken: Map<string, string>;
  /** Inflated bytes still allowed. */
  room: number;
}

function claimName(opened: Opened, header: CentralHeader): string {
  const { name, readings, wrong } = nameOf(header);
  const fault = (detail: string) => opened.archive.faults.push(formatFailure(detail));
  if (wrong !== null) fault(`entry name ${JSON.stringify(name)} ${wrong}`);
  const keys = new Set(readings.map(nameKey));
  const other = [...keys].find((key) => opened.taken.has(key));
  if (other !== undefined) fault(`${name} and ${opened.taken.get(other)} are one entry for some reader`);
  for (const key of keys) if (!opened.taken.has(key)) opened.taken.set(key, name);
  return name;
}

/** Checks the local header and the descriptor; gives the packed bytes and what the whole entry takes. */
function locate(
  bytes: Uint8Array,
  header: CentralHeader,
  name: string,
  faults: SignatureReason[],
): { packed: Uint8Array; extent: Extent; local: EntryHeader } | null {
  const local = readLocal(bytes, header.offset);
  const end = local === null ? 0 : local.end + header.packed;
  if (local === null || end > bytes.length) {
    faults.push(formatFailure(`${name} is not where the directory says`));
    return null;
  }
  const wrong = disagreements(header, local);
  if (wrong.length > 0) faults.push(formatFailure(`${name}: headers disagree (${wrong.join(', ')})`));
  if (!header.sound || !local.sound) faults.push(formatFailure(`${name} has contradicting extra fields`));
  if (header.disk !== 0) faults.push(formatFailure(`${name} is on another disk`));
  const packed = bytes.subarray(local.end, end);
  const descriptor = (header.flags & FLAG.descriptor) === 0 ? 0 : descriptorLength(bytes, end, header);
  if (descriptor === null) faults.push(formatFailure(`${name}: data descriptor missing or disagreeing`));
  // A reader that streams cannot know where stored data ends; it looks for the next record.
  if (descriptor !== 0 && header.method === METHOD.stored && holdsRecord(packed))
    faults.push(formatFailure(`${name}: stored data of unknown length holds a record`));
  const extent = { start: header.offset, end: end + (descriptor ?? 0), what: name };
  return { packed, extent, local };
}

function addEntry(bytes: Uint8Array, header: CentralHeader, opened: Opened): Extent[] {
  const { archive } = opened;
  const name = claimName(opened, header);
  const found = locate(bytes, header, name, archive.faults);
  if (found === null) return [];
  const directory = name.endsWith('/');
  if (directory && header.size !== 0) archive.faults.push(formatFailure(`folder ${name} holds bytes`));
  const contents = readContents(found.packed, header, name, opened.room);
  archive.faults.push(...contents.faults);
  opened.room -= contents.bytes?.length ?? 0;
  if (!archive.entries.has(name)) {
    const { size, method, offset } = header;
    const extra = found.local.end > offset + 30 + found.local.name.length;
    archive.entries.set(name, { name, size, directory, method, offset, extra });
    if (contents.bytes !== null) opened.contents.set(name, contents.bytes);
  }
  return [found.extent];
}

/** A file may not be the folder of another entry: what unpacks to a disk would lose one of the two. */
function checkFolders({ archive, taken }: Opened): void {
  for (const [key, name] of taken) {
    let steps = 0;
    for (let at = key.indexOf('/'); at !== -1 && steps < MAX_STEPS; at = key.indexOf('/', at + 1), steps++) {
      const folder = taken.get(key.slice(0, at));
      if (folder !== undefined && !folder.endsWith('/'))
        archive.faults.push(formatFailure(`${folder} is a file and the folder of ${name}`));
    }
  }
}

const archives = new WeakMap<Uint8Array, ZipArchive>();

/**
 * Opens an archive whose bytes are all at hand; never throws for what they are. Everything is inflated and checked at once,
 * and only once for the same array: what kind it is, and what it holds, are asked in two places.
 */
export function openZip(bytes: Uint8Array): ZipArchive {
  const known = archives.get(bytes);
  if (known !== undefined) return known;
  const archive = readArchive(bytes);
  archives.set(bytes, archive);
  return archive;
}

function readArchive(bytes: Uint8Array): ZipArchive {
  const directory = readDirectory(bytes);
  const contents = new Map<string, Uint8Array>();
  const archive: ZipArchive = {
    entries: new Map(),
    faults: directory.faults,
    notes: directory.notes,
    read: (name) => {
      const found = contents.get(name);
      if (found === undefined)
        throw new CongvanError('ZIP_ENTRY', 'zip entry missing or unreadable', { temporary: false });
      return found;
    },
  };
  const opened: Opened = { archive, contents, taken: new Map(), room: MAX_TOTAL };
  const extents = directory.headers.flatMap((header) => addEntry(bytes, header, opened));
  checkFolders(opened);
  const layout = checkLayout(bytes, [...directory.extents, ...extents]);
  archive.faults.push(...layout.faults.slice(0, MAX_FAULTS));
  archive.notes.push(...layout.notes.slice(0, MAX_FAULTS));
  archive.faults.splice(MAX_FAULTS);
  return archive;
}
