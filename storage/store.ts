/** What the functions of this room work on: a database, its bytes, the time. */
import { CongvanError } from '../config/error.ts';
import type { Engine } from './engine.ts';
import type { Schema, Tx } from './schema.ts';
import type { ByteStore, Storage, StorageOptions } from './types.ts';

export interface Store {
  engine: Engine;
  bytes: ByteStore;
  options: StorageOptions;
}

/** The parts behind a Storage, for backup. */
const stores = new WeakMap<Storage, Store>();

export function remember(storage: Storage, store: Store): void {
  stores.set(storage, store);
}

export function storeOf(storage: Storage): Store {
  const store = stores.get(storage);
  if (!store) throw new TypeError('not a storage of openStorage');
  return store;
}

export function nowOf(store: Store): string {
  return store.options.clock().toISOString();
}

type Numbered = 'messages' | 'entries' | 'transmissions' | 'holds' | 'evidence' | 'corrections' | 'folders';

/** Next row number of a table. Rows are never deleted, and the caller holds the lock. */
export async function nextSeq(tx: Tx, table: Numbered): Promise<number> {
  const row = await tx
    .selectFrom(table as 'messages')
    .select((e) => e.fn.max('seq').as('last'))
    .executeTakeFirst();
  return Number(row?.last ?? 0) + 1;
}

/** "m-000123": the letter tells the noun, the number the order. */
export function idOf(letter: 'm' | 'e' | 's' | 'h', seq: number): string {
  return `${letter}-${String(seq).padStart(6, '0')}`;
}

export function notFound(what: keyof Schema, id: string): CongvanError {
  return new CongvanError('NOT_FOUND', `Không tìm thấy "${id}".`, {
    temporary: false,
    fields: { table: what, id },
  });
}
