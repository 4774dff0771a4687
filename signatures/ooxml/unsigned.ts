/**
 * What Office itself leaves unsigned, and nothing else: the signatures' own parts, document properties, and custom XML that
 * nothing shows. Everything else that no digest covers was put there by somebody who did not sign.
 */

import { CONTENT_TYPE, partKey, RELATIONSHIP } from './names.ts';
import { allRelationships, mainParts, type Package } from './package.ts';
import type { Relationship, RelationshipPart } from './relationships.ts';

/** Why a relationship may stay unsigned. */
type Exemption = 'signature' | 'properties' | 'custom-xml';

interface Rule {
  /** End of the relationship type; the first half differs between Transitional and Strict. */
  type: string;
  /** The content type that its target must have. */
  contentType: string;
  why: Exemption;
}

const PACKAGE = 'application/vnd.openxmlformats-package';
const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** From the package itself. */
const FROM_PACKAGE: Rule[] = [
  { type: RELATIONSHIP.origin, contentType: `${PACKAGE}.digital-signature-origin`, why: 'signature' },
  { type: RELATIONSHIP.coreProperties, contentType: `${PACKAGE}.core-properties+xml`, why: 'properties' },
  {
    type: RELATIONSHIP.extendedProperties,
    contentType: `${OFFICE}.extended-properties+xml`,
    why: 'properties',
  },
  { type: RELATIONSHIP.customProperties, contentType: `${OFFICE}.custom-properties+xml`, why: 'properties' },
  {
    type: RELATIONSHIP.labels,
    contentType: 'application/vnd.ms-office.classificationlabels+xml',
    why: 'properties',
  },
  { type: RELATIONSHIP.thumbnail, contentType: 'image/', why: 'properties' },
];
const FROM_ORIGIN: Rule[] = [
  { type: RELATIONSHIP.signature, contentType: CONTENT_TYPE.signature, why: 'signature' },
];
const FROM_SIGNATURE: Rule[] = [
  {
    type: RELATIONSHIP.certificate,
    contentType: `${PACKAGE}.digital-signature-certificate`,
    why: 'signature',
  },
];
const FROM_PART: Rule[] = [
  { type: RELATIONSHIP.customXml, contentType: 'application/xml', why: 'custom-xml' },
];
const FROM_CUSTOM_XML: Rule[] = [
  {
    type: RELATIONSHIP.customXmlProperties,
    contentType: `${OFFICE}.customXmlProperties+xml`,
    why: 'custom-xml',
  },
];

/** `image/` stands for every kind of picture. */
function isOfType(contentType: string, asked: string): boolean {
  const [type, wanted] = [contentType.toLowerCase(), asked.toLowerCase()];
  return wanted.endsWith('/') ? type.startsWith(wanted) : type === wanted;
}

/** Parts by why they may stay unsigned, and the relationships that lead to them. */
export interface Exempt {
  parts: Map<string, Exemption>;
  relationships: Set<Relationship>;
  /** Something in the package shows what stands in custom XML or properties: then those are content. */
  shown: boolean;
}

/** Parts that a relationship of this kind from those sources leads to. */
function follow(
  found: Package,
  exempt: Exempt,
  rules: Rule[],
  from: (part: RelationshipPart) => boolean,
): void {
  for (const { part, relationship } of allRelationships(found)) {
    if (!from(part) || relationship.targetPart === null) continue;
    const key = partKey(relationship.targetPart);
    const type = found.parts.get(key)?.contentType ?? '';
    const rule = rules.find((one) => relationship.type.endsWith(one.type) && isOfType(type, one.contentType));
    if (rule === undefined) continue;
    exempt.relationships.add(relationship);
    exempt.parts.set(key, rule.why);
  }
}

/** Content of custom XML and properties that is shown in the text (content controls) or loads code (add-ins of a document). */
const SHOWN = ['dataBinding'];
const LOADS_CODE = ['_AssemblyLocation', '_AssemblyName'];

function mentions(bytes: Uint8Array, words: string[]): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return words.some(
    (word) => buffer.includes(word, 0, 'latin1') || buffer.includes(Buffer.from(word, 'utf16le')),
  );
}

function showsUnsigned(found: Package): boolean {
  return [...found.parts.values()].some(({ bytes }) => mentions(bytes, SHOWN));
}

/** QUIRK: Word takes in some parts by their names alone (`/word/people.xml`), whatever type and relationships say of them. */
function liesBeside(main: string, key: string): boolean {
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  return folder === '/' ? key.lastIndexOf('/') === 0 : key.startsWith(folder);
}

/**
 * What may stay unsigned in this package. A part that some other relationship leads to as well is not exempt, nor one that
 * lies in the folder of the document itself.
 */
export function exemptions(found: Package): Exempt {
  const exempt: Exempt = { parts: new Map(), relationships: new Set(), shown: showsUnsigned(found) };
  const isOf = (part: RelationshipPart, why: Exemption) => exempt.parts.get(partKey(part.source)) === why;
  follow(found, exempt, FROM_PACKAGE, (part) => part.source === '/');
  follow(found, exempt, FROM_ORIGIN, (part) => isOf(part, 'signature'));
  follow(found, exempt, FROM_SIGNATURE, (part) => isOf(part, 'signature'));
  follow(found, exempt, FROM_PART, (part) => part.source !== '/' && !exempt.parts.has(partKey(part.source)));
  follow(found, exempt, FROM_CUSTOM_XML, (part) => isOf(part, 'custom-xml'));
  for (const { relationship } of allRelationships(found))
    if (relationship.targetPart !== null && !exempt.relationships.has(relationship))
      exempt.parts.delete(partKey(relationship.targetPart));
  const main = mainParts(found);
  for (const [key, why] of exempt.parts) {
    const loads = why === 'properties' && mentions(found.parts.get(key)!.bytes, LOADS_CODE);
    if (loads || main.some((one) => liesBeside(one, key))) exempt.parts.delete(key);
  }
  return exempt;
}
