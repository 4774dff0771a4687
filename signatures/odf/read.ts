/** OpenDocument files: the signatures in META-INF, over the entries of the package. */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { type FileFacts, noFacts, type SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { Change, SignatureReason } from '../types.ts';
import { claimedTimeOf } from '../xml/claimed-time.ts';
import {
  attribute,
  childElements,
  elementsNamed,
  enclosing,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from '../xml/libxml.ts';
import { DS } from '../xml/namespaces.ts';
import { type Resolve, type XmlSignatureFacts, xmlSignatureFacts } from '../xml/signature.ts';
import { openZip, type ZipArchive } from '../zip/open-zip.ts';
import {
  DOCUMENT_SIGNATURES,
  entryOf,
  isEncrypted,
  MACRO_SIGNATURES,
  missingPart,
  type Omission,
  omissions,
} from './package.ts';

/** Most signatures that are judged in one file. */
const MAX_SIGNATURES = 50;
/** Namespaces of the signatures' root: ODF 1.2, and OpenOffice.org before it. */
const ROOTS = [
  'urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0',
  'http://openoffice.org/2004/documentsignatures',
];

function resolver(archive: ZipArchive): Resolve {
  return ({ uri }) => {
    const name = entryOf(uri);
    if (name === null || archive.entries.get(name)?.directory !== false) return { missing: missingPart(uri) };
    try {
      return { bytes: archive.read(name) };
    } catch (error) {
      if (!(error instanceof CongvanError)) throw error;
      return { missing: formatFailure(`signed part "${name.slice(0, 80)}" cannot be read`) };
    }
  };
}

/** Entries whose digest holds. */
function coveredEntries(facts: XmlSignatureFacts): Set<string> {
  const names = facts.references
    .filter((reference) => reference.target.kind === 'external' && reference.digestHolds === true)
    .map((reference) => entryOf(reference.uri));
  return new Set(names.filter((name) => name !== null));
}

function changesOf(left: Omission[], facts: XmlSignatureFacts): Change[] {
  const unsigned: Change[] = left.map(({ entry, allowed }) => ({
    kind: 'UNSIGNED_PART',
    detail: `${entry} is not covered by the signature`,
    allowed,
  }));
  const gone: Change[] = facts.references
    .filter((reference) => reference.target.kind === 'none' && reference.uri?.startsWith('#') === false)
    .map(({ uri }) => ({ kind: 'REMOVED_PART', detail: `${uri ?? ''} was signed`, allowed: false }));
  return [...unsigned, ...gone];
}

interface Part {
  archive: ZipArchive;
  document: XmlDocument;
  path: string;
  pool: Certificate[];
}

const MACRO_ONLY: SignatureReason = {
  code: 'SIG_CONSTRAINTS_FAILURE',
  detail: 'a signature of the macros only, not of the document',
};

async function oneSignature(part: Part, signature: XmlElement, index: number): Promise<SignatureFacts> {
  const { archive, document, pool } = part;
  const facts = await xmlSignatureFacts({ document, signature, resolve: resolver(archive), pool });
  const { references: _, ...plain } = facts;
  const time = claimedTimeOf(document, signature, facts);
  const left = omissions(archive, coveredEntries(facts));
  const changes = changesOf(left, facts);
  const notCovered = left.map(({ entry }) => entry);
  const macros = part.path === MACRO_SIGNATURES ? [MACRO_ONLY] : [];
  return {
    ...plain,
    name: attribute(signature, 'Id') ?? `${part.path} ${index + 1}`,
    kind: 'signature',
    extent: 0,
    coverage: { byteRange: null, wholeFile: notCovered.length === 0, bytesAfter: 0, notCovered },
    changes,
    claimedTime: time.claimedTime,
    reasons: [...archive.faults, ...facts.reasons, ...macros],
    notes: [...archive.notes, ...facts.notes, ...time.notes],
  };
}

/** Whether the root is the standard's, and no signature stands elsewhere than directly in it or inside another one. */
function isRegular(document: XmlDocument, signatures: XmlElement[]): boolean {
  const outer = elementsNamed(document, DS, 'Signature').filter(
    ({ parent }) => parent === null || enclosing(parent, DS, 'Signature') === null,
  );
  return ROOTS.includes(document.root.namespaceUri) && outer.length === signatures.length;
}

async function signaturesOf(part: Part): Promise<FileFacts> {
  const signatures = childElements(part.document.root, DS, 'Signature');
  if (!isRegular(part.document, signatures))
    return noFacts('odf', [formatFailure(`${part.path} is not as the standard has it`)]);
  if (signatures.length > MAX_SIGNATURES)
    return noFacts('odf', [{ code: 'LIMIT', detail: `more than ${MAX_SIGNATURES} signatures` }]);
  const found = noFacts('odf');
  for (const [index, signature] of signatures.entries())
    found.signatures.push(await oneSignature(part, signature, index));
  return found;
}

async function readPart(archive: ZipArchive, path: string, pool: Certificate[]): Promise<FileFacts> {
  let document: XmlDocument;
  try {
    document = parseXml(archive.read(path));
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    return noFacts('odf', [...archive.faults, formatFailure(`${path}: ${error.message}`)]);
  }
  try {
    return await signaturesOf({ archive, document, path, pool });
  } finally {
    document.dispose();
  }
}

/** Reads the document signatures of an OpenDocument file. Never throws for what the file contains. */
export async function readOdf(bytes: Uint8Array, options: { pool: Certificate[] }): Promise<FileFacts> {
  const archive = openZip(bytes);
  const path = [DOCUMENT_SIGNATURES, MACRO_SIGNATURES].find((name) => archive.entries.has(name));
  if (path === undefined) return noFacts('odf');
  if (isEncrypted(archive))
    return noFacts('odf', [{ code: 'UNSUPPORTED_FORMAT', detail: 'the package is encrypted' }]);
  return readPart(archive, path, options.pool);
}
