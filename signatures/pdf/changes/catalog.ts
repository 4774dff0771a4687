/** The trailer, the catalog and what hangs directly in it. */

import { CongvanError } from '../../../config/error.ts';
import type { PdfDocument } from '../document.ts';
import { isDict, isStream, isString, nameOf, type PdfDict, type PdfObject, sameObject } from '../objects.ts';
import type { Comparison } from './comparison.ts';
import { grows, numberOf, otherKeys } from './same.ts';

/** What later revisions may touch in the catalog; everything here was seen in honest files. */
const CATALOG_KEYS = new Set(['AcroForm', 'DSS', 'Extensions', 'Metadata', 'Version']);
const CATALOG_KINDS: Record<string, string> = {
  OpenAction: 'JAVASCRIPT',
  AA: 'JAVASCRIPT',
  Names: 'NAMES',
  Dests: 'NAMES',
  Outlines: 'OUTLINE',
  StructTreeRoot: 'STRUCT_TREE',
  MarkInfo: 'STRUCT_TREE',
  OCProperties: 'OCG',
  Pages: 'PAGES',
  Perms: 'PERMISSIONS',
  Legal: 'PERMISSIONS',
};
const STORE_LISTS = new Set(['Certs', 'CRLs', 'OCSPs']);
/** Of a validation record; QUIRK: some writers use the names of the store's own lists. */
const RECORD_LISTS = new Set(['Cert', 'CRL', 'OCSP', ...STORE_LISTS]);
/** Octets of a description in which its XML must begin: a mark, white space, the packet's head. */
const XML_HEAD = 1024;
const MAX_STORE_DEPTH = 6;

/** Encryption stays as it was; everything else in a trailer is the chain itself or compared by what it points at. */
function compareTrailer(comparison: Comparison): void {
  const { before, after, findings, changed } = comparison;
  if (!sameObject(before.trailer.entries.get('Encrypt'), after.trailer.entries.get('Encrypt')))
    findings.forbid('ENCRYPTION', 'encryption changed');
  const number = numberOf(before.trailer.entries.get('Info'));
  if (number === null || !changed.has(number) || !isDict(after.get(number))) return;
  comparison.explainOwn(number, 'METADATA');
  findings.allow('METADATA', 'description of the file changed');
}

/** Object numbers of the security store and the containers in it; streams are leaves, and may not change. */
function storeContainers(document: PdfDocument): Set<number> {
  const found = new Set<number>();
  const walk = (object: PdfObject | undefined, depth: number): void => {
    const value = document.resolve(object);
    if (depth > MAX_STORE_DEPTH || !(isDict(value) || Array.isArray(value))) return;
    const number = numberOf(object);
    if (number !== null) {
      if (found.has(number)) return;
      found.add(number);
    }
    for (const item of Array.isArray(value) ? value : value.entries.values()) walk(item, depth + 1);
  };
  walk(document.catalog?.entries.get('DSS'), 0);
  return found;
}

function isStreamList(document: PdfDocument, value: PdfObject): boolean {
  return Array.isArray(value) && value.every((item) => isStream(document.resolve(item)));
}

/** One validation record of a signature (ISO 32000-2 table 262). */
function isRecord(document: PdfDocument, object: PdfObject): boolean {
  const record = document.dict(object);
  if (record === null) return false;
  return [...record.entries].every(([key, item]) => {
    const value = document.resolve(item);
    if (key === 'Type') return nameOf(value) === 'VRI';
    if (key === 'TU') return isString(value);
    if (key === 'TS') return isStream(value) || isString(value);
    return RECORD_LISTS.has(key) && isStreamList(document, value);
  });
}

function areRecords(document: PdfDocument, value: PdfObject): boolean {
  return (
    isDict(value) &&
    [...value.entries].every(([key, object]) =>
      key === 'Type' ? nameOf(document.resolve(object)) === 'VRI' : isRecord(document, object),
    )
  );
}

