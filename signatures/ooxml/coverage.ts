/** What the signature does not cover, and what that means (every part and every relationship has to be accounted for). */
import type { Change, Coverage } from '../types.ts';
import { allRelationships, mainParts, type Package } from './package.ts';
import type { Covered } from './references.ts';
import type { Relationship } from './relationships.ts';
import type { Exempt } from './unsigned.ts';

/** Changes told one by one; the weightiest are told first. */
const MAX_CHANGES = 200;

function uncoveredParts(found: Package, covered: Covered, exempt: Exempt): Change[] {
  const main = mainParts(found);
  const changes: Change[] = [];
  for (const [key, { name }] of found.parts) {
    // A relationship part is covered relationship by relationship.
    if (covered.parts.has(key) || exempt.parts.has(key) || found.relationshipParts.has(key)) continue;
    const breaks = main.includes(key);
    const detail = breaks ? `${name}, the document itself, is not signed` : `${name} is not signed`;
    changes.push({ kind: 'UNSIGNED_PART', detail, allowed: false, ...(breaks ? { breaks } : {}) });
  }
  return changes;
}

function uncoveredRelationships(found: Package, covered: Covered, exempt: Exempt): Change[] {
  return [...allRelationships(found)]
    .filter(
      ({ relationship }) =>
        !covered.relationships.has(relationship) && !exempt.relationships.has(relationship),
    )
    .map(({ part, relationship }) => ({
      kind: 'RELATIONSHIP_ADDED',
      detail: `${part.name}: ${relationship.id} (${relationship.type.split('/').at(-1)}) is not signed`,
      allowed: false,
    }));
}

/** Relationships whose outside target is shown or run when the document opens; a hyperlink waits for a person. */
const LOADED =
  /\/(?:image|oleObject|aFChunk|subDocument|frame|video|audio|media|attachedTemplate|control|package)$/;
/** QUIRK: Word writes the template of its author's disk into many letters; nothing is fetched from elsewhere by it. */
const LOCAL_FILE = /^file:\/\/\/[a-z]:|^[a-z]:[\\/]/i;

function loadsFromOutside({ type, target, external }: Relationship): boolean {
  if (!external || !LOADED.test(type)) return false;
  return !(type.endsWith('/attachedTemplate') && LOCAL_FILE.test(target));
}

/** The address is signed, what it gives is not: it may be another thing today. */
function outsideContent(covered: Covered): Change[] {
  return [...covered.relationships].filter(loadsFromOutside).map(({ id, type }) => ({
    kind: 'EXTERNAL_CONTENT',
    detail: `${id} (${type.split('/').at(-1)}) is loaded from outside the document`,
    allowed: false,
  }));
}

/** Properties and custom XML that nobody signs: harmless as long as the text does not show them. */
function exemptParts(found: Package, covered: Covered, exempt: Exempt): string[] {
  return [...exempt.parts]
    .filter(([key, why]) => why !== 'signature' && !covered.parts.has(key))
    .map(([key]) => found.parts.get(key)!.name);
}

/** Coverage and changes of one signature. */
export function coverageOf(
  found: Package,
  covered: Covered,
  exempt: Exempt,
): { coverage: Coverage; changes: Change[] } {
  const unsigned = exemptParts(found, covered, exempt);
  const shown = unsigned.length > 0 && exempt.shown;
  const parts = uncoveredParts(found, covered, exempt);
  const relationships = uncoveredRelationships(found, covered, exempt);
  const changes = [...parts, ...relationships, ...outsideContent(covered)]
    .sort((a, b) => Number(b.breaks ?? false) - Number(a.breaks ?? false))
    .slice(0, MAX_CHANGES);
  if (shown) {
    const detail = `content controls show what is not signed: ${unsigned.join(', ')}`;
    changes.push({ kind: 'UNSIGNED_PART', detail, allowed: false });
  }
  const wholeFile = parts.length === 0 && relationships.length === 0 && !shown;
  const notCovered = [...unsigned, ...parts.map(({ detail }) => detail.split(/,| is /)[0]!)];
  return { coverage: { byteRange: null, wholeFile, bytesAfter: 0, notCovered }, changes };
}
