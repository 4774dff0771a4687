import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockInstance } from '../../storage/index.ts';
import { type Bench, decision, openBench, send } from '../support/register.ts';

/** Runs test/support/storage-child.ts as a process of its own on the database of the bench. */
function start(bench: Bench, act: string): ChildProcess {
  const file = new URL('../support/storage-child.ts', import.meta.url);
  return fork(file, [act, bench.options.dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

describe('several processes on one SQLite database', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());

  test('two processes that register at the same time leave no gap and no repetition (INT-18)', async () => {
    const children = [start(bench, 'register'), start(bench, 'register')];
    const ends = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(ends.map(([code]) => code)).toEqual([0, 0]);
    const entries = await bench.storage.register.list({});
    expect(entries.map((entry) => entry.number)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(new Set(entries.map((entry) => entry.by)).size).toBe(2);
    expect(await bench.storage.journal.verify()).toMatchObject({ ok: true, lines: 400 });
  });

  test('a process killed between claim and settle leaves what recover settles (invariant 3)', async () => {
    await bench.storage.transact({}, () => decision({ sends: [send({ kind: 'T8' }), send({ kind: 'T1' })] }));
    const child = start(bench, 'claim');
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await bench.storage.outbox.counts()).toEqual({ sending: 2 });
    expect(await bench.storage.outbox.recover()).toEqual({ resumed: 1, uncertain: 1 });
  });

  test('a process killed in the middle of a transaction burns no number and holds no lock', async () => {
    const child = start(bench, 'stall');
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await bench.storage.register.list({})).toEqual([]);
    expect(await bench.storage.register.peek('den', 'H99.01', 'chung', 2026)).toBe(1);
  });

  test('a second service is refused and told who runs; kill -9 gives the lock back', async () => {
    const child = start(bench, 'lock');
    await once(child, 'message');
    const refused = lockInstance(bench.options);
    await expect(refused).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      temporary: false,
      fields: { pid: child.pid },
    });
    await expect(refused).rejects.toThrow(`tiến trình ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await lockInstance(bench.options);
    await expect(lockInstance(bench.options)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await lock.release();
    await lock.release();
    await (await lockInstance(bench.options)).release();
  });
});
