import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clamdAnswers, scanContent, scanFile, verdictOf } from '../../gateway/clamav.ts';
import { clamdAvailable, HOW_TO_GET_CLAMD, type RunningClamd, startClamd } from '../support/clamd.ts';
import { serverSuite } from '../support/require.ts';
import { type ScriptedClamd, startScriptedClamd } from '../support/scripted-clamd.ts';

describe('what clamd answers (VAL-08)', () => {
  it.each([
    ['stream: OK\0', 'clean', null],
    ['stream: Eicar-Test-Signature FOUND\0', 'infected', 'Eicar-Test-Signature'],
    [
      'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0',
      'too-large',
      'Heuristics.Limits.Exceeded.MaxFileSize',
    ],
    ['INSTREAM size limit exceeded. ERROR\0', 'too-large', null],
    ["stream: Can't allocate memory ERROR\0", 'unreachable', null],
    ['UNKNOWN COMMAND\0', 'unreachable', null],
    ['stream: OK FOUND OK\0', 'unreachable', null],
    ['', 'unreachable', null],
  ])('%j is %s', (reply, status, name) => {
    expect(verdictOf(reply)).toMatchObject({ status, name });
  });
});

describe('scanning through a clamd that does as it is told', () => {
  let clamd: ScriptedClamd;
  let reply = 'stream: OK';
  let dir: string;
  const address = () => ({ host: '127.0.0.1', port: clamd.port });

  beforeAll(async () => {
    clamd = await startScriptedClamd(() => reply);
    dir = await mkdtemp(join(tmpdir(), 'congvan-clamd-'));
  });
  afterAll(async () => {
    await clamd.stop();
    await rm(dir, { recursive: true });
  });

  it('sends every byte of the file, in order', async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const path = join(dir, 'tep');
    await writeFile(path, content);
    expect(await scanFile(address(), path)).toMatchObject({ status: 'clean' });
    expect(clamd.scanned.at(-1)?.equals(content)).toBe(true);
  });

  it.each([
    ['stream: Eicar-Test-Signature FOUND', 'infected'],
    ['drop', 'unreachable'],
    ['hang', 'unreachable'],
  ])('told to answer %j, the verdict is %s', async (told, status) => {
    reply = told;
    const content = (async function* one() {
      yield Buffer.from('x');
    })();
    expect((await scanContent(address(), content, 300)).status).toBe(status);
    reply = 'stream: OK';
  });

  it('takes the answer of a scanner that hangs up while the file is still being written', async () => {
    reply = 'limit:100000';
    const path = join(dir, 'to');
    await writeFile(path, Buffer.alloc(8_000_000));
    expect((await scanFile(address(), path)).status).toBe('too-large');
    reply = 'stream: OK';
  });

  it('calls a file that cannot be read unreachable, never clean', async () => {
    expect((await scanFile(address(), join(dir, 'khong-co'))).status).toBe('unreachable');
  });

  it('calls a closed port and a missing socket unreachable', async () => {
    const gone = await startScriptedClamd(() => 'stream: OK');
    await gone.stop();
    expect((await clamdAnswers({ host: '127.0.0.1', port: gone.port })).status).toBe('unreachable');
    expect((await clamdAnswers({ socket: join(dir, 'khong-co.sock') })).status).toBe('unreachable');
  });
});

serverSuite('scanning through a real clamd', clamdAvailable(), HOW_TO_GET_CLAMD, () => {
  let clamd: RunningClamd;
  beforeAll(async () => {
    clamd = await startClamd('CONGVAN-TEST-VIRUS');
  });
  afterAll(() => clamd.stop());

  const scan = (content: Buffer) => {
    const stream = async function* one() {
      yield content;
    };
    return scanContent({ host: '127.0.0.1', port: clamd.port }, stream());
  };

  it.each([
    ['a clean file', Buffer.from('Kính gửi Ủy ban nhân dân xã Mẫu'), 'clean'],
    ['a file with a known signature', Buffer.from('xxx CONGVAN-TEST-VIRUS xxx'), 'infected'],
    ['an empty file', Buffer.alloc(0), 'clean'],
    ['a file over its limit', Buffer.alloc(3 * 1024 * 1024, 'a'), 'too-large'],
  ])('%s', async (_name, content, status) => {
    expect((await scan(content)).status).toBe(status);
  });
});
