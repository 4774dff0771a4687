import type { PathResult } from '../certificates/path.ts';
import type { Certificate } from '../certificates/x509.ts';
import { FAILING } from '../reasons.ts';
import type { Change, Indication, RevocationPolicy, SignatureCheck, SignatureReason } from '../types.ts';
import type { PathStatus } from './status.ts';

/** Everything that a verdict on one signature rests on. */
export interface JudgedFacts {
  intact: boolean | null;
  authentic: boolean | null;
  certificate: Certificate | null;
  path: PathResult | null;
  /** From the signer upwards. */
  statuses: PathStatus[];
  policy: RevocationPolicy;
  judgedAt: string;
  /** The signature was made after this proven instant; null = not known. */
  madeAfter: string | null;
  /** SHA-1 is not accepted when judged later than this; null = only weak. */
  sha1Until: string | null;
  weak: string[];
  changes: Change[];
  /** What reading and the time stamps found. */
  reasons: SignatureReason[];
}

export interface Judgement {
  indication: Indication;
  subIndication: string | null;
  conclusion: SignatureCheck['conclusion'];
  trusted: boolean | null;
  reasons: SignatureReason[];
}

/**
 * The signer's certificate against the judged time (EN 319 102-1 5.2.6, 5.5.4): an ended certificate proves nothing unless
 * a content time stamp shows that the signature was made after the end. The claimed time is never asked (SIG-04).
 */
function dateReasons(facts: JudgedFacts): SignatureReason[] {
  const { certificate, judgedAt, madeAfter } = facts;
  // Dates that no anchor vouches for prove nothing, for or against: the chain comes first.
  if (certificate === null || facts.path?.group == null) return [];
  const { notBefore, notAfter } = certificate;
  if (judgedAt < notBefore)
    return [{ code: 'NOT_YET_VALID', detail: `certificate valid from ${notBefore}, judged at ${judgedAt}` }];
  if (judgedAt <= notAfter) return [];
  if (madeAfter !== null && madeAfter > notAfter)
    return [{ code: 'EXPIRED', detail: `certificate ended ${notAfter}, signed after ${madeAfter}` }];
  const code =
    facts.statuses[0]?.status?.status === 'good' ? 'OUT_OF_BOUNDS_NOT_REVOKED' : 'OUT_OF_BOUNDS_NO_POE';
  return [{ code, detail: `certificate ended ${notAfter}; no proof that it was signed before` }];
}

/** One certificate's status against the judged time; `end` = it is the signer's own. */
function statusReason(one: PathStatus, end: boolean, facts: JudgedFacts): SignatureReason[] {
  const { status, certificate } = one;
  if (status === null || status.status === 'good') return [];
  if (status.status === 'unknown') {
    if (facts.policy !== 'hard') return [];
    const code = one.late ? 'NO_POE' : 'TRY_LATER';
    return [{ code, detail: `status of certificate ${certificate.serial}: ${status.detail}` }];
  }
  const revokedAt = status.revokedAt!;
  if (revokedAt > facts.judgedAt) return [];
  if (!end)
    return [
      { code: 'REVOKED_CA_NO_POE', detail: `issuer certificate ${certificate.serial} revoked ${revokedAt}` },
    ];
  const certain = facts.madeAfter !== null && facts.madeAfter >= revokedAt;
  return [
    {
      code: certain ? 'REVOKED' : 'REVOKED_NO_POE',
      detail: `certificate revoked ${revokedAt}, judged at ${facts.judgedAt}`,
    },
  ];
}

function isMissingStatus({ code }: SignatureReason): boolean {
  return code === 'TRY_LATER' || code === 'NO_POE';
}

