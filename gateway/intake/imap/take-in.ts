import type { CongvanError } from '../../../config/error.ts';
import type { MessageRow, Sighting } from '../../../storage/types.ts';
import type { IntakePorts } from '../ports.ts';
import { Unfetchable } from './imapflow-adapter.ts';
import type { ImapSession, ListedMessage } from './session.ts';
import { nextTry } from './unfetchable.ts';

/** One watched folder under one UIDVALIDITY: the place in which a UID means something. */
export interface FolderPlace {
  mailbox: string;
  folder: string;
  uidValidity: string;
}

/** Rules that keep a message from being fetched; named so in its sighting. */
const BEFORE_CUTOVER = 'before-cutover';
const VANISHED = 'vanished-before-fetch';

/** What came of asking for one message: its bytes are durable, or there is a reason why not. */
export type Fetched =
  | { what: 'bytes'; message: ListedMessage; sha256: string; size: number }
  | { what: 'before-cutover'; message: ListedMessage }
  | { what: 'vanished'; message: ListedMessage }
  | { what: 'unfetchable'; message: ListedMessage; words: string };

/**
 * First half: the bytes, streamed to disk. Several may run at once; nothing is recorded yet.
 * @throws CongvanError of the connection, or DISK_FULL
 */
export async function fetchBytes(
  session: ImapSession,
  message: ListedMessage,
  ports: Pick<IntakePorts, 'storage'>,
  cutover: string | null,
): Promise<Fetched> {
  if (isBefore(message.internalDate, cutover)) return { what: 'before-cutover', message };
  try {
    const kept = await ports.storage.bytes.keep(session.download(message.uid, message.size));
    return { what: 'bytes', message, ...kept };
  } catch (error) {
    const refusal = unfetchableIn(error);
    if (refusal === null) throw error;
    const stillThere = (await session.allUids()).includes(message.uid);
    return stillThere
      ? { what: 'unfetchable', message, words: refusal.message }
      : { what: 'vanished', message };
  }
}

/** A byte store may wrap what its source threw. */
function unfetchableIn(error: unknown): Unfetchable | null {
  if (error instanceof Unfetchable) return error;
  const cause = (error as CongvanError | null)?.cause;
  return cause instanceof Unfetchable ? cause : null;
}

/** Instants compared as instants: the configured one may carry an offset. */
function isBefore(internalDate: string | null, cutover: string | null): boolean {
  return internalDate !== null && cutover !== null && Date.parse(internalDate) < Date.parse(cutover);
}

/**
 * Second half: row and sighting, in the order of the UIDs. Gives the row, or null when there is none.
 * @throws CongvanError of the storage; then nothing is recorded and the message is met again
 */
export async function recordFetched(
  fetched: Fetched,
  place: FolderPlace,
  ports: IntakePorts,
  attempts: number,
): Promise<{ row: MessageRow; fresh: boolean } | null> {
  const { message } = fetched;
  switch (fetched.what) {
    case 'bytes':
      return keepRow(fetched, place, ports);
    case 'before-cutover':
    case 'vanished':
      await ports.storage.mailboxes.record(
        sighting(place, message.uid, 'ignored', fetched.what === 'vanished' ? VANISHED : BEFORE_CUTOVER),
      );
      return null;
    case 'unfetchable':
      ports.log.warn(
        { ...place, uid: message.uid, words: fetched.words },
        'message present but not given out',
      );
      await recordUnfetchable(message.uid, fetched.words, place, ports, attempts + 1);
      return null;
  }
}

export async function recordUnfetchable(
  uid: number,
  words: string,
  place: FolderPlace,
  ports: Pick<IntakePorts, 'storage' | 'clock'>,
  attempts: number,
): Promise<void> {
  await ports.storage.mailboxes.record({
    ...sighting(place, uid, 'unfetchable', words.slice(0, 500)),
    attempts,
    nextAttemptAt: nextTry(attempts, ports.clock()),
  });
}

async function keepRow(
  fetched: Extract<Fetched, { what: 'bytes' }>,
  place: FolderPlace,
  ports: IntakePorts,
): Promise<{ row: MessageRow; fresh: boolean }> {
  const kept = await ports.storage.messages.keep({
    sha256: fetched.sha256,
    size: fetched.size,
    origin: {
      channel: 'imap',
      ...place,
      uid: fetched.message.uid,
      envelopeFrom: null,
      envelopeTo: [],
      clientIp: null,
      clientHelo: null,
    },
    // TIM-02: the entry into the mailbox, not the moment of looking.
    enteredAt: fetched.message.internalDate ?? ports.clock().toISOString(),
  });
  if (kept.fresh) ports.onKept(kept.row);
  return kept;
}

function sighting(
  place: FolderPlace,
  uid: number,
  outcome: Sighting['outcome'],
  detail: string | null,
): Sighting {
  return { ...place, uid, outcome, messageId: null, detail, attempts: 0, nextAttemptAt: null };
}
