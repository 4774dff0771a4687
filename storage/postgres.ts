/** PostgreSQL through `pg`: one schema for one gateway, writers one after the other by an advisory lock. */
import { createHash } from 'node:crypto';
import { CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { CongvanError } from '../config/error.ts';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

const POOL = 8;
/** Milliseconds to wait for a connection of the pool or to the server. */
const CONNECT_TIMEOUT = 15_000;
const INT8 = 20;

/** count(*) and bigint come as text otherwise; ours (sizes, UIDs) stay far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

export async function openPostgres(url: string, schema: string): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'congvan',
    keepAlive: true,
    types,
  });
  pool.on('error', () => {}); // an idle connection broke: the next query gets another one, or says so itself
  try {
    await createSchema(pool, schema);
  } catch (error) {
    await pool.end();
    throw explain(error);
  }
  const key = lockKey(schema, 'write');
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool, onCreateConnection: (connection) => settle(connection, schema) }),
  });
  return {
    kind: 'postgres',
    db,
    reading: (work) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    lock: async (tx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(key)})`.execute(tx);
    },
    forbid: async (tx, table, change, of) => {
      const what = sql.raw(of ? `update of ${of.join(', ')}` : change);
      await refusal(schema).execute(tx);
      await sql`create trigger ${sql.id(`${table}_no_${change}`)} before ${what} on ${sql.table(table)}
        for each row execute function refuse_change()`.execute(tx);
      if (change !== 'delete') return;
      await sql`create trigger ${sql.id(`${table}_no_truncate`)} before truncate on ${sql.table(table)}
        for each statement execute function refuse_change()`.execute(tx);
    },
    copyBefore: async () => {}, // the administrator's pg_dump; a migration here is one transaction
    isConflict: (error) => ['40001', '40P01'].includes(codeOf(error)),
    explain,
  };
}

/** A commit counts when it is on disk, and a writer sees what was written before its turn, whatever the server's defaults say. */
async function settle(connection: { executeQuery(query: CompiledQuery): Promise<unknown> }, schema: string) {
  await connection.executeQuery(CompiledQuery.raw(`set search_path to ${quoted(schema)}`));
  await connection.executeQuery(CompiledQuery.raw("set synchronous_commit to 'on'"));
  // A stricter level would take the snapshot before the lock was waited for.
  await connection.executeQuery(CompiledQuery.raw("set default_transaction_isolation to 'read committed'"));
}

/** Two processes may come at once: PostgreSQL answers the second with a unique violation in spite of IF NOT EXISTS. */
async function createSchema(pool: pg.Pool, schema: string): Promise<void> {
  try {
    await pool.query(`create schema if not exists ${quoted(schema)}`);
  } catch (error) {
    if (codeOf(error) !== '23505' && codeOf(error) !== '42P06') throw error;
  }
}

function refusal(schema: string) {
  return sql`create or replace function ${sql.id(schema, 'refuse_change')}() returns trigger language plpgsql as
    $$ begin raise exception '%: % is forbidden', tg_table_name, lower(tg_op); end $$`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Number of an advisory lock: 52 bits of a hash, so that it is exact in JavaScript. */
export function lockKey(schema: string, purpose: 'write' | 'service'): number {
  return Number.parseInt(
    createHash('sha256').update(`congvan\n${purpose}\n${schema}`).digest('hex').slice(0, 13),
    16,
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const UNREACHABLE = /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|EPIPE|08|57P0)/;

function explain(error: unknown): unknown {
  const code = codeOf(error);
  const cause = { cause: error, fields: { code } };
  if (code === '53100') return new CongvanError('DISK_FULL', 'Ổ đĩa của máy chủ PostgreSQL đã đầy.', cause);
  if (UNREACHABLE.test(code)) {
    return new CongvanError(
      'DATABASE_UNREACHABLE',
      'Không kết nối được máy chủ PostgreSQL. Hệ thống sẽ thử lại.',
      cause,
    );
  }
  if (code.startsWith('28')) {
    return new CongvanError('DATABASE_LOGIN', 'Máy chủ PostgreSQL từ chối tài khoản hoặc mật khẩu.', cause);
  }
  return error;
}
