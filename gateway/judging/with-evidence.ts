/**
 * A judge that asks the network for what a verdict lacks: the sandbox says what it wants, the answers are fetched outside of
 * it, and the file is judged again with them. A fetched thing is only bytes; who believes it is the sandbox alone.
 */
import type { EvidenceRequest, SignatureReport, TrustMaterial } from '../../signatures/types.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Judge } from './judge.ts';
import type { Judged } from './task.ts';

/** An issuer fetched may want answers of its own; real chains settle in two rounds. */
const MAX_ROUNDS = 3;

type Fetched = Required<Pick<TrustMaterial, 'crls' | 'ocsps' | 'intermediates'>>;

const keyOf = ({ kind, url, body }: EvidenceRequest): string =>
  `${kind} ${url} ${body === null ? '' : Buffer.from(body).toString('base64')}`;

/** The verdict would be another if the answers were there: only then is it worth waiting for them. */
function waitsForAnswers(report: SignatureReport): boolean {
  // In the notes it is a time stamp's: with it, an ended or revoked certificate may still have signed in time.
  return (
    report.conclusion === 'untrusted' &&
    report.signatures.some(
      ({ subIndication, notes }) =>
        subIndication === 'TRY_LATER' || notes.some((one) => one.code === 'TRY_LATER'),
    )
  );
}

/** `judge` with answers from the network; protections and the end are those of `inner`. */
export function withEvidence(inner: Judge, evidence: Evidence): Judge {
  return {
    ...inner,
    judge: async (input, options) => {
      const had: Fetched = { crls: [], ocsps: [], intermediates: [] };
      const asked = new Set<string>();
      let unreached = false;
      let report: Judged = await inner.judge(input, options);
      for (let round = 1; round <= MAX_ROUNDS; round += 1) {
        const fresh = report.wanted.filter((request) => !asked.has(keyOf(request)));
        if (fresh.length === 0) break;
        for (const request of fresh) asked.add(keyOf(request));
        const { crls, ocsps, issuers, failures } = await evidence.fetchAll(fresh);
        unreached ||= failures.some((failure) => failure.temporary);
        if (crls.length + ocsps.length + issuers.length === 0) break;
        had.crls.push(...crls);
        had.ocsps.push(...ocsps);
        had.intermediates.push(...issuers);
        report = await inner.judge(input, { ...options, fetched: had });
      }
      return { ...report, tryLater: unreached && waitsForAnswers(report) };
    },
  };
}
