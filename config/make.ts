/** A complete configuration without a file, for the demo and for tests. */
import { resolve } from 'node:path';
import { assembleConfig } from './assemble.ts';
import { freezeDeep } from './freeze.ts';
import { loadRegulation } from './regulations.ts';
import { configFile } from './schema.ts';
import type { CongvanConfig, RegulationId } from './types.ts';

/** Any part of a configuration, at any depth; lists are given whole. */
type Part<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Part<T[K]> } : T;

/** What may be changed; `regulation` also by its id. */
export type ConfigPart = Omit<Part<CongvanConfig>, 'regulation'> & {
  regulation?: RegulationId | Part<CongvanConfig['regulation']>;
};

/** The fictional agency of tests and demo. */
const MINIMAL = {
  agency: {
    code: '000.00.01.H99',
    name: 'UBND xã Mẫu',
    parent: null,
    shortNames: ['UBND xã Mẫu', 'xã Mẫu'],
    address: 'vanthu.xamau@mau.example.gov.vn',
    aliases: [],
    clerkUnit: 'Văn thư - Văn phòng UBND xã Mẫu',
    phone: '0200 000 000',
    place: 'Mẫu',
  },
  dataDir: 'congvan-data',
  staff: [
    { id: 'vanthu', name: 'Văn thư Mẫu', title: 'Văn thư', roles: ['clerk', 'secrets'] },
    { id: 'chutich', name: 'Chủ tịch Mẫu', title: 'Chủ tịch', roles: ['leader', 'secrets'] },
    { id: 'quantri', name: 'Quản trị Mẫu', title: 'Quản trị mạng', roles: ['admin'] },
  ],
  issuing: { org: 'UBND' },
};

/** The defaults of the schema for a fictional agency, with `part` laid over them; deep-frozen. Paths are taken as given. */
export function makeConfig(part: ConfigPart = {}): CongvanConfig {
  const base = assembleConfig(configFile.parse(MINIMAL), {
    file: null,
    baseDir: process.cwd(),
    agencies: [],
    postgresUrl: null,
  });
  const { regulation, ...rest } = part;
  const profile =
    typeof regulation === 'string' ? loadRegulation(regulation) : layOver(base.regulation, regulation ?? {});
  const made = {
    ...(layOver(base, rest) as CongvanConfig),
    regulation: profile as CongvanConfig['regulation'],
  };
  if (part.database === undefined) {
    made.database = { kind: 'sqlite', file: resolve(made.dataDir, 'congvan.sqlite') };
  }
  return freezeDeep(made);
}

/** Objects key by key, everything else replaced; the base is never changed. */
function layOver(base: unknown, part: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(part)) return part;
  const made: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(part)) {
    if (value !== undefined) made[key] = layOver(made[key], value);
  }
  return made;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
