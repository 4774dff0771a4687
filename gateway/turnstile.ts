/**
 * INT-18: numbers are given in the order of receipt, though letters are read several at once. Each letter that starts
 * takes a place; before its registration it waits until those before it are done. A letter that has had its place for
 * `patienceMs` no longer holds up anybody: one slow letter costs the others that long once, not each of them anew.
 */
export interface Turn {
  /** Resolves when every earlier letter is done, or has used up the patience of those behind it. */
  mine(): Promise<void>;
  /** Leaves the place; must be called whatever became of the letter. */
  done(): void;
}

export function openTurnstile(patienceMs: number): { enter(): Turn } {
  let last: Promise<void> = Promise.resolve();
  return {
    enter: () => {
      const before = last;
      const place = Promise.withResolvers<void>();
      const timer = setTimeout(place.resolve, patienceMs);
      // Resolves to nothing, so that the chain keeps no trace of those who have left.
      last = before.then(() => place.promise);
      return {
        mine: () => before,
        done: () => {
          clearTimeout(timer);
          place.resolve();
        },
      };
    },
  };
}
