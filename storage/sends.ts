/** New rows of the outbox: intent, token, Message-ID (DESIGN, rooms). The mail is rendered from them later, once. */
import { randomBytes } from 'node:crypto';
import type { JournalDraft, Recorded, SendDraft } from '../handlers/types.ts';
import type { Given } from './register.ts';
import type { TransmissionsTable, Tx } from './schema.ts';
import { idOf, nextSeq } from './store.ts';
import { instant, plain } from './text.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 26 characters of five bits: 130 bits that nobody can guess. */
const TOKEN = 26;

export interface Occasion {
  now: string;
  fenced: boolean;
  mailDomain: string;
  entries: Given[];
  lines: JournalDraft[];
}

export async function queueSends(
  tx: Tx,
  drafts: SendDraft[],
  occasion: Occasion,
): Promise<Recorded['sends']> {
  if (drafts.length === 0) return [];
  const first = await nextSeq(tx, 'transmissions');
  const rows = drafts.map((draft, i) => transmission(first + i, draft, occasion));
  await tx.insertInto('transmissions').values(rows).execute();
  for (const row of rows) {
    const data = { kind: row.kind, state: row.state, entryId: row.entry_id, aboutMessage: row.about_message };
    occasion.lines.push({ actor: 'machine', action: 'send.queued', subject: `send:${row.id}`, data });
  }
  return rows.map((row, i) => ({ id: row.id, token: row.token, kind: drafts[i]!.kind, to: row.recipient }));
}

function transmission(
  seq: number,
  draft: SendDraft,
  { now, fenced, mailDomain, entries }: Occasion,
): TransmissionsTable {
  const entry = draft.entry === null ? null : entries[draft.entry];
  if (entry === undefined)
    throw new RangeError(`send names entry ${draft.entry}, which the decision does not have`);
  const token = freshToken();
  const recipient = plain(draft.to);
  return {
    seq,
    id: idOf('s', seq),
    kind: draft.kind,
    state: fenced ? 'fenced' : 'due',
    recipient,
    recipient_key: recipient.toLowerCase(),
    recipient_name: plain(draft.toName),
    envelope: draft.envelope,
    token,
    message_id_header: `<cv.${token}@${mailDomain}>`,
    intent: JSON.stringify(draft.intent),
    entry_id: entry?.id ?? draft.entryId,
    about_message: draft.aboutMessage,
    rendered_sha256: null,
    attempts: 0,
    next_attempt_at: draft.notBefore === null ? now : instant(draft.notBefore),
    created_at: now,
    accepted_at: null,
    cause: null,
  };
}

function freshToken(): string {
  return Array.from(randomBytes(TOKEN), (byte) => ALPHABET[byte & 31]).join('');
}
