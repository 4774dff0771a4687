/** A zip written field by field, so that a test can make any two of them disagree. */
import { crc32, deflateRawSync } from 'node:zlib';

/** Fields of a header that may be forged. */
interface ForgedHeader {
  name: string | Buffer;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  extra: Buffer;
}

export interface ForgedEntry {
  name: string | Buffer;
  content: Buffer;
  /** Default deflated. */
  stored?: boolean;
  flags?: number;
  /** Bytes as they lie in the archive, in place of the content. */
  data?: Buffer;
  local?: Partial<ForgedHeader>;
  central?: Partial<ForgedHeader> & { offset?: number; disk?: number };
  /** Bytes between the data and the next record: a data descriptor, or what belongs to nothing. */
  behind?: Buffer;
  /** Stands in the archive, but not in the directory, or the other way round. */
  only?: 'local' | 'central';
}

export interface ForgedEnd {
  entries: number;
  entriesHere: number;
  size: number;
  offset: number;
  disk: number;
  comment: Buffer;
  commentLength: number;
}

export interface ForgedArchive {
  prefix?: Buffer;
  /** False leaves the offsets as if there were no prefix. */
  shifted?: boolean;
  beforeDirectory?: Buffer;
  beforeEnd?: Buffer;
  end?: Partial<ForgedEnd>;
  behind?: Buffer;
}

function packer() {
  const parts: Buffer[] = [];
  const put = (length: number, value: number) => {
    const part = Buffer.alloc(length);
    part.writeUIntLE(value, 0, length);
    parts.push(part);
  };
  return { put, add: (part: Buffer) => parts.push(part), done: () => Buffer.concat(parts) };
}

/** The fields from the flags to the length of the extra field, as both headers have them. */
function common(header: ForgedHeader): Buffer {
  const { put, done } = packer();
  put(2, header.flags);
  put(2, header.method);
  put(4, 0x58210000);
  put(4, header.crc);
  put(4, header.packed);
  put(4, header.size);
  put(2, Buffer.from(header.name).length);
  put(2, header.extra.length);
  return done();
}

function localRecord(header: ForgedHeader): Buffer {
  const { put, add, done } = packer();
  put(4, 0x04034b50);
  put(2, 20);
  add(common(header));
  add(Buffer.from(header.name));
  add(header.extra);
  return done();
}

function centralRecord(header: ForgedHeader, offset: number, disk: number): Buffer {
  const { put, add, done } = packer();
  put(4, 0x02014b50);
  put(4, 0x00140014);
  add(common(header));
  put(2, 0);
  put(2, disk);
  put(2, 0);
  put(4, 0);
  put(4, offset);
  add(Buffer.from(header.name));
  add(header.extra);
  return done();
}

export function endRecord(end: ForgedEnd): Buffer {
  const { put, add, done } = packer();
  put(4, 0x06054b50);
  put(2, end.disk);
  put(2, 0);
  put(2, end.entriesHere);
  put(2, end.entries);
  put(4, end.size);
  put(4, end.offset);
  put(2, end.commentLength);
  add(end.comment);
  return done();
}

/** Zip64 end record with its locator. */
export function end64Record(at: number, end: Pick<ForgedEnd, 'entries' | 'size' | 'offset'>): Buffer {
  const { put, done } = packer();
  const wide = (value: number) => {
    put(4, value);
    put(4, 0);
  };
  put(4, 0x06064b50);
  wide(44);
  put(4, 0x002d002d);
  wide(0);
  wide(end.entries);
  wide(end.entries);
  wide(end.size);
  wide(end.offset);
  put(4, 0x07064b50);
  put(4, 0);
  wide(at);
  put(4, 1);
  return done();
}

export function descriptor(crc: number, packed: number, size: number, signed = true): Buffer {
  const { put, done } = packer();
  if (signed) put(4, 0x08074b50);
  put(4, crc);
  put(4, packed);
  put(4, size);
  return done();
}

/** An extra field. */
export function extraField(id: number, body: Buffer): Buffer {
  const { put, add, done } = packer();
  put(2, id);
  put(2, body.length);
  add(body);
  return done();
}

export function eightBytes(...values: number[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const part = Buffer.alloc(8);
      part.writeBigUInt64LE(BigInt(value));
      return part;
    }),
  );
}

function headerOf(entry: ForgedEntry): ForgedHeader {
  const { name, content, stored = false, flags = 0x0800 } = entry;
  const packed = (entry.data ?? packedData(entry)).length;
  const crc = crc32(content);
  return { name, flags, method: stored ? 0 : 8, crc, packed, size: content.length, extra: Buffer.alloc(0) };
}

export function packedData({ content, stored = false, data }: ForgedEntry): Buffer {
  return data ?? (stored ? content : deflateRawSync(content));
}

/** Writes the archive; without anything forged it is a plain one. */
export function forgeZip(entries: ForgedEntry[], archive: ForgedArchive = {}): Buffer {
  const { prefix = Buffer.alloc(0), shifted = true, beforeDirectory, beforeEnd } = archive;
  const empty = Buffer.alloc(0);
  const local: Buffer[] = [prefix];
  const central: Buffer[] = [];
  let at = shifted ? prefix.length : 0;
  for (const entry of entries) {
    const header = headerOf(entry);
    const { offset = at, disk = 0, ...forged } = entry.central ?? {};
    if (entry.only !== 'local') central.push(centralRecord({ ...header, ...forged }, offset, disk));
    if (entry.only === 'central') continue;
    const record = localRecord({ ...header, ...entry.local });
    const whole = Buffer.concat([record, packedData(entry), entry.behind ?? empty]);
    local.push(whole);
    at += whole.length;
  }
  const directory = Buffer.concat(central);
  const offset = at + (beforeDirectory?.length ?? 0);
  const count = central.length;
  const comment = archive.end?.comment ?? empty;
  const plain = { entries: count, entriesHere: count, size: directory.length, offset, disk: 0 };
  const end = endRecord({ ...plain, comment, commentLength: comment.length, ...archive.end });
  const parts = [beforeDirectory ?? empty, directory, beforeEnd ?? empty, end, archive.behind ?? empty];
  return Buffer.concat([...local, ...parts]);
}
