import { describe, expect, test } from 'vitest';
import { sameAgency } from '../../documents/agency-name.ts';

describe('DOMAIN 4.1: names of agencies', () => {
  test.each([
    ['UBND tỉnh Mẫu', 'ỦY BAN NHÂN DÂN TỈNH MẪU'],
    ['Uỷ ban nhân dân tỉnh Hoà Mẫu', 'Ủy ban nhân dân tỉnh Hòa Mẫu'],
    ['HĐND xã Mẫu', 'Hội đồng nhân dân xã Mẫu'],
    ['Sở Khoa học & Công nghệ', 'SỞ KHOA HỌC VÀ CÔNG NGHỆ'],
    ['BỘ LAO ĐỘNG – THƯƠNG BINH', 'Bộ Lao động - Thương binh'],
    ['UBND TP. Mẫu', 'Ủy ban nhân dân thành phố Mẫu'],
    ['Văn phòng UBND tỉnh Mẫu'.normalize('NFD'), 'VP UBND tỉnh Mẫu'],
  ])('%s is %s', (a, b) => {
    expect(sameAgency(a, b)).toBe(true);
  });

  test.each([
    ['UBND tỉnh Mẫu', 'UBND xã Mẫu'],
    ['Sở Nội vụ', 'Sở Ngoại vụ'],
    ['', ''],
    ['…', '—'],
  ])('%j is not %j', (a, b) => {
    expect(sameAgency(a, b)).toBe(false);
  });

  test('a list of aliases joins names that spelling does not', () => {
    const aliases = [['Sở Nội vụ tỉnh Mẫu', 'SNV Mẫu']];
    expect(sameAgency('SỞ NỘI VỤ TỈNH MẪU', 'snv mẫu', aliases)).toBe(true);
    expect(sameAgency('SỞ NỘI VỤ TỈNH MẪU', 'Sở Y tế tỉnh Mẫu', aliases)).toBe(false);
  });
});
