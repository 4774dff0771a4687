import { CongvanError } from '../../config/error.ts';
import type { EvidenceFact } from '../facts.ts';
import type { PdfDocument } from './document.ts';
import { isRef, isStream, type PdfDict, type PdfObject } from './objects.ts';

/** Most certificates or answers taken from all security stores of a file. */
const MAX_ITEMS = 500;

/** Most revisions whose store is read. */
const MAX_REVISIONS = 50;

/** What the security stores keep: DER of the certificates, and the revocation answers with their place. */
export interface StoredEvidence {
  certificates: Uint8Array[];
  evidence: EvidenceFact[];
}

type Kind = 'certificate' | 'crl' | 'ocsp';
const LISTS: [string, Kind][] = [
  ['Certs', 'certificate'],
  ['CRLs', 'crl'],
  ['OCSPs', 'ocsp'],
  // The same under the keys of a VRI dictionary (ISO 32000-2 table 262).
  ['Cert', 'certificate'],
  ['CRL', 'crl'],
  ['OCSP', 'ocsp'],
];

function contentOf(document: PdfDocument, object: PdfObject): Uint8Array | null {
  const stream = document.resolve(object);
  if (!isStream(stream)) return null;
  try {
    return document.decode(stream);
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    return null;
  }
}

/** Collects from one store or VRI dictionary; `seen` holds the places already taken. */
function collect(document: PdfDocument, dict: PdfDict, into: StoredEvidence, seen: Set<number>): void {
  for (const [key, kind] of LISTS) {
    const items = document.resolve(dict.entries.get(key));
    if (!Array.isArray(items)) continue;
    for (const item of items) {
      const entry = isRef(item) ? document.entries.get(item.number) : undefined;
      if (entry?.kind !== 'plain' || seen.has(entry.offset) || seen.size >= MAX_ITEMS) continue;
      seen.add(entry.offset);
      const der = contentOf(document, item);
      if (der === null) continue;
      if (kind === 'certificate') into.certificates.push(der);
      else into.evidence.push({ kind, der, extent: entry.offset });
    }
  }
}

/** The file as each of its revisions left it, newest first, as far as those touched the catalog or the store. */
function revisionsWithStore(document: PdfDocument, password: string | null): PdfDocument[] {
  const revisions = [document];
  const { length } = document.sections;
  for (let index = 1; index < length && revisions.length < MAX_REVISIONS; index += 1) {
    if (document.sections[index]!.hybrid) continue;
    const earlier = document.earlier(index, password);
    if (earlier.catalog?.entries.has('DSS') !== true) break;
    revisions.push(earlier);
  }
  return revisions;
}

/** The document security stores of all revisions with their VRI dictionaries (ISO 32000-2 12.8.4.3). */
export function securityStores(document: PdfDocument, password: string | null): StoredEvidence {
  const into: StoredEvidence = { certificates: [], evidence: [] };
  const seen = new Set<number>();
  for (const revision of revisionsWithStore(document, password)) {
    const store = revision.dict(revision.catalog?.entries.get('DSS'));
    if (store === null) continue;
    collect(revision, store, into, seen);
    const records = revision.dict(store.entries.get('VRI'));
    for (const record of records?.entries.values() ?? []) {
      const dict = revision.dict(record);
      if (dict !== null) collect(revision, dict, into, seen);
    }
  }
  return into;
}
