/**
 * Letters a second through the whole path (IMAP over TLS, real Dovecot, SQLite), against what its unavoidable parts
 * allow, measured in the same run on the same letters. `node scripts/bench/throughput.ts [--letters 100] [--megabytes 1]
 * [--answers]` prints one JSON object; README.md says what its fields mean. Exit 2 without Dovecot.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { House } from '../../gateway/house.ts';
import { openHouse } from '../../gateway/open.ts';
import { OUR_MAILBOX, openWorld } from '../demo/world.ts';
import { freePort } from '../province/free-port.ts';
import { available, HOW_TO_GET, startMailServers } from '../province/mail-servers.ts';
import { openMailSink } from '../province/mail-sink.ts';
import { openLetterMaker, type SizedLetter } from './letters.ts';
import { measureParts } from './parts.ts';
import { cpuOf, type MemoryWatch, watchMemory } from './process-family.ts';
import { PASSWORD, pour, STORE, startService, store, untilRegistered, writeService } from './service.ts';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '100' },
    megabytes: { type: 'string', default: '1' },
    answers: { type: 'boolean', default: false },
  },
});
if (!available('dovecot')) {
  process.stderr.write(`throughput: needs a real Dovecot: ${HOW_TO_GET}\n`);
  process.exit(2);
}
/** Letters before those that count: the parts have warmed up their code by then, too. */
const WARMING = 40;

const count = Number(values.letters);
const bytes = Number(values.megabytes) * 1024 * 1024;
const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = await mkdtemp(join(tmpdir(), 'congvan-bench-'));
const servers = await startMailServers({
  users: [OUR_MAILBOX, STORE].map((address) => ({ address, password: PASSWORD })),
});
try {
  const world = await openWorld(join(folder, 'tinh-mau'));
  const maker = await openLetterMaker(world, join(folder, 'ca.pem'));
  say(`making ${count} letters with a signed PDF of ${values.megabytes} MB each`);
  const letters: SizedLetter[] = [];
  for (let i = 0; i < count; i++) letters.push(await maker.make(`do-${i + 1}`, bytes));
  const warm: SizedLetter[] = [];
  for (let i = 0; i < WARMING; i++) warm.push(await maker.make(`lam-nong-${i + 1}`, bytes));
  await store(servers, letters);

  say('the parts alone');
  const parts = await measureParts({ folder, servers, maker, letters });

  say('the whole path');
  const sink = values.answers ? await openMailSink() : null;
  const { file, config } = await writeService({
    folder,
    world,
    anchorFile: maker.anchorFile,
    servers,
    lmtpPort: await freePort(),
    outgoingPort: sink?.port ?? null,
  });
  const house = await openHouse(config);
  const service = startService(file);
  const memory = watchMemory(service.child.pid!, 50);
  const whole = await through(house, letters, warm, { memory, pid: service.child.pid! });
  memory.stop();
  await service.stop();
  await house.close();
  await sink?.close();

  const result = {
    letters: count,
    megabytes: Number(values.megabytes),
    answersSent: values.answers,
    wholeLettersPerSecond: whole.perSecond,
    partsTogetherLettersPerSecond: parts.togetherPerSecond,
    partsSumHalvedLettersPerSecond: parts.sumHalvedPerSecond,
    ratioToPartsTogether: round(whole.perSecond / parts.togetherPerSecond),
    ratioToPartsSumHalved: round(whole.perSecond / parts.sumHalvedPerSecond),
    partsMillisecondsPerLetter: parts.milliseconds,
    cpuMillisecondsPerLetter: { whole: whole.cpuMilliseconds, parts: parts.cpuMilliseconds },
    peakMiB: whole.peakMiB,
    idleMiB: whole.idleMiB,
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
}

/**
 * From the moment the first letter was kept to the moment the last one was registered: `count` − 1 letters. The
 * service is warm, and what Dovecot waits before it tells an idling client of new mail is not counted.
 */
async function through(
  house: House,
  all: SizedLetter[],
  warm: SizedLetter[],
  { memory, pid }: { memory: MemoryWatch; pid: number },
) {
  await store(servers, warm, OUR_MAILBOX);
  await untilRegistered(house, warm.length, 60_000);
  const idleMiB = Math.round(memory.now());
  memory.fromHere();
  const cpu = cpuOf(pid);
  await pour(servers);
  await untilRegistered(house, all.length + warm.length, 60_000 + all.length * 2_000);
  const cpuMilliseconds = round((cpuOf(pid) - cpu) / all.length);
  const messages = (await house.storage.messages.list({})).slice(warm.length);
  const entries = await house.storage.register.list({ book: 'den', limit: 100_000 });
  const begun = Math.min(...messages.map((m) => Date.parse(m.keptAt)));
  const ended = Math.max(...entries.map((e) => Date.parse(e.registeredAt)));
  return {
    perSecond: round(((all.length - 1) * 1000) / (ended - begun)),
    cpuMilliseconds,
    peakMiB: Math.round(memory.peak().total),
    idleMiB,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
