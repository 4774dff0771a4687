/** Takes messages that are due, a few at once, oldest first, and lives each of them once at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { live } from './pipeline.ts';
import type { Service } from './service.ts';
import { openTurnstile } from './turnstile.ts';

const LOOK_MS = 1_000;
const PATIENCE_MS = 30_000;
/** Rest after a failure that could not even be written down: the database or its disk is away, for every letter. */
const REST_MS = 5_000;

export interface Work {
  /** Something new is kept: look now. */
  wake(): void;
  /** Resolves when what is in hand is done. */
  stop(): Promise<void>;
}

export function startWork(service: Service, atOnce: number): Work {
  const inHand = new Map<string, Promise<void>>();
  const turnstile = openTurnstile(PATIENCE_MS);
  const ending = new AbortController();
  let bell = Promise.withResolvers<void>();

  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  };

  const take = async (): Promise<void> => {
    const due = await service.storage.messages.due(atOnce + inHand.size);
    for (const message of due) {
      if (inHand.size >= atOnce || ending.signal.aborted) return;
      if (inHand.has(message.id)) continue;
      const turn = turnstile.enter();
      const life = live(message, turn, service)
        .finally(() => turn.done())
        .then(async (written) => {
          if (!written) await pause(REST_MS);
        })
        .finally(() => {
          inHand.delete(message.id);
          bell.resolve();
        });
      inHand.set(message.id, life);
    }
  };

  const loop = (async () => {
    while (!ending.signal.aborted) {
      // The bell is hung up before looking, so that what is kept while looking is not missed.
      bell = Promise.withResolvers<void>();
      await take().catch((error: unknown) =>
        service.log.error({ err: String(error) }, 'cannot list what is due'),
      );
      const look = new AbortController();
      await Promise.race([
        bell.promise,
        sleep(LOOK_MS, undefined, { signal: look.signal }).catch(() => undefined),
      ]);
      look.abort();
    }
    await Promise.allSettled(inHand.values());
  })();

  return {
    wake: () => bell.resolve(),
    stop: async () => {
      ending.abort();
      bell.resolve();
      await loop;
    },
  };
}
