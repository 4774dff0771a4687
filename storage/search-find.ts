/** Finding in the text index: from the best kind of match to the loosest, the newest first, no further than was asked. */
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';
import type { Database, EntriesTable, EntryFilesTable, SearchPagesTable } from './schema.ts';
import { REGISTER } from './search.ts';
import { inPlace, parseQuery, tiersOf } from './search-query.ts';
import { snippetOf } from './search-snippet.ts';
import { matching, order, recentPages } from './search-tables.ts';
import type { SearchFilter, SearchFound, SearchHit } from './types.ts';

/** Rows looked at in one go. */
const BATCH = 400;
/** Letters given at most, with what is skipped. */
const MOST = 1_000;

/**
 * Letters and issued documents, each once, with the place that fits best: first those with the marks that were typed, then
 * the others; within each the words side by side before words anywhere on the page; then the newest.
 */
export async function find(engine: Engine, query: string, filter: SearchFilter = {}): Promise<SearchFound> {
  const { offset = 0, limit = 20 } = filter;
  const wanted = Math.min(offset + limit, MOST) + 1;
  const terms = parseQuery(query);
  const found = new Map<string, SearchHit & { seq: number }>();
  for (const { exact, conditions } of terms.length === 0 ? [] : tiersOf(terms)) {
    if (found.size >= wanted) break;
    const look = { exact, ...matching(engine.kind, [...conditions, ...inPlace(filter)]) };
    await collect(engine, look, { found, wanted });
  }
  const hits = [...found.values()].slice(offset, Math.min(offset + limit, MOST));
  const texts = await textsOf(engine.db, hits);
  return {
    hits: hits.map(({ seq, ...hit }) => ({
      ...hit,
      snippet: snippetOf(texts.get(seq) ?? '', terms, hit.exact),
    })),
    more: found.size > offset + hits.length,
  };
}

interface Look {
  exact: boolean;
  from: RawBuilder<unknown>;
  where: RawBuilder<unknown>;
}

type FoundRow = Omit<SearchPagesTable, 'text' | 'place'>;

interface Finds {
  found: Map<string, SearchHit & { seq: number }>;
  wanted: number;
}

async function collect(engine: Engine, look: Look, to: Finds): Promise<void> {
  const recent = recentPages(engine.kind);
  if (recent !== null) await collectFrom(engine, { ...look, from: recent }, to);
  if (to.found.size < to.wanted) await collectFrom(engine, look, to);
}

/** What is there already keeps its place. */
async function collectFrom(engine: Engine, look: Look, to: Finds): Promise<void> {
  const at = order(engine.kind);
  for (let before = 2 ** 31 - 1; to.found.size < to.wanted; ) {
    const query = sql<FoundRow>`select p.seq, p.message_id, p.entry_id, p.part, p.name, p.page
      from ${look.from} where ${look.where} and ${at} < ${before}
      order by ${at} desc limit ${BATCH}`;
    const rows = await byWords(engine, query);
    for (const [key, hit] of await hitsOf(engine.db, await withoutFrozen(engine.db, rows), look.exact)) {
      if (!to.found.has(key)) to.found.set(key, hit);
    }
    if (rows.length < BATCH) return;
    before = rows.at(-1)!.seq;
  }
}

/** PostgreSQL does not count what it costs to unpack every page, and would rather read them all. */
async function byWords({ kind, db }: Engine, query: RawBuilder<FoundRow>): Promise<FoundRow[]> {
  if (kind === 'sqlite') return (await query.execute(db)).rows;
  return db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local jit = off`.execute(tx);
    return (await query.execute(tx)).rows;
  });
}

/** Never what is frozen, even if its words were still there. */
async function withoutFrozen(db: Database, rows: FoundRow[]): Promise<FoundRow[]> {
  const ids = [...new Set(rows.flatMap((row) => row.message_id ?? []))];
  if (ids.length === 0) return rows;
  const frozen = await db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '=', 'frozen')
    .execute();
  const hidden = new Set(frozen.map((message) => message.id));
  return rows.filter((row) => row.message_id === null || !hidden.has(row.message_id));
}

/** By entry, else by letter; of several pages of one document that fit equally well the first. */
async function hitsOf(db: Database, rows: FoundRow[], exact: boolean) {
  const entries = await entriesOf(db, rows);
  const hits = new Map<string, SearchHit & { seq: number }>();
  for (const row of rows) {
    const entry = entries.of(row);
    const key = entry?.id ?? row.message_id ?? '';
    const known = hits.get(key);
    if (known !== undefined && !(known.part === partOf(row) && (row.page ?? 0) < (known.page ?? 0))) continue;
    hits.set(key, {
      seq: row.seq,
      entryId: entry?.id ?? null,
      messageId: row.message_id,
      part: partOf(row),
      name: row.name,
      page: row.page,
      exact,
      snippet: { text: '', marks: [] },
    });
  }
  return hits;
}

const partOf = ({ part }: FoundRow): string | null => (part === REGISTER ? null : part);

/** A page belongs to the entry that has its file; what belongs to the whole letter, to its first entry. */
async function entriesOf(db: Database, rows: FoundRow[]) {
  const messages = [...new Set(rows.flatMap((row) => row.message_id ?? []))];
  const entries: Pick<EntriesTable, 'id' | 'message_id'>[] =
    messages.length === 0
      ? []
      : await db
          .selectFrom('entries')
          .select(['id', 'message_id'])
          .where('message_id', 'in', messages)
          .orderBy('seq')
          .execute();
  const several = [...Map.groupBy(entries, (one) => one.message_id).values()].filter((of) => of.length > 1);
  const ids = several.flat().map((one) => one.id);
  const files: Pick<EntryFilesTable, 'entry_id' | 'sha256'>[] =
    ids.length === 0
      ? []
      : await db
          .selectFrom('entry_files')
          .select(['entry_id', 'sha256'])
          .where('entry_id', 'in', ids)
          .execute();
  return {
    of: (row: FoundRow): { id: string } | null => {
      if (row.entry_id !== null) return { id: row.entry_id };
      const own = entries.filter((one) => one.message_id === row.message_id);
      const holder = own.find((one) => files.some((f) => f.entry_id === one.id && f.sha256 === row.part));
      return holder ?? own[0] ?? null;
    },
  };
}

async function textsOf(db: Database, hits: { seq: number }[]): Promise<Map<number, string>> {
  if (hits.length === 0) return new Map();
  const { rows } = await sql<{ seq: number; text: string }>`select seq, text from search_pages
    where seq in (${sql.join(hits.map((hit) => hit.seq))})`.execute(db);
  return new Map(rows.map((row) => [row.seq, row.text]));
}
