import { describe, expect, it } from 'vitest';
import { cancelEntry, correctEntry } from '../../handlers/entry-acts.ts';
import { acceptHold, releaseHold, returnHold } from '../../handlers/hold-acts.ts';
import { decideRegistration } from '../../handlers/registration.ts';
import { resendTransmission, settleTransmission } from '../../handlers/transmission-acts.ts';
import type { EntryRef, HoldRef, TransmissionRef } from '../../handlers/types.ts';
import { CLERK, found, LEADER, makeDocument, makeFacts, makeRules, makeSnapshot } from '../support/facts.ts';

const rules = makeRules();
const facts = makeFacts({ documents: [makeDocument(), makeDocument({ abstract: found(null) })] });
const drafted = decideRegistration(facts, rules, makeSnapshot()).holds[0]!;
const hold: HoldRef = { ...drafted, id: 'h-000001', open: true, approvals: [] };
const at = (h: Partial<HoldRef> = {}) => makeSnapshot({ hold: { ...hold, ...h } });
const accept = (changes: Record<string, string>, snapshot = at(), by = CLERK, note: string | null = null) =>
  acceptHold({ by, changes, note }, facts, rules, snapshot);

describe('a clerk accepts what was held (INT-17, INT-03)', () => {
  it('one entry and one T2 for each document, in the clerk’s name', () => {
    const decision = accept({ '2.trichYeu': 'Về việc thứ hai' });
    expect(decision.entries.map((e) => [e.by, e.fields['trichYeu']])).toEqual([
      ['vanthu', 'Về việc kiện toàn tổ công tác'],
      ['vanthu', 'Về việc thứ hai'],
    ]);
    expect(decision.sends.map((s) => [s.kind, s.entry])).toEqual([
      ['T2', 0],
      ['T2', 1],
    ]);
    expect(decision.closeHold).toMatchObject({ outcome: 'accepted', by: ['vanthu'] });
  });

  it('REG-01 refuses a line that lacks an obligatory field, and says which', () => {
    expect(() => accept({})).toThrow(/thiếu: trichYeu.*--set 2\.trichYeu/);
  });

  it('INT-10 refuses a duplicate that came up after the letter was held', () => {
    const twin: EntryRef = {
      id: 'e-1',
      book: 'den',
      number: 3,
      year: 2026,
      messageId: null,
      mainFile: null,
      cancelled: false,
      fields: {},
      documentKey: hold.proposals[0]!.documentKey,
    };
    expect(() => accept({ '2.trichYeu': 'x' }, { ...at(), entriesByKey: [twin] })).toThrow(
      /đã có số đến 3\/2026/,
    );
  });

  it('INT-05 what the leader must decide is not accepted by the clerk without the leader’s word', () => {
    const leaders = at({ queue: 'leader' });
    expect(() => accept({ '2.trichYeu': 'x' }, leaders)).toThrow(/lãnh đạo quyết định/);
    expect(accept({ '2.trichYeu': 'x' }, leaders, LEADER).entries).toHaveLength(2);
    expect(
      accept({ '2.trichYeu': 'x' }, leaders, CLERK, 'Đ/c Chủ tịch đồng ý').entries[0]?.fields['ghiChu'],
    ).toMatch(/đồng ý/);
  });

  it('INT-10 a duplicate that the clerk was shown is registered again only with a reason', () => {
    const shown = at({ proposals: [hold.proposals[0]!], reasons: [{ code: 'DUPLICATE', sentence: '' }] });
    expect(() => accept({}, shown)).toThrow(/đã có số đến/);
    expect(accept({}, shown, CLERK, 'văn bản thay thế').entries).toHaveLength(1);
  });

  it('T2 never calls a signature of another agency valid, though the clerk accepted the letter', () => {
    const doubted = at({ proposals: [{ ...hold.proposals[0]!, flags: ['SIGNATURE_DOUBT'] }] });
    const [t2] = accept({}, doubted).sends;
    expect(t2?.intent).toMatchObject({ signatureValid: false });
    expect(t2?.intent['signatureResult']).toMatch(/văn thư đã xem xét/);
  });

  it('a hold is settled once', () => {
    expect(() => accept({ '2.trichYeu': 'x' }, at({ open: false }))).toThrow(/đã được xử lý/);
  });
});

describe('a person returns (ACK-03, invariant 5)', () => {
  it('T3 with the reasons and the name of who decided', () => {
    const decision = returnHold(
      { by: CLERK, reasons: [{ code: 'TC04', detail: 'phụ lục 1' }], note: null },
      facts,
      rules,
      at(),
    );
    expect(decision.sends).toMatchObject([
      { kind: 'T3', intent: { personName: 'Văn thư Mẫu', reasons: [{ code: 'TC04' }] } },
    ]);
    expect(decision.message?.state).toBe('returned');
  });

  it('never without a reason', () => {
    expect(() => returnHold({ by: CLERK, reasons: [], note: null }, facts, rules, at())).toThrow(
      /ít nhất một lý do/,
    );
  });
});