/** Purposes that are not signing of documents or mail: a certificate with nothing else is not a signer's. */
const OTHER_PURPOSES = new Set(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.9']);

/** keyUsage and extended key usage of a signer, when given, must allow signing at all. */
function usageReasons(certificate: Certificate | null): SignatureReason[] {
  if (certificate === null) return [];
  const { keyUsage, extendedKeyUsage } = certificate.extensions;
  const signs = keyUsage === null || keyUsage.has('digitalSignature') || keyUsage.has('nonRepudiation');
  const purposes = extendedKeyUsage?.purposes ?? [];
  const foreign = purposes.length > 0 && purposes.every((one) => OTHER_PURPOSES.has(one));
  if (signs && !foreign) return [];
  return [{ code: 'SIG_CONSTRAINTS_FAILURE', detail: 'the certificate is not for signing documents' }];
}

/** Bits of an RSA or DSA modulus: anybody with a few machines takes smaller ones apart (RSA-512 in hours, 829 was done). */
const MIN_MODULUS = 1024;

function isBrokenKey(weakness: string): boolean {
  const bits = /^[RD]SA-(\d+)$/.exec(weakness)?.[1];
  return bits !== undefined && Number(bits) < MIN_MODULUS;
}

function weaknessReasons(facts: JudgedFacts): SignatureReason[] {
  const { sha1Until, weak, judgedAt } = facts;
  const code = 'CRYPTO_CONSTRAINTS_FAILURE';
  const broken = weak.filter(isBrokenKey).map((one) => ({ code, detail: `a key of ${one} can be forged` }));
  if (sha1Until === null || !weak.includes('SHA-1') || judgedAt <= sha1Until) return broken;
  return [...broken, { code, detail: `SHA-1 is not accepted after ${sha1Until}` }];
}

function changeReasons(changes: Change[]): SignatureReason[] {
  return changes
    .filter((one) => !one.allowed)
    .map((one) => ({
      code: one.breaks === true ? 'FORMAT_FAILURE' : 'CHANGED_AFTER_SIGNING',
      detail: `${one.kind}: ${one.detail}`,
    }));
}

/** Most reasons that a report names: a file with thousands of changes is told by its first ones. */
const MAX_REASONS = 50;

/** The reason that decides is told, however many there are. */
function withFirst(decisive: SignatureReason, all: SignatureReason[]): SignatureReason[] {
  const told = all.slice(0, MAX_REASONS);
  return told.includes(decisive) ? told : [decisive, ...told.slice(1)];
}

/** What was computed or read stands before what the chain says, so that the first reason is the weightiest. */
function trustOf(anchored: boolean, against: SignatureReason[]): boolean | null {
  if (against.some((one) => FAILING.has(one.code))) return false;
  return anchored && against.length === 0 ? true : null;
}

/** The verdict from the facts. Valid needs every check to have been made and to hold; silence is never consent. */
export function judge(facts: JudgedFacts): Judgement {
  const statuses = facts.statuses.flatMap((one, index) => statusReason(one, index === 0, facts));
  // What time cannot mend stands before what may still come in: nobody need try again for an ended certificate.
  const against = [
    ...statuses.filter((one) => !isMissingStatus(one)),
    ...dateReasons(facts),
    ...statuses.filter(isMissingStatus),
    ...(facts.path?.reasons ?? []),
    ...usageReasons(facts.certificate),
    ...weaknessReasons(facts),
  ];
  const trusted = trustOf(facts.path?.group != null, against);
  const changed = changeReasons(facts.changes);
  const all = [...facts.reasons, ...changed, ...against];
  const failing = all.find((one) => FAILING.has(one.code));
  const reasons = failing === undefined ? all.slice(0, MAX_REASONS) : withFirst(failing, all);
  if (failing !== undefined || facts.intact === false || facts.authentic === false) {
    const code = failing?.code ?? (facts.intact === false ? 'HASH_FAILURE' : 'SIG_CRYPTO_FAILURE');
    return { indication: 'TOTAL_FAILED', subIndication: code, conclusion: 'invalid', trusted, reasons };
  }
  if (changed.length > 0)
    return {
      indication: 'INDETERMINATE',
      subIndication: changed[0]!.code,
      conclusion: 'suspect',
      trusted,
      reasons,
    };
  const complete = facts.intact === true && facts.authentic === true && trusted === true;
  if (complete && reasons.length === 0)
    return { indication: 'TOTAL_PASSED', subIndication: null, conclusion: 'valid', trusted, reasons };
  const subIndication = reasons[0]?.code ?? 'SIGNED_DATA_NOT_FOUND';
  return { indication: 'INDETERMINATE', subIndication, conclusion: 'untrusted', trusted, reasons };
}
