/** What revocation evidence is asked and what it answers: the shapes that lists (crl.ts) and OCSP (ocsp.ts) share. */
import type { Trust } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';

/** A list or response with the earliest instant at which it is proven to have existed (ISO 8601 UTC). */
export interface ProvenEvidence {
  kind: 'crl' | 'ocsp';
  der: Uint8Array;
  provenAt: string;
}

/** Was `certificate`, issued by `issuer`, good at `at`? */
export interface StatusQuestion {
  certificate: Certificate;
  issuer: Certificate;
  /** ISO 8601 UTC. */
  at: string;
  /** Where delegated list issuers and responders are looked for, besides what the answer itself carries. */
  pool: Certificate[];
  trust: Trust;
}

/**
 * `good`: a genuine answer within its scope, issued after `at` (and not after the certificate's end, unless it says that it
 * keeps ended ones) or fresh at `at` (thisUpdate <= at <= nextUpdate). `revoked`: a genuine answer says so, whatever the
 * instant: the caller compares `revokedAt` with the time of signing. `unknown`: no usable answer; `detail` says why.
 */
export interface CertificateStatus {
  status: 'good' | 'revoked' | 'unknown';
  /** ISO 8601 UTC; null when not revoked. */
  revokedAt: string | null;
  /** RFC 5280 5.3.1 reason, as its name there (`keyCompromise`, …); null when absent. */
  reason: string | null;
  /** The answer believed. */
  evidence: { kind: 'crl' | 'ocsp'; sha256: string; thisUpdate: string; nextUpdate: string | null } | null;
  /** Short English, for the log. */
  detail: string;
}

export const NO_STATUS: CertificateStatus = {
  status: 'unknown',
  revokedAt: null,
  reason: null,
  evidence: null,
  detail: 'no revocation answer at hand',
};
