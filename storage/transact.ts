/**
 * The one executor (DESIGN, rooms): snapshot, pure decision, and everything the decision asks for, in one locked
 * transaction. All of it is written or nothing: a number that was not written was not given.
 */
import { createHash } from 'node:crypto';
import type { Decision, JournalDraft, Recorded, Snapshot, SnapshotQuery } from '../handlers/types.ts';
import { locked } from './engine.ts';
import { fencedError } from './fence.ts';
import { approveHold, closeHold, openHold } from './holds.ts';
import { appendLines } from './journal.ts';
import { putFacts } from './messages.ts';
import { applyOutcome } from './outbox.ts';
import { cancelEntry, correctEntry, type Given, writeEntry } from './register.ts';
import type { Tx } from './schema.ts';
import { forgetPages } from './search.ts';
import { queueSends } from './sends.ts';
import { takeSnapshot } from './snapshot.ts';
import { notFound, nowOf, type Store } from './store.ts';
import { plain } from './text.ts';
import type { StageFacts } from './types.ts';

/**
 * `decide` must be pure: after a conflict it is called again with a new snapshot. What it throws comes through and
 * nothing is written. Throws FENCED when entries are asked for while a restored database is fenced.
 */
export async function transact(
  store: Store,
  query: SnapshotQuery,
  decide: (snapshot: Snapshot) => Decision,
  facts: StageFacts | null,
): Promise<Recorded> {
  return locked(store.engine, async (tx) => {
    const now = nowOf(store);
    const snapshot = await takeSnapshot(tx, query, now);
    const decision = decide(snapshot);
    // Facts on which nothing was decided are not kept: the letter may have been frozen meanwhile.
    if (facts !== null && decision.message !== null) await putFacts(tx, facts, now);
    return record(tx, decision, {
      now,
      fenced: snapshot.fenced,
      mailDomain: store.options.mailDomain,
    });
  });
}

interface Circumstances {
  now: string;
  fenced: boolean;
  mailDomain: string;
}

/** In the order in which rows refer to each other. The decision's own lines come before the executor's. */
async function record(tx: Tx, decision: Decision, circumstances: Circumstances): Promise<Recorded> {
  const { now, fenced } = circumstances;
  if (fenced && decision.entries.length > 0) throw fencedError();
  const lines: JournalDraft[] = [...decision.journal];
  await writeState(tx, decision.message);
  const entries = await writeEntries(tx, decision, { now, lines });
  const sends = await queueSends(tx, decision.sends, { ...circumstances, entries, lines });
  lines.push(...(await applyNews(tx, decision, now)), ...(await changeEntries(tx, decision, now)));
  const holds = await changeHolds(tx, decision, { now, lines });
  await appendLines(tx, now, lines);
  return { entries, sends, holds };
}

async function writeState(tx: Tx, message: Decision['message']): Promise<void> {
  if (message === null) return;
  const done = await tx
    .updateTable('messages')
    .set({
      state: message.state,
      kind: message.kind,
      rule: message.rule === null ? null : plain(message.rule),
      next_attempt_at: null,
      problem_code: null,
      problem_detail: null,
      waiting_from: null,
    })
    .where('id', '=', message.id)
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw notFound('messages', message.id);
  if (message.state === 'frozen') await forgetWords(tx, message.id);
}

/**
 * DOMAIN 8.2 (2): of what is frozen nothing stays but its bytes. A mark that was found late, in the text of a file, finds
 * facts, a subject and perhaps an arrival notice that repeats it: they go in the transaction that freezes. A notice
 * that has not left does not leave any more.
 */
async function forgetWords(tx: Tx, messageId: string): Promise<void> {
  await forgetPages(tx, messageId);
  await tx.deleteFrom('facts').where('message_id', '=', messageId).execute();
  await tx.updateTable('messages').set({ subject: null }).where('id', '=', messageId).execute();
  await tx
    .updateTable('transmissions')
    .set({ state: 'failed', cause: 'Thư được cách ly trước khi gửi thông báo.' })
    .where('about_message', '=', messageId)
    .where('state', 'in', ['due', 'fenced'])
    .execute();
  await tx
    .updateTable('transmissions')
    .set({ intent: '{}' })
    .where('about_message', '=', messageId)
    .where('state', '!=', 'sending')
    .execute();
}

async function writeEntries(
  tx: Tx,
  decision: Decision,
  to: { now: string; lines: JournalDraft[] },
): Promise<Given[]> {
  const given: Given[] = [];
  for (const draft of decision.entries) {
    const entry = await writeEntry(tx, draft, to.now);
    given.push(entry);
    const { book, agency, series, year, messageId, files } = draft;
    const data = {
      book,
      agency,
      series,
      year,
      number: entry.number,
      messageId,
      files: files.map((file) => file.sha256),
    };
    to.lines.push({ actor: draft.by, action: 'entry.registered', subject: `entry:${entry.id}`, data });
  }
  return given;
}

async function applyNews(tx: Tx, decision: Decision, now: string): Promise<JournalDraft[]> {
  const lines: JournalDraft[] = [];
  for (const news of decision.outcomes) {
    const state = await applyOutcome(tx, news, now);
    const data = { evidence: news.evidence, to: news.to, state, messageId: news.messageId };
    lines.push({ actor: 'machine', action: 'send.news', subject: `send:${news.transmissionId}`, data });
  }
  return lines;
}

async function changeEntries(tx: Tx, decision: Decision, now: string): Promise<JournalDraft[]> {
  const lines: JournalDraft[] = [];
  for (const correction of decision.corrections) {
    await correctEntry(tx, correction, now);
    const data = {
      field: correction.field,
      valueSha256: createHash('sha256').update(correction.value).digest('hex'),
    };
    lines.push({
      actor: correction.by,
      action: 'entry.corrected',
      subject: `entry:${correction.entryId}`,
      data,
    });
  }
  if (decision.cancel !== null) {
    await cancelEntry(tx, decision.cancel, now);
    lines.push({
      actor: decision.cancel.by,
      action: 'entry.cancelled',
      subject: `entry:${decision.cancel.entryId}`,
      data: {},
    });
  }
  return lines;
}

async function changeHolds(
  tx: Tx,
  decision: Decision,
  to: { now: string; lines: JournalDraft[] },
): Promise<string[]> {
  const { approveHold: approval, closeHold: closing } = decision;
  if (approval !== null) {
    await approveHold(tx, approval, to.now);
    to.lines.push({
      actor: approval.by,
      action: 'hold.approved',
      subject: `hold:${approval.id}`,
      data: { outcome: approval.outcome },
    });
  }
  if (closing !== null) {
    await closeHold(tx, closing, to.now);
    const data = { outcome: closing.outcome, by: closing.by };
    to.lines.push({
      actor: closing.by[0] ?? 'machine',
      action: 'hold.closed',
      subject: `hold:${closing.id}`,
      data,
    });
  }
  const ids: string[] = [];
  for (const draft of decision.holds) {
    const id = await openHold(tx, draft, to.now);
    ids.push(id);
    const data = {
      messageId: draft.messageId,
      queue: draft.queue,
      reasons: draft.reasons.map((reason) => reason.code),
    };
    to.lines.push({ actor: 'machine', action: 'hold.opened', subject: `hold:${id}`, data });
  }
  return ids;
}
