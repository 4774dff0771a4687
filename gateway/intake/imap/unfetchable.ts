const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * Milliseconds until a message that was not given out is asked for again, by the number of tries so far (from 1). The
 * first comes soon: a letter may have been blamed for a line that was simply bad.
 */
const RETRY_MS = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  60 * MINUTE_MS,
  6 * 60 * MINUTE_MS,
];

/** Instant of the next try; the last delay is repeated for ever, since the message is still there. */
export function nextTry(attempts: number, now: Date): string {
  const delay = RETRY_MS[Math.min(Math.max(attempts, 1), RETRY_MS.length) - 1] ?? MINUTE_MS;
  return new Date(now.getTime() + delay).toISOString();
}

/**
 * Which message a dying connection is to be blamed on. Some servers drop the line, or fall silent, over one certain
 * letter; without this that letter would keep everything behind it waiting. Blamed is only a message that was the
 * first thing asked for on its connection, several times in a row: an ordinary network failure hits others, too.
 */
export class Suspicion {
  static readonly limit = 3;
  #uid: number | null = null;
  #deaths = 0;

  /** The connection died. `first` = the message that was being fetched, when none was kept before on it. */
  died(first: number | null): void {
    this.#deaths = first !== null && first === this.#uid ? this.#deaths + 1 : 1;
    this.#uid = first;
  }

  /** A message was kept: nothing is suspected any more. */
  cleared(): void {
    this.#uid = null;
    this.#deaths = 0;
  }

  /** One fetch at a time while something is suspected, so that the right one is blamed. */
  get careful(): boolean {
    return this.#uid !== null;
  }

  blames(uid: number): boolean {
    return uid === this.#uid && this.#deaths >= Suspicion.limit;
  }
}
