import type { PathResult } from './path.ts';
import type { RevocationStatus } from './revocation.ts';
import type { SignatureReason, SignatureVerdict } from './types.ts';
import type { Certificate } from './x509.ts';

/** Everything that a verdict on one signature rests on. */
export interface SignatureFacts {
  intact: boolean | null;
  authentic: boolean | null;
  certificate: Certificate | null;
  path: PathResult | null;
  revocation: RevocationStatus;
  /** Claimed by the signer, ISO 8601 UTC or null. */
  claimedTime: string | null;
  judgedAt: string;
  timeSource: 'timestamp' | 'entry';
  /** Changes after the signed revision that are not allowed. */
  changes: string[];
  /** What the earlier steps found. */
  reasons: SignatureReason[];
}

/** Reasons that make a signature false; every other reason only keeps it from being concluded (EN 319 102-1 table 5). */
const FAILING = new Set([
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
  'CHANGED_AFTER_SIGNING',
]);

/**
 * QUIRK: signingTime of the government's own signing tool is seven hours ahead (local time written as UTC), so a claim
 * says "after expiry" for certain only beyond that.
 */
const CLAIM_TOLERANCE_MS = 7 * 3_600_000;

function certainlyAfter(claimed: string | null, instant: string): boolean {
  return claimed !== null && Date.parse(claimed) - CLAIM_TOLERANCE_MS > Date.parse(instant);
}

/** The signer's certificate against the judged time (SIG-04): without proof of existence, expiry alone proves nothing. */
function dateReasons(facts: SignatureFacts): SignatureReason[] {
  const { certificate, judgedAt, claimedTime } = facts;
  // Dates that no anchor vouches for prove nothing, for or against (EN 319 102-1 5.2.6: the chain comes first).
  if (certificate === null || facts.path?.group == null) return [];
  const { notBefore, notAfter } = certificate;
  if (judgedAt < notBefore)
    return [{ code: 'NOT_YET_VALID', detail: `certificate valid from ${notBefore}, judged at ${judgedAt}` }];
  if (judgedAt <= notAfter) return [];
  if (certainlyAfter(claimedTime, notAfter))
    return [
      {
        code: 'EXPIRED',
        detail: `certificate expired ${notAfter}, signed ${claimedTime} as the signer says`,
      },
    ];
  return [
    {
      code: 'OUT_OF_BOUNDS_NO_POE',
      detail: `certificate expired ${notAfter}; no proof that it was signed before`,
    },
  ];
}

function revocationReasons(facts: SignatureFacts): SignatureReason[] {
  const { status, revokedAt } = facts.revocation;
  if (status !== 'revoked' || revokedAt === null) return [];
  const certain =
    facts.timeSource === 'timestamp' || (facts.claimedTime !== null && facts.claimedTime >= revokedAt);
  return [{ code: certain ? 'REVOKED' : 'REVOKED_NO_POE', detail: `certificate revoked ${revokedAt}` }];
}

/** keyUsage of a signer, when given, must allow signing at all. */
function usageReasons(certificate: Certificate | null): SignatureReason[] {
  const usage = certificate?.extensions.keyUsage ?? null;
  if (usage === null || usage.has('digitalSignature') || usage.has('nonRepudiation')) return [];
  return [{ code: 'SIG_CONSTRAINTS_FAILURE', detail: 'the certificate is not for signing' }];
}

export interface Judgement {
  verdict: SignatureVerdict;
  trusted: boolean | null;
  reasons: SignatureReason[];
}

/** The verdict from the facts. VALID needs every check to have been made and to hold; silence is never consent. */
export function judge(facts: SignatureFacts): Judgement {
  const dates = dateReasons(facts);
  const chain = [...(facts.path?.reasons ?? []), ...usageReasons(facts.certificate)];
  const revocation = revocationReasons(facts);
  const changes = facts.changes.slice(0, 5).map((detail) => ({ code: 'CHANGED_AFTER_SIGNING', detail }));
  const reasons = [...facts.reasons, ...changes, ...revocation, ...dates, ...chain];
  const anchored = facts.path?.group != null;
  const trusted =
    anchored && dates.length + chain.length + revocation.length === 0 ? true : trustDenied(dates, revocation);
  if (
    facts.intact === false ||
    facts.authentic === false ||
    reasons.some((reason) => FAILING.has(reason.code))
  )
    return { verdict: 'INVALID', trusted, reasons };
  const complete =
    facts.intact === true && facts.authentic === true && trusted === true && reasons.length === 0;
  return { verdict: complete ? 'VALID' : 'INDETERMINATE', trusted, reasons };
}

function trustDenied(dates: SignatureReason[], revocation: SignatureReason[]): false | null {
  return [...dates, ...revocation].some((reason) => FAILING.has(reason.code)) ? false : null;
}
