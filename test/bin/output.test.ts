import { describe, expect, it } from 'vitest';
import {
  displayWidth,
  formatTable,
  jsonLine,
  safeText,
  shorten,
  vietnamDate,
  vietnamTime,
} from '../../bin/output.ts';

describe('what commands print', () => {
  it.each([
    ['abc', 3],
    ['Quyết định', 10],
    ['Quyết định'.normalize('NFD'), 10],
    ['公文', 4],
    ['ｶﾅ', 2],
    ['👍', 2],
    ['\u200b', 0],
    ['', 0],
  ])('%j is %i columns wide', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('aligns columns by width, not by length', () => {
    const lines = formatTable(
      ['Tên', 'Số'],
      [
        ['Sở Nội vụ'.normalize('NFD'), 1],
        ['公文', 22],
      ],
    ).split('\n');
    expect(lines).toEqual(['Tên        Số', '─────────  ──', 'Sở Nội vụ  1', '公文       22']);
  });

  it('lets nothing out of a letter steer the terminal, turn the line or break the row', () => {
    expect(safeText('a\u001b[31mb\u202ec\u0007')).toBe('a [31mb c ');
    expect(formatTable(['x'], [['một\nhai\thai']]).split('\n')).toHaveLength(3);
  });

  it('JSON Lines stay one line for every reader, and give the same value back', () => {
    const value = { a: 'x\u2028y\u0085\nz', b: 'Số' };
    const line = jsonLine(value);
    expect(line).not.toMatch(/[\n\u2028\u2029\u0085]/);
    expect(line).toContain('Số');
    expect(JSON.parse(line)).toEqual(value);
  });

  it.each([
    ['Về việc kiểm tra', 8, 'Về việc…'],
    ['ngắn', 8, 'ngắn'],
    ['公文公文', 5, '公文…'],
  ])('%j in %i columns is %j', (text, width, short) => {
    expect(shorten(text, width)).toBe(short);
  });

  it('TIM-09: instants are shown in Vietnam time whatever zone the machine is in', () => {
    expect(vietnamTime('2026-12-31T17:30:00.000Z')).toBe('01/01/2027 00:30:00');
    expect(vietnamTime(null)).toBe('');
    expect(vietnamTime('hôm qua')).toBe('hôm qua');
    expect(vietnamDate('2026-11-20')).toBe('20/11/2026');
    expect(vietnamDate(undefined)).toBe('');
  });
});
