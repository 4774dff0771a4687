/** What `congvan status` tells; kept apart so that monitoring and the page of the console say the same. */
import type { House } from '../gateway/house.ts';
import type { MailboxHealth } from '../storage/types.ts';
import { isServiceRunning, lastSignOfLife } from './running.ts';

export interface Status {
  now: string;
  service: { running: boolean; lastSign: string | null };
  fence: { since: string; reason: string } | null;
  mailboxes: MailboxHealth[];
  messages: Record<string, number>;
  outbox: Record<string, number>;
  /** Open holds by queue. */
  holds: Record<string, number>;
  lastReconcile: string | null;
}

/** Name under which the last complete reconciliation is noted (ISO 8601 UTC). */
export const RECONCILED = 'reconciled';
/** Holds that are counted; beyond that the number says "at least". */
const MAX_HOLDS = 100_000;

export async function gatherStatus(house: House): Promise<Status> {
  const { storage } = house;
  const now = house.clock();
  const running = await isServiceRunning(house.config, storage, now);
  const holds: Record<string, number> = {};
  for (const hold of await storage.holds.list({ open: true, limit: MAX_HOLDS })) {
    holds[hold.queue] = (holds[hold.queue] ?? 0) + 1;
  }
  return {
    now: now.toISOString(),
    service: { running, lastSign: await lastSignOfLife(storage) },
    fence: await storage.fence.raised(),
    mailboxes: await storage.mailboxes.health(),
    messages: await storage.messages.counts(),
    outbox: await storage.outbox.counts(),
    holds,
    lastReconcile: (await storage.meta.get(RECONCILED)) || null,
  };
}

/** Nothing there that a person should look into: for monitoring. */
export function isHealthy(status: Status): boolean {
  const sick = status.mailboxes.some((box) => box.state !== 'ok' && box.state !== 'connecting');
  return status.service.running && status.fence === null && !sick && (status.outbox.uncertain ?? 0) === 0;
}
