/** Relationship parts: what leads from a part to others, and the transform that signs a choice of them (ISO/IEC 29500-2). */
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { attribute, childElements, isNamed, parseXml, type XmlElement } from '../xml/libxml.ts';
import { NAMESPACE, relationshipSource } from './names.ts';

export interface Relationship {
  id: string;
  type: string;
  /** As written. */
  target: string;
  external: boolean;
  /** The part that it leads to; null = outside the package. */
  targetPart: string | null;
}

export interface RelationshipPart {
  /** `/word/_rels/document.xml.rels`, as the entry is written. */
  name: string;
  /** The part that they start from; `/` = the package. */
  source: string;
  relationships: Relationship[];
  /** Prefix and namespace declarations of the root element, for the canonical form. */
  prefix: string;
  namespaces: [prefix: string, uri: string][];
}

/** Relationships of one part: a workbook of links has some tens of thousands. */
const MAX_RELATIONSHIPS = 50_000;

const ATTRIBUTES: ReadonlySet<string> = new Set(['Id', 'Type', 'Target', 'TargetMode']);

/** An address within the package is resolved against a host that cannot exist; what leaves it is outside. */
const INSIDE = 'http://package.invalid';

function targetPart(source: string, target: string): string | null {
  try {
    const url = new URL(target, `${INSIDE}${source}`);
    return url.origin === INSIDE ? url.pathname : null;
  } catch {
    return null;
  }
}

function readRelationship(element: XmlElement, source: string): Relationship | null {
  const [id, type, target] = [
    attribute(element, 'Id'),
    attribute(element, 'Type'),
    attribute(element, 'Target'),
  ];
  const mode = attribute(element, 'TargetMode') ?? 'Internal';
  const known = element.attrs.every((one) => one.prefix === '' && ATTRIBUTES.has(one.name));
  if (id === null || type === null || target === null || !known) return null;
  if (mode !== 'Internal' && mode !== 'External') return null;
  const external = mode === 'External';
  return { id, type, target, external, targetPart: external ? null : targetPart(source, target) };
}

function readRoot(root: XmlElement, part: RelationshipPart, faults: SignatureReason[]): void {
  if (!isNamed(root, NAMESPACE.relationships, 'Relationships'))
    faults.push(formatFailure(`${part.name} holds no relationships`));
  part.prefix = root.prefix;
  part.namespaces = Object.entries(root.namespaces);
  if (Number(root.eval('count(*)')) > MAX_RELATIONSHIPS) {
    faults.push({ code: 'LIMIT', detail: `${part.name} has more than ${MAX_RELATIONSHIPS} relationships` });
    return;
  }
  const ids = new Set<string>();
  for (const element of childElements(root)) {
    const named = isNamed(element, NAMESPACE.relationships, 'Relationship');
    const one = named ? readRelationship(element, part.source) : null;
    if (one === null || ids.has(one.id))
      faults.push(formatFailure(`${part.name} has a doubtful relationship ${one?.id ?? element.name}`));
    if (one === null) continue;
    ids.add(one.id);
    part.relationships.push(one);
  }
}

/**
 * Reads one relationship part; what readers could take differently (no Id, the same twice, markup of others) is a fault.
 * Throws CongvanError of `parseXml`.
 */
export function readRelationships(
  name: string,
  bytes: Uint8Array,
  faults: SignatureReason[],
): RelationshipPart {
  const source = relationshipSource(name) ?? '/';
  const part: RelationshipPart = { name, source, relationships: [], prefix: '', namespaces: [] };
  const document = parseXml(bytes);
  try {
    readRoot(document.root, part, faults);
  } finally {
    document.dispose();
  }
  return part;
}

/** Which relationships a transform selects: by Id, and by type. */
export interface Selection {
  ids: ReadonlySet<string>;
  types: ReadonlySet<string>;
}

/** What stands inside a relationship transform; null = something that is no selection. */
export function readSelection(transform: XmlElement): Selection | null {
  const ids = new Set<string>();
  const types = new Set<string>();
  for (const element of childElements(transform)) {
    const id = attribute(element, 'SourceId');
    const type = attribute(element, 'SourceType');
    if (isNamed(element, NAMESPACE.signature, 'RelationshipReference') && id !== null) ids.add(id);
    else if (isNamed(element, NAMESPACE.signature, 'RelationshipsGroupReference') && type !== null)
      types.add(type);
    else return null;
  }
  return { ids, types };
}

export function selects(selection: Selection, one: Relationship): boolean {
  return selection.ids.has(one.id) || selection.types.has(one.type);
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const escaped = (value: string) => value.replace(/[&<"\t\n\r]/g, (sign) => ESCAPES[sign]!);

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The relationship transform (ISO/IEC 29500-2 10.5.8): the selected relationships sorted by Id, TargetMode written out,
 * nothing between them; already in the canonical form that the next transform would give it.
 */
export function transformRelationships(part: RelationshipPart, selection: Selection): Uint8Array {
  const prefix = part.prefix === '' ? '' : `${part.prefix}:`;
  const declared = [...part.namespaces]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, uri]) => ` xmlns${name === '' ? '' : `:${name}`}="${escaped(uri)}"`);
  const chosen = part.relationships
    .filter((one) => selects(selection, one))
    .sort((a, b) => byCodeUnit(a.id, b.id))
    .map((one) => {
      const mode = one.external ? 'External' : 'Internal';
      const fields = [`Id="${escaped(one.id)}"`, `Target="${escaped(one.target)}"`, `TargetMode="${mode}"`];
      return `<${prefix}Relationship ${fields.join(' ')} Type="${escaped(one.type)}"></${prefix}Relationship>`;
    });
  return Buffer.from(
    `<${prefix}Relationships${declared.join('')}>${chosen.join('')}</${prefix}Relationships>`,
  );
}
