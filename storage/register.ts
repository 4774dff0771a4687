/** Sổ văn bản đến and sổ văn bản đi: numbers, entries, corrections (INT-18, REG-05). */
import { CongvanError } from '../config/error.ts';
import type { EntryDraft, EntryFile } from '../handlers/types.ts';
import { locked } from './engine.ts';
import { appendLines } from './journal.ts';
import type { Database, EntriesTable, Tx } from './schema.ts';
import { idOf, nextSeq, notFound, nowOf, type Store } from './store.ts';
import { bounded, folded, instant, plain } from './text.ts';

/** One run of numbers. */
export interface Series {
  book: 'den' | 'di';
  agency: string;
  series: string;
  year: number;
}

/** Takes the next number, in the caller's locked transaction: a roll-back gives it back. */
async function takeNumber(tx: Tx, { book, agency, series, year }: Series): Promise<number> {
  const row = await tx
    .insertInto('series')
    .values({ book, agency, series, year, next_number: 2 })
    .onConflict((c) =>
      c
        .columns(['book', 'agency', 'series', 'year'])
        .doUpdateSet((e) => ({ next_number: e('series.next_number', '+', 1) })),
    )
    .returning('next_number')
    .executeTakeFirstOrThrow();
  return row.next_number - 1;
}

export async function peekNumber(db: Database, series: Series): Promise<number> {
  return (await inSeries(db, series).select('next_number').executeTakeFirst())?.next_number ?? 1;
}

function inSeries(db: Database, { book, agency, series, year }: Series) {
  return db
    .selectFrom('series')
    .where('book', '=', book)
    .where('agency', '=', agency)
    .where('series', '=', series)
    .where('year', '=', year);
}

/** First start (INT-18). Throws NUMBER_TAKEN when that number, or a higher one, was given already. */
export async function setNextNumber(
  store: Store,
  series: Series,
  change: { number: number; by: string },
): Promise<void> {
  const { number, by } = change;
  if (!Number.isInteger(number) || number < 1) {
    throw new CongvanError('NUMBER_WRONG', 'Số tiếp theo phải là số nguyên từ 1 trở lên.', {
      temporary: false,
      fields: { number },
    });
  }
  await locked(store.engine, async (tx) => {
    const highest = await highestNumber(tx, series);
    if (number <= highest) {
      throw new CongvanError(
        'NUMBER_TAKEN',
        `Số ${highest} đã được cấp; số tiếp theo phải từ ${highest + 1} trở lên.`,
        {
          temporary: false,
          fields: { highest, number },
        },
      );
    }
    await tx
      .insertInto('series')
      .values({
        book: series.book,
        agency: series.agency,
        series: series.series,
        year: series.year,
        next_number: number,
      })
      .onConflict((c) => c.columns(['book', 'agency', 'series', 'year']).doUpdateSet({ next_number: number }))
      .execute();
    const subject = `series:${series.book}/${series.agency}/${series.series}/${series.year}`;
    await appendLines(tx, nowOf(store), [{ actor: by, action: 'series.set', subject, data: { number } }]);
  });
}

async function highestNumber(tx: Tx, { book, agency, series, year }: Series): Promise<number> {
  const row = await tx
    .selectFrom('entries')
    .select((e) => e.fn.max('number').as('highest'))
    .where('agency', '=', agency)
    .where('book', '=', book)
    .where('series', '=', series)
    .where('year', '=', year)
    .executeTakeFirst();
  return Number(row?.highest ?? 0);
}

export interface Given {
  id: string;
  book: 'den' | 'di';
  number: number;
  year: number;
  /** Set for `di` with a pattern. */
  soKyHieu: string | null;
}

