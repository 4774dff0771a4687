/** Messages that came in: kept once, worked on until they are settled. */

import { CongvanError } from '../config/error.ts';
import type { MessageKind, MessageState } from '../handlers/types.ts';
import { locked } from './engine.ts';
import { appendLines } from './journal.ts';
import { recordSighting, sightingOf } from './mailboxes.ts';
import type { Database, MessagesTable, Tx } from './schema.ts';
import { idOf, nextSeq, notFound, nowOf, type Store } from './store.ts';
import { bounded, instant, plain } from './text.ts';
import type { MessageRow, StageFacts, Storage } from './types.ts';

type Arriving = Parameters<Storage['messages']['keep']>[0];
type Filter = Parameters<Storage['messages']['list']>[0];
type Stage = StageFacts['stage'];

/** Characters of a header that are kept in the row (the whole is in the bytes). */
const HEADER = 2000;

/** Row of durable bytes and its sighting, in one transaction. Throws BYTES_MISSING when the bytes are not there. */
export async function keepMessage(
  store: Store,
  message: Arriving,
): Promise<{ row: MessageRow; fresh: boolean }> {
  if (!(await store.bytes.has(message.sha256))) {
    throw new CongvanError('BYTES_MISSING', 'Nội dung thư chưa được lưu trên đĩa.', {
      fields: { sha256: message.sha256 },
    });
  }
  return locked(store.engine, async (tx) => {
    const at = nowOf(store);
    const known = (await atSamePlace(tx, message)) ?? (await sameInMailbox(tx, message));
    const row = known ?? (await insertMessage(tx, message, at));
    await sighted(tx, message, { row, at });
    if (row.sha256 !== message.sha256) await otherBytes(tx, { id: row.id, sha256: message.sha256 }, at);
    return { row: rowOf(row), fresh: known === null };
  });
}

/**
 * QUIRK: Exchange makes the MIME form anew for each fetch, so one UID may give other bytes the second time. It is the
 * same letter (RFC 9051: a UID never names another one); the journal says which bytes came, and they are kept.
 */
async function otherBytes(tx: Tx, came: { id: string; sha256: string }, at: string): Promise<void> {
  const line = {
    action: 'message.bytes-differ',
    subject: `message:${came.id}`,
    data: { sha256: came.sha256 },
  };
  await appendLines(tx, at, [{ actor: 'machine', ...line }]);
}

async function atSamePlace(tx: Tx, { origin }: Arriving): Promise<MessagesTable | null> {
  if (origin.folder === null || origin.uidValidity === null || origin.uid === null) return null;
  const seen = await sightingOf(tx, {
    ...origin,
    folder: origin.folder,
    uidValidity: origin.uidValidity,
    uid: origin.uid,
  });
  return seen?.message_id ? byId(tx, seen.message_id) : null;
}

async function sameInMailbox(tx: Tx, message: Arriving): Promise<MessagesTable | null> {
  const row = await tx
    .selectFrom('messages')
    .selectAll()
    .where('mailbox', '=', message.origin.mailbox)
    .where('sha256', '=', message.sha256)
    .executeTakeFirst();
  return row ?? null;
}

async function insertMessage(tx: Tx, message: Arriving, at: string): Promise<MessagesTable> {
  const row = freshRow(await nextSeq(tx, 'messages'), message, at);
  await tx.insertInto('messages').values(row).execute();
  const data = {
    sha256: row.sha256,
    size: row.size,
    channel: row.channel,
    uidValidity: row.uid_validity,
    uid: row.uid,
  };
  await appendLines(tx, at, [
    { actor: 'machine', action: 'message.kept', subject: `message:${row.id}`, data },
  ]);
  return row;
}

function freshRow(seq: number, { origin, sha256, size, enteredAt }: Arriving, at: string): MessagesTable {
  return {
    seq,
    id: idOf('m', seq),
    sha256,
    size,
    channel: origin.channel,
    mailbox: origin.mailbox,
    folder: origin.folder,
    uid_validity: origin.uidValidity,
    uid: origin.uid,
    envelope_from: plain(origin.envelopeFrom),
    envelope_to: JSON.stringify(origin.envelopeTo),
    client_ip: plain(origin.clientIp),
    client_helo: plain(origin.clientHelo),
    entered_at: instant(enteredAt),
    kept_at: at,
    state: 'kept',
    kind: null,
    rule: null,
    message_id_header: null,
    subject: null,
    from_address: null,
    attempts: 0,
    next_attempt_at: null,
    problem_code: null,
    problem_detail: null,
    waiting_from: null,
  };
}

async function sighted(
  tx: Tx,
  { origin }: Arriving,
  seen: { row: MessagesTable; at: string },
): Promise<void> {
  if (origin.folder === null || origin.uidValidity === null || origin.uid === null) return;
  const { mailbox, folder, uidValidity, uid } = origin;
  const fetched = {
    outcome: 'fetched',
    messageId: seen.row.id,
    detail: null,
    attempts: 0,
    nextAttemptAt: null,
  } as const;
  await recordSighting(tx, { mailbox, folder, uidValidity, uid, ...fetched }, seen.at);
}

