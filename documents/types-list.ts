/**
 * The types of official documents and their abbreviations: the 29 of NĐ 30/2020 (Điều 7, Phụ lục III), its three kinds
 * of copies, the legal normative documents (VBQPPL), those of the Party, and a few that agencies use beside them.
 */

type TypeFamily = 'state' | 'qppl' | 'party' | 'copy' | 'other';

export interface DocumentType {
  /** As printed in a ký hiệu (`QĐ`, `TTr`); null where the type has none. */
  abbr: string | null;
  name: string;
  family: TypeFamily;
}

function list(family: TypeFamily, pairs: [string | null, string][]): DocumentType[] {
  return pairs.map(([abbr, name]) => ({ abbr, name, family }));
}

/** NĐ 30/2020 Điều 7, Phụ lục III mục I. */
const STATE = list('state', [
  ['NQ', 'Nghị quyết'],
  ['QĐ', 'Quyết định'],
  ['CT', 'Chỉ thị'],
  ['QC', 'Quy chế'],
  ['QyĐ', 'Quy định'],
  ['TC', 'Thông cáo'],
  ['TB', 'Thông báo'],
  ['HD', 'Hướng dẫn'],
  ['CTr', 'Chương trình'],
  ['KH', 'Kế hoạch'],
  ['PA', 'Phương án'],
  ['ĐA', 'Đề án'],
  ['DA', 'Dự án'],
  ['BC', 'Báo cáo'],
  ['BB', 'Biên bản'],
  ['TTr', 'Tờ trình'],
  ['HĐ', 'Hợp đồng'],
  [null, 'Công văn'],
  ['CĐ', 'Công điện'],
  ['BGN', 'Bản ghi nhớ'],
  ['BTT', 'Bản thỏa thuận'],
  ['GUQ', 'Giấy ủy quyền'],
  ['GM', 'Giấy mời'],
  ['GGT', 'Giấy giới thiệu'],
  ['GNP', 'Giấy nghỉ phép'],
  ['PG', 'Phiếu gửi'],
  ['PC', 'Phiếu chuyển'],
  ['PB', 'Phiếu báo'],
  [null, 'Thư công'],
]);

/** NĐ 30/2020 Phụ lục III: copies. */
const COPIES = list('copy', [
  ['SY', 'Bản sao y'],
  ['TrS', 'Bản trích sao'],
  ['SL', 'Bản sao lục'],
]);

/** Legal normative documents; QĐ, CT and NQ with a year belong here too (DOMAIN 5.1 rule 5). */
const QPPL = list('qppl', [
  ['NĐ', 'Nghị định'],
  ['TT', 'Thông tư'],
  ['TTLT', 'Thông tư liên tịch'],
  ['NQLT', 'Nghị quyết liên tịch'],
  ['L', 'Lệnh'],
  ['PL', 'Pháp lệnh'],
  [null, 'Luật'],
  [null, 'Bộ luật'],
  [null, 'Hiến pháp'],
]);

/** Names that differ in documents of the Party (DOMAIN 5.1 rule 8); the rest are those of the state. */
const PARTY = list('party', [
  ['CV', 'Công văn'],
  ['KL', 'Kết luận'],
  ['TT', 'Thông tri'],
  ['QĐi', 'Quy định'],
]);

/** Outside NĐ 30/2020 but seen on documents of state agencies. */
const OTHERS = list('other', [
  ['KL', 'Kết luận'],
  ['ĐL', 'Điều lệ'],
]);

export const DOCUMENT_TYPES: readonly DocumentType[] = [...STATE, ...COPIES, ...QPPL, ...PARTY, ...OTHERS];

/** Types a Party symbol may carry before its slash. */
export const PARTY_TYPES: readonly DocumentType[] = [
  ...PARTY,
  ...STATE.filter(({ abbr }) =>
    ['NQ', 'CT', 'QC', 'QyĐ', 'HD', 'TB', 'BC', 'KH', 'QĐ', 'CTr', 'ĐA', 'PA', 'TTr', 'BB', 'GM'].includes(
      abbr ?? '',
    ),
  ),
];

/** Types of a state symbol without its year: NĐ 30/2020, copies, and what is used beside them. */
export const STATE_TYPES: readonly DocumentType[] = [...STATE, ...COPIES, ...OTHERS];

export const QPPL_TYPES: readonly DocumentType[] = QPPL;

/** With a year these are legal normative documents though their abbreviation is a type of NĐ 30/2020. */
export const TYPES_WITH_YEAR: ReadonlySet<string> = new Set(['QĐ', 'CT', 'NQ']);

/**
 * Abbreviations of types that are also those of agencies or units (Cục Thuế, Công đoàn, Pháp chế, Tài chính…): alone
 * they do not say whether the document is a named one or a công văn (DOMAIN 5.1 rule 3).
 */
export const AMBIGUOUS_TYPES: ReadonlySet<string> = new Set([
  'CT',
  'CĐ',
  'PC',
  'HĐ',
  'TC',
  'BTT',
  'PA',
  'KH',
  'DA',
  'BB',
  'PB',
  'PG',
  'GM',
  'SL',
  'HD',
  'BC',
]);
