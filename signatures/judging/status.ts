/** The status of every certificate of a path, from all the revocation answers at hand. */
import type { PathResult } from '../certificates/path.ts';
import { type Certificate, signerCertificate } from '../certificates/x509.ts';
import { statusFromLists } from '../revocation/crl.ts';
import { statusFromResponses } from '../revocation/ocsp.ts';
import {
  type CertificateStatus,
  NO_STATUS,
  type ProvenEvidence,
  type StatusQuestion,
} from '../revocation/status.ts';
import type { CertificateProof, RevocationPolicy } from '../types.ts';

/** One certificate of a path and its status; null = not asked (policy `off`, or an anchor, which nobody can revoke). */
export interface PathStatus {
  certificate: Certificate;
  status: CertificateStatus | null;
  /** A good answer is there, but not proven to have been there before the certificate ended. */
  late: boolean;
}

/** Lists and responses together: "revoked" from either is believed, the earliest instant first; else a good answer. */
function statusOf(question: StatusQuestion, evidence: ProvenEvidence[]): CertificateStatus {
  const fromResponses = statusFromResponses(
    question,
    evidence.filter((one) => one.kind === 'ocsp'),
  );
  const fromLists = statusFromLists(
    question,
    evidence.filter((one) => one.kind === 'crl'),
  );
  const found = [fromResponses, fromLists];
  const [revoked] = found
    .filter((one) => one.status === 'revoked')
    .sort((a, b) => (a.revokedAt! < b.revokedAt! ? -1 : 1));
  return revoked ?? found.find((one) => one.status === 'good') ?? withDetail(found);
}

function withDetail(found: CertificateStatus[]): CertificateStatus {
  const details = [...new Set(found.map((one) => one.detail))].filter((one) => one !== NO_STATUS.detail);
  return details.length === 0 ? NO_STATUS : { ...NO_STATUS, detail: details.join('; ') };
}

/**
 * An answer counts as good when it is proven to have existed while the certificate was valid: after its end nobody answers
 * for it any more (EN 319 102-1 5.6.2.2). "Revoked" counts whenever it was said.
 */
function timelyStatus(
  question: StatusQuestion,
  evidence: ProvenEvidence[],
): Pick<PathStatus, 'status' | 'late'> {
  const { notAfter } = question.certificate;
  const timely = evidence.filter((one) => one.provenAt <= notAfter);
  const status = statusOf(question, timely);
  if (status.status !== 'unknown' || timely.length === evidence.length) return { status, late: false };
  const later = statusOf(question, evidence);
  if (later.status !== 'good') return { status: later, late: false };
  const detail = `a good answer is not proven to have existed before the certificate ended ${notAfter}`;
  return { status: { ...NO_STATUS, detail }, late: true };
}

/** Statuses from the signer's certificate upwards at `at` (ISO 8601 UTC); a path that reached no anchor is not asked about. */
export function pathStatuses(
  path: PathResult,
  evidence: ProvenEvidence[],
  ask: Pick<StatusQuestion, 'at' | 'pool' | 'trust'> & { policy: RevocationPolicy },
): PathStatus[] {
  return path.path.map((certificate, index) => {
    const issuer = path.path[index + 1];
    if (ask.policy === 'off' || path.group === null || issuer === undefined)
      return { certificate, status: null, late: false };
    const question = { certificate, issuer, at: ask.at, pool: ask.pool, trust: ask.trust };
    return { certificate, ...timelyStatus(question, evidence) };
  });
}

/** The statuses as the report keeps them. */
export function proofsOf(statuses: PathStatus[]): CertificateProof[] {
  return statuses.map(({ certificate, status }) => ({
    fingerprint: certificate.fingerprint,
    commonName: signerCertificate(certificate).commonName,
    revocation: status?.status ?? 'not-checked',
    revokedAt: status?.revokedAt ?? null,
    evidence: status?.evidence ?? null,
  }));
}
