/** Whether objects of two revisions say the same. */
import type { PdfDocument } from '../document.ts';
import { isDict, isRef, isStream, type PdfDict, type PdfObject, sameObject } from '../objects.ts';
import type { XrefEntry } from '../xref.ts';

/** Deepest nesting in which a container is looked for growth. */
const MAX_DEPTH = 6;
export const EMPTY_DICT: PdfDict = { kind: 'dict', entries: new Map(), duplicates: [] };

/** A signed revision and the file as it stands now. */
export interface Revisions {
  before: PdfDocument;
  after: PdfDocument;
}

function sameEntry(a: XrefEntry | undefined, b: XrefEntry | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return a === b;
  if (a.kind === 'plain' && b.kind === 'plain') return a.offset === b.offset;
  if (a.kind === 'packed' && b.kind === 'packed') return a.stream === b.stream && a.index === b.index;
  return true;
}

/** Values, streams by dictionary and octets. */
function sameValue({ before, after }: Revisions, a: PdfObject, b: PdfObject): boolean {
  if (!isStream(a) || !isStream(b)) return sameObject(a, b);
  if (!sameObject(a.dict, b.dict)) return false;
  if (before.encryption === 'none' && a.end - a.start !== b.end - b.start) return false;
  return before.rawOctets(a).equals(after.rawOctets(b));
}

/** Whether an object stands where it stood; a packed one does only when the stream that holds it does. */
function standsStill({ before, after }: Revisions, number: number, entry: XrefEntry): boolean {
  if (!sameEntry(entry, after.entries.get(number))) return false;
  return (
    entry.kind !== 'packed' || sameEntry(before.entries.get(entry.stream), after.entries.get(entry.stream))
  );
}

/** Numbers of objects that stood in the signed revision and say something else, or nothing, now. */
export function changedNumbers(revisions: Revisions): number[] {
  const { before, after } = revisions;
  const changed: number[] = [];
  for (const [number, entry] of before.entries) {
    if (entry.kind === 'free' || standsStill(revisions, number, entry)) continue;
    if (!sameValue(revisions, before.get(number), after.get(number))) changed.push(number);
  }
  return changed;
}

/** Numbers of objects that are there now and were not in the signed revision. */
export function freshNumbers({ before, after }: Revisions): number[] {
  return [...after.entries.keys()].filter((number) => {
    const old = before.entries.get(number);
    return after.entries.get(number)!.kind !== 'free' && (old === undefined || old.kind === 'free');
  });
}

/** Two streams with the same octets under other numbers: certificates get re-written into a new store. */
function sameStream(revisions: Revisions, a: PdfObject, b: PdfObject): boolean {
  const old = revisions.before.resolve(a);
  const now = revisions.after.resolve(b);
  return isStream(old) && isStream(now) && sameValue(revisions, old, now);
}

/** Most direct objects of one list that are compared; lists hold references, of which there may be any number. */
const MAX_DIRECT = 500;

/** Whether a list holds an object; made once for a list, since lists of 20,000 are compared item by item. */
export function membership(list: PdfObject[]): (item: PdfObject) => boolean {
  const references = new Set(list.filter(isRef).map(({ number, generation }) => `${number} ${generation}`));
  const direct = list.filter((item) => !isRef(item)).slice(0, MAX_DIRECT);
  return (item) =>
    isRef(item)
      ? references.has(`${item.number} ${item.generation}`)
      : direct.some((other) => sameObject(item, other));
}

/** Each old item is there still, or the same stream under another number. */
function growsArray(revisions: Revisions, old: PdfObject[], now: PdfObject): boolean {
  if (!Array.isArray(now)) return false;
  const isKept = membership(now);
  const lost = old.filter((item) => !isKept(item));
  if (lost.length === 0) return true;
  const byLength = Map.groupBy(now, (item) => octetCount(revisions.after.resolve(item)));
  return lost.every((item) => {
    const candidates = byLength.get(octetCount(revisions.before.resolve(item))) ?? [];
    return candidates.some((other) => sameStream(revisions, item, other));
  });
}

function octetCount(object: PdfObject): number {
  return isStream(object) ? object.end - object.start : -1;
}

/** Whether everything that was there is there still: stores and resources may only grow. */
export function grows(
  revisions: Revisions,
  a: PdfObject | undefined,
  b: PdfObject | undefined,
  depth = 0,
): boolean {
  if (a === undefined) return true;
  const old = revisions.before.resolve(a);
  const now = revisions.after.resolve(b);
  if (isRef(a) && isRef(b) && a.number === b.number && !isDict(old) && !Array.isArray(old))
    return sameValue(revisions, old, now);
  if (depth > MAX_DEPTH) return sameObject(old, now);
  if (Array.isArray(old)) return growsArray(revisions, old, now);
  if (!isDict(old)) return sameValue(revisions, old, now);
  if (!isDict(now) || now.duplicates.length > 0) return false;
  // /TU: the time at which a VRI record was made; a rewritten record has another.
  return [...old.entries].every(
    ([key, value]) => key === 'TU' || grows(revisions, value, now.entries.get(key), depth + 1),
  );
}

/** Keys of two dictionaries that are not among `allowed` and do not say the same. */
export function otherKeys(a: PdfDict, b: PdfDict, allowed: ReadonlySet<string>): string[] {
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].filter((key) => !allowed.has(key) && !sameObject(a.entries.get(key), b.entries.get(key)));
}

export function numberOf(object: PdfObject | undefined): number | null {
  return isRef(object) ? object.number : null;
}
