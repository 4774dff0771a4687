/**
 * A letter of 60 MB (one signed PDF of 44 MB) through the whole path: how much memory it takes above the idle level,
 * service and child processes together. `node scripts/bench/big-letter.ts [--megabytes 44]` prints one JSON object;
 * README.md says what its fields mean. Over LMTP, and over IMAP where Dovecot is there. Linux only.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHouse } from '../../gateway/open.ts';
import { OUR_MAILBOX, openWorld } from '../demo/world.ts';
import { freePort } from '../province/free-port.ts';
import { available, type MailServers, startMailServers } from '../province/mail-servers.ts';
import { openMailSink } from '../province/mail-sink.ts';
import { post } from '../province/post.ts';
import { openLetterMaker, type SizedLetter } from './letters.ts';
import { watchMemory } from './process-family.ts';
import { PASSWORD, STORE, startService, store, untilRegistered, writeService } from './service.ts';

const SMALL_BYTES = 100_000;
/** What readers give back, they give back a little later. */
const SETTLE_MS = 1_500;

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '44' } } });
const bytes = Number(values.megabytes) * 1024 * 1024;
const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = await mkdtemp(join(tmpdir(), 'congvan-bench-'));
const world = await openWorld(join(folder, 'tinh-mau'));
const maker = await openLetterMaker(world, join(folder, 'ca.pem'));
const result: Record<string, unknown> = {};
try {
  say('over LMTP');
  result.lmtp = await measure('lmtp', null);
  if (available('dovecot')) {
    say('over IMAP');
    const users = [OUR_MAILBOX, STORE].map((address) => ({ address, password: PASSWORD }));
    const servers = await startMailServers({ users });
    try {
      result.imap = await measure('imap', servers);
    } finally {
      await servers.stop();
    }
  } else {
    say('no Dovecot here: IMAP is left out');
    result.imap = null;
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(name: string, servers: MailServers | null) {
  const place = join(folder, name);
  await mkdir(place);
  const sink = await openMailSink();
  const lmtpPort = await freePort();
  const plan = {
    folder: place,
    world,
    anchorFile: maker.anchorFile,
    servers,
    lmtpPort,
    outgoingPort: sink.port,
  };
  const { file, config } = await writeService(plan);
  const house = await openHouse(config);
  const service = startService(file);
  const memory = watchMemory(service.child.pid!);
  const deliver = (letter: SizedLetter) =>
    servers ? store(servers, [letter], OUR_MAILBOX) : postWhenUp(lmtpPort, letter);
  try {
    await deliver(await maker.make(`${name}-nho`, SMALL_BYTES));
    await untilRegistered(house, 1, 60_000);
    const big = await maker.make(`${name}-lon`, bytes);
    await later(SETTLE_MS);
    const idle = memory.now();
    memory.fromHere();
    const begun = performance.now();
    await deliver(big);
    await untilRegistered(house, 2, 300_000);
    const seconds = (performance.now() - begun) / 1000;
    const peak = memory.peak();
    await later(SETTLE_MS);
    return {
      letterBytes: big.raw.length,
      seconds: Math.round(seconds * 10) / 10,
      idleMiB: Math.round(idle),
      peakMiB: Math.round(peak.total),
      aboveIdleMiB: Math.round(peak.total - idle),
      peakEachMiB: peak.each.map(Math.round),
      afterwardsMiB: Math.round(memory.now()),
    };
  } finally {
    memory.stop();
    await service.stop();
    await house.close();
    await sink.close();
  }
}

/** The service takes a moment to listen. */
async function postWhenUp(port: number, letter: SizedLetter): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await post({ protocol: 'lmtp', port }, { from: letter.from, to: [OUR_MAILBOX] }, letter.raw);
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await later(100);
    }
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
