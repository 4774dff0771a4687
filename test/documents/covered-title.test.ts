import { describe, expect, it } from 'vitest';
import { coveredTitle } from '../../documents/covered-title.ts';
import type { TextLine } from '../../documents/layout.ts';

const lines = (...texts: string[]): TextLine[] =>
  texts.map((text, index) => ({
    text,
    box: [0.55, 0.7 + index * 0.018, 0.75, 0.714 + index * 0.018],
    bold: false,
    italic: false,
    stamped: false,
    page: 1,
    confidence: 0.3,
  }));

describe('titles under a seal', () => {
  it.each([
    [['"GIẢM bDÓC', '<', 'IÁM ĐỚC'], 'PHÓ GIÁM ĐỐC', ['KT. GIÁM ĐỐC']],
    [['t^ CHU TICHH', 'P'], 'PHÓ CHỦ TỊCH', ['KT. CHỦ TỊCH']],
    [['Z: ra IAM ĐỌC', 'SỞ'], 'GIÁM ĐỐC', []],
    [['SỞ', 'XHC'], null, []],
  ])('%j', (texts, title, authority) => {
    const seen = coveredTitle(lines(...texts));
    expect(seen.title.value).toBe(title);
    expect(seen.authority.map((one) => one.value)).toEqual(authority);
    expect(seen.title.confidence).toBeLessThan(0.9);
  });
});
