import type { PdfDocument } from './document.ts';
import { isDict, isRef, nameOf, type PdfDict, type PdfObject, textOf } from './objects.ts';

/** Deepest field hierarchy and most fields that are walked. */
const MAX_DEPTH = 32;
const MAX_FIELDS = 20_000;

/** One terminal field of the form. */
export interface FormField {
  /** Full name, parts joined by dots. */
  name: string;
  /** /FT, inherited or own: Sig, Tx, Btn, Ch; null = none. */
  type: string | null;
  /** Object number; null when the field is a direct object. */
  number: number | null;
  dict: PdfDict;
  /** /V as it stands, usually a reference; undefined = no value. */
  value: PdfObject | undefined;
  /** The field's widgets; itself when it is merged with its only one. */
  widgets: { number: number | null; dict: PdfDict }[];
}

interface Inherited {
  type: string | null;
  value: PdfObject | undefined;
}

/** The terminal fields of the form, each once, in the form's order. */
export function formFields(document: PdfDocument): FormField[] {
  const form = document.dict(document.catalog?.entries.get('AcroForm'));
  const roots = document.resolve(form?.entries.get('Fields'));
  const found: FormField[] = [];
  const seen = new Set<number>();
  let count = 0;

  const walk = (object: PdfObject, prefix: string, inherited: Inherited, depth: number): void => {
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
    const given = document.resolve(dict.entries.get('Kids'));
    const kids = Array.isArray(given) ? given : [];
    const named = kids.filter((kid) => document.dict(kid)?.entries.has('T'));
    for (const kid of named) walk(kid, name, { type, value }, depth + 1);
    if (named.length > 0) return;
    const widgets = [object, ...kids].flatMap((one) => {
      const widget = document.dict(one);
      return widget === null ? [] : [{ number: isRef(one) ? one.number : null, dict: widget }];
    });
    found.push({ name, type, number: isRef(object) ? object.number : null, dict, value, widgets });
  };

  if (Array.isArray(roots)) for (const root of roots) walk(root, '', { type: null, value: undefined }, 0);
  return found;
}

/** The signature fields of the form. */
export function signatureFields(document: PdfDocument): FormField[] {
  return formFields(document).filter((field) => field.type === 'Sig');
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
