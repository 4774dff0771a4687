/**
 * What of a plain XML file a signature covers. The wrapping attacks (XSW) all leave the signed element where no reader looks
 * and put another in its place, so it is not asked whether something signed is there, but whether anything is not signed.
 */
import type { Change, Coverage } from '../types.ts';
import {
  childElements,
  enclosing,
  hasInstructions,
  isNamed,
  ownText,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS, XADES } from './namespaces.ts';
import { covers } from './references.ts';
import type { XmlSignatureFacts } from './signature.ts';

/** Most uncovered places that are named. */
const MAX_NAMED = 20;

/** edXML (QCVN 102:2016/BTTTT): its wrappers and what may stand in them are fixed, so they need not be signed themselves. */
const EDXML = /^http:\/\/www\.mic\.gov\.vn\/TBT\/QCVN_/;
const WRAPPERS: Record<string, string[]> = {
  edXML: ['edXMLEnvelope', 'AttachmentEncoded'],
  edXMLEnvelope: ['edXMLHeader', 'edXMLBody', 'AttachmentEncoded'],
  edXMLHeader: ['TraceHeaderList'],
};
/** What relays write after the sender signed: where it passed, and what went wrong. `Bussiness` is the sender's. */
const TRANSPORT = new Set(['TraceHeader', 'ErrorList']);

/** An attribute of an uncovered wrapper says nothing to a reader when it is an identifier or about the schema. */
const SILENT_ATTRIBUTES = new Set(['Id', 'ID', 'id', 'schemaLocation', 'noNamespaceSchemaLocation']);

interface Uncovered {
  path: string;
  /** Transport may add it after signing. */
  transport: boolean;
}

function isCovered(facts: XmlSignatureFacts, element: XmlElement): boolean {
  return facts.references.some((reference) => covers(reference, element));
}

/** An object that holds nothing but qualifying properties: unsigned ones are added later by whoever keeps the proof. */
function isProperties(object: XmlElement): boolean {
  const inside = childElements(object);
  return (
    inside.length === 1 &&
    inside[0]!.name === 'QualifyingProperties' &&
    (XADES as readonly string[]).includes(inside[0]!.namespaceUri)
  );
}

/** Objects of the signature that carry content; the signature's own parts are no content. */
function uncoveredObjects(facts: XmlSignatureFacts, signature: XmlElement): Uncovered[] {
  return childElements(signature, DS, 'Object')
    .filter((object) => !isProperties(object) && !isCovered(facts, object))
    .filter((object) => ownText(object) !== '' || !isWholly(childElements(object), facts))
    .map(() => ({ path: 'Signature/Object', transport: false }));
}

function isWholly(elements: XmlElement[], facts: XmlSignatureFacts): boolean {
  return elements.length > 0 && elements.every((element) => isCovered(facts, element));
}

/** An element that only holds signatures, and nothing to read. */
function holdsOnlySignatures(element: XmlElement): boolean {
  if (isNamed(element, DS, 'Signature')) return true;
  const inside = childElements(element);
  return inside.length > 0 && ownText(element) === '' && inside.every(holdsOnlySignatures);
}

/** Whether the child of a wrapper is a wrapper of edXML itself. */
function isWrapper(parent: XmlElement, child: XmlElement): boolean {
  return EDXML.test(child.namespaceUri) && WRAPPERS[parent.name]?.includes(child.name) === true;
}

/**
 * A wrapper need not be signed when all that it holds is, or holds only signatures. Beside those of edXML only the root may
 * be one: names deeper down would be unsigned, and the signed element could stand anywhere.
 */
function uncoveredIn(facts: XmlSignatureFacts, wrapper: XmlElement, at: string): Uncovered[] {
  const found: Uncovered[] = ownText(wrapper) === '' ? [] : [{ path: `${at}/text()`, transport: false }];
  for (const child of childElements(wrapper)) {
    if (isCovered(facts, child) || holdsOnlySignatures(child)) continue;
    const path = `${at}/${child.name}`;
    if (isWrapper(wrapper, child)) found.push(...uncoveredIn(facts, child, path));
    else found.push({ path, transport: EDXML.test(child.namespaceUri) && TRANSPORT.has(child.name) });
  }
  return found;
}

function uncoveredChildren(facts: XmlSignatureFacts, root: XmlElement): Uncovered[] {
  const attributes = root.attrs.filter((one) => !SILENT_ATTRIBUTES.has(one.name));
  return [
    ...uncoveredIn(facts, root, root.name),
    ...attributes.map(({ name }) => ({ path: `${root.name}/@${name}`, transport: false })),
  ];
}

function uncoveredOf(document: XmlDocument, signature: XmlElement, facts: XmlSignatureFacts): Uncovered[] {
  const { root } = document;
  const found: Uncovered[] = [];
  const inRoot = root.isSameNode(signature);
  const whole = !inRoot && isRootCovered(facts, root);
  if (!whole && !inRoot) found.push(...uncoveredChildren(facts, root));
  found.push(...uncoveredObjects(facts, signature));
  const documentCovered = facts.references.some(
    (one) => one.target.kind === 'document' && one.digestHolds === true,
  );
  if (!documentCovered && hasInstructions(document))
    found.push({ path: 'processing-instruction()', transport: false });
  return found;
}

/** The root with all below it, but for signatures. */
function isRootCovered(facts: XmlSignatureFacts, root: XmlElement): boolean {
  return enclosing(root, DS, 'Signature') === null && isCovered(facts, root);
}

/** Coverage of a signature over the XML document that it stands in. */
export function coverageOf(
  document: XmlDocument,
  signature: XmlElement,
  facts: XmlSignatureFacts,
): { coverage: Coverage; changes: Change[] } {
  const uncovered = uncoveredOf(document, signature, facts);
  const named = [...new Set(uncovered.map((one) => one.path))].slice(0, MAX_NAMED);
  const changes: Change[] = named.map((path) => ({
    kind: 'UNSIGNED_PART',
    detail: `${path} is not covered by the signature`,
    allowed: uncovered.every((one) => one.path !== path || one.transport),
  }));
  const coverage = { byteRange: null, wholeFile: named.length === 0, bytesAfter: 0, notCovered: named };
  return { coverage, changes };
}
