import { describe, expect, it } from 'vitest';
import { readFields } from '../../documents/fields.ts';
import type { TextLine } from '../../documents/layout.ts';

type Row = [text: string, x0: number, y: number, x1: number, bold?: boolean];

const read = (rows: readonly Row[]) => {
  const lines = rows.map(
    ([text, x0, y, x1, bold = false]): TextLine => ({
      text,
      box: [x0, y, x1, y + 0.014],
      bold,
      italic: false,
      stamped: false,
      page: 1,
    }),
  );
  const fields = readFields([lines], []);
  const values = (list: readonly { value: string | null }[]) => list.map((one) => one.value);
  return { fields, values };
};

const MOTTO: Row[] = [
  ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 0.47, 0.05, 0.91, true],
  ['Độc lập - Tự do - Hạnh phúc', 0.55, 0.07, 0.83, true],
];

describe('heads and feet of many kinds (DOMAIN 4.2, 4.3)', () => {
  it('a document of the Party', () => {
    const { fields, values } = read([
      ['TỈNH ỦY MẪU', 0.2, 0.05, 0.35],
      ['ĐẢNG CỘNG SẢN VIỆT NAM', 0.55, 0.05, 0.85, true],
      ['BAN TỔ CHỨC', 0.2, 0.07, 0.35, true],
      ['*', 0.27, 0.09, 0.28],
      ['Số 36-HD/BTCTU', 0.2, 0.105, 0.36],
      ['Mẫu, ngày 3 tháng 4 năm 2026', 0.52, 0.105, 0.85],
      ['HƯỚNG DẪN', 0.42, 0.15, 0.58, true],
      ['thực hiện quy định mẫu về công tác cán bộ', 0.25, 0.17, 0.75, true],
      ['-----', 0.45, 0.19, 0.55],
      ['Thực hiện Quy định số 80-QĐ/TW, Ban Tổ chức hướng dẫn như sau:', 0.2, 0.23, 0.9],
      ['Nơi nhận:', 0.15, 0.7, 0.22],
      ['K/T TRƯỞNG BAN', 0.62, 0.7, 0.8, true],
      ['- Như trên,', 0.15, 0.72, 0.25],
      ['PHÓ TRƯỞNG BAN', 0.62, 0.72, 0.8, true],
      ['- Lưu VP.', 0.15, 0.735, 0.25],
      ['Trần Thị Thử', 0.64, 0.82, 0.78, true],
    ]);
    expect(fields.issuingAgency.value).toBe('BAN TỔ CHỨC');
    expect(fields.parentAgency.value).toBe('TỈNH ỦY MẪU');
    expect([fields.number.value, fields.symbol.value]).toEqual(['36', 'HD/BTCTU']);
    expect(fields.abstract.value).toBe('thực hiện quy định mẫu về công tác cán bộ');
    expect(values(fields.signingAuthority)).toEqual(['K/T TRƯỞNG BAN']);
    expect(values(fields.recipients)).toEqual(['Như trên', 'Lưu VP']);
  });

  it('an agency name over three lines, a wrapped "V/v", a stamp of urgency, a wrapped addressee, a name in capitals', () => {
    const { fields, values } = read([
      ['BỘ MẪU', 0.22, 0.05, 0.32],
      ...MOTTO,
      ['CỤC VĂN THƯ VÀ LƯU TRỮ', 0.16, 0.07, 0.4, true],
      ['NHÀ NƯỚC', 0.23, 0.09, 0.33, true],
      ['Số: 345/VTLTNN-NVĐP', 0.18, 0.12, 0.38],
      ['Hà Nội, ngày 01 tháng 02 năm 2026', 0.52, 0.12, 0.88],
      ['V/v hướng dẫn công tác văn thư,', 0.15, 0.14, 0.41],
      ['lưu trữ năm 2026', 0.2, 0.156, 0.36],
      ['HỎA TỐC', 0.08, 0.2, 0.18, true],
      ['Kính gửi: Ủy ban nhân dân các tỉnh, thành phố trực thuộc', 0.28, 0.25, 0.83],
      ['Trung ương', 0.38, 0.268, 0.48],
      ['Thực hiện chức năng được giao, Cục hướng dẫn như sau:', 0.2, 0.31, 0.9],
      ['Nơi nhận:', 0.15, 0.7, 0.22, true],
      ['KT. CỤC TRƯỞNG', 0.62, 0.7, 0.8, true],
      ['- Như trên;', 0.15, 0.72, 0.25],
      ['PHÓ CỤC TRƯỞNG', 0.62, 0.72, 0.8, true],
      ['- Bộ trưởng (để b/c);', 0.15, 0.735, 0.3],
      ['NGUYỄN THỊ MẪU', 0.63, 0.82, 0.79, true],
    ]);
    expect(fields.issuingAgency.value).toBe('CỤC VĂN THƯ VÀ LƯU TRỮ NHÀ NƯỚC');
    expect(fields.abstract.value).toBe('V/v hướng dẫn công tác văn thư, lưu trữ năm 2026');
    expect(fields.urgency.value).toBe('HOA_TOC');
    expect(values(fields.addressees)).toEqual(['Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương']);
    expect(fields.signerName.value).toBe('NGUYỄN THỊ MẪU');
  });

  it('a draft letter: no number, no day; a list of addressees; a title over two lines', () => {
    const { fields, values } = read([
      ['ỦY BAN NHÂN DÂN XÃ MẪU', 0.14, 0.05, 0.4, true],
      ...MOTTO,
      ['Số:         /UBND-VP', 0.19, 0.1, 0.36],
      ['Xã Mẫu, ngày      tháng 11 năm 2026', 0.52, 0.1, 0.87],
      ['V/v mời họp', 0.22, 0.12, 0.32],
      ['Kính gửi:', 0.3, 0.22, 0.38],
      ['- Văn phòng Đảng ủy;', 0.4, 0.24, 0.58],
      ['- Các trưởng thôn trên địa bàn xã, công an xã, quân sự', 0.4, 0.26, 0.85],
      ['xã và các đoàn thể.', 0.4, 0.276, 0.58],
      ['Ủy ban nhân dân xã mời họp.', 0.2, 0.31, 0.5],
      ['Nơi nhận:', 0.15, 0.7, 0.22, true],
      ['TUQ. CHỦ TỊCH', 0.64, 0.7, 0.78, true],
      ['- Lưu: VT.', 0.15, 0.72, 0.25],
      ['CHÁNH VĂN PHÒNG HỘI ĐỒNG NHÂN DÂN', 0.53, 0.72, 0.93, true],
      ['VÀ ỦY BAN NHÂN DÂN', 0.6, 0.74, 0.83, true],
      ['Hoàng A Mẫu', 0.65, 0.83, 0.78, true],
    ]);
    expect(fields.draft).toBe(true);
    expect(fields.number).toMatchObject({ value: null, raw: 'Số:         /UBND-VP' });
    expect(fields.symbol.value).toBe('UBND-VP');
    expect(fields.date).toMatchObject({ value: null, raw: '2026-11' });
    expect(fields.type.value).toBe('Công văn');
    expect(values(fields.addressees)).toEqual([
      'Văn phòng Đảng ủy',
      'Các trưởng thôn trên địa bàn xã, công an xã, quân sự xã và các đoàn thể',
    ]);
    expect(values(fields.signingAuthority)).toEqual(['TUQ. CHỦ TỊCH']);
    expect(fields.signerTitle.value).toBe('CHÁNH VĂN PHÒNG HỘI ĐỒNG NHÂN DÂN VÀ ỦY BAN NHÂN DÂN');
  });
});
