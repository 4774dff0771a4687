import type { ImapMailbox } from '../config/types.ts';
import type { Storage } from '../storage/types.ts';
import { openSession, whatIsWrong } from './intake/imap/connection.ts';
import type { ImapSession } from './intake/imap/session.ts';
import { type FolderPlace, fetchBytes, recordFetched } from './intake/imap/take-in.ts';
import { withUndescribed } from './intake/imap/watch-folder.ts';
import type { IntakePorts } from './intake/ports.ts';

/** A sighting with what its message became, as `storage.mailboxes.account` gives it. */
export type AccountedSighting = Awaited<ReturnType<Storage['mailboxes']['account']>>[number];

/** A UID that a person may want to look at. */
interface OddUid {
  uid: number;
  what: 'unaccounted' | 'unfetchable' | 'vanished-unfetched' | 'message-missing';
  detail: string | null;
}

/** What became of every UID of one folder. */
export interface Comparison {
  /** UIDs that the server lists. */
  onServer: number;
  /** By what became of them: registered, held, waiting, `noted:delivery-report`, `ignored:before-cutover`, … */
  counts: Record<string, number>;
  /** Listed by the server, no sighting: nobody knows of them yet. Ascending. */
  unaccounted: number[];
  /** Sighted by us, no longer listed: deleted or moved on the server; their bytes are ours if they were fetched. */
  vanished: number;
  odd: OddUid[];
}

/** Pure: compares the server's listing with what we know. Every listed UID lands in exactly one count. */
export function compare(listed: number[], sightings: AccountedSighting[]): Comparison {
  const byUid = new Map(sightings.map((sighting) => [sighting.uid, sighting]));
  const onServer = [...new Set(listed)].sort((a, b) => a - b);
  const counts: Record<string, number> = {};
  const unaccounted: number[] = [];
  const odd: OddUid[] = [];
  for (const uid of onServer) {
    const sighting = byUid.get(uid);
    byUid.delete(uid);
    const fate = sighting === undefined ? 'unaccounted' : fateOf(sighting);
    counts[fate] = (counts[fate] ?? 0) + 1;
    if (sighting === undefined) unaccounted.push(uid);
    if (fate === 'unaccounted' || fate === 'unfetchable' || fate === 'message-missing') {
      odd.push({ uid, what: fate, detail: sighting?.detail ?? null });
    }
  }
  for (const gone of byUid.values()) {
    if (gone.outcome === 'unfetchable')
      odd.push({ uid: gone.uid, what: 'vanished-unfetched', detail: gone.detail });
  }
  return { onServer: onServer.length, counts, unaccounted, vanished: byUid.size, odd };
}

/** One word for what became of a message; with the kind or the rule where these tell it. */
function fateOf(sighting: AccountedSighting): string {
  if (sighting.outcome === 'unfetchable') return 'unfetchable';
  if (sighting.outcome === 'ignored') return `ignored:${sighting.detail ?? 'unknown'}`;
  switch (sighting.state) {
    case null:
      return 'message-missing';
    case 'kept':
    case 'arrived':
    case 'waiting':
      return 'waiting';
    case 'noted':
      return `noted:${sighting.kind ?? 'unknown'}`;
    case 'ignored':
      return `ignored:${sighting.rule ?? 'unknown'}`;
    default:
      return sighting.state;
  }
}

export interface FolderAccount extends Comparison {
  mailbox: string;
  folder: string;
  uidValidity: string | null;
  /** Earlier UIDVALIDITY values, under which UIDs meant something else. */
  earlierValidities: string[];
  /** Fetched now, since nothing was known of them. */
  fetched: number;
  /** Why the folder could not be looked at; null when it was. In Vietnamese. */
  problem: string | null;
}

export interface ReconcileOptions {
  /** Fetch now what is unaccounted for. */
  fetchMissing: boolean;
  /** As for intake: what entered earlier is noted, not fetched. */
  cutover: string | null;
}

/**
 * Lists every UID of every watched folder and proves what became of each. Works beside a running service: fetching
 * the same message twice gives one row. A mailbox that cannot be reached is reported in `problem`, never thrown.
 */
export async function reconcile(
  mailboxes: ImapMailbox[],
  options: ReconcileOptions,
  ports: IntakePorts,
): Promise<FolderAccount[]> {
  const accounts: FolderAccount[] = [];
  for (const mailbox of mailboxes) {
    for (const folder of mailbox.folders) {
      accounts.push(await reconcileFolder(mailbox, folder, options, ports));
    }
  }
  return accounts;
}

async function reconcileFolder(
  mailbox: ImapMailbox,
  folder: string,
  options: ReconcileOptions,
  ports: IntakePorts,
): Promise<FolderAccount> {
  try {
    const session = await openSession(mailbox, ports);
    try {
      const { uidValidity } = await session.examine(folder);
      const place = { mailbox: mailbox.name, folder, uidValidity };
      return await accountFor(session, place, options, ports);
    } finally {
      await session.close();
    }
  } catch (error) {
    ports.log.error({ mailbox: mailbox.name, folder, error }, 'folder could not be reconciled');
    return { ...compare([], []), ...nobody(mailbox.name, folder), problem: whatIsWrong(error).detail };
  }
}

async function accountFor(
  session: ImapSession,
  place: FolderPlace,
  options: ReconcileOptions,
  ports: IntakePorts,
): Promise<FolderAccount> {
  const { mailboxes } = ports.storage;
  const { mailbox, folder, uidValidity } = place;
  const listed = await session.allUids();
  let comparison = compare(listed, await mailboxes.account(mailbox, folder, uidValidity));
  let fetched = 0;
  if (options.fetchMissing && comparison.unaccounted.length > 0) {
    fetched = await fetchUnaccounted(session, comparison.unaccounted, place, options.cutover, ports);
    comparison = compare(listed, await mailboxes.account(mailbox, folder, uidValidity));
  }
  const validities = await mailboxes.validities(mailbox, folder);
  const earlierValidities = validities.filter((validity) => validity !== uidValidity);
  return { ...comparison, mailbox, folder, uidValidity, earlierValidities, fetched, problem: null };
}

/** Number of messages that were fetched; the refused ones have a sighting afterwards and are retried by intake. */
async function fetchUnaccounted(
  session: ImapSession,
  uids: number[],
  place: FolderPlace,
  cutover: string | null,
  ports: IntakePorts,
): Promise<number> {
  let count = 0;
  for (const message of withUndescribed(uids, await session.describe(uids))) {
    const fetched = await fetchBytes(session, message, ports, cutover);
    if ((await recordFetched(fetched, place, ports, 0)) !== null) count += 1;
  }
  return count;
}

function nobody(mailbox: string, folder: string) {
  return { mailbox, folder, uidValidity: null, earlierValidities: [], fetched: 0 };
}
