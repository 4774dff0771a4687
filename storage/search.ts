/**
 * The text index: what was read of letters, page by page, and the fields of the register. Derived data: no decision rests
 * on it, no backup holds it, and `clear` throws it away to be made anew. Of what is frozen nothing stands in it (DOMAIN 8.2).
 */
import { sql } from 'kysely';
import { type Engine, locked } from './engine.ts';
import type { SearchPagesTable, Tx } from './schema.ts';
import { yearWord } from './search-query.ts';
import { createIndex, dropIndex, putPage } from './search-tables.ts';
import { plain } from './text.ts';
import type { SearchText } from './types.ts';

/** Characters of one row: a page has three thousand, a sheet of XLSX or a text file may be one page of millions. */
export const ROW_CHARACTERS = 16_000;
/** Characters of one page that are indexed at all. */
const PAGE_CHARACTERS = 2_000_000;
/** Rows and entries written in one transaction: a registration that comes meanwhile waits some ten milliseconds. */
export const AT_ONCE = 20;

/** States in which a letter was read to the end, and is no secret. */
const READ = ['registered', 'held', 'returned'];

/** Part of a row that holds the fields of an entry. */
export const REGISTER = 'register';

/**
 * Replaces what is known of these parts of this letter or entry. Gives the rows written: none for a letter that is frozen,
 * waits for the persons of secrets, or was not read to its end.
 */
export async function indexTexts(engine: Engine, texts: SearchText[]): Promise<number> {
  const rows = texts.flatMap(rowsOf);
  const replaced = new Set<string>();
  let written = 0;
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE);
    const done = await locked(engine, (tx) => putRows(tx, engine, some, replaced));
    for (const row of some) replaced.add(ownerAndPart(row));
    written += done;
  }
  return written;
}

type Row = Omit<SearchPagesTable, 'seq' | 'place'>;

const ownerAndPart = (row: Row): string => `${row.message_id}\n${row.entry_id}\n${row.part}`;

function rowsOf({ messageId, entryId, part, name, page, text }: SearchText): Row[] {
  const clean = plain(text.slice(0, PAGE_CHARACTERS)).normalize('NFC');
  const owner = {
    message_id: messageId,
    entry_id: entryId,
    part,
    name: plain(name)?.normalize('NFC') ?? null,
    page,
  };
  return pieces(clean).map((piece) => ({ ...owner, text: piece }));
}

/** Cut between words. Empty text has no row. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text; rest.trim() !== ''; ) {
    const space = rest.length <= ROW_CHARACTERS ? -1 : rest.slice(0, ROW_CHARACTERS).search(/\s\S*$/u);
    const end = rest.length <= ROW_CHARACTERS ? rest.length : space > 0 ? space : ROW_CHARACTERS;
    found.push(rest.slice(0, end).toWellFormed());
    rest = rest.slice(end);
  }
  return found;
}

async function putRows(tx: Tx, { kind }: Engine, rows: Row[], replaced: ReadonlySet<string>) {
  const cleared = new Set(replaced);
  const allowed = new Map<string | null, boolean>();
  const places = new Map<string, string>();
  let seq = await nextSeq(tx);
  let written = 0;
  for (const row of rows) {
    if (!allowed.has(row.message_id)) allowed.set(row.message_id, await mayBeRead(tx, row.message_id));
    if (allowed.get(row.message_id) === false) continue;
    const key = ownerAndPart(row);
    if (!cleared.has(key)) await removePart(tx, row);
    cleared.add(key);
    if (!places.has(key)) places.set(key, await placeOf(tx, row));
    await putPage(tx, kind, { seq: seq++, place: places.get(key)!, ...row });
    written++;
  }
  return written;
}

export async function nextSeq(tx: Tx): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`select max(seq) as last from search_pages`.execute(tx);
  return Number(rows[0]?.last ?? 0) + 1;
}

/** Asked in the transaction that writes: a letter may have been frozen a moment ago. */
export async function mayBeRead(tx: Tx, messageId: string | null): Promise<boolean> {
  if (messageId === null) return true;
  const message = await tx
    .selectFrom('messages')
    .select('state')
    .where('id', '=', messageId)
    .executeTakeFirst();
  if (message === undefined || !READ.includes(message.state)) return false;
  const secret = await tx
    .selectFrom('holds')
    .select('id')
    .where('message_id', '=', messageId)
    .where('is_open', '=', 1)
    .where('queue', '=', 'secrets')
    .executeTakeFirst();
  return secret === undefined;
}

/** Asked again when an entry is written: a letter that was held has none before (`putEntry`). */
export async function placeOf(tx: Tx, { message_id, entry_id }: Pick<Row, 'message_id' | 'entry_id'>) {
  const query = tx.selectFrom('entries').select(['book', 'year']).orderBy('seq');
  const entries = await (entry_id === null
    ? query.where('message_id', '=', message_id)
    : query.where('id', '=', entry_id)
  ).execute();
  return [...new Set(entries.flatMap(({ book, year }) => [book, yearWord(year)]))].join(' ');
}

async function removePart(tx: Tx, { message_id, entry_id, part }: Row): Promise<void> {
  const owner =
    message_id === null
      ? sql`message_id is null and entry_id = ${entry_id}`
      : entry_id === null
        ? sql`message_id = ${message_id} and entry_id is null`
        : sql`message_id = ${message_id} and entry_id = ${entry_id}`;
  await sql`delete from search_pages where ${owner} and part = ${part}`.execute(tx);
}

/** All words of a letter and of its entries, in the transaction that freezes it. */
export async function forgetPages(tx: Tx, messageId: string): Promise<void> {
  await sql`delete from search_pages where message_id = ${messageId}`.execute(tx);
  await sql`delete from search_pages where entry_id in (select id from entries where message_id = ${messageId})`.execute(
    tx,
  );
}

/** Throws the index away, also a broken one, and begins an empty one. */
export async function clearIndex(engine: Engine): Promise<void> {
  await locked(engine, async (tx) => {
    await dropIndex(tx, engine.kind);
    await createIndex(tx, engine.kind);
  });
}
