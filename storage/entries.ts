/** Reading the books: entries with their files and corrections. */
import { sql } from 'kysely';
import type { EntryFile, EntryRef } from '../handlers/types.ts';
import type { CorrectionsTable, Database, EntriesTable, EntryFilesTable } from './schema.ts';
import { folded } from './text.ts';
import type { EntryRow, RegisterFilter } from './types.ts';

/** Entries whose files and corrections are fetched in one query. */
const CHUNK = 1000;

/** By year, series and number. `text` finds in all fields, without regard to case and Vietnamese marks. */
export async function listEntries(db: Database, filter: RegisterFilter): Promise<EntryRow[]> {
  let query = db
    .selectFrom('entries')
    .selectAll()
    .orderBy('book')
    .orderBy('year')
    .orderBy('series')
    .orderBy('number');
  if (filter.book !== undefined) query = query.where('book', '=', filter.book);
  if (filter.year !== undefined) query = query.where('year', '=', filter.year);
  if (filter.from !== undefined) query = query.where('number', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('number', '<=', filter.to);
  if (filter.text !== undefined) {
    const pattern = `%${folded(filter.text).replace(/[%_|]/g, '|$&')}%`;
    query = query.where(sql<boolean>`search_text like ${pattern} escape '|'`);
  }
  const rows = await query
    .limit(filter.limit ?? Number.MAX_SAFE_INTEGER)
    .offset(filter.offset ?? 0)
    .execute();
  return entriesFrom(db, rows);
}

export async function getEntry(db: Database, id: string): Promise<EntryRow | null> {
  const rows = await db.selectFrom('entries').selectAll().where('id', '=', id).execute();
  return (await entriesFrom(db, rows))[0] ?? null;
}

export interface NumberInBook {
  book: 'den' | 'di';
  year: number;
  number: number;
  /** Any when not given. */
  series?: string | undefined;
}

export async function entryByNumber(db: Database, which: NumberInBook): Promise<EntryRow | null> {
  let query = db
    .selectFrom('entries')
    .selectAll()
    .where('book', '=', which.book)
    .where('year', '=', which.year)
    .where('number', '=', which.number);
  if (which.series !== undefined) query = query.where('series', '=', which.series);
  return (await entriesFrom(db, await query.orderBy('seq').limit(1).execute()))[0] ?? null;
}

export async function entriesOfMessage(db: Database, messageId: string): Promise<EntryRow[]> {
  const rows = await db
    .selectFrom('entries')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('seq')
    .execute();
  return entriesFrom(db, rows);
}

/** Short form for decisions. */
export async function entryRefs(db: Database, rows: EntriesTable[]): Promise<EntryRef[]> {
  const files = await filesOf(db, rows);
  return rows.map((row) => ({
    id: row.id,
    book: row.book as 'den' | 'di',
    number: row.number,
    year: row.year,
    messageId: row.message_id,
    documentKey: row.document_key,
    mainFile: files.get(row.id)?.find((file) => file.role === 'main')?.sha256 ?? null,
    cancelled: row.cancelled_at !== null,
    fields: JSON.parse(row.fields) as Record<string, string>,
  }));
}

async function filesOf(db: Database, rows: EntriesTable[]): Promise<Map<string, EntryFilesTable[]>> {
  const all: EntryFilesTable[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const ids = rows.slice(from, from + CHUNK).map((row) => row.id);
    all.push(
      ...(await db
        .selectFrom('entry_files')
        .selectAll()
        .where('entry_id', 'in', ids)
        .orderBy('position')
        .execute()),
    );
  }
  return Map.groupBy(all, (file) => file.entry_id);
}

async function correctionsOf(db: Database, rows: EntriesTable[]): Promise<Map<string, CorrectionsTable[]>> {
  const all: CorrectionsTable[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const ids = rows.slice(from, from + CHUNK).map((row) => row.id);
    all.push(
      ...(await db
        .selectFrom('corrections')
        .selectAll()
        .where('entry_id', 'in', ids)
        .orderBy('seq')
        .execute()),
    );
  }
  return Map.groupBy(all, (correction) => correction.entry_id);
}

async function entriesFrom(db: Database, rows: EntriesTable[]): Promise<EntryRow[]> {
  const files = await filesOf(db, rows);
  const corrections = await correctionsOf(db, rows);
  return rows.map((row) => entryFrom(row, files.get(row.id) ?? [], corrections.get(row.id) ?? []));
}

function entryFrom(row: EntriesTable, files: EntryFilesTable[], corrections: CorrectionsTable[]): EntryRow {
  return {
    id: row.id,
    book: row.book as 'den' | 'di',
    agency: row.agency,
    year: row.year,
    series: row.series,
    number: row.number,
    messageId: row.message_id,
    documentKey: row.document_key,
    enteredAt: row.entered_at,
    deemedReceivedAt: row.deemed_received_at,
    registeredAt: row.registered_at,
    signatureClass: row.signature_class,
    urgency: row.urgency,
    fields: JSON.parse(row.fields) as Record<string, string>,
    files: files.map(({ sha256, name, role, size, verdict }) => ({
      sha256,
      name,
      role: role as EntryFile['role'],
      size,
      verdict,
    })),
    flags: JSON.parse(row.flags) as string[],
    by: row.entered_by,
    cancelledAt: row.cancelled_at,
    cancelledBy: row.cancelled_by,
    cancelReason: row.cancel_reason,
    corrections: corrections.map((c) => ({
      field: c.field,
      old: c.old_value,
      value: c.value,
      by: c.corrected_by,
      at: c.at,
      why: c.why,
    })),
  };
}
