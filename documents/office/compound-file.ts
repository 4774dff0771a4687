/** Streams of an OLE compound file ([MS-CFB]), which a legacy .doc is: only those directly under the root. */
import { LIMITS, OfficeRefusal } from './limits.ts';

export interface CompoundFile {
  /** Null when the root holds no stream of that name. Throws `OfficeRefusal` DOC_UNREADABLE. */
  read(name: string): Buffer | null;
}

const SIGNATURE = 'd0cf11e0a1b11ae1';
const END_OF_CHAIN = 0xfffffffe;
const NONE = 0xffffffff;
const HEADER_LISTS = 109;

interface Sectors {
  bytes: Buffer;
  size: number;
  fat: Uint32Array;
}

interface Entry {
  name: string;
  type: number;
  left: number;
  right: number;
  child: number;
  start: number;
  size: number;
}

export function isCompoundFile(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).toString('hex') === SIGNATURE;
}

export function openCompoundFile(source: Uint8Array): CompoundFile {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < 1024 || !isCompoundFile(source)) throw broken();
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw broken();
  const sectors: Sectors = { bytes, size: 1 << shift, fat: new Uint32Array(0) };
  sectors.fat = fatOf(sectors);
  const entries = entriesOf(chain(sectors, bytes.readUInt32LE(48)));
  const root = entries[0];
  if (root === undefined) throw broken();
  const names = under(entries, root.child);
  const mini = lazily(() => ({
    bytes: chain(sectors, root.start),
    size: 64,
    fat: numbersOf(chain(sectors, bytes.readUInt32LE(60))),
  }));
  const cutoff = bytes.readUInt32LE(56);
  return {
    read: (name) => {
      const entry = names.get(name);
      if (entry === undefined) return null;
      if (entry.size === 0) return Buffer.alloc(0);
      const whole = entry.size < cutoff ? chain(mini(), entry.start, 0) : chain(sectors, entry.start);
      return whole.subarray(0, entry.size);
    },
  };
}

/** Lists of FAT sectors: 109 in the header, more in a chain of their own. */
function fatOf(sectors: Sectors): Uint32Array {
  const { bytes, size } = sectors;
  const places: number[] = [];
  for (let index = 0; index < HEADER_LISTS; index++) places.push(bytes.readUInt32LE(76 + index * 4));
  let next = bytes.readUInt32LE(68);
  const most = Math.ceil(bytes.length / size);
  for (let count = 0; next < END_OF_CHAIN && count < most && places.length < most; count++) {
    const list = numbersOf(sectorAt(sectors, next));
    places.push(...list.subarray(0, -1));
    next = list.at(-1) ?? END_OF_CHAIN;
  }
  // As many as the file can need, so that a list in a ring cannot make more of them.
  const needed = Math.ceil(most / (size / 4)) + 1;
  const used = places.filter((place) => place < END_OF_CHAIN && place < most).slice(0, needed);
  return numbersOf(Buffer.concat(used.map((place) => sectorAt(sectors, place))));
}

function sectorAt({ bytes, size }: Sectors, index: number): Buffer {
  return bytes.subarray((index + 1) * size, (index + 2) * size);
}

function numbersOf(bytes: Buffer): Uint32Array {
  const numbers = new Uint32Array(Math.floor(bytes.length / 4));
  for (let index = 0; index < numbers.length; index++) numbers[index] = bytes.readUInt32LE(index * 4);
  return numbers;
}

/** `before` = sectors in front of sector 0: the header, which a mini stream has not. A ring ends in a refusal. */
function chain(sectors: Sectors, start: number, before = 1): Buffer {
  const { bytes, size, fat } = sectors;
  const pieces: Buffer[] = [];
  let next = start;
  while (next < END_OF_CHAIN) {
    if (next >= fat.length || pieces.length > fat.length || pieces.length * size > LIMITS.fileBytes)
      throw broken();
    pieces.push(bytes.subarray((next + before) * size, (next + before + 1) * size));
    next = fat[next]!;
  }
  return Buffer.concat(pieces);
}

function entriesOf(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 128 <= directory.length; at += 128) {
    const length = Math.min(64, directory.readUInt16LE(at + 64));
    entries.push({
      name: directory.toString('utf16le', at, at + Math.max(0, length - 2)),
      type: directory[at + 66]!,
      left: directory.readUInt32LE(at + 68),
      right: directory.readUInt32LE(at + 72),
      child: directory.readUInt32LE(at + 76),
      start: directory.readUInt32LE(at + 116),
      size: directory.readUInt32LE(at + 120),
    });
  }
  return entries;
}

/** Embedded objects have streams of the same names in storages of their own: those are not looked into. */
function under(entries: readonly Entry[], child: number): Map<string, Entry> {
  const found = new Map<string, Entry>();
  const seen = new Set<number>();
  const waiting = [child];
  while (waiting.length > 0) {
    const index = waiting.pop()!;
    const entry = entries[index];
    if (index === NONE || entry === undefined || seen.has(index)) continue;
    seen.add(index);
    if (entry.type === 2) found.set(entry.name, entry);
    waiting.push(entry.left, entry.right);
  }
  return found;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function broken(): OfficeRefusal {
  return new OfficeRefusal('DOC_UNREADABLE', 'cấu trúc tệp .doc bị lỗi');
}
