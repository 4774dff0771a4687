import { describe, expect, it } from 'vitest';
import { numberLine } from '../../documents/number-line.ts';

describe('the number line as recognisers give it', () => {
  it.each([
    ['Số: 0l5 /QĐ-UBND', '015', 'QĐ-UBND'],
    ['Sô:257 / TB - SNV .', '257', 'TB-SNV'],
    ['số: ?? /BC-SYT', null, 'BC-SYT'],
    ['Số:8@ /OĐ-UBNO', null, 'QĐ-UBND'],
    ['Số: /123}KH-SNV', null, 'KH-SNV'],
    ['Số:⁄44ZQĐ-ĐHM', null, 'QĐ-ĐHM'],
    ['/BC-UBND', null, 'BC-UBND'],
  ])('%s', (line, digits, symbol) => {
    expect(numberLine(line)).toMatchObject({ digits, symbol });
  });

  it('an empty gap is told from one that was written in', () => {
    expect(numberLine('Số:      /QĐ-UBND')?.blank).toBe(true);
    expect(numberLine('Số: ?? x /QĐ-UBND')?.blank).toBe(false);
  });

  it.each(['Sở Nội vụ', 'Số điện thoại: 0203', 'và/hoặc', 'Căn cứ Quyết định số 12/QĐ-UBND'])(
    '%s is none',
    (line) => {
      expect(numberLine(line)).toBeNull();
    },
  );
});
