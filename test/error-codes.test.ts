import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const ROOMS = ['config', 'mail', 'documents', 'signatures', 'handlers', 'storage', 'gateway', 'web', 'bin'];

function sources(): { file: string; text: string }[] {
  const present = readdirSync(ROOT).filter((name) => ROOMS.includes(name));
  return present
    .flatMap((room) => readdirSync(join(ROOT, room), { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ file: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
}

/** Codes given to CongvanError outright, or through a small function (of the same file, or handlers/refuse.ts) that takes the code first. */
function codesOf(text: string): string[] {
  const makers = [
    ...text.matchAll(/function (\w+)\(\s*code: [^{]*\{(?:(?!\n\}).|\n(?!\}))*?new CongvanError\(\s*code\b/g),
  ];
  const shared = /import \{ refuse \} from '[./]+refuse\.ts'/.test(text) ? ['refuse'] : [];
  const names = ['new CongvanError', ...shared, ...makers.map((match) => match[1]!)];
  const calls = new RegExp(`(?:${names.join('|')})\\(\\s*'([A-Z][A-Z0-9_]+)'`, 'g');
  return [...text.matchAll(calls)].map((match) => match[1]!);
}

/** Codes that travel as data first: troubles of a mailbox, answers of the reading processes. */
function troublesOf(file: string, text: string): string[] {
  if (!file.startsWith('gateway/')) return [];
  return [...text.matchAll(/'((?:MAILBOX|READER|READING)_[A-Z_]+)'/g)].map((match) => match[1]!);
}

const used = new Map<string, string>();
for (const { file, text } of sources()) {
  for (const code of [...codesOf(text), ...troublesOf(file, text)]) used.set(code, file);
}

const table = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const explained = new Set([...table.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map((match) => match[1]!));

describe('docs/operations.md says of every error what the operator does about it', () => {
  it('finds the codes at all, also those behind a helper', () => {
    expect(used.has('CONFIG_INVALID') && used.has('ISSUE_SECRET') && used.has('MAILBOX_LOGIN')).toBe(true);
  });

  it('explains every code that the source uses', () => {
    expect(
      [...used].filter(([code]) => !explained.has(code)).map(([code, file]) => `${code} (${file})`),
    ).toEqual([]);
  });

  it('explains none that the source does not know', () => {
    expect([...explained].filter((code) => !used.has(code))).toEqual([]);
  });
});
