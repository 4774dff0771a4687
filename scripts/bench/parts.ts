/**
 * What no gateway could leave out, each with the very functions that the service uses: fetching over IMAP and keeping
 * on disk, cutting the MIME structure, hashing the file, checking its signatures, and the rows of the register. First one
 * after the other, then all together on as many processes as the service has.
 */
import { fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImapMailbox } from '../../config/types.ts';
import { openSession } from '../../gateway/intake/imap/connection.ts';
import type { ImapSession } from '../../gateway/intake/imap/session.ts';
import { inOrder } from '../../gateway/intake/in-order.ts';
import { nothing } from '../../handlers/rules.ts';
import type { Decision } from '../../handlers/types.ts';
import { openStorage } from '../../storage/index.ts';
import type { Storage } from '../../storage/types.ts';
import type { MailServers } from '../province/mail-servers.ts';
import type { LetterMaker, SizedLetter } from './letters.ts';
import type { PartTask } from './part-worker.ts';
import { cpuOf } from './process-family.ts';
import { PASSWORD, STORE } from './service.ts';

const WORKERS = 2;
/** As many downloads at once as intake has. */
const WIDTH = 4;

interface Plan {
  folder: string;
  servers: MailServers;
  maker: LetterMaker;
  letters: SizedLetter[];
}

export interface PartsResult {
  /** Milliseconds for one letter, each part for itself. */
  milliseconds: { fetchAndKeep: number; parse: number; hash: number; signatures: number; insert: number };
  /** All parts at once, on the service's own number of processes. */
  togetherPerSecond: number;
  /** Time on a core for one letter while all parts run at once, without Dovecot's. */
  cpuMilliseconds: number;
  /** Two cores, each busy with nothing but the parts, and nothing ever waiting. */
  sumHalvedPerSecond: number;
}

export async function measureParts(plan: Plan): Promise<PartsResult> {
  const rig = await openRig(plan);
  try {
    const files: { raw: string; pdf: string }[] = [];
    const fetchAndKeep = await timed(rig.count, async () => {
      for await (const sha256 of rig.fetchAll())
        files.push({ raw: rig.storage.bytes.pathOf(sha256), pdf: '' });
    });
    for (const [i, letter] of plan.letters.entries()) {
      files[i]!.pdf = rig.storage.bytes.pathOf((await rig.storage.bytes.keepBuffer(letter.pdf)).sha256);
    }
    await rig.workers[0]!.run({ task: 'all', ...files[0]! }); // warm
    const alone = (task: PartTask['task']) =>
      timed(rig.count, async () => {
        for (const file of files) await rig.workers[0]!.run({ task, ...file });
      });
    const parse = await alone('parse');
    const hash = await alone('hash');
    const signatures = await alone('signatures');
    const insert = await timed(rig.count, async () => {
      for (let i = 0; i < rig.count; i++) await insertOne(rig.storage, i, files[i]!.raw);
    });
    const milliseconds = { fetchAndKeep, parse, hash, signatures, insert };
    const sum = Object.values(milliseconds).reduce((a, b) => a + b, 0);

    await rig.workers[1]!.run({ task: 'all', ...files[0]! });
    const cpu = cpuOf(process.pid);
    const together = await timed(rig.count, () => allTogether(rig, files));
    const cpuTogether = (cpuOf(process.pid) - cpu) / rig.count;
    return {
      milliseconds: Object.fromEntries(
        Object.entries(milliseconds).map(([part, ms]) => [part, round(ms)]),
      ) as PartsResult['milliseconds'],
      togetherPerSecond: round(1000 / together),
      cpuMilliseconds: round(cpuTogether),
      sumHalvedPerSecond: round(2000 / sum),
    };
  } finally {
    await rig.close();
  }
}

type Rig = Awaited<ReturnType<typeof openRig>>;

