import type { PdfDocument } from './document.ts';
import { isDict, isRef, nameOf, type PdfDict, type PdfObject, textOf } from './objects.ts';

/** Deepest field hierarchy and most fields that are walked. */
const MAX_DEPTH = 32;
const MAX_FIELDS = 20_000;

/** One terminal field of type /Sig. */
export interface SignatureField {
  /** Full name, parts joined by dots. */
  name: string;
  /** Object number; null when the field is a direct object. */
  number: number | null;
  dict: PdfDict;
  /** /V as it stands, usually a reference; undefined = not signed. */
  value: PdfObject | undefined;
  /** Object numbers of the field's widgets, its own included. */
  widgets: number[];
}

/** The signature fields of the form, each once, in the form's order. */
export function signatureFields(document: PdfDocument): SignatureField[] {
  const form = document.dict(document.catalog?.entries.get('AcroForm'));
  const roots = document.resolve(form?.entries.get('Fields'));
  const found: SignatureField[] = [];
  const seen = new Set<number>();
  let count = 0;

  const walk = (
    object: PdfObject,
    prefix: string,
    inherited: { type: string | null; value: PdfObject | undefined },
    depth: number,
  ): void => {
    if (isRef(object)) {
      if (seen.has(object.number)) return;
      seen.add(object.number);
    }
    const dict = document.dict(object);
    count += 1;
    if (dict === null || depth > MAX_DEPTH || count > MAX_FIELDS) return;
    const part = textOf(document.resolve(dict.entries.get('T')));
    const name = part === null ? prefix : prefix === '' ? part : `${prefix}.${part}`;
    const type = nameOf(document.resolve(dict.entries.get('FT'))) ?? inherited.type;
    const value = dict.entries.get('V') ?? inherited.value;
    const kids = document.resolve(dict.entries.get('Kids'));
    const named = Array.isArray(kids) ? kids.filter((kid) => document.dict(kid)?.entries.has('T')) : [];
    if (type === 'Sig' && named.length === 0) {
      const widgets = [object, ...(Array.isArray(kids) ? kids : [])].filter(isRef).map((ref) => ref.number);
      found.push({ name, number: isRef(object) ? object.number : null, dict, value, widgets });
      return;
    }
    for (const kid of named) walk(kid, name, { type, value }, depth + 1);
  };

  if (Array.isArray(roots)) for (const root of roots) walk(root, '', { type: null, value: undefined }, 0);
  return found;
}

/** /P of a DocMDP transform: 1 = nothing may change, 2 = form filling and signing, 3 = also annotations. Null = none. */
export function docMdp(document: PdfDocument, signature: PdfDict): number | null {
  const references = document.resolve(signature.entries.get('Reference'));
  if (!Array.isArray(references)) return null;
  for (const one of references) {
    const reference = document.dict(one);
    if (nameOf(reference?.entries.get('TransformMethod')) !== 'DocMDP') continue;
    const level = document.resolve(
      document.dict(reference!.entries.get('TransformParams'))?.entries.get('P'),
    );
    return typeof level === 'number' ? level : 2;
  }
  return null;
}

/** Whether a dictionary is meant as a signature: /Type /Sig or /DocTimeStamp, or both of its working keys. */
export function isSignatureDict(object: PdfObject): object is PdfDict {
  if (!isDict(object)) return false;
  const type = nameOf(object.entries.get('Type'));
  if (object.entries.has('ByteRange') && object.entries.has('Contents')) return true;
  return (
    (type === 'Sig' || type === 'DocTimeStamp') &&
    (object.entries.has('ByteRange') || object.entries.has('Contents'))
  );
}
