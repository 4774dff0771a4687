/** Strings and streams of encrypted PDFs: RC4 40 to 128 bit, AESV2, AESV3 (ISO 32000-2 7.6). */
import { createDecipheriv, createHash } from 'node:crypto';
import { fileKey, type KeyMaterial } from './file-key.ts';
import {
  isDict,
  isString,
  nameOf,
  numberIn,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from './objects.ts';
import { rc4 } from './rc4.ts';

type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256';

/** Opens what was encrypted under the number and generation of its object. */
export interface Decryptor {
  string(bytes: Buffer, number: number, generation: number): Buffer;
  stream(bytes: Buffer, stream: PdfStream): Buffer;
}

function octetsIn(dict: PdfDict, key: string): Buffer {
  const value = dict.entries.get(key);
  return isString(value) ? value.bytes : Buffer.alloc(0);
}

/** The method that a crypt filter names; null = not known. */
function methodOf(dict: PdfDict, key: 'StmF' | 'StrF', version: number): Method | null {
  if (version < 4) return 'rc4';
  const name = nameOf(dict.entries.get(key)) ?? 'Identity';
  if (name === 'Identity') return 'none';
  const filters = dict.entries.get('CF');
  const filter = isDict(filters) ? filters.entries.get(name) : undefined;
  const given = isDict(filter) ? nameOf(filter.entries.get('CFM')) : null;
  const known: Record<string, Method> = { None: 'none', V2: 'rc4', AESV2: 'aes-128', AESV3: 'aes-256' };
  return known[given ?? 'None'] ?? null;
}

function keyLength(dict: PdfDict, version: number, revision: number): number {
  if (version === 1 || revision === 2) return 5;
  if (version >= 4) return version === 4 ? 16 : 32;
  return Math.min(16, Math.max(5, (numberIn(dict, 'Length') ?? 40) >> 3));
}

function materialOf(dict: PdfDict, id: Buffer): KeyMaterial {
  const version = numberIn(dict, 'V') ?? 0;
  const revision = numberIn(dict, 'R') ?? 0;
  return {
    revision,
    keyLength: keyLength(dict, version, revision),
    permissions: numberIn(dict, 'P') ?? 0,
    owner: octetsIn(dict, 'O'),
    user: octetsIn(dict, 'U'),
    ownerKey: octetsIn(dict, 'OE'),
    userKey: octetsIn(dict, 'UE'),
    encryptMetadata: dict.entries.get('EncryptMetadata') !== false,
    id,
  };
}

/** Algorithm 1: the key of one object; AESV3 uses the file key itself. */
function objectKey(key: Buffer, method: Method, number: number, generation: number): Buffer {
  if (method === 'aes-256') return key;
  const tail = Buffer.alloc(5);
  tail.writeUIntLE(number & 0xffffff, 0, 3);
  tail.writeUIntLE(generation & 0xffff, 3, 2);
  const salt = Buffer.from(method === 'aes-128' ? 'sAlT' : '', 'latin1');
  const digest = createHash('md5').update(key).update(tail).update(salt).digest();
  return digest.subarray(0, Math.min(key.length + 5, 16));
}

function openAes(key: Buffer, data: Buffer): Buffer {
  const whole = data.length - (data.length % 16);
  if (whole < 32) return Buffer.alloc(0);
  const cipher = createDecipheriv(
    key.length === 32 ? 'aes-256-cbc' : 'aes-128-cbc',
    key,
    data.subarray(0, 16),
  );
  const out = cipher.setAutoPadding(false).update(data.subarray(16, whole));
  const padding = out.at(-1)!;
  return padding >= 1 && padding <= 16 ? out.subarray(0, out.length - padding) : out;
}

function openWith(method: Method, fileKey: Buffer, data: Buffer, at: [number, number]): Buffer {
  if (method === 'none') return data;
  const key = objectKey(fileKey, method, ...at);
  return method === 'rc4' ? rc4(key, data) : openAes(key, data);
}

/** Cross-reference streams are never encrypted, metadata not always, and a /Crypt filter may exempt a stream. */
function isExempt(dict: PdfDict, encryptMetadata: boolean): boolean {
  const type = nameOf(dict.entries.get('Type'));
  const filter = dict.entries.get('Filter') ?? null;
  const first: PdfObject = Array.isArray(filter) ? (filter[0] ?? null) : filter;
  return type === 'XRef' || (type === 'Metadata' && !encryptMetadata) || nameOf(first) === 'Crypt';
}

/**
 * The decryptor for an encryption dictionary (its references already resolved) with the first password that fits.
 * Null = none fits, or the handler is not the standard one.
 */
export function openEncryption(dict: PdfDict, id: Buffer, passwords: string[]): Decryptor | null {
  const version = numberIn(dict, 'V') ?? 0;
  const material = materialOf(dict, id);
  const streams = methodOf(dict, 'StmF', version);
  const strings = methodOf(dict, 'StrF', version);
  const known = [1, 2, 4, 5].includes(version) && material.revision >= 2 && material.revision <= 6;
  if (nameOf(dict.entries.get('Filter')) !== 'Standard' || !known || streams === null || strings === null)
    return null;
  for (const password of passwords) {
    const key = fileKey(material, password);
    if (key === null) continue;
    return {
      string: (bytes, number, generation) => openWith(strings, key, bytes, [number, generation]),
      stream: (bytes, { dict: own, number, generation }) =>
        isExempt(own, material.encryptMetadata) ? bytes : openWith(streams, key, bytes, [number, generation]),
    };
  }
  return null;
}

/** The object with its strings opened. A signature's /Contents is never encrypted (7.6.2). */
export function withStringsOpened(object: PdfObject, open: (bytes: Buffer) => Buffer): PdfObject {
  if (object === null || typeof object !== 'object') return object;
  if (Array.isArray(object)) return object.map((item) => withStringsOpened(item, open));
  if (object.kind === 'string') return { ...object, bytes: open(object.bytes) };
  if (object.kind === 'stream') return { ...object, dict: withStringsOpened(object.dict, open) as PdfDict };
  if (object.kind !== 'dict') return object;
  const signed = object.entries.has('ByteRange');
  const entries = [...object.entries].map(([key, value]): [string, PdfObject] => [
    key,
    signed && key === 'Contents' ? value : withStringsOpened(value, open),
  ]);
  return { ...object, entries: new Map(entries) };
}
