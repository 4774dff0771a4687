/** Lines of the two books as Nghị định 30/2020/NĐ-CP, Phụ lục IV has them: ten columns, whatever the profile (REG-02). */
import type { EntryRow } from '../storage/types.ts';
import { shorten, vietnamDate } from './output.ts';

export const REGISTER_HEADINGS = {
  den: [
    'Mã',
    'Ngày đến',
    'Số đến',
    'Tác giả',
    'Số, ký hiệu',
    'Ngày văn bản',
    'Tên loại và trích yếu nội dung',
    'Đơn vị hoặc người nhận',
    'Ngày chuyển',
    'Ký nhận',
    'Ghi chú',
  ],
  di: [
    'Mã',
    'Số, ký hiệu',
    'Ngày văn bản',
    'Tên loại và trích yếu nội dung',
    'Người ký',
    'Nơi nhận văn bản',
    'Đơn vị, người nhận bản lưu',
    'Số lượng bản',
    'Ngày chuyển',
    'Ký nhận',
    'Ghi chú',
  ],
};

/** Columns that long text is cut to on a screen; --json gives it whole. */
const TEXT_WIDTH = 60;
const NAME_WIDTH = 32;

/** The id of the entry first, then the ten columns. */
export function registerRow(entry: EntryRow): (string | number | null)[] {
  const { fields } = entry;
  const subject = [fields.tenLoai, fields.trichYeu].filter(Boolean).join(' ');
  const subjectCell = shorten(subject, TEXT_WIDTH);
  if (entry.book === 'den') {
    return [
      entry.id,
      vietnamDate(fields.ngayDen),
      entry.number,
      shorten(fields.tacGia ?? '', NAME_WIDTH),
      fields.soKyHieu ?? '',
      vietnamDate(fields.ngayVanBan),
      subjectCell,
      shorten(fields.donViNhan ?? '', NAME_WIDTH),
      vietnamDate(fields.ngayChuyen),
      fields.kyNhan ?? '',
      remark(entry),
    ];
  }
  return [
    entry.id,
    fields.soKyHieu ?? String(entry.number),
    vietnamDate(fields.ngayVanBan),
    subjectCell,
    shorten(fields.nguoiKy ?? '', NAME_WIDTH),
    shorten(fields.noiNhan ?? '', NAME_WIDTH),
    fields.noiLuu ?? '',
    fields.soLuongBan ?? '',
    vietnamDate(fields.ngayDi ?? fields.ngayGui),
    fields.kyNhan ?? '',
    remark(entry),
  ];
}

function remark(entry: EntryRow): string {
  const cancelled = entry.cancelledAt === null ? '' : `ĐÃ HỦY: ${entry.cancelReason ?? ''}`;
  return [cancelled, entry.fields.ghiChu ?? ''].filter((part) => part !== '').join('; ');
}
