import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTurnstile } from '../../gateway/turnstile.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether a promise has resolved, after everything that can happen now has happened. */
async function passed(wait: Promise<void>): Promise<boolean> {
  let done = false;
  void wait.then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

describe('INT-18 the turnstile', () => {
  it('lets the first through at once, and each later one when all before it are done', async () => {
    const turnstile = openTurnstile(30_000);
    const [first, second, third] = [turnstile.enter(), turnstile.enter(), turnstile.enter()];
    expect(await passed(first.mine())).toBe(true);
    second.done();
    expect(await passed(third.mine())).toBe(false);
    expect(await passed(second.mine())).toBe(false);
    first.done();
    expect(await passed(third.mine())).toBe(true);
  });

  it('a letter that asks twice, or leaves twice, changes nothing', async () => {
    const turnstile = openTurnstile(30_000);
    const [first, second] = [turnstile.enter(), turnstile.enter()];
    first.done();
    first.done();
    expect(await passed(second.mine())).toBe(true);
    expect(await passed(second.mine())).toBe(true);
  });

  it('a slow letter costs those behind it the patience once, not each of them anew', async () => {
    const turnstile = openTurnstile(30_000);
    turnstile.enter();
    const second = turnstile.enter();
    expect(await passed(second.mine())).toBe(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await passed(second.mine())).toBe(true);
    second.done();
    const later = turnstile.enter();
    expect(await passed(later.mine())).toBe(true);
  });

  it('leaves no timer behind when everybody has left', () => {
    const turnstile = openTurnstile(30_000);
    for (const turn of [turnstile.enter(), turnstile.enter()]) turn.done();
    expect(vi.getTimerCount()).toBe(0);
  });
});
