import { CongvanError } from '../../config/error.ts';
import { PdfDocument, type XrefEntry } from './document.ts';
import { docMdp, isSignatureDict, type SignatureField, signatureFields } from './fields.ts';
import { isDict, isRef, isStream, nameOf, type PdfDict, type PdfObject, sameObject } from './objects.ts';
import type { ByteSource } from './source.ts';

/** What later revisions may do: everything here was seen in honest files; all else is a finding. */
const CATALOG_KEYS = new Set(['AcroForm', 'DSS', 'Extensions', 'Metadata', 'Version']);
const FORM_KEYS = new Set(['Fields', 'SigFlags', 'DR', 'DA']);
const PAGE_KEYS = new Set(['Annots', 'Tabs']);
const FIELD_KEYS = new Set(['V', 'AP', 'AS', 'M', 'MK', 'DA', 'F', 'Lock', 'SV', 'NM']);
const DSS_DEPTH = 6;

/** One change that is not of the allowed kinds; English, for the log. */
export type Finding = string;

type Numbers = Map<number, string>;

function sameEntry(a: XrefEntry | undefined, b: XrefEntry | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return a === b;
  if (a.kind === 'plain' && b.kind === 'plain') return a.offset === b.offset;
  if (a.kind === 'packed' && b.kind === 'packed') return a.stream === b.stream && a.index === b.index;
  return true;
}

function sameValue(before: PdfDocument, after: PdfDocument, a: PdfObject, b: PdfObject): boolean {
  if (!isStream(a) || !isStream(b)) return sameObject(a, b);
  if (a.end - a.start !== b.end - b.start || !sameObject(a.dict, b.dict)) return false;
  return before.source.read(a.start, a.end).equals(after.source.read(b.start, b.end));
}

/** Numbers of objects that stood in `before` and say something else, or nothing, in `after`. */
function changedNumbers(before: PdfDocument, after: PdfDocument): number[] {
  const changed: number[] = [];
  for (const [number, entry] of before.entries) {
    if (entry.kind === 'free' || sameEntry(entry, after.entries.get(number))) {
      // A packed object stays the same only when the stream that holds it does.
      if (
        entry.kind !== 'packed' ||
        sameEntry(before.entries.get(entry.stream), after.entries.get(entry.stream))
      )
        continue;
    }
    if (!sameValue(before, after, before.get(number), after.get(number))) changed.push(number);
  }
  return changed;
}

/** Counts how often each object is pointed at. */
function countRefs(object: PdfObject, into: Map<number, number>): void {
  if (object === null || typeof object !== 'object') return;
  if (Array.isArray(object)) for (const item of object) countRefs(item, into);
  else if (object.kind === 'ref') into.set(object.number, (into.get(object.number) ?? 0) + 1);
  else if (object.kind === 'dict') for (const value of object.entries.values()) countRefs(value, into);
  else if (object.kind === 'stream') countRefs(object.dict, into);
}

function referenceCounts(document: PdfDocument): Map<number, number> {
  const counts = new Map<number, number>();
  countRefs(document.trailer, counts);
  for (const [number, entry] of document.entries)
    if (entry.kind !== 'free') countRefs(document.get(number), counts);
  return counts;
}

/**
 * Numbers that came to life in `after` although the signed revision already pointed at them: a reference that led
 * nowhere and now shows something (shadow attacks, "hide and replace via referenced object").
 */
function revivedNumbers(before: PdfDocument, after: PdfDocument, counts: Map<number, number>): number[] {
  const fresh = [...after.entries].filter(([number, entry]) => {
    const old = before.entries.get(number);
    return entry.kind !== 'free' && (old === undefined || old.kind === 'free');
  });
  return fresh.map(([number]) => number).filter((number) => counts.has(number));
}

function numberOf(object: PdfObject | undefined): number | null {
  return isRef(object) ? object.number : null;
}

/** Object numbers of the security store (DSS) and what hangs in it, by structure; streams are leaves. */
function securityStore(document: PdfDocument): Set<number> {
  const found = new Set<number>();
  const walk = (object: PdfObject | undefined, depth: number): void => {
    if (object === undefined || depth > DSS_DEPTH) return;
    const number = numberOf(object);
    if (number !== null) {
      if (found.has(number)) return;
      found.add(number);
    }
    const value = document.resolve(object);
    if (Array.isArray(value)) for (const item of value) walk(item, depth + 1);
    else if (isDict(value)) for (const item of value.entries.values()) walk(item, depth + 1);
  };
  walk(document.catalog?.entries.get('DSS'), 0);
  return found;
}

