/** Letters that wait for a person, and who has decided what (two persons for secrets, DESIGN invariant 8). */
import { CongvanError } from '../config/error.ts';
import type { Decision, EntryDraft, HoldDraft, HoldReason, HoldRef } from '../handlers/types.ts';
import type { Database, HoldApprovalsTable, HoldsTable, Tx } from './schema.ts';
import { idOf, nextSeq, notFound } from './store.ts';
import { bounded } from './text.ts';

const NOTE = 2000;
const CHUNK = 1000;

export async function openHold(tx: Tx, draft: HoldDraft, at: string): Promise<string> {
  const seq = await nextSeq(tx, 'holds');
  const id = idOf('h', seq);
  await tx
    .insertInto('holds')
    .values({
      seq,
      id,
      message_id: draft.messageId,
      is_open: 1,
      two_persons: draft.twoPersons ? 1 : 0,
      queue: draft.queue,
      reasons: JSON.stringify(draft.reasons),
      proposals: JSON.stringify(draft.proposals),
      opened_at: at,
      closed_at: null,
      outcome: null,
      closed_by: null,
      note: null,
    })
    .execute();
  return id;
}

/** Throws SAME_PERSON when this person has approved before. */
export async function approveHold(
  tx: Tx,
  approval: NonNullable<Decision['approveHold']>,
  at: string,
): Promise<void> {
  const hold = await openRow(tx, approval.id);
  const before = await approvalsOf(tx, [hold]);
  if (before.some((one) => one.approved_by === approval.by)) throw samePerson();
  const { by, outcome, note } = approval;
  const row = {
    hold_id: hold.id,
    approved_by: by,
    outcome,
    note: note === null ? null : bounded(note, NOTE),
    at,
  };
  await tx.insertInto('hold_approvals').values(row).execute();
}

/** Throws HOLD_CLOSED when another was quicker, SAME_PERSON when a second person is needed. */
export async function closeHold(
  tx: Tx,
  closing: NonNullable<Decision['closeHold']>,
  at: string,
): Promise<void> {
  const hold = await openRow(tx, closing.id);
  const approvals = await approvalsOf(tx, [hold]);
  const agreeing = approvals.filter((one) => one.outcome === closing.outcome).map((one) => one.approved_by);
  if (hold.two_persons === 1 && new Set([...agreeing, ...closing.by]).size < 2) throw samePerson();
  await tx
    .updateTable('holds')
    .set({
      is_open: 0,
      closed_at: at,
      outcome: closing.outcome,
      closed_by: JSON.stringify(closing.by),
      note: closing.note === null ? null : bounded(closing.note, NOTE),
    })
    .where('id', '=', hold.id)
    .execute();
}

async function openRow(tx: Tx, id: string): Promise<HoldsTable> {
  const row = await tx.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('holds', id);
  if (row.is_open === 1) return row;
  throw new CongvanError('HOLD_CLOSED', 'Văn bản này đã có người xử lý.', {
    temporary: false,
    fields: { id },
  });
}

function samePerson(): CongvanError {
  return new CongvanError('SAME_PERSON', 'Việc này cần hai người khác nhau cùng quyết định.', {
    temporary: false,
  });
}

export async function listHolds(
  db: Database,
  filter: { open?: boolean; queue?: HoldRef['queue']; limit?: number },
): Promise<HoldRef[]> {
  let query = db.selectFrom('holds').selectAll().orderBy('seq');
  if (filter.open !== undefined) query = query.where('is_open', '=', filter.open ? 1 : 0);
  if (filter.queue !== undefined) query = query.where('queue', '=', filter.queue);
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return refs(db, await query.execute());
}

export async function getHold(db: Database, id: string): Promise<HoldRef | null> {
  const rows = await db.selectFrom('holds').selectAll().where('id', '=', id).execute();
  return (await refs(db, rows))[0] ?? null;
}

async function approvalsOf(db: Database, rows: HoldsTable[]): Promise<HoldApprovalsTable[]> {
  const all: HoldApprovalsTable[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const ids = rows.slice(from, from + CHUNK).map((row) => row.id);
    all.push(
      ...(await db
        .selectFrom('hold_approvals')
        .selectAll()
        .where('hold_id', 'in', ids)
        .orderBy('at')
        .execute()),
    );
  }
  return all;
}

async function refs(db: Database, rows: HoldsTable[]): Promise<HoldRef[]> {
  const approvals = Map.groupBy(await approvalsOf(db, rows), (one) => one.hold_id);
  return rows.map((row) => ({
    id: row.id,
    messageId: row.message_id,
    open: row.is_open === 1,
    twoPersons: row.two_persons === 1,
    queue: row.queue as HoldRef['queue'],
    reasons: JSON.parse(row.reasons) as HoldReason[],
    proposals: JSON.parse(row.proposals) as EntryDraft[],
    approvals: (approvals.get(row.id) ?? []).map((one) => ({ by: one.approved_by, outcome: one.outcome })),
  }));
}
