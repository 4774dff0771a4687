import type { HealthSign } from '../health.ts';
import { inOrder } from '../in-order.ts';
import type { IntakePorts } from '../ports.ts';
import type { ImapSession, ListedMessage } from './session.ts';
import { type Fetched, type FolderPlace, fetchBytes, recordFetched, recordUnfetchable } from './take-in.ts';
import { nextTry, type Suspicion } from './unfetchable.ts';

/** Messages between two moves of the cursor. */
const BATCH = 100;
/** Fetches under way at once: while one is made durable, the next is on the line. */
const WIDTH = 4;
/** How often every UID is compared anew, however far the cursor is: some servers let lower UIDs appear late. */
const FULL_EVERY_MS = 60 * 60_000;

/** What one watched folder is about; outlives the connections to it. */
export interface FolderWatch {
  mailbox: string;
  folder: string;
  intervalMs: number;
  cutover: string | null;
  suspicion: Suspicion;
  health: HealthSign;
}

/**
 * Watches one folder over one connection until aborted: what the listing shows and no sighting explains is fetched;
 * bytes durable → row and sighting → only then the cursor. IDLE is a hint, the timed listing the truth.
 * @throws CongvanError when the connection, the disk or the database fails; nothing is lost, the next connection
 *         meets the same messages again
 */
export async function watchFolder(
  session: ImapSession,
  watch: FolderWatch,
  ports: IntakePorts,
  signal: AbortSignal,
): Promise<void> {
  const look = new FolderLook(session, watch, ports);
  let listAt = 0;
  while (!signal.aborted) {
    const now = ports.clock().getTime();
    if (now >= listAt || now < listAt - watch.intervalMs) {
      await look.timed(signal);
      listAt = ports.clock().getTime() + watch.intervalMs;
    } else {
      await look.news(signal);
    }
    if (signal.aborted) return;
    await watch.health.listed(look.detail());
    await session.waitForChange(Math.max(0, listAt - ports.clock().getTime()), signal);
  }
}

/** The looks at one folder over one connection. */
class FolderLook {
  readonly #session: ImapSession;
  readonly #watch: FolderWatch;
  readonly #ports: IntakePorts;
  #place: FolderPlace;
  /** Highest UID accounted for; every lower one was compared on this connection. */
  #cursor = 0;
  #fullAt = 0;
  #keptAny = false;
  /** Present but not given out: UID → tries so far, when to ask again, and the server's last words about it. */
  readonly #refused = new Map<number, { attempts: number; at: number; words: string }>();

  constructor(session: ImapSession, watch: FolderWatch, ports: IntakePorts) {
    this.#session = session;
    this.#watch = watch;
    this.#ports = ports;
    this.#place = { mailbox: watch.mailbox, folder: watch.folder, uidValidity: '' };
  }

  detail(): string | null {
    const count = this.#refused.size;
    return count === 0 ? null : `${count} thư có trên máy chủ nhưng máy chủ không đưa ra; vẫn đang thử lại`;
  }

  /** The truth: opens the folder anew (a changed UIDVALIDITY shows), and from time to time compares every UID. */
  async timed(signal: AbortSignal): Promise<void> {
    const { uidValidity } = await this.#session.examine(this.#watch.folder);
    const now = this.#ports.clock().getTime();
    if (uidValidity !== this.#place.uidValidity || now >= this.#fullAt) {
      await this.#reopen(uidValidity);
      await this.#everything(signal);
      this.#fullAt = now + FULL_EVERY_MS;
    } else {
      await this.news(signal);
    }
    await this.#askAgain(signal);
  }

  /** The quick look after a hint: only what lies above the cursor. */
  async news(signal: AbortSignal): Promise<void> {
    await this.#take(await this.#session.listFrom(this.#cursor + 1), signal);
  }

