import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Judge, type JudgePlan, openJudge } from '../../../gateway/judging/judge.ts';
import { buildCage, PROGRAM } from '../../../gateway/judging/sandbox.ts';
import { until } from '../../support/intake.ts';

const AT = '2026-11-20T02:00:00Z';
const program = new URL('../../support/scripted-judge.ts', import.meta.url);
const readable = [...PROGRAM.readable, new URL('../../../gateway/judging/*', import.meta.url).pathname];
const cage = await buildCage({ heapMiB: 64, deadlineMs: 1 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-sandbox-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let judge: Judge;
afterEach(() => judge?.close());

function open(plan: Partial<JudgePlan> = {}): Judge {
  const trust = () => ({ anchors: [], intermediates: [] });
  judge = openJudge({ trust, program, readable, processes: 1, deadlineMs: 10_000, heapMiB: 64, ...plan });
  return judge;
}

/** What the program in the sandbox says of what it was told to do. */
async function told(words: string): Promise<string> {
  const report = await judge.judge({ bytes: Buffer.from(words) }, { at: AT });
  return report.defects[0]!.detail;
}

describe('what a file that took its sandbox over cannot do', () => {
  it('write a file', async () => {
    open();
    expect(await told(`write ${folder}/loot`)).toBe('ERR_ACCESS_DENIED');
    expect(existsSync(join(folder, 'loot'))).toBe(false);
  });

  it.each(['/etc/passwd', '/proc/self/environ', process.execPath])('read %s', async (path) => {
    open();
    expect(await told(`read ${path}`)).toBe('ERR_ACCESS_DENIED');
  });

  it('read a file of the house beside its own code', async () => {
    open();
    expect(
      await told(`read ${new URL('../../../config/congvan.sample.yaml', import.meta.url).pathname}`),
    ).toBe('ERR_ACCESS_DENIED');
  });

  it.each(['spawn', 'fork', 'thread'])('start another process or thread (%s)', async (how) => {
    open();
    expect(await told(how)).toBe('ERR_ACCESS_DENIED');
  });

  it('load machine code', async () => {
    open();
    expect(await told('add-on /nowhere.node')).toBe('ERR_DLOPEN_DISABLED');
  });

  it.skipIf(!cage.networkNamespace)(
    'reach a server on this machine (skipped where the kernel allows no network namespace)',
    async () => {
      const server = await listening();
      open();
      expect(await told(`connect ${port(server)}`)).toBe('ENETUNREACH');
      server.close();
    },
  );

  it('read secrets of the service from its environment', async () => {
    process.env['CONGVAN_TEST_SECRET'] = 'mat-khau';
    open();
    const env = JSON.parse(await told('env'));
    delete process.env['CONGVAN_TEST_SECRET'];
    expect(env).toHaveProperty('PATH');
    expect(Object.keys(env)).not.toContain('CONGVAN_TEST_SECRET');
    expect(Object.keys(env)).not.toContain('NODE_OPTIONS');
  });
});

describe('a file that breaks its sandbox', () => {
  it.each(['spin', 'hang'])('by never ending (%s): ended in time; the next file is judged', async (what) => {
    open({ deadlineMs: 4_000 });
    const [slow, next] = await Promise.allSettled([told(what), told('say next')]);
    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'READER_TIMEOUT', temporary: true } });
    expect(next).toMatchObject({ value: 'next' });
  });

  it.each(['crash', 'heap'])('%s: fails alone; the next file is judged', async (what) => {
    open({ deadlineMs: 25_000 });
    const [broken, next] = await Promise.allSettled([told(what), told('say next')]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'READER_CRASHED' } });
    expect(next).toMatchObject({ value: 'next' });
  });

  it.skipIf(!cage.memoryLimit)(
    'by eating memory outside the heap: refused by the kernel (skipped without prlimit)',
    async () => {
      open({ deadlineMs: 25_000 });
      const [eaten, next] = await Promise.allSettled([told('buffers'), told('say next')]);
      // V8 throws what it does not get, or ends; never the deadline, never the service.
      expect(['READING_FAILED', 'READER_CRASHED']).toContain((eaten as PromiseRejectedResult).reason.code);
      expect(next).toMatchObject({ value: 'next' });
    },
  );

  it.each(['boast', 'babble'])('by answering what is no answer (%s)', async (what) => {
    open();
    const [broken, next] = await Promise.allSettled([told(what), told('say next')]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'READER_CRASHED' } });
    expect(next).toMatchObject({ value: 'next' });
  });

  it('by claiming a verdict in a report that is none', async () => {
    open();
    await expect(told('claim')).rejects.toMatchObject({ code: 'READING_FAILED' });
  });

  it('by an error: its words do not come through', async () => {
    open();
    const error = await told('fail').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'READING_FAILED' });
    expect(String(error)).not.toContain('letter');
  });

  it('by laying the blame on the scanner, so that it would be tried for ever', async () => {
    open();
    await expect(told('blame')).rejects.toMatchObject({ code: 'READING_FAILED' });
  });
});

