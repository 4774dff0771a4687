/** Writing a số/ký hiệu for a document that is issued (ISS-05, DOMAIN 5.1 rule 11). */
import { CongvanError } from '../config/error.ts';
import { normalise } from './normalise.ts';
import { isSymbolGroup } from './number.ts';
import { typeByAbbreviation, typeByName } from './type-names.ts';

export interface SymbolToIssue {
  /** Abbreviation or name ("TTr", "Tờ trình"); null, "CV" or "Công văn" for a công văn. */
  type: string | null;
  org: string;
  /** Drafting unit: printed in a công văn only. */
  unit: string | null;
}

/** `09/QĐ-UBND`, `1234/UBND-KGVX`. Throws `NUMBER_NOT_ISSUABLE` for what would not be a proper số/ký hiệu. */
export function formatNumber(of: SymbolToIssue & { number: number }): string {
  if (!Number.isInteger(of.number) || of.number < 1 || of.number > 999_999) {
    throw refuse('Số văn bản phải là số nguyên từ 1 đến 999999.', String(of.number));
  }
  return numberPattern(of).replace('{number}', String(of.number).padStart(2, '0'));
}

/** The same with `{number}` where the number will stand, two digits at the least: `{number}/QĐ-UBND`. */
export function numberPattern(of: SymbolToIssue): string {
  const type = typeToIssue(of.type);
  const org = groupToIssue(of.org);
  if (type !== null) return `{number}/${type}-${org}`;
  const unit = of.unit === null || of.unit.trim() === '' ? null : groupToIssue(of.unit);
  return unit === null ? `{number}/${org}` : `{number}/${org}-${unit}`;
}

function typeToIssue(type: string | null): string | null {
  if (type === null) return null;
  const found = typeByAbbreviation(type) ?? typeByName(type);
  if (found === null) throw refuse('Tên loại văn bản không có trong danh mục.', type);
  return found.name === 'Công văn' || found.name === 'Thư công' ? null : found.abbr;
}

/** Capitals without spaces; only TTg keeps its small letter. A unit may have several groups ("KGVX-TH"). */
function groupToIssue(group: string): string {
  const tight = normalise(group).replace(/\s+/g, '');
  const parts = tight.split('-').map((part) => (part.toUpperCase() === 'TTG' ? 'TTg' : part.toUpperCase()));
  if (!parts.every(isSymbolGroup)) throw refuse('Ký hiệu cơ quan hoặc đơn vị không hợp lệ.', group);
  return parts.join('-');
}

function refuse(message: string, value: string): CongvanError {
  return new CongvanError('NUMBER_NOT_ISSUABLE', message, { temporary: false, fields: { value } });
}
