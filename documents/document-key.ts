/** What makes two mails carry the same document (INT-10). */
import { agencyKey } from './agency-name.ts';
import type { DocumentNumber } from './types.ts';

/**
 * Issuer, number with symbol, and date: numbers start again each year. Null when one of them is missing, so that two
 * documents without numbers never look alike.
 *
 * QUIRK: the comparison form of a symbol has no marks, so `34/HĐ-…` and `34/HD-…` of one agency and day meet; the
 * result is a question to the clerk, never a dropped letter.
 */
export function documentKey(of: {
  issuer: string | null;
  number: DocumentNumber | null;
  /** ISO date. */
  date: string | null;
}): string | null {
  if (of.issuer === null || of.number?.number == null || of.date === null) return null;
  const issuer = agencyKey(of.issuer);
  if (issuer === '' || !/^\d{4}-\d\d-\d\d$/.test(of.date)) return null;
  return `${issuer}|${of.number.key}|${of.date}`;
}
