import { inflateSync } from 'node:zlib';
import { CongvanError } from '../../config/error.ts';
import {
  isDict,
  isRef,
  isSpace,
  isStream,
  nameOf,
  ObjectReader,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from './objects.ts';
import type { ByteSource } from './source.ts';

/** Most octets one compressed stream (object stream, cross-reference stream) may unfold to. */
const MAX_INFLATED = 64 * 1024 * 1024;
/** Most revisions (cross-reference sections) of one file. */
const MAX_SECTIONS = 500;
const MAX_OBJECTS = 1_000_000;
/** First window for an object; grows eightfold until the object fits. */
const FIRST_WINDOW = 4 * 1024;
const MAX_WINDOW = 32 * 1024 * 1024;

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
}

/** An indirect object read from the file, with the place it takes. */
export interface PlacedObject {
  number: number;
  generation: number;
  value: PdfObject;
  start: number;
  /** One past `endobj`. */
  end: number;
}

function broken(code: string, detail: string): never {
  throw new CongvanError(code, detail, { temporary: false });
}

function numberIn(dict: PdfDict, key: string): number | null {
  const value = dict.entries.get(key);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** PNG and TIFF predictors are for pictures, but cross-reference streams use PNG "up" (ISO 32000-1 7.4.4.4). */
function unpredict(data: Buffer, columns: number): Buffer {
  const rows = Math.floor(data.length / (columns + 1));
  const out = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const type = data[row * (columns + 1)]!;
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const left = column > 0 ? out[at - 1]! : 0;
      const up = row > 0 ? out[at - columns]! : 0;
      const corner = row > 0 && column > 0 ? out[at - columns - 1]! : 0;
      const estimate = left + up - corner;
      const nearest = [left, up, corner].reduce((a, b) =>
        Math.abs(estimate - b) < Math.abs(estimate - a) ? b : a,
      );
      const added = [0, left, up, (left + up) >> 1, nearest][type] ?? 0;
      out[at] = (data[row * (columns + 1) + 1 + column]! + added) & 0xff;
    }
  }
  return out;
}

/**
 * The state of a PDF when it ended at `limit`: its cross-reference chain and the objects that it reaches.
 * With `limit` at the end of a signed revision this is exactly what was signed.
 */
export class PdfDocument {
  readonly source: ByteSource;
  readonly limit: number;
  /** Newest first. */
  readonly sections: XrefSection[] = [];
  /** Newest entry of every object number. */
  readonly entries = new Map<number, XrefEntry>();
  /** Octets read while parsing, against files made to cost time. */
  private spent = 0;
  private readonly cache = new Map<number, PdfObject>();
  private readonly packed = new Map<number, PdfObject[]>();
  private readonly packedNumbers = new Map<number, number[]>();

  /**
   * `chain` false: do not read the cross-references (they are broken), only give access to objects by place.
   * Throws CongvanError PDF_STRUCTURE, PDF_SYNTAX or PDF_LIMIT when the cross-reference chain cannot be read.
   */
  constructor(source: ByteSource, limit: number, chain = true) {
    this.source = source;
    this.limit = limit;
    if (chain) this.readChain(this.lastStartXref());
  }

  get trailer(): PdfDict {
    return this.sections[0]?.trailer ?? { kind: 'dict', entries: new Map(), duplicates: [] };
  }

  private spend(octets: number): void {
    this.spent += octets;
    if (this.spent > 64 * 1024 * 1024 + 8 * this.source.size)
      broken('PDF_LIMIT', 'file costs too much to parse');
  }

  /** Parses at `at` with a growing window: objects have no length in front. */
  private parseAt<T>(at: number, parse: (reader: ObjectReader) => T): T {
    for (let size = FIRST_WINDOW; ; size *= 8) {
      const window = this.source.read(at, Math.min(this.limit, at + size));
      this.spend(window.length);
      try {
        return parse(new ObjectReader(window, at));
      } catch (error) {
        if (at + size >= this.limit || size >= MAX_WINDOW) throw error;
      }
    }
  }

