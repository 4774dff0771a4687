import { describe, expect, test } from 'vitest';
import { findDates, parsePlaceAndDate } from '../../documents/dates.ts';

describe('DOMAIN 4.3: the place-and-date line', () => {
  test.each([
    ['Sơn La, ngày 22 tháng 10 năm 2018', 'Sơn La', '2018-10-22', []],
    ['Gia Lai, ngày 01 tháng 7 năm 2016', 'Gia Lai', '2016-07-01', []],
    ['Thành phố Hồ Chí Minh, ngày 29 tháng 6 năm 2019', 'Thành phố Hồ Chí Minh', '2019-06-29', []],
    ['Quận 1, ngày 02 tháng 02 năm 2024', 'Quận 1', '2024-02-02', []],
    ['Bà Rịa - Vũng Tàu, ngày 3 tháng 4 năm 2024', 'Bà Rịa - Vũng Tàu', '2024-04-03', []],
    ['Sơn La,ngày 22tháng10năm2018', 'Sơn La', '2018-10-22', []],
    ['Son La, ngay 22 thang 10 nam 2018', 'Son La', '2018-10-22', []],
    ['Lào Cai, ngày l5 tháng O1 năm 2018', 'Lào Cai', '2018-01-15', ['OCR_DIGITS']],
    ['Đắk Lắk, ngày … tháng … năm 2026', 'Đắk Lắk', null, ['BLANK_DATE']],
    ['Mẫu, ngày     tháng 5 năm 2026', 'Mẫu', null, ['BLANK_DATE']],
    ['Mẫu, ngày ... tháng ... năm 20...', 'Mẫu', null, ['BLANK_DATE']],
    ['Sơn La, ngày 31 tháng 02 năm 2018', 'Sơn La', null, ['IMPOSSIBLE_DATE']],
    ['Gia Lai, ngày 29 tháng 02 năm 2024', 'Gia Lai', '2024-02-29', []],
    ['Gia Lai, ngày 29 tháng 02 năm 2023', 'Gia Lai', null, ['IMPOSSIBLE_DATE']],
    ['Sơn La, ngày 22 tháng 10 năm 2018'.normalize('NFD'), 'Sơn La', '2018-10-22', []],
    ['ngày 22 tháng 10 năm 2018', null, '2018-10-22', []],
    ['Số: 443/QĐ-UBND      Gia Lai, ngày 01 tháng 7 năm 2016', 'Gia Lai', '2016-07-01', []],
    ['Số:     /QĐ-UBND Thành phố Mẫu, ngày 2 tháng 3 năm 2020', 'Thành phố Mẫu', '2020-03-02', []],
  ])('%j', (line, place, date, flags) => {
    expect(parsePlaceAndDate(line)).toMatchObject({ place, date, flags });
  });

  test.each(['', 'hàng ngày làm việc', 'Căn cứ Luật Mẫu, ngày 19 tháng 6 năm 2015', 'Số: 443/QĐ-UBND'])(
    '%j is no such line',
    (line) => {
      expect(parsePlaceAndDate(line)).toBeNull();
    },
  );

  test('dates in running text, in order, only those that exist', () => {
    const text =
      'ngày 09/7/2013, 22-10-2018, 08.8.2013, 31/02/2018; ngày 5 tháng 8 năm 2013; 1/7/20165; 1.2.2012.3';
    expect(findDates(text).map(({ date }) => date)).toEqual([
      '2013-07-09',
      '2018-10-22',
      '2013-08-08',
      '2013-08-05',
    ]);
  });
});
