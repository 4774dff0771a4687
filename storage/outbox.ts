/**
 * What is to be sent and what became of it. `sending` is committed before the first byte leaves (DESIGN, invariant 3):
 * a process that dies in between leaves a row that `recover` settles, never a blind resend of an issued document.
 */
import { CongvanError } from '../config/error.ts';
import type { OutcomeDraft, SendKind, TransmissionState } from '../handlers/types.ts';
import { locked } from './engine.ts';
import { raisedFence } from './fence.ts';
import { appendLines } from './journal.ts';
import type { Database, EvidenceTable, TransmissionsTable, Tx } from './schema.ts';
import { nextSeq, notFound, nowOf, type Store } from './store.ts';
import { bounded, canonicalJson, instant } from './text.ts';
import { advance } from './transmission-state.ts';
import type { Storage, TransmissionRow } from './types.ts';

type Result = Parameters<Storage['outbox']['settle']>[1];
type Filter = Parameters<Storage['outbox']['list']>[0];

/** Evidence kept for one transmission; beyond it only news that change its state are kept. */
const EVIDENCE = 100;
/** Characters of a server's reply, of a cause, of the JSON detail of one piece of evidence. */
const WORDS = 1000;
const DETAIL = 8000;

export async function claimDue(store: Store, limit: number): Promise<TransmissionRow[]> {
  return locked(store.engine, async (tx) => {
    if ((await raisedFence(tx)) !== null) return [];
    const rows = await tx
      .selectFrom('transmissions')
      .selectAll()
      .where('state', '=', 'due')
      .where('next_attempt_at', '<=', nowOf(store))
      .orderBy('next_attempt_at')
      .orderBy('seq')
      .limit(limit)
      .execute();
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return [];
    await tx
      .updateTable('transmissions')
      .set((e) => ({ state: 'sending', attempts: e('attempts', '+', 1) }))
      .where('id', 'in', ids)
      .execute();
    return withEvidence(
      tx,
      rows.map((row) => ({ ...row, state: 'sending', attempts: row.attempts + 1 })),
    );
  });
}

/** Binds the rendered bytes to the row. Throws RENDERED_OTHERWISE (permanent) when others are bound already. */
export async function bindRendered(store: Store, id: string, sha256: string): Promise<void> {
  if (!(await store.bytes.has(sha256))) {
    throw new CongvanError('BYTES_MISSING', 'Nội dung thư gửi chưa được lưu trên đĩa.', {
      fields: { id, sha256 },
    });
  }
  await locked(store.engine, async (tx) => {
    const row = await rowById(tx, id);
    if (row.rendered_sha256 === sha256) return;
    if (row.rendered_sha256 !== null) {
      throw new CongvanError(
        'RENDERED_OTHERWISE',
        'Thư này đã được lập với nội dung khác, không được thay đổi.',
        {
          temporary: false,
          fields: { id, kept: row.rendered_sha256, given: sha256 },
        },
      );
    }
    await tx.updateTable('transmissions').set({ rendered_sha256: sha256 }).where('id', '=', id).execute();
    await appendLines(tx, nowOf(store), [
      { actor: 'machine', action: 'send.rendered', subject: `send:${id}`, data: { sha256 } },
    ]);
  });
}

/** Result of one try. News that came in before it (a quick receipt) is not undone. */
export async function settleTry(store: Store, id: string, result: Result): Promise<void> {
  await locked(store.engine, async (tx) => {
    const at = nowOf(store);
    const row = await rowById(tx, id);
    const to: TransmissionState = result.state === 'retry' ? 'due' : result.state;
    const state =
      result.state === 'retry' && row.state === 'sending'
        ? 'due'
        : settled(row.state as TransmissionState, to);
    const cause = 'cause' in result ? bounded(result.cause, WORDS) : null;
    await tx
      .updateTable('transmissions')
      .set({
        state,
        cause: state === 'acknowledged' || state === 'delivered' || state === 'accepted' ? null : cause,
        ...(result.state === 'accepted' && row.accepted_at === null ? { accepted_at: at } : {}),
        ...(result.state === 'retry' ? { next_attempt_at: instant(result.nextAttemptAt) } : {}),
      })
      .where('id', '=', id)
      .execute();
    const detail = {
      ...('reply' in result ? { reply: bounded(result.reply, WORDS) } : {}),
      ...('dsn' in result ? { dsn: result.dsn } : {}),
    };
    const piece = { transmissionId: id, to, evidence: 'smtp', cause, detail, messageId: null };
    await addEvidence(tx, piece, { at, changed: state !== row.state });
    const data = { state, attempt: row.attempts };
    await appendLines(tx, at, [
      { actor: 'machine', action: `send.${result.state}`, subject: `send:${id}`, data },
    ]);
  });
}

/** A failed try of a row that was settled otherwise meanwhile changes nothing. */
function settled(current: TransmissionState, to: TransmissionState): TransmissionState {
  return to === 'failed' && current !== 'sending' && current !== 'uncertain'
    ? current
    : advance(current, { to, evidence: 'smtp' });
}

/** Adds evidence, in the caller's locked transaction. Append-only and bounded. */
export async function addEvidence(
  tx: Tx,
  news: OutcomeDraft,
  now: { at: string; changed: boolean },
): Promise<void> {
  const count = await tx
    .selectFrom('evidence')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('transmission_id', '=', news.transmissionId)
    .executeTakeFirstOrThrow();
  if (Number(count.count) >= EVIDENCE && !now.changed) return;
  const detail = canonicalJson(news.detail);
  await tx
    .insertInto('evidence')
    .values({
      seq: await nextSeq(tx, 'evidence'),
      transmission_id: news.transmissionId,
      at: now.at,
      evidence: news.evidence,
      state: news.to,
      cause: news.cause === null ? null : bounded(news.cause, WORDS),
      message_id: news.messageId,
      detail: detail.length <= DETAIL ? detail : JSON.stringify({ cut: bounded(detail, DETAIL) }),
    })
    .execute();
}

