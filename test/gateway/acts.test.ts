/** Acts of persons through a real storage: each is one transaction, named, journaled. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  acceptHold,
  cancelEntry,
  correctEntry,
  releaseHold,
  resendTransmission,
  returnHold,
  settleTransmission,
} from '../../gateway/acts.ts';
import { live } from '../../gateway/pipeline.ts';
import { makeMail, makeReport } from '../support/facts.ts';
import { openRig, ordinaryJudge, ordinaryRead, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const turn = { mine: async () => undefined, done: () => undefined };

/** A letter without a digital signature: held for the clerk. */
async function heldLetter() {
  rig.reading.judge = () => makeReport([], 'untrusted');
  const { id } = await rig.keep('thu');
  await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
  const [hold] = await rig.service.storage.holds.list({ open: true });
  return { id, hold: hold! };
}

const sends = async (id: string) =>
  (await rig.service.storage.outbox.list({ aboutMessage: id })).map((s) => s.kind);
const code = (wanted: string) => ({ code: wanted, temporary: false });

describe('a hold', () => {
  it('accepted: number, T2, corrected field, journal in the person’s name; and not a second time', async () => {
    const { id, hold } = await heldLetter();
    await acceptHold(rig.service, hold.id, {
      by: 'vanthu',
      changes: { trichYeu: 'Về việc khác' },
      note: null,
    });
    expect(await rig.service.storage.register.ofMessage(id)).toMatchObject([
      { number: 1, by: 'vanthu', fields: { trichYeu: 'Về việc khác' } },
    ]);
    expect(await sends(id)).toEqual(['T1', 'T2']);
    await expect(
      acceptHold(rig.service, hold.id, { by: 'vanthu', changes: {}, note: null }),
    ).rejects.toMatchObject(code('HOLD_CLOSED'));
    await expect(
      returnHold(rig.service, hold.id, {
        by: 'vanthu',
        reasons: [{ code: 'TC02', detail: null }],
        note: null,
      }),
    ).rejects.toMatchObject(code('HOLD_CLOSED'));
    expect(
      await rig.service.storage.register.peek('den', rig.service.config.agency.code, 'chung', 2026),
    ).toBe(2);
    expect(
      (await rig.service.storage.journal.list({ subject: `message:${id}` })).map((l) => [l.actor, l.action]),
    ).toContainEqual(['vanthu', 'accepted']);
  });

  it('two clerks at once: one number', async () => {
    const { id, hold } = await heldLetter();
    const both = await Promise.allSettled(
      ['vanthu', 'chutich'].map((by) => acceptHold(rig.service, hold.id, { by, changes: {}, note: null })),
    );
    expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rig.service.storage.register.ofMessage(id)).toHaveLength(1);
  });

  it('returned: T3 with the reasons, no number', async () => {
    const { id, hold } = await heldLetter();
    await returnHold(rig.service, hold.id, {
      by: 'vanthu',
      reasons: [{ code: 'TC02', detail: null }],
      note: null,
    });
    expect(await sends(id)).toEqual(['T1', 'T3']);
    expect(await rig.service.storage.messages.get(id)).toMatchObject({ state: 'returned' });
    expect(await rig.service.storage.register.ofMessage(id)).toEqual([]);
  });

  it.each([
    ['a null return path', { returnPath: '' }],
    ['a list', { isList: true }],
    ['our own address', { from: { address: 'vanthu.xamau@mau.example.gov.vn', name: '' } }],
  ])('invariant 4: a return is not told to %s', async (_name, mail) => {
    rig.reading.read = (text) => ({ ...ordinaryRead(text), mail: makeMail({ ...mail, subject: text }) });
    const { id, hold } = await heldLetter();
    await returnHold(rig.service, hold.id, {
      by: 'vanthu',
      reasons: [{ code: 'TC02', detail: null }],
      note: null,
    });
    expect(await sends(id)).not.toContain('T3');
    expect(await rig.service.storage.messages.get(id)).toMatchObject({ state: 'returned' });
  });

  it('released by one person: read anew, without a second T1', async () => {
    const { id, hold } = await heldLetter();
    await releaseHold(rig.service, hold.id, { by: 'vanthu', note: 'đọc lại' });
    rig.reading.judge = ordinaryJudge;
    await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
    expect(await rig.service.storage.messages.get(id)).toMatchObject({ state: 'registered' });
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it('without a document (a citizen’s letter): closed by a note that says what was done, never waiting for ever', async () => {
    rig.reading.read = (text) => ({
      ...ordinaryRead(text),
      mail: makeMail({ from: { address: 'dan@example.com', name: '' }, parts: [] }),
    });
    const { id } = await rig.keep('thu');
    await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
    const [hold] = await rig.service.storage.holds.list({ open: true });
    expect(hold?.queue).toBe('citizen');
    await expect(
      acceptHold(rig.service, hold!.id, { by: 'vanthu', changes: {}, note: null }),
    ).rejects.toMatchObject(code('HOLD_NO_DOCUMENT'));
    await expect(
      acceptHold(rig.service, hold!.id, { by: 'vanthu', changes: { trichYeu: 'x' }, note: 'x' }),
    ).rejects.toMatchObject(code('FIELD_UNKNOWN'));
    await acceptHold(rig.service, hold!.id, { by: 'vanthu', changes: {}, note: 'Đã chuyển bộ phận một cửa' });
    expect(await rig.service.storage.messages.get(id)).toMatchObject({
      state: 'noted',
      kind: 'citizen-letter',
    });
    expect(await rig.service.storage.holds.list({ open: true })).toEqual([]);
    expect(await rig.service.storage.register.list({})).toEqual([]);
  });

  it('with a virus: closed by a note, and isolated for ever', async () => {
    rig.service.scan = async () => ({ status: 'infected', name: 'Mau', part: '2' });
    const { id } = await rig.keep('thu');
    await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
    const [hold] = await rig.service.storage.holds.list({ open: true });
    await acceptHold(rig.service, hold!.id, { by: 'vanthu', changes: {}, note: 'Đã báo nơi gửi' });
    expect(await rig.service.storage.messages.get(id)).toMatchObject({ state: 'isolated' });
    expect(await sends(id)).toEqual([]);
  });

  it('is nobody’s who is not of the staff', async () => {
    const { hold } = await heldLetter();
    await expect(
      acceptHold(rig.service, hold.id, { by: 'ai-do', changes: {}, note: null }),
    ).rejects.toMatchObject(code('STAFF_UNKNOWN'));
    await expect(
      acceptHold(rig.service, 'h-999999', { by: 'vanthu', changes: {}, note: null }),
    ).rejects.toMatchObject(code('HOLD_UNKNOWN'));
  });
});

describe('an entry', () => {
  async function entry() {
    const { id } = await rig.keep('thu');
    await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
    return (await rig.service.storage.register.ofMessage(id))[0]!;
  }

  it('REG-05 corrected: the old value stays, with who, when and why', async () => {
    const { id, fields } = await entry();
    await correctEntry(rig.service, id, {
      field: 'trichYeu',
      value: 'Về việc mới',
      by: 'vanthu',
      why: 'gõ nhầm',
    });
    expect(await rig.service.storage.register.get(id)).toMatchObject({
      fields: { trichYeu: 'Về việc mới' },
      corrections: [
        { field: 'trichYeu', old: fields['trichYeu'], value: 'Về việc mới', by: 'vanthu', why: 'gõ nhầm' },
      ],
    });
    await expect(
      correctEntry(rig.service, id, { field: 'soDen', value: '9', by: 'vanthu', why: 'x' }),
    ).rejects.toMatchObject(code('FIELD_FIXED'));
  });

  it('INT-18 cancelled: struck through, its number never given again', async () => {
    const { id } = await entry();
    await cancelEntry(rig.service, id, { by: 'vanthu', why: 'vào nhầm sổ' });
    expect(await rig.service.storage.register.get(id)).toMatchObject({
      cancelledBy: 'vanthu',
      cancelReason: 'vào nhầm sổ',
    });
    await expect(cancelEntry(rig.service, id, { by: 'vanthu', why: 'x' })).rejects.toMatchObject(
      code('ENTRY_CANCELLED'),
    );
    const next = await rig.keep('thu khác');
    await live((await rig.service.storage.messages.get(next.id))!, turn, rig.service);
    expect(await rig.service.storage.register.ofMessage(next.id)).toMatchObject([{ number: 2 }]);
  });
});

describe('a transmission', () => {
  async function copy(settle: 'uncertain' | 'failed') {
    const { id } = await rig.keep('thu');
    await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
    const [row] = await rig.service.storage.outbox.claim(1);
    await rig.service.storage.outbox.settle(
      row!.id,
      settle === 'failed'
        ? { state: 'failed', cause: 'x', reply: '550' }
        : { state: 'uncertain', cause: 'x' },
    );
    return row!.id;
  }

  it('uncertain is settled by a person, either way, and never sent again blindly', async () => {
    const id = await copy('uncertain');
    await expect(resendTransmission(rig.service, id, { by: 'vanthu' })).rejects.toMatchObject(
      code('TRANSMISSION_STATE'),
    );
    await settleTransmission(rig.service, id, { sent: true, by: 'vanthu', note: 'đã gọi điện' });
    expect(await rig.service.storage.outbox.get(id)).toMatchObject({ state: 'accepted' });
    await expect(
      settleTransmission(rig.service, id, { sent: false, by: 'vanthu', note: null }),
    ).rejects.toMatchObject(code('TRANSMISSION_STATE'));
  });

  it('failed is sent once more with the same Message-ID', async () => {
    const id = await copy('failed');
    const before = await rig.service.storage.outbox.get(id);
    await resendTransmission(rig.service, id, { by: 'vanthu' });
    expect(await rig.service.storage.outbox.get(id)).toMatchObject({
      state: 'due',
      messageIdHeader: before!.messageIdHeader,
    });
    expect((await rig.service.storage.outbox.claim(5)).map((r) => r.id)).toContain(id);
  });
});
