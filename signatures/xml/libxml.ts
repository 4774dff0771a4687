/** The one door to libxml2-wasm: parsing without DTD, network or entities; walking; canonicalisation. */
import { ParseOption, XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm';
import { CongvanError } from '../../config/error.ts';

export type { XmlDocument, XmlElement } from 'libxml2-wasm';

/** Largest XML file that is parsed, octets: an edXML envelope with scans inside stays under 30 MB. */
const MAX_OCTETS = 50 * 1024 * 1024;
/** Deepest nesting of elements: the canonicaliser recurses, and its stack is small. */
const MAX_DEPTH = 250;
/** Above this (octets) libxml2's own limit on one text node (10 MB) has to be lifted. */
const PLAIN_LIMIT = 9_000_000;

const PARSE =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_NO_SYS_CATALOG |
  ParseOption.XML_PARSE_NOWARNING;

const TOO_DEEP = `boolean(${'/*'.repeat(MAX_DEPTH + 1)})`;

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** The octets each document came from: a copy with elements taken out is made by parsing them again. */
const sources = new WeakMap<XmlDocument, Uint8Array>();

function fail(code: string, detail: string): never {
  throw new CongvanError(code, detail, { temporary: false });
}

function parse(bytes: Uint8Array): XmlDocument {
  const huge = bytes.length > PLAIN_LIMIT ? ParseOption.XML_PARSE_HUGE : 0;
  try {
    return XmlDocument.fromBuffer(bytes, { option: PARSE | huge });
  } catch (cause) {
    fail('XML_INVALID', cause instanceof Error ? cause.message.trim().slice(0, 200) : 'not well-formed');
  }
}

/** Where the prolog is looked for a document type, octets; one that stands later is still seen by the parser. */
const PROLOG = 1 << 16;

/** A document type that names a file elsewhere and declares nothing itself. */
const EXTERNAL_ONLY = /^<!DOCTYPE\s+[^\s[>"']+\s*(?:(?:SYSTEM|PUBLIC)(?:\s*"[^"]*"|\s*'[^']*'){1,2}\s*)?>/;

/**
 * The prolog from its document type on; null = none before the root element. Looked for in the octets, since the parser would
 * already have read what it declares: in UTF-8 and its relatives, and in UTF-16 with its zero octets taken out.
 */
function documentType(bytes: Uint8Array): string | null {
  const prolog = Buffer.from(bytes.subarray(0, PROLOG)).toString('latin1').replaceAll('\0', '');
  for (let at = prolog.indexOf('<'); at !== -1; at = prolog.indexOf('<', at)) {
    const close = prolog.startsWith('<!--', at) ? '-->' : prolog.startsWith('<?', at) ? '?>' : null;
    if (close === null) return prolog.startsWith('<!DOCTYPE', at) ? prolog.slice(at) : null;
    at = prolog.indexOf(close, at + 2);
    if (at === -1) return null;
  }
  return null;
}

/**
 * Parses one XML document. A DOCTYPE is refused, so there are no entities but the five predefined ones; 'named' lets one
 * pass that only names a DTD elsewhere, which is never fetched.
 * Throws CongvanError XML_INVALID (not well-formed), XML_DOCTYPE, XML_LIMIT. The caller must `dispose()` what it gets.
 */
export function parseXml(bytes: Uint8Array, doctype: 'refused' | 'named' = 'refused'): XmlDocument {
  if (bytes.length > MAX_OCTETS) fail('XML_LIMIT', `more than ${MAX_OCTETS} octets of XML`);
  const type = documentType(bytes);
  const tolerated = doctype === 'named' && type !== null && EXTERNAL_ONLY.test(type);
  if (type !== null && !tolerated) fail('XML_DOCTYPE', 'document type declaration');
  const document = parse(bytes);
  try {
    if (document.dtd !== null && !tolerated) fail('XML_DOCTYPE', 'document type declaration');
    if (document.root.eval(TOO_DEEP) === true) fail('XML_LIMIT', `nested deeper than ${MAX_DEPTH}`);
  } catch (error) {
    document.dispose();
    throw error;
  }
  sources.set(document, bytes);
  return document;
}

/** What a tag costs beside its octets, measured: a pass over 100 million units takes about a second. */
const TAG_COST = 50;

const costs = new WeakMap<XmlDocument, number>();

/** What parsing and canonicalising these octets costs, in units of one octet of plain text. */
export function markupCost(octets: Uint8Array): number {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let tags = 0;
  for (let at = buffer.indexOf('<'); at !== -1; at = buffer.indexOf('<', at + 1)) tags += 1;
  return octets.length + tags * TAG_COST;
}

/** What one pass over a document costs, in the same units. */
export function documentCost(document: XmlDocument): number {
  const known = costs.get(document);
  if (known !== undefined) return known;
  const cost = markupCost(sources.get(document) ?? new Uint8Array(0));
  costs.set(document, cost);
  return cost;
}

/** Whether an element has this namespace and local name. */
export function isNamed(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespaceUri === namespace;
}

/** The child elements, in document order; only those of that namespace and name when given. */
export function childElements(parent: XmlElement, namespace?: string, name?: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (!(node instanceof XmlElement)) continue;
    if (namespace !== undefined && node.namespaceUri !== namespace) continue;
    if (name !== undefined && node.name !== name) continue;
    found.push(node);
  }
  return found;
}

/** The first child element of that namespace and name; null = none. */
export function childElement(parent: XmlElement, namespace: string, name: string): XmlElement | null {
  return childElements(parent, namespace, name)[0] ?? null;
}

/** The value of an attribute without namespace; null = absent. */
export function attribute(element: XmlElement, name: string): string | null {
  const found = element.attr(name);
  return found === null || found.namespaceUri !== '' ? null : found.value;
}

/** The text of an element that has no element inside: what canonicalisation without comments signs. Null = it has one. */
export function plainText(element: XmlElement): string | null {
  return childElements(element).length > 0 ? null : element.content;
}

/**
 * Text that stands directly in the element: the first piece that is more than white space. QUIRK: of several nodes XPath
 * takes the first as the text, and that is most often the line end before the first child.
 */
export function ownText(element: XmlElement): string {
  return String(element.eval('normalize-space(text()[normalize-space()])'));
}

/** Whether `element` is `ancestor` or lies below it. */
export function isWithin(element: XmlElement, ancestor: XmlElement): boolean {
  for (let at: XmlElement | null = element; at !== null; at = at.parent)
    if (at.isSameNode(ancestor)) return true;
  return false;
}

/** The nearest element of that namespace and name: the element itself or one above it. */
export function enclosing(element: XmlElement, namespace: string, name: string): XmlElement | null {
  for (let at: XmlElement | null = element; at !== null; at = at.parent)
    if (isNamed(at, namespace, name)) return at;
  return null;
}

/** Every element of that namespace and name, in document order; below `within` when given. */
export function elementsNamed(
  document: XmlDocument,
  namespace: string,
  name: string,
  within?: XmlElement,
): XmlElement[] {
  const start = within ?? document.root;
  const found = start.find(within === undefined ? `//n:${name}` : `.//n:${name}`, { n: namespace });
  return found.filter((node): node is XmlElement => node instanceof XmlElement);
}

/** Whether a processing instruction stands beside the root element: one there can change how the document is shown. */
export function hasInstructions(document: XmlDocument): boolean {
  return document.root.eval('boolean(/processing-instruction())') === true;
}

const identified = new WeakMap<XmlDocument, Map<string, XmlElement[]>>();

/**
 * The elements that carry this identifier: attributes Id, ID and id without namespace, and xml:id, since without a DTD
 * nothing else says which attribute is an ID. More than one element = nobody can tell which is meant.
 */
export function elementsWithId(document: XmlDocument, id: string): XmlElement[] {
  let index = identified.get(document);
  if (index === undefined) {
    index = new Map();
    for (const path of ['//*[@Id]', '//*[@ID]', '//*[@id]', '//*[@xml:id]'])
      for (const element of document.root.find(path, { xml: XML_NAMESPACE }) as XmlElement[])
        for (const value of idValues(element)) note(index, value, element);
    identified.set(document, index);
  }
  return index.get(id) ?? [];
}

function idValues(element: XmlElement): string[] {
  const xmlId = element.attr('id', 'xml')?.value ?? null;
  const values = [attribute(element, 'Id'), attribute(element, 'ID'), attribute(element, 'id'), xmlId];
  return values.filter((value) => value !== null);
}

function note(index: Map<string, XmlElement[]>, id: string, element: XmlElement): void {
  const known = index.get(id) ?? [];
  if (!known.some((one) => one.isSameNode(element))) index.set(id, [...known, element]);
}

/** How nodes become octets (Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0). */
export interface CanonicalForm {
  method: 'c14n' | 'c14n11' | 'exclusive';
  comments: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive method; `#default` stands for the default namespace. */
  prefixes: string[];
}

/** A whole document (`apex` null) or one element with all below it, without the subtrees of `without`. */
export interface Subtree {
  document: XmlDocument;
  apex: XmlElement | null;
  without: XmlElement[];
}

const MODES = {
  c14n: XmlC14NMode.XML_C14N_1_0,
  c14n11: XmlC14NMode.XML_C14N_1_1,
  exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
} as const;

/**
 * The canonical octets of a subtree, with the namespaces in scope at its apex.
 * Throws CongvanError XML_INVALID where there is no canonical form.
 */
export function canonicalize(nodes: Subtree, form: CanonicalForm): Uint8Array {
  if (nodes.without.length === 0) return serialize(nodes.document, nodes.apex, form);
  const { apex } = nodes;
  if (apex !== null && nodes.without.some((element) => isWithin(apex, element))) return new Uint8Array(0);
  // QUIRK: the library's visibility callback cannot leave an element out of a subtree, so that a copy is cut instead.
  const copy = parse(sources.get(nodes.document)!);
  try {
    const kept = apex === null ? null : counterpart(copy, apex);
    for (const element of outermost(nodes.without).map((one) => counterpart(copy, one))) element.remove();
    return serialize(copy, kept, form);
  } finally {
    copy.dispose();
  }
}

function serialize(document: XmlDocument, apex: XmlElement | null, form: CanonicalForm): Uint8Array {
  const chunks: Uint8Array[] = [];
  const handler = {
    write: (chunk: Uint8Array) => {
      chunks.push(Uint8Array.from(chunk));
      return chunk.length;
    },
    close: () => true,
  };
  try {
    document.canonicalize(handler, {
      mode: MODES[form.method],
      withComments: form.comments,
      ...(form.method === 'exclusive' ? { inclusiveNamespacePrefixes: form.prefixes } : {}),
      ...(apex === null ? {} : { nodeSet: new Set([apex]) }),
    });
  } catch {
    // Relative namespace URIs have no canonical form (Canonical XML 1.0, 1.3).
    fail('XML_INVALID', 'no canonical form');
  }
  return Buffer.concat(chunks);
}

/** Those that lie in no other one: removing an element frees all below it. */
function outermost(elements: XmlElement[]): XmlElement[] {
  return elements.filter(
    (element) => !elements.some((other) => !other.isSameNode(element) && isWithin(element, other)),
  );
}

/** The same element in another copy of its document. */
function counterpart(copy: XmlDocument, element: XmlElement): XmlElement {
  const steps: number[] = [];
  for (let at = element; at.parent !== null; at = at.parent)
    steps.unshift(Number(at.eval('count(preceding-sibling::*)')) + 1);
  return steps.reduce((at, step) => at.find(`*[${step}]`)[0] as XmlElement, copy.root);
}
