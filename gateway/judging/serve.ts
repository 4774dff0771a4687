/** The life of a sandbox: it takes its setup, then one file after another, from one pipe, and answers on another. */
import { namedError } from '../process-word.ts';
import { readFrame, writeAnswer } from './frames.ts';
import type { Judged, JudgeOptions, JudgeSetup, ReadyWord, SandboxMessage } from './task.ts';

/** Descriptors: what libraries print on standard output is never taken for an answer. */
const IN = 0;
export const ANSWERS = 3;

export type JudgeFile = (bytes: Uint8Array, options: JudgeOptions, setup: JudgeSetup) => Promise<Judged>;

/**
 * Reads and writes without the event loop: one file at a time is all there is to do, and a waiting read costs nothing.
 * Comes back when the service is gone.
 */
export async function serve(judge: JudgeFile): Promise<void> {
  let setup: JudgeSetup = { trust: { anchors: [], intermediates: [] }, rules: {} };
  for (let frame = readFrame(IN); frame !== null; frame = readFrame(IN)) {
    const message = frame.message as SandboxMessage;
    if (message.type === 'setup') {
      setup = message.setup;
      writeAnswer(ANSWERS, { ready: true, confined: isConfined() } satisfies ReadyWord);
    } else if (message.type === 'ping') {
      writeAnswer(ANSWERS, { ok: true, value: null, rss: process.memoryUsage.rss() });
    } else {
      writeAnswer(ANSWERS, await outcome(judge, frame.body, message.options, setup));
    }
  }
}

async function outcome(judge: JudgeFile, bytes: Uint8Array, options: JudgeOptions, setup: JudgeSetup) {
  try {
    const value = await judge(bytes, options, setup);
    return { ok: true, value, rss: process.memoryUsage.rss() };
  } catch (error) {
    return { ok: false, ...namedError(error), rss: process.memoryUsage.rss() };
  }
}

/** Without the permission model there is no `process.permission`. */
function isConfined(): boolean {
  const rights = process.permission;
  return (
    rights !== undefined &&
    ['fs.write', 'child', 'worker', 'wasi', 'addon'].every((right) => !rights.has(right))
  );
}
