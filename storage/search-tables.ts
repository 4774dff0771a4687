/**
 * The tables of the text index, and the one place where SQLite and PostgreSQL differ in it. Both hold each page as it was
 * read, and beside it a folded column of our own (small letters, no marks, đ as d), because neither `remove_diacritics`
 * of FTS5 nor PostgreSQL's dictionaries make d of đ.
 *
 * SQLite: FTS5 over the rows of `search_pages`, kept in step by triggers, so that whoever deletes a row (the freezing of a
 * letter) deletes its words. PostgreSQL: two `tsvector` columns made of our own words, because its parser takes
 * `125/UBND-VP` for a file name.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';
import type { SearchPagesTable, Tx } from './schema.ts';
import type { Condition } from './search-query.ts';
import { wordsOf } from './search-words.ts';
import { folded } from './text.ts';

type Kind = Engine['kind'];

/** In the caller's locked transaction; nothing of it may be there. */
export async function createIndex(tx: Tx, kind: Kind): Promise<void> {
  const columns =
    kind === 'sqlite' ? sql`folded text not null` : sql`words tsvector not null, folded tsvector not null`;
  await sql`create table search_pages (
    seq integer primary key, message_id text references messages (id), entry_id text references entries (id),
    part text not null, name text, page integer, place text not null, text text not null, ${columns})`.execute(
    tx,
  );
  await sql`create index search_pages_message on search_pages (message_id)`.execute(tx);
  await sql`create index search_pages_entry on search_pages (entry_id)`.execute(tx);
  await sql`create table search_marks (name text primary key, seq integer not null)`.execute(tx);
  await (kind === 'sqlite' ? createFts(tx) : createGin(tx));
}

async function createFts(tx: Tx): Promise<void> {
  await sql`create virtual table search_words using fts5 (text, folded, place, content = 'search_pages', content_rowid = 'seq',
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2', columnsize = 0)`.execute(tx);
  // What is deleted is taken out of the index at once, not at some later merge (DOMAIN 8.2).
  await sql`insert into search_words (search_words, rank) values ('secure-delete', 1)`.execute(tx);
  await sql`create trigger search_pages_in after insert on search_pages begin
    insert into search_words (rowid, text, folded, place) values (new.seq, new.text, new.folded, new.place); end`.execute(
    tx,
  );
  await sql`create trigger search_pages_out after delete on search_pages begin
    insert into search_words (search_words, rowid, text, folded, place)
    values ('delete', old.seq, old.text, old.folded, old.place); end`.execute(tx);
}

/** Words that wait to be sorted in are read through by each search: few are let wait (kB). */
const PENDING = 512;

async function createGin(tx: Tx): Promise<void> {
  for (const column of ['words', 'folded']) {
    await sql`create index ${sql.id(`search_pages_by_${column}`)} on search_pages using gin (${sql.id(column)})
      with (gin_pending_list_limit = ${sql.lit(PENDING)})`.execute(tx);
  }
}

/** All of the index, also one that is broken; in the caller's locked transaction. */
export async function dropIndex(tx: Tx, kind: Kind): Promise<void> {
  if (kind === 'sqlite') await sql`drop table search_words`.execute(tx);
  await sql`drop table search_pages`.execute(tx);
  await sql`drop table search_marks`.execute(tx);
}

export async function putPage(tx: Tx, kind: Kind, row: SearchPagesTable): Promise<void> {
  const { seq, message_id, entry_id, part, name, page, place, text } = row;
  const own = kind === 'sqlite' ? sql`folded` : sql`words, folded`;
  const values =
    kind === 'sqlite'
      ? sql`${folded(text)}`
      : sql`${vectorOf(text)}::tsvector, ${`${vectorOf(folded(text))} ${placesOf(place)}`}::tsvector`;
  await sql`insert into search_pages (seq, message_id, entry_id, part, name, page, place, text, ${own})
    values (${seq}, ${message_id}, ${entry_id}, ${part}, ${name}, ${page}, ${place}, ${text}, ${values})`.execute(
    tx,
  );
}

