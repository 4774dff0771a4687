import { CongvanError } from '../../config/error.ts';
import type { SignatureReason } from '../types.ts';
import { PdfDocument } from './document.ts';
import { isSignatureDict, signatureFields } from './fields.ts';
import {
  isDict,
  isRef,
  isString,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfString,
  textOf,
} from './objects.ts';
import type { ByteSource } from './source.ts';

/** Most signatures of one file that are judged. */
const MAX_SIGNATURES = 100;
/** Most places where /ByteRange is looked at. */
const MAX_HITS = 5_000;

/** One signature dictionary and what its geometry says, before any cryptography. */
export interface FoundSignature {
  /** Field name, or "object N" when no field of the last revision carries it. */
  name: string;
  number: number | null;
  dict: PdfDict | null;
  subFilter: string;
  byteRange: number[] | null;
  /** Bytes of the CMS with its padding; null when there are none. */
  contents: Buffer | null;
  /** End of what is covered; null when the geometry is wrong. */
  end: number | null;
  /** /M as ISO 8601 UTC. */
  claimedTime: string | null;
  faults: SignatureReason[];
}

/** What a PDF says about its signatures. `document` null = its cross-references are broken. */
export interface PdfSignatures {
  document: PdfDocument | null;
  encrypted: boolean;
  signatures: FoundSignature[];
  defects: SignatureReason[];
}

function formatFailure(detail: string): SignatureReason {
  return { code: 'FORMAT_FAILURE', detail };
}

/**
 * QUIRK: receiving offices re-save signed files to put their ĐẾN stamp on; the signature then lies elsewhere than its
 * /ByteRange says. It is destroyed all the same, but the clerk is told what happened.
 */
const REWRITTEN: SignatureReason = {
  code: 'CHANGED_AFTER_SIGNING',
  detail: 'the signature lies elsewhere than it was made for: the file was written again',
};

/** D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-1 7.9.4) as ISO 8601 UTC; null when malformed. */
function pdfDate(text: string | null): string | null {
  const match = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?)?/.exec(text ?? '');
  if (match === null) return null;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    offHours,
    offMinutes,
  ] = match;
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const offset =
    sign === undefined ? 0 : (Number(offHours) * 60 + Number(offMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const at = new Date(local - offset * 60_000);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/**
 * /ByteRange must be two ranges, from the first byte of the file, around a hole that is exactly the hex string of
 * /Contents with its delimiters: everything else is signature wrapping (SWA) or a file that nobody can judge.
 */
function geometryFaults(range: number[] | null, contents: PdfString | null, size: number): SignatureReason[] {
  if (range === null) return [formatFailure('/ByteRange is missing or no array of integers')];
  if (contents === null) return [formatFailure('/Contents is missing or no string')];
  if (range.length !== 4 || range.some((n) => !Number.isSafeInteger(n) || n < 0))
    return [formatFailure(`/ByteRange is not four natural numbers: ${JSON.stringify(range).slice(0, 80)}`)];
  const [first, length, second, rest] = range as [number, number, number, number];
  if (first !== 0) return [formatFailure('/ByteRange does not begin with the first byte of the file')];
  if (second < length) return [formatFailure('/ByteRange overlaps')];
  if (second + rest > size)
    return [formatFailure(`/ByteRange ends at ${second + rest}, the file at ${size}`), REWRITTEN];
  if (!contents.hex || contents.start !== length || contents.end !== second)
    return [formatFailure('the hole of /ByteRange is not exactly /Contents'), REWRITTEN];
  return [];
}

function integers(object: PdfObject): number[] | null {
  return Array.isArray(object) && object.every((n) => typeof n === 'number') ? (object as number[]) : null;
}

function describe(document: PdfDocument, name: string, number: number | null, dict: PdfDict): FoundSignature {
  const byteRange = integers(document.resolve(dict.entries.get('ByteRange')));
  const raw = document.resolve(dict.entries.get('Contents'));
  const contents = isString(raw) ? raw : null;
  const faults = geometryFaults(byteRange, contents, document.source.size);
  if (dict.duplicates.length > 0)
    faults.push(formatFailure(`signature dictionary has ${dict.duplicates[0]} twice`));
  const sound = faults.length === 0;
  return {
    name,
    number,
    dict,
    subFilter: nameOf(document.resolve(dict.entries.get('SubFilter'))) ?? '',
    byteRange,
    contents: contents?.bytes ?? null,
    end: sound ? byteRange![2]! + byteRange![3]! : null,
    claimedTime: pdfDate(textOf(document.resolve(dict.entries.get('M')))),
    faults,
  };
}

/** Places of the name /ByteRange in the raw bytes. A signature can stand nowhere else: its hole is in the file itself. */
function byteRangeHits(source: ByteSource): number[] {
  const WORD = '/ByteRange';
  const STEP = 256 * 1024;
  const hits: number[] = [];
  for (let at = 0; at < source.size; at += STEP) {
    const window = source.pass(at, at + STEP + WORD.length - 1);
    let found = window.indexOf(WORD, 0, 'latin1');
    while (found >= 0 && hits.length < MAX_HITS) {
      hits.push(at + found);
      found = window.indexOf(WORD, found + WORD.length, 'latin1');
    }
  }
  return hits;
}

/** Objects that any cross-reference section of any revision points to, by place. */
function placesOf(document: PdfDocument): { offset: number; number: number }[] {
  const places = document.sections.flatMap((section) =>
    [...section.entries].flatMap(([number, entry]) =>
      entry.kind === 'plain' ? [{ offset: entry.offset, number }] : [],
    ),
  );
  return places.sort((a, b) => a.offset - b.offset);
}

function lastAtOrBefore(places: { offset: number; number: number }[], position: number) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.offset <= position) low = middle + 1;
    else high = middle;
  }
  return places[low - 1];
}

