/** The processing model of XMLDSig (4.4.3.2): data goes through the transforms of a reference and comes out as octets. */

import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { octetsOfBase64 } from './base64.ts';
import {
  attribute,
  type CanonicalForm,
  canonicalize,
  childElement,
  childElements,
  documentCost,
  elementsNamed,
  markupCost,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS, EXCLUSIVE, FILTER2 } from './namespaces.ts';

/** A ds:Transform as it stands. */
export interface XmlTransform {
  algorithm: string;
  element: XmlElement;
}

/** What the transforms leave out: nothing, the signature itself, or every ds:Signature. */
export type Exclusion = 'nothing' | 'own-signature' | 'all-signatures';

/** Nodes of a document: all of it (`apex` null) or one element with what is below. */
export interface NodeData {
  document: XmlDocument;
  apex: XmlElement | null;
  /** False for `""` and `#id`: comments are no part of what they name (XMLDSig 4.4.3.3). */
  comments: boolean;
  excludes: Exclusion;
}

type Data = { nodes: NodeData } | { octets: Uint8Array };

export interface Transformed {
  octets: Uint8Array;
  excludes: Exclusion;
}

const C14N: CanonicalForm = { method: 'c14n', comments: false, prefixes: [] };
const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const XSLT = 'http://www.w3.org/TR/1999/REC-xslt-19991116';

