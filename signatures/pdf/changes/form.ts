/** The form: its dictionary, signature fields old and new, values filled in. */
import { type FormField, isSignatureDict } from '../fields.ts';
import { isDict, isStream, nameOf, type PdfDict, type PdfObject, sameObject } from '../objects.ts';
import { docMdp, lockLevel } from '../permissions.ts';
import { checkAppearances } from './appearance.ts';
import type { Comparison } from './comparison.ts';
import { EMPTY_DICT, grows, membership, numberOf, otherKeys } from './same.ts';

const FORM_KEYS = new Set(['Fields', 'SigFlags', 'DR', 'DA']);
/** What signing an empty field touches. */
const SIGNED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'MK', 'DA', 'F', 'Lock', 'SV', 'NM']);
/** What filling in a field touches. */
const FILLED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'RV', 'I']);
/** All that the dictionaries of a new signature field and its widgets may hold: neither actions nor layers. */
const NEW_FIELD_KEYS = new Set(
  'Type Subtype FT T TU TM Ff F V DV DA DR Q Kids Parent Lock SV Rect P AP AS MK BS Border NM M C StructParent'.split(
    ' ',
  ),
);
const KEY_KINDS: Record<string, string> = { A: 'JAVASCRIPT', AA: 'JAVASCRIPT', OC: 'OCG' };

/** A signature that is put in later: it may neither certify nor loosen, and the certification must allow it. */
function checkNewSignature(comparison: Comparison, field: FormField): void {
  const { after, findings, permissions } = comparison;
  const on = `field ${field.name}`;
  const signature = after.resolve(field.value);
  if (!isSignatureDict(signature)) {
    findings.forbid('FORM_FILL', `${on}: changed or added without a signature`);
    return;
  }
  const isStamp = nameOf(after.resolve(signature.entries.get('SubFilter'))) === 'ETSI.RFC3161';
  const level = lockLevel(after, field);
  if (docMdp(after, signature) !== null && !comparison.onlyTimestamps)
    findings.forbid('PERMISSIONS', `${on}: certification after a signature`);
  if (permissions.level === 1 && !isStamp)
    findings.forbid('NEW_SIGNATURE', `${on}: signed although no change is allowed`);
  if (permissions.level !== null && level !== null && level > permissions.level)
    findings.forbid('PERMISSIONS', `${on}: allows more than an earlier signature does`);
  if (permissions.isLocked(field.name) && !comparison.newFields.includes(field))
    findings.forbid('FORM_FILL', `${on}: locked by an earlier signature`);
  findings.allow('NEW_SIGNATURE', `${on}: ${isStamp ? 'time stamp' : 'signature'} added`);
}

/** Added fields must be signed signature fields of their own name, with nothing else in them. */
function checkNewField(comparison: Comparison, field: FormField): void {
  const { findings, after } = comparison;
  checkNewSignature(comparison, field);
  const own = after.resolve(field.dict.entries.get('T'));
  const isText = own !== null && typeof own === 'object' && !Array.isArray(own) && own.kind === 'string';
  if (!isText || field.name === '' || field.name.includes('.') || field.type !== 'Sig')
    findings.forbid('FORM_FILL', `added field ${field.name}: no signature field with a proper name`);
  if (comparison.names.get(field.name)! > 1)
    findings.forbid('FORM_FILL', `field ${field.name}: stands twice in the form`);
  for (const { dict } of field.widgets)
    for (const key of dict.entries.keys())
      if (!NEW_FIELD_KEYS.has(key))
        findings.forbid(KEY_KINDS[key] ?? 'UNKNOWN', `field ${field.name}: /${key} in an added field`);
}

/** QUIRK: signers put in the /Type of the widget, which is optional, where it was left out. */
function isMissingType(key: string, old: PdfDict, now: PdfDict): boolean {
  return key === 'Type' && !old.entries.has(key) && nameOf(now.entries.get(key)) === 'Annot';
}

/** An empty signature field that got its signature. True when it is among those signed later. */
function compareSignatureField(comparison: Comparison, field: FormField): boolean {
  const { before, after, findings } = comparison;
  const now = comparison.fieldNow(field);
  const parts = [{ number: field.number, dict: field.dict }, ...field.widgets];
  const touched = parts.filter(({ number }) => number !== null && comparison.changed.has(number));
  for (const { number, dict } of touched) {
    comparison.explained.add(number!);
    const value = after.get(number!);
    if (!isDict(value) || value.duplicates.length > 0) {
      findings.forbid('FORM_FILL', `field ${field.name}: object ${number} was replaced`);
      continue;
    }
    for (const key of otherKeys(dict, value, SIGNED_KEYS))
      if (!isMissingType(key, dict, value))
        findings.forbid(KEY_KINDS[key] ?? 'FORM_FILL', `field ${field.name}: /${key} changed`);
  }
  if (touched.length === 0) return false;
  if (isSignatureDict(before.resolve(field.value)) || field.value !== undefined) {
    findings.forbid('FORM_FILL', `field ${field.name}: changed after it was signed`);
    return false;
  }
  if (now === null) return false;
  for (const { dict } of parts) explainAppearances(comparison, dict);
  checkNewSignature(comparison, now);
  return true;
}