/** Signature dictionaries of all revisions, also those that a later revision has hidden. */
function fromRevisions(document: PdfDocument, hits: number[]): { number: number; dict: PdfDict }[] {
  const places = placesOf(document);
  const seen = new Set<number>();
  const found: { number: number; dict: PdfDict }[] = [];
  for (const hit of hits) {
    const place = lastAtOrBefore(places, hit);
    if (place === undefined || seen.has(place.offset)) continue;
    seen.add(place.offset);
    try {
      const object = document.objectAt(place.offset);
      if (object.number === place.number && isSignatureDict(object.value))
        found.push({ number: place.number, dict: object.value });
    } catch (error) {
      if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    }
  }
  return found;
}

/** Where the cross-references are broken: the nearest `n g obj` before each hit. */
function fromScan(document: PdfDocument, hits: number[]): { number: number; dict: PdfDict }[] {
  const found: { number: number; dict: PdfDict }[] = [];
  const seen = new Set<number>();
  for (const hit of hits.slice(0, MAX_SIGNATURES)) {
    const from = Math.max(0, hit - 512 * 1024);
    const before = document.source.read(from, hit);
    const marker = before.lastIndexOf(' obj', undefined, 'latin1');
    const head =
      marker < 0
        ? null
        : /(\d{1,10})\s+\d{1,5}$/.exec(before.toString('latin1', Math.max(0, marker - 24), marker));
    if (head === null) continue;
    const at = from + marker - head[0].length;
    if (seen.has(at)) continue;
    seen.add(at);
    try {
      const object = document.objectAt(at, false);
      if (isSignatureDict(object.value)) found.push({ number: object.number, dict: object.value });
    } catch {
      // Not an object after all: the scan only looks for what can be read.
    }
  }
  return found;
}

function keyOf(dict: PdfDict): string {
  const contents = dict.entries.get('Contents');
  return isString(contents) ? `at ${contents.start}` : JSON.stringify(dict.entries.get('ByteRange') ?? null);
}

/** Signatures that the form's fields carry, with the fields' names; a field whose value is no signature is a fault. */
function fromFields(document: PdfDocument): FoundSignature[] {
  return signatureFields(document).flatMap((field) => {
    if (field.value === undefined || field.value === null) return [];
    const value = document.resolve(field.value);
    const number = isRef(field.value) ? field.value.number : field.number;
    if (isDict(value)) return [describe(document, field.name, number, value)];
    const faults = [formatFailure('the value of the signature field is no dictionary')];
    const none = { dict: null, subFilter: '', byteRange: null, contents: null, end: null, claimedTime: null };
    return [{ name: field.name, number, ...none, faults }];
  });
}

function openDocument(source: ByteSource, defects: SignatureReason[]): PdfDocument | null {
  try {
    return new PdfDocument(source, source.size);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unreadable';
    defects.push({ code: 'STRUCTURE', detail: `cross-references cannot be read: ${detail}` });
    return null;
  }
}

/** Finds every signature of the file. Throws CongvanError PDF_LIMIT when the file costs too much to read. */
export function findSignatures(source: ByteSource): PdfSignatures {
  const defects: SignatureReason[] = [];
  const document = openDocument(source, defects);
  const access = document ?? new PdfDocument(source, source.size, false);
  const hits = byteRangeHits(source);
  const byField = document === null ? [] : fromFields(document);
  const known = new Set(byField.flatMap((one) => (one.dict === null ? [] : [keyOf(one.dict)])));
  const others = document === null ? fromScan(access, hits) : fromRevisions(document, hits);
  const hidden = others.filter(({ dict }) => !known.has(keyOf(dict)));
  const signatures = [
    ...byField,
    ...hidden.map(({ number, dict }) => describe(access, `object ${number}`, number, dict)),
  ];
  if (signatures.length > MAX_SIGNATURES || hits.length >= MAX_HITS)
    defects.push({ code: 'LIMIT', detail: `more than ${MAX_SIGNATURES} signatures` });
  const encrypted = document?.sections.some((section) => section.trailer.entries.has('Encrypt')) ?? false;
  if (encrypted) defects.push({ code: 'ENCRYPTED', detail: 'the PDF is encrypted' });
  return { document, encrypted, signatures: signatures.slice(0, MAX_SIGNATURES), defects };
}
