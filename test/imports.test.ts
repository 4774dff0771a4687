import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const ROOMS = [
  'config',
  'mail',
  'documents',
  'signatures',
  'handlers',
  'storage',
  'gateway',
  'web',
  'bin',
  'scripts',
];

/** What each room may import besides itself (docs/DESIGN.md, "Who may import whom"). */
const MAY_IMPORT: Record<string, string[]> = {
  config: [],
  mail: [],
  documents: [],
  signatures: [],
  handlers: ['config', 'mail', 'documents', 'signatures'],
  storage: ['handlers'],
  gateway: ['config', 'mail', 'documents', 'signatures', 'handlers', 'storage'],
  web: ['config', 'mail', 'documents', 'signatures', 'handlers', 'storage', 'gateway'],
  bin: ['config', 'mail', 'documents', 'signatures', 'handlers', 'storage', 'gateway', 'scripts'],
  scripts: ['config', 'mail', 'documents', 'signatures', 'handlers', 'storage', 'gateway', 'bin'],
};

/** The one thing that everybody may import. */
const SHARED = 'config/error.ts';

/** Vocabulary rather than a door to something: many files of these rooms may speak it. */
const SPOKEN: Record<string, string[]> = {
  zod: ['config', 'gateway'],
  kysely: ['storage'],
  pg: ['storage'],
  pino: ['gateway'],
};

interface Import {
  from: string;
  room: string;
  /** Path from the root, or the name of a package. */
  to: string;
  /** As written: the doors of one package (`nodemailer/lib/mail-composer`) are different libraries to us. */
  door: string;
  relative: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm,
  );
  return [...found].map((match) => {
    const name = (match[1] ?? match[2] ?? match[3])!;
    const isRelative = name.startsWith('.');
    const to = isRelative ? relative(ROOT, resolve(ROOT, dirname(file), name)) : packageOf(name);
    return { from: file, room: file.split('/')[0]!, to, door: name, relative: isRelative };
  });
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const present = ROOMS.filter((room) => readdirSync(ROOT).includes(room));
const all = present.flatMap(sources).flatMap(importsOf);

describe('rooms import in the directions of the design', () => {
  it('sees the imports at all: every room that has files has some', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.some((one) => one.relative) && all.some((one) => one.to === 'zod')).toBe(true);
  });

  it.each(present)('%s imports only what it may', (room) => {
    const wrong = all
      .filter((one) => one.room === room && one.relative && one.to !== SHARED)
      .filter((one) => ![room, ...MAY_IMPORT[room]!].includes(one.to.split('/')[0]!))
      .map((one) => `${one.from} → ${one.to}`);
    expect(wrong).toEqual([]);
  });

  it('nobody imports a test', () => {
    expect(all.filter((one) => one.relative && one.to.startsWith('test/')).map((one) => one.from)).toEqual(
      [],
    );
  });

  it('every imported package stands in package.json', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const runtime = { ...manifest.dependencies };
    const packages = all.filter((one) => !one.relative && !one.to.startsWith('node:'));
    const wrong = packages
      .filter((one) => one.room !== 'scripts' && !(one.to in runtime))
      .map((one) => `${one.from} → ${one.to}`);
    expect(wrong).toEqual([]);
  });
});

describe('one adapter file for each library', () => {
  const packages = [
    ...new Set(all.filter((one) => !one.relative && !one.to.startsWith('node:')).map((one) => one.to)),
  ];

  it.each(packages.sort())('%s', (name) => {
    const users = [
      ...new Set(all.filter((one) => one.door === name && one.room !== 'scripts').map((one) => one.from)),
    ];
    const rooms = SPOKEN[packageOf(name)];
    if (rooms !== undefined) {
      expect(users.filter((file) => !rooms.includes(file.split('/')[0]!))).toEqual([]);
      return;
    }
    expect(users.length, users.join(', ')).toBeLessThanOrEqual(1);
  });
});