async function openRig({ folder, servers, maker, letters }: Plan) {
  const dataDir = join(folder, 'parts');
  await mkdir(dataDir);
  const storage = await openStorage({
    dataDir,
    database: { kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') },
    clock: () => new Date(),
    mailDomain: 'xamau.mau.example.gov.vn',
  });
  const session = await openSession(mailboxOf(servers), {
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  await session.examine('INBOX');
  const listed = (await session.listFrom(1)).slice(0, letters.length);
  const workers = Array.from({ length: WORKERS }, () => openWorker(maker.anchorFile));
  return {
    storage,
    workers,
    count: listed.length,
    fetchAll: () => inOrder(listed, WIDTH, (m) => fetchOne(session, storage, m.uid, m.size)),
    close: async () => {
      for (const worker of workers) worker.close();
      await session.close();
      await storage.close();
    },
  };
}

async function fetchOne(
  session: ImapSession,
  storage: Storage,
  uid: number,
  size: number | null,
): Promise<string> {
  return (await storage.bytes.keep(session.download(uid, size))).sha256;
}

/** Each letter goes on as soon as it is fetched: to a worker that is free, then into the register. */
async function allTogether(rig: Rig, files: { raw: string; pdf: string }[]): Promise<void> {
  const free = [...rig.workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const running: Promise<void>[] = [];
  const life = async (i: number) => {
    const worker = free.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    await worker.run({ task: 'all', ...files[i]! });
    const next = waiting.shift();
    if (next) next(worker);
    else free.push(worker);
    await insertOne(rig.storage, rig.count + i, files[i]!.raw);
  };
  let i = 0;
  for await (const _ of rig.fetchAll()) running.push(life(i++));
  await Promise.all(running);
}

interface Worker {
  run(task: PartTask): Promise<void>;
  close(): void;
}

function openWorker(anchorFile: string): Worker {
  const child = fork(new URL('./part-worker.ts', import.meta.url), [anchorFile]);
  let settle: ((problem: string | null) => void) | null = null;
  child.on('message', (problem: string | null) => settle?.(problem));
  child.on('exit', () => settle?.('the worker ended'));
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        settle = (problem) => (problem === null ? resolve() : reject(new Error(problem)));
        child.send(task);
      }),
    close: () => void child.kill('SIGKILL'),
  };
}

/** What a registration writes at the least: the row of the message, then entry, two answers due, and journal. */
async function insertOne(storage: Storage, index: number, rawPath: string): Promise<void> {
  const sha256 = rawPath.slice(-64);
  const enteredAt = new Date().toISOString();
  const { row } = await storage.messages.keep({
    sha256,
    size: 1,
    // A mailbox for each, since the same bytes in one mailbox are one message.
    origin: {
      channel: 'lmtp',
      mailbox: `do-${index}`,
      folder: null,
      uidValidity: null,
      uid: null,
      envelopeFrom: null,
      envelopeTo: [],
      clientIp: null,
      clientHelo: null,
    },
    enteredAt,
  });
  await storage.transact({ messageId: row.id }, () => registration(row.id, enteredAt, sha256));
}

function registration(messageId: string, enteredAt: string, sha256: string): Decision {
  const answer = (kind: 'T1' | 'T2') => ({
    kind,
    to: 'vanthu@snv.mau.example.gov.vn',
    toName: null,
    envelope: 'null' as const,
    intent: {},
    entry: kind === 'T2' ? 0 : null,
    entryId: null,
    aboutMessage: messageId,
    notBefore: null,
  });
  return {
    ...nothing(),
    message: { id: messageId, state: 'registered', kind: 'official-document', rule: null },
    entries: [
      {
        book: 'den',
        agency: 'H99.10',
        year: 2026,
        series: 'chung',
        messageId,
        documentKey: null,
        numberPattern: null,
        enteredAt,
        deemedReceivedAt: enteredAt,
        signatureClass: 'LEADER_AND_ORG',
        urgency: 'THUONG',
        fields: { soKyHieu: '1/SNV-VP', trichYeu: 'Về việc thống kê', tacGia: 'Sở Nội vụ tỉnh Mẫu' },
        files: [{ sha256, name: 'van-ban.pdf', role: 'main', size: 1, verdict: 'valid' }],
        flags: [],
        by: 'machine',
      },
    ],
    sends: [answer('T1'), answer('T2')],
  };
}

function mailboxOf(servers: MailServers): ImapMailbox {
  process.env.CONGVAN_BENCH_PASSWORD = PASSWORD;
  return {
    name: 'kho',
    host: '127.0.0.1',
    port: servers.ports.imaps,
    tls: { mode: 'implicit', caFile: servers.caFile },
    login: { kind: 'password', user: STORE, password: { env: 'CONGVAN_BENCH_PASSWORD' } },
    folders: ['INBOX'],
    intervalMs: 60_000,
    idle: false,
    commandTimeoutMs: 60_000,
    moveTo: null,
  };
}

/** Milliseconds for one of `count`. */
async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / count;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