/** Whether a security store has only the entries that belong there (ISO 32000-2 table 261), of the right kinds. */
function isStore(document: PdfDocument, dict: PdfDict): boolean {
  return [...dict.entries].every(([key, object]) => {
    const value = document.resolve(object);
    if (key === 'Type') return nameOf(value) === 'DSS';
    return key === 'VRI'
      ? areRecords(document, value)
      : STORE_LISTS.has(key) && isStreamList(document, value);
  });
}

function compareStore(comparison: Comparison, old: PdfDict, now: PdfDict): void {
  const { after, before, findings } = comparison;
  const [was, is] = [old.entries.get('DSS'), now.entries.get('DSS')];
  const store = after.dict(is);
  if (is !== undefined && (store === null || !isStore(after, store)))
    findings.forbid('DSS', 'the security store is of another type');
  else if (!grows(comparison, was, is)) findings.forbid('DSS', 'the security store lost entries');
  else if (was === undefined && is !== undefined) findings.allow('DSS', 'security store added');
  for (const number of storeContainers(before)) {
    if (!comparison.changed.has(number)) continue;
    comparison.explainOwn(number, 'DSS');
    findings.allow('DSS', 'security store extended');
  }
}

/** The catalog, under whatever number: QUIRK: some writers give it a new one; what it says is compared all the same. */
export function compareCatalog(comparison: Comparison): void {
  const { before, after, findings } = comparison;
  const old = before.catalog;
  const now = after.catalog;
  compareTrailer(comparison);
  if (old === null || now === null || now.duplicates.length > 0) {
    findings.forbid('CATALOG', 'the catalog was replaced');
    return;
  }
  const root = numberOf(before.trailer.entries.get('Root'));
  if (root !== null) comparison.explained.add(root);
  for (const key of otherKeys(old, now, CATALOG_KEYS)) {
    // Before anybody has signed, a certification may still come; checkNewSignature judges it.
    if (key === 'Perms' && comparison.onlyTimestamps && !old.entries.has(key)) continue;
    findings.forbid(CATALOG_KINDS[key] ?? 'CATALOG', `catalog: /${key} changed`);
  }
  for (const key of ['DSS', 'AcroForm', 'Extensions']) {
    const value = now.entries.get(key);
    if (value === undefined && old.entries.has(key)) findings.forbid('CATALOG', `catalog: /${key} removed`);
    if (value !== undefined && after.dict(value) === null)
      findings.forbid('CATALOG', `catalog: /${key} is no dictionary`);
  }
  compareStore(comparison, old, now);
  compareDescriptions(comparison, old, now);
}

/** Whether a metadata stream is XML, as all descriptions are (XMP), and nothing else that somebody put there. */
function isDescription(document: PdfDocument, object: PdfObject): boolean {
  if (!isStream(object)) return false;
  try {
    const head = document.decode(object).subarray(0, XML_HEAD);
    // UTF-16 has a zero beside each of the letters looked for.
    return /^[^\w<]*<[?!\w]/.test(head.toString('latin1').replace(/\x00/g, ''));
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    return false;
  }
}

/** Extensions and metadata describe the file; no page shows them. */
function compareDescriptions(comparison: Comparison, old: PdfDict, now: PdfDict): void {
  const { after, findings } = comparison;
  const extensions = numberOf(old.entries.get('Extensions'));
  if (extensions !== null && isDict(after.get(extensions))) comparison.explainOwn(extensions, 'CATALOG');
  const metadata = numberOf(old.entries.get('Metadata'));
  if (metadata !== null && comparison.changed.has(metadata) && isDescription(after, after.get(metadata))) {
    comparison.explainOwn(metadata, 'METADATA');
    findings.allow('METADATA', 'metadata changed');
  }
  const given = now.entries.get('Metadata');
  if (sameObject(old.entries.get('Metadata'), given)) return;
  if (isDescription(after, after.resolve(given))) findings.allow('METADATA', 'metadata replaced');
  else findings.forbid('METADATA', 'metadata removed or of another type');
}
