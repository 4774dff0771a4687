/** Cross-reference sections: tables, streams and hybrids of both (ISO 32000-2 7.5.4, 7.5.8). */
import { CongvanError } from '../../config/error.ts';
import { isDict, isStream, nameOf, numberIn, type PdfDict, type PdfStream } from './objects.ts';
import type { PlacedObject, PlacedReader } from './placed.ts';
import type { ObjectReader } from './syntax.ts';

/** Most revisions (cross-reference sections) of one file. */
const MAX_SECTIONS = 500;
const MAX_OBJECTS = 1_000_000;

/** Where an object stands. */
export type XrefEntry =
  | { kind: 'free' }
  | { kind: 'plain'; offset: number; generation: number }
  | { kind: 'packed'; stream: number; index: number };

/** One cross-reference section: one revision's worth of changes. */
export interface XrefSection {
  /** Place of the section itself, from `xref` or its object to after the trailer or stream. */
  start: number;
  end: number;
  entries: Map<number, XrefEntry>;
  trailer: PdfDict;
  /** Object numbers that the section names more than once: readers differ on which entry holds. */
  repeated: number[];
  /** True for the stream beside a table in a hybrid-reference file: it belongs to that table's revision. */
  hybrid: boolean;
}

/** Reading the chain needs objects by place and the octets of a cross-reference stream. */
export interface XrefAccess {
  reader: PlacedReader;
  rawObjectAt(at: number): PlacedObject;
  decode(stream: PdfStream): Buffer;
}

function broken(detail: string, code = 'PDF_STRUCTURE'): never {
  throw new CongvanError(code, detail, { temporary: false });
}

/** Entries of one section; a number that comes again is remembered as a fault, and the first entry holds. */
class Entries {
  readonly map = new Map<number, XrefEntry>();
  readonly repeated: number[] = [];

  add(number: number, entry: XrefEntry): void {
    if (this.map.has(number)) {
      if (this.repeated.length < 100) this.repeated.push(number);
      return;
    }
    if (this.map.size >= MAX_OBJECTS) broken('too many objects', 'PDF_LIMIT');
    this.map.set(number, entry);
  }
}

function readSubsection(reader: ObjectReader, first: number, entries: Entries): void {
  const count = reader.integer() ?? broken('cross-reference subsection');
  if (count > MAX_OBJECTS) broken('too many objects', 'PDF_LIMIT');
  for (let i = 0; i < count; i += 1) {
    const offset = reader.integer();
    const generation = reader.integer();
    const use = reader.token();
    if (offset === null || generation === null || (use !== 'n' && use !== 'f'))
      broken('cross-reference entry');
    // QUIRK: offset 0 "in use" is how some writers mark free objects.
    const inUse = use === 'n' && offset > 0;
    entries.add(first + i, inUse ? { kind: 'plain', offset, generation } : { kind: 'free' });
  }
}

function readTable(reader: ObjectReader): XrefSection {
  reader.skipSpace();
  const start = reader.base + reader.at;
  reader.keyword('xref');
  const entries = new Entries();
  for (let first = reader.integer(); first !== null; first = reader.integer())
    readSubsection(reader, first, entries);
  if (!reader.keyword('trailer')) broken('no trailer after the cross-reference table');
  const trailer = reader.object();
  if (!isDict(trailer)) broken('trailer is no dictionary');
  const end = reader.base + reader.at;
  return { start, end, entries: entries.map, trailer, repeated: entries.repeated, hybrid: false };
}

function readXrefStream(access: XrefAccess, at: number): XrefSection {
  const placed = access.rawObjectAt(at);
  const stream = placed.value;
  if (!isStream(stream) || nameOf(stream.dict.entries.get('Type')) !== 'XRef')
    broken('neither table nor stream of cross-references');
  const widths = stream.dict.entries.get('W');
  const sound = (w: unknown) => typeof w === 'number' && Number.isInteger(w) && w >= 0 && w <= 8;
  if (!Array.isArray(widths) || widths.length < 3 || !widths.every(sound))
    broken('cross-reference stream widths');
  const index = stream.dict.entries.get('Index') ?? [0, numberIn(stream.dict, 'Size') ?? 0];
  if (!Array.isArray(index) || !index.every((n) => typeof n === 'number' && n >= 0))
    broken('cross-reference stream index');
  const entries = unpackEntries(access.decode(stream), widths as number[], index as number[]);
  return {
    start: placed.start,
    end: placed.end,
    entries: entries.map,
    trailer: stream.dict,
    repeated: entries.repeated,
    hybrid: false,
  };
}

function unpackEntries(data: Buffer, widths: number[], ranges: number[]): Entries {
  const entries = new Entries();
  const [w0, w1, w2] = widths as [number, number, number];
  const row = widths.reduce((a, b) => a + b, 0);
  const field = (at: number, width: number): number => {
    let value = 0;
    for (let i = 0; i < width; i += 1) value = value * 256 + data[at + i]!;
    return value;
  };
  let at = 0;
  for (let r = 0; r + 1 < ranges.length; r += 2) {
    for (let i = 0; i < ranges[r + 1]!; i += 1, at += row) {
      if (row === 0 || at + row > data.length) return entries;
      const type = w0 === 0 ? 1 : field(at, w0);
      const second = field(at + w0, w1);
      const third = field(at + w0 + w1, w2);
      entries.add(ranges[r]! + i, entryOf(type, second, third));
    }
  }
  return entries;
}

function entryOf(type: number, second: number, third: number): XrefEntry {
  if (type === 1) return { kind: 'plain', offset: second, generation: third };
  return type === 2 ? { kind: 'packed', stream: second, index: third } : { kind: 'free' };
}

function readSection(access: XrefAccess, at: number): XrefSection {
  const start = access.reader.source.read(at, at + 32).toString('latin1');
  return /^[\s\x00]*xref/.test(start) ? access.reader.parseAt(at, readTable) : readXrefStream(access, at);
}

/** Place of the last cross-reference section before `limit`. Throws PDF_STRUCTURE. */
export function lastStartXref(reader: PlacedReader): number {
  const from = Math.max(0, reader.limit - 64 * 1024);
  const tail = reader.source.read(from, reader.limit);
  const found = tail.lastIndexOf('startxref', undefined, 'latin1');
  if (found < 0) broken('no startxref at the end');
  const value = /^startxref[\s\x00]+(\d{1,12})\b/.exec(tail.toString('latin1', found, found + 64));
  return value === null ? broken('startxref without number') : Number(value[1]);
}

/** The sections from `first` on, newest first, each hybrid stream right behind its table. Throws PDF_STRUCTURE, PDF_LIMIT. */
export function readChain(access: XrefAccess, first: number): XrefSection[] {
  const sections: XrefSection[] = [];
  const seen = new Set<number>();
  const visit = (at: number): XrefSection => {
    if (seen.has(at) || seen.size >= MAX_SECTIONS) broken('cross-reference chain loops or is too long');
    if (at >= access.reader.limit) broken('cross-reference outside the file');
    seen.add(at);
    return readSection(access, at);
  };
  let count = 0;
  for (let next: number | null = first; next !== null; ) {
    const section = visit(next);
    sections.push(section);
    const beside = numberIn(section.trailer, 'XRefStm');
    if (beside !== null && beside < access.reader.limit && !seen.has(beside))
      sections.push({ ...visit(beside), hybrid: true });
    count += section.entries.size;
    if (count > 4 * MAX_OBJECTS) broken('too many objects', 'PDF_LIMIT');
    next = numberIn(section.trailer, 'Prev');
  }
  return sections;
}
