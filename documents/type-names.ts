/** The type of a document from the line that names it, or from its abbreviation (DOMAIN 4.3, 5.1). */
import { editDistance } from './edit-distance.ts';
import { fold, normalise, stripMarks } from './normalise.ts';
import { DOCUMENT_TYPES, type DocumentType } from './types-list.ts';

/** No type name is longer; more is not worth folding. */
const MAX_LINE = 80;

const BY_NAME = new Map<string, DocumentType>();
for (const type of DOCUMENT_TYPES) {
  const key = nameKey(type.name);
  if (!BY_NAME.has(key)) BY_NAME.set(key, type);
}

/** Spaces do not count: text layers lose them ("QUYẾTĐỊNH") or put them between letters ("Q U Y Ế T"). */
function nameKey(name: string): string {
  return fold(name).replace(/[^A-Z]/g, '');
}

/**
 * The type that a whole line in capitals names, compared by fold so that OCR's "QUY CHÉ" is Quy chế. Null for any other
 * line; "QUYẾT ĐỊNH:" with a colon is the operative word further down, not the title. `recognised`: a machine read the
 * line, so in a long name one letter may be wrong.
 */
export function typeByNameLine(line: string, recognised = false): DocumentType | null {
  if (line.length > MAX_LINE) return null;
  const text = stripMarks(normalise(line)).trim();
  const inner = recognised ? text.replace(/^[^\p{L}]+|[^\p{L}:]+$/gu, '') : text;
  if (!/^[\p{L} .]+$/u.test(inner) || inner !== inner.toUpperCase()) return null;
  const key = nameKey(inner);
  return BY_NAME.get(key) ?? (recognised ? nearType(key) : null);
}

/** Names of so many letters are unlike all others even with one of them wrong: "THONGBAO", "QUYETDINH". */
const SAFE_LENGTH = 7;

function nearType(key: string): DocumentType | null {
  if (key.length < SAFE_LENGTH - 1) return null;
  const near = [...BY_NAME].filter(([name]) => name.length >= SAFE_LENGTH && editDistance(key, name, 1) <= 1);
  return near.length === 1 ? near[0]![1] : null;
}

/** The type of a name as people write it ("quyết định", "Tờ trình"), whatever its case; null when it is none. */
export function typeByName(name: string): DocumentType | null {
  return BY_NAME.get(nameKey(normalise(name))) ?? null;
}

/**
 * The type of an abbreviation: `ctr` is CTr. HD (Hướng dẫn) and HĐ (Hợp đồng), DA and ĐA stay apart; of the two
 * meanings of TT the state's (Thông tư) is given.
 */
export function typeByAbbreviation(abbr: string): DocumentType | null {
  const wanted = normalise(abbr).toUpperCase();
  return DOCUMENT_TYPES.find((type) => type.abbr !== null && type.abbr.toUpperCase() === wanted) ?? null;
}
