import { describe, expect, test } from 'vitest';
import { formatNumber, numberPattern } from '../../documents/issue-number.ts';
import { parseNumber } from '../../documents/number.ts';

describe('ISS-05, DOMAIN 5.1 rule 11: writing a số/ký hiệu', () => {
  test.each([
    [{ number: 9, type: 'QĐ', org: 'UBND', unit: null }, '09/QĐ-UBND'],
    [{ number: 443, type: 'Quyết định', org: 'ubnd', unit: 'VP' }, '443/QĐ-UBND'],
    [{ number: 12, type: 'ttr', org: 'SNV', unit: null }, '12/TTr-SNV'],
    [{ number: 1234, type: null, org: 'UBND', unit: 'kgvx' }, '1234/UBND-KGVX'],
    [{ number: 1, type: 'Công văn', org: 'TTG', unit: 'KTTH' }, '01/TTg-KTTH'],
    [{ number: 5, type: 'CV', org: 'SNV', unit: ' ' }, '05/SNV'],
    [{ number: 3, type: 'SY', org: ' UBND ', unit: null }, '03/SY-UBND'],
  ])('%j is %s', (of, expected) => {
    expect(formatNumber(of)).toBe(expected);
  });

  test('what is issued reads back as the same', () => {
    const issued = formatNumber({ number: 7, type: 'Chương trình', org: 'UBND', unit: null });
    expect(parseNumber(issued)).toMatchObject({ number: 7, type: 'CTr', org: 'UBND', flags: [] });
  });

  test('the pattern leaves the number open for the executor', () => {
    expect(numberPattern({ type: 'TB', org: 'UBND', unit: null })).toBe('{number}/TB-UBND');
  });

  test.each([
    { number: 0, type: 'QĐ', org: 'UBND', unit: null },
    { number: 1.5, type: 'QĐ', org: 'UBND', unit: null },
    { number: 1, type: 'Thần chú', org: 'UBND', unit: null },
    { number: 1, type: 'QĐ', org: '', unit: null },
    { number: 1, type: 'QĐ', org: 'ỦY BAN/X', unit: null },
  ])('%j is refused', (of) => {
    expect(() => formatNumber(of)).toThrow(expect.objectContaining({ code: 'NUMBER_NOT_ISSUABLE' }));
  });
});
