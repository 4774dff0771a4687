import { describe, expect, it } from 'vitest';
import type { Evidence, FetchedEvidence } from '../../../gateway/evidence/evidence.ts';
import type { Judge } from '../../../gateway/judging/judge.ts';
import type { JudgeOptions, SandboxReport } from '../../../gateway/judging/task.ts';
import { withEvidence } from '../../../gateway/judging/with-evidence.ts';
import type { EvidenceRequest } from '../../../signatures/types.ts';
import { LEADER_SIGNED, makeReport } from '../../support/facts.ts';

const crl: EvidenceRequest = { kind: 'crl', url: 'http://crl.example/1', body: null };
const issuer: EvidenceRequest = { kind: 'issuer', url: 'http://ca.example/1', body: null };
const reasons = [{ code: 'TRY_LATER', detail: 'no answer' }];
const waiting = makeReport(
  [{ ...LEADER_SIGNED, conclusion: 'untrusted', subIndication: 'TRY_LATER', reasons }],
  'untrusted',
);
const settled = makeReport([LEADER_SIGNED]);
const nothing: FetchedEvidence = { crls: [], ocsps: [], issuers: [], failures: [] };
const failure = (temporary: boolean) => ({
  kind: 'crl' as const,
  url: crl.url,
  code: 'X',
  detail: '',
  temporary,
});

/** A sandbox that answers one report after another, and a network that gives one haul after another. */
function rig(reports: SandboxReport[], hauls: Partial<FetchedEvidence>[]) {
  const options: JudgeOptions[] = [];
  const asked: EvidenceRequest[][] = [];
  const inner = {
    judge: async (_input, given) => {
      options.push(given);
      return reports[Math.min(options.length, reports.length) - 1]!;
    },
  } as Partial<Judge> as Judge;
  const evidence: Evidence = {
    fetchAll: async (requests) => {
      asked.push(requests);
      return { ...nothing, ...hauls[asked.length - 1] };
    },
  };
  const judge = withEvidence(inner, evidence);
  return {
    asked,
    options,
    run: () => judge.judge({ bytes: new Uint8Array() }, { at: '2026-11-20T00:00:00Z' }),
  };
}

describe('a judge with the network behind it', () => {
  it('asks nobody when the verdict lacks nothing', async () => {
    const { asked, run } = rig([settled], []);
    expect((await run()).tryLater).toBe(false);
    expect(asked).toEqual([]);
  });

  it('judges again with what came, issuers first and then their answers', async () => {
    const der = Uint8Array.of(48, 0);
    const { asked, options, run } = rig(
      [{ ...waiting, wanted: [issuer] }, { ...waiting, wanted: [issuer, crl] }, settled],
      [{ issuers: [der] }, { crls: [der] }],
    );
    expect((await run()).conclusion).toBe('valid');
    expect(asked).toEqual([[issuer], [crl]]);
    expect(options[2]!.fetched).toEqual({ crls: [der], ocsps: [], intermediates: [der] });
  });

  it('a silent network is worth another try only when the verdict hangs on it', async () => {
    const silent = [{ failures: [failure(true)] }];
    expect((await rig([{ ...waiting, wanted: [crl] }], silent).run()).tryLater).toBe(true);
    expect((await rig([{ ...settled, wanted: [crl] }], silent).run()).tryLater).toBe(false);
  });

  it('nothing is waited for that cannot change the verdict', async () => {
    const ended = [{ code: 'OUT_OF_BOUNDS_NO_POE', detail: '' }, ...reasons];
    const check = {
      ...LEADER_SIGNED,
      conclusion: 'untrusted',
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
    } as const;
    const report = makeReport([{ ...check, reasons: ended }], 'untrusted');
    const silent = [{ failures: [failure(true)] }];
    expect((await rig([{ ...report, wanted: [crl] }], silent).run()).tryLater).toBe(false);
  });

  it('what will never be had is not waited for', async () => {
    const { run } = rig([{ ...waiting, wanted: [crl] }], [{ failures: [failure(false)] }]);
    expect((await run()).tryLater).toBe(false);
  });

  it('never asks twice for the same, and ends', async () => {
    const { asked, run } = rig([{ ...waiting, wanted: [crl] }], [{ crls: [Uint8Array.of(1)] }]);
    await run();
    expect(asked).toHaveLength(1);
  });
});
