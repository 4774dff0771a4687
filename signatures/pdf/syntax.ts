import { CongvanError } from '../../config/error.ts';
import type { PdfDict, PdfName, PdfObject, PdfString } from './objects.ts';

/** Deepest nesting of arrays and dictionaries. */
const MAX_DEPTH = 100;
/** Most entries of one array or dictionary. */
const MAX_ENTRIES = 500_000;

function syntax(detail: string): never {
  throw new CongvanError('PDF_SYNTAX', detail, { temporary: false });
}

/** What an octet is to the syntax: 0 regular, 1 white space, 2 delimiter (ISO 32000-2 7.2.3). */
const CLASSES = new Uint8Array(256);
for (const octet of [0, 9, 10, 12, 13, 32]) CLASSES[octet] = 1;
for (const delimiter of '()<>[]{}/%') CLASSES[delimiter.charCodeAt(0)] = 2;

export function isSpace(octet: number | undefined): boolean {
  return octet !== undefined && CLASSES[octet] === 1;
}
function isRegular(octet: number | undefined): boolean {
  return octet !== undefined && CLASSES[octet] === 0;
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
      while (isSpace(window[this.at])) this.at += 1;
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

  /** A natural number of at most 15 digits; without slices, since cross-reference tables consist of nothing else. */
  integer(): number | null {
    const before = this.at;
    this.skipSpace();
    const start = this.at;
    let value = 0;
    for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
      value = value * 10 + digit;
      this.at += 1;
    }
    const length = this.at - start;
    if (length > 0 && length <= 15 && !isRegular(this.window[this.at])) return value;
    this.at = before;
    return null;
  }

  private digit(): number {
    const octet = this.window[this.at];
    return octet !== undefined && octet >= 0x30 && octet <= 0x39 ? octet - 0x30 : -1;
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
