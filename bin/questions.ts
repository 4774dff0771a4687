/** Asks on the terminal, line by line; works with a pipe too. */
import { createInterface } from 'node:readline';
import { CongvanError } from '../config/error.ts';

export interface Questions {
  /** The answer, '' for a bare Enter. Throws `INPUT_ENDED` when there is nobody to answer. */
  ask(label: string, preset: string | null): Promise<string>;
  close(): void;
}

/** Questions go to standard error, so that standard output stays what the command gives. */
export function openQuestions(): Questions {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY,
  });
  const waiting = lines[Symbol.asyncIterator]();
  return {
    ask: async (label, preset) => {
      process.stderr.write(`${label}${preset ? ` [${preset}]` : ''}: `);
      const next = await waiting.next();
      if (!next.done) return next.value.trim();
      throw new CongvanError(
        'INPUT_ENDED',
        'Không còn câu trả lời (input ended); dùng --yes và các tham số.',
        {
          temporary: false,
        },
      );
    },
    close: () => lines.close(),
  };
}
