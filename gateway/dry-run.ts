/**
 * `congvan start --dry-run`: what would happen on this mailbox, shown and then forgotten. Everything is read and decided
 * in a temporary folder; nothing is sent, the mailboxes are only read, our own database is not touched.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CongvanConfig } from '../config/types.ts';
import type { Storage } from '../storage/types.ts';
import { startApp } from './app.ts';
import { openHouse } from './open.ts';

const LOOK_MS = 500;
/** Looks in a row that must find nothing to do: a folder is listed once more between two of them. */
const QUIET_LOOKS = 4;

export async function dryRun(config: CongvanConfig, out: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'congvan-dry-run-'));
  const told = untilTold();
  try {
    const house = await openHouse(harmless(config, folder));
    try {
      const app = await startApp(house, { sending: false });
      try {
        await caughtUp(house.storage, config, told.signal);
      } finally {
        await app.stop();
      }
      await tell(house.storage, config, out);
    } finally {
      await house.close();
    }
  } finally {
    told.forget();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A database of its own; no listener, no folder, and nothing is moved on the server. */
function harmless(config: CongvanConfig, folder: string): CongvanConfig {
  const imap = config.intake.imap.map((mailbox) => ({ ...mailbox, moveTo: null }));
  return {
    ...config,
    dataDir: folder,
    database: { kind: 'sqlite', file: join(folder, 'congvan.sqlite') },
    intake: { ...config.intake, imap, lmtp: null, smtp: null, folder: null },
    issuing: { ...config.issuing, scannerFolder: null },
  };
}

/** Ctrl-C ends the looking, not the clearing up: the folder holds the letters of the mailbox. */
function untilTold(): { signal: AbortSignal; forget(): void } {
  const told = new AbortController();
  const stop = () => told.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return { signal: told.signal, forget: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}

async function caughtUp(storage: Storage, config: CongvanConfig, told: AbortSignal): Promise<void> {
  const folders = config.intake.imap.reduce((n, m) => n + m.folders.length, 0);
  for (let quiet = 0; quiet < QUIET_LOOKS && !told.aborted; ) {
    await sleep(LOOK_MS);
    const health = await storage.mailboxes.health();
    const listed = health.filter(
      (h) => h.lastListingAt !== null || !['ok', 'connecting'].includes(h.state),
    ).length;
    const counts = await storage.messages.counts();
    const busy = (counts['kept'] ?? 0) + (counts['arrived'] ?? 0) > 0;
    quiet = listed >= folders && !busy ? quiet + 1 : 0;
  }
}

async function tell(storage: Storage, config: CongvanConfig, out: (line: string) => void): Promise<void> {
  for (const health of await storage.mailboxes.health())
    out(`${health.name}: ${health.state}${health.detail ? ` – ${health.detail}` : ''}`);
  for (const mailbox of config.intake.imap) {
    for (const folder of mailbox.folders) {
      for (const validity of await storage.mailboxes.validities(mailbox.name, folder)) {
        const account = await storage.mailboxes.account(mailbox.name, folder, validity);
        const before = account.filter((s) => s.outcome === 'ignored').length;
        out(
          `${mailbox.name}/${folder}: ${account.length} thư, trong đó ${before} thư trước thời điểm bắt đầu (không nhận, không trả lời)`,
        );
      }
    }
  }
  out('');
  const holds = Map.groupBy(await storage.holds.list({}), (hold) => hold.messageId);
  for (const message of await storage.messages.list({})) {
    const entries = await storage.register.ofMessage(message.id);
    const reasons = (holds.get(message.id) ?? []).flatMap((h) => h.reasons.map((r) => r.code));
    const sends = await storage.outbox.list({ aboutMessage: message.id, limit: 10 });
    const number = entries.map((e) => ` số đến ${e.number}/${e.year}`).join(',');
    const said = sends.map((s) => s.kind).join(' ');
    out(
      `${message.enteredAt}  ${message.state}${number}  ${[...new Set(reasons)].join(', ')}  ${said ? `sẽ trả lời: ${said}` : ''}`.trimEnd(),
    );
  }
  out('');
  out(
    'Chạy thử xong: không có gì được ghi vào sổ, không có gì được gửi. (Dry run: nothing was registered, nothing was sent.)',
  );
}
