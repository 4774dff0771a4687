import { CongvanError } from '../../config/error.ts';

/** Deepest nesting of arrays and dictionaries. */
const MAX_DEPTH = 100;
/** Most entries of one array or dictionary. */
const MAX_ENTRIES = 500_000;

export interface PdfName {
  kind: 'name';
  value: string;
}
/** A string with the place where it stands: a signature's /Contents must be exactly the hole of /ByteRange. */
export interface PdfString {
  kind: 'string';
  hex: boolean;
  bytes: Buffer;
  /** Absolute positions of the first delimiter and one past the last. */
  start: number;
  end: number;
}
export interface PdfRef {
  kind: 'ref';
  number: number;
  generation: number;
}
export interface PdfDict {
  kind: 'dict';
  entries: Map<string, PdfObject>;
  /** Keys given twice: readers differ on which one holds. */
  duplicates: string[];
}
export interface PdfStream {
  kind: 'stream';
  dict: PdfDict;
  /** Absolute positions of the stream's octets. */
  start: number;
  end: number;
}
export type PdfObject =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfRef
  | PdfObject[]
  | PdfDict
  | PdfStream;

export function isDict(object: PdfObject | undefined): object is PdfDict {
  return typeof object === 'object' && object !== null && !Array.isArray(object) && object.kind === 'dict';
}
export function isStream(object: PdfObject | undefined): object is PdfStream {
  return typeof object === 'object' && object !== null && !Array.isArray(object) && object.kind === 'stream';
}
export function isRef(object: PdfObject | undefined): object is PdfRef {
  return typeof object === 'object' && object !== null && !Array.isArray(object) && object.kind === 'ref';
}
export function isString(object: PdfObject | undefined): object is PdfString {
  return typeof object === 'object' && object !== null && !Array.isArray(object) && object.kind === 'string';
}
export function nameOf(object: PdfObject | undefined): string | null {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return null;
  return object.kind === 'name' ? object.value : null;
}

/** Text string: UTF-16 with mark, UTF-8 with mark, else Latin-1 (close enough to PDFDocEncoding for names). */
export function textOf(object: PdfObject | undefined): string | null {
  if (!isString(object)) return null;
  const { bytes } = object;
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
      .normalize('NFC');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return bytes.toString('utf8', 3).normalize('NFC');
  return bytes.toString('latin1');
}

function syntax(detail: string): never {
  throw new CongvanError('PDF_SYNTAX', detail, { temporary: false });
}

const SPACE = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITERS = new Set([...'()<>[]{}/%'].map((c) => c.charCodeAt(0)));

export function isSpace(octet: number | undefined): boolean {
  return octet !== undefined && SPACE.has(octet);
}
function isRegular(octet: number | undefined): boolean {
  return octet !== undefined && !SPACE.has(octet) && !DELIMITERS.has(octet);
}

/** Reads objects from a window of a file; positions are absolute. Throws CongvanError PDF_SYNTAX, also at the window's end. */
export class ObjectReader {
  readonly window: Buffer;
  readonly base: number;
  /** Position in the window. */
  at: number;

  constructor(window: Buffer, base: number, at = 0) {
    this.window = window;
    this.base = base;
    this.at = at;
  }

  skipSpace(): void {
    const { window } = this;
    for (;;) {
      while (SPACE.has(window[this.at]!)) this.at += 1;
      if (window[this.at] !== 0x25) return;
      while (this.at < window.length && window[this.at] !== 10 && window[this.at] !== 13) this.at += 1;
    }
  }

  /** The next run of regular characters; empty when a delimiter or the end comes. */
  token(): string {
    this.skipSpace();
    const start = this.at;
    while (isRegular(this.window[this.at])) this.at += 1;
    return this.window.toString('latin1', start, this.at);
  }

  /** Takes the keyword when it comes next. */
  keyword(word: string): boolean {
    const before = this.at;
    if (this.token() === word) return true;
    this.at = before;
    return false;
  }

  integer(): number | null {
    const before = this.at;
    const text = this.token();
    if (/^\d{1,15}$/.test(text)) return Number(text);
    this.at = before;
    return null;
  }

  object(depth = 0): PdfObject {
    if (depth > MAX_DEPTH) syntax('nested too deeply');
    this.skipSpace();
    const octet = this.window[this.at];
    if (octet === undefined) syntax('end of data');
    if (octet === 0x2f) return this.name();
    if (octet === 0x28) return this.literal();
    if (octet === 0x5b) return this.array(depth);
    if (octet === 0x3c) return this.window[this.at + 1] === 0x3c ? this.dict(depth) : this.hex();
    return this.scalar();
  }

