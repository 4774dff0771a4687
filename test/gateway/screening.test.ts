import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { virusScan } from '../../gateway/screening.ts';
import { decideArrival } from '../../handlers/arrival.ts';
import { decideRegistration } from '../../handlers/registration.ts';
import type { Screening } from '../../handlers/types.ts';
import { byteStore } from '../../storage/bytes.ts';
import type { ByteStore } from '../../storage/types.ts';
import { makeFacts, makePart, makeRules, makeSnapshot } from '../support/facts.ts';
import { type ScriptedClamd, startScriptedClamd } from '../support/scripted-clamd.ts';

let folder: string;
let bytes: ByteStore;
let clamd: ScriptedClamd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-screening-'));
  bytes = byteStore(folder);
  clamd = await startScriptedClamd((content) => {
    const text = content.toString();
    if (text.includes('VIRUS')) return 'stream: Win.Test.Mau FOUND';
    if (text.includes('HUGE')) return 'INSTREAM size limit exceeded. ERROR';
    return text.includes('DROP') ? 'drop' : 'stream: OK';
  });
});

afterAll(async () => {
  await clamd.stop();
  await rm(folder, { recursive: true, force: true });
});

async function scan(whole: string, parts: string[] = [], port = clamd.port): Promise<Screening['virus']> {
  const { sha256 } = await bytes.keepBuffer(Buffer.from(whole));
  const kept = await Promise.all(
    parts.map(async (text, i) =>
      makePart({ path: `${i + 1}`, ...(await bytes.keepBuffer(Buffer.from(text))) }),
    ),
  );
  return virusScan({ host: '127.0.0.1', port }, bytes)(sha256, kept);
}

describe('VAL-08 every file through the scanner', () => {
  it('clean: the whole letter and every file of it were looked at', async () => {
    const before = clamd.scanned.length;
    expect(await scan('letter', ['one', 'two'])).toEqual({ status: 'clean', name: null, part: null });
    expect(clamd.scanned.slice(before).map(String)).toEqual(['letter', 'one', 'two']);
  });

  it('a virus in a file that only we could unpack names the file', async () => {
    expect(await scan('letter', ['one', 'VIRUS'])).toEqual({
      status: 'infected',
      name: 'Win.Test.Mau',
      part: '2',
    });
  });

  it('a file too large to be scanned does not hide the virus behind it', async () => {
    expect(await scan('HUGE', ['VIRUS'])).toMatchObject({ status: 'infected', part: '1' });
    expect(await scan('HUGE', ['clean'])).toMatchObject({ status: 'too-large', part: null });
  });

  it('a file of which there is nothing (encrypted member of an archive) is not asked about', async () => {
    const whole = await bytes.keepBuffer(Buffer.from('letter'));
    const encrypted = makePart({ encrypted: true, size: 0, sha256: '0'.repeat(64) });
    expect(
      await virusScan({ host: '127.0.0.1', port: clamd.port }, bytes)(whole.sha256, [encrypted]),
    ).toMatchObject({ status: 'clean' });
  });

  it.each([
    ['nobody listens', 'letter', 1],
    ['it hangs up without an answer', 'DROP', null],
  ])(
    'scanner unreachable: %s → a temporary error, so that the letter waits and never passes',
    async (_name, text, port) => {
      await expect(scan(text, [], port ?? clamd.port)).rejects.toMatchObject({
        code: 'SCANNER_UNREACHABLE',
        temporary: true,
      });
    },
  );

  it('none configured is said, not called clean', async () => {
    expect(await virusScan(null, bytes)('0'.repeat(64), [])).toMatchObject({ status: 'not-configured' });
  });
});

describe('VAL-08 what is decided about it', () => {
  const facts = (status: Screening['virus']['status']) =>
    makeFacts({
      screening: { virus: { status, name: 'Win.Test.Mau', part: '2' }, blocked: [], secrecy: [] },
    });

  it('infected: isolated, said to the clerk, no notice', () => {
    const decision = decideArrival(facts('infected'), makeRules(), makeSnapshot());
    expect(decision.message).toMatchObject({ state: 'isolated', rule: 'virus' });
    expect(decision.holds).toMatchObject([
      { queue: 'virus', reasons: [{ code: 'VIRUS', sentence: expect.stringContaining('Win.Test.Mau') }] },
    ]);
    expect(decision.sends).toEqual([]);
  });

  it('too large to be scanned: held for the clerk, never registered by itself', () => {
    const decision = decideRegistration(facts('too-large'), makeRules(), makeSnapshot());
    expect(decision.entries).toEqual([]);
    expect(decision.holds[0]?.reasons.map((r) => r.code)).toContain('NOT_SCANNED');
  });
});
