import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutcomeDraft, SendKind } from '../../handlers/types.ts';
import { type Bench, decision, openBench, send, type Where } from '../support/register.ts';

export function outboxContract(where: Where): void {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench(where);
  });
  afterEach(() => bench.close());

  const queue = async (...kinds: SendKind[]) =>
    (
      await bench.storage.transact({}, () => decision({ sends: kinds.map((kind) => send({ kind })) }))
    ).sends.map((one) => one.id);
  const news = (of: Partial<OutcomeDraft>) =>
    bench.storage.transact({}, () =>
      decision({
        outcomes: [
          {
            transmissionId: 's-000001',
            to: 'acknowledged',
            evidence: 'T2',
            cause: null,
            detail: {},
            messageId: null,
            ...of,
          },
        ],
      }),
    );

  test('two senders never take the same row, and a row is taken only when it is due', async () => {
    const { storage, clock } = bench;
    const other = await bench.again();
    await storage.transact({}, () =>
      decision({
        sends: [...Array.from({ length: 20 }, () => send()), send({ notBefore: '2026-11-20T03:30:00Z' })],
      }),
    );
    const taken = (
      await Promise.all([
        storage.outbox.claim(7),
        other.outbox.claim(7),
        storage.outbox.claim(7),
        other.outbox.claim(7),
      ])
    ).flat();
    expect(new Set(taken.map((row) => row.id)).size).toBe(20);
    expect(taken).toHaveLength(20);
    expect(taken[0]).toMatchObject({ state: 'sending', attempts: 1 });
    expect(await storage.outbox.nextDueAt()).toBe('2026-11-20T03:30:00.000Z');
    clock.now = new Date('2026-11-20T03:30:00Z');
    expect(await storage.outbox.claim(7)).toMatchObject([{ id: 's-000021' }]);
    expect(await storage.outbox.counts()).toEqual({ sending: 21 });
    expect(await storage.outbox.nextDueAt()).toBeNull();
  });

  test('a temporary failure is tried again later, with the same bytes and Message-ID', async () => {
    const { storage, clock } = bench;
    const [id] = await queue('T8');
    const { sha256 } = await storage.bytes.keepBuffer(Buffer.from('mail'));
    const [first] = await storage.outbox.claim(1);
    await storage.outbox.rendered(id!, sha256);
    await storage.outbox.rendered(id!, sha256);
    const other = await storage.bytes.keepBuffer(Buffer.from('other mail'));
    await expect(storage.outbox.rendered(id!, other.sha256)).rejects.toMatchObject({
      code: 'RENDERED_OTHERWISE',
      temporary: false,
    });
    await storage.outbox.settle(id!, {
      state: 'retry',
      nextAttemptAt: '2026-11-20T03:15:00Z',
      cause: 'Máy chủ bận',
      reply: '451 busy',
    });
    expect(await storage.outbox.claim(1)).toEqual([]);
    clock.now = new Date('2026-11-20T03:15:00Z');
    const [second] = await storage.outbox.claim(1);
    expect(second).toMatchObject({
      attempts: 2,
      renderedSha256: sha256,
      messageIdHeader: first!.messageIdHeader,
    });
    await storage.outbox.settle(id!, { state: 'accepted', reply: '250 ok', dsn: true });
    expect(await storage.outbox.get(id!)).toMatchObject({
      state: 'accepted',
      acceptedAt: '2026-11-20T03:15:00.000Z',
      cause: null,
      evidence: [
        { evidence: 'smtp', to: 'due', cause: 'Máy chủ bận', detail: { reply: '451 busy' } },
        { evidence: 'smtp', to: 'accepted', detail: { reply: '250 ok', dsn: true } },
      ],
    });
  });

  test('rows that a killed process left in sending: notices are due again, an issued document is uncertain (invariant 3)', async () => {
    const [t1, t8, t2] = await queue('T1', 'T8', 'T2');
    const before = await bench.storage.outbox.claim(10);
    const restarted = await bench.again();
    expect(await restarted.outbox.recover()).toEqual({ resumed: 2, uncertain: 1 });
    expect(await restarted.outbox.recover()).toEqual({ resumed: 0, uncertain: 0 });
    const claimed = await restarted.outbox.claim(10);
    expect(claimed.map((row) => row.id)).toEqual([t1, t2]);
    expect(claimed[0]!.messageIdHeader).toBe(before[0]!.messageIdHeader);
    expect(await restarted.outbox.get(t8!)).toMatchObject({
      state: 'uncertain',
      evidence: [{ evidence: 'restart' }],
    });
  });

  test('a receipt that is quicker than the answer of our own server is not undone by it', async () => {
    const { storage } = bench;
    const [id] = await queue('T8');
    await storage.outbox.claim(1);
    await news({});
    await storage.outbox.settle(id!, { state: 'accepted', reply: '250 ok', dsn: false });
    expect(await storage.outbox.get(id!)).toMatchObject({
      state: 'acknowledged',
      acceptedAt: '2026-11-20T03:00:00.000Z',
    });
  });

  test('late and contradictory news keep their evidence and only move the state forward', async () => {
    const { storage } = bench;
    const [id] = await queue('T8');
    await storage.outbox.claim(1);
    await storage.outbox.settle(id!, { state: 'accepted', reply: '250', dsn: true });
    await news({ to: 'failed', evidence: 'dsn', cause: 'Hộp thư đầy' });
    expect(await storage.outbox.get(id!)).toMatchObject({ state: 'failed', cause: 'Hộp thư đầy' });
    await news({});
    await news({ to: 'delivered', evidence: 'dsn' });
    const row = await storage.outbox.get(id!);
    expect(row).toMatchObject({ state: 'acknowledged', cause: null });
    expect(row!.evidence.map((piece) => piece.to)).toEqual([
      'accepted',
      'failed',
      'acknowledged',
      'delivered',
    ]);
  });

  test('an uncertain one is sent again only when a person says so', async () => {
    const { storage } = bench;
    const [id] = await queue('T8');
    await storage.outbox.claim(1);
    await storage.outbox.settle(id!, { state: 'uncertain', cause: 'Mất kết nối sau DATA' });
    await news({ to: 'due', evidence: 'smtp' });
    expect(await storage.outbox.claim(1)).toEqual([]);
    await news({ to: 'due', evidence: 'person' });
    expect(await storage.outbox.claim(1)).toMatchObject([{ id, attempts: 2 }]);
  });

  test('evidence is bounded: a server that repeats itself for ever fills nothing', async () => {
    const { storage } = bench;
    const [id] = await queue('T1');
    for (let i = 0; i < 110; i++) {
      await storage.outbox.claim(1);
      await storage.outbox.settle(id!, { state: 'failed', cause: 'x', reply: 'y'.repeat(100_000) });
    }
    const row = await storage.outbox.get(id!);
    expect(row!.evidence.length).toBe(100);
    expect(JSON.stringify(row!.evidence).length).toBeLessThan(200_000);
    await news({});
    expect((await storage.outbox.get(id!))!.evidence.at(-1)).toMatchObject({ to: 'acknowledged' });
  });
}