  private scalar(): PdfObject {
    const text = this.token();
    if (this.at >= this.window.length) syntax('end of data');
    if (text === 'null') return null;
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text))
      syntax(`unexpected token ${JSON.stringify(text.slice(0, 20))}`);
    return /^\d{1,10}$/.test(text) ? this.refOr(Number(text)) : Number(text);
  }

  /** `12 0 R`, or just the number. */
  private refOr(number: number): PdfObject {
    const before = this.at;
    const generation = this.integer();
    if (generation !== null && this.keyword('R')) return { kind: 'ref', number, generation };
    this.at = before;
    return number;
  }

  private name(): PdfName {
    this.at += 1;
    const start = this.at;
    while (isRegular(this.window[this.at])) this.at += 1;
    const raw = this.window.toString('latin1', start, this.at);
    const value = raw.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return { kind: 'name', value };
  }

  private hex(): PdfString {
    const start = this.at;
    const close = this.window.indexOf(0x3e, start);
    if (close < 0) syntax('hex string without end');
    const digits = this.window.toString('latin1', start + 1, close).replace(/[\s\x00]+/g, '');
    if (!/^[0-9A-Fa-f]*$/.test(digits)) syntax('hex string with other characters');
    this.at = close + 1;
    const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex');
    return { kind: 'string', hex: true, bytes, start: this.base + start, end: this.base + this.at };
  }

  private literal(): PdfString {
    const start = this.at;
    const out: number[] = [];
    let depth = 0;
    for (;;) {
      const octet = this.window[this.at++];
      if (octet === undefined) syntax('string without end');
      if (octet === 0x5c) {
        this.escape(out);
        continue;
      }
      if (octet === 0x28) depth += 1;
      if (octet === 0x29) depth -= 1;
      if (depth === 0) break;
      if (out.length > 0 || this.at > start + 1) out.push(octet);
    }
    return {
      kind: 'string',
      hex: false,
      bytes: Buffer.from(out),
      start: this.base + start,
      end: this.base + this.at,
    };
  }

  private escape(out: number[]): void {
    const octet = this.window[this.at++];
    if (octet === undefined) syntax('string without end');
    const simple: Record<string, number> = { n: 10, r: 13, t: 9, b: 8, f: 12 };
    const letter = String.fromCharCode(octet);
    if (letter in simple) out.push(simple[letter]!);
    else if (letter >= '0' && letter <= '7') {
      const digits = /^[0-7]{1,3}/.exec(this.window.toString('latin1', this.at - 1, this.at + 2))![0];
      this.at += digits.length - 1;
      out.push(Number.parseInt(digits, 8) & 0xff);
    } else if (octet === 13) {
      if (this.window[this.at] === 10) this.at += 1;
    } else if (octet !== 10) out.push(octet);
  }

  private array(depth: number): PdfObject[] {
    this.at += 1;
    const items: PdfObject[] = [];
    for (;;) {
      this.skipSpace();
      if (this.window[this.at] === 0x5d) break;
      if (items.length === MAX_ENTRIES) syntax('array too long');
      items.push(this.object(depth + 1));
    }
    this.at += 1;
    return items;
  }

  private dict(depth: number): PdfDict {
    this.at += 2;
    const entries = new Map<string, PdfObject>();
    const duplicates: string[] = [];
    for (;;) {
      this.skipSpace();
      if (this.window[this.at] === 0x3e && this.window[this.at + 1] === 0x3e) break;
      if (this.window[this.at] !== 0x2f) syntax('dictionary key expected');
      const key = this.name().value;
      if (entries.has(key)) duplicates.push(key);
      if (entries.size === MAX_ENTRIES) syntax('dictionary too large');
      entries.set(key, this.object(depth + 1));
    }
    this.at += 2;
    return { kind: 'dict', entries, duplicates };
  }
}

/** Whether two objects say the same, references compared as references. Streams are compared elsewhere. */
export function sameObject(a: PdfObject | undefined, b: PdfObject | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameObject(item, b[i]))
    );
  }
  if (a.kind === 'name' && b.kind === 'name') return a.value === b.value;
  if (a.kind === 'ref' && b.kind === 'ref') return a.number === b.number && a.generation === b.generation;
  if (a.kind === 'string' && b.kind === 'string') return a.bytes.equals(b.bytes);
  if (a.kind === 'dict' && b.kind === 'dict') {
    if (a.entries.size !== b.entries.size || a.duplicates.length + b.duplicates.length > 0) return false;
    return [...a.entries].every(
      ([key, value]) => b.entries.has(key) && sameObject(value, b.entries.get(key)),
    );
  }
  return false;
}
