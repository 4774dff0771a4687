/** The text index: derived data, rebuilt when it is lost, in no backup. A migration is never changed once it was released. */
import type { Engine } from '../engine.ts';
import type { Tx } from '../schema.ts';
import { createIndex } from '../search-tables.ts';

export async function up(tx: Tx, engine: Engine): Promise<void> {
  await createIndex(tx, engine.kind);
}
