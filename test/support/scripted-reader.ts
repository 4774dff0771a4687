/**
 * A reading process that does what its task says (`sha256` of a read task): `crash`, `hang`, `spin`, `fail`, `memory`,
 * `env`, `big`, or anything else = an answer. It speaks as gateway/reading/worker.ts does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessWord } from '../../gateway/process-word.ts';

const say = (word: ProcessWord) => void process.send?.(word);
const answer = (value: unknown, rss = 1) => say({ ok: true, value, rss });

process.on('disconnect', () => process.exit(0));
process.on('message', (message: { setup?: { dataDir: string }; task?: { sha256: string } }) => {
  if (message.setup?.dataDir === 'never-starts') process.exit(1);
  if (message.setup) say({ ready: true });
  if (message.task) void act(message.task.sha256);
});

async function act(what: string): Promise<void> {
  switch (what) {
    case 'crash':
      return process.exit(9);
    case 'hang':
      return sleep(60_000);
    case 'spin':
      for (;;);
    case 'fail':
      return say({ ok: false, code: 'DISK_FULL', message: 'full', temporary: true, rss: 1 });
    case 'memory': {
      const held: number[][] = [];
      for (;;) held.push(new Array(100_000).fill(held.length));
    }
    case 'env':
      return answer(process.env);
    case 'big':
      return answer(process.pid, 10 ** 12);
    default:
      await sleep(20);
      return answer({ pid: process.pid, what });
  }
}