/** News about a transmission from a decision: evidence always, a new state where `advance` says so. Gives the new state. */
export async function applyOutcome(tx: Tx, news: OutcomeDraft, at: string): Promise<TransmissionState> {
  const row = await rowById(tx, news.transmissionId);
  const state = advance(row.state as TransmissionState, news);
  const changed = state !== row.state;
  await addEvidence(tx, news, { at, changed });
  if (!changed) return state;
  const again = state === 'due' ? { next_attempt_at: at } : {};
  const cause = news.cause === null ? null : bounded(news.cause, WORDS);
  await tx
    .updateTable('transmissions')
    .set({ state, cause, ...again })
    .where('id', '=', row.id)
    .execute();
  return state;
}

/** At start, before the first claim: what a killed process left in `sending`. */
export async function recoverSending(store: Store): Promise<{ resumed: number; uncertain: number }> {
  return locked(store.engine, async (tx) => {
    const rows = await tx
      .selectFrom('transmissions')
      .selectAll()
      .where('state', '=', 'sending')
      .orderBy('seq')
      .execute();
    const at = nowOf(store);
    for (const row of rows) await interrupted(tx, row, at);
    const uncertain = rows.filter((row) => row.kind === 'T8').length;
    return { resumed: rows.length - uncertain, uncertain };
  });
}

async function interrupted(tx: Tx, row: TransmissionsTable, at: string): Promise<void> {
  const news =
    row.kind === 'T8'
      ? {
          state: 'uncertain',
          cause: 'Dịch vụ dừng đột ngột khi đang gửi; chưa rõ máy chủ thư đã nhận hay chưa.',
        }
      : { state: 'due', cause: null, next_attempt_at: at };
  await tx.updateTable('transmissions').set(news).where('id', '=', row.id).execute();
  const to = news.state as TransmissionState;
  await addEvidence(
    tx,
    { transmissionId: row.id, to, evidence: 'restart', cause: news.cause, detail: {}, messageId: null },
    { at, changed: true },
  );
  const data = { state: to };
  await appendLines(tx, at, [
    { actor: 'machine', action: 'send.interrupted', subject: `send:${row.id}`, data },
  ]);
}

export async function nextDue(db: Database): Promise<string | null> {
  const row = await db
    .selectFrom('transmissions')
    .select((e) => e.fn.min('next_attempt_at').as('at'))
    .where('state', '=', 'due')
    .executeTakeFirst();
  return row?.at ?? null;
}

async function rowById(db: Database, id: string): Promise<TransmissionsTable> {
  const row = await db.selectFrom('transmissions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('transmissions', id);
  return row;
}

export async function getTransmission(db: Database, id: string): Promise<TransmissionRow | null> {
  const rows = await db.selectFrom('transmissions').selectAll().where('id', '=', id).execute();
  return (await withEvidence(db, rows))[0] ?? null;
}

export async function listTransmissions(db: Database, filter: Filter): Promise<TransmissionRow[]> {
  let query = db.selectFrom('transmissions').selectAll().orderBy('seq');
  if (filter.kind) query = query.where('kind', 'in', filter.kind);
  if (filter.state) query = query.where('state', 'in', filter.state);
  if (filter.entryId !== undefined) query = query.where('entry_id', '=', filter.entryId);
  if (filter.aboutMessage !== undefined) query = query.where('about_message', '=', filter.aboutMessage);
  const rows = await query
    .limit(filter.limit ?? Number.MAX_SAFE_INTEGER)
    .offset(filter.offset ?? 0)
    .execute();
  return withEvidence(db, rows);
}

export async function countTransmissions(db: Database): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('transmissions')
    .select(['state', (e) => e.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

/** Rows whose evidence is fetched in one query. */
const CHUNK = 1000;

async function withEvidence(db: Database, rows: TransmissionsTable[]): Promise<TransmissionRow[]> {
  const all: EvidenceTable[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const ids = rows.slice(from, from + CHUNK).map((row) => row.id);
    all.push(
      ...(await db
        .selectFrom('evidence')
        .selectAll()
        .where('transmission_id', 'in', ids)
        .orderBy('seq')
        .execute()),
    );
  }
  const byRow = Map.groupBy(all, (piece) => piece.transmission_id);
  return rows.map((row) => transmissionFrom(row, byRow.get(row.id) ?? []));
}

function transmissionFrom(row: TransmissionsTable, evidence: EvidenceTable[]): TransmissionRow {
  return {
    id: row.id,
    kind: row.kind as SendKind,
    state: row.state as TransmissionState,
    to: row.recipient,
    toName: row.recipient_name,
    envelope: row.envelope as TransmissionRow['envelope'],
    token: row.token,
    messageIdHeader: row.message_id_header,
    intent: JSON.parse(row.intent) as Record<string, unknown>,
    entryId: row.entry_id,
    aboutMessage: row.about_message,
    renderedSha256: row.rendered_sha256,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
    acceptedAt: row.accepted_at,
    cause: row.cause,
    evidence: evidence.map((piece) => ({
      at: piece.at,
      evidence: piece.evidence,
      to: piece.state as TransmissionState,
      cause: piece.cause,
      messageId: piece.message_id,
      detail: JSON.parse(piece.detail) as Record<string, unknown>,
    })),
  };
}
