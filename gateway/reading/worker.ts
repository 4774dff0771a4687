/** The reading process: takes one task after another from its parent, and answers with values or with a named error. */
import { CongvanError } from '../../config/error.ts';
import { inspect } from './inspect.ts';
import { read } from './read.ts';
import type { ReaderSetup, ReaderTask } from './task.ts';

let setup: ReaderSetup | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (message: { setup?: ReaderSetup; task?: ReaderTask }) => {
  if (message.setup) setup = message.setup;
  if (message.task && setup) void answer(message.task, setup);
});

async function answer(task: ReaderTask, settings: ReaderSetup): Promise<void> {
  try {
    const value = task.type === 'read' ? await read(task, settings) : await inspect(task, settings);
    process.send?.({ ok: true, value });
  } catch (error) {
    const known = error instanceof CongvanError;
    process.send?.({
      ok: false,
      code: known ? error.code : 'READING_FAILED',
      message: error instanceof Error ? error.message : String(error),
      temporary: known ? error.temporary : true,
    });
  }
}
