import { describe, expect, it } from 'vitest';
import { isPersonName, isVietnamese, nameOf, repairPersonName } from '../../documents/person-name.ts';

describe('names of persons (ô 7b)', () => {
  it.each(['Trần Thị Thử', 'Đại tá Nguyễn Văn Mẫu', 'TS. Lê Mẫu', "Rơ Châm H'Phik", 'Y Thanh Hà Niê Kđăm'])(
    '%s',
    (text) => {
      expect(isPersonName(text)).toBe(true);
    },
  );

  it.each(['CHỦ TỊCH', 'Chương II', 'Điều 3', 'Nơi nhận:', 'Mẫu'])('%s is none', (text) => {
    expect(isPersonName(text)).toBe(false);
  });

  it('rank and degree do not belong to it', () => {
    expect(nameOf('PGS.TS Trần Văn Thử')).toBe('Trần Văn Thử');
  });

  it.each([
    ['Ngưểên Văn Thử', 'Nguyễn Văn Thử'],
    ['Pham Xgọc Mẫu', 'Phạm Ngọc Mẫu'],
    ['Lê Văn Thử', 'Lê Văn Thử'],
  ])('a recognised %s can only be %s', (read, written) => {
    expect(repairPersonName(read)).toBe(written);
  });

  it('syllables that Vietnamese does not have are told', () => {
    expect(isVietnamese('Nguyễn Thùy Ngân')).toBe(true);
    expect(isVietnamese('Minhxq Pnmn')).toBe(false);
  });
});