/**
 * A tsvector in its own notation: words with their places, and each two that follow each other as one (`nghỉ_lễ`). GIN knows
 * no places: a phrase of two common syllables would be looked up in the text of every page that has both. Words are letters
 * and digits only, so nothing needs escaping.
 */
function vectorOf(text: string): string {
  const words = wordsOf(text);
  const places = new Map<string, number[]>();
  for (const [index, word] of words.entries()) {
    const at = places.get(word);
    if (at === undefined) places.set(word, [index + 1]);
    else at.push(index + 1);
  }
  const single = [...places].map(([word, at]) => `'${word}':${at.join(',')}`);
  const pairs = new Set(pairsOf(words).map((pair) => `'${pair}'`));
  return [...single, ...pairs].join(' ');
}

/** Book and year stand among the words, where no word can be taken for them. */
function placesOf(place: string): string {
  return wordsOf(place)
    .map((word) => `'=${word}'`)
    .join(' ');
}

function pairsOf(words: string[]): string[] {
  return words.slice(1).map((word, index) => `${words[index]}_${word}`);
}

/** From which tables, under what condition: `p` is the row of `search_pages`. */
export function matching(
  kind: Kind,
  conditions: Condition[],
): { from: RawBuilder<unknown>; where: RawBuilder<unknown> } {
  if (kind === 'sqlite') {
    // `cross`: the words come first, newest page first, and no further than the limit asks.
    const from = sql`search_words w cross join search_pages p on p.seq = w.rowid`;
    return { from, where: sql`search_words match ${conditions.map(ftsOf).join(' AND ')}` };
  }
  const sides = (['text', 'folded'] as const).flatMap((side) => {
    const query = conditions.filter((one) => (one.side === 'text') === (side === 'text')).map(tsqueryOf);
    const column = side === 'text' ? sql`p.words` : sql`p.folded`;
    return query.length === 0 ? [] : [sql`${column} @@ ${query.join(' & ')}::tsquery`];
  });
  // Said twice: this one is answered without unpacking the words of a page that is in another book.
  const places = conditions.flatMap(({ side, anyOf }) =>
    side === 'place' ? [sql`' ' || p.place || ' ' like ${`% ${anyOf[0]![0]} %`}`] : [],
  );
  return { from: sql`search_pages p`, where: sql.join([...places, ...sides], sql` and `) };
}

function ftsOf({ side, anyOf, prefix }: Condition): string {
  const phrases = anyOf.map((words) => `${side} : "${words.join(' ')}"${prefix ? ' *' : ''}`);
  return `(${phrases.join(' OR ')})`;
}

function tsqueryOf({ side, anyOf, prefix, loose }: Condition): string {
  if (side === 'place') return anyOf.map(([word]) => `'=${word}'`).join(' | ');
  const phrases = anyOf.map((words) => {
    if (words.length === 1) return lexemes(words, prefix).join('');
    const pairs = lexemes(pairsOf(words), prefix);
    // Pairs of a longer phrase could stand apart from each other: the few pages left are looked at.
    return words.length === 2 || loose
      ? pairs.join(' & ')
      : [...pairs, `(${lexemes(words, prefix).join(' <-> ')})`].join(' & ');
  });
  return `(${phrases.map((phrase) => `(${phrase})`).join(' | ')})`;
}

function lexemes(words: string[], prefix: boolean): string[] {
  return words.map((word, index) => `'${word}'${prefix && index === words.length - 1 ? ':*' : ''}`);
}

/**
 * Column by which pages are gone through, newest first. With `+ 0` PostgreSQL goes by the words and sorts what it found; by
 * the key it would unpack every page on its way to the rare ones.
 */
export function order(kind: Kind): RawBuilder<number> {
  return kind === 'sqlite' ? sql<number>`w.rowid` : sql<number>`(p.seq + 0)`;
}

/** Rows unpacked at once to see whether the words are common. */
const RECENT = 400;

/** The newest pages only, where PostgreSQL had better begin: words that stand on most pages are found there. Null for SQLite. */
export function recentPages(kind: Kind): RawBuilder<unknown> | null {
  return kind === 'sqlite' ? null : sql`(select * from search_pages order by seq desc limit ${RECENT}) p`;
}
