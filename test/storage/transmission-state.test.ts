import { describe, expect, test } from 'vitest';
import type { TransmissionState } from '../../handlers/types.ts';
import { advance } from '../../storage/transmission-state.ts';

type Case = [current: TransmissionState, to: TransmissionState, evidence: string, state: TransmissionState];

describe('state of one copy to one recipient (ISS-10)', () => {
  test.each<Case>([
    ['due', 'sending', 'smtp', 'sending'],
    ['sending', 'accepted', 'smtp', 'accepted'],
    ['sending', 'uncertain', 'smtp', 'uncertain'],
    ['uncertain', 'accepted', 'dsn', 'accepted'],
    ['uncertain', 'delivered', 'T1', 'delivered'],
    ['accepted', 'delivered', 'dsn', 'delivered'],
    ['delivered', 'acknowledged', 'T2', 'acknowledged'],
    ['fenced', 'acknowledged', 'T2', 'acknowledged'],
  ])('%s + %s (%s) = %s: forward', (current, to, evidence, state) => {
    expect(advance(current, { to, evidence })).toBe(state);
  });

  test.each<Case>([
    ['delivered', 'accepted', 'smtp', 'delivered'],
    ['acknowledged', 'delivered', 'T1', 'acknowledged'],
    ['acknowledged', 'failed', 'dsn', 'acknowledged'],
    ['acknowledged', 'due', 'person', 'acknowledged'],
    ['returned', 'delivered', 'T1', 'returned'],
    ['returned', 'failed', 'dsn', 'returned'],
    ['failed', 'accepted', 'smtp', 'failed'],
    ['failed', 'delivered', 'dsn', 'failed'],
    ['uncertain', 'due', 'smtp', 'uncertain'],
  ])('%s + %s (%s) = %s: late news undoes nothing', (current, to, evidence, state) => {
    expect(advance(current, { to, evidence })).toBe(state);
  });

  test.each<Case>([
    ['accepted', 'failed', 'dsn', 'failed'],
    ['delivered', 'failed', 'dsn', 'failed'],
    ['accepted', 'returned', 'T3', 'returned'],
    ['acknowledged', 'returned', 'T3', 'returned'],
    ['failed', 'acknowledged', 'T2', 'acknowledged'],
    ['failed', 'delivered', 'T1', 'delivered'],
    ['returned', 'acknowledged', 'T2', 'acknowledged'],
    ['uncertain', 'due', 'person', 'due'],
    ['failed', 'due', 'person', 'due'],
  ])('%s + %s (%s) = %s: corrected by who knows better', (current, to, evidence, state) => {
    expect(advance(current, { to, evidence })).toBe(state);
  });
});