/** Whether `after` has all that `before` has: the security store may only grow. */
function grows(
  before: PdfDocument,
  after: PdfDocument,
  a: PdfObject | undefined,
  b: PdfObject | undefined,
  depth = 0,
): boolean {
  if (a === undefined) return true;
  if (
    isRef(a) &&
    isRef(b) &&
    a.number === b.number &&
    !isDict(before.resolve(a)) &&
    !Array.isArray(before.resolve(a))
  )
    return sameValue(before, after, before.resolve(a), after.resolve(b));
  const old = before.resolve(a);
  const now = after.resolve(b);
  if (depth > DSS_DEPTH) return sameObject(old, now);
  if (Array.isArray(old)) {
    return (
      Array.isArray(now) &&
      old.every((item) =>
        now.some((other) => sameObject(item, other) || sameStream(before, after, item, other)),
      )
    );
  }
  if (isDict(old)) {
    return (
      isDict(now) &&
      [...old.entries].every(
        ([key, value]) => key === 'TU' || grows(before, after, value, now.entries.get(key), depth + 1),
      )
    );
  }
  return sameValue(before, after, old, now);
}

/** Two streams with the same octets under other numbers: certificates get re-written into a new store. */
function sameStream(before: PdfDocument, after: PdfDocument, a: PdfObject, b: PdfObject): boolean {
  const old = before.resolve(a);
  const now = after.resolve(b);
  return isStream(old) && isStream(now) && sameValue(before, after, old, now);
}

/** Whether a security store has only the entries that belong there (ISO 32000-2 table 261), of the right kinds. */
function isStore(document: PdfDocument, dict: PdfDict): boolean {
  return [...dict.entries].every(([key, object]) => {
    if (key === 'Type') return nameOf(object) === 'DSS';
    const value = document.resolve(object);
    if (key === 'VRI') return isDict(value);
    const isList = key === 'Certs' || key === 'CRLs' || key === 'OCSPs';
    return isList && Array.isArray(value) && value.every((item) => isStream(document.resolve(item)));
  });
}

function otherKeys(a: PdfDict, b: PdfDict, allowed: Set<string>): string[] {
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].filter((key) => !allowed.has(key) && !sameObject(a.entries.get(key), b.entries.get(key)));
}

/** A cross-reference or object stream: cannot be shown as such, and what it holds is compared object by object. */
function isContainer(object: PdfObject): boolean {
  const type = isStream(object) ? nameOf(object.dict.entries.get('Type')) : null;
  return type === 'XRef' || type === 'ObjStm';
}

/** The difference between a signed revision and the file as it stands now. */
class Difference {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly findings: Finding[] = [];
  readonly oldFields: SignatureField[];
  readonly newFields: SignatureField[];
  /** Object number → what it is in the signed revision, for the objects that may change. */
  private readonly roles: Numbers = new Map();
  private readonly newWidgets: Set<number>;
  /** How often the signed revision points at each object. */
  private readonly counts: Map<number, number>;

  constructor(before: PdfDocument, after: PdfDocument) {
    this.before = before;
    this.after = after;
    this.counts = referenceCounts(before);
    this.oldFields = signatureFields(before);
    const known = new Set(this.oldFields.map((field) => field.number));
    this.newFields = signatureFields(after).filter(
      (field) => field.number === null || !known.has(field.number),
    );
    this.newWidgets = new Set(this.newFields.flatMap((field) => field.widgets));
  }

  private role(object: PdfObject | undefined, role: string): void {
    const number = numberOf(object);
    if (number === null) return;
    this.roles.set(number, this.roles.has(number) && this.roles.get(number) !== role ? 'ambiguous' : role);
  }

  private assignRoles(): void {
    const { before } = this;
    const catalog = before.catalog;
    this.role(before.trailer.entries.get('Root'), 'catalog');
    this.role(before.trailer.entries.get('Info'), 'info');
    this.role(catalog?.entries.get('Metadata'), 'metadata');
    this.role(catalog?.entries.get('Extensions'), 'extensions');
    this.role(catalog?.entries.get('AcroForm'), 'form');
    const form = before.dict(catalog?.entries.get('AcroForm'));
    this.role(form?.entries.get('Fields'), 'fields');
    this.role(form?.entries.get('DR'), 'resources');
    for (const field of this.oldFields)
      if (field.number !== null) this.roles.set(field.number, 'signature field');
    for (const number of securityStore(before))
      this.roles.set(number, this.roles.has(number) ? 'ambiguous' : 'store');
  }

  private find(detail: Finding): void {
    if (this.findings.length < 20) this.findings.push(detail);
  }

