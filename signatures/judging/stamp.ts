/** Whether a time stamp proves its time (EN 319 102-1 5.4): imprint, mathematics, purpose, chain and status. */
import { findPath, type PathResult } from '../certificates/path.ts';
import type { Trust } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import type { TimestampFacts } from '../facts.ts';
import type { ProvenEvidence } from '../revocation/status.ts';
import type { RevocationPolicy, SignatureReason } from '../types.ts';
import { type PathStatus, pathStatuses } from './status.ts';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** A stamp made this much later (milliseconds) than it is proven to exist is taken for a clock that runs ahead. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What does not change from one stamp or signature of a file to the next. */
export interface JudgingContext {
  trust: Trust;
  policy: RevocationPolicy;
  /** SHA-1 is not accepted in what is proven to be made later; null = only marked weak. */
  sha1Until: string | null;
  /** All certificates at hand. */
  pool: Certificate[];
  /** Answers of the configuration or the network. */
  atHand: ProvenEvidence[];
}

export interface JudgedStamp {
  facts: TimestampFacts;
  /** True: it is proven that the stamped bytes existed at `genTime`. */
  proves: boolean;
  path: PathResult | null;
  statuses: PathStatus[];
  /** What keeps it from proving. */
  reasons: SignatureReason[];
}

function purposeReasons(certificate: Certificate): SignatureReason[] {
  const purposes = certificate.extensions.extendedKeyUsage?.purposes ?? [];
  if (purposes.length === 1 && purposes[0] === TIME_STAMPING) return [];
  return [
    { code: 'TIMESTAMP_PURPOSE', detail: 'certificate of the time-stamp is not for time-stamping alone' },
  ];
}

/** The certificate must be within its dates when the stamp is proven to exist: after that its word is no proof by itself. */
function dateReasons(certificate: Certificate, genTime: string, provenAt: string): SignatureReason[] {
  if (genTime < certificate.notBefore || genTime > certificate.notAfter)
    return [{ code: 'TIMESTAMP_EXPIRED', detail: 'time-stamp made outside its certificate’s validity' }];
  if (provenAt > certificate.notAfter)
    return [
      { code: 'TIMESTAMP_EXPIRED', detail: `certificate of the time-stamp ended ${certificate.notAfter}` },
    ];
  return [];
}

function statusReasons(
  statuses: PathStatus[],
  policy: RevocationPolicy,
  provenAt: string,
): SignatureReason[] {
  return statuses.flatMap(({ certificate, status, late }) => {
    if (status?.status === 'revoked' && status.revokedAt! <= provenAt)
      return [
        {
          code: 'TIMESTAMP_REVOKED',
          detail: `certificate ${certificate.serial} revoked ${status.revokedAt}`,
        },
      ];
    if (status?.status === 'unknown' && policy === 'hard')
      return [
        {
          code: late ? 'NO_POE' : 'TRY_LATER',
          detail: `status of the time-stamp’s certificate ${certificate.serial}: ${status.detail}`,
        },
      ];
    return [];
  });
}

function timeReasons(genTime: string, provenAt: string): SignatureReason[] {
  if (Date.parse(genTime) <= Date.parse(provenAt) + CLOCK_TOLERANCE_MS) return [];
  return [{ code: 'TIMESTAMP_ORDER', detail: `time-stamp of ${genTime}, but it existed at ${provenAt}` }];
}

/**
 * Judges one stamp whose token is proven to exist at `provenAt` (ISO 8601 UTC), with the answers that came with it.
 * Nothing is assumed: `proves` only when every check was made and holds.
 */
export function judgeStamp(
  facts: TimestampFacts,
  provenAt: string,
  evidence: ProvenEvidence[],
  context: JudgingContext,
): JudgedStamp {
  const { certificate, genTime } = facts;
  if (certificate === null || genTime === null)
    return { facts, proves: false, path: null, statuses: [], reasons: facts.reasons };
  const path = findPath(certificate, context.pool, context.trust, provenAt, { purpose: 'timestamp' });
  const statuses = pathStatuses(path, [...evidence, ...context.atHand], { ...context, at: provenAt });
  const reasons = [
    ...facts.reasons,
    ...purposeReasons(certificate),
    ...dateReasons(certificate, genTime, provenAt),
    ...timeReasons(genTime, provenAt),
    ...path.reasons,
    ...statusReasons(statuses, context.policy, provenAt),
  ];
  const sound = facts.intact === true && facts.authentic === true && path.group !== null;
  return { facts, proves: sound && reasons.length === 0, path, statuses, reasons };
}
