import { describe, expect, it } from 'vitest';
import { type AccountedSighting, compare } from '../../gateway/reconcile.ts';

const sighting = (uid: number, changes: Partial<AccountedSighting> = {}): AccountedSighting => ({
  mailbox: 'van-thu',
  folder: 'INBOX',
  uidValidity: '1',
  uid,
  outcome: 'fetched',
  messageId: `m-${uid}`,
  detail: null,
  attempts: 0,
  nextAttemptAt: null,
  state: 'registered',
  kind: 'official-document',
  rule: null,
  ...changes,
});

describe('comparing the server with the register (INT-01, INT-02)', () => {
  it.each<[string, Partial<AccountedSighting>, string]>([
    ['registered', {}, 'registered'],
    ['held', { state: 'held' }, 'held'],
    ['a state secret', { state: 'frozen' }, 'frozen'],
    ['a virus', { state: 'isolated' }, 'isolated'],
    ['returned by a person', { state: 'returned' }, 'returned'],
    ['a bounce', { state: 'noted', kind: 'delivery-report' }, 'noted:delivery-report'],
    ['a receipt', { state: 'noted', kind: 'receipt' }, 'noted:receipt'],
    ['ignored after reading', { state: 'ignored', rule: 'list-mail' }, 'ignored:list-mail'],
    [
      'before the cut-over',
      { outcome: 'ignored', messageId: null, state: null, detail: 'before-cutover' },
      'ignored:before-cutover',
    ],
    ['kept, not decided', { state: 'kept' }, 'waiting'],
    ['arrived, not registered', { state: 'arrived' }, 'waiting'],
    ['waiting for the scanner', { state: 'waiting' }, 'waiting'],
    ['not given out', { outcome: 'unfetchable', messageId: null, state: null }, 'unfetchable'],
    ['a sighting whose message is missing', { state: null }, 'message-missing'],
  ])('%s is counted as such', (_name, changes, fate) => {
    expect(compare([5], [sighting(5, changes)]).counts).toEqual({ [fate]: 1 });
  });

  it('finds what nobody knows of, in the order of the UIDs', () => {
    const found = compare([9, 3, 5], [sighting(5)]);
    expect(found.unaccounted).toEqual([3, 9]);
    expect(found.counts).toEqual({ registered: 1, unaccounted: 2 });
  });

  it('puts every listed UID into exactly one count, a repeated one too', () => {
    const found = compare([1, 2, 2, 3, 4], [sighting(1), sighting(2, { state: 'held' }), sighting(99)]);
    const sum = Object.values(found.counts).reduce((total, count) => total + count, 0);
    expect([found.onServer, sum]).toEqual([4, 4]);
  });

  it('tells apart what vanished from the server: fetched is no loss, unfetched is', () => {
    const lost = sighting(7, { outcome: 'unfetchable', messageId: null, state: null, detail: 'damaged' });
    const found = compare([], [sighting(6), lost]);
    expect(found.vanished).toBe(2);
    expect(found.odd).toEqual([{ uid: 7, what: 'vanished-unfetched', detail: 'damaged' }]);
  });
});
