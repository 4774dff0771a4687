/** Tables as JSON Lines, the same for both databases: what was saved from one can be put into the other. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type { Database, Schema, Tx } from './schema.ts';

export type Row = Record<string, string | number | null>;

/** Columns that tell the rows of a table apart, for reading them a page at a time. */
const KEYS: Record<keyof Schema, string[]> = {
  meta: ['name'],
  journal: ['seq'],
  messages: ['seq'],
  facts: ['message_id', 'stage'],
  folders: ['seq'],
  sightings: ['mailbox', 'folder', 'uid_validity', 'uid'],
  mailbox_health: ['name'],
  series: ['book', 'agency', 'series', 'year'],
  entries: ['seq'],
  entry_files: ['entry_id', 'position'],
  corrections: ['seq'],
  transmissions: ['seq'],
  evidence: ['seq'],
  holds: ['seq'],
  hold_approvals: ['hold_id', 'approved_by'],
};

/** Rows read or written at a time; one row of facts may be a megabyte. */
const PAGE = 200;

export async function* rowsOf(db: Database, table: keyof Schema): AsyncGenerator<Row> {
  const keys = KEYS[table].map((key) => sql.ref(key));
  let last: Row | null = null;
  for (;;) {
    const after: Row | null = last;
    const beyond =
      after && sql`where (${sql.join(keys)}) > (${sql.join(KEYS[table].map((key) => after[key]))})`;
    const page: { rows: Row[] } = await sql<Row>`select * from ${sql.table(table)} ${beyond ?? sql``}
      order by ${sql.join(keys)} limit ${PAGE}`.execute(db);
    yield* page.rows;
    if (page.rows.length < PAGE) return;
    last = page.rows.at(-1)!;
  }
}

export interface Written {
  rows: number;
  sha256: string;
}

/** Writes lines to a new file and makes it durable. */
export async function writeLines(
  path: string,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<Written> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let count = 0;
  try {
    for await (const row of rows) {
      const line = `${JSON.stringify(row)}\n`;
      hash.update(line);
      await file.writeFile(line);
      count++;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { rows: count, sha256: hash.digest('hex') };
}

/** Lines of a file, one value at a time. */
export async function* readLines<T>(path: string): AsyncGenerator<T> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line !== '') yield JSON.parse(line) as T;
  }
}

/** Puts rows back, a page at a time. Rows of `meta` that are there already are replaced. */
export async function insertRows(tx: Tx, table: keyof Schema, rows: AsyncIterable<Row>): Promise<number> {
  let count = 0;
  let page: Row[] = [];
  const flush = async () => {
    if (page.length === 0) return;
    const insert = tx.insertInto(table as 'meta').values(page as unknown as Schema['meta'][]);
    await (table === 'meta'
      ? insert.onConflict((c) => c.column('name').doUpdateSet((e) => ({ value: e.ref('excluded.value') })))
      : insert
    ).execute();
    count += page.length;
    page = [];
  };
  for await (const row of rows) {
    page.push(row);
    if (page.length >= PAGE) await flush();
  }
  await flush();
  return count;
}
