/**
 * Untrusted bytes are read in processes of their own, so that no letter can crash or stall the service: each task has a
 * deadline, each process a heap limit, and a process that breaks either is replaced.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { CongvanError } from '../../config/error.ts';
import type { ReaderResult, ReaderSetup, ReaderTask } from './task.ts';

export interface ReaderPool {
  /** Throws `READER_CRASHED` or `READER_TIMEOUT` (both: the same letter may do it again) or what the task itself threw. */
  run<T extends ReaderTask>(task: T): Promise<ReaderResult<T>>;
  close(): Promise<void>;
}

export interface PoolOptions {
  processes: number;
  /** Milliseconds for one task. */
  deadlineMs: number;
  /** MiB of JavaScript heap of one process. */
  heapMiB: number;
}

type Job = { task: ReaderTask; resolve: (value: unknown) => void; reject: (error: unknown) => void };
type Reader = { child: ChildProcess; job: Job | null; timer: NodeJS.Timeout | null };
type Answer = { ok: true; value: unknown } | { ok: false; code: string; message: string; temporary: boolean };

export function openReaderPool(setup: ReaderSetup, options: PoolOptions): ReaderPool {
  const waiting: Job[] = [];
  const readers: Reader[] = [];
  let closed = false;

  const start = (): Reader => {
    const child = fork(new URL('./worker.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${options.heapMiB}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const reader: Reader = { child, job: null, timer: null };
    child.on('error', () => undefined); // told by `exit`
    child.on('message', (answer: Answer) => finish(reader, answer));
    child.on('exit', (_code, signal) => replace(reader, signal));
    child.send({ setup });
    return reader;
  };

  const next = (): void => {
    for (const reader of readers) {
      if (reader.job !== null) continue;
      const job = waiting.shift();
      if (!job) return;
      reader.job = job;
      reader.timer = setTimeout(() => {
        settle(reader)?.reject(failure('READER_TIMEOUT', `reading took longer than ${options.deadlineMs} ms`));
        reader.child.kill('SIGKILL');
      }, options.deadlineMs);
      reader.child.send({ task: job.task });
    }
  };

  const settle = (reader: Reader): Job | null => {
    const { job } = reader;
    if (reader.timer) clearTimeout(reader.timer);
    reader.job = null;
    reader.timer = null;
    return job;
  };

  const finish = (reader: Reader, answer: Answer): void => {
    const job = settle(reader);
    if (answer.ok) job?.resolve(answer.value);
    else job?.reject(new CongvanError(answer.code, answer.message, { temporary: answer.temporary }));
    next();
  };

  const replace = (reader: Reader, signal: string | null): void => {
    settle(reader)?.reject(failure('READER_CRASHED', `the reading process ended (${signal ?? 'exit'})`));
    const index = readers.indexOf(reader);
    if (closed || index < 0) return;
    readers[index] = start();
    next();
  };

  for (let i = 0; i < options.processes; i++) readers.push(start());
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(failure('READER_CRASHED', 'the service is stopping'));
        waiting.push({ task, resolve: resolve as (value: unknown) => void, reject });
        next();
      }),
    close: async () => {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(failure('READER_CRASHED', 'the service is stopping'));
      await Promise.all(readers.map(stop));
    },
  };
}

function stop(reader: Reader): Promise<void> {
  return new Promise((resolve) => {
    if (reader.child.exitCode !== null || reader.child.signalCode !== null) return resolve();
    reader.child.once('exit', () => resolve());
    reader.child.kill('SIGKILL');
  });
}

function failure(code: string, message: string): CongvanError {
  return new CongvanError(code, message, { temporary: true });
}
