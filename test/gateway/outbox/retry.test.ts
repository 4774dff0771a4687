import { describe, expect, it } from 'vitest';
import { nextAttempt } from '../../../gateway/outbox/retry.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = '2026-11-20T08:00:00.000Z';
const schedule = { createdAt: START, delaysMs: [MINUTE, 5 * MINUTE, 60 * MINUTE], giveUpMs: 3 * DAY };

function later(milliseconds: number): string {
  return new Date(Date.parse(START) + milliseconds).toISOString();
}

describe('retry schedule', () => {
  it.each([
    // attempts, minutes since the start, random, minutes until the next try
    [1, 0, 0.5, 1],
    [2, 1, 0.5, 5],
    [3, 6, 0.5, 60],
    [4, 66, 0.5, 60],
    [99, 66, 0.5, 60],
    [1, 0, 0, 0.8],
    [1, 0, 0.999_999, 1.2],
    [0, 0, 0.5, 1],
  ])('after try %i, %i min in, chance %f: %f min later', (attempts, minutes, random, expected) => {
    const now = later(minutes * MINUTE);
    const next = nextAttempt({ ...schedule, attempts, now, random });
    expect((Date.parse(next) - Date.parse(now)) / MINUTE).toBeCloseTo(expected, 3);
  });

  it('the last try falls on the end of the time allowed', () => {
    expect(nextAttempt({ ...schedule, attempts: 50, now: later(3 * DAY - MINUTE), random: 0.5 })).toBe(
      later(3 * DAY),
    );
  });

  it.each([3 * DAY, 3 * DAY + 1, 10 * DAY])('is given up %i ms after the start', (elapsed) => {
    expect(nextAttempt({ ...schedule, attempts: 50, now: later(elapsed), random: 0.5 })).toBe('give-up');
  });

  it('spans days: with the shipped schedule a mail is tried more than fifteen times in three days', () => {
    const delaysMs = [1, 5, 15, 60, 120, 240].map((m) => m * MINUTE);
    let now = START;
    let attempts = 0;
    for (;;) {
      attempts++;
      const next = nextAttempt({ createdAt: START, delaysMs, giveUpMs: 3 * DAY, attempts, now, random: 0.5 });
      if (next === 'give-up') break;
      expect(Date.parse(next)).toBeGreaterThan(Date.parse(now));
      now = next;
    }
    expect(now).toBe(later(3 * DAY));
    expect(attempts).toBeGreaterThan(15);
  });
});
