/** One service per database. The lock is held by an open file or connection, so that `kill -9` gives it back. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { CongvanError } from '../config/error.ts';
import { lockKey } from './postgres.ts';
import type { StorageOptions } from './types.ts';

const SQLITE_BUSY = 5;

export interface InstanceLock {
  release(): Promise<void>;
  /** Settles when the lock was lost without being released (the connection to PostgreSQL broke): stop then. */
  lost: Promise<void>;
}

/** Throws ALREADY_RUNNING (permanent), naming who holds it where that is known. */
export async function lockInstance(options: StorageOptions): Promise<InstanceLock> {
  const { database } = options;
  return database.kind === 'sqlite' ? lockFolder(options) : lockServer(database.url, database.schema);
}

/** A small database of its own, held in an exclusive transaction; who holds it stands beside it in plain text. */
function lockFolder({ dataDir, clock }: StorageOptions): InstanceLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const holder = join(dataDir, 'service.lock.json');
  const lock = new DatabaseSync(join(dataDir, 'service.lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw alreadyRunning(readHolder(holder), error);
  }
  writeFileSync(holder, JSON.stringify({ pid: process.pid, since: clock().toISOString() }), { mode: 0o600 });
  return {
    release: async () => {
      if (!lock.isOpen) return;
      rmSync(holder, { force: true });
      lock.exec('rollback');
      lock.close();
    },
    lost: new Promise(() => {}),
  };
}

interface Holder {
  pid: number | null;
  since: string | null;
}

/** The note beside the lock; it may be missing for a moment, or be cut short by a full disk. */
function readHolder(path: string): Holder {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return { pid: note.pid ?? null, since: note.since ?? null };
  } catch {
    return { pid: null, since: null };
  }
}

async function lockServer(url: string, schema: string): Promise<InstanceLock> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'congvan service',
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  await client.connect();
  const key = lockKey(schema, 'service');
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock($1::bigint) as taken',
    [key],
  );
  if (rows[0]?.taken !== true) {
    const holder = await serverHolder(client, key);
    await client.end();
    throw alreadyRunning(holder);
  }
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      await client.end();
    },
    lost: lost.then(() => (released ? new Promise<void>(() => {}) : undefined)),
  };
}

/** The server knows its own process and since when it is connected, not the one on the other machine. */
async function serverHolder(client: pg.Client, key: number): Promise<Holder> {
  const { rows } = await client.query<{ pid: number; since: Date }>(
    `select a.pid, a.backend_start as since from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint`,
    [key],
  );
  const row = rows[0];
  return { pid: row?.pid ?? null, since: row?.since.toISOString() ?? null };
}

function alreadyRunning(holder: Holder, cause?: unknown): CongvanError {
  const who = [
    holder.pid === null ? null : `tiến trình ${holder.pid}`,
    holder.since === null ? null : `từ ${holder.since}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
  return new CongvanError(
    'ALREADY_RUNNING',
    `Dịch vụ đang chạy trên cơ sở dữ liệu này${who ? ` (${who})` : ''}. Chỉ được chạy một dịch vụ cho mỗi cơ sở dữ liệu.`,
    { temporary: false, cause, fields: { pid: holder.pid, since: holder.since } },
  );
}
