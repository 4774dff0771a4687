import { describe, expect, it } from 'vitest';
import { decideArrival } from '../../handlers/arrival.ts';
import { arrivalQuery } from '../../handlers/evidence.ts';
import { sendFailed } from '../../handlers/send-failed.ts';
import type { ArrivalFacts, TransmissionRef } from '../../handlers/types.ts';
import type { DeliveryOutcome, MailReport } from '../../mail/types.ts';
import { makeFacts, makeMail, makePart, makeRules, makeSender, makeSnapshot, SNV } from '../support/facts.ts';

const transmission: TransmissionRef = {
  id: 's-000001',
  token: 'abcdefghijklmnopqrstuvwx',
  kind: 'T8',
  state: 'accepted',
  to: SNV.addresses[0]!,
  toName: SNV.name,
  entryId: 'e-000001',
  messageIdHeader: '<cv.abcdefghijklmnopqrstuvwx@mau.example.gov.vn>',
  soKyHieu: '05/UBND-VP',
  ngayVanBan: '2026-11-20',
  acceptedAt: '2026-11-20T02:00:00.000Z',
};
const outcome = (o: Partial<DeliveryOutcome>): DeliveryOutcome => ({
  recipient: transmission.to,
  originalRecipient: null,
  action: 'failed',
  status: '5.1.1',
  permanent: true,
  diagnostic: '550 5.1.1 User unknown',
  remoteMta: null,
  ...o,
});
const bounce = (outcomes: DeliveryOutcome[], token: string | null = transmission.token): MailReport => ({
  type: 'delivery-report',
  dialect: 'rfc3464',
  envelopeId: null,
  outcomes,
  originalMessageId: null,
  originalSubject: null,
  token,
});
const notice = (act: 'arrived' | 'registered' | 'returned'): MailReport => ({
  type: 'exchange-notice',
  version: 1,
  act,
  token: transmission.token,
  originalMessageId: transmission.messageIdHeader,
  agencyCode: SNV.code,
  agencyName: SNV.name,
  soKyHieu: null,
  ngayVanBan: null,
  soDen: 12,
  ngayDen: '2026-11-20',
  enteredAt: null,
  deemedReceivedAt: null,
  reasons: ['TC04'],
  files: [],
});
const report = (r: MailReport, mail: Parameters<typeof makeMail>[0] = {}): ArrivalFacts => ({
  ...makeFacts(),
  mail: makeMail({ report: r, parts: [], ...mail }),
});
const decide = (facts: ArrivalFacts, t: TransmissionRef = transmission) =>
  decideArrival(facts, makeRules(), makeSnapshot({ transmissions: [t] }));

describe('bounces find their transmission (ACK-08)', () => {
  it('a permanent failure: failed, with the plain cause, and T6 to our own clerk', () => {
    const decision = decide(report(bounce([outcome({})])));
    expect(decision.outcomes).toMatchObject([
      { transmissionId: 's-000001', to: 'failed', cause: 'Địa chỉ không tồn tại' },
    ]);
    expect(decision.sends).toMatchObject([
      { kind: 'T6', to: 'vanthu.xamau@mau.example.gov.vn', intent: { soKyHieu: '05/UBND-VP' } },
    ]);
    expect(decision.message).toMatchObject({ state: 'noted', kind: 'delivery-report' });
  });

  it.each([
    ['delayed', 'accepted'],
    ['relayed', 'accepted'],
    ['expanded', 'accepted'],
    ['delivered', 'delivered'],
  ] as const)('%s says no more than %s', (action, to) => {
    const decision = decide(report(bounce([outcome({ action, permanent: null, status: null })])));
    expect(decision.outcomes).toMatchObject([{ to }]);
    expect(decision.sends).toEqual([]);
  });

  it('of several recipients the one that the copy went to counts', () => {
    const other = outcome({ recipient: 'x@example.gov.vn' });
    const mine = outcome({ action: 'delivered', permanent: null });
    expect(decide(report(bounce([other, mine]))).outcomes).toMatchObject([{ to: 'delivered' }]);
  });

  it('in whatever case the server writes its address', () => {
    const other = outcome({ recipient: 'x@example.gov.vn' });
    const mine = outcome({ recipient: transmission.to.toUpperCase(), action: 'delivered', permanent: null });
    const to = transmission.to.replace(/^./, (c) => c.toUpperCase());
    expect(decide(report(bounce([other, mine])), { ...transmission, to }).outcomes).toMatchObject([
      { to: 'delivered' },
    ]);
  });

  it('no second T6 for a copy whose failure is known', () => {
    expect(decide(report(bounce([outcome({})])), { ...transmission, state: 'failed' }).sends).toEqual([]);
  });

  it('a bounce of a notice warns nobody', () => {
    expect(decide(report(bounce([outcome({})])), { ...transmission, kind: 'T2' }).sends).toEqual([]);
  });

  it('a bounce of nothing of ours is taken note of and changes nothing', () => {
    const decision = decide(report(bounce([outcome({})], null)));
    expect(decision.outcomes).toEqual([]);
    expect(decision.message).toMatchObject({ rule: 'not-ours' });
  });

  it.each<[string, ArrivalFacts]>([
    ['a bounce of nothing of ours', report(bounce([outcome({})], null), { parts: [makePart()] })],
    [
      'a notice from another address',
      report(notice('registered'), {
        from: { address: 'x@example.com', name: '' },
        parts: [makePart()],
      }),
    ],
  ])('invariant 1: %s that brings a document of its own is shown to a person', (_name, facts) => {
    const decision = decide(facts);
    expect(decision.outcomes).toEqual([]);
    expect(decision.holds).toMatchObject([{ queue: 'clerk', reasons: [{ code: 'REPORT_WITH_DOCUMENT' }] }]);
  });

  it('the files of the message that a bounce sends back are none of its own', () => {
    const quoted = [
      makePart({ path: '3', origin: 'message', detectedType: 'message/rfc822' }),
      makePart({ path: '3/1', container: '3' }),
    ];
    expect(decide(report(bounce([outcome({})], null), { parts: quoted })).holds).toEqual([]);
  });

  it('the register is asked by token, and by what the report quotes', () => {
    const query = arrivalQuery(
      report({ ...bounce([]), originalMessageId: '<x@y>' } as MailReport, { references: ['<r@y>'] }),
    );
    expect(query).toMatchObject({ tokens: [transmission.token], quotedMessageIds: ['<x@y>', '<r@y>'] });
  });
});