  private lastStartXref(): number {
    const from = Math.max(0, this.limit - 64 * 1024);
    const tail = this.source.read(from, this.limit);
    const found = tail.lastIndexOf('startxref', undefined, 'latin1');
    if (found < 0) broken('PDF_STRUCTURE', 'no startxref at the end');
    const value = /^startxref[\s\x00]+(\d{1,12})\b/.exec(tail.toString('latin1', found, found + 64));
    if (value === null) broken('PDF_STRUCTURE', 'startxref without number');
    return Number(value[1]);
  }

  private readChain(first: number): void {
    const seen = new Set<number>();
    let next: number | null = first;
    while (next !== null) {
      if (seen.has(next) || seen.size >= MAX_SECTIONS)
        broken('PDF_STRUCTURE', 'cross-reference chain loops or is too long');
      seen.add(next);
      if (next >= this.limit) broken('PDF_STRUCTURE', 'cross-reference outside the file');
      const section = this.readSection(next);
      this.addSection(section);
      const hybrid = numberIn(section.trailer, 'XRefStm');
      if (hybrid !== null && hybrid < this.limit && !seen.has(hybrid)) {
        seen.add(hybrid);
        this.addSection(this.readSection(hybrid));
      }
      next = numberIn(section.trailer, 'Prev');
    }
  }

  private addSection(section: XrefSection): void {
    this.sections.push(section);
    for (const [number, entry] of section.entries)
      if (!this.entries.has(number)) this.entries.set(number, entry);
    if (this.entries.size > MAX_OBJECTS) broken('PDF_LIMIT', 'too many objects');
  }

  private readSection(at: number): XrefSection {
    const start = this.source.read(at, at + 32).toString('latin1');
    if (/^[\s\x00]*xref/.test(start)) return this.parseAt(at, (reader) => this.readTable(reader));
    return this.readXrefStream(at);
  }

  private readTable(reader: ObjectReader): XrefSection {
    reader.skipSpace();
    const start = reader.base + reader.at;
    reader.keyword('xref');
    const entries = new Map<number, XrefEntry>();
    for (;;) {
      const first = reader.integer();
      if (first === null) break;
      const count = reader.integer() ?? broken('PDF_STRUCTURE', 'cross-reference subsection');
      if (count > MAX_OBJECTS) broken('PDF_LIMIT', 'too many objects');
      for (let i = 0; i < count; i += 1) {
        const offset = reader.integer();
        const generation = reader.integer();
        const use = reader.token();
        if (offset === null || generation === null || (use !== 'n' && use !== 'f'))
          broken('PDF_STRUCTURE', 'cross-reference entry');
        // QUIRK: offset 0 "in use" is how some writers mark free objects.
        const inUse = use === 'n' && offset > 0;
        entries.set(first + i, inUse ? { kind: 'plain', offset, generation } : { kind: 'free' });
      }
    }
    if (!reader.keyword('trailer')) broken('PDF_STRUCTURE', 'no trailer after the cross-reference table');
    const trailer = reader.object();
    if (!isDict(trailer)) broken('PDF_STRUCTURE', 'trailer is no dictionary');
    return { start, end: reader.base + reader.at, entries, trailer };
  }

  private readXrefStream(at: number): XrefSection {
    const placed = this.objectAt(at, false);
    const stream = placed.value;
    if (!isStream(stream) || nameOf(stream.dict.entries.get('Type')) !== 'XRef')
      broken('PDF_STRUCTURE', 'neither table nor stream of cross-references');
    const widths = stream.dict.entries.get('W');
    const size = numberIn(stream.dict, 'Size') ?? 0;
    if (
      !Array.isArray(widths) ||
      widths.length < 3 ||
      !widths.every((w) => typeof w === 'number' && w >= 0 && w <= 8)
    )
      broken('PDF_STRUCTURE', 'cross-reference stream widths');
    const index = stream.dict.entries.get('Index');
    const ranges = Array.isArray(index) ? (index as number[]) : [0, size];
    const entries = unpackEntries(this.decode(stream), widths as number[], ranges);
    return { start: placed.start, end: placed.end, entries, trailer: stream.dict };
  }

