/** Signature dictionaries that no field of the last revision carries: later revisions may hide what was signed. */
import { CongvanError } from '../../config/error.ts';
import type { PdfDocument } from './document.ts';
import { isSignatureDict } from './fields.ts';
import type { PdfDict } from './objects.ts';
import type { PlacedObject } from './placed.ts';
import type { ByteSource } from './source.ts';

/** Most places where /ByteRange is looked at. */
export const MAX_HITS = 5_000;
/** Most of them where the object has to be searched for. */
const MAX_SCANNED = 100;

interface Place {
  offset: number;
  number: number;
}

/** A signature dictionary and the number of its object. */
export interface PlacedSignature {
  number: number;
  dict: PdfDict;
}

/** Places of the name /ByteRange in the raw bytes. A signature can stand nowhere else: its hole is in the file itself. */
export function byteRangeHits(source: ByteSource): number[] {
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
function placesOf(document: PdfDocument): Place[] {
  const places = document.sections.flatMap((section) =>
    [...section.entries].flatMap(([number, entry]) =>
      entry.kind === 'plain' ? [{ offset: entry.offset, number }] : [],
    ),
  );
  return places.sort((a, b) => a.offset - b.offset);
}

function lastAtOrBefore(places: Place[], position: number) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.offset <= position) low = middle + 1;
    else high = middle;
  }
  return places[low - 1];
}

/** The object of any revision that a place in the file belongs to; null = it stands between them. */
function objectAround(document: PdfDocument, places: Place[], hit: number): PlacedObject | null {
  const place = lastAtOrBefore(places, hit);
  if (place === undefined) return null;
  try {
    const placed = document.objectAt(place.offset);
    return placed.number === place.number && placed.end > hit ? placed : null;
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    return null;
  }
}

/**
 * Signature dictionaries of all revisions, also those that a later revision has hidden, and those in bytes that no
 * cross-reference reaches: of a file that was cut, or of one that somebody put a whole other document behind.
 */
export function fromRevisions(document: PdfDocument, hits: number[]): PlacedSignature[] {
  const places = placesOf(document);
  const seen = new Set<number>();
  const found: PlacedSignature[] = [];
  const unreached: number[] = [];
  for (const hit of hits) {
    const placed = objectAround(document, places, hit);
    if (placed === null) {
      unreached.push(hit);
      continue;
    }
    if (seen.has(placed.start)) continue;
    seen.add(placed.start);
    if (isSignatureDict(placed.value)) found.push({ number: placed.number, dict: placed.value });
  }
  return [...found, ...fromScan(document, unreached)];
}

/** Where no cross-reference leads: the nearest `n g obj` before each hit. */
export function fromScan(document: PdfDocument, hits: number[]): PlacedSignature[] {
  const found: PlacedSignature[] = [];
  const seen = new Set<number>();
  for (const hit of hits.slice(0, MAX_SCANNED)) {
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
      const object = document.objectAt(at);
      if (isSignatureDict(object.value)) found.push({ number: object.number, dict: object.value });
    } catch {
      // Not an object after all: the scan only looks for what can be read.
    }
  }
  return found;
}
