/**
 * The journal: append-only, every line bound to the one before it by SHA-256. The last line is also anchored in `meta`,
 * so that a tail that was cut off is noticed. Ids and hashes only (PD-03).
 */
import { createHash } from 'node:crypto';
import type { JournalDraft } from '../handlers/types.ts';
import { type Engine, locked } from './engine.ts';
import { putMeta, readMeta } from './meta.ts';
import type { Database, JournalTable, Tx } from './schema.ts';
import { canonicalJson, plain } from './text.ts';
import type { JournalLine } from './types.ts';

const FIRST = '0'.repeat(64);
const HEAD = 'journal.head';
/** Lines read at a time. */
const PAGE = 1000;

interface Head {
  seq: number;
  hash: string;
}

/** Adds lines at the end, in the caller's locked transaction. `at` = ISO 8601 UTC. */
export async function appendLines(tx: Tx, at: string, lines: readonly JournalDraft[]): Promise<void> {
  if (lines.length === 0) return;
  let head = await headOf(tx);
  const rows: JournalTable[] = [];
  for (const line of lines) {
    const row = chained({ seq: head.seq + 1, at, ...cleaned(line), previous: head.hash });
    rows.push(row);
    head = { seq: row.seq, hash: row.hash };
  }
  await tx.insertInto('journal').values(rows).execute();
  await putMeta(tx, HEAD, JSON.stringify(head));
}

export async function appendLine(engine: Engine, at: () => string, line: JournalDraft): Promise<void> {
  await locked(engine, (tx) => appendLines(tx, at(), [line]));
}

export async function headOf(db: Database): Promise<Head> {
  const value = await readMeta(db, HEAD);
  return value === null ? { seq: 0, hash: FIRST } : (JSON.parse(value) as Head);
}

/** What is stored is what is hashed: text is cleaned before, objects have sorted keys. */
function cleaned(line: JournalDraft) {
  return {
    actor: plain(line.actor),
    action: plain(line.action),
    subject: plain(line.subject),
    data: canonicalJson(line.data),
  };
}

function chained(line: Omit<JournalTable, 'hash'>): JournalTable {
  return { ...line, hash: hashOf(line) };
}

function hashOf(line: Omit<JournalTable, 'hash'>): string {
  const { seq, at, actor, action, subject, previous } = line;
  const value = { seq, at, actor, action, subject, data: JSON.parse(line.data) as unknown, previous };
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

export async function listLines(
  db: Database,
  filter: { subject?: string; after?: number; limit?: number },
): Promise<JournalLine[]> {
  let query = db.selectFrom('journal').selectAll().orderBy('seq');
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.after !== undefined) query = query.where('seq', '>', filter.after);
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as Record<string, unknown> }));
}

export interface Verification {
  ok: boolean;
  lines: number;
  brokenAt: number | null;
  reason: string | null;
}

/** Recomputes the whole chain, a page at a time, while others may append. */
export async function verifyJournal(db: Database): Promise<Verification> {
  let last: Head = { seq: 0, hash: FIRST };
  for (;;) {
    const page = await db
      .selectFrom('journal')
      .selectAll()
      .where('seq', '>', last.seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const line of page) {
      const reason = misfit(line, last);
      if (reason !== null) return { ok: false, lines: last.seq, brokenAt: line.seq, reason };
      last = { seq: line.seq, hash: line.hash };
    }
    const head = await headOf(db);
    if (page.length > 0 && head.seq > last.seq) continue; // lines that came in meanwhile
    return atHead(last, head);
  }
}

function misfit(line: JournalTable, last: Head): string | null {
  if (line.seq !== last.seq + 1) return `line ${last.seq + 1} is missing`;
  if (line.previous !== last.hash) return 'does not follow from the line before it';
  return hashOfStored(line) === line.hash ? null : 'its content does not give its hash';
}

function hashOfStored(line: JournalTable): string | null {
  try {
    return hashOf(line);
  } catch {
    return null; // data that is no JSON any more
  }
}

function atHead(last: Head, head: Head): Verification {
  const lines = last.seq;
  if (head.seq > last.seq) {
    return { ok: false, lines, brokenAt: last.seq + 1, reason: `lines up to ${head.seq} were cut off` };
  }
  if (head.seq < last.seq || head.hash !== last.hash) {
    return { ok: false, lines, brokenAt: last.seq, reason: 'the anchor of the last line does not fit' };
  }
  return { ok: true, lines, brokenAt: null, reason: null };
}
