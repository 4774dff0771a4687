/** The reading process: takes one task after another from its parent, and answers with values or with a named error. */
import { Worker } from 'node:worker_threads';
import { namedError, type ProcessWord } from '../process-word.ts';
import { inspect } from './inspect.ts';
import { read } from './read.ts';
import { readFile } from './read-file.ts';
import type { ReaderSetup, ReaderTask } from './task.ts';

/** Milliseconds between two looks at whether the service still lives. */
const WATCH_MS = 5_000;

let setup: ReaderSetup | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (message: { setup?: ReaderSetup; task?: ReaderTask }) => {
  if (message.setup) {
    setup = message.setup;
    say({ ready: true });
  }
  if (message.task && setup) void answer(message.task, setup);
});

// A killed service leaves us without a parent. A process that a letter holds in an endless loop cannot hear that by
// itself, so a thread of its own watches.
new Worker(
  `const { ppid } = process;
   setInterval(() => { if (process.ppid !== ppid) process.kill(process.pid, 'SIGKILL'); }, ${WATCH_MS});`,
  { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 } },
).unref();

async function answer(task: ReaderTask, settings: ReaderSetup): Promise<void> {
  try {
    say({ ok: true, value: await done(task, settings), rss: process.memoryUsage.rss() });
  } catch (error) {
    say({ ok: false, ...namedError(error), rss: process.memoryUsage.rss() });
  }
}

function done(task: ReaderTask, settings: ReaderSetup): Promise<unknown> {
  if (task.type === 'read') return read(task, settings);
  return task.type === 'read-file' ? readFile(task, settings) : inspect(task, settings);
}

function say(word: ProcessWord): void {
  process.send?.(word);
}
