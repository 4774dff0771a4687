import { describe, expect, it } from 'vitest';
import { completeName, repairNames } from '../../documents/repair-name.ts';

describe('names that a recogniser misread (DOMAIN 4.6)', () => {
  it.each([
    ['TÍNH LÂM ĐÔNG', 'TỈNH LÂM ĐỒNG'],
    ['SƠYTẺ', 'SỞ Y TẾ'],
    ['UỶ BAN NHÂN DẪN', 'UỶ BAN NHÂN DÂN'],
    ['Sở Nội vu (để b/c)', 'Sở Nội vụ (để b/c)'],
    ['SỞ TÀI CHÍNHH', 'SỞ TÀI CHÍNH'],
    ['TRUNG TÂM LƯU TRỮ MẪU', 'TRUNG TÂM LƯU TRỮ MẪU'],
    ['bo sung cong an', 'bo sung cong an'],
  ])('%s → %s', (read, written) => {
    expect(repairNames(read, true)).toBe(written);
  });

  it('what nobody recognised only loses the spaces inside its words', () => {
    expect(repairNames('Qu ả ng Ninh', false)).toBe('Quảng Ninh');
    expect(repairNames('UỶ BAN NHÂN DÂN TÍNH MẪU', false)).toBe('UỶ BAN NHÂN DÂN TÍNH MẪU');
  });

  it.each([
    ['BỘ KHOA HỌC VÀ CÔNG', null, 'BỘ KHOA HỌC VÀ CÔNG NGHỆ'],
    ['SỞ YV TÉ', 'GM-SYT', 'SỞ Y TẾ'],
    ['SỞ YV TÉ', 'GM-SNV', 'SỞ YV TÉ'],
    ['SỞ MẪU', 'QĐ-SM', 'SỞ MẪU'],
  ])('%s with the symbol %s is %s', (read, symbol, written) => {
    expect(completeName(read, symbol)).toBe(written);
  });
});
