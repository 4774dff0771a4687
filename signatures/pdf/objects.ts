/** The objects of PDF (ISO 32000-2 7.3), as values. */

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
  /** Of the object that it is: the key of an encrypted stream hangs on them. */
  number: number;
  generation: number;
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

/** A whole number under a key of a dictionary, given directly. */
export function numberIn(dict: PdfDict, key: string): number | null {
  const value = dict.entries.get(key);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
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
