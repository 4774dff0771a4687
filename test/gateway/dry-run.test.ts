import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDirectory } from '../../config/directory.ts';
import { makeConfig } from '../../config/make.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { dryRun } from '../../gateway/dry-run.ts';
import { openWorld, type World } from '../../scripts/demo/world.ts';
import { mailboxOn } from '../support/intake.ts';
import { type ScriptedImap, startScriptedImap } from '../support/scripted-imap.ts';

let folder: string;
let world: World;
let server: ScriptedImap;
let config: CongvanConfig;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-dry-'));
  world = await openWorld(join(folder, 'world'));
  const letters = await world.signedLetters(2);
  const messages = letters.map((letter, i) => ({ uid: i + 1, source: letter.raw.toString('latin1') }));
  server = await startScriptedImap({
    messages: [
      ...messages,
      { uid: 3, source: messages[0]!.source, internalDate: '01-Jan-2020 08:00:00 +0700' },
    ],
    capabilities: 'IMAP4rev1 IDLE MOVE UIDPLUS',
  });
  config = makeConfig({
    dataDir: join(folder, 'data'),
    agency: { address: world.address },
    directory: { file: world.directoryFile, agencies: loadDirectory(world.directoryFile) },
    signatures: { anchors: [{ file: world.anchorFile, group: 'BAN_CO_YEU' }], intermediates: [] },
    sender: { resolver: { file: world.zoneFile } },
    intake: { imap: [mailboxOn(server.port, { moveTo: 'Da vao so' })], cutover: '2024-01-01T00:00:00.000Z' },
    // Were anything sent, it would go here, where nobody listens, and the run would not end quietly.
    outgoing: {
      host: '127.0.0.1',
      port: 1,
      tls: { mode: 'none', caFile: null },
      login: null,
      connections: 1,
      timeoutMs: 1_000,
      routes: {},
    },
    register: {
      nextNumber: [{ book: 'den', series: 'chung', year: new Date().getUTCFullYear(), number: 501 }],
    },
    log: { level: 'error' },
  });
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('congvan-dry-run-'));

describe('a dry run', () => {
  it('tells what would happen, and leaves mailbox, database and disk as they were', async () => {
    const before = await left();
    const lines: string[] = [];
    await dryRun(config, (line) => void lines.push(line));
    const told = lines.join('\n');
    expect(told).toMatch(/3 thư, trong đó 1 thư trước thời điểm bắt đầu/);
    expect(told).toMatch(/số đến 501\/\d{4}/);
    expect(told).toMatch(/số đến 502\/\d{4}/);
    expect(told).toMatch(/sẽ trả lời: T1 T2/);
    expect(server.commands.length).toBeGreaterThan(5);
    expect(
      server.commands.filter((c) =>
        /^(?:UID )?(?:STORE|MOVE|COPY|EXPUNGE|APPEND|SELECT|CREATE|DELETE|RENAME)\b/i.test(c),
      ),
    ).toEqual([]);
    expect(
      server.commands.filter((c) => /BODY\[|RFC822(?!\.SIZE)/i.test(c.replaceAll('BODY.PEEK[', ''))),
    ).toEqual([]);
    expect(await readdir(folder)).toEqual(['world']);
    expect(await left()).toEqual(before);
  }, 60_000);

  it('Ctrl-C while a mailbox does not answer: it ends, and clears up after itself', async () => {
    const before = await left();
    server.script.greeting = 'hang';
    const run = dryRun(config, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    process.emit('SIGINT');
    await run;
    expect(await left()).toEqual(before);
    expect(process.listenerCount('SIGINT')).toBe(0);
  }, 30_000);

  it('clears up when it cannot even start', async () => {
    const before = await left();
    await expect(
      dryRun(
        {
          ...config,
          signatures: { ...config.signatures, anchors: [{ file: join(folder, 'none.pem'), group: 'X' }] },
        },
        () => undefined,
      ),
    ).rejects.toThrow();
    expect(await left()).toEqual(before);
  });
});
