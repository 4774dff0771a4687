import { describe, expect, test } from 'vitest';
import { findNumbers, numberFromFileName } from '../../documents/find-numbers.ts';
import { normalise } from '../../documents/normalise.ts';

describe('DOMAIN 5.1 rule 12: candidates in running text', () => {
  test.each([
    ['443/QĐ-UBND – UBND xã Mẫu: Về việc kiện toàn', ['443/QĐ-UBND']],
    ['[HỎA TỐC] 1234/UBND-KGVX – UBND tỉnh Mẫu: phòng chống bão', ['1234/UBND-KGVX']],
    [
      'Căn cứ Nghị định số 30/2020/NĐ-CP; Công văn số 123/TTr- STTTT. Theo Kết luận 36-KL/TU',
      ['30/2020/NĐ-CP', '123/TTr-STTTT', '36-KL/TU'],
    ],
    ['Số: 26/CP', ['26/CP']],
    ['trực 24/24 giờ, tỷ lệ 1/500, ngày 30/4 - 1/5, 12/UBND', []],
    ['https://mau.example.gov.vn/12/AB-CD', []],
    ['Công văn 1.234/UBND-NC', []],
    ['Số:     /QĐ-UBND  Mẫu, ngày 01 tháng 7 năm 2016', ['/QĐ-UBND']],
    ['đường /QĐ-UBND không có nhãn', []],
  ])('%j gives %j', (text, expected) => {
    expect(findNumbers(text).map(({ number }) => number.canonical)).toEqual(expected);
  });

  test('a label raises the confidence, and offsets point into the normalised text', () => {
    const text = 'Kèm theo  Công văn  số 12/UBND-NC và 13/UBND-NC';
    const [labelled, bare] = findNumbers(text);
    expect(labelled?.labelled).toBe(true);
    expect(labelled!.confidence).toBeGreaterThan(bare!.confidence);
    expect(normalise(text).slice(bare!.start, bare!.end)).toBe('13/UBND-NC');
  });

  test('hostile text of a megabyte takes no longer than a blink', () => {
    const started = performance.now();
    for (const piece of ['1/', '12 A-', 'số . ', ':…_', '1 / A.', 'A'])
      findNumbers(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('DOMAIN 4.4: hints in file names', () => {
  test.each([
    ['443_QD-UBND.signed.pdf', '443/QĐ-UBND'],
    ['CV 123 UBND-KGVX.pdf', '123/UBND-KGVX'],
    ['36_2013_QD-UBND.pdf', '36/2013/QĐ-UBND'],
    ['QĐ 443 UBND.pdf', '443/QĐ-UBND'],
    ['20260520_443_QD-UBND.pdf', '443/QĐ-UBND'],
    ['1. 443_QĐ-UBND (1).pdf', '443/QĐ-UBND'],
    ['Cong van so 123-UBND-NC.pdf', '123/UBND-NC'],
    ['TB 345 VPCP.pdf', '345/TB-VPCP'],
    ['36-HD_VPTW.pdf', '36-HD/VPTW'],
    ['Phu luc 1 CV 123 UBND-NC.pdf', '123/UBND-NC'],
  ])('%s hints at %s', (name, canonical) => {
    const found = numberFromFileName(name);
    expect(found?.number.canonical).toBe(canonical);
    expect(found?.number.flags).toContain('FROM_FILE_NAME');
    expect(found?.confidence).toBeLessThan(0.5);
  });

  test.each([
    'scan0001.pdf',
    'IMG_20260101.jpg',
    '05CT_20250517_033418.pdf',
    'Bao cao thang 5.pdf',
    'Phu luc 1 UBND.pdf',
    'danh sach 2026 A4.xlsx',
    '.pdf',
    '',
  ])('%j hints at none', (name) => {
    expect(numberFromFileName(name)).toBeNull();
  });
});
