import { type DistinguishedName, NAME_OID, nameValues } from './names.ts';

/**
 * Words that a Vietnamese agency's name begins with. The order does not matter; compared in upper case, NFC.
 * Source: practice of the government's dedicated service, whose organisation certificates have the agency as CN.
 */
const AGENCY_HEADS = [
  'UBND',
  'ỦY BAN',
  'UỶ BAN',
  'HĐND',
  'HỘI ĐỒNG',
  'SỞ',
  'BAN',
  'BỘ',
  'CỤC',
  'CHI CỤC',
  'TỔNG CỤC',
  'VỤ',
  'THANH TRA',
  'VĂN PHÒNG',
  'VĂN PHÕNG',
  'PHÒNG',
  'TRUNG TÂM',
  'VIỆN',
  'TRƯỜNG',
  'ĐẠI HỌC',
  'HỌC VIỆN',
  'BỆNH VIỆN',
  'TRẠM',
  'CÔNG TY',
  'TỔNG CÔNG TY',
  'TẬP ĐOÀN',
  'NGÂN HÀNG',
  'KHO BẠC',
  'BẢO HIỂM XÃ HỘI',
  'CÔNG AN',
  'TÒA ÁN',
  'TOÀ ÁN',
  'VIỆN KIỂM SÁT',
  'HẢI QUAN',
  'THUẾ',
  'TỈNH ỦY',
  'HUYỆN ỦY',
  'THÀNH ỦY',
  'ĐẢNG ỦY',
  'LIÊN ĐOÀN',
  'MẶT TRẬN',
  'HỘI',
  'QUỸ',
  'TỔNG',
  'CỔNG',
  'CHÍNH PHỦ',
  'QUỐC HỘI',
  'THÀNH PHỐ',
  'TỈNH',
  'HUYỆN',
  'QUẬN',
  'XÃ',
  'PHƯỜNG',
  'THỊ TRẤN',
  'CÔNG BÁO',
  'HẠT',
  'ĐÀI',
  'BÁO',
  'TẠP CHÍ',
  'THƯ VIỆN',
  'BẢO TÀNG',
  'NHÀ VĂN HÓA',
  'NHÀ VĂN HOÁ',
  'NHÀ XUẤT BẢN',
  'KIỂM TOÁN',
  'HIỆP HỘI',
  'XÍ NGHIỆP',
  'ĐỘI',
  'TỔ CÔNG TÁC',
  'CƠ QUAN',
  'CHI BỘ',
  'CHI NHÁNH',
  'ĐẢNG BỘ',
  'ĐOÀN THANH NIÊN',
] as const;

/** Words that stand in the names of firms and services, never of persons. */
const AGENCY_WORDS = /\b(?:JSC|CO\.?,? ?LTD|COMPANY|CORPORATION|MINISTRY|DEPARTMENT|OFFICE|AUTHORITY|TNHH)\b/;

/** A name that begins like an agency's is never taken for a person's by its shape: such a mistake only makes somebody look. */
const PERSON_SHAPE = /^\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){1,5}$/u;

/** UID or serialNumber values that identify a person: CMND, CCCD, HC (passport). MST is a firm's tax code. */
const PERSONAL_ID = /^(?:CMND|CCCD|CC|HC|PASSPORT|SCCCD)\s*:/i;
const COMPANY_ID = /^(?:MST|MNS|BHXH|MQHNS)\s*:/i;

function beginsWithAgencyHead(commonName: string): boolean {
  const upper = commonName.toUpperCase();
  return AGENCY_HEADS.some((head) => upper === head || upper.startsWith(`${head} `));
}

/**
 * Whether a certificate is of a person or of an organisation, told from its subject (SIG-07 needs the difference).
 * Nothing in these certificates says it outright; what is not clear is `unknown`, never a guess.
 */
export function holderOf(subject: DistinguishedName): 'person' | 'organisation' | 'unknown' {
  const commonName = (nameValues(subject, NAME_OID.commonName).at(-1) ?? '')
    .normalize('NFC')
    .trim()
    .replace(/\s+/g, ' ');
  const ids = [...nameValues(subject, NAME_OID.userId), ...nameValues(subject, NAME_OID.serialNumber)];
  if (ids.some((id) => PERSONAL_ID.test(id))) return 'person';
  if (commonName === '') return 'unknown';
  if (beginsWithAgencyHead(commonName) || AGENCY_WORDS.test(commonName.toUpperCase())) return 'organisation';
  if (nameValues(subject, NAME_OID.title).length > 0) return 'person';
  if (ids.some((id) => COMPANY_ID.test(id))) return 'organisation';
  return PERSON_SHAPE.test(commonName) ? 'person' : 'unknown';
}
