import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImapMailbox } from '../../config/types.ts';
import type { IntakeLog, IntakePorts } from '../../gateway/intake/ports.ts';
import { openStorage } from '../../storage/index.ts';
import type { ByteStore, MessageRow, Storage } from '../../storage/types.ts';

export interface IntakeRig {
  dataDir: string;
  storage: Storage;
  ports: IntakePorts;
  /** Every row that intake told of, in order. */
  kept: MessageRow[];
  /** Log lines of level warn and error. */
  warnings: string[];
  close(): Promise<void>;
}

const silent = () => {};
const quiet: IntakeLog = { debug: silent, info: silent, warn: silent, error: silent };

/** Real SQLite and real bytes in a folder of their own, joined to intake's ports. */
export async function intakeRig(
  wrapBytes: (bytes: ByteStore) => ByteStore = (bytes) => bytes,
): Promise<IntakeRig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'congvan-intake-'));
  const clock = () => new Date();
  const storage = await openStorage({
    dataDir,
    database: { kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') },
    clock,
    mailDomain: 'xa-mau.example.gov.vn',
  });
  const kept: MessageRow[] = [];
  const warnings: string[] = [];
  const note = (_fields: object, message: string) => void warnings.push(message);
  const ports: IntakePorts = {
    storage: { bytes: wrapBytes(storage.bytes), messages: storage.messages, mailboxes: storage.mailboxes },
    onKept: (row) => void kept.push(row),
    log: { ...quiet, warn: note, error: note },
    clock,
    random: () => 0.5,
  };
  return {
    dataDir,
    storage,
    ports,
    kept,
    warnings,
    async close() {
      await storage.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A mailbox of the configuration with short times; the password comes from CONGVAN_TEST_MAIL_PASSWORD. */
export function mailboxOn(port: number, changes: Partial<ImapMailbox> = {}): ImapMailbox {
  process.env.CONGVAN_TEST_MAIL_PASSWORD = 'mat-khau';
  return {
    name: 'van-thu',
    host: '127.0.0.1',
    port,
    tls: { mode: 'none', caFile: null },
    login: {
      kind: 'password',
      user: 'vanthu@xa-mau.example.gov.vn',
      password: { env: 'CONGVAN_TEST_MAIL_PASSWORD' },
    },
    folders: ['INBOX'],
    intervalMs: 60_000,
    idle: true,
    commandTimeoutMs: 5000,
    moveTo: null,
    ...changes,
  };
}

/** Waits until something holds, looking often; fails with what was being waited for. */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline)
      throw new Error(`waited in vain: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A small letter; `bytes` fills it up to about that size. */
export function letter(subject: string, bytes = 500): string {
  const head = [
    'From: Van thu So Mau <vanthu@so-mau.example.gov.vn>',
    'To: vanthu@xa-mau.example.gov.vn',
    `Subject: ${subject}`,
    `Message-ID: <${subject.replace(/\W/g, '-')}@so-mau.example.gov.vn>`,
    'Date: Fri, 20 Nov 2026 09:00:00 +0700',
    '',
    '',
  ].join('\r\n');
  const line = `${'Kinh gui Uy ban nhan dan xa Mau. '.repeat(2)}\r\n`;
  return head + line.repeat(Math.max(1, Math.floor((bytes - head.length) / line.length)));
}