  /** The octets of a stream, unfolded; only Flate without or with PNG predictor (all that structure streams use). */
  decode(stream: PdfStream): Buffer {
    const raw = this.source.read(stream.start, stream.end);
    this.spend(raw.length);
    const filter = this.resolve(stream.dict.entries.get('Filter'));
    const filters = Array.isArray(filter) ? filter.map((one) => nameOf(this.resolve(one))) : [nameOf(filter)];
    if (filters.length === 0 || (filters.length === 1 && filters[0] === null)) return raw;
    if (filters.length !== 1 || filters[0] !== 'FlateDecode')
      broken('PDF_STRUCTURE', 'structure stream filter');
    let data: Buffer;
    try {
      data = inflateSync(raw, { maxOutputLength: MAX_INFLATED });
    } catch {
      broken('PDF_STRUCTURE', 'structure stream cannot be unfolded');
    }
    this.spend(data.length);
    const given = this.resolve(stream.dict.entries.get('DecodeParms'));
    const parameters = Array.isArray(given) ? this.resolve(given[0]) : given;
    if (!isDict(parameters) || (numberIn(parameters, 'Predictor') ?? 1) < 10) return data;
    return unpredict(data, Math.max(1, numberIn(parameters, 'Columns') ?? 1));
  }

  /** Reads `n g obj … endobj` at a place. `resolveLength` false: inside the chain itself, where nothing can be resolved. */
  objectAt(at: number, resolveLength = true): PlacedObject {
    const { placed, stream } = this.parseAt(at, (reader) => {
      reader.skipSpace();
      const start = reader.base + reader.at;
      const number = reader.integer();
      const generation = reader.integer();
      if (number === null || generation === null || !reader.keyword('obj'))
        broken('PDF_SYNTAX', `no object at ${at}`);
      const value = reader.object();
      const afterValue = reader.at;
      if (isDict(value) && reader.keyword('stream')) {
        if (reader.window[reader.at] === 13) reader.at += 1;
        if (reader.window[reader.at] === 10) reader.at += 1;
        return {
          placed: { number, generation, value: value as PdfObject, start, end: 0 },
          stream: reader.base + reader.at,
        };
      }
      reader.at = afterValue;
      const closed = reader.keyword('endobj');
      if (!closed && reader.at + 16 > reader.window.length) broken('PDF_SYNTAX', 'object without end');
      return { placed: { number, generation, value, start, end: reader.base + reader.at }, stream: null };
    });
    return stream === null ? placed : this.withStream(placed, stream, resolveLength);
  }

  private withStream(placed: PlacedObject, start: number, resolveLength: boolean): PlacedObject {
    const dict = placed.value as PdfDict;
    const given = dict.entries.get('Length');
    const length = resolveLength ? this.resolve(given) : given;
    const end = typeof length === 'number' && length >= 0 ? start + length : -1;
    let close = end >= 0 ? this.streamClose(end) : null;
    let streamEnd = end;
    if (close === null) {
      // QUIRK: wrong /Length; what viewers do is look for endstream.
      const found = this.find('endstream', start);
      if (found < 0) broken('PDF_SYNTAX', 'stream without end');
      streamEnd = found;
      close = this.streamClose(found) ?? found + 9;
    }
    return { ...placed, value: { kind: 'stream', dict, start, end: streamEnd }, end: close };
  }

  /** Position after `endstream endobj` when that is what stands at `at`. */
  private streamClose(at: number): number | null {
    const tail = this.source.read(at, Math.min(this.limit, at + 64)).toString('latin1');
    const match = /^[\s\x00]*endstream[\s\x00]*endobj/.exec(tail) ?? /^[\s\x00]*endstream/.exec(tail);
    return match === null ? null : at + match[0].length;
  }

  private find(word: string, from: number): number {
    const step = 1024 * 1024;
    for (let at = from; at < this.limit; at += step) {
      const window = this.source.read(at, Math.min(this.limit, at + step + word.length));
      this.spend(window.length);
      const found = window.indexOf(word, 0, 'latin1');
      if (found >= 0) return at + found;
    }
    return -1;
  }

