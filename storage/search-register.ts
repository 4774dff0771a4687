/** The fields of the register in the text index, brought after it: entries and corrections since the last time. */
import { sql } from 'kysely';
import { type Engine, locked } from './engine.ts';
import type { EntriesTable, SearchPagesTable, Tx } from './schema.ts';
import { AT_ONCE, mayBeRead, nextSeq, placeOf, REGISTER, ROW_CHARACTERS } from './search.ts';
import { putPage } from './search-tables.ts';
import { plain } from './text.ts';

/**
 * Brings the fields of the register into the index: entries and corrections since the last call, by whomever they were made.
 * Gives how many entries. Cheap when there is nothing new.
 */
export async function catchUp(engine: Engine): Promise<number> {
  let all = 0;
  for (;;) {
    const some = await locked(engine, (tx) => catchUpSome(tx, engine.kind));
    all += some;
    if (some === 0) return all;
  }
}

async function catchUpSome(tx: Tx, kind: Engine['kind']): Promise<number> {
  const marks = await readMarks(tx);
  const fresh = await tx
    .selectFrom('entries')
    .selectAll()
    .where('seq', '>', marks.entries)
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute();
  for (const entry of fresh) await putEntry(tx, kind, entry);
  if (fresh.length > 0) {
    await setMark(tx, 'entries', fresh.at(-1)!.seq);
    return fresh.length;
  }
  const corrections = await tx
    .selectFrom('corrections')
    .select(['seq', 'entry_id'])
    .where('seq', '>', marks.corrections)
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute();
  if (corrections.length === 0) return 0;
  const ids = [...new Set(corrections.map((one) => one.entry_id))];
  for (const entry of await tx.selectFrom('entries').selectAll().where('id', 'in', ids).execute())
    await putEntry(tx, kind, entry);
  await setMark(tx, 'corrections', corrections.at(-1)!.seq);
  return ids.length;
}

async function readMarks(tx: Tx): Promise<{ entries: number; corrections: number }> {
  const { rows } = await sql<{ name: string; seq: number }>`select name, seq from search_marks`.execute(tx);
  const of = (name: string) => Number(rows.find((row) => row.name === name)?.seq ?? 0);
  return { entries: of('entries'), corrections: of('corrections') };
}

async function setMark(tx: Tx, name: string, seq: number): Promise<void> {
  await sql`insert into search_marks (name, seq) values (${name}, ${seq})
    on conflict (name) do update set seq = excluded.seq`.execute(tx);
}

/** A corrected entry keeps its place in the order. */
async function putEntry(tx: Tx, kind: Engine['kind'], entry: EntriesTable): Promise<void> {
  const old = await sql<{ seq: number }>`select seq from search_pages
    where entry_id = ${entry.id} and part = ${REGISTER}`.execute(tx);
  await sql`delete from search_pages where entry_id = ${entry.id} and part = ${REGISTER}`.execute(tx);
  const text = await textOfEntry(tx, entry);
  if (text === null || !(await mayBeRead(tx, entry.message_id))) return;
  const seq = old.rows[0]?.seq ?? (await nextSeq(tx));
  const owner = { message_id: entry.message_id, entry_id: entry.id, part: REGISTER, name: null, page: null };
  await putPage(tx, kind, { seq, ...owner, place: await placeOf(tx, owner), text });
  if (entry.message_id !== null) await placePages(tx, kind, entry.message_id);
}

/** Pages that were read before their letter was registered learn their book and year. */
async function placePages(tx: Tx, kind: Engine['kind'], messageId: string): Promise<void> {
  const place = await placeOf(tx, { message_id: messageId, entry_id: null });
  const { rows } = await sql<SearchPagesTable>`select seq, message_id, entry_id, part, name, page, place, text
    from search_pages where message_id = ${messageId} and entry_id is null and place <> ${place}`.execute(tx);
  for (const row of rows) {
    await sql`delete from search_pages where seq = ${row.seq}`.execute(tx);
    await putPage(tx, kind, { ...row, place });
  }
}

/** Codes, and what only counts: nobody looks for them. */
const CODES = new Set(['doMat', 'doKhan', 'soTo', 'soTrang', 'soLuongBan', 'tep']);

/** Null for a line that bears a secrecy mark. Dates stand as they are printed too. */
async function textOfEntry(tx: Tx, entry: EntriesTable): Promise<string | null> {
  const fields = JSON.parse(entry.fields) as Record<string, string>;
  if (fields['doMat'] !== undefined && !['', 'THUONG'].includes(fields['doMat'])) return null;
  const files = await tx
    .selectFrom('entry_files')
    .select('name')
    .where('entry_id', '=', entry.id)
    .where('role', 'not in', ['proof', 'original'])
    .orderBy('position')
    .execute();
  const values = Object.entries(fields).flatMap(([key, value]) => (CODES.has(key) ? [] : [printed(value)]));
  const text = [...values, ...files.map((file) => file.name)].filter((value) => value !== '').join('\n');
  return plain(text).normalize('NFC').slice(0, ROW_CHARACTERS);
}

function printed(value: string): string {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  return date === null ? value : `${date[3]}/${date[2]}/${date[1]} (${value})`;
}
