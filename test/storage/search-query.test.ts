import { describe, expect, it } from 'vitest';
import { parseQuery, tiersOf } from '../../storage/search-query.ts';
import { snippetOf } from '../../storage/search-snippet.ts';

describe('what a person types', () => {
  it.each([
    ['Công  văn', [['công'], ['văn']]],
    ['125/UBND-VP', [['125', 'ubnd', 'vp']]],
    ['"nghỉ lễ" 2026', [['nghỉ', 'lễ'], ['2026']]],
    ['“nghỉ lễ', [['nghỉ', 'lễ']]],
    ['số:125', [['số', '125']]],
    [' - / * ', []],
    [`${'a '.repeat(500)}`, Array.from({ length: 16 }, () => ['a'])],
  ])('%j is %j', (query, words) => {
    expect(parseQuery(query).map((term) => term.words)).toEqual(words);
  });

  it.each([
    ['ubnd*', true],
    ['"tổ công*"', true],
    ['"tổ công"*', true],
    ['ubnd', false],
  ])('%s: the last word may go on: %s', (query, prefix) => {
    expect(parseQuery(query)[0]).toMatchObject({ prefix });
  });

  it('with marks: exact before folded; side by side before anywhere', () => {
    const tiers = tiersOf(parseQuery('nghỉ việc riêng'));
    expect(tiers.map((tier) => [tier.exact, tier.conditions.length])).toEqual([
      [true, 1],
      [true, 3],
      [false, 1],
      [false, 3],
    ]);
  });

  it('without marks nothing is exact; a single word stands beside nothing', () => {
    expect(tiersOf(parseQuery('cong van'))).toHaveLength(2);
    expect(tiersOf(parseQuery('125/UBND-VP'))).toHaveLength(1);
  });

  it('a number below ten is meant with its zero and without', () => {
    expect(tiersOf(parseQuery('05/QD-UBND'))[0]!.conditions[0]!.anyOf).toEqual([
      ['5', 'qd', 'ubnd'],
      ['05', 'qd', 'ubnd'],
    ]);
  });
});

describe('the words around a hit', () => {
  const shown = (text: string, query: string, exact = false) => {
    const snippet = snippetOf(text, parseQuery(query), exact);
    return { text: snippet.text, words: snippet.marks.map(([from, to]) => snippet.text.slice(from, to)) };
  };

  it('are cut out of a long page where most of the words stand', () => {
    const page = `đường ${'chữ '.repeat(100)}cải tạo\nđường  thôn ${'chữ '.repeat(100)}`;
    const { text, words } = shown(page, 'cai tao duong');
    expect(words).toEqual(['cải', 'tạo', 'đường']);
    expect(text).toMatch(/^… (chữ ){6}cải tạo đường thôn (chữ ?)+ …$/);
  });

  it('mark only the exact word where marks were typed', () => {
    expect(shown('dương và đường', 'đường', true).words).toEqual(['đường']);
    expect(shown('dương và đường', 'đường', false).words).toEqual(['dương', 'đường']);
  });

  it('of a text without the words are its beginning', () => {
    expect(shown('một hai', 'ba')).toEqual({ text: 'một hai', words: [] });
  });
});
