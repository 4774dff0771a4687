import { CongvanError } from '../../config/error.ts';
import { isDict, type PdfDict, type PdfObject } from './objects.ts';
import type { ByteSource } from './source.ts';
import { ObjectReader } from './syntax.ts';

/** First window for an object; grows eightfold until the object fits. Octets. */
const FIRST_WINDOW = 4 * 1024;
const MAX_WINDOW = 32 * 1024 * 1024;

/** An indirect object read from the file, with the place it takes. */
export interface PlacedObject {
  number: number;
  generation: number;
  value: PdfObject;
  start: number;
  /** One past `endobj`. */
  end: number;
  /** A stream whose end is not where its /Length says. */
  repaired: boolean;
}

function broken(code: string, detail: string): never {
  throw new CongvanError(code, detail, { temporary: false });
}

/** Reads the file by place, as it stood when it ended at `limit`, and counts what that costs. */
export class PlacedReader {
  readonly source: ByteSource;
  readonly limit: number;
  /** Octets read while parsing, against files made to cost time. */
  private spent = 0;

  constructor(source: ByteSource, limit: number) {
    this.source = source;
    this.limit = limit;
  }

  /** Throws CongvanError PDF_LIMIT when the file costs far more than its size. */
  spend(octets: number): void {
    this.spent += octets;
    if (this.spent > 64 * 1024 * 1024 + 8 * this.source.size)
      broken('PDF_LIMIT', 'file costs too much to parse');
  }

  /** Parses at `at` with a growing window: objects have no length in front. */
  parseAt<T>(at: number, parse: (reader: ObjectReader) => T): T {
    for (let size = FIRST_WINDOW; ; size *= 8) {
      const window = this.source.read(at, Math.min(this.limit, at + size));
      const reader = new ObjectReader(window, at);
      try {
        const parsed = parse(reader);
        this.spend(reader.at);
        return parsed;
      } catch (error) {
        this.spend(window.length);
        if (at + size >= this.limit || size >= MAX_WINDOW) throw error;
      }
    }
  }

  /** Reads `n g obj … endobj`. `lengthOf` gives the number behind a stream's /Length. Throws PDF_SYNTAX. */
  objectAt(at: number, lengthOf: (given: PdfObject | undefined) => PdfObject): PlacedObject {
    const { placed, stream } = this.parseAt(at, (reader) => readPlaced(reader));
    return stream === null ? placed : this.withStream(placed, stream, lengthOf);
  }

  private withStream(
    placed: PlacedObject,
    start: number,
    lengthOf: (given: PdfObject | undefined) => PdfObject,
  ): PlacedObject {
    const dict = placed.value as PdfDict;
    const length = lengthOf(dict.entries.get('Length'));
    let end = typeof length === 'number' && length >= 0 ? start + length : -1;
    let close = end >= 0 ? this.streamClose(end) : null;
    if (close === null) {
      // QUIRK: wrong /Length; what viewers do is look for endstream.
      end = this.find('endstream', start);
      if (end < 0) broken('PDF_SYNTAX', 'stream without end');
      close = this.streamClose(end) ?? end + 'endstream'.length;
    }
    const { number, generation } = placed;
    const repaired = typeof length !== 'number' || end !== start + length;
    return {
      ...placed,
      value: { kind: 'stream', dict, start, end, number, generation },
      end: close,
      repaired,
    };
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
}

/** An object up to its end or, for a stream, up to the first octet of its data. */
function readPlaced(reader: ObjectReader): { placed: PlacedObject; stream: number | null } {
  reader.skipSpace();
  const start = reader.base + reader.at;
  const number = reader.integer();
  const generation = reader.integer();
  if (number === null || generation === null || !reader.keyword('obj'))
    broken('PDF_SYNTAX', `no object at ${start}`);
  const value = reader.object();
  const afterValue = reader.at;
  if (isDict(value) && reader.keyword('stream')) {
    if (reader.window[reader.at] === 13) reader.at += 1;
    if (reader.window[reader.at] === 10) reader.at += 1;
    return {
      placed: { number, generation, value, start, end: 0, repaired: false },
      stream: reader.base + reader.at,
    };
  }
  reader.at = afterValue;
  const closed = reader.keyword('endobj');
  if (!closed && reader.at + 16 > reader.window.length) broken('PDF_SYNTAX', 'object without end');
  const end = reader.base + reader.at;
  return { placed: { number, generation, value, start, end, repaired: false }, stream: null };
}