  private compareKeys(what: string, a: PdfObject, b: PdfObject, allowed: Set<string>): boolean {
    if (!isDict(a) || !isDict(b) || b.duplicates.length > 0) {
      this.find(`${what} was replaced`);
      return false;
    }
    for (const key of otherKeys(a, b, allowed)) this.find(`${what}: /${key} changed`);
    return true;
  }

  private compareCatalog(): void {
    const a = this.before.catalog;
    const b = this.after.catalog;
    // QUIRK: some writers give the catalog a new number; what it says is compared all the same.
    if (a === null || b === null || !this.compareKeys('catalog', a, b, CATALOG_KEYS)) return;
    for (const key of ['DSS', 'AcroForm', 'Extensions']) {
      const value = b.entries.get(key);
      if (value === undefined) {
        if (a.entries.has(key)) this.find(`catalog: /${key} removed`);
      } else if (!isDict(this.after.resolve(value))) this.find(`catalog: /${key} is no dictionary`);
      else if (key === 'DSS' && !isStore(this.after, this.after.dict(value)!))
        this.find('catalog: /DSS is of another type');
    }
    if (!grows(this.before, this.after, a.entries.get('DSS'), b.entries.get('DSS')))
      this.find('security store lost entries');
    this.compareForm(a, b);
  }

  private compareForm(a: PdfDict, b: PdfDict): void {
    const old = this.before.dict(a.entries.get('AcroForm'));
    const now = this.after.dict(b.entries.get('AcroForm'));
    if (now === null) return;
    const empty: PdfDict = { kind: 'dict', entries: new Map(), duplicates: [] };
    this.compareKeys('form', old ?? empty, now, FORM_KEYS);
    if (old !== null && !grows(this.before, this.after, old.entries.get('DR'), now.entries.get('DR')))
      this.find('form: default resources changed');
    this.compareFieldLists(
      this.before.resolve(old?.entries.get('Fields')),
      this.after.resolve(now.entries.get('Fields')),
    );
  }

  private compareFieldLists(old: PdfObject, now: PdfObject): void {
    const was = Array.isArray(old) ? old : [];
    const is = Array.isArray(now) ? now : [];
    if (!was.every((item) => is.some((other) => sameObject(item, other))))
      this.find('form: a field was removed');
    const added = is.filter((item) => !was.some((other) => sameObject(item, other)));
    for (const item of added) {
      if (!this.newFields.some((field) => field.number !== null && field.number === numberOf(item)))
        this.find('form: a field was added that is no signature');
    }
  }

  /** A field that was added must be signed: an empty one could show anything. */
  private checkNewFields(allowSigning: boolean): void {
    for (const field of this.newFields) {
      const value = this.after.resolve(field.value);
      if (!isSignatureDict(value)) this.find(`field ${field.name}: added without a signature`);
      else if (docMdp(this.after, value) !== null)
        this.find(`field ${field.name}: certification after a signature`);
      else if (!allowSigning && nameOf(value.entries.get('SubFilter')) !== 'ETSI.RFC3161')
        this.find(`field ${field.name}: signed although the certification allows no change`);
      else if (field.name === '' || field.name.includes('.'))
        this.find('added signature field without proper name');
    }
  }

  private compareField(number: number, a: PdfObject, b: PdfObject): void {
    if (!this.compareKeys(`signature field ${number}`, a, b, FIELD_KEYS)) return;
    const old = (a as PdfDict).entries.get('V') ?? null;
    const now = (b as PdfDict).entries.get('V') ?? null;
    if (old !== null) this.find(`signature field ${number} was changed after it was signed`);
    else if (!isSignatureDict(this.after.resolve(now)))
      this.find(`signature field ${number} was changed but not signed`);
  }

  private isPage(object: PdfObject): boolean {
    return isDict(object) && nameOf(object.entries.get('Type')) === 'Page';
  }

  private comparePage(number: number, a: PdfObject, b: PdfObject): void {
    if (!this.compareKeys(`page ${number}`, a, b, PAGE_KEYS)) return;
    const old = this.before.resolve((a as PdfDict).entries.get('Annots'));
    const now = this.after.resolve((b as PdfDict).entries.get('Annots'));
    this.compareAnnotations(number, old, now);
  }

  private compareAnnotations(number: number, old: PdfObject, now: PdfObject): void {
    const was = Array.isArray(old) ? old : [];
    const is = Array.isArray(now) ? now : [];
    if (!was.every((item) => is.some((other) => sameObject(item, other))))
      this.find(`page ${number}: an annotation was removed`);
    for (const item of is) {
      if (was.some((other) => sameObject(item, other))) continue;
      const added = numberOf(item);
      if (added === null || !this.newWidgets.has(added)) this.find(`page ${number}: an annotation was added`);
    }
  }

