import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStorage } from '../../storage/index.ts';
import { MIGRATIONS, type Migration, migrate } from '../../storage/migrate.ts';
import { openSqlite } from '../../storage/sqlite.ts';
import { type Bench, decision, entry, openBench } from '../support/register.ts';

const NEWEST = MIGRATIONS.at(-1)!.number;
const COPY = `before-${String(NEWEST + 1).padStart(4, '0')}`;

const next: Migration = {
  number: NEWEST + 1,
  up: async (tx) => {
    await tx.schema.alterTable('entries').addColumn('shelf', 'text').execute();
  },
};
const failing: Migration = {
  number: NEWEST + 1,
  up: async (tx) => {
    await tx.schema.alterTable('entries').addColumn('shelf', 'text').execute();
    throw new Error('half way');
  },
};

describe('migrations', () => {
  let bench: Bench;
  let file: string;
  beforeEach(async () => {
    bench = await openBench();
    file = bench.options.database.kind === 'sqlite' ? bench.options.database.file : '';
    await bench.storage.transact({}, () => decision({ entries: [entry()] }));
  });
  afterEach(() => bench.close());

  const run = async (migrations: Migration[]) => {
    const engine = await openSqlite(file);
    try {
      return await migrate(engine, migrations);
    } finally {
      await engine.db.destroy();
    }
  };
  const ask = (path: string, query: string) => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return { ...database.prepare(query).get() };
    } finally {
      database.close();
    }
  };
  const COLUMNS = "select count(*) as shelf from pragma_table_info('entries') where name = 'shelf'";

  test('a new database is not copied, an existing one is, as it was', async () => {
    expect(readdirSync(dirname(file)).filter((name) => name.includes('before'))).toEqual([]);
    expect(await run([...MIGRATIONS, next])).toBe(NEWEST + 1);
    const copy = `${file}.${COPY}`;
    expect(ask(copy, "select value from meta where name = 'schema'")).toEqual({ value: String(NEWEST) });
    expect(ask(copy, 'select number from entries')).toEqual({ number: 1 });
    expect(ask(copy, COLUMNS)).toEqual({ shelf: 0 });
    expect(ask(file, COLUMNS)).toEqual({ shelf: 1 });
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a migration that fails half way leaves the database as it was', async () => {
    await expect(run([...MIGRATIONS, failing])).rejects.toThrow('half way');
    expect(ask(file, COLUMNS)).toEqual({ shelf: 0 });
    expect(await run([...MIGRATIONS, next])).toBe(NEWEST + 1);
  });

  test('two that migrate at once do it once', async () => {
    expect(await Promise.all([run([...MIGRATIONS, next]), run([...MIGRATIONS, next])])).toEqual([
      NEWEST + 1,
      NEWEST + 1,
    ]);
    expect(ask(`${file}.${COPY}`, COLUMNS)).toEqual({ shelf: 0 });
  });

  test('a newer schema is refused and left alone', async () => {
    await run([...MIGRATIONS, next]);
    await expect(openStorage(bench.options)).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      temporary: false,
    });
    await expect(openStorage(bench.options)).rejects.toThrow(
      `phiên bản ${NEWEST + 1}, mới hơn phần mềm này (${NEWEST})`,
    );
    expect(ask(file, 'select number from entries')).toEqual({ number: 1 });
  });

  test('a file that is no database is refused in plain words', async () => {
    const other = `${file}.txt`;
    writeFileSync(other, 'this is no database at all, but a text of some length'.repeat(20));
    const opening = openStorage({ ...bench.options, database: { kind: 'sqlite', file: other } });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_BROKEN', temporary: false });
    expect(existsSync(other), basename(other)).toBe(true);
  });

  test('writes are durable and other connections are waited for', async () => {
    const engine = await openSqlite(file);
    const pragma = async (name: string) =>
      Object.values((await sql.raw<object>(`pragma ${name}`).execute(engine.db)).rows[0]!)[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    await engine.db.destroy();
  });
});
