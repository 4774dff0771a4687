/**
 * The structure tree of a tagged file (ISO 32000-2 14.7): whoever signs later adds an element that names the widget of
 * the signature. It shows nothing, and everything else in the tree stays as it was.
 */
import type { PdfDocument } from '../document.ts';
import { isDict, isRef, nameOf, type PdfDict, type PdfObject, sameObject } from '../objects.ts';
import type { Comparison } from './comparison.ts';
import { numberOf, otherKeys } from './same.ts';

const ROOT_KEYS = new Set(['K', 'ParentTree', 'ParentTreeNextKey']);
const KIDS = new Set(['K']);
/** All that an added element may hold: no text in the place of what is shown. */
const NEW_ELEMENT_KEYS = new Set(['Type', 'S', 'P', 'K', 'Pg', 'Lang', 'T', 'Alt', 'NS']);
/** Deepest number tree that is walked. */
const MAX_DEPTH = 32;

/** A number tree laid flat, and the numbers of the objects that it consists of. */
interface FlatTree {
  values: Map<number, PdfObject>;
  nodes: Set<number>;
}

/** /K and the like: nothing, one thing or a list. */
function listOf(document: PdfDocument, object: PdfObject | undefined): PdfObject[] {
  const value = document.resolve(object);
  if (Array.isArray(value)) return value;
  return object === undefined || value === null ? [] : [object];
}

function flatten(document: PdfDocument, tree: PdfObject | undefined): FlatTree {
  const flat: FlatTree = { values: new Map(), nodes: new Set() };
  const walk = (object: PdfObject | undefined, depth: number): void => {
    const number = numberOf(object);
    const node = document.dict(object);
    if (node === null || depth > MAX_DEPTH || (number !== null && flat.nodes.has(number))) return;
    if (number !== null) flat.nodes.add(number);
    const pairs = listOf(document, node.entries.get('Nums'));
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const key = document.resolve(pairs[at]);
      if (typeof key === 'number' && !flat.values.has(key)) flat.values.set(key, pairs[at + 1]!);
    }
    for (const kid of listOf(document, node.entries.get('Kids'))) walk(kid, depth + 1);
  };
  walk(tree, 0);
  return flat;
}

/** An element that came later and names nothing but the widget of a signature that came later. */
function isSignatureElement({ after, newWidgets }: Comparison, object: PdfObject): boolean {
  const element = after.dict(object);
  if (!isRef(object) || element === null) return false;
  if (![...element.entries.keys()].every((key) => NEW_ELEMENT_KEYS.has(key))) return false;
  const kids = listOf(after, element.entries.get('K')).map((kid) => after.dict(kid));
  return (
    nameOf(after.resolve(element.entries.get('S'))) === 'Form' &&
    kids.length > 0 &&
    kids.every((kid) => newWidgets.has(numberOf(kid?.entries.get('Obj')) ?? -1))
  );
}

/** Whether the kids are the same in the same order, but for elements of later signatures. */
function keepsKids(comparison: Comparison, old: PdfDict, now: PdfDict): boolean {
  const was = listOf(comparison.before, old.entries.get('K'));
  const is = listOf(comparison.after, now.entries.get('K'));
  const kept = is.filter((kid) => !isSignatureElement(comparison, kid));
  return sameObject(was, kept);
}

/** Which element a piece of content belongs to: said again for all of the old, and added only for later signatures. */
function keepsParents(comparison: Comparison, was: FlatTree, is: FlatTree): boolean {
  const { before, after } = comparison;
  const isKept = [...was.values].every(([key, value]) => {
    const now = is.values.get(key);
    return now !== undefined && sameObject(listOf(before, value), listOf(after, now));
  });
  const added = [...is.values].filter(([key]) => !was.values.has(key));
  return isKept && added.every(([, value]) => isSignatureElement(comparison, value));
}

function isElement(document: PdfDocument, object: PdfObject): object is PdfDict {
  return (
    isDict(object) &&
    nameOf(object.entries.get('S')) !== null &&
    document.dict(object.entries.get('P')) !== null
  );
}

function compareElements(comparison: Comparison): void {
  const { before, after, changed, explained } = comparison;
  for (const number of changed) {
    const [old, now] = [before.get(number), after.get(number)];
    if (!isElement(before, old) || !isDict(now) || now.duplicates.length > 0) continue;
    if (otherKeys(old, now, KIDS).length === 0 && keepsKids(comparison, old, now)) explained.add(number);
  }
}

/** Explains what later signatures added to the structure tree; the rest stays unexplained, and so forbidden. */
export function compareStructureTree(comparison: Comparison): void {
  const { before, after, changed, explained, findings } = comparison;
  const given = before.catalog?.entries.get('StructTreeRoot');
  const [old, now] = [before.dict(given), after.dict(given)];
  if (old === null || now === null || changed.size === 0 || comparison.newWidgets.size === 0) return;
  const was = flatten(before, old.entries.get('ParentTree'));
  const is = flatten(after, now.entries.get('ParentTree'));
  const isSound = now.duplicates.length === 0 && otherKeys(old, now, ROOT_KEYS).length === 0;
  if (!isSound || !keepsKids(comparison, old, now) || !keepsParents(comparison, was, is)) return;
  compareElements(comparison);
  for (const number of was.nodes) comparison.explainOwn(number, 'STRUCT_TREE');
  const root = numberOf(given);
  if (root === null || !changed.has(root)) return;
  explained.add(root);
  findings.allow('STRUCT_TREE', 'the structure names a later signature');
}
