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
  const house = await openHouse({
    ...config,
    dataDir: folder,
    database: { kind: 'sqlite', file: join(folder, 'congvan.sqlite') },
    intake: { ...config.intake, lmtp: null, smtp: null, folder: null },
    issuing: { ...config.issuing, scannerFolder: null },
  });
  try {
    const app = await startApp(house, { sending: false });
    await caughtUp(house.storage, config);
    await app.stop();
    await tell(house.storage, config, out);
  } finally {
    await house.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function caughtUp(storage: Storage, config: CongvanConfig): Promise<void> {
  const folders = config.intake.imap.reduce((n, m) => n + m.folders.length, 0);
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    await sleep(LOOK_MS);
    const health = await storage.mailboxes.health();
    const listed = health.filter((h) => h.lastListingAt !== null || !['ok', 'connecting'].includes(h.state)).length;
    const counts = await storage.messages.counts();
    const busy = (counts['kept'] ?? 0) + (counts['arrived'] ?? 0) > 0;
    quiet = listed >= folders && !busy ? quiet + 1 : 0;
  }
}

async function tell(storage: Storage, config: CongvanConfig, out: (line: string) => void): Promise<void> {
  for (const health of await storage.mailboxes.health()) out(`${health.name}: ${health.state}${health.detail ? ` – ${health.detail}` : ''}`);
  for (const mailbox of config.intake.imap) {
    for (const folder of mailbox.folders) {
      for (const validity of await storage.mailboxes.validities(mailbox.name, folder)) {
        const account = await storage.mailboxes.account(mailbox.name, folder, validity);
        const before = account.filter((s) => s.outcome === 'ignored').length;
        out(`${mailbox.name}/${folder}: ${account.length} thư, trong đó ${before} thư trước thời điểm bắt đầu (không nhận, không trả lời)`);
      }
    }
  }
  out('');
  for (const message of await storage.messages.list({ limit: 100_000 })) {
    const entries = await storage.register.ofMessage(message.id);
    const reasons = (await storage.holds.list({ limit: 100_000 })).filter((h) => h.messageId === message.id).flatMap((h) => h.reasons.map((r) => r.code));
    const sends = await storage.outbox.list({ aboutMessage: message.id, limit: 10 });
    const number = entries.map((e) => ` số đến ${e.number}/${e.year}`).join(',');
    const said = sends.map((s) => s.kind).join(' ');
    out(`${message.enteredAt}  ${message.state}${number}  ${[...new Set(reasons)].join(', ')}  ${said ? `sẽ trả lời: ${said}` : ''}`.trimEnd());
  }
  out('');
  out('Chạy thử xong: không có gì được ghi vào sổ, không có gì được gửi. (Dry run: nothing was registered, nothing was sent.)');
}
