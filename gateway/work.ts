/** Takes messages that are due, a few at once, oldest first, and lives each of them once at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { live } from './pipeline.ts';
import type { Service } from './service.ts';
import { openTurnstile } from './turnstile.ts';

const LOOK_MS = 1_000;
const PATIENCE_MS = 30_000;

export interface Work {
  /** Something new is kept: look now. */
  wake(): void;
  /** Resolves when what is in hand is done. */
  stop(): Promise<void>;
}

export function startWork(service: Service, atOnce: number): Work {
  const inHand = new Map<string, Promise<void>>();
  const turnstile = openTurnstile(PATIENCE_MS);
  let stopping = false;
  let bell = Promise.withResolvers<void>();

  const take = async (): Promise<void> => {
    const due = await service.storage.messages.due(atOnce + inHand.size);
    for (const message of due) {
      if (inHand.size >= atOnce) return;
      if (inHand.has(message.id)) continue;
      const turn = turnstile.enter();
      const life = live(message, turn, service).finally(() => {
        turn.done();
        inHand.delete(message.id);
        bell.resolve();
      });
      inHand.set(message.id, life);
    }
  };

  const loop = (async () => {
    while (!stopping) {
      bell = Promise.withResolvers<void>();
      await take().catch((error: unknown) => service.log.error({ err: String(error) }, 'cannot list what is due'));
      const pause = new AbortController();
      await Promise.race([bell.promise, sleep(LOOK_MS, undefined, { signal: pause.signal, ref: false }).catch(() => undefined)]);
      pause.abort();
    }
    await Promise.allSettled(inHand.values());
  })();

  return {
    wake: () => bell.resolve(),
    stop: async () => {
      stopping = true;
      bell.resolve();
      await loop;
    },
  };
}
