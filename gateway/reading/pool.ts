/**
 * Untrusted bytes are read in processes of their own, so that no letter can crash or stall the service: each task has a
 * deadline, each process a heap limit, and a process that breaks either is replaced.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { CongvanError } from '../../config/error.ts';
import type { ReaderResult, ReaderSetup, ReaderTask } from './task.ts';

export interface ReaderPool {
  /**
   * Throws `READER_CRASHED` or `READER_TIMEOUT` (both: the same letter may do it again), what the task itself threw, or
   * what is no fault of the letter: `READER_UNAVAILABLE` (no process could be started), `SERVICE_STOPPING`.
   */
  run<T extends ReaderTask>(task: T): Promise<ReaderResult<T>>;
  /** Ends every process at once; what is being read is given up. */
  close(): Promise<void>;
}

export interface PoolOptions {
  processes: number;
  /** Milliseconds for one task. */
  deadlineMs: number;
  /** MiB of JavaScript heap of one process. */
  heapMiB: number;
  /** Program of the reading process. */
  program?: URL;
}

/** What a reading process says: that it can work, or what became of its task. `rss`: bytes of memory it holds now. */
export type ReaderWord =
  | { ready: true }
  | { ok: true; value: unknown; rss: number }
  | { ok: false; code: string; message: string; temporary: boolean; rss: number };

type Job = { task: ReaderTask; resolve: (value: unknown) => void; reject: (error: unknown) => void };
type Reader = {
  child: ChildProcess;
  /** `leaving`: it gets nothing more; its end is on the way. */
  state: 'starting' | 'ready' | 'leaving' | 'gone';
  job: Job | null;
  timer: NodeJS.Timeout | null;
};

/** Pauses before a process that did not even start is started again. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** A process that holds more than this many times its heap (pictures, fonts outside the heap) is replaced between tasks. */
const RSS_PER_HEAP = 2;
const MIB = 1024 * 1024;

export function openReaderPool(setup: ReaderSetup, options: PoolOptions): ReaderPool {
  const waiting: Job[] = [];
  const readers = new Set<Reader>();
  const pauses = new Set<NodeJS.Timeout>();
  let failedStarts = 0;
  let closed = false;

  const start = (): void => {
    const child = forked(options);
    if (child === null) {
      startLater();
      return;
    }
    const reader: Reader = { child, state: 'starting', job: null, timer: null };
    readers.add(reader);
    reader.timer = setTimeout(() => child.kill('SIGKILL'), options.deadlineMs); // one that never comes so far as to say `ready`
    // A process that could not be started has no exit; one that breaks has both.
    child.on('error', () => (child.pid === undefined ? gone(reader, null) : child.kill('SIGKILL')));
    child.on('exit', (_code, signal) => gone(reader, signal));
    child.on('message', (word: ReaderWord) => hear(reader, word));
    child.send({ setup }, () => undefined);
  };

  const hear = (reader: Reader, word: ReaderWord): void => {
    if (reader.state === 'leaving' || reader.state === 'gone') return;
    if ('ready' in word) {
      settle(reader);
      reader.state = 'ready';
      failedStarts = 0;
    } else {
      const job = settle(reader);
      if (word.ok) job?.resolve(word.value);
      else job?.reject(new CongvanError(word.code, word.message, { temporary: word.temporary }));
      if (word.rss > options.heapMiB * MIB * RSS_PER_HEAP) dismiss(reader);
    }
    next();
  };

  const next = (): void => {
    for (const reader of readers) {
      if (reader.state !== 'ready' || reader.job !== null) continue;
      const job = waiting.shift();
      if (!job) return;
      reader.job = job;
      reader.timer = setTimeout(() => {
        settle(reader)?.reject(
          failure('READER_TIMEOUT', `reading took longer than ${options.deadlineMs} ms`),
        );
        dismiss(reader);
      }, options.deadlineMs);
      reader.child.send({ task: job.task }, () => undefined); // a broken pipe is told by `exit`
    }
  };

  const settle = (reader: Reader): Job | null => {
    const { job } = reader;
    if (reader.timer) clearTimeout(reader.timer);
    reader.job = null;
    reader.timer = null;
    return job;
  };

  const dismiss = (reader: Reader): void => {
    reader.state = 'leaving';
    reader.child.kill('SIGKILL');
  };

  const gone = (reader: Reader, signal: string | null): void => {
    if (reader.state === 'gone') return;
    const neverReady = reader.state === 'starting';
    reader.state = 'gone';
    readers.delete(reader);
    const job = settle(reader);
    job?.reject(
      closed ? stopping() : failure('READER_CRASHED', `the reading process ended (${signal ?? 'exit'})`),
    );
    if (closed) return;
    if (neverReady) startLater();
    else start();
  };

  const startLater = (): void => {
    failedStarts++;
    if (readers.size === 0) giveBack(failure('READER_UNAVAILABLE', 'no reading process could be started'));
    const wait = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failedStarts - 1, 10));
    const pause = setTimeout(() => {
      pauses.delete(pause);
      start();
    }, wait);
    pauses.add(pause);
  };

  const giveBack = (error: CongvanError): void => {
    for (const job of waiting.splice(0)) job.reject(error);
  };

  for (let i = 0; i < options.processes; i++) start();
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(stopping());
        if (readers.size === 0)
          return reject(failure('READER_UNAVAILABLE', 'no reading process could be started'));
        waiting.push({ task, resolve: resolve as (value: unknown) => void, reject });
        next();
      }),
    close: async () => {
      closed = true;
      for (const pause of pauses) clearTimeout(pause);
      giveBack(stopping());
      await Promise.all([...readers].map(ended));
    },
  };
}

/** Null when the system has no room for another process now. */
function forked(options: PoolOptions): ChildProcess | null {
  try {
    return fork(options.program ?? new URL('./worker.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${options.heapMiB}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: harmlessEnvironment(),
    });
  } catch {
    return null;
  }
}

function ended({ child, state }: Reader): Promise<void> {
  return new Promise((resolve) => {
    if (state === 'gone' || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Passwords may stand in our environment (`{ env: … }`); who reads untrusted bytes gets none of it. */
function harmlessEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR', 'SystemRoot', 'TEMP'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function failure(code: string, message: string): CongvanError {
  return new CongvanError(code, message, { temporary: true });
}

function stopping(): CongvanError {
  return failure('SERVICE_STOPPING', 'the service is stopping');
}
