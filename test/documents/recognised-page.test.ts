import { describe, expect, it } from 'vitest';
import { readFields } from '../../documents/fields.ts';
import type { TextLine } from '../../documents/layout.ts';

type Row = [text: string, x0: number, y: number, x1: number, confidence?: number];

/** Lines as a recogniser gives them: no weights, each with how sure it is. */
function page(rows: readonly Row[], number = 1): TextLine[] {
  return rows.map(([text, x0, y, x1, confidence = 0.9]) => ({
    text,
    box: [x0, y, x1, y + 0.014],
    bold: false,
    italic: false,
    stamped: false,
    page: number,
    confidence,
  }));
}

const HEAD: Row[] = [
  ['UBND TÍNH KIÊN GIANG', 0.14, 0.05, 0.38],
  ['CỘNG HOÀ XÃ HỌI CHỦ NGHĨA VIỆT NAM', 0.47, 0.05, 0.91],
  ['SƠ NỘI VỤ', 0.2, 0.07, 0.3],
  ['Độc lập - Tự do - Hạnh phúc', 0.55, 0.07, 0.83],
  ['|', 0.01, 0.1, 0.012, 0.2],
  ['Số: 4@ /IB-SNV', 0.18, 0.11, 0.36, 0.3],
  ['Kiên Giang, ngày# tháng 0] năm 2025', 0.5, 0.11, 0.88, 0.4],
  ['THÔNG BAO.', 0.46, 0.16, 0.6],
  ['Về việc lấy ý kiến dự thảo Quy định mẫu', 0.25, 0.18, 0.81],
  ['Thực hiện Quyết định số 99/QĐ-UBND ngày 01/02/2025 của Ủy ban nhân dân tỉnh,', 0.2, 0.26, 0.91],
];
const FOOT: Row[] = [
  ['Nơi nhận:', 0.14, 0.7, 0.22],
  ['KT. GIÁM ĐÓC', 0.6, 0.7, 0.78],
  ['- Như trên;', 0.14, 0.715, 0.22],
  ['PHỐ GIÁM ĐỐC', 0.6, 0.72, 0.78, 0.6],
  ['- Sở Tài chinh;', 0.14, 0.73, 0.25],
  ['s6', 0.55, 0.75, 0.58, 0.1],
  ['-Lưu: VT, TC.', 0.14, 0.745, 0.26],
  ['Trân Thị Thử', 0.62, 0.82, 0.76],
];

const read = (rows: readonly Row[]) => readFields([page(rows)], []);

describe('a page that a machine recognised', () => {
  const fields = read([...HEAD, ...FOOT]);

  it('puts right what only one reading allows, and keeps what stood there', () => {
    expect(fields.issuingAgency).toMatchObject({ value: 'SỞ NỘI VỤ', raw: 'SƠ NỘI VỤ', method: 'ocr' });
    expect(fields.parentAgency.value).toBe('UBND TỈNH KIÊN GIANG');
    expect(fields.type.value).toBe('Thông báo');
    expect(fields.symbol.value).toBe('TB-SNV');
    expect(fields.abstract.value).toBe('Về việc lấy ý kiến dự thảo Quy định mẫu');
    expect(fields.signerTitle.value).toBe('PHÓ GIÁM ĐỐC');
    expect(fields.signingAuthority.map((one) => one.value)).toEqual(['KT. GIÁM ĐỐC']);
    expect(fields.signerName.value).toBe('Trần Thị Thử');
    expect(fields.recipients.map((one) => one.value)).toEqual(['Như trên', 'Sở Tài chính', 'Lưu: VT, TC']);
  });

  it('invents no number and no day where handwriting was not read', () => {
    expect(fields.number).toMatchObject({ value: null });
    expect(fields.numberAndSymbol.value).toBeNull();
    expect(fields.date).toMatchObject({ value: null, raw: '2025-01' });
  });

  it('a number it read is never sure by itself', () => {
    const written = read([
      ...HEAD.filter(([text]) => !text.startsWith('Số')),
      ['Số: 47 /TB-SNV', 0.18, 0.11, 0.36, 0.97],
      ...FOOT,
    ]);
    expect(written.numberAndSymbol.value?.canonical).toBe('47/TB-SNV');
    expect(written.numberAndSymbol.confidence).toBeLessThan(0.9);
    expect(written.symbol.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('a deputy signs for his head though "KT." was written in by hand (N30 Điều 13)', () => {
    const rows = [...HEAD, ...FOOT].map(
      (row): Row => (row[0] === 'KT. GIÁM ĐÓC' ? ['GIÁM ĐÓC', 0.62, 0.7, 0.76] : row),
    );
    expect(read(rows).signingAuthority.map((one) => one.value)).toEqual(['KT. GIÁM ĐỐC']);
  });

  it('an office lost in the seal below "KT. BỘ TRƯỞNG" can only be THỨ TRƯỞNG', () => {
    const rows = [...HEAD, ...FOOT].map(
      (row): Row =>
        row[0] === 'KT. GIÁM ĐÓC'
          ? ['KT. BỘ TRƯỚNG', 0.6, 0.7, 0.78]
          : row[0] === 'PHỐ GIÁM ĐỐC'
            ? ['AỨ TRƯỞNG', 0.62, 0.72, 0.78, 0.1]
            : row,
    );
    const signed = read(rows);
    expect(signed.signerTitle.value).toBe('THỨ TRƯỞNG');
    expect(signed.signingAuthority.map((one) => one.value)).toEqual(['KT. BỘ TRƯỞNG']);
    expect(signed.signerTitle.confidence).toBeLessThan(0.9);
  });
});
