/**
 * Kills the service with SIGKILL at random moments while letters arrive and others go out, then counts what became of
 * every one of them. `node scripts/crash-test.ts [--kills 200] [--letters 500] [--issues 100] [--keep] [--seed N]`
 * prints one JSON object on standard output, progress on standard error; exit 1 when anything was lost or doubled.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load.ts';
import type { House } from '../gateway/house.ts';
import { issueDocument } from '../gateway/issue.ts';
import { openHouse } from '../gateway/open.ts';
import { OUR_MAILBOX, openWorld } from './demo/world.ts';
import { freePort } from './province/free-port.ts';
import { type MailSink, openMailSink } from './province/mail-sink.ts';
import { postUntilTaken } from './province/post.ts';
import { serviceConfig } from './province/service-config.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    letters: { type: 'string', default: '500' },
    issues: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const letters = Number(values.letters);
const issues = Number(values.issues);
const random = mulberry32(Number(values.seed));
/** Some lives end while the service is still starting, most while it works. */
const LONGEST_LIFE_MS = 4_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = await mkdtemp(join(tmpdir(), 'congvan-crash-'));
const world = await openWorld(folder);
const sink = await openMailSink();
const lmtpPort = await freePort();
const configFile = join(folder, 'congvan.yaml');
await writeFile(
  configFile,
  serviceConfig({ world, dataDir: join(folder, 'data'), lmtpPort, outgoingPort: sink.port }),
);

const house = await openHouse(loadConfig(configFile));
say(`preparing ${letters} letters and ${issues} documents to issue`);
const incoming = await world.signedLetters(letters);
const outgoing = await world.signedScans(issues);

let service = start();
let killed = 0;
let finished = false;
const killer = (async () => {
  while (!finished && killed < kills) {
    await sleep(random() * LONGEST_LIFE_MS);
    if (finished) break;
    service.kill('SIGKILL');
    killed++;
    if (killed % 20 === 0) say(`${killed} kills, ${sink.delivered.length} mails sent`);
    service = start();
  }
})();

const spread = async (count: number, one: (i: number) => Promise<void>) => {
  const pace = (kills * LONGEST_LIFE_MS) / 2 / Math.max(1, count);
  for (let i = 0; i < count; i++) {
    await one(i);
    await sleep(2 * pace * random());
  }
};
await Promise.all([
  spread(letters, async (i) => {
    await postUntilTaken(
      { protocol: 'lmtp', port: lmtpPort },
      { from: incoming[i]!.from, to: [OUR_MAILBOX] },
      incoming[i]!.raw,
    );
  }),
  spread(issues, async (i) => {
    await issueDocument(house, { ...outgoing[i]!, by: 'vanthu' });
  }),
  killer,
]);
finished = true;
say('letting the service finish in peace');
const quiet = await untilQuiet(house);
service.kill('SIGTERM');
await new Promise((resolve) => service.once('exit', resolve));

const result = { ...(await count(house, sink)), kills: killed, quiet };
await house.close();
await sink.close();
process.stdout.write(`${JSON.stringify({ ...result, folder: values.keep ? folder : null }, null, 2)}\n`);
if (!values.keep) await rm(folder, { recursive: true, force: true });
process.exit(result.ok && quiet ? 0 : 1);

function start(): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../bin/congvan.ts'), 'start', '--config', configFile],
    {
      stdio: ['ignore', 'ignore', process.env['CRASH_TEST_LOG'] ? 'inherit' : 'ignore'],
    },
  );
  child.on('error', (error) => say(String(error)));
  return child;
}

/** Nothing to work on, nothing to send. */
async function untilQuiet(of: House): Promise<boolean> {
  const end = Date.now() + 300_000;
  while (Date.now() < end) {
    const states = await of.storage.messages.counts();
    const box = await of.storage.outbox.counts();
    const busy =
      (states['kept'] ?? 0) +
      (states['arrived'] ?? 0) +
      (states['waiting'] ?? 0) +
      (box['due'] ?? 0) +
      (box['sending'] ?? 0);
    if (busy === 0) return true;
    await sleep(500);
  }
  return false;
}

async function count(of: House, mail: MailSink): Promise<Record<string, unknown> & { ok: boolean }> {
  const den = await of.storage.register.list({ book: 'den', limit: 100_000 });
  const di = await of.storage.register.list({ book: 'di', limit: 100_000 });
  const sends = await of.storage.outbox.list({ limit: 100_000 });
  const received = new Map<string, number>();
  for (const { raw } of mail.delivered) {
    const id = /^Message-ID:\s*(<[^>]+>)/im.exec(raw.toString('latin1'))?.[1] ?? '(none)';
    received.set(id, (received.get(id) ?? 0) + 1);
  }
  const notices = sends.filter((s) => s.kind === 'T1' || s.kind === 'T2');
  const copies = sends.filter((s) => s.kind === 'T8');
  const times = (row: { messageIdHeader: string }) => received.get(row.messageIdHeader) ?? 0;
  const known = new Set(sends.map((s) => s.messageIdHeader));
  const facts = {
    lettersRegistered: den.length,
    lettersDistinct: new Set(den.map((e) => e.fields['soKyHieu'])).size,
    denWithoutGap: withoutGap(den.map((e) => e.number)),
    issued: di.length,
    diWithoutGap: withoutGap(di.map((e) => e.number)),
    notices: notices.length,
    noticesNeverSent: notices.filter((n) => times(n) === 0).length,
    noticesSentAgain: notices.filter((n) => times(n) > 1).length,
    mailsWithUnknownMessageId: [...received.keys()].filter((id) => !known.has(id)).length,
    copies: copies.length,
    copiesSentOnce: copies.filter((c) => times(c) === 1).length,
    copiesUncertain: copies.filter((c) => c.state === 'uncertain').length,
    copiesSentTwice: copies.filter((c) => times(c) > 1).length,
    copiesLost: copies.filter((c) => times(c) === 0 && c.state !== 'uncertain').length,
    journal: await of.storage.journal.verify(),
  };
  const ok =
    facts.lettersRegistered === letters &&
    facts.lettersDistinct === letters &&
    facts.denWithoutGap &&
    facts.issued === issues &&
    facts.diWithoutGap &&
    facts.notices === 2 * letters &&
    facts.noticesNeverSent === 0 &&
    facts.mailsWithUnknownMessageId === 0 &&
    facts.copiesSentTwice === 0 &&
    facts.copiesLost === 0 &&
    facts.journal.ok;
  return { ok, ...facts };
}

function withoutGap(numbers: number[]): boolean {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.every((n, i) => n === i + 1);
}

/** A small seeded generator, so that a run can be repeated. */
function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
