import { describe, expect, it } from 'vitest';
import { decideArrival } from '../../handlers/arrival.ts';
import type { ArrivalFacts } from '../../handlers/types.ts';
import { makeFacts, makeMail, makeRules, makeSender, makeSnapshot } from '../support/facts.ts';

const facts = makeFacts();
const withMail = (mail: Parameters<typeof makeMail>[0]): ArrivalFacts => ({ ...facts, mail: makeMail(mail) });
const kinds = (f: ArrivalFacts, cutover: string | null = null, snapshot = makeSnapshot()) =>
  decideArrival(f, makeRules('ND30-2020', cutover), snapshot).sends.map((s) => s.kind);

describe('ACK-01, DOMAIN 7.3: who is answered', () => {
  it('an agency of the directory gets one T1, to its directory address, with a null return path', () => {
    const decision = decideArrival(facts, makeRules(), makeSnapshot());
    expect(decision.sends).toMatchObject([
      { kind: 'T1', to: 'vanthu@snv.mau.example.gov.vn', envelope: 'null' },
    ]);
    expect(decision.message?.state).toBe('arrived');
  });

  it.each<[string, ArrivalFacts]>([
    [
      'a null envelope sender',
      { ...facts, raw: { ...facts.raw, origin: { ...facts.raw.origin, envelopeFrom: '' } } },
    ],
    ['a null Return-Path header', withMail({ returnPath: '' })],
    ['an automatic message that carries a document', withMail({ autoSubmitted: 'auto-generated' })],
    ['a list', withMail({ isList: true })],
    ['ourselves', withMail({ from: { address: 'vanthu.xamau@mau.example.gov.vn', name: '' } })],
    ['a forged sender', { ...facts, sender: makeSender({ outcome: 'forged', dmarc: 'fail' }) }],
    [
      'PD-04 an address outside the directory',
      withMail({ from: { address: 'x@moi.example.gov.vn', name: '' } }),
    ],
    ['nobody named', withMail({ from: null })],
  ])('no answer to %s', (_name, f) => {
    expect(kinds(f)).toEqual([]);
  });

  it('no answer to what lies before the cut-over', () => {
    expect(kinds(facts, '2026-11-20T09:00:01+07:00')).toEqual([]);
    expect(kinds(facts, '2026-11-20T09:00:00+07:00')).toEqual(['T1']);
  });

  it('at most one arrival notice for each content', () => {
    expect(
      kinds(
        facts,
        null,
        makeSnapshot({ sameBytes: [{ messageId: 'm-000000', state: 'registered', entries: [] }] }),
      ),
    ).toEqual([]);
  });

  it('DOMAIN 8.2 a letter marked secret is frozen, answered by nobody, and no line repeats what it says', () => {
    const secret: ArrivalFacts = {
      ...withMail({ subject: '[MẬT] Kế hoạch Hoa Sen' }),
      screening: { ...facts.screening, secrecy: [{ level: 'MAT', where: 'subject', part: null }] },
    };
    const decision = decideArrival(secret, makeRules(), makeSnapshot());
    expect(decision.message?.state).toBe('frozen');
    expect(decision.sends).toEqual([]);
    expect(decision.holds).toMatchObject([{ twoPersons: true, queue: 'secrets', proposals: [] }]);
    expect(JSON.stringify(decision)).not.toMatch(/Hoa Sen|12_QD/);
  });

  it('VAL-08 a virus isolates the letter and nobody is answered', () => {
    const infected: ArrivalFacts = {
      ...facts,
      screening: { ...facts.screening, virus: { status: 'infected', name: 'Eicar', part: '2' } },
    };
    const decision = decideArrival(infected, makeRules(), makeSnapshot());
    expect(decision.message?.state).toBe('isolated');
    expect(decision.sends).toEqual([]);
  });
});
