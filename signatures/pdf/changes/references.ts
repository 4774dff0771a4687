/** Who points at what in a signed revision. */
import type { PdfDocument } from '../document.ts';
import type { PdfObject } from '../objects.ts';
import type { ByteSource } from '../source.ts';
import type { XrefEntry } from '../xref.ts';

/** Most objects that are visited to say where a changed object belongs. */
const MAX_VISITED = 200_000;

/** Calls `found` for every reference in an object, with the keys that lead to it from there. */
function eachReference(
  object: PdfObject,
  found: (number: number, keys: string[]) => void,
  keys: string[] = [],
): void {
  if (object === null || typeof object !== 'object') return;
  if (Array.isArray(object)) for (const item of object) eachReference(item, found, keys);
  else if (object.kind === 'ref') found(object.number, keys);
  else if (object.kind === 'stream') eachReference(object.dict, found, keys);
  else if (object.kind === 'dict')
    for (const [key, value] of object.entries) eachReference(value, found, [...keys, key]);
}

/** References of the object at a place: the same in every revision that leads there, so read once for all signatures. */
const known = new WeakMap<ByteSource, Map<string, number[]>>();

function placeOf(document: PdfDocument, entry: XrefEntry): string | null {
  if (entry.kind === 'plain') return String(entry.offset);
  const stream = entry.kind === 'packed' ? document.entries.get(entry.stream) : undefined;
  return entry.kind === 'packed' && stream?.kind === 'plain' ? `${stream.offset} ${entry.index}` : null;
}

function referencesAt(document: PdfDocument, number: number, entry: XrefEntry): number[] {
  const places = known.get(document.source) ?? new Map<string, number[]>();
  known.set(document.source, places);
  const place = placeOf(document, entry);
  const found = place === null ? undefined : places.get(place);
  if (found !== undefined) return found;
  const numbers: number[] = [];
  // A cross-reference stream repeats the trailer's references; it shows nothing by them.
  if (document.streamType(number) !== 'XRef')
    eachReference(document.get(number), (other) => numbers.push(other));
  if (place !== null) places.set(place, numbers);
  return numbers;
}

/** How often each object is pointed at, from anywhere in the revision. */
export function referenceCounts(document: PdfDocument): Map<number, number> {
  const counts = new Map<number, number>();
  const count = (number: number) => counts.set(number, (counts.get(number) ?? 0) + 1);
  eachReference(document.trailer, count);
  for (const [number, entry] of document.entries)
    if (entry.kind !== 'free') referencesAt(document, number, entry).forEach(count);
  return counts;
}

/** What an object is for, told by a key on the way to it from the trailer; the first that matches counts. */
const KINDS: [string, string][] = [
  ['JavaScript', 'JAVASCRIPT'],
  ['JS', 'JAVASCRIPT'],
  ['OpenAction', 'JAVASCRIPT'],
  ['AA', 'JAVASCRIPT'],
  ['XFA', 'XFA'],
  ['OCProperties', 'OCG'],
  ['OC', 'OCG'],
  ['DSS', 'DSS'],
  ['StructTreeRoot', 'STRUCT_TREE'],
  ['Outlines', 'OUTLINE'],
  ['Names', 'NAMES'],
  ['Dests', 'NAMES'],
  ['Metadata', 'METADATA'],
  ['Annots', 'ANNOTATION'],
  ['DR', 'RESOURCES'],
  ['AcroForm', 'FORM_FILL'],
  ['Resources', 'RESOURCES'],
  ['Contents', 'PAGE_CONTENT'],
  ['Kids', 'PAGES'],
  ['Pages', 'PAGES'],
];

function kindOf(path: ReadonlySet<string>): string {
  return KINDS.find(([key]) => path.has(key))?.[1] ?? 'UNKNOWN';
}

/** For each wanted object of the revision the kind of change that touching it is; what is not found is UNKNOWN. */
export function kindsOf(document: PdfDocument, wanted: Set<number>): Map<number, string> {
  const kinds = new Map<number, string>();
  const seen = new Set<number>();
  const queue: { object: PdfObject; path: ReadonlySet<string> }[] = [
    { object: document.trailer, path: new Set() },
  ];
  for (let at = 0; at < queue.length && at < MAX_VISITED && kinds.size < wanted.size; at += 1) {
    const { object, path } = queue[at]!;
    eachReference(object, (number, keys) => {
      if (seen.has(number) || keys.includes('Parent') || keys.includes('P')) return;
      seen.add(number);
      const longer = new Set([...path, ...keys]);
      if (wanted.has(number)) kinds.set(number, kindOf(longer));
      queue.push({ object: document.get(number), path: longer });
    });
  }
  return kinds;
}
