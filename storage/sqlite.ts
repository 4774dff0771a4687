/** SQLite: WAL, every commit on disk before it is reported (synchronous=FULL), other processes waited for. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { CongvanError } from '../config/error.ts';
import { fsyncPath } from './durable.ts';
import type { Engine } from './engine.ts';
import type { Schema, Tx } from './schema.ts';
import { BUSY_TIMEOUT, patiently, sqliteDialect } from './sqlite-dialect.ts';

export async function openSqlite(file: string): Promise<Engine> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = await connect(file);
  return {
    kind: 'sqlite',
    db: new Kysely<Schema>({ dialect: sqliteDialect(database) }),
    lock: async () => {}, // BEGIN IMMEDIATE has taken it
    reading: (work) => reading(file, work),
    forbid: async (tx, table, change, of) => {
      const name = sql.id(`${table}_no_${change}`);
      const what = sql.raw(of ? `update of ${of.join(', ')}` : change);
      const words = sql.lit(`${table}: ${change} is forbidden`);
      await sql`create trigger ${name} before ${what} on ${sql.table(table)} begin select raise(abort, ${words}); end`.execute(
        tx,
      );
    },
    copyBefore: async (version, from) => copyBefore(database, file, { version, from }),
    isConflict: () => false, // with the write lock taken first there is none
    explain,
  };
}

async function connect(file: string): Promise<DatabaseSync> {
  const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    await patiently(() => database.exec('pragma journal_mode = wal'));
    // What is deleted (facts and words of a letter that was frozen) is overwritten, not only given free.
    database.exec('pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on');
    chmodSync(file, 0o600);
    return database;
  } catch (error) {
    database.close();
    throw explain(error);
  }
}

/** On a connection of its own: a reader in WAL sees one state and stops nobody. */
async function reading<T>(file: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const db = new Kysely<Schema>({
    dialect: sqliteDialect(new DatabaseSync(file, { readOnly: true, timeout: 0 })),
  });
  try {
    return await db.transaction().setAccessMode('read only').execute(work);
  } finally {
    await db.destroy();
  }
}

/**
 * `congvan.sqlite.before-0002`: the file as it was. Another process may migrate meanwhile, so the copy only takes its
 * name when it has the old schema still.
 */
function copyBefore(database: DatabaseSync, file: string, schema: { version: number; from: number }): void {
  const target = `${file}.before-${String(schema.version).padStart(4, '0')}`;
  const fresh = `${target}.${process.pid}.tmp`;
  rmSync(fresh, { force: true });
  try {
    database.prepare('vacuum into ?').run(fresh);
    if (schemaOf(fresh) !== schema.from) return;
    chmodSync(fresh, 0o600);
    fsyncPath(fresh);
    renameSync(fresh, target);
    fsyncPath(dirname(target));
  } catch (error) {
    throw explain(error);
  } finally {
    if (existsSync(fresh)) rmSync(fresh);
  }
}

function schemaOf(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const row = copy.prepare("select value from meta where name = 'schema'").get();
    return Number(row?.value ?? 0);
  } finally {
    copy.close();
  }
}

function codeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' ? code & 0xff : null;
}

function explain(error: unknown): unknown {
  switch (codeOf(error)) {
    case 5: // SQLITE_BUSY
      return new CongvanError(
        'DATABASE_BUSY',
        'Cơ sở dữ liệu đang bị một tiến trình khác giữ quá lâu. Hệ thống sẽ thử lại.',
        { cause: error, fields: { waitedMs: BUSY_TIMEOUT } },
      );
    case 13: // SQLITE_FULL
      return new CongvanError(
        'DISK_FULL',
        'Ổ đĩa chứa cơ sở dữ liệu đã đầy. Đề nghị giải phóng dung lượng.',
        {
          cause: error,
        },
      );
    case 10: // SQLITE_IOERR
    case 8: // SQLITE_READONLY
      return new CongvanError(
        'DATABASE_IO',
        'Không ghi được vào tệp cơ sở dữ liệu. Đề nghị kiểm tra ổ đĩa và quyền ghi.',
        {
          cause: error,
        },
      );
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return new CongvanError(
        'DATABASE_BROKEN',
        'Tệp cơ sở dữ liệu bị hỏng. Đề nghị khôi phục từ bản sao lưu.',
        {
          temporary: false,
          cause: error,
        },
      );
    default:
      return error;
  }
}