  /** Arrays of annotations that are objects of their own, by number, with the page that has them. */
  private annotationArrays(): Map<number, number> {
    const found = new Map<number, number>();
    for (const number of this.before.entries.keys()) {
      const page = this.before.get(number);
      if (!this.isPage(page)) continue;
      const array = numberOf((page as PdfDict).entries.get('Annots'));
      if (array !== null) found.set(array, number);
    }
    return found;
  }

  private compareOne(number: number, arrays: Map<number, number>): void {
    const a = this.before.get(number);
    const b = this.after.get(number);
    const role = this.roles.get(number);
    if (role === 'catalog') return;
    // These may change only as what they are: an object that something else points at too would change that as well.
    const single = role === 'form' || role === 'fields' || role === 'resources' || arrays.has(number);
    if (single && (this.counts.get(number) ?? 0) > 1)
      this.find(`object ${number} changed and is used elsewhere`);
    if (role === 'form' || role === 'fields' || role === 'resources') return;
    // Descriptions of the file; no page shows them.
    if (role === 'info' && isDict(b)) return;
    if (role === 'metadata' && isStream(b)) return;
    if (role === 'extensions' && isDict(b)) return;
    if (role === 'store' && !isStream(a)) return;
    if (role === 'signature field') this.compareField(number, a, b);
    else if (role === undefined && this.isPage(a)) this.comparePage(number, a, b);
    else if (role === undefined && arrays.has(number)) this.compareAnnotations(arrays.get(number)!, a, b);
    else if (role !== undefined || !isContainer(a)) this.find(`object ${number} changed`);
  }

  compare(level: number | null): Finding[] {
    this.assignRoles();
    this.compareCatalog();
    this.checkNewFields(level !== 1);
    const changed = changedNumbers(this.before, this.after);
    const arrays = changed.length > 0 ? this.annotationArrays() : new Map<number, number>();
    for (const number of changed) this.compareOne(number, arrays);
    for (const number of revivedNumbers(this.before, this.after, this.counts))
      this.find(`object ${number} fills a reference that led nowhere`);
    return this.findings;
  }
}

/** Bytes of the later revisions that no cross-reference reaches: lenient viewers may show what stands there. */
function unreachedBytes(source: ByteSource, from: number, after: PdfDocument): Finding[] {
  const places: [number, number][] = [];
  for (const section of after.sections) {
    if (section.end <= from) continue;
    places.push([section.start, section.end]);
    for (const [number, entry] of section.entries) {
      if (entry.kind !== 'plain' || entry.offset < from) continue;
      const placed = after.objectAt(entry.offset);
      if (placed.number !== number)
        return [`cross-reference of object ${number} leads to object ${placed.number}`];
      places.push([placed.start, placed.end]);
    }
  }
  places.sort((a, b) => a[0] - b[0]);
  let position = from;
  for (const [start, end] of [...places, [source.size, source.size] as [number, number]]) {
    if (
      start > position &&
      !isGlue(source.read(position, Math.min(start, position + 65_536)), start - position)
    )
      return [`bytes from ${position} to ${start} belong to no revision`];
    position = Math.max(position, end);
  }
  return [];
}

/** White space, `startxref n`, %%EOF and short comments: all that may stand between objects. */
function isGlue(bytes: Buffer, length: number): boolean {
  if (length > bytes.length) return false;
  const rest = bytes
    .toString('latin1')
    .replace(/startxref[\s\x00]+\d+/g, ' ')
    .replace(/%[^\r\n]{0,64}(?=[\r\n]|$)/g, (comment) => (/obj|stream|xref/.test(comment) ? comment : ' '));
  return /^[\s\x00]*$/.test(rest);
}

/**
 * Everything that happened to the file after a signed revision ended at `end`, as far as it is not a further
 * signature, a document time stamp or the security store. Empty = nothing that matters. `signature` is the
 * dictionary of the signature judged (its DocMDP level limits what may follow).
 */
export function changesAfter(
  source: ByteSource,
  end: number,
  after: PdfDocument,
  signature: PdfDict,
): Finding[] {
  try {
    const before = new PdfDocument(source, end);
    const newest = after.sections[0]!;
    if (newest.start < end) return ['bytes after the signed revision form no revision'];
    const unreached = unreachedBytes(source, end, after);
    return [...unreached, ...new Difference(before, after).compare(docMdp(before, signature))];
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    return [`revisions cannot be compared: ${error instanceof Error ? error.message : 'unreadable'}`];
  }
}
