/** Storage with a clock that stands still, and decisions to give it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision, EntryDraft, MessageOrigin, SendDraft } from '../../handlers/types.ts';
import { openStorage } from '../../storage/index.ts';
import type { MessageRow, Storage, StorageOptions } from '../../storage/types.ts';

export interface Bench {
  storage: Storage;
  options: StorageOptions;
  clock: { now: Date };
  /** Opens the same database once more, as another process would. */
  again(): Promise<Storage>;
  close(): Promise<void>;
}

export type Where = (dataDir: string) => StorageOptions['database'];

export const onSqlite: Where = (dataDir) => ({ kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') });

export async function openBench(where: Where = onSqlite): Promise<Bench> {
  const dataDir = mkdtempSync(join(tmpdir(), 'congvan-storage-'));
  const clock = { now: new Date('2026-11-20T03:00:00.000Z') };
  const options: StorageOptions = {
    dataDir,
    database: where(dataDir),
    clock: () => clock.now,
    mailDomain: 'mau.example.gov.vn',
  };
  const open: Storage[] = [];
  const again = async () => {
    const storage = await openStorage(options);
    open.push(storage);
    return storage;
  };
  const close = async () => {
    for (const storage of open) await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { storage: await again(), options, clock, again, close };
}

export function decision(of: Partial<Decision> = {}): Decision {
  return {
    message: null,
    entries: [],
    sends: [],
    outcomes: [],
    holds: [],
    closeHold: null,
    approveHold: null,
    corrections: [],
    cancel: null,
    journal: [],
    ...of,
  };
}

export function entry(of: Partial<EntryDraft> = {}): EntryDraft {
  return {
    book: 'den',
    agency: 'H99.01',
    year: 2026,
    series: 'chung',
    messageId: null,
    documentKey: null,
    numberPattern: null,
    enteredAt: '2026-11-20T02:59:00.000Z',
    deemedReceivedAt: '2026-11-20T02:59:00.000Z',
    signatureClass: 'LEADER_AND_ORG',
    urgency: 'THUONG',
    fields: { soKyHieu: '12/QĐ-SNV', trichYeu: 'Về việc thử nghiệm' },
    files: [],
    flags: [],
    by: 'machine',
    ...of,
  };
}

export function send(of: Partial<SendDraft> = {}): SendDraft {
  return {
    kind: 'T2',
    to: 'vanthu@snv.mau.example.gov.vn',
    toName: 'Sở Nội vụ tỉnh Mẫu',
    envelope: 'null',
    intent: {},
    entry: null,
    entryId: null,
    aboutMessage: null,
    notBefore: null,
    ...of,
  };
}

/** Keeps bytes and their row, as an intake would. */
export async function arrive(storage: Storage, text: string, origin: Partial<MessageOrigin> = {}) {
  const kept = await storage.bytes.keepBuffer(Buffer.from(text));
  return storage.messages.keep({
    ...kept,
    enteredAt: '2026-11-20T02:59:00.000Z',
    origin: {
      channel: 'imap',
      mailbox: 'vanthu',
      folder: 'INBOX',
      uidValidity: '7',
      uid: 1,
      envelopeFrom: null,
      envelopeTo: [],
      clientIp: null,
      clientHelo: null,
      ...origin,
    },
  });
}

/** One entry for one message, with its notice. */
export async function registerLetter(storage: Storage, row: MessageRow, of: Partial<EntryDraft> = {}) {
  return storage.transact({ messageId: row.id }, () =>
    decision({
      message: { id: row.id, state: 'registered', kind: 'official-document', rule: null },
      entries: [entry({ messageId: row.id, ...of })],
      sends: [send({ entry: 0, aboutMessage: row.id })],
    }),
  );
}
