/** Bringing the schema up to this program's; never down, never a newer one. */
import { CongvanError } from '../config/error.ts';
import { type Engine, locked } from './engine.ts';
import { putMeta } from './meta.ts';
import { up as register } from './migrations/0001-register.ts';
import { up as search } from './migrations/0002-search.ts';
import type { Database, Tx } from './schema.ts';

export interface Migration {
  number: number;
  up(tx: Tx, engine: Engine): Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, up: register },
  { number: 2, up: search },
];

/**
 * Applies what is missing, in one locked transaction, after an existing SQLite file was copied. Returns the version.
 * Throws SCHEMA_NEWER (permanent) for a database that a newer program has written.
 */
export async function migrate(
  engine: Engine,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  const newest = migrations.at(-1)?.number ?? 0;
  const before = await locked(engine, (tx) => versionOf(tx));
  refuseNewer(before, newest);
  if (before === newest) return newest;
  if (before > 0) await engine.copyBefore(newest, before);
  await locked(engine, async (tx) => {
    const from = await versionOf(tx); // another process may have been here meanwhile
    refuseNewer(from, newest);
    await apply(
      tx,
      engine,
      migrations.filter((migration) => migration.number > from),
    );
  });
  return newest;
}

/** Applies these, in the caller's locked transaction. */
export async function apply(tx: Tx, engine: Engine, migrations: readonly Migration[]): Promise<void> {
  for (const migration of migrations) await migration.up(tx, engine);
  const last = migrations.at(-1);
  if (last) await putMeta(tx, 'schema', String(last.number));
}

/** Version of the schema; 0 for an empty database (which gets the table that says so). */
export async function versionOf(tx: Database): Promise<number> {
  await tx.schema
    .createTable('meta')
    .ifNotExists()
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
  const row = await tx.selectFrom('meta').select('value').where('name', '=', 'schema').executeTakeFirst();
  return Number(row?.value ?? 0);
}

export function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return;
  throw new CongvanError(
    'SCHEMA_NEWER',
    `Cơ sở dữ liệu thuộc phiên bản ${version}, mới hơn phần mềm này (${newest}). Đề nghị cài phiên bản phần mềm mới hơn; dữ liệu không bị thay đổi.`,
    { temporary: false, fields: { database: version, program: newest } },
  );
}
