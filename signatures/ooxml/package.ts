/** An OOXML file as a package: parts with their content types, and the relationships between them (ISO/IEC 29500-2). */
import { CongvanError } from '../../config/error.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import type { ZipArchive } from '../zip/open-zip.ts';
import { type ContentTypeOf, readContentTypes } from './content-types.ts';
import { partKey, RELATIONSHIP, relationshipSource } from './names.ts';
import { type RelationshipPart, readRelationships } from './relationships.ts';

export interface Part {
  /** Absolute, as the entry is written: `/word/document.xml`. */
  name: string;
  contentType: string | null;
  bytes: Uint8Array;
}

export interface Package {
  /** By `partKey`; without `[Content_Types].xml` and folders. */
  parts: Map<string, Part>;
  /** By `partKey`. */
  relationshipParts: Map<string, RelationshipPart>;
  /** What readers of packages would disagree about, those of the zip included. */
  faults: SignatureReason[];
}

/** Relationships of all parts together, and findings after which nothing more is read. */
const MAX_RELATIONSHIPS = 100_000;
const MAX_FAULTS = 100;

const CONTENT_TYPES = '[Content_Types].xml';

/** What bad content throws becomes a fault; anything else is ours. */
function faultOf(error: unknown, what: string): SignatureReason {
  if (!(error instanceof CongvanError)) throw error;
  return formatFailure(`${what}: ${error.message}`);
}

function typesOf(zip: ZipArchive, faults: SignatureReason[]): ContentTypeOf {
  try {
    return readContentTypes(zip.read(CONTENT_TYPES), faults);
  } catch (error) {
    faults.push(faultOf(error, CONTENT_TYPES));
    return () => null;
  }
}

function addParts(zip: ZipArchive, typeOf: ContentTypeOf, found: Package): void {
  for (const entry of zip.entries.values()) {
    if (entry.directory || entry.name.toLowerCase() === CONTENT_TYPES.toLowerCase()) continue;
    const name = `/${entry.name}`;
    const key = partKey(name);
    if (found.parts.has(key)) found.faults.push(formatFailure(`two parts are named ${name}`));
    // A part in pieces (7.3.3 "interleaving") is put together by some readers and unknown to others.
    if (/\/\[\d+\](?:\.last)?\.piece$/i.test(name)) found.faults.push(formatFailure(`${name} is a piece`));
    try {
      found.parts.set(key, { name, contentType: typeOf(name), bytes: zip.read(entry.name) });
    } catch (error) {
      found.faults.push(faultOf(error, name));
    }
  }
}

/** Reads the package; never throws for what it holds. */
export function readPackage(zip: ZipArchive): Package {
  const faults = [...zip.faults];
  const found: Package = { parts: new Map(), relationshipParts: new Map(), faults };
  addParts(zip, typesOf(zip, faults), found);
  let left = MAX_RELATIONSHIPS;
  for (const [key, { name, bytes }] of found.parts) {
    if (relationshipSource(name) === null) continue;
    if (left < 0 || faults.length > MAX_FAULTS) {
      faults.push({ code: 'LIMIT', detail: 'too many relationships, or too many that are wrong' });
      break;
    }
    try {
      const part = readRelationships(name, bytes, faults);
      left -= part.relationships.length;
      found.relationshipParts.set(key, part);
    } catch (error) {
      faults.push(faultOf(error, name));
    }
  }
  faults.splice(MAX_FAULTS);
  return found;
}

/** Every relationship with the part that it starts from. */
export function* allRelationships(found: Package) {
  for (const part of found.relationshipParts.values())
    for (const relationship of part.relationships) yield { part, relationship };
}

/** The parts that the package opens with: one, in a sound document. */
export function mainParts(found: Package): string[] {
  return [...allRelationships(found)]
    .filter(({ part, relationship }) => {
      const { type, targetPart } = relationship;
      return part.source === '/' && targetPart !== null && type.endsWith(RELATIONSHIP.officeDocument);
    })
    .map(({ relationship }) => partKey(relationship.targetPart!));
}
