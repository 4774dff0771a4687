/** When a mail that did not get through is tried again. Pure: clock and chance are given. */

export interface RetryQuestion {
  /** Tries so far, the one that just failed included. */
  attempts: number;
  /** Instants, ISO 8601 UTC. */
  createdAt: string;
  now: string;
  /** 0 ≤ random < 1. */
  random: number;
  /** Milliseconds after each try; the last is repeated. */
  delaysMs: number[];
  /** Milliseconds after `createdAt` when it is given up. */
  giveUpMs: number;
}

/** Share of the delay that chance takes off or adds, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * Instant of the next try (ISO 8601 UTC). The last one falls on the very end of the time allowed, so that nothing is
 * given up in the middle of a pause.
 */
export function nextAttempt(question: RetryQuestion): string | 'give-up' {
  const { attempts, random, delaysMs, giveUpMs } = question;
  const now = Date.parse(question.now);
  const end = Date.parse(question.createdAt) + giveUpMs;
  if (now >= end) return 'give-up';
  const delay = delaysMs[Math.min(Math.max(attempts, 1), delaysMs.length) - 1] ?? giveUpMs;
  const spread = 1 - JITTER + 2 * JITTER * random;
  return new Date(Math.min(now + Math.max(1_000, Math.round(delay * spread)), end)).toISOString();
}
