/** What signatures forbid to whoever comes after them: DocMDP, FieldMDP, /Lock (ISO 32000-2 12.8.2, 12.7.5.5). */
import type { PdfDocument } from './document.ts';
import { type FormField, isSignatureDict } from './fields.ts';
import { nameOf, type PdfDict, textOf } from './objects.ts';

/** 1 = nothing but time stamps and validation data, 2 = also form filling and signing, 3 = also annotations. */
export type Level = 1 | 2 | 3;

/** Whether a field may no longer change, by its full name. */
type FieldLock = (name: string) => boolean;

/** What holds after a signed revision, by all its signatures together. */
export interface Permissions {
  /** The strictest level named; null = no signature names one. */
  level: Level | null;
  /** Some signature names which fields it locks, so it leaves the others open. */
  namesFields: boolean;
  isLocked: FieldLock;
}

function levelOf(value: unknown): Level | null {
  if (value === undefined || value === null) return null;
  // What is no known level is taken as the strictest.
  return value === 2 || value === 3 ? value : 1;
}

/** The parameters of one transform method of a signature; null = it does not use it. */
function transform(document: PdfDocument, signature: PdfDict, method: string): PdfDict | null {
  const references = document.resolve(signature.entries.get('Reference'));
  if (!Array.isArray(references)) return null;
  for (const one of references) {
    const reference = document.dict(one);
    if (reference === null || nameOf(document.resolve(reference.entries.get('TransformMethod'))) !== method)
      continue;
    const parameters = document.dict(reference.entries.get('TransformParams'));
    return parameters ?? { kind: 'dict', entries: new Map(), duplicates: [] };
  }
  return null;
}

/** Whether a signature only gives usage rights, as Adobe's for forms that its Reader may save: nobody signs by it. */
export function isUsageRights(document: PdfDocument, signature: PdfDict): boolean {
  return ['UR3', 'UR'].some((method) => transform(document, signature, method) !== null);
}

/** /P of a certification signature (default 2); null = the signature certifies nothing. */
export function docMdp(document: PdfDocument, signature: PdfDict): Level | null {
  const parameters = transform(document, signature, 'DocMDP');
  return parameters === null ? null : (levelOf(document.resolve(parameters.entries.get('P'))) ?? 2);
}

/** Reads /Action and /Fields, the same in FieldMDP parameters and in a field's /Lock. */
function lockOf(document: PdfDocument, dict: PdfDict): FieldLock {
  const action = nameOf(document.resolve(dict.entries.get('Action')));
  const given = document.resolve(dict.entries.get('Fields'));
  const names = (Array.isArray(given) ? given : []).map((one) => textOf(document.resolve(one)) ?? '');
  const isNamed = (name: string) => names.some((one) => name === one || name.startsWith(`${one}.`));
  if (action === 'Include') return isNamed;
  if (action === 'Exclude') return (name) => !isNamed(name);
  return () => true;
}

/** /P of a signature field's /Lock: what signing it leaves allowed. */
export function lockLevel(document: PdfDocument, field: FormField): Level | null {
  const lock = document.dict(field.dict.entries.get('Lock'));
  return lock === null ? null : levelOf(document.resolve(lock.entries.get('P')));
}

/** The permissions that the signed fields of a revision leave. */
export function permissionsOf(document: PdfDocument, fields: FormField[]): Permissions {
  const levels: Level[] = [];
  const locks: FieldLock[] = [];
  for (const field of fields) {
    const signature = document.resolve(field.value);
    if (field.type !== 'Sig' || !isSignatureDict(signature)) continue;
    const named = [docMdp(document, signature), lockLevel(document, field)];
    levels.push(...named.filter((level) => level !== null));
    const parameters = transform(document, signature, 'FieldMDP');
    if (parameters !== null) locks.push(lockOf(document, parameters));
    const lock = document.dict(field.dict.entries.get('Lock'));
    if (lock !== null) locks.push(lockOf(document, lock));
  }
  const level = levels.length === 0 ? null : (Math.min(...levels) as Level);
  return { level, namesFields: locks.length > 0, isLocked: (name) => locks.some((lock) => lock(name)) };
}
