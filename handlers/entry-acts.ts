/** What a person does to a line of the books: cancel, correct. Never delete (ACK-05, REG-05). */
import type { StaffMember } from '../config/types.ts';
import { refuse } from './refuse.ts';
import { nothing } from './rules.ts';
import type { Decision, Snapshot } from './types.ts';

/** Fields of REG-IN and REG-OUT that a person may write (DOMAIN 1.6); numbers, độ mật and times are given by the register. */
export const CHANGEABLE = new Set([
  'soKyHieu',
  'ngayVanBan',
  'tenLoai',
  'trichYeu',
  'tacGia',
  'noiGui',
  'nguoiKy',
  'chucVuNguoiKy',
  'linhVuc',
  'maHoSo',
  'doKhan',
  'soTo',
  'soTrang',
  'yKienPhanPhoi',
  'donViNhan',
  'thoiHanGiaiQuyet',
  'noiLuu',
  'ghiChu',
  'ngonNgu',
  'sttTrongHoSo',
  'ngayChuyen',
  'kyNhan',
  'khac',
  'maDinhDanhCoQuan',
  'maDinhDanhVanBan',
  'deXuatXuLy',
  'noiNhan',
  'thoiHan',
]);

export function cancelEntry(entryId: string, by: StaffMember, why: string, snapshot: Snapshot): Decision {
  if (snapshot.entry === null) refuse('ENTRY_UNKNOWN', `Không có dòng sổ ${entryId}.`);
  if (snapshot.entry.cancelled) refuse('ENTRY_CANCELLED', 'Dòng sổ này đã được hủy trước đó.');
  if (why.trim() === '') refuse('CANCEL_REASON', 'Hủy một dòng sổ phải nêu lý do.');
  return {
    ...nothing(),
    cancel: { entryId, by: by.id, why },
    journal: [
      {
        actor: by.id,
        action: 'cancel',
        subject: `entry:${entryId}`,
        data: { number: snapshot.entry.number },
      },
    ],
  };
}

/** REG-05: the old value stays, with who, when and why. */
export function correctEntry(
  entryId: string,
  change: { field: string; value: string; by: StaffMember; why: string },
  snapshot: Snapshot,
): Decision {
  if (snapshot.entry === null) refuse('ENTRY_UNKNOWN', `Không có dòng sổ ${entryId}.`);
  if (snapshot.entry.cancelled) refuse('ENTRY_CANCELLED', 'Dòng sổ này đã bị hủy, không sửa được.');
  if (!CHANGEABLE.has(change.field)) refuse('FIELD_FIXED', `Không được sửa “${change.field}”.`);
  if (change.field === 'soKyHieu' && snapshot.entry.book === 'di') {
    refuse('FIELD_FIXED', 'Số, ký hiệu của văn bản đi đã cấp thì không sửa; hủy và phát hành lại.');
  }
  if (change.why.trim() === '') refuse('CORRECT_REASON', 'Sửa một dòng sổ phải nêu lý do.');
  return {
    ...nothing(),
    corrections: [
      {
        entryId,
        field: change.field,
        value: change.value.normalize('NFC').trim(),
        by: change.by.id,
        why: change.why,
      },
    ],
    journal: [
      { actor: change.by.id, action: 'correct', subject: `entry:${entryId}`, data: { field: change.field } },
    ],
  };
}
