import { afterEach, describe, expect, it } from 'vitest';
import { openReaderPool, type PoolOptions, type ReaderPool } from '../../../gateway/reading/pool.ts';
import type { ReaderSetup, ReadTask } from '../../../gateway/reading/task.ts';
import { DEFAULT_READING_LIMITS } from '../../../mail/limits.ts';
import { until } from '../../support/intake.ts';

const SETUP: ReaderSetup = {
  dataDir: 'nowhere',
  limits: DEFAULT_READING_LIMITS,
  agencies: [],
  sender: { check: false, trustedAuthservIds: [], resolver: 'system' },
  blockedExtensions: [],
};

let pool: ReaderPool;
afterEach(() => pool.close());

function open(options: Partial<PoolOptions> = {}, setup: Partial<ReaderSetup> = {}): ReaderPool {
  const program = new URL('../../support/scripted-reader.ts', import.meta.url);
  pool = openReaderPool(
    { ...SETUP, ...setup },
    { processes: 1, deadlineMs: 10_000, heapMiB: 64, program, ...options },
  );
  return pool;
}

const task = (what: string): ReadTask => ({
  type: 'read',
  sha256: what,
  envelopeFrom: null,
  clientIp: null,
  clientHelo: null,
  now: '2026-11-20T02:00:00Z',
});
const run = (what: string) =>
  pool.run(task(what)) as Promise<unknown> as Promise<{ pid: number; what: string }>;

describe('reading processes', () => {
  it('answer each task with its own answer, also when there are more tasks than processes', async () => {
    open({ processes: 2 });
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(run));
    expect(answers.map((a) => a.what)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(new Set(answers.map((a) => a.pid)).size).toBe(2);
  });

  it('one that crashes fails its own letter only, and is replaced', async () => {
    open();
    const [crashed, next] = await Promise.allSettled([run('crash'), run('next')]);
    expect(crashed).toMatchObject({
      status: 'rejected',
      reason: { code: 'READER_CRASHED', temporary: true },
    });
    expect(next).toMatchObject({ status: 'fulfilled', value: { what: 'next' } });
  });

  it.each(['hang', 'spin'])(
    'one that does not answer in time (%s) is killed; the letter behind it is read',
    async (what) => {
      open({ deadlineMs: 500 });
      const slow = run(what);
      const next = run('next');
      await expect(slow).rejects.toMatchObject({ code: 'READER_TIMEOUT' });
      await expect(next).resolves.toMatchObject({ what: 'next' });
    },
  );

  it('a letter given right after a kill does not fall to the dying process', async () => {
    open({ deadlineMs: 300 });
    await expect(run('spin')).rejects.toMatchObject({ code: 'READER_TIMEOUT' });
    await expect(run('next')).resolves.toMatchObject({ what: 'next' });
  });

  it('the heap limit ends a reading that eats memory, not the service', async () => {
    open({ deadlineMs: 25_000 });
    await expect(run('memory')).rejects.toMatchObject({ code: 'READER_CRASHED' });
    await expect(run('next')).resolves.toMatchObject({ what: 'next' });
  });

  it('one that holds much memory after its task is replaced before the next', async () => {
    open();
    const before = await run('big');
    expect((await run('next')).pid).not.toBe(before);
  });

  it('an error that the task names comes through with its code', async () => {
    open();
    await expect(run('fail')).rejects.toMatchObject({ code: 'DISK_FULL', temporary: true });
    await expect(run('next')).resolves.toMatchObject({ what: 'next' });
  });

  it('processes that never start are no fault of the letter, and are not started in a tight loop', async () => {
    open({ processes: 2 }, { dataDir: 'never-starts' });
    const started = performance.now();
    await expect(run('a')).rejects.toMatchObject({ code: 'READER_UNAVAILABLE', temporary: true });
    await expect(run('b')).rejects.toMatchObject({ code: 'READER_UNAVAILABLE' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('passwords of our environment do not reach them', async () => {
    process.env['CONGVAN_TEST_SECRET'] = 'mat-khau';
    open();
    const env = (await run('env')) as unknown as Record<string, string>;
    delete process.env['CONGVAN_TEST_SECRET'];
    expect(env).not.toHaveProperty('CONGVAN_TEST_SECRET');
    expect(env).toHaveProperty('PATH');
  });

  it('closing while busy ends every process at once and blames no letter', async () => {
    open({ processes: 2 });
    const { pid } = await run('warm');
    const work = ['spin', 'spin', 'waits'].map(run);
    const outcomes = Promise.allSettled(work);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await pool.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_STOPPING' } });
    await expect(run('late')).rejects.toMatchObject({ code: 'SERVICE_STOPPING' });
    await until('the process to be gone', () => !alive(pid));
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
