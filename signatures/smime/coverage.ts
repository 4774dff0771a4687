/** What a signature of a message does not cover: other parts, header fields, text around the parts. */
import type { Change } from '../types.ts';
import type { SignedEntity, Walk } from './walk.ts';

/** Header fields are never signed (RFC 8551 3.1): From is checked against the certificate, the rest is the sender's word. */
const HEADER = 'message header';

function isInside(path: string, container: string): boolean {
  if (container === '' || path === container) return true;
  return path.startsWith(`${container}.`) || path.startsWith(`${container}/`);
}

/** Parts that show something beside the signed one, and what makes the place of the signed one doubtful. */
function changesOf(entity: SignedEntity, unsigned: string[], walk: Walk): Change[] {
  const { place } = entity;
  if (place.covered) return [];
  const changes: Change[] = unsigned.map((detail) => ({
    kind: 'UNSIGNED_PART',
    detail: `${detail} is not signed`,
    allowed: false,
  }));
  if (place.forwarded && changes.length === 0)
    changes.push({ kind: 'UNSIGNED_PART', detail: 'the message around it is not signed', allowed: false });
  for (const where of walk.ambiguous)
    changes.push({
      kind: 'AMBIGUOUS_HEADER',
      detail: `header of ${where} can be read in two ways`,
      allowed: false,
    });
  return changes;
}

/** Most uncovered parts that are told by name. */
const MAX_TOLD = 50;

/** Every signature of the entity with what it does not cover. What an outer signature covers is no finding. */
export function withCoverage(entity: SignedEntity, walk: Walk): SignedEntity {
  const { place, hidden } = entity;
  const unsigned = walk.leaves
    .filter(({ path }) => !isInside(path, place.path))
    .slice(0, MAX_TOLD)
    .map(({ path, type }) => `part ${path} (${type})`);
  const changes = changesOf(entity, unsigned, walk);
  const coverage = {
    byteRange: null,
    wholeFile: unsigned.length === 0,
    bytesAfter: 0,
    notCovered: [HEADER, ...hidden, ...unsigned],
  };
  const notes = hidden.map((where) => ({
    code: 'UNSIGNED_TEXT',
    detail: `${where} of the signed multipart holds text that is not signed and must not be shown`,
  }));
  const signatures = entity.signatures.map((facts) => ({
    ...facts,
    coverage,
    changes: [...facts.changes, ...changes],
    notes: [...facts.notes, ...notes],
  }));
  return { ...entity, signatures };
}