describe('a suspected secret (DOMAIN 8.2)', () => {
  const secret = { twoPersons: true, queue: 'secrets' as const, proposals: [] };
  it('is neither registered nor returned', () => {
    expect(() => accept({}, at(secret))).toThrow(/cách ly/);
    expect(() =>
      returnHold(
        { by: CLERK, reasons: [{ code: 'TC09', detail: null }], note: null },
        facts,
        rules,
        at(secret),
      ),
    ).toThrow(/cách ly/);
  });

  it('is released by two different persons, one of them authorised, with a reason', () => {
    const staff = [CLERK, LEADER];
    expect(() => releaseHold(CLERK, null, staff, at(secret))).toThrow(/lý do/);
    const first = releaseHold(CLERK, 'nhầm', staff, at(secret));
    expect(first.approveHold).toMatchObject({ by: 'vanthu' });
    expect(first.message).toBeNull();
    const approved = { ...secret, approvals: [{ by: 'vanthu', outcome: 'released' }] };
    expect(() => releaseHold(CLERK, 'nhầm', staff, at(approved))).toThrow(/người thứ hai/);
    expect(releaseHold(LEADER, 'nhầm', staff, at(approved)).message).toMatchObject({
      state: 'kept',
      rule: 'released',
    });
  });

  it('is not released by two persons of whom none is authorised', () => {
    const other = { ...CLERK, id: 'vanthu2' };
    const approved = { ...secret, approvals: [{ by: 'vanthu2', outcome: 'released' }] };
    expect(releaseHold(CLERK, 'nhầm', [CLERK, other], at(approved)).message).toBeNull();
  });
});

describe('the book', () => {
  const line: EntryRef = {
    id: 'e-1',
    book: 'den',
    number: 3,
    year: 2026,
    messageId: null,
    documentKey: null,
    mainFile: null,
    cancelled: false,
    fields: {},
  };
  const snapshot = makeSnapshot({ entry: line });

  it('an entry is cancelled with a reason, once, never deleted', () => {
    expect(cancelEntry('e-1', CLERK, 'nhầm', snapshot).cancel).toEqual({
      entryId: 'e-1',
      by: 'vanthu',
      why: 'nhầm',
    });
    expect(() => cancelEntry('e-1', CLERK, ' ', snapshot)).toThrow(/lý do/);
    expect(() =>
      cancelEntry('e-1', CLERK, 'x', makeSnapshot({ entry: { ...line, cancelled: true } })),
    ).toThrow(/đã được hủy/);
  });

  it('REG-05 a correction names field, value, person and why; numbers are never corrected', () => {
    const change = { field: 'trichYeu', value: 'mới', by: CLERK, why: 'gõ nhầm' };
    expect(correctEntry('e-1', change, snapshot).corrections).toMatchObject([
      { field: 'trichYeu', by: 'vanthu' },
    ]);
    expect(() => correctEntry('e-1', { ...change, field: 'soDen' }, snapshot)).toThrow(/Không được sửa/);
    expect(() => correctEntry('e-1', { ...change, why: '' }, snapshot)).toThrow(/lý do/);
  });
});

describe('copies whose fate is not known (invariant 3)', () => {
  const copy = (state: TransmissionRef['state']): TransmissionRef => ({
    id: 's-1',
    token: 't',
    kind: 'T8',
    state,
    to: 'a@b',
    toName: null,
    entryId: null,
    messageIdHeader: '<x>',
    soKyHieu: null,
    ngayVanBan: null,
    acceptedAt: null,
  });
  const snapshot = (state: TransmissionRef['state']) => makeSnapshot({ transmissions: [copy(state)] });

  it('a person settles them', () => {
    expect(settleTransmission('s-1', true, CLERK, null, snapshot('uncertain')).outcomes).toMatchObject([
      { to: 'accepted', evidence: 'person' },
    ]);
    expect(settleTransmission('s-1', false, CLERK, null, snapshot('uncertain')).outcomes).toMatchObject([
      { to: 'due' },
    ]);
    expect(() => settleTransmission('s-1', true, CLERK, null, snapshot('delivered'))).toThrow();
  });

  it('a failed copy is sent again only by a person, never one that may be on its way', () => {
    expect(resendTransmission('s-1', CLERK, snapshot('failed')).outcomes).toMatchObject([{ to: 'due' }]);
    expect(() => resendTransmission('s-1', CLERK, snapshot('sending'))).toThrow();
    expect(() => resendTransmission('s-1', CLERK, snapshot('uncertain'))).toThrow();
  });
});
