/** XML parts of Office packages → a tree of elements under short, fixed prefixes. No DTD, no entities but XML's own. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { type Deadline, LIMITS, OfficeRefusal } from './limits.ts';

export interface XmlElement {
  /** With the house's prefix, e.g. `w:p`, `text:span`; the bare local name in a namespace we do not know. */
  name: string;
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
}

export interface XmlTree {
  root: XmlElement;
  /** There was more than the limit: the tree holds what came before. */
  truncated: boolean;
}

const OASIS = 'urn:oasis:names:tc:opendocument:xmlns:';
/** QUIRK: "strict" OOXML has other addresses for the same names. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['http://schemas.openxmlformats.org/wordprocessingml/2006/main', 'w'],
  ['http://purl.oclc.org/ooxml/wordprocessingml/main', 'w'],
  ['http://schemas.openxmlformats.org/spreadsheetml/2006/main', 'x'],
  ['http://purl.oclc.org/ooxml/spreadsheetml/main', 'x'],
  ['http://schemas.openxmlformats.org/officeDocument/2006/relationships', 'r'],
  ['http://purl.oclc.org/ooxml/officeDocument/relationships', 'r'],
  ['http://schemas.openxmlformats.org/markup-compatibility/2006', 'mc'],
  ['http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing', 'wp'],
  ['http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing', 'wp'],
  ['urn:schemas-microsoft-com:vml', 'v'],
  ...['office', 'text', 'table', 'style', 'drawing', 'xsl-fo-compatible', 'svg-compatible', 'meta'].map(
    (name): [string, string] => [
      `${OASIS}${name}:1.0`,
      { drawing: 'draw', 'xsl-fo-compatible': 'fo', 'svg-compatible': 'svg' }[name] ?? name,
    ],
  ),
]);

/** Characters kept of all attributes together. */
const MAX_ATTRIBUTES = 32_000_000;
/** Attributes longer than this hold pictures of shapes, not facts. */
const MAX_ATTRIBUTE = 2_000;
/** Characters handed to the parser at a time. */
const STEP = 256 * 1024;

/** Throws `OfficeRefusal` XML_DOCTYPE, XML_BROKEN, XML_DEEP. */
export function readXml(bytes: Uint8Array, deadline: Deadline): XmlTree {
  const text = decoded(bytes);
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open: XmlElement[] = [root];
  let elements = 0;
  let characters = 0;
  let attributes = 0;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('doctype', () => {
    throw new OfficeRefusal('XML_DOCTYPE', 'tệp có khai báo DOCTYPE, không được phép');
  });
  parser.on('error', () => {
    throw new OfficeRefusal('XML_BROKEN', 'nội dung XML bị lỗi');
  });
  parser.on('opentag', (tag) => {
    if (open.length > LIMITS.depth) throw new OfficeRefusal('XML_DEEP', 'nội dung XML lồng nhau quá sâu');
    elements += 1;
    const element = elementOf(tag);
    for (const value of Object.values(element.attributes)) attributes += value.length;
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const add = (piece: string) => {
    characters += piece.length;
    open.at(-1)!.children.push(piece);
  };
  parser.on('text', add);
  parser.on('cdata', add);
  const isOver = () =>
    elements > LIMITS.elements || characters > LIMITS.characters || attributes > MAX_ATTRIBUTES;
  let at = 0;
  for (; at < text.length && !isOver(); at += STEP) {
    deadline.check();
    parser.write(text.slice(at, at + STEP));
  }
  if (!isOver()) parser.close();
  const top = root.children.find((child): child is XmlElement => typeof child !== 'string');
  if (top === undefined) throw new OfficeRefusal('XML_BROKEN', 'nội dung XML trống');
  return { root: top, truncated: isOver() };
}

function decoded(bytes: Uint8Array): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return new TextDecoder(utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
}

function elementOf(tag: SaxesTagNS): XmlElement {
  const attributes: Record<string, string> = Object.create(null);
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.value.length <= MAX_ATTRIBUTE)
      attributes[named(attribute.uri, attribute.local)] = attribute.value;
  }
  return { name: named(tag.uri, tag.local), attributes, children: [] };
}

function named(uri: string, local: string): string {
  const prefix = PREFIXES.get(uri);
  return prefix === undefined ? local : `${prefix}:${local}`;
}

export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  const all = element?.children.filter((child): child is XmlElement => typeof child !== 'string') ?? [];
  return name === undefined ? all : all.filter((child) => child.name === name);
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** First element of that name anywhere below. */
export function findBelow(element: XmlElement | undefined, name: string): XmlElement | undefined {
  for (const child of childrenOf(element)) {
    const found = child.name === name ? child : findBelow(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All text within. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
