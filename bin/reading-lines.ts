/** What was read of one file, for a person: one line for each field, in the order of the register. */
import type { ReadingRecord } from '../documents/reading-record.ts';
import type { Found } from '../documents/types.ts';

/** Below this a clerk should look before taking it over. */
const SURE = 0.9;

export function describeReading(file: string, record: ReadingRecord): string[] {
  const lines = [
    one('Cơ quan ban hành', record.issuingAgency),
    one('Cơ quan chủ quản', record.parentAgency),
    one('Số, ký hiệu', record.numberAndSymbol.value === null ? record.symbol : record.numberAndSymbol),
    one('Địa danh', record.place),
    one('Ngày văn bản', record.date),
    one('Tên loại', record.type),
    one('Trích yếu', record.abstract),
    ...many('Kính gửi', record.addressees),
    ...many('Nơi nhận', record.recipients),
    ...many('Quyền hạn ký', record.signingAuthority),
    one('Chức vụ người ký', record.signerTitle),
    one('Người ký', record.signerName),
    one('Độ khẩn', record.urgency),
    one('Độ mật', record.secrecy),
    one('Số trang', record.pageCount),
  ];
  return [
    file,
    ...lines.filter((line) => line !== ''),
    ...record.defects.map((defect) => `  ! ${defect.detail}`),
  ];
}

function one(label: string, found: Found<string | number>): string {
  if (found.value === null) return '';
  const doubt =
    found.confidence < SURE ? `  (chắc ${Math.round(found.confidence * 100)} %, cần xem lại)` : '';
  return `  ${label.padEnd(17)} ${String(found.value)}${doubt}`;
}

function many(label: string, found: readonly Found<string>[]): string[] {
  return found.map((item, index) => one(index === 0 ? label : '', item));
}
