/** The writing side of PDF objects (ISO 32000-1 7.3): values that were read, written as they say. */
import { deflateSync } from 'node:zlib';
import type { PdfDict, PdfObject } from '../pdf/objects.ts';

/** Numbers as PDF knows them: no exponents. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/\.?0+$/, '');
}

function nameText(value: string): string {
  const escaped = value.replace(
    /[^A-Za-z0-9._+-]/g,
    (letter) => `#${letter.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `/${escaped}`;
}

/** PDF syntax of an object that is no stream; Latin-1. Strings become hexadecimal, which says the same. */
export function writeObject(object: PdfObject): string {
  if (object === null || typeof object === 'boolean') return String(object);
  if (typeof object === 'number') return numberText(object);
  if (Array.isArray(object)) return `[${object.map(writeObject).join(' ')}]`;
  switch (object.kind) {
    case 'name':
      return nameText(object.value);
    case 'ref':
      return `${object.number} ${object.generation} R`;
    case 'string':
      return `<${object.bytes.toString('hex')}>`;
    case 'dict':
      return writeDict(object, {});
    default:
      throw new TypeError('a stream is never written again');
  }
}

/** A dictionary with entries replaced or added; their values are PDF syntax already. */
export function writeDict(dict: PdfDict | null, changed: Record<string, string>): string {
  const kept = [...(dict?.entries ?? [])].filter(([key]) => !(key in changed));
  const entries = [
    ...kept.map(([key, value]) => `${nameText(key)} ${writeObject(value)}`),
    ...Object.entries(changed).map(([key, value]) => `${nameText(key)} ${value}`),
  ];
  return `<<${entries.join(' ')}>>`;
}

/** A text string: UTF-16 with its mark, NFC, as hexadecimal. */
export function textString(text: string): string {
  const utf16 = Buffer.from(text.normalize('NFC'), 'utf16le').swap16();
  return `<feff${utf16.toString('hex')}>`;
}

/** Vietnam has one zone and no summer time (TIM-09). */
const OFFSET_MS = 7 * 3_600_000;

/** An instant as a PDF date in Vietnam time (ISO 32000-1 7.9.4). */
export function dateString(instant: string): string {
  const local = new Date(Date.parse(instant) + OFFSET_MS).toISOString();
  return `(D:${local.slice(0, 19).replace(/[-:T]/g, '')}+07'00')`;
}

/** A stream object's body; `dict` without its brackets. */
export function streamBody(dict: string, data: Uint8Array): Buffer {
  const packed = deflateSync(data);
  return Buffer.concat([
    Buffer.from(`<<${dict} /Filter /FlateDecode /Length ${packed.length}>>\nstream\n`, 'latin1'),
    packed,
    Buffer.from('\nendstream', 'latin1'),
  ]);
}

/** Coordinates with hundredths of a point. */
export const points = (...values: number[]): string =>
  values.map((value) => numberText(Math.round(value * 100) / 100)).join(' ');
