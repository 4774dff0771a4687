/**
 * Kysely over `node:sqlite`: one connection, statements prepared once.
 * QUIRK: Date cannot be bound (we bind ISO text), rows have a null prototype (spread or compare them with care).
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely';

/** Milliseconds to wait for a lock of another connection, and the longest pause between two looks. */
export const BUSY_TIMEOUT = 10_000;
const PAUSE = 20;

/** Prepared statements kept; the oldest goes first. Our queries are about a hundred, IN lists multiply some. */
const STATEMENTS = 300;

export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Kysely itself lets only one user at a time have the one connection (the adapter says so). */
class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: NodeSqliteConnection;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new NodeSqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  /**
   * IMMEDIATE takes the write lock before the first read: a transaction that reads, then writes, would otherwise
   * fail with SQLITE_BUSY_SNAPSHOT when another process wrote in between.
   */
  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** After SQLITE_FULL and its like SQLite has rolled back already. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection.forget();
    this.#database.close();
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, { statement: StatementSync; gives: boolean }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters as SQLInputValue[];
    return patiently(() => {
      const { statement, gives } = this.#prepare(query.sql);
      if (gives) return { rows: statement.all(...parameters) as R[] };
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    });
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    const { statement } = this.#prepare(query.sql);
    for (const row of statement.iterate(...(query.parameters as SQLInputValue[]))) yield { rows: [row as R] };
  }

  forget(): void {
    this.#prepared.clear();
  }

  #prepare(sql: string) {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, gives: statement.columns().length > 0 };
    if (this.#prepared.size >= STATEMENTS) this.#prepared.delete(this.#prepared.keys().next().value!);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/**
 * Waits for the lock of another connection, up to BUSY_TIMEOUT. A statement that was refused has done nothing.
 * QUIRK: SQLite's own busy_timeout stops the whole process while it waits; when the other connection is in the same
 * process, it can then never finish (measured: 10 s, then an error). So ours is 0, and we wait beside the event loop.
 */
export async function patiently<T>(work: () => T): Promise<T> {
  const end = performance.now() + BUSY_TIMEOUT;
  for (let pause = 1; ; pause = Math.min(PAUSE, pause * 2)) {
    try {
      return work();
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || performance.now() > end) throw error;
      await sleep(pause);
    }
  }
}

/** Plain BUSY only: BUSY_SNAPSHOT (517) never passes by waiting. */
const SQLITE_BUSY = 5;
