import { describe, expect, test } from 'vitest';
import { parseNumber } from '../../documents/number.ts';
import vectors from './number-vectors.json' with { type: 'json' };

describe('DOMAIN 5.2: the hand-checked vectors', () => {
  test.each(vectors)('$input reads as $canonical', ({ input, flags, ...expected }) => {
    const parsed = parseNumber(input);
    expect(parsed).toMatchObject({ raw: input, ...expected });
    for (const flag of flags) expect(parsed?.flags).toContain(flag);
  });
});

describe('DOMAIN 5.2: what is no số/ký hiệu', () => {
  test.each([
    '01/7/2016',
    '24/24 giờ',
    'ISO 9001:2008',
    '12/2025',
    '1/500',
    'TCVN 6909:2001',
    '30/4-1/5',
    'A4/B5',
    '2/9',
    '0383 840418',
    '07:30/11:30',
    'https://example.gov.vn/a/b',
    'Lưu: VT, KGVX',
    'PL.(300)',
    'H.35b',
    '443/',
    'QĐ-UBND',
    '/',
    'Số: ',
    'Đ/c: số 2 …',
    'Đ/c: số 2 đường Mẫu',
    '13/3/QĐ',
    '123 /',
    '12/12/2012/QĐ-UBND',
    '',
    '0/QĐ-UBND',
    '1234567/QĐ-UBND',
    '5/Năm',
    '12/phòng',
    'Số đến: 45/UBND-NC',
    '443/QĐ-UBND\n444/QĐ-UBND',
    `1/${'A'.repeat(200)}`,
  ])('%j gives no parse', (input) => {
    expect(parseNumber(input)).toBeNull();
  });
});

describe('DOMAIN 5.1: the reading of symbols', () => {
  test.each([
    ['rule 1: the type in any case', '12/CTR-UBND', { type: 'CTr', canonical: '12/CTr-UBND' }],
    ['rule 2: công văn', '7816/VPCP-TTĐT', { type: null, typeName: 'Công văn', org: 'VPCP', unit: 'TTĐT' }],
    ['rule 3: Cục Thuế, not Chỉ thị', '1234/CT-TTHT', { type: null, org: 'CT', flags: ['AMBIGUOUS_TYPE'] }],
    ['rule 4: HD is never HĐ', '45/HD-SNV', { type: 'HD', typeName: 'Hướng dẫn', canonical: '45/HD-SNV' }],
    ['rule 4: TT with a year', '12/2025/TT-BTC', { family: 'qppl', typeName: 'Thông tư' }],
    ['rule 5: no year for Kế hoạch', '12/2025/KH-UBND', { family: 'state', flags: ['UNEXPECTED_YEAR'] }],
    ['rule 7: liên tịch with a slash', '01/2012/TTLT/BNV-BTC', { type: 'TTLT', org: 'BNV-BTC', unit: null }],
    ['rule 8: a Party công văn with a unit', '178-CV/VPTU-TH', { family: 'party', org: 'VPTU', unit: 'TH' }],
    ['rule 9: a copy', '03/SL-UBND', { family: 'copy', typeName: 'Bản sao lục' }],
    ['rule 10: a suffix is read and flagged', '15a/QĐ-UBND', { number: 15, suffix: 'a', flags: ['SUFFIX'] }],
    [
      '4.6: a lost stroke',
      '443/QD-UBND',
      { type: 'QĐ', canonical: '443/QĐ-UBND', flags: ['STROKE_RESTORED'] },
    ],
    ['4.6: OCR of UBND', '12/ƯBND-NC', { org: 'UBND', flags: ['ORG_REPAIRED'] }],
    ['4.6: spaces', 'Số: 526 /TTr- STTTT.', { canonical: '526/TTr-STTTT', flags: ['NORMALIZED'] }],
    [
      'not yet numbered',
      'Số:      /QĐ-UBND',
      { number: null, canonical: '/QĐ-UBND', flags: ['NO_NUMBER', 'NORMALIZED'] },
    ],
    ['CV printed as a type', '123/CV-SNV', { type: 'CV', typeName: 'Công văn', org: 'SNV' }],
    ['a type name before the label', 'Quyết định số 443/QĐ-UBND', { canonical: '443/QĐ-UBND' }],
    ['decomposed letters', '443/QĐ-HĐND'.normalize('NFD'), { canonical: '443/QĐ-HĐND' }],
  ])('%s', (_name, input, expected) => {
    expect(parseNumber(input)).toMatchObject(expected);
  });

  test('rule 3: the agency directory or the type line on the page decides', () => {
    expect(parseNumber('45/CĐ-XYZ')).toMatchObject({ type: null, org: 'CĐ' });
    expect(parseNumber('45/CĐ-XYZ', { knownOrgs: new Set(['xyz']) })).toMatchObject({
      type: 'CĐ',
      org: 'XYZ',
    });
    expect(parseNumber('45/CĐ-XYZ', { pageType: 'CÔNG ĐIỆN' })).toMatchObject({
      type: 'CĐ',
      typeName: 'Công điện',
    });
  });

  test.each([
    ['Số: 09/QĐ-UBND', '9/QD-UBND'],
    ['9/QÐ-UBND', '9/QD-UBND'],
    ['36/2013/QĐ-UBND', '36/2013/QD-UBND'],
    ['02bis/QĐ-SNV', '2BIS/QD-SNV'],
    ['36-HD/VPTW', '36-HD/VPTW'],
    ['695 QĐ/UB', '695/QD/UB'],
    ['695/QĐ/UB', '695/QD/UB'],
  ])('the comparison form of %s is %s', (input, key) => {
    expect(parseNumber(input)?.key).toBe(key);
  });
});
