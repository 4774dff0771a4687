/** The seam between the two databases. Everything that differs is a method here; every query is written once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Schema, Tx } from './schema.ts';

export interface Engine {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Database;
  /** Returns when this transaction is the only one of ours that writes, in all processes; held to its end. */
  lock(tx: Tx): Promise<void>;
  /** Runs `work` on one unchanging view of the whole database, read-only, without holding up those who write. */
  reading<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Makes the database refuse a change for ever. `of` = columns, for updates. */
  forbid(tx: Tx, table: keyof Schema, change: 'update' | 'delete', of?: string[]): Promise<void>;
  /** Copies an existing database before it is migrated to `version` from `from`; nothing where that is the server's matter. */
  copyBefore(version: number, from: number): Promise<void>;
  /** True when a transaction failed only because of another one, and may be done again as a whole. */
  isConflict(error: unknown): boolean;
  /** The error as the house knows it (DISK_FULL, DATABASE_BUSY, …); any other one comes back as it is. */
  explain(error: unknown): unknown;
}

/** Tries of one transaction before a conflict is told to the caller. */
const TRIES = 5;

/**
 * Runs `work` in the one locked transaction: it reads and writes as if nobody else were there. All of it or nothing
 * is written. `work` may run more than once, so it must not do anything but speak to `tx`.
 */
export async function locked<T>(engine: Engine, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await engine.db.transaction().execute(async (tx) => {
        await engine.lock(tx);
        return await work(tx);
      });
    } catch (error) {
      if (attempt >= TRIES || !engine.isConflict(error)) throw engine.explain(error);
      await sleep(10 * attempt);
    }
  }
}
