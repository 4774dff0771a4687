/** The references of a signature: what each one hits, and whether its digest holds. */
import { CongvanError } from '../../config/error.ts';
import { startDigest } from '../algorithms.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { digestOfMethod } from './algorithms.ts';
import { octetsOfBase64 } from './base64.ts';
import {
  attribute,
  childElement,
  childElements,
  elementsWithId,
  enclosing,
  isWithin,
  plainText,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS } from './namespaces.ts';
import {
  applyTransforms,
  type Exclusion,
  keepsMarkup,
  type NodeData,
  type Transformed,
  TransformFailure,
  type XmlTransform,
} from './transforms.ts';

/** Most references of one signature, manifests included: packages with thousands of pictures exist. */
const MAX_REFERENCES = 10_000;
/** Most transforms of one reference; three are usual. */
const MAX_TRANSFORMS = 8;
/** What all references of one signature may cost, units of `markupCost`: about three seconds. */
const MAX_COST = 300_000_000;
/** Findings of one kind that are told one by one. */
const MAX_FINDINGS = 10;

/** What a resolver is asked for: octets outside the document that the signature stands in. */
export interface ReferenceRequest {
  /** As written; null = the attribute is absent. */
  uri: string | null;
  type: string | null;
  transforms: XmlTransform[];
}

/**
 * What a resolver answers: the octets after its first `applied` transforms (0 = raw; OOXML's relationship transform is the
 * container's business), the rest is done here. Or why there is nothing to digest.
 */
export type ResolvedReference = { bytes: Uint8Array; applied?: number } | { missing: SignatureReason };

export type Resolve = (request: ReferenceRequest) => Promise<ResolvedReference> | ResolvedReference;

/** What a reference was found to cover. */
type ReferenceTarget =
  /** The whole document that the signature stands in. */
  | { kind: 'document' }
  /** One element of it; `root` = that element is the document's root. */
  | { kind: 'element'; element: XmlElement; root: boolean }
  /** Octets that the resolver gave. */
  | { kind: 'external'; uri: string | null }
  /** Nothing could be found. */
  | { kind: 'none' };

export interface ReferenceFacts {
  uri: string | null;
  type: string | null;
  /** Algorithm URIs, in order. */
  transforms: string[];
  /** Node's name; null = not supported. */
  digestAlgorithm: string | null;
  /** Digest of what it covers equals the signed one. Null = could not be computed; a reason says why. */
  digestHolds: boolean | null;
  target: ReferenceTarget;
  /** What its transforms leave out of the target: nothing, the signature itself, or every ds:Signature. */
  excludes: Exclusion;
  /** The reference stands in a ds:Manifest that the signature covers, not in ds:SignedInfo. */
  inManifest: boolean;
}

export interface ReferencesFound {
  references: ReferenceFacts[];
  reasons: SignatureReason[];
}

interface Context {
  document: XmlDocument;
  signature: XmlElement;
  resolve: Resolve;
  /** What is left of MAX_REFERENCES and MAX_COST. */
  left: { references: number; cost: number };
}

type Start = { data: { nodes: NodeData } | { octets: Uint8Array }; target: ReferenceTarget; applied: number };

function failure(reason: SignatureReason): TransformFailure {
  return new TransformFailure(reason);
}

/** A same-document URI as an identifier; `''` = the document, null = another kind of URI. */
function sameDocument(uri: string): { id: string; comments: boolean } | null {
  if (uri === '') return { id: '', comments: false };
  if (!uri.startsWith('#')) return null;
  if (uri === '#xpointer(/)') return { id: '', comments: true };
  const pointed = /^#xpointer\(id\((?:'([^']+)'|"([^"]+)")\)\)$/.exec(uri);
  if (pointed !== null) return { id: pointed[1] ?? pointed[2]!, comments: true };
  const id = uri.slice(1);
  if (id === '' || id.startsWith('xpointer('))
    throw failure(formatFailure(`reference "${uri.slice(0, 80)}"`));
  return { id, comments: false };
}

function elementTarget(document: XmlDocument, id: string): XmlElement {
  const [element, ...others] = elementsWithId(document, id);
  if (element === undefined)
    throw failure({
      code: 'SIGNED_DATA_NOT_FOUND',
      detail: `nothing has the identifier "${id.slice(0, 80)}"`,
    });
  if (others.length > 0)
    throw failure(formatFailure(`${others.length + 1} elements have the identifier "${id.slice(0, 80)}"`));
  return element;
}

async function dereference(context: Context, request: ReferenceRequest): Promise<Start> {
  const { document } = context;
  const same = request.uri === null ? null : sameDocument(request.uri);
  if (same !== null) {
    const element = same.id === '' ? null : elementTarget(document, same.id);
    const nodes: NodeData = { document, apex: element, comments: same.comments, excludes: 'nothing' };
    const target: ReferenceTarget =
      element === null
        ? { kind: 'document' }
        : { kind: 'element', element, root: element.isSameNode(document.root) };
    return { data: { nodes }, target, applied: 0 };
  }
  const resolved = await context.resolve(request);
  if ('missing' in resolved) throw failure(resolved.missing);
  const target: ReferenceTarget = { kind: 'external', uri: request.uri };
  return { data: { octets: resolved.bytes }, target, applied: resolved.applied ?? 0 };
}

function transformsOf(reference: XmlElement): XmlTransform[] {
  const lists = childElements(reference, DS, 'Transforms');
  const found = lists.flatMap((list) => childElements(list, DS, 'Transform'));
  if (lists.length > 1) throw failure(formatFailure('a reference with several lists of transforms'));
  if (found.length > MAX_TRANSFORMS)
    throw failure({ code: 'LIMIT', detail: `a reference with ${found.length} transforms` });
  return found.map((element) => ({ element, algorithm: attribute(element, 'Algorithm') ?? '' }));
}

