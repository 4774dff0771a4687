/** Offices in which documents are signed (ô 7a), and what recognisers make of their words. */
import { fold } from './normalise.ts';
import { lexiconOf, repairNames } from './repair-name.ts';

const OFFICE =
  /^(?:CHU TICH|PHO |QUYEN |GIAM DOC|TONG GIAM DOC|BO TRUONG|THU TRUONG|CUC TRUONG|CHI CUC TRUONG|TONG CUC TRUONG|VU TRUONG|VIEN TRUONG|CHANH |TRUONG |HIEU TRUONG|BI THU|THU TUONG|TONG |THU KY|UY VIEN|KIEM SAT|CHANH AN|DAI TA|CHI HUY|TU LENH|CHU NHIEM|NGUOI |KE TOAN TRUONG|DOI TRUONG|CHI HUY TRUONG|TO TRUONG|CHU TOA)/;

/** `text` in capitals: it begins the name of an office. */
export function startsOffice(text: string): boolean {
  return OFFICE.test(`${fold(text).trim()} `);
}

/** Who signs "KT." (ký thay) of this office: its deputy; null for a text that is no office. */
export function deputyOf(office: string): string | null {
  const folded = fold(office).trim();
  if (!startsOffice(office)) return null;
  if (/^BO TRUONG/.test(folded)) return 'THỨ TRƯỞNG';
  return `PHÓ ${office.split(/ (?=BỘ |SỞ |ỦY BAN)/u)[0]!.replace(/^.*, /u, '')}`;
}

/** Titles and the bodies that are signed for, as they are written. */
export const HEAD_OFFICES: readonly string[] = [
  'CHỦ TỊCH',
  'GIÁM ĐỐC',
  'TỔNG GIÁM ĐỐC',
  'HIỆU TRƯỞNG',
  'BỘ TRƯỞNG',
  'CỤC TRƯỞNG',
  'CHI CỤC TRƯỞNG',
  'TỔNG CỤC TRƯỞNG',
  'VỤ TRƯỞNG',
  'VIỆN TRƯỞNG',
  'CHÁNH VĂN PHÒNG',
  'CHÁNH THANH TRA',
  'CHỦ NHIỆM',
  'TRƯỞNG BAN',
  'TRƯỞNG PHÒNG',
  'BÍ THƯ',
  'THỦ TƯỚNG',
  'VIỆN KIỂM SÁT',
  'CHÁNH ÁN',
];
const OTHERS = [
  'THỨ TRƯỞNG',
  'THƯỜNG TRỰC',
  'PHỤ TRÁCH',
  'KẾ TOÁN TRƯỞNG',
  'TỔNG BIÊN TẬP',
  'CHỈ HUY TRƯỞNG',
  'TM',
  'KT',
  'TL',
  'TUQ',
];
const OFFICES = lexiconOf([...HEAD_OFFICES.map((head) => `PHÓ ${head}`), ...HEAD_OFFICES, ...OTHERS]);

/**
 * A recognised title as it is written: "GIÁM ĐỌC", "CHU TỊCH", "PHỐ GIÁM ĐỐC" can each be one office only; specks before
 * and after it go. A line that holds no office stays as it was.
 */
export function repairOffice(text: string): string {
  const inner = text
    .replace(/^(?:[^\p{Lu}\s]{1,3}\s+)+/u, '')
    .replace(/^[^\p{L}]+|[^\p{L})]+$/gu, '')
    .replace(/^(TM|KT|TL|TUQ)(?=[\s:,;])[:,;]?/u, '$1.');
  const capitals = inner.toUpperCase();
  const repaired = repairNames(repairNames(capitals, true, OFFICES), true);
  const office = holdsOffice(repaired);
  // A single small letter in a title is the recogniser's: "GiáM ĐỐC".
  const small = inner.replace(/[^\p{Ll}]/gu, '').length;
  return office && small <= 2 ? repaired : text;
}

function holdsOffice(text: string): boolean {
  return startsOffice(text.replace(/^(?:TM|KT|TL|TUQ|Q)\.\s*/u, '')) || /^TM\./u.test(text);
}
