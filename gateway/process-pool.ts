/**
 * Untrusted bytes are read in processes of their own, so that no letter can crash or stall the service: each task has a
 * deadline, each process a memory limit, and a process that breaks either is replaced. What kind of process it is, and how
 * one talks with it, is the business of `launch`.
 */
import type { ChildProcess } from 'node:child_process';
import { CongvanError } from '../config/error.ts';
import type { ProcessWord } from './process-word.ts';

export interface ProcessPool<Task> {
  /**
   * Throws `READER_CRASHED` or `READER_TIMEOUT` (both: the same letter may do it again), what the task itself threw, or
   * what is no fault of the letter: `READER_UNAVAILABLE` (no process could be started), `SERVICE_STOPPING`.
   */
  run(task: Task): Promise<unknown>;
  /** Ends every process at once; what is being read is given up. */
  close(): Promise<void>;
}

/** A process just started, and the two ways of the talk with it. */
export interface Launched<Task> {
  child: ChildProcess;
  /** Rejects when the task's own bytes cannot be had (disk); a broken pipe is told by the `exit` of the process. */
  send(task: Task): Promise<void>;
  /** Called once, before anything is sent. */
  listen(hear: (word: ProcessWord) => void): void;
}

export interface PoolLimits {
  processes: number;
  /** Milliseconds for one task. */
  deadlineMs: number;
  /** MiB of JavaScript heap of one process. */
  heapMiB: number;
}

type Job<Task> = { task: Task; resolve: (value: unknown) => void; reject: (error: unknown) => void };
type Reader<Task> = {
  launched: Launched<Task>;
  /** `leaving`: it gets nothing more; its end is on the way. */
  state: 'starting' | 'ready' | 'leaving' | 'gone';
  job: Job<Task> | null;
  timer: NodeJS.Timeout | null;
};

/** Pauses before a process that did not even start is started again. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** A process that holds more than this many times its heap (pictures, fonts outside the heap) is replaced between tasks. */
const RSS_PER_HEAP = 2;
const MIB = 1024 * 1024;

/** `launch` gives null when the system has no room for another process now. */
export function openProcessPool<Task>(
  launch: () => Launched<Task> | null,
  limits: PoolLimits,
): ProcessPool<Task> {
  const waiting: Job<Task>[] = [];
  const readers = new Set<Reader<Task>>();
  const pauses = new Set<NodeJS.Timeout>();
  let failedStarts = 0;
  let closed = false;

  const start = (): void => {
    const launched = launch();
    if (launched === null) {
      startLater();
      return;
    }
    const { child } = launched;
    const reader: Reader<Task> = { launched, state: 'starting', job: null, timer: null };
    readers.add(reader);
    reader.timer = setTimeout(() => child.kill('SIGKILL'), limits.deadlineMs); // one that never comes so far as to say `ready`
    // A process that could not be started has no exit; one that breaks has both.
    child.on('error', () => (child.pid === undefined ? gone(reader, null) : child.kill('SIGKILL')));
    child.on('exit', (_code, signal) => gone(reader, signal));
    launched.listen((word) => hear(reader, word));
  };

  const hear = (reader: Reader<Task>, word: ProcessWord): void => {
    if (reader.state === 'leaving' || reader.state === 'gone') return;
    if ('ready' in word) {
      settle(reader);
      reader.state = 'ready';
      failedStarts = 0;
    } else {
      const job = settle(reader);
      if (word.ok) job?.resolve(word.value);
      else job?.reject(new CongvanError(word.code, word.message, { temporary: word.temporary }));
      if (word.rss > limits.heapMiB * MIB * RSS_PER_HEAP) dismiss(reader);
    }
    next();
  };

  const next = (): void => {
    for (const reader of readers) {
      if (reader.state !== 'ready' || reader.job !== null) continue;
      const job = waiting.shift();
      if (!job) return;
      reader.job = job;
      const giveUp = (error: unknown): void => {
        if (reader.job !== job) return;
        settle(reader);
        job.reject(error);
        dismiss(reader);
      };
      const late = () => failure('READER_TIMEOUT', `reading took longer than ${limits.deadlineMs} ms`);
      reader.timer = setTimeout(() => giveUp(late()), limits.deadlineMs);
      reader.launched.send(job.task).catch(giveUp);
    }
  };

  const settle = (reader: Reader<Task>): Job<Task> | null => {
    const { job } = reader;
    if (reader.timer) clearTimeout(reader.timer);
    reader.job = null;
    reader.timer = null;
    return job;
  };

  const dismiss = (reader: Reader<Task>): void => {
    reader.state = 'leaving';
    reader.launched.child.kill('SIGKILL');
  };

  const gone = (reader: Reader<Task>, signal: string | null): void => {
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

  for (let i = 0; i < limits.processes; i++) start();
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(stopping());
        if (readers.size === 0)
          return reject(failure('READER_UNAVAILABLE', 'no reading process could be started'));
        waiting.push({ task, resolve, reject });
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

function ended<Task>({ launched: { child }, state }: Reader<Task>): Promise<void> {
  return new Promise((resolve) => {
    if (state === 'gone' || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Passwords may stand in our environment (`{ env: … }`); who reads untrusted bytes gets none of it. */
export function harmlessEnvironment(): NodeJS.ProcessEnv {
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
