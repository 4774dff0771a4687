/** Small named values. */
import { CongvanError } from '../config/error.ts';
import type { Database } from './schema.ts';

/** Ours alone: the chain's anchor, the schema, the fence. */
const RESERVED = ['journal.head', 'schema', 'fence'];

export async function readMeta(db: Database, name: string): Promise<string | null> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

export async function putMeta(db: Database, name: string, value: string): Promise<void> {
  await db
    .insertInto('meta')
    .values({ name, value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}

/** For the other rooms. Throws META_RESERVED for names that only storage may write. */
export async function setMeta(db: Database, name: string, value: string): Promise<void> {
  if (RESERVED.includes(name)) {
    throw new CongvanError('META_RESERVED', `Không được ghi trực tiếp giá trị "${name}".`, {
      temporary: false,
    });
  }
  await putMeta(db, name, value);
}
