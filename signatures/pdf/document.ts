import { CongvanError } from '../../config/error.ts';
import { type Decryptor, openEncryption, withStringsOpened } from './encryption.ts';
import { type Filter, unfold } from './filters.ts';
import { NOTHING_PACKED, type PackedObjects, readPacked } from './object-stream.ts';
import {
  isDict,
  isRef,
  isStream,
  isString,
  nameOf,
  numberIn,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from './objects.ts';
import { type PlacedObject, PlacedReader } from './placed.ts';
import type { ByteSource } from './source.ts';
import { lastStartXref, readChain, type XrefEntry, type XrefSection } from './xref.ts';

/** Longest run of references that is followed. */
const MAX_HOPS = 16;
const NO_TRAILER: PdfDict = { kind: 'dict', entries: new Map(), duplicates: [] };

/**
 * The state of a PDF when it ended at `limit`: its cross-reference chain and the objects that it reaches.
 * With `limit` at the end of a signed revision this is exactly what was signed.
 */
export class PdfDocument {
  readonly source: ByteSource;
  /** Newest first. */
  readonly sections: XrefSection[];
  /** Newest entry of every object number. */
  readonly entries = new Map<number, XrefEntry>();
  /** `locked` = encrypted, and no password fits: strings and streams cannot be read. */
  readonly encryption: 'none' | 'open' | 'locked';
  private readonly reader: PlacedReader;
  private readonly decryptor: Decryptor | null = null;
  private readonly cache = new Map<number, PdfObject>();
  private readonly packed = new Map<number, PackedObjects>();

  private constructor(reader: PlacedReader, sections: XrefSection[], password: string | null) {
    this.reader = reader;
    this.source = reader.source;
    this.sections = sections;
    for (const section of sections) this.addEntries(section);
    const given = this.trailer.entries.get('Encrypt');
    if (given === undefined) {
      this.encryption = 'none';
      return;
    }
    this.decryptor = this.openWith(given, password);
    this.encryption = this.decryptor === null ? 'locked' : 'open';
    this.cache.clear();
    this.packed.clear();
  }

  /**
   * Reads the cross-references of the file as it ended at `limit`; the empty password is tried before the one given.
   * Throws CongvanError PDF_STRUCTURE, PDF_SYNTAX or PDF_LIMIT when the chain cannot be read.
   */
  static open(source: ByteSource, limit: number, password: string | null = null): PdfDocument {
    const bare = PdfDocument.byPlace(source, limit);
    const access = {
      reader: bare.reader,
      rawObjectAt: (at: number) => bare.reader.objectAt(at, (given) => given ?? null),
      decode: (stream: PdfStream) => bare.decode(stream),
    };
    const sections = readChain(access, lastStartXref(bare.reader));
    return new PdfDocument(bare.reader, sections, password);
  }

  /** Without cross-references (they are broken): only gives objects by place. */
  static byPlace(source: ByteSource, limit: number): PdfDocument {
    return new PdfDocument(new PlacedReader(source, limit), [], null);
  }

  /** The file as an earlier revision left it: from its `index`-th newest section on. */
  earlier(index: number, password: string | null): PdfDocument {
    return new PdfDocument(this.reader, this.sections.slice(index), password);
  }

  get trailer(): PdfDict {
    return this.sections[0]?.trailer ?? NO_TRAILER;
  }

  get catalog(): PdfDict | null {
    return this.dict(this.trailer.entries.get('Root'));
  }

  /** QUIRK: in a hybrid-reference file the stream beside a table names the objects that the table hides as free. */
  private addEntries(section: XrefSection): void {
    for (const [number, entry] of section.entries) {
      const known = this.entries.get(number);
      if (known === undefined || (section.hybrid && known.kind === 'free')) this.entries.set(number, entry);
    }
  }

  private openWith(given: PdfObject, password: string | null): Decryptor | null {
    const dict = this.dict(given);
    const id = this.resolve(this.trailer.entries.get('ID'));
    const first = Array.isArray(id) ? this.resolve(id[0]) : null;
    if (dict === null) return null;
    const passwords = password === null ? [''] : ['', password];
    return openEncryption(
      this.deep(dict, 0) as PdfDict,
      isString(first) ? first.bytes : Buffer.alloc(0),
      passwords,
    );
  }

  /** A dictionary with its references resolved, four levels down: crypt filters may be objects of their own. */
  private deep(object: PdfObject, depth: number): PdfObject {
    const value = this.resolve(object);
    if (!isDict(value) || depth === 4) return value;
    const entries = [...value.entries].map(([key, item]): [string, PdfObject] => [
      key,
      this.deep(item, depth + 1),
    ]);
    return { ...value, entries: new Map(entries) };
  }

  /** The octets of a stream as they are in the file, decrypted. */
  rawOctets(stream: PdfStream): Buffer {
    const raw = this.source.read(stream.start, stream.end);
    this.reader.spend(raw.length);
    return this.decryptor === null ? raw : this.decryptor.stream(raw, stream);
  }

  /** The octets of a stream behind its filters. Throws CongvanError PDF_STRUCTURE for filters that are not read here. */
  decode(stream: PdfStream): Buffer {
    const raw = this.rawOctets(stream);
    const data = unfold(raw, this.filtersOf(stream.dict));
    if (data !== raw) this.reader.spend(data.length);
    return data;
  }

  private filtersOf(dict: PdfDict): Filter[] {
    const list = (key: string): PdfObject[] => {
      const value = this.resolve(dict.entries.get(key));
      return Array.isArray(value) ? value.map((one) => this.resolve(one)) : [value];
    };
    const parameters = list('DecodeParms');
    return list('Filter').flatMap((filter, index) => {
      const name = nameOf(filter);
      if (name === null || name === 'Crypt') return [];
      const given = parameters[index];
      const number = (key: string) => (isDict(given) ? numberIn(given, key) : null) ?? 1;
      return [{ name, predictor: number('Predictor'), columns: number('Columns') }];
    });
  }

  /** Reads `n g obj … endobj` at a place, its strings decrypted. Throws CongvanError PDF_SYNTAX. */
  objectAt(at: number): PlacedObject {
    const placed = this.reader.objectAt(at, (given) => this.resolve(given));
    const { decryptor } = this;
    if (decryptor === null) return placed;
    const { number, generation } = placed;
    const open = (bytes: Buffer) => decryptor.string(bytes, number, generation);
    return { ...placed, value: withStringsOpened(placed.value, open) };
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
    const { numbers, values } = this.packedIn(streamNumber);
    return numbers[index] === number ? (values[index] ?? null) : null;
  }

  /** What an object stream holds, whatever the cross-references say of it. */
  packedContents(stream: PdfStream): PackedObjects {
    return readPacked(stream, this.decode(stream));
  }

  /** /Type of the stream of that number; null when it is none or has none. */
  streamType(number: number): string | null {
    const object = this.get(number);
    return isStream(object) ? nameOf(this.resolve(object.dict.entries.get('Type'))) : null;
  }

  /** The objects of an object stream that the cross-references lead to; nothing when it is none. */
  private packedIn(streamNumber: number): PackedObjects {
    const known = this.packed.get(streamNumber);
    if (known !== undefined) return known;
    this.packed.set(streamNumber, NOTHING_PACKED);
    const stream = this.entries.get(streamNumber)?.kind === 'plain' ? this.get(streamNumber) : null;
    if (!isStream(stream)) return NOTHING_PACKED;
    const objects = this.packedContents(stream);
    this.packed.set(streamNumber, objects);
    return objects;
  }

  /** Follows references to the object itself. */
  resolve(object: PdfObject | undefined): PdfObject {
    let current = object ?? null;
    for (let hops = 0; isRef(current); hops += 1) {
      if (hops === MAX_HOPS) return null;
      current = this.get(current.number);
    }
    return current;
  }

  dict(object: PdfObject | undefined): PdfDict | null {
    const value = this.resolve(object);
    return isDict(value) ? value : null;
  }
}