  /** The object of a number; null when free, missing or unreadable, as PDF has it. */
  get(number: number): PdfObject {
    const known = this.cache.get(number);
    if (known !== undefined) return known;
    this.cache.set(number, null);
    const value = this.load(number);
    this.cache.set(number, value);
    return value;
  }

  private load(number: number): PdfObject {
    const entry = this.entries.get(number);
    if (entry === undefined || entry.kind === 'free') return null;
    try {
      if (entry.kind === 'packed') return this.loadPacked(entry.stream, entry.index, number);
      const placed = this.objectAt(entry.offset);
      return placed.number === number ? placed.value : null;
    } catch (error) {
      if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
      return null;
    }
  }

  private loadPacked(streamNumber: number, index: number, number: number): PdfObject {
    if (!this.packed.has(streamNumber)) this.unpack(streamNumber);
    if (this.packedNumbers.get(streamNumber)?.[index] !== number) return null;
    return this.packed.get(streamNumber)![index] ?? null;
  }

  private unpack(streamNumber: number): void {
    this.packed.set(streamNumber, []);
    const stream = this.entries.get(streamNumber)?.kind === 'plain' ? this.get(streamNumber) : null;
    if (!isStream(stream)) return;
    const data = this.decode(stream);
    const count = Math.min(numberIn(stream.dict, 'N') ?? 0, MAX_OBJECTS);
    const first = numberIn(stream.dict, 'First') ?? 0;
    const head = new ObjectReader(data, 0);
    const numbers: number[] = [];
    const offsets: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const number = head.integer();
      const offset = head.integer();
      if (number === null || offset === null) break;
      numbers.push(number);
      offsets.push(offset);
    }
    // One space behind the last object, so that a number at the very end is seen to end.
    const body = Buffer.concat([data, Buffer.from(' ')]);
    const values = offsets.map((offset) => {
      try {
        return new ObjectReader(body, -1, first + offset).object();
      } catch {
        return null;
      }
    });
    this.packed.set(streamNumber, values);
    this.packedNumbers.set(streamNumber, numbers);
  }

  /** Follows references to the object itself. */
  resolve(object: PdfObject | undefined): PdfObject {
    let current = object ?? null;
    for (let hops = 0; isRef(current); hops += 1) {
      if (hops === 16) return null;
      current = this.get(current.number);
    }
    return current;
  }

  dict(object: PdfObject | undefined): PdfDict | null {
    const value = this.resolve(object);
    return isDict(value) ? value : null;
  }

  get catalog(): PdfDict | null {
    return this.dict(this.trailer.entries.get('Root'));
  }
}

function unpackEntries(data: Buffer, widths: number[], ranges: number[]): Map<number, XrefEntry> {
  const entries = new Map<number, XrefEntry>();
  const [w0, w1, w2] = widths as [number, number, number];
  const row = widths.reduce((a, b) => a + b, 0);
  let at = 0;
  const field = (width: number): number => {
    let value = 0;
    for (let i = 0; i < width; i += 1) value = value * 256 + data[at++]!;
    return value;
  };
  for (let r = 0; r + 1 < ranges.length; r += 2) {
    for (let i = 0; i < ranges[r + 1]!; i += 1) {
      if (row === 0 || at + row > data.length || entries.size > MAX_OBJECTS) return entries;
      const end = at + row;
      const type = w0 === 0 ? 1 : field(w0);
      const second = field(w1);
      const third = field(w2);
      at = end;
      const number = ranges[r]! + i;
      if (type === 1) entries.set(number, { kind: 'plain', offset: second, generation: third });
      else if (type === 2) entries.set(number, { kind: 'packed', stream: second, index: third });
      else entries.set(number, { kind: 'free' });
    }
  }
  return entries;
}

/** Whether only white space stands in a range. */
export function isBlank(source: ByteSource, start: number, end: number): boolean {
  for (let at = start; at < end; at += 65_536) {
    const window = source.read(at, Math.min(end, at + 65_536));
    if (!window.every((octet) => isSpace(octet))) return false;
  }
  return true;
}