/** Appearances, streams and the dictionaries around them, that a field may overwrite in place when it is filled in. */
function explainAppearances(comparison: Comparison, dict: PdfDict): void {
  const { before, after } = comparison;
  const visit = (object: PdfObject | undefined, depth: number): void => {
    const number = numberOf(object);
    const value = before.resolve(object);
    const same = isDict(value) ? isDict : isStream;
    if (number !== null && same(value) && same(after.get(number))) comparison.explainOwn(number, 'FORM_FILL');
    if (isDict(value) && depth < 3) for (const item of value.entries.values()) visit(item, depth + 1);
  };
  visit(dict.entries.get('AP'), 0);
}

function isTouched({ before, changed }: Comparison, dict: PdfDict): boolean {
  const streams = before.dict(dict.entries.get('AP'))?.entries.values() ?? [];
  return [...streams].some((stream) => changed.has(numberOf(stream) ?? -1));
}

/**
 * A value filled in. Without certification nobody agreed that it may change after signing, so it is a finding (what a
 * leader signed must be what the register shows); a certification of level 2 or 3 allows it in fields that no
 * signature locks, and so does a signature that names which fields it locks.
 */
function compareFilledField(comparison: Comparison, field: FormField): void {
  const { after, findings, permissions, changed } = comparison;
  const parts = [{ number: field.number, dict: field.dict }, ...field.widgets];
  const touched = parts.filter(
    ({ number, dict }) => (number !== null && changed.has(number)) || isTouched(comparison, dict),
  );
  if (touched.length === 0) return;
  const agreed = permissions.level === null ? permissions.namesFields : permissions.level >= 2;
  const fillable = agreed && !permissions.isLocked(field.name);
  for (const { number, dict } of touched) {
    if (fillable) explainAppearances(comparison, dict);
    if (number === null || !changed.has(number)) continue;
    comparison.explained.add(number);
    const value = after.get(number);
    if (!isDict(value) || value.duplicates.length > 0)
      findings.forbid('FORM_FILL', `field ${field.name}: object ${number} was replaced`);
    else
      for (const key of otherKeys(dict, value, FILLED_KEYS))
        findings.forbid(KEY_KINDS[key] ?? 'FORM_FILL', `field ${field.name}: /${key} changed`);
  }
  if (fillable) findings.allow('FORM_FILL', `field ${field.name} was filled in`);
  else findings.forbid('FORM_FILL', `field ${field.name} was filled in after signing`);
}

function compareFieldLists(comparison: Comparison, old: PdfObject, now: PdfObject): void {
  const { findings, newFields } = comparison;
  const was = Array.isArray(old) ? old : [];
  const is = Array.isArray(now) ? now : [];
  const [wasThere, isThere] = [membership(was), membership(is)];
  const added = new Set(newFields.map((field) => field.number));
  if (!was.every(isThere)) findings.forbid('FORM_FILL', 'a field was removed from the form');
  for (const item of is) {
    if (wasThere(item)) continue;
    const number = numberOf(item);
    if (number === null || !added.has(number))
      findings.forbid('FORM_FILL', `form: ${number ?? 'direct object'} was added and is no field`);
  }
}

function compareFormDict(comparison: Comparison): void {
  const { before, after, findings } = comparison;
  const given = before.catalog?.entries.get('AcroForm');
  const old = before.dict(given) ?? EMPTY_DICT;
  const now = after.dict(after.catalog?.entries.get('AcroForm'));
  if (now === null) return;
  comparison.explainOwn(numberOf(given), 'FORM_FILL');
  comparison.explainOwn(numberOf(old.entries.get('Fields')), 'FORM_FILL');
  comparison.explainOwn(numberOf(old.entries.get('DR')), 'RESOURCES');
  for (const sort of before.dict(old.entries.get('DR'))?.entries.values() ?? [])
    if (isDict(before.resolve(sort))) comparison.explainOwn(numberOf(sort), 'RESOURCES');
  if (now.duplicates.length > 0) findings.forbid('FORM_FILL', `form: /${now.duplicates[0]} stands twice`);
  for (const key of otherKeys(old, now, FORM_KEYS)) {
    // What it is without the entry.
    if (key === 'NeedAppearances' && !old.entries.has(key) && now.entries.get(key) === false) continue;
    findings.forbid(key === 'XFA' ? 'XFA' : 'FORM_FILL', `form: /${key} changed`);
  }
  const showsText = comparison.oldFields.some((field) => field.type !== 'Sig');
  if (showsText && !sameObject(old.entries.get('DA'), now.entries.get('DA')))
    findings.forbid('RESOURCES', 'form: default appearance of its fields changed');
  if (!grows(comparison, old.entries.get('DR'), now.entries.get('DR')))
    findings.forbid('RESOURCES', 'form: default resources changed');
  compareFieldLists(
    comparison,
    before.resolve(old.entries.get('Fields')),
    after.resolve(now.entries.get('Fields')),
  );
}

/** Compares the form with all its fields. */
export function compareForm(comparison: Comparison): void {
  compareFormDict(comparison);
  for (const field of comparison.newFields) checkNewField(comparison, field);
  const signed = [...comparison.newFields];
  for (const field of comparison.oldFields) {
    if (field.type !== 'Sig') compareFilledField(comparison, field);
    else if (compareSignatureField(comparison, field)) signed.push(comparison.fieldNow(field)!);
  }
  checkAppearances(comparison.after, signed, comparison.findings);
}
