import { describe, expect, it } from 'vitest';
import { parsePlaceAndDate, recognisedPlaceAndDate } from '../../documents/dates.ts';

describe('place and date lines with handwriting in them', () => {
  it.each([
    ['Mẫu, ngày 05 tháng 0] năm 2025', 'Mẫu', '2025-01-05', null],
    ['Mẫu, ngàyÍ5tháng 0Ï năm 2025', 'Mẫu', '2025-01-15', null],
    ['Mẫu, ngày 4T tháng 11 năm 2024', 'Mẫu', '2024-11-17', null],
    ['Mẫu, ngày 2# tháng 1 1 năm 2024', 'Mẫu', null, '2024-11'],
    ['Mẫu tháng l1 năm 2017', 'Mẫu', null, '2017-11'],
    ['Mẫu, ngày pð tháng 4ÿ năm 2023', 'Mẫu', null, null],
  ])('%s', (line, place, date, partial) => {
    expect(recognisedPlaceAndDate(line)).toMatchObject({ place, date, partial });
  });

  it('of a printed line without its day year and month are told', () => {
    expect(parsePlaceAndDate('Mẫu, ngày      tháng 5 năm 2025')).toMatchObject({
      date: null,
      partial: '2025-05',
    });
    expect(parsePlaceAndDate('Mẫu, ngày … tháng … năm 2026')).toMatchObject({ date: null, partial: null });
  });

  it('a sentence is no such line', () => {
    expect(recognisedPlaceAndDate('Căn cứ Luật Mẫu, ngày 2# tháng 11 năm 2024')).toBeNull();
  });
});