describe('a refusal of the mail server while sending', () => {
  const sending = { ...transmission, state: 'sending' as const };
  const decideFailed = (t: TransmissionRef) =>
    sendFailed(
      t.id,
      { cause: 'Địa chỉ không tồn tại', reply: '550 5.1.1 no such user' },
      makeRules(),
      makeSnapshot({ transmissions: [t] }),
    );

  it('marks the copy failed and writes T6 to our own clerk', () => {
    const decision = decideFailed(sending);
    expect(decision.outcomes).toMatchObject([
      { to: 'failed', evidence: 'smtp', detail: { status: '5.1.1' } },
    ]);
    expect(decision.sends).toMatchObject([
      { kind: 'T6', intent: { cause: 'Địa chỉ không tồn tại', status: '5.1.1' } },
    ]);
  });

  it('changes nothing of a copy that was confirmed meanwhile', () => {
    expect(decideFailed({ ...sending, state: 'acknowledged' }).outcomes).toEqual([]);
  });
});

describe('receipts are believed only from the agency that the letter went to', () => {
  it.each([
    ['arrived', 'delivered'],
    ['registered', 'acknowledged'],
    ['returned', 'returned'],
  ] as const)('%s turns the copy to %s', (act, to) => {
    expect(decide(report(notice(act))).outcomes).toMatchObject([{ to }]);
  });

  it('another address of the same agency is believed', () => {
    expect(
      decide(report(notice('registered'), { from: { address: SNV.addresses[1]!, name: '' } })).outcomes,
    ).toHaveLength(1);
  });

  it.each<[string, ArrivalFacts]>([
    ['from another address', report(notice('registered'), { from: { address: 'x@example.com', name: '' } })],
    ['from a forged sender', { ...report(notice('registered')), sender: makeSender({ outcome: 'forged' }) }],
    [
      'a return from another address',
      report(notice('returned'), { from: { address: 'x@example.com', name: '' } }),
    ],
  ])('%s: nothing changes, and it is shown as such', (_name, facts) => {
    const decision = decide(facts);
    expect(decision.outcomes).toEqual([]);
    expect(decision.message?.rule).toMatch(/^not-believed-/);
  });

  it('a returned letter waits for our clerk (ACK-03)', () => {
    expect(decide(report(notice('returned'))).holds).toMatchObject([
      { queue: 'clerk', reasons: [{ code: 'RETURNED_TO_US' }] },
    ]);
  });

  it('a read receipt proves delivery, not registration', () => {
    const mdn: MailReport = {
      type: 'read-receipt',
      finalRecipient: null,
      originalMessageId: null,
      disposition: 'displayed',
      manual: true,
      token: transmission.token,
    };
    expect(decide(report(mdn)).outcomes).toMatchObject([{ to: 'delivered', evidence: 'mdn' }]);
  });
});