/** Writes a line into its book under the next number, in the caller's locked transaction. */
export async function writeEntry(tx: Tx, draft: EntryDraft, at: string): Promise<Given> {
  const number = await takeNumber(tx, draft);
  const seq = await nextSeq(tx, 'entries');
  const id = idOf('e', seq);
  const soKyHieu = draft.numberPattern === null ? null : filled(draft.numberPattern, number);
  const own: Record<string, string> =
    draft.book === 'den' ? { soDen: String(number) } : { soDi: String(number) };
  const fields = cleanFields({ ...draft.fields, ...own, ...(soKyHieu === null ? {} : { soKyHieu }) });
  await tx
    .insertInto('entries')
    .values({
      seq,
      id,
      book: draft.book,
      agency: draft.agency,
      year: draft.year,
      series: draft.series,
      number,
      message_id: draft.messageId,
      document_key:
        draft.documentKey === null ? null : plain(draft.documentKey.replaceAll('{number}', String(number))),
      entered_at: instant(draft.enteredAt),
      deemed_received_at: instant(draft.deemedReceivedAt),
      registered_at: at,
      signature_class: draft.signatureClass,
      urgency: draft.urgency,
      fields: JSON.stringify(fields),
      flags: JSON.stringify(draft.flags),
      entered_by: draft.by,
      cancelled_at: null,
      cancelled_by: null,
      cancel_reason: null,
      search_text: searchText(fields),
    })
    .execute();
  await writeFiles(tx, id, draft.files);
  return { id, book: draft.book, number, year: draft.year, soKyHieu };
}

async function writeFiles(tx: Tx, entryId: string, files: EntryFile[]): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map((file, position) => ({
    entry_id: entryId,
    position,
    sha256: file.sha256,
    name: plain(file.name),
    role: file.role,
    size: file.size,
    verdict: file.verdict,
  }));
  await tx.insertInto('entry_files').values(rows).execute();
}

/** Numbers below ten are written with a zero before them in a số/ký hiệu (NĐ 30, PL I): "05/UBND-VP". */
function filled(pattern: string, number: number): string {
  return pattern.replaceAll('{number}', String(number).padStart(2, '0'));
}

function cleanFields(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));
}

function searchText(fields: Record<string, string>): string {
  return folded(Object.values(fields).join('\n'));
}

/** Columns that a correction may name besides the keys of `fields`. */
const COLUMNS = {
  documentKey: 'document_key',
  urgency: 'urgency',
  signatureClass: 'signature_class',
} as const;

export interface Correction {
  entryId: string;
  field: string;
  value: string;
  by: string;
  why: string;
}

/** REG-05: the old value, who, when and why stay. Throws NUMBER_FIXED for the number itself. */
export async function correctEntry(tx: Tx, correction: Correction, at: string): Promise<void> {
  const { entryId, field } = correction;
  if (field === 'soDen' || field === 'soDi') {
    throw new CongvanError('NUMBER_FIXED', 'Số đã cấp không được sửa; đề nghị hủy và vào sổ lại.', {
      temporary: false,
    });
  }
  const row = await rowById(tx, entryId);
  const value = plain(correction.value);
  const column = field in COLUMNS ? COLUMNS[field as keyof typeof COLUMNS] : null;
  const fields = JSON.parse(row.fields) as Record<string, string>;
  const old = column === null ? (fields[field] ?? null) : row[column];
  const corrected = { ...fields, [field]: value };
  const news =
    column === null
      ? { fields: JSON.stringify(corrected), search_text: searchText(corrected) }
      : { [column]: value };
  await tx.updateTable('entries').set(news).where('id', '=', entryId).execute();
  await tx
    .insertInto('corrections')
    .values({
      seq: await nextSeq(tx, 'corrections'),
      entry_id: entryId,
      field: plain(field),
      old_value: old,
      value,
      corrected_by: correction.by,
      at,
      why: bounded(correction.why, 2000),
    })
    .execute();
}

/** The line stays, struck through; its number is never given again. Throws ALREADY_CANCELLED. */
export async function cancelEntry(
  tx: Tx,
  cancel: { entryId: string; by: string; why: string },
  at: string,
): Promise<void> {
  const row = await rowById(tx, cancel.entryId);
  if (row.cancelled_at !== null) {
    throw new CongvanError('ALREADY_CANCELLED', 'Văn bản này đã được hủy trong sổ.', {
      temporary: false,
      fields: { id: row.id },
    });
  }
  await tx
    .updateTable('entries')
    .set({ cancelled_at: at, cancelled_by: cancel.by, cancel_reason: bounded(cancel.why, 2000) })
    .where('id', '=', row.id)
    .execute();
}

async function rowById(db: Database, id: string): Promise<EntriesTable> {
  const row = await db.selectFrom('entries').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('entries', id);
  return row;
}