  async #reopen(uidValidity: string): Promise<void> {
    const before = this.#place.uidValidity;
    if (before !== '' && before !== uidValidity) {
      this.#ports.log.warn(
        { ...this.#place, now: uidValidity },
        'UIDVALIDITY changed: listing everything again',
      );
    }
    this.#place = { ...this.#place, uidValidity };
    this.#refused.clear();
    const { mailbox, folder } = this.#place;
    this.#cursor = (await this.#ports.storage.mailboxes.cursor(mailbox, folder, uidValidity)) ?? 0;
  }

  async #everything(signal: AbortSignal): Promise<void> {
    const uids = await this.#session.allUids();
    for (let start = 0; start < uids.length && !signal.aborted; start += BATCH) {
      const unknown = await this.#unknown(uids.slice(start, start + BATCH));
      const described = await this.#session.describe(unknown);
      await this.#take(withUndescribed(unknown, described), signal);
      const last = uids[Math.min(start + BATCH, uids.length) - 1];
      if (last !== undefined && !signal.aborted) await this.#moveCursor(last);
    }
  }

  /** Those without a sighting. Remembers, on the way, which ones were refused and when to ask for them again. */
  async #unknown(uids: number[]): Promise<number[]> {
    const { mailbox, folder, uidValidity } = this.#place;
    const seen = await this.#ports.storage.mailboxes.sightings(mailbox, folder, uidValidity, uids);
    for (const sighting of seen) {
      if (sighting.outcome !== 'unfetchable') continue;
      const at = sighting.nextAttemptAt === null ? 0 : Date.parse(sighting.nextAttemptAt);
      this.#refused.set(sighting.uid, { attempts: sighting.attempts, at, words: sighting.detail ?? '' });
    }
    const known = new Set(seen.map((sighting) => sighting.uid));
    return uids.filter((uid) => !known.has(uid));
  }

  async #take(listed: ListedMessage[], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < listed.length && !signal.aborted; start += BATCH) {
      const batch = listed.slice(start, start + BATCH);
      const unknown = new Set(await this.#unknown(batch.map((message) => message.uid)));
      await this.#fetch(
        batch.filter((message) => unknown.has(message.uid)),
        signal,
      );
      const last = batch.at(-1);
      if (last !== undefined && !signal.aborted) await this.#moveCursor(last.uid);
    }
  }

  async #fetch(messages: ListedMessage[], signal: AbortSignal): Promise<void> {
    const { suspicion } = this.#watch;
    const wanted: ListedMessage[] = [];
    for (const message of messages) {
      if (suspicion.blames(message.uid)) await this.#giveUpFor(message.uid);
      else wanted.push(message);
    }
    let current = wanted[0]?.uid ?? null;
    const width = suspicion.careful ? 1 : WIDTH;
    const work = (message: ListedMessage) =>
      fetchBytes(this.#session, message, this.#ports, this.#watch.cutover);
    try {
      for await (const fetched of inOrder(wanted, width, work)) {
        await this.#commit(fetched, 0);
        current = null;
        if (signal.aborted) return;
      }
    } catch (error) {
      if (!this.#keptAny && isOfConnection(error)) suspicion.died(current);
      throw error;
    }
  }

  async #commit(fetched: Fetched, attempts: number): Promise<void> {
    const { uid } = fetched.message;
    const kept = await recordFetched(fetched, this.#place, this.#ports, attempts);
    this.#keptAny = true;
    this.#watch.suspicion.cleared();
    if (fetched.what === 'unfetchable') this.#remember(uid, fetched.words, attempts + 1);
    else this.#refused.delete(uid);
    if (kept?.fresh) this.#watch.health.kept();
  }

  async #giveUpFor(uid: number): Promise<void> {
    const words = 'máy chủ ngắt kết nối hoặc không trả lời mỗi khi được hỏi thư này';
    this.#ports.log.warn(
      { ...this.#place, uid },
      'connection dies over this message: set aside, tried again later',
    );
    await recordUnfetchable(uid, words, this.#place, this.#ports, 1);
    this.#remember(uid, words, 1);
    this.#watch.suspicion.cleared();
  }

  #remember(uid: number, words: string, attempts: number): void {
    this.#refused.set(uid, { attempts, words, at: Date.parse(nextTry(attempts, this.#ports.clock())) });
  }

  /** The refused ones whose time has come. The try is written down before it is made: it may end the connection. */
  async #askAgain(signal: AbortSignal): Promise<void> {
    const now = this.#ports.clock().getTime();
    for (const [uid, { attempts, at, words }] of [...this.#refused]) {
      if (signal.aborted) return;
      if (at > now) continue;
      await recordUnfetchable(uid, words, this.#place, this.#ports, attempts + 1);
      this.#remember(uid, words, attempts + 1);
      const [message] = withUndescribed([uid], await this.#session.describe([uid]));
      if (!message) continue;
      const fetched = await fetchBytes(this.#session, message, this.#ports, this.#watch.cutover);
      await this.#commit(fetched, attempts);
    }
  }

  async #moveCursor(uid: number): Promise<void> {
    if (uid <= this.#cursor) return;
    const { mailbox, folder, uidValidity } = this.#place;
    await this.#ports.storage.mailboxes.setCursor(mailbox, folder, uidValidity, uid);
    this.#cursor = uid;
  }
}

/** A UID that SEARCH names and FETCH keeps silent about is asked for all the same. */
export function withUndescribed(uids: number[], described: ListedMessage[]): ListedMessage[] {
  const byUid = new Map(described.map((message) => [message.uid, message]));
  return uids.map((uid) => byUid.get(uid) ?? { uid, internalDate: null, size: null });
}

function isOfConnection(error: unknown): boolean {
  return String((error as { code?: unknown }).code ?? '').startsWith('MAILBOX_');
}
