/** The manifest's references: which part is meant, whether it is still what was signed, and what the digest covers. */
import type { SignatureReason } from '../types.ts';
import type { ReferenceFacts, ReferenceRequest, ResolvedReference } from '../xml/signature.ts';
import { partKey, RELATIONSHIP_TRANSFORM } from './names.ts';
import type { Package, Part } from './package.ts';
import { type Relationship, readSelection, selects, transformRelationships } from './relationships.ts';

/** What the digests that hold are over. */
export interface Covered {
  /** Keys of parts. */
  parts: Set<string>;
  relationships: Set<Relationship>;
}

/** `/word/document.xml?ContentType=application/…`. */
function splitUri(uri: string): { key: string; contentType: string | null } {
  const [path = '', query = ''] = uri.split('?', 2);
  const type = /^ContentType=(.*)$/i.exec(query)?.[1] ?? null;
  return { key: partKey(path), contentType: type };
}

const gone = (detail: string): { missing: SignatureReason } => ({
  missing: { code: 'HASH_FAILURE', detail },
});

const sameType = (a: string, b: string | null) => a.toLowerCase() === b?.toLowerCase();

/** Algorithms that leave out nothing that a reader shows. */
const CANONICAL =
  /^http:\/\/www\.w3\.org\/(?:TR\/2001\/REC-xml-c14n-20010315|2006\/12\/xml-c14n11|2001\/10\/xml-exc-c14n#)/;

/** One signature's view of the package. */
export class PackageReferences {
  private readonly found: Package;
  /** What each reference with a relationship transform selects; null = it stands twice, so nobody can tell. */
  private readonly selections = new Map<string, Relationship[] | null>();
  /** Findings that core rules know nothing of. */
  readonly reasons: SignatureReason[] = [];

  constructor(found: Package) {
    this.found = found;
  }

  /** Gives the octets of a part, after the relationship transform where it is asked for. */
  resolve = (request: ReferenceRequest): ResolvedReference => {
    const { uri, transforms } = request;
    if (uri === null || !uri.startsWith('/'))
      return { missing: { code: 'SIGNED_DATA_NOT_FOUND', detail: `reference ${uri ?? ''} names no part` } };
    const { key, contentType } = splitUri(uri);
    const part = this.found.parts.get(key);
    if (part === undefined) return this.failed(`signed part ${key} is not there any more`);
    if (contentType !== null && !sameType(contentType, part.contentType))
      return this.failed(`${part.name} was signed as ${contentType} and is now ${part.contentType}`);
    if (transforms[0]?.algorithm !== RELATIONSHIP_TRANSFORM) return { bytes: part.bytes };
    return this.transformed(uri, part, request);
  };

  private failed(detail: string): ResolvedReference {
    const answer = gone(detail);
    this.reasons.push(answer.missing);
    return answer;
  }

  private transformed(uri: string, part: Part, request: ReferenceRequest): ResolvedReference {
    const relationships = this.found.relationshipParts.get(partKey(part.name));
    const selection = readSelection(request.transforms[0]!.element);
    if (relationships === undefined || selection === null)
      return { missing: { code: 'FORMAT_FAILURE', detail: `relationship transform over ${part.name}` } };
    const chosen = relationships.relationships.filter((one) => selects(selection, one));
    this.selections.set(uri, this.selections.has(uri) ? null : chosen);
    return { bytes: transformRelationships(relationships, selection), applied: 1 };
  }

  /** What the references cover whose digests hold. Part and type are one: without its type in the URI a part is not covered. */
  covered(references: ReferenceFacts[]): Covered {
    const covered: Covered = { parts: new Set(), relationships: new Set() };
    for (const { uri, digestHolds, excludes, target, transforms } of references) {
      if (uri === null || digestHolds !== true || excludes !== 'nothing') continue;
      if (target.kind !== 'external') continue;
      const { key, contentType } = splitUri(uri);
      const [first, ...rest] = transforms;
      const chosen = first === RELATIONSHIP_TRANSFORM;
      const whole = (chosen ? rest : transforms).every((one) => CANONICAL.test(one));
      if (contentType === null || !whole) continue;
      const all = this.found.relationshipParts.get(key)?.relationships ?? [];
      const selected = chosen ? (this.selections.get(uri) ?? []) : all;
      for (const one of selected) covered.relationships.add(one);
      if (!chosen) covered.parts.add(key);
    }
    return covered;
  }
}