/** Digest method and value: exactly one each. */
function digestOfReference(reference: XmlElement): { method: string | null; value: Uint8Array } {
  const [method, ...methods] = childElements(reference, DS, 'DigestMethod');
  const [written, ...values] = childElements(reference, DS, 'DigestValue');
  const value = written === undefined ? null : octetsOfBase64(plainText(written));
  if (method === undefined || value === null || methods.length > 0 || values.length > 0)
    throw failure(formatFailure('a reference without exactly one digest'));
  return { method: digestOfMethod(method), value };
}

function spend(context: Context, cost: number): void {
  context.left.cost -= cost;
  if (context.left.cost < 0)
    throw failure({ code: 'LIMIT', detail: 'the references cost too much to check' });
}

function reasonOf(error: unknown): SignatureReason {
  if (error instanceof TransformFailure) return error.reason;
  if (!(error instanceof CongvanError)) throw error;
  if (error.code === 'XML_LIMIT') return { code: 'LIMIT', detail: error.message };
  return formatFailure(`a signed part cannot be read: ${error.message}`);
}

async function checkOne(
  context: Context,
  reference: XmlElement,
  inManifest: boolean,
): Promise<{ facts: ReferenceFacts; reason: SignatureReason | null }> {
  const facts: ReferenceFacts = {
    uri: reference.attr('URI') === null ? null : attribute(reference, 'URI'),
    type: attribute(reference, 'Type'),
    transforms: [],
    digestAlgorithm: null,
    digestHolds: null,
    target: { kind: 'none' },
    excludes: 'nothing',
    inManifest,
  };
  try {
    const transforms = transformsOf(reference);
    facts.transforms = transforms.map((transform) => transform.algorithm);
    const { method, value } = digestOfReference(reference);
    facts.digestAlgorithm = method;
    const start = await dereference(context, { uri: facts.uri, type: facts.type, transforms });
    facts.target = start.target;
    if (method === null) throw failure({ code: 'UNSUPPORTED_ALGORITHM', detail: 'digest of a reference' });
    const result = transformed(context, start, transforms);
    facts.excludes = result.excludes;
    facts.digestHolds = Buffer.compare(startDigest(method).update(result.octets).digest(), value) === 0;
  } catch (error) {
    return { facts, reason: reasonOf(error) };
  }
  if (facts.digestHolds) return { facts, reason: null };
  const detail = `the digest of "${(facts.uri ?? '').slice(0, 80)}" is another`;
  return { facts, reason: { code: 'HASH_FAILURE', detail } };
}

function transformed(context: Context, start: Start, transforms: XmlTransform[]): Transformed {
  const left = transforms.slice(start.applied);
  return applyTransforms(start.data, left, context.signature, (cost) => spend(context, cost));
}

async function checkAll(
  context: Context,
  elements: XmlElement[],
  inManifest: boolean,
): Promise<ReferencesFound> {
  const found: ReferencesFound = { references: [], reasons: [] };
  if (elements.length > context.left.references) {
    found.reasons.push({ code: 'LIMIT', detail: `more than ${MAX_REFERENCES} references` });
    return found;
  }
  context.left.references -= elements.length;
  for (const element of elements) {
    const { facts, reason } = await checkOne(context, element, inManifest);
    found.references.push(facts);
    // Findings of one kind are told a few times only; none of another kind is lost for it.
    const alike = found.reasons.filter((one) => one.code === reason?.code).length;
    if (reason !== null && alike < MAX_FINDINGS) found.reasons.push(reason);
    if (context.left.cost < 0) break;
  }
  return found;
}

/** Manifests in the signature's own objects that a reference covers: one level deep, as OOXML has them. */
function coveredManifests(signature: XmlElement, references: ReferenceFacts[]): XmlElement[] {
  return childElements(signature, DS, 'Object')
    .flatMap((object) => childElements(object, DS, 'Manifest'))
    .filter((manifest) => references.some((reference) => covers(reference, manifest)));
}

/**
 * Checks every ds:Reference of SignedInfo, and those of covered manifests.
 * `signature` is the ds:Signature that they belong to; nothing is believed of what no holding reference covers.
 */
export async function checkReferences(
  document: XmlDocument,
  signature: XmlElement,
  resolve: Resolve,
): Promise<ReferencesFound> {
  const context: Context = {
    document,
    signature,
    resolve,
    left: { references: MAX_REFERENCES, cost: MAX_COST },
  };
  const signedInfo = childElement(signature, DS, 'SignedInfo');
  const elements = signedInfo === null ? [] : childElements(signedInfo, DS, 'Reference');
  const direct = await checkAll(context, elements, false);
  if (elements.length === 0) direct.reasons.push(formatFailure('a signature that refers to nothing'));
  const manifests = coveredManifests(signature, direct.references);
  const listed = manifests.flatMap((manifest) => childElements(manifest, DS, 'Reference'));
  const indirect = await checkAll(context, listed, true);
  return {
    references: [...direct.references, ...indirect.references],
    reasons: [...direct.reasons, ...indirect.reasons],
  };
}

/** Whether a reference with a digest that holds covers this element with all its markup. */
export function covers(reference: ReferenceFacts, element: XmlElement): boolean {
  const { target } = reference;
  if (reference.digestHolds !== true || !reference.transforms.every(keepsMarkup)) return false;
  if (target.kind !== 'document' && target.kind !== 'element') return false;
  if (target.kind === 'element' && !isWithin(element, target.element)) return false;
  return reference.excludes === 'nothing' || enclosing(element, DS, 'Signature') === null;
}
