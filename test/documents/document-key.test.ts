import { describe, expect, test } from 'vitest';
import { documentKey } from '../../documents/document-key.ts';
import { parseNumber } from '../../documents/number.ts';

const key = (issuer: string | null, number: string, date: string | null) =>
  documentKey({ issuer, number: parseNumber(number), date });

describe('INT-10: the key of a document', () => {
  const first = key('ỦY BAN NHÂN DÂN TỈNH MẪU', 'Số: 09/QĐ-UBND', '2026-11-20');

  test('is the same however issuer and number are written', () => {
    expect(first).not.toBeNull();
    expect(key('UBND tỉnh Mẫu', '9/QÐ-UBND', '2026-11-20')).toBe(first);
  });

  test.each([
    ['another year', 'UBND tỉnh Mẫu', '09/QĐ-UBND', '2025-11-20'],
    ['another issuer', 'UBND xã Mẫu', '09/QĐ-UBND', '2026-11-20'],
    ['another symbol', 'UBND tỉnh Mẫu', '09/KH-UBND', '2026-11-20'],
    ['another number', 'UBND tỉnh Mẫu', '90/QĐ-UBND', '2026-11-20'],
  ])('differs for %s', (_name, issuer, number, date) => {
    expect(key(issuer, number, date)).not.toBe(first);
  });

  test.each([
    ['issuer', null, '09/QĐ-UBND', '2026-11-20'],
    ['issuer with letters', '…', '09/QĐ-UBND', '2026-11-20'],
    ['number', 'UBND tỉnh Mẫu', '…/QĐ-UBND', '2026-11-20'],
    ['parse', 'UBND tỉnh Mẫu', 'không số', '2026-11-20'],
    ['date', 'UBND tỉnh Mẫu', '09/QĐ-UBND', null],
  ])('is null without %s', (_name, issuer, number, date) => {
    expect(key(issuer, number, date)).toBeNull();
  });
});
