import { CongvanError } from '../../../config/error.ts';
import type { ImapMailbox } from '../../../config/types.ts';
import { type Backoff, backoffDelay, pause } from '../backoff.ts';
import { HealthSign, type HealthState } from '../health.ts';
import type { IntakePorts, RunningIntake } from '../ports.ts';
import { credentialsOf } from '../secrets.ts';
import { connectImap } from './imapflow-adapter.ts';
import type { ImapSession } from './session.ts';
import { Suspicion } from './unfetchable.ts';
import { type FolderWatch, watchFolder } from './watch-folder.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long to wait before the next try, by what went wrong. */
export type Backoffs = Record<Exclude<HealthState, 'ok' | 'connecting'>, Backoff>;

/** A refused login is tried seldom, so that the account is not locked; a lost line is tried at once. */
const BACKOFFS: Backoffs = {
  'login-refused': { firstMs: MINUTE_MS, capMs: 15 * MINUTE_MS },
  throttled: { firstMs: 20 * SECOND_MS, capMs: 10 * MINUTE_MS },
  unreachable: { firstMs: SECOND_MS, capMs: 2 * MINUTE_MS },
  stuck: { firstMs: 2 * SECOND_MS, capMs: 5 * MINUTE_MS },
  'disk-full': { firstMs: 5 * SECOND_MS, capMs: MINUTE_MS },
};

/**
 * Starts watching every folder of every mailbox, each over a connection of its own, until stopped. Never fails:
 * whatever goes wrong is shown by `storage.mailboxes.health()` under the name `mailbox/folder`, and tried again.
 * `cutover`: ISO 8601; what entered before it is noted and not fetched.
 */
export function startImapIntake(
  mailboxes: ImapMailbox[],
  cutover: string | null,
  ports: IntakePorts,
  backoffs: Backoffs = BACKOFFS,
): RunningIntake {
  const ending = new AbortController();
  const running = mailboxes.flatMap((mailbox) =>
    mailbox.folders.map((folder) => {
      const watch: FolderWatch = {
        mailbox: mailbox.name,
        folder,
        intervalMs: mailbox.intervalMs,
        cutover,
        suspicion: new Suspicion(),
        health: new HealthSign(`${mailbox.name}/${folder}`, ports),
      };
      return keepWatching(mailbox, watch, { ports, backoffs, signal: ending.signal });
    }),
  );
  return {
    async stop() {
      ending.abort();
      await Promise.all(running);
    },
  };
}

interface Surroundings {
  ports: IntakePorts;
  backoffs: Backoffs;
  signal: AbortSignal;
}

/** Connects, watches, and after every failure waits and connects again. */
async function keepWatching(mailbox: ImapMailbox, watch: FolderWatch, around: Surroundings): Promise<void> {
  const { ports, signal } = around;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = ports.clock().toISOString();
    try {
      if (watch.health.state === '') await watch.health.show('connecting', null);
      await onceConnected(mailbox, watch, around);
    } catch (error) {
      if (signal.aborted) return;
      failures = watch.health.listedSince(startedAt) ? 1 : failures + 1;
      await waitAfter(error, failures, watch, around);
    }
  }
}

async function onceConnected(mailbox: ImapMailbox, watch: FolderWatch, around: Surroundings): Promise<void> {
  const { ports, signal } = around;
  const session = await openSession(mailbox, ports);
  // Stopping must not wait for a server that says nothing: the connection is closed under the running command.
  const hangUp = () => void session.close();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    await watchFolder(session, watch, ports, signal);
  } finally {
    signal.removeEventListener('abort', hangUp);
    await session.close();
  }
}

/** Reads the secret anew and logs in; used by whoever needs a connection of their own (reconciliation, moving). */
export async function openSession(
  mailbox: ImapMailbox,
  ports: Pick<IntakePorts, 'log'>,
): Promise<ImapSession> {
  return connectImap(mailbox, await credentialsOf(mailbox.login, ports.log));
}

async function waitAfter(
  error: unknown,
  failures: number,
  watch: FolderWatch,
  around: Surroundings,
): Promise<void> {
  const { ports, backoffs, signal } = around;
  const { state, detail } = whatIsWrong(error);
  const delay = backoffDelay(backoffs[state], failures, ports.random);
  ports.log.warn(
    { mailbox: watch.mailbox, folder: watch.folder, state, failures, retryInMs: delay, error },
    'intake interrupted',
  );
  // One lost line is no news when the next try succeeds; it is shown from the second failure on.
  if (failures > 1 || state !== 'unreachable' || watch.health.state !== 'ok') {
    await watch.health.show(state, detail);
  }
  await pause(delay, signal);
}

/** State and sentence for `congvan status`. */
export function whatIsWrong(error: unknown): { state: keyof Backoffs; detail: string } {
  if (!(error instanceof CongvanError))
    return { state: 'stuck', detail: `Lỗi khi nhận thư: ${String(error)}` };
  switch (error.code) {
    case 'DISK_FULL':
      return {
        state: 'disk-full',
        detail: 'Ổ đĩa đã đầy: thư vẫn nằm nguyên trên máy chủ, sẽ nhận tiếp khi có chỗ.',
      };
    case 'MAILBOX_LOGIN':
    case 'SECRET_MISSING':
    case 'TOKEN_COMMAND':
      return { state: 'login-refused', detail: error.message };
    case 'MAILBOX_THROTTLED':
      return { state: 'throttled', detail: error.message };
    case 'MAILBOX_UNREACHABLE':
      return { state: 'unreachable', detail: error.message };
    default:
      return { state: 'stuck', detail: error.message };
  }
}

/**
 * Moves a registered message to the mailbox's `moveTo` folder. Comes last and may fail without consequence: false
 * when it was not moved (no such folder, server without MOVE, message gone); never throws.
 */
export async function moveRegistered(
  mailbox: ImapMailbox,
  origin: { folder: string | null; uidValidity: string | null; uid: number | null },
  ports: Pick<IntakePorts, 'log'>,
): Promise<boolean> {
  const { folder, uidValidity, uid } = origin;
  if (mailbox.moveTo === null || folder === null || uidValidity === null || uid === null) return false;
  try {
    const session = await openSession(mailbox, ports);
    try {
      return await session.move(folder, uidValidity, uid, mailbox.moveTo);
    } finally {
      await session.close();
    }
  } catch (error) {
    ports.log.warn({ mailbox: mailbox.name, folder, uid, error }, 'registered message could not be moved');
    return false;
  }
}
