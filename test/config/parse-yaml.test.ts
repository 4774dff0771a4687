import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../config/parse-yaml.ts';

const text =
  '# mẫu\nagency:\n  name: UBND xã Mẫu\nintake:\n  imap:\n    - name: a\n    - host: b\n      port: 993\n';

describe('parseYaml', () => {
  test.each([
    [[], 2],
    [['agency'], 2],
    [['agency', 'name'], 3],
    [['intake', 'imap', 0], 6],
    [['intake', 'imap', 1, 'port'], 8],
    [['intake', 'none'], null],
    [['intake', 'imap', 7], null],
    [['agency', 'name', 'deeper'], null],
  ])('the line of %j is %j', (path, line) => {
    expect(parseYaml(text, 'mau.yaml').lineOf(path)).toBe(line);
  });

  test('dates stay text, and an empty file is null', () => {
    expect(parseYaml('day: 2026-11-20', 'mau.yaml').value).toEqual({ day: '2026-11-20' });
    expect(parseYaml('', 'mau.yaml').value).toBeNull();
  });

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[at]}`).join(',')}]`)
    .join('\n')}\n`;
  test.each([
    ['a broken bracket', 'a: 1\nb: [1, 2\n', 2],
    ['a repeated key', 'a: 1\nb: 2\na: 3\n', 3],
    ['a tab for indentation', 'a:\n\tb: 1\n', 2],
    ['aliases without end', bomb, null],
  ])('%s is refused', (_name, broken, line) => {
    const error = (() => {
      try {
        parseYaml(broken, 'mau.yaml');
      } catch (thrown) {
        return thrown;
      }
    })() as { code: string; temporary: boolean; fields: { file: string; line: number | null } };
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', temporary: false, fields: { file: 'mau.yaml' } });
    if (line === null) expect(error.fields.line).toBeNull();
    else expect(Math.abs((error.fields.line ?? 0) - line)).toBeLessThanOrEqual(1);
  });
});
