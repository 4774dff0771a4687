import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sighting } from '../../storage/types.ts';
import { arrive, type Bench, decision, openBench, type Where } from '../support/register.ts';

export function messagesContract(where: Where): void {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench(where);
  });
  afterEach(() => bench.close());

  test('the same bytes in the same mailbox are one row, in another mailbox of ours another (invariant 2)', async () => {
    const { storage } = bench;
    const first = await arrive(storage, 'letter', { uid: 1 });
    const again = await arrive(storage, 'letter', { uid: 2 });
    const other = await arrive(storage, 'letter', { mailbox: 'phong', uid: 1 });
    expect(first).toMatchObject({ fresh: true, row: { id: 'm-000001', state: 'kept', waitingFrom: null } });
    expect(again).toEqual({ fresh: false, row: first.row });
    expect(other).toMatchObject({ fresh: true, row: { id: 'm-000002' } });
    const seen = await storage.transact(
      { messageId: 'm-000002', rawSha256: first.row.sha256 },
      (snapshot) => {
        expect(snapshot.sameBytes).toEqual([{ messageId: 'm-000001', state: 'kept', entries: [] }]);
        return decision();
      },
    );
    expect(seen).toEqual({ entries: [], sends: [], holds: [] });
  });

  test('a UIDVALIDITY change loses and repeats nothing: the new UID points to the message that is there (INT-01)', async () => {
    const { storage } = bench;
    const before = await arrive(storage, 'letter', { uidValidity: '7', uid: 5 });
    await storage.mailboxes.setCursor('vanthu', 'INBOX', '7', 5);
    const after = await arrive(storage, 'letter', { uidValidity: '8', uid: 1 });
    const fresh = await arrive(storage, 'another', { uidValidity: '8', uid: 2 });
    expect([after.fresh, fresh.fresh]).toEqual([false, true]);
    expect(await storage.mailboxes.sightings('vanthu', 'INBOX', '8', [1, 2, 3])).toMatchObject([
      { uid: 1, outcome: 'fetched', messageId: before.row.id },
      { uid: 2, outcome: 'fetched', messageId: fresh.row.id },
    ]);
    expect(await storage.mailboxes.cursor('vanthu', 'INBOX', '7')).toBe(5);
    expect(await storage.mailboxes.cursor('vanthu', 'INBOX', '8')).toBeNull();
    expect(await storage.mailboxes.validities('vanthu', 'INBOX')).toEqual(['8', '7']);
  });

  test('one UID is one message even when the server makes its bytes anew; the journal says so', async () => {
    const { storage } = bench;
    const first = await arrive(storage, 'boundary one');
    const again = await arrive(storage, 'boundary two');
    expect(again).toMatchObject({ fresh: false, row: { id: first.row.id, sha256: first.row.sha256 } });
    const lines = await storage.journal.list({ subject: `message:${first.row.id}` });
    expect(lines.map((line) => line.action)).toEqual(['message.kept', 'message.bytes-differ']);
  });

  test('two connections that keep one letter at the same time make one row', async () => {
    const other = await bench.again();
    const kept = await Promise.all(
      Array.from({ length: 20 }, (_, i) => arrive(i % 2 ? other : bench.storage, 'letter', { uid: i + 1 })),
    );
    expect(kept.filter((one) => one.fresh)).toHaveLength(1);
    expect(new Set(kept.map((one) => one.row.id)).size).toBe(1);
    expect(await bench.storage.mailboxes.account('vanthu', 'INBOX', '7')).toHaveLength(20);
  });

  test('a row without durable bytes is refused (invariant 1)', async () => {
    const message = { sha256: 'f'.repeat(64), size: 1, enteredAt: '2026-11-20T00:00:00Z' };
    const origin = { channel: 'folder' as const, mailbox: 'x', folder: null, uidValidity: null, uid: null };
    const rest = { envelopeFrom: null, envelopeTo: [], clientIp: null, clientHelo: null };
    const keeping = bench.storage.messages.keep({ ...message, origin: { ...origin, ...rest } });
    await expect(keeping).rejects.toMatchObject({ code: 'BYTES_MISSING' });
  });

  test('the message that entered first is due first; a postponed one when its time has come', async () => {
    const { storage, clock } = bench;
    const late = await arrive(storage, 'late', { uid: 1 });
    const kept = await storage.bytes.keepBuffer(Buffer.from('early'));
    const early = await storage.messages.keep({
      ...kept,
      origin: { ...late.row.origin, uid: 2 },
      enteredAt: '2026-11-20T01:00:00Z',
    });
    expect((await storage.messages.due(10)).map((row) => row.id)).toEqual([early.row.id, late.row.id]);
    await storage.transact({}, () =>
      decision({ message: { id: early.row.id, state: 'arrived', kind: null, rule: null } }),
    );
    const problem = { code: 'CLAMAV_UNREACHABLE', detail: 'connect ECONNREFUSED' };
    await storage.messages.postpone(early.row.id, '2026-11-20T03:05:00Z', problem);
    await storage.messages.postpone(early.row.id, '2026-11-20T03:10:00Z', problem);
    expect((await storage.messages.due(10)).map((row) => row.id)).toEqual([late.row.id]);
    expect(await storage.messages.get(early.row.id)).toMatchObject({
      state: 'waiting',
      waitingFrom: 'arrived',
      attempts: 2,
      problem,
    });
    clock.now = new Date('2026-11-20T03:10:00Z');
    expect(await storage.messages.due(1)).toMatchObject([{ id: early.row.id }]);
    expect(await storage.messages.counts()).toEqual({ kept: 1, waiting: 1 });
    await storage.transact({}, () =>
      decision({ message: { id: early.row.id, state: 'noted', kind: 'receipt', rule: null } }),
    );
    await storage.messages.postpone(early.row.id, '2026-11-20T03:20:00Z', problem);
    expect(await storage.messages.get(early.row.id)).toMatchObject({ state: 'noted', problem: null });
    const lines = await storage.journal.list({ subject: `message:${early.row.id}` });
    expect(lines.map((line) => line.action)).toEqual(['message.kept', 'message.postponed']);
  });

  test('facts are replaced, and copy Message-ID, subject and From, whatever characters are in them', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter');
    const mail = {
      messageId: '<a@b>',
      subject: 'Báo\u0000 cáo \ud800',
      from: { address: 'a@b.vn', name: '' },
    };
    await storage.messages.saveFacts(row.id, 'arrival', { mail: null, text: 'nul \u0000' });
    await storage.messages.saveFacts(row.id, 'arrival', { mail });
    expect(await storage.messages.facts(row.id, 'arrival')).toEqual({ mail });
    expect(await storage.messages.facts(row.id, 'registration')).toBeNull();
    expect(await storage.messages.get(row.id)).toMatchObject({
      messageIdHeader: '<a@b>',
      subject: 'Báo cáo \ufffd',
      fromAddress: 'a@b.vn',
    });
  });

  test('facts are written with the decision that was taken on them, or not at all', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter');
    const facts = { messageId: row.id, stage: 'arrival' as const, facts: { mail: { messageId: '<a@b>' } } };
    const failing = () => {
      throw new Error('no decision');
    };
    await expect(storage.transact({}, failing, facts)).rejects.toThrow('no decision');
    expect(await storage.messages.facts(row.id, 'arrival')).toBeNull();
    await storage.transact({}, () => decision(), facts);
    expect(await storage.messages.facts(row.id, 'arrival')).toBeNull();
    const message = { id: row.id, state: 'held' as const, kind: 'citizen-letter' as const, rule: null };
    await storage.transact({}, () => decision({ message }), facts);
    expect(await storage.messages.facts(row.id, 'arrival')).toEqual(facts.facts);
    expect((await storage.messages.get(row.id))?.messageIdHeader).toBe('<a@b>');
  });

  test('the same Message-ID with other bytes is told apart (INT-10)', async () => {
    const { storage } = bench;
    const one = await arrive(storage, 'one', { uid: 1 });
    const two = await arrive(storage, 'two', { uid: 2 });
    for (const { row } of [one, two])
      await storage.messages.saveFacts(row.id, 'arrival', { mail: { messageId: '<a@b>' } });
    const query = { messageId: two.row.id, rawSha256: two.row.sha256, messageIdHeader: '<a@b>' };
    await storage.transact(query, (snapshot) => {
      expect(snapshot.sameMessageId).toEqual([{ messageId: one.row.id, sha256: one.row.sha256 }]);
      expect(snapshot.message).toEqual({ id: two.row.id, state: 'kept', kind: null, answers: [] });
      return decision();
    });
  });

  test('a UID that was fetched stays fetched; one that could not be is counted until it is', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter', { uid: 4_000_000_000 });
    const base: Sighting = {
      mailbox: 'vanthu',
      folder: 'INBOX',
      uidValidity: '7',
      uid: 4_000_000_000,
      outcome: 'unfetchable',
      messageId: null,
      detail: 'NO message expunged',
      attempts: 1,
      nextAttemptAt: '2026-11-20T04:00:00.000Z',
    };
    await storage.mailboxes.record(base);
    await storage.mailboxes.record({ ...base, uid: 9 });
    await storage.mailboxes.record({ ...base, uid: 9, attempts: 2 });
    const account = await storage.mailboxes.account('vanthu', 'INBOX', '7');
    expect(account).toMatchObject([
      { uid: 9, outcome: 'unfetchable', attempts: 2, state: null },
      { uid: 4_000_000_000, outcome: 'fetched', messageId: row.id, state: 'kept' },
    ]);
    await arrive(storage, 'it came after all', { uid: 9 });
    expect(await storage.mailboxes.sightings('vanthu', 'INBOX', '7', [9])).toMatchObject([
      { outcome: 'fetched', detail: null },
    ]);
  });

  test('health of a mailbox is the last that was told', async () => {
    const health = { name: 'vanthu', state: 'connecting', since: '2026-11-20T03:00:00Z', detail: null };
    const { mailboxes } = bench.storage;
    await mailboxes.setHealth({ ...health, lastListingAt: null, lastMessageAt: null });
    await mailboxes.setHealth({
      ...health,
      state: 'ok',
      lastListingAt: '2026-11-20T03:01:00Z',
      lastMessageAt: null,
    });
    expect(await mailboxes.health()).toMatchObject([
      { name: 'vanthu', state: 'ok', lastListingAt: '2026-11-20T03:01:00Z' },
    ]);
  });
}