describe('the way in and out', () => {
  it('what libraries print is no answer', async () => {
    open();
    expect(await told('noise')).toBe('heard');
    expect(await told('say next')).toBe('next');
  });

  it('one process for file after file', async () => {
    open();
    expect(await told('pid')).toBe(await told('pid'));
  });

  it('bytes at hand and bytes on disk come in whole; octets come out as octets', async () => {
    const anchor = { der: new Uint8Array([48, 0]), group: 'PUBLIC' };
    open({ trust: () => ({ anchors: [anchor], intermediates: [] }) });
    const bytes = Buffer.alloc(9_000_001, 'x');
    await writeFile(join(folder, 'large'), bytes);
    const at = { at: AT, sha256: 'ab' };
    const [held, kept] = [
      await judge.judge({ bytes }, at),
      await judge.judge({ path: join(folder, 'large') }, at),
    ];
    for (const report of [held, kept]) {
      expect(report.file).toBe('ab');
      expect(report.defects[0]!.detail).toBe('9000001 bytes, 1 anchors');
      expect(report.wanted[0]!.body).toEqual(new Uint8Array([1, 2, 255]));
    }
  });

  it('an empty file is a file', async () => {
    open();
    expect(await told('')).toBe('0 bytes, 0 anchors');
  });

  it('a file beyond the limit is told as such, and no sandbox hears of it', async () => {
    open({ maxBytes: 10, program: new URL('file:///nowhere/at/all.ts') });
    expect(await judge.judge({ bytes: Buffer.alloc(11) }, { at: AT, sha256: 'ab' })).toMatchObject({
      file: 'ab',
      conclusion: 'error',
      defects: [{ code: 'LIMIT' }],
      sentence: expect.stringMatching(/quá lớn/),
    });
  });

  it('a file that is not there is the caller’s error, and the door stays open', async () => {
    open();
    await expect(judge.judge({ path: join(folder, 'missing') }, { at: AT })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await told('say next')).toBe('next');
  });
});

describe('its life', () => {
  it('tells the protections that are in force', async () => {
    expect(await open().protections()).toEqual({
      permissionModel: true,
      networkNamespace: cage.networkNamespace,
      memoryLimit: cage.memoryLimit,
      memoryMiB: expect.any(Number),
      endsWithService: cage.endsWithService,
      deadlineMs: 10_000,
    });
  });

  it('a program that cannot start is no fault of the file', async () => {
    open({ program: new URL('../../support/no-such-program.ts', import.meta.url) });
    await expect(told('say x')).rejects.toMatchObject({ code: 'READER_UNAVAILABLE', temporary: true });
    await expect(judge.protections()).rejects.toMatchObject({ code: 'READER_UNAVAILABLE' });
  });

  it('a trust file that cannot be read is told at the first file, and again at the next', async () => {
    let mended = false;
    open({
      trust: () => {
        if (!mended) throw new Error('no such certificate');
        return { anchors: [], intermediates: [] };
      },
    });
    await expect(told('say x')).rejects.toThrow('no such certificate');
    mended = true;
    expect(await told('say x')).toBe('x');
  });

  it('closing ends every process at once and blames no file', async () => {
    open({ processes: 2 });
    const pid = Number(await told('pid'));
    const work = Promise.allSettled(['spin', 'spin', 'say late'].map(told));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await judge.close();
    for (const outcome of await work) expect(outcome).toMatchObject({ reason: { code: 'SERVICE_STOPPING' } });
    await expect(told('say x')).rejects.toMatchObject({ code: 'SERVICE_STOPPING' });
    await until('the process to be gone', () => !alive(pid));
  });

  it.each(cage.endsWithService ? ['rests', 'spin'] : ['rests'])(
    'a service that is killed takes a sandbox with it that %s (in a loop: skipped without setpriv)',
    async (what) => {
      const service = spawn(
        process.execPath,
        [new URL('../../support/judge-child.ts', import.meta.url).pathname, what],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const pid = Number(await new Promise((resolve) => service.stdout.once('data', resolve)));
      expect(alive(pid)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 300)); // it spins by now
      service.kill('SIGKILL');
      await until('the sandbox to be gone', () => !alive(pid));
    },
  );
});

describe('the program itself', () => {
  it('judges a file that carries no signature, with the rights that it is given', async () => {
    judge = openJudge({ trust: () => ({ anchors: [], intermediates: [] }), processes: 1 });
    const report = await judge.judge({ bytes: Buffer.from('xin chào') }, { at: AT });
    expect(report).toMatchObject({ conclusion: 'none', signatures: [] });
    expect(report.file).toBe(await sha256Of('xin chào'));
  });
});

async function sha256Of(text: string): Promise<string> {
  const file = join(folder, 'hashed');
  await writeFile(file, text);
  const { createHash } = await import('node:crypto');
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function listening(): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const port = (server: Server): number => (server.address() as { port: number }).port;

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).includes('Z');
  } catch {
    return false;
  }
}
