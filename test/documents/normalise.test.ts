import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fold, normalise, stripMarks } from '../../documents/normalise.ts';

describe('DOMAIN 4.1: normalisation', () => {
  test.each([
    ['step 1: composed', 'Quyết định'.normalize('NFD'), 'Quyết định'],
    ['step 2: look-alikes of Đ', '36/2013/Q\u00D0 \u0189\u00F0', '36/2013/QĐ Đđ'],
    ['step 3: dashes', 'a\u2010b\u2011c\u2012d\u2013e\u2014f\u2212g', 'a-b-c-d-e-f-g'],
    ['step 4: slashes', '1\uFF0F2\u20443', '1/2/3'],
    ['step 5: spaces and nothings', 'a\u00A0b\u202Fc\u200Bd\uFEFF', 'a b cd'],
    ['step 6: runs of spaces, lines kept', ' a   b \r\n c\td ', 'a b\nc d'],
  ])('%s', (_name, text, expected) => {
    expect(normalise(text)).toBe(expected);
    expect(normalise(normalise(text))).toBe(expected);
  });

  test('step 7: OCR and Markdown marks go for matching only', () => {
    expect(stripMarks('**QUYẾT ĐỊNH** | __ ##')).toBe(' QUYẾT ĐỊNH ');
  });

  test.each([
    ['hoà', 'hòa'],
    ['Uỷ ban', 'Ủy ban'],
    ['thuỷ', 'thủy'],
    ['khoẻ', 'khỏe'],
    ['ĐẮK LẮK', 'Đak lăk'],
    ['quyết định'.normalize('NFD'), 'QUYET DINH'],
  ])('fold: %s and %s meet', (a, b) => {
    expect(fold(a)).toBe(fold(b));
  });

  const decomposed = new URL('../../../shared/regulations/lao-cai-48-2017.txt', import.meta.url);
  describe.skipIf(!existsSync(decomposed))('with ../shared/regulations (skipped where absent)', () => {
    test('step 1: the partly decomposed regulation gives up more of its words', () => {
      const text = readFileSync(decomposed, 'utf8');
      const count = (of: string) => of.split('quyết định').length - 1;
      expect(count(normalise(text))).toBeGreaterThan(count(text));
      expect(/\p{M}/u.test(normalise(text))).toBe(false);
    });
  });
});
