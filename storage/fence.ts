/** The fence: after a restore nothing is numbered and nothing is sent until a person has looked (DESIGN, invariant 3). */
import { CongvanError } from '../config/error.ts';
import { locked } from './engine.ts';
import { appendLines } from './journal.ts';
import { putMeta, readMeta } from './meta.ts';
import type { Database, Tx } from './schema.ts';
import { nowOf, type Store } from './store.ts';

const FENCE = 'fence';

export async function raisedFence(db: Database): Promise<{ since: string; reason: string } | null> {
  const value = await readMeta(db, FENCE);
  return value === null ? null : (JSON.parse(value) as { since: string; reason: string });
}

export async function raiseFence(tx: Tx, since: string, reason: string): Promise<void> {
  await putMeta(tx, FENCE, JSON.stringify({ since, reason }));
  await appendLines(tx, since, [{ actor: 'machine', action: 'fence.raised', subject: 'fence', data: {} }]);
}

/** Takes the fence away and lets go what it held back. `by` = staff id. Nothing happens when there is none. */
export async function liftFence(store: Store, by: string): Promise<void> {
  await locked(store.engine, async (tx) => {
    if ((await raisedFence(tx)) === null) return;
    const at = nowOf(store);
    await tx.deleteFrom('meta').where('name', '=', FENCE).execute();
    const freed = await tx
      .updateTable('transmissions')
      .set({ state: 'due' })
      .where('state', '=', 'fenced')
      .executeTakeFirst();
    const data = { freed: Number(freed.numUpdatedRows) };
    await appendLines(tx, at, [{ actor: by, action: 'fence.lifted', subject: 'fence', data }]);
  });
}

export function fencedError(): CongvanError {
  return new CongvanError(
    'FENCED',
    'Dữ liệu vừa được khôi phục từ bản sao lưu: chưa được cấp số và gửi văn bản cho đến khi người có trách nhiệm đối chiếu và dỡ rào chắn.',
  );
}
