/** How waiting grows: `firstMs`, doubled with every failure in a row, never more than `capMs`. Milliseconds. */
export interface Backoff {
  firstMs: number;
  capMs: number;
}

/**
 * Milliseconds to wait after the `failures`-th failure in a row (from 1). Half of it is jitter, so that many gateways
 * that lost the same server do not come back in the same second. `random` gives 0 ≤ x < 1.
 */
export function backoffDelay(backoff: Backoff, failures: number, random: () => number): number {
  const full = Math.min(backoff.capMs, backoff.firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}

/** Waits; resolves early, without an error, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