async function byId(db: Database, id: string): Promise<MessagesTable | null> {
  return (await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function getMessage(db: Database, id: string): Promise<MessageRow | null> {
  const row = await byId(db, id);
  return row && rowOf(row);
}

/** Those to work on at `now`, the one that entered first before the others. */
export async function dueMessages(db: Database, now: string, limit: number): Promise<MessageRow[]> {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where((e) =>
      e.or([
        e('state', 'in', ['kept', 'arrived']),
        e('state', '=', 'waiting').and('next_attempt_at', '<=', now),
      ]),
    )
    .orderBy('entered_at')
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(rowOf);
}

export async function listMessages(db: Database, filter: Filter): Promise<MessageRow[]> {
  let query = db.selectFrom('messages').selectAll().orderBy('seq');
  if (filter.state) query = query.where('state', 'in', filter.state);
  if (filter.kind) query = query.where('kind', 'in', filter.kind);
  const rows = await query
    .limit(filter.limit ?? Number.MAX_SAFE_INTEGER)
    .offset(filter.offset ?? 0)
    .execute();
  return rows.map(rowOf);
}

/** Facts of a stage; a later call replaces them. What identifies the letter is copied into its row. */
export async function saveFacts(store: Store, facts: StageFacts): Promise<void> {
  await locked(store.engine, (tx) => putFacts(tx, facts, nowOf(store)));
}

export async function putFacts(tx: Tx, { messageId, stage, facts }: StageFacts, at: string): Promise<void> {
  if ((await byId(tx, messageId)) === null) throw notFound('messages', messageId);
  const row = { message_id: messageId, stage, facts: JSON.stringify(facts), at };
  await tx
    .insertInto('facts')
    .values(row)
    .onConflict((c) => c.columns(['message_id', 'stage']).doUpdateSet({ facts: row.facts, at: row.at }))
    .execute();
  const header = headerOf(facts);
  if (header) await tx.updateTable('messages').set(header).where('id', '=', messageId).execute();
}

function headerOf(facts: unknown) {
  const mail = (
    facts as { mail?: { messageId?: unknown; subject?: unknown; from?: { address?: unknown } | null } } | null
  )?.mail;
  if (!mail) return null;
  const text = (value: unknown) => (typeof value === 'string' ? bounded(value, HEADER) : null);
  return {
    message_id_header: text(mail.messageId),
    subject: text(mail.subject),
    from_address: text(mail.from?.address),
  };
}

export async function readFacts(db: Database, id: string, stage: Stage): Promise<unknown> {
  const row = await db
    .selectFrom('facts')
    .select('facts')
    .where('message_id', '=', id)
    .where('stage', '=', stage)
    .executeTakeFirst();
  return row ? (JSON.parse(row.facts) as unknown) : null;
}

export interface Postponement {
  until: string;
  problem: Parameters<Storage['messages']['postpone']>[2];
}

/** A try that failed for a reason outside. The journal gets a line when the reason is a new one. */
export async function postponeMessage(
  store: Store,
  id: string,
  { until, problem }: Postponement,
): Promise<void> {
  await locked(store.engine, async (tx) => {
    const row = await byId(tx, id);
    if (row === null) throw notFound('messages', id);
    if (!OPEN.includes(row.state)) return; // settled meanwhile
    await tx
      .updateTable('messages')
      .set({
        state: 'waiting',
        waiting_from: row.state === 'waiting' ? row.waiting_from : row.state,
        attempts: problem.anew ? 1 : row.attempts + 1,
        next_attempt_at: instant(until),
        problem_code: plain(problem.code),
        problem_detail: bounded(problem.detail, HEADER),
      })
      .where('id', '=', id)
      .execute();
    if (row.problem_code === problem.code) return;
    const line = { action: 'message.postponed', subject: `message:${id}`, data: { code: problem.code } };
    await appendLines(tx, nowOf(store), [{ actor: 'machine', ...line }]);
  });
}

const OPEN = ['kept', 'arrived', 'waiting'];

export async function countMessages(db: Database): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('messages')
    .select(['state', (e) => e.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

function rowOf(row: MessagesTable): MessageRow {
  return {
    id: row.id,
    sha256: row.sha256,
    size: row.size,
    origin: {
      channel: row.channel as MessageRow['origin']['channel'],
      mailbox: row.mailbox,
      folder: row.folder,
      uidValidity: row.uid_validity,
      uid: row.uid,
      envelopeFrom: row.envelope_from,
      envelopeTo: JSON.parse(row.envelope_to) as string[],
      clientIp: row.client_ip,
      clientHelo: row.client_helo,
    },
    enteredAt: row.entered_at,
    keptAt: row.kept_at,
    state: row.state as MessageState,
    waitingFrom: row.waiting_from as MessageRow['waitingFrom'],
    kind: row.kind as MessageKind | null,
    rule: row.rule,
    messageIdHeader: row.message_id_header,
    subject: row.subject,
    fromAddress: row.from_address,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    problem: row.problem_code === null ? null : { code: row.problem_code, detail: row.problem_detail ?? '' },
  };
}
