/**
 * INT-18: numbers are given in the order of receipt, though letters are read several at once. Each letter that starts
 * takes a place; before its registration it waits until those before it are done, but never longer than `patienceMs`,
 * so that one slow letter holds up nobody for long.
 */
export interface Turn {
  /** Resolves when every earlier letter is done, or when patience has run out. */
  mine(): Promise<void>;
  done(): void;
}

export function openTurnstile(patienceMs: number): { enter(): Turn } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    enter: () => {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = Promise.allSettled([before, promise]);
      return { mine: () => atMost(before, patienceMs), done: resolve };
    },
  };
}

async function atMost(wait: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([wait, patience]);
  clearTimeout(timer);
}
