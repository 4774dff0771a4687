import { describe, expect, it } from 'vitest';
import { splitSigner, splitTypeAndAbstract } from '../../documents/letter-values.ts';

describe('the lines of a T8 body taken apart (DOMAIN 7.4)', () => {
  it.each([
    ['Kế hoạch cải cách hành chính năm 2027', 'Kế hoạch', 'cải cách hành chính năm 2027'],
    ['Công văn Về việc rà soát', 'Công văn', 'Về việc rà soát'],
    ['Tờ trình Tờ trình về điều chỉnh', 'Tờ trình', 'Tờ trình về điều chỉnh'],
    ['Về việc rà soát', null, 'Về việc rà soát'],
    ['Quyết định', 'Quyết định', null],
    [null, null, null],
  ])('%s', (line, tenLoai, trichYeu) => {
    expect(splitTypeAndAbstract(line)).toEqual({ tenLoai, trichYeu });
  });

  it.each([
    ['GIÁM ĐỐC Trần Văn Mẫu', 'Trần Văn Mẫu', 'GIÁM ĐỐC'],
    ['KT. CHỦ TỊCH - PHÓ CHỦ TỊCH Đỗ Thị Mẫu', 'Đỗ Thị Mẫu', 'KT. CHỦ TỊCH - PHÓ CHỦ TỊCH'],
    ['Phó Giám đốc Y Thanh Niê', 'Y Thanh Niê', 'Phó Giám đốc'],
    ["Chủ tịch Rơ Châm H'Phik", "Rơ Châm H'Phik", 'Chủ tịch'],
    ['CHỦ TỊCH', null, 'CHỦ TỊCH'],
    [null, null, null],
  ])('%s', (line, nguoiKy, chucVu) => {
    expect(splitSigner(line)).toEqual({ nguoiKy, chucVu });
  });
});