const CANONICAL: Record<string, Omit<CanonicalForm, 'prefixes'>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { method: 'c14n', comments: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { method: 'c14n', comments: true },
  'http://www.w3.org/2006/12/xml-c14n11': { method: 'c14n11', comments: false },
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { method: 'c14n11', comments: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': { method: 'exclusive', comments: false },
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { method: 'exclusive', comments: true },
};

/** Transforms after which an element is still covered with its markup, attributes and all. */
export function keepsMarkup(algorithm: string): boolean {
  return algorithm !== `${DS}base64`;
}

/** The canonical form that a CanonicalizationMethod or Transform names; null = none that is known. */
export function canonicalForm(element: XmlElement): CanonicalForm | null {
  const form = CANONICAL[attribute(element, 'Algorithm') ?? ''];
  if (form === undefined) return null;
  const list = childElement(element, EXCLUSIVE, 'InclusiveNamespaces');
  const prefixes = list === null ? [] : (attribute(list, 'PrefixList') ?? '').split(/\s+/).filter(Boolean);
  return { ...form, prefixes };
}

/** The one way in which a transform fails: the reason is the finding. */
export class TransformFailure extends Error {
  readonly reason: SignatureReason;
  constructor(reason: SignatureReason) {
    super(reason.detail);
    this.reason = reason;
  }
}

function unsupported(detail: string): TransformFailure {
  return new TransformFailure({ code: 'UNSUPPORTED_ALGORITHM', detail });
}

/** Canonical octets of nodes. `own` = the signature that the reference stands in. */
function canonicalOctets(nodes: NodeData, form: CanonicalForm, own: XmlElement): Uint8Array {
  const without = excluded(nodes, own);
  const subtree = { document: nodes.document, apex: nodes.apex, without };
  return canonicalize(subtree, { ...form, comments: form.comments && nodes.comments });
}

function excluded(nodes: NodeData, own: XmlElement): XmlElement[] {
  if (nodes.excludes === 'nothing') return [];
  return nodes.excludes === 'own-signature' ? [own] : elementsNamed(nodes.document, DS, 'Signature');
}

const SIGNATURE_STEP = String.raw`(?:[\w.-]+:Signature|\*\[(?:local-name\(\)='Signature'andnamespace-uri\(\)='${DS.replace(/[.#]/g, '\\$&')}'|self::[\w.-]+:Signature)\])`;
const ALL_SIGNATURES = new RegExp(`^not\\(ancestor-or-self::${SIGNATURE_STEP}\\)$`);
/** XMLDSig 6.6.4: the expression that the enveloped-signature transform is defined by. */
const OWN_SIGNATURE =
  /^count\(ancestor-or-self::[\w.-]+:Signature\|here\(\)\/ancestor::[\w.-]+:Signature\[1\]\)>count\(ancestor-or-self::[\w.-]+:Signature\)$/;
const FILTER_SIGNATURES = /^\/(?:\/|descendant::|descendant-or-self::node\(\)\/)[\w.-]+:Signature$/;

/** Whether every prefix before `:Signature` in the expression stands for the namespace of XMLDSig there. */
function meansSignature(expression: string, context: XmlElement): boolean {
  const prefixes = [...expression.matchAll(/(?<![\w.-])([\w.-]+):Signature/g)].map((match) => match[1]!);
  return prefixes.every((prefix) => context.namespaceForPrefix(prefix) === DS);
}

/** An XPath filter as the exclusion it means: only the well-known forms, since any other could leave out anything. */
function xpathExclusion(transform: XmlElement): Exclusion {
  const filter = childElement(transform, DS, 'XPath');
  const expression = (filter?.content ?? '').replace(/\s+/g, '').replaceAll('"', "'");
  if (filter !== null && meansSignature(expression, filter)) {
    if (ALL_SIGNATURES.test(expression)) return 'all-signatures';
    if (OWN_SIGNATURE.test(expression)) return 'own-signature';
  }
  throw unsupported('XPath transform other than the well-known ones that leave out signatures');
}

function filter2Exclusion(transform: XmlElement): Exclusion {
  const filters = childElements(transform);
  const [filter] = filters;
  const expression = (filter?.content ?? '').replace(/\s+/g, '');
  const known =
    filters.length === 1 &&
    filter!.namespaceUri === FILTER2 &&
    attribute(filter!, 'Filter') === 'subtract' &&
    FILTER_SIGNATURES.test(expression) &&
    meansSignature(expression, filter!);
  if (known) return 'all-signatures';
  throw unsupported('XPath Filter 2.0 transform other than the subtraction of signatures');
}

/** Leaves out more; 'all' stays 'all'. */
function excluding(data: Data, more: Exclusion): Data {
  if (!('nodes' in data))
    throw new TransformFailure(formatFailure('a filter on nodes after canonicalisation'));
  const excludes = data.nodes.excludes === 'all-signatures' ? data.nodes.excludes : more;
  return { nodes: { ...data.nodes, excludes } };
}

function fromBase64(data: Data): Data {
  if ('nodes' in data && data.nodes.excludes !== 'nothing')
    throw unsupported('base64 transform after one that leaves out nodes');
  const text = 'octets' in data ? Buffer.from(data.octets).toString('latin1') : textOf(data.nodes);
  const octets = octetsOfBase64(text);
  if (octets === null) throw new TransformFailure(formatFailure('base64 transform of what is no base64'));
  return { octets };
}

function textOf(nodes: NodeData): string {
  return (nodes.apex ?? nodes.document.root).content;
}

/** Parses octets for the one canonicalisation and frees them at once. */
function canonicalOfOctets(octets: Uint8Array, form: CanonicalForm): Uint8Array {
  // QUIRK: macro libraries and old manifests in OpenDocument name a DTD; canonical XML leaves that out.
  const document = parseXml(octets, 'named');
  try {
    return canonicalize({ document, apex: null, without: [] }, form);
  } finally {
    document.dispose();
  }
}

function canonicalData(data: Data, form: CanonicalForm, own: XmlElement): Data {
  return {
    octets: 'nodes' in data ? canonicalOctets(data.nodes, form, own) : canonicalOfOctets(data.octets, form),
  };
}

function applyOne(data: Data, transform: XmlTransform, own: XmlElement): Data {
  const form = canonicalForm(transform.element);
  if (form !== null) return canonicalData(data, form, own);
  if (transform.algorithm === `${DS}enveloped-signature`) return excluding(data, 'own-signature');
  if (transform.algorithm === `${DS}base64`) return fromBase64(data);
  if (transform.algorithm === XPATH) return excluding(data, xpathExclusion(transform.element));
  if (transform.algorithm === FILTER2) return excluding(data, filter2Exclusion(transform.element));
  if (transform.algorithm === XSLT) throw unsupported('XSLT transform: it could make anything of the data');
  throw unsupported(`transform ${transform.algorithm.slice(0, 100)} is not supported`);
}

/** What applying a transform to data costs. */
function costOf(data: Data, transform: XmlTransform | null): number {
  if ('nodes' in data) return documentCost(data.nodes.document);
  const parses = transform !== null && canonicalForm(transform.element) !== null;
  return parses ? markupCost(data.octets) : data.octets.length;
}

/**
 * Runs data through transforms; nodes left over are canonicalised (C14N 1.0). `own` = the signature of the reference;
 * `spend` is told what each step costs before it is taken, and may throw.
 * Throws TransformFailure, and CongvanError of the parser.
 */
export function applyTransforms(
  start: Data,
  transforms: XmlTransform[],
  own: XmlElement,
  spend: (cost: number) => void = () => {},
): Transformed {
  let data = start;
  let excludes: Exclusion = 'nodes' in start ? start.nodes.excludes : 'nothing';
  for (const transform of transforms) {
    spend(costOf(data, transform));
    data = applyOne(data, transform, own);
    if ('nodes' in data) excludes = data.nodes.excludes;
  }
  spend(costOf(data, null));
  if ('nodes' in data) data = canonicalData(data, C14N, own);
  return { octets: (data as { octets: Uint8Array }).octets, excludes };
}
