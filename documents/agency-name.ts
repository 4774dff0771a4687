/** Comparing the names of agencies, which are written in many ways (DOMAIN 4.1, 4.3). */
import { fold, normalise } from './normalise.ts';

/** Common words that are printed in full or as letters; longer forms first. Folded. */
const ABBREVIATIONS: [RegExp, string][] = [
  [/\bUY BAN NHAN DAN\b/g, 'UBND'],
  [/\bHOI DONG NHAN DAN\b/g, 'HDND'],
  [/\bUY BAN MAT TRAN TO QUOC VIET NAM\b/g, 'UBMTTQVN'],
  [/\bTHANH PHO\b|\bTP\b/g, 'TP'],
  [/\bTHI XA\b|\bTX\b/g, 'TX'],
  [/\bTHI TRAN\b|\bTT(?= [A-Z])/g, 'TT'],
  [/\bVAN PHONG\b/g, 'VP'],
];

/**
 * One form for all spellings of an agency's name: case, marks, tone placement (hoà/hòa, uỷ/ủy), hyphens and
 * punctuation do not count; "Ủy ban nhân dân" is "UBND". Empty for a name without letters.
 */
export function agencyKey(name: string): string {
  const words = fold(normalise(name))
    .replace(/&/g, ' VA ')
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim();
  return ABBREVIATIONS.reduce((text, [long, short]) => text.replace(long, short), words)
    .replace(/ +/g, ' ')
    .trim();
}

/**
 * True when both names are the same agency, by their keys or because one list of aliases holds both. Each list holds all
 * names of one agency (official name, short names).
 */
export function sameAgency(a: string, b: string, aliases: readonly (readonly string[])[] = []): boolean {
  const [left, right] = [agencyKey(a), agencyKey(b)];
  if (left === '' || right === '') return false;
  if (left === right) return true;
  return aliases.some((names) => {
    const keys = names.map(agencyKey);
    return keys.includes(left) && keys.includes(right);
  });
}
