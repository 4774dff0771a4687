import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { INCOMPLETE } from '../../handlers/incomplete.ts';

const MAIL = resolve(import.meta.dirname, '../../mail');
const source = readdirSync(MAIL, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(MAIL, name), 'utf8'))
  .join('\n');

it.each([...INCOMPLETE])('VAL-03 the defect %s is one that reading mail tells', (code) => {
  expect(source).toContain(`'${code}'`);
});

/** Told of what is whole all the same: shown with the letter, but no reason to hold it. */
const WHOLE = [
  'archive-unsafe-name',
  'bare-cr-line-ends',
  'date-unparseable',
  'duplicate-header',
  'header-charset-unknown',
  'header-line-odd',
  'leading-blank-lines',
  'legacy-vietnamese-encoding',
  'several-senders',
];

it('VAL-03 every other defect of reading is known to leave the letter whole', () => {
  const told = [...source.matchAll(/(?:code: |told\(|fail\()'([a-z]+(?:-[a-z]+)+)'/g)].map(
    ([, code]) => code!,
  );
  expect(told.length).toBeGreaterThan(20);
  expect([...new Set(told)].filter((code) => !INCOMPLETE.has(code) && !WHOLE.includes(code))).toEqual([]);
});
