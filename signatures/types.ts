/** The nouns of signature checking. Every field says what it claims and what it does not (pyHanko's status objects). */

/** `INDETERMINATE` = cannot be concluded (missing issuer, unreachable revocation, unknown format): never valid, never refused for it. */
export type SignatureVerdict = 'VALID' | 'INVALID' | 'INDETERMINATE';

/** Names of checks and findings; stable, English, machine-readable. The Vietnamese sentence is made by `sentence.ts`. */
export interface SignatureReason {
  /** e.g. HASH_FAILURE, SIG_CRYPTO_FAILURE, EXPIRED, NOT_YET_VALID, REVOKED, NO_CERTIFICATE_CHAIN_FOUND, CHANGED_AFTER_SIGNING, FORMAT_FAILURE. */
  code: string;
  /** Short English detail for the log. */
  detail: string;
}

export interface SignerCertificate {
  /** CN of the subject. */
  commonName: string;
  /** O and OUs of the subject, outermost first. */
  organisation: string[];
  title: string | null;
  email: string | null;
  /** Whole subject and issuer as RFC 4514 text. */
  subject: string;
  issuer: string;
  /** Serial number, upper-case hex. */
  serial: string;
  /** Instants, ISO 8601 UTC. */
  notBefore: string;
  notAfter: string;
  /** SHA-256 of the DER, lower-case hex. */
  fingerprint: string;
  /** Whether the certificate is of a person or of an organisation, told from the subject; `unknown` when not sure. */
  holder: 'person' | 'organisation' | 'unknown';
}

/** One signature of one file. */
export interface SignatureCheck {
  /** PDF field name, or index for other formats. */
  name: string;
  /** `timestamp` = a document time stamp: it proves a time, nobody's will. Absent = a signature. */
  kind?: 'signature' | 'timestamp';
  /** `/SubFilter` for PDF, else the format's name. */
  format: string;
  /** What the signature covers. */
  coverage: {
    /** PDF /ByteRange, bytes; null for other formats. */
    byteRange: number[] | null;
    /** True when every byte of the file (but the signature's own hole) is covered. */
    wholeFile: boolean;
    /** Bytes after the end of what is covered. */
    bytesAfter: number;
  };
  /** The digest of the covered bytes equals the signed one. Says nothing about who signed. Null = could not be computed. */
  intact: boolean | null;
  /** The signature value was made with the private key of the certificate shown. Null = could not be computed. */
  authentic: boolean | null;
  /** The certificate chains to a configured anchor and was within its validity at `judgedAt`. Null = cannot be concluded. */
  trusted: boolean | null;
  /** Not revoked at `judgedAt`. `unknown` when no evidence was at hand (first cut: no network look-ups). */
  revocation: 'good' | 'revoked' | 'unknown' | 'not-checked';
  signer: SignerCertificate | null;
  /** Group of the anchor (`BAN_CO_YEU`, `PUBLIC`, …) that the chain ended in; null when none. */
  anchorGroup: string | null;
  /** SHA-256 fingerprints from the signer's certificate up to the anchor. */
  chain: string[];
  /** What the signer claims (signingTime attribute, or /M): shown, never proof (SIG-04). ISO 8601 UTC or null. */
  claimedTime: string | null;
  /** Best proven time: a verified time stamp, else the entry of the mail. ISO 8601 UTC. */
  judgedAt: string;
  timeSource: 'timestamp' | 'entry';
  /** Weaknesses that do not fail: SHA-1, RSA under 2048. */
  weak: string[];
  verdict: SignatureVerdict;
  reasons: SignatureReason[];
}

/** All that was found about the signatures of one file. */
export interface SignatureReport {
  /** SHA-256 of the file, lower-case hex. */
  file: string;
  format: 'pdf' | 'other';
  /** `NONE` = the file carries no signature, or only time stamps. Otherwise the worst of the signatures: INVALID, INDETERMINATE, VALID. */
  verdict: SignatureVerdict | 'NONE';
  signatures: SignatureCheck[];
  /** One sentence for the clerk, Vietnamese. */
  sentence: string;
  /** Why the file as a whole could not be analysed; empty when it could. */
  defects: SignatureReason[];
  elapsedMs: number;
}

/** A certificate that the administrator trusts, or an intermediate to build chains with. */
export interface TrustMaterial {
  anchors: { der: Uint8Array; group: string }[];
  intermediates: Uint8Array[];
}
