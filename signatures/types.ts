/** The nouns of signature checking. Every field says what it claims and what it does not (pyHanko's status objects). */

/** ETSI EN 319 102-1, 5.1.3: the verdict on one signature. `INDETERMINATE` is never valid and never refused for it. */
export type Indication = 'TOTAL_PASSED' | 'TOTAL_FAILED' | 'INDETERMINATE';

/**
 * The verdict on a file: the worst of its signatures.
 * `valid` = all intact, nothing suspicious, all trusted. `untrusted` = nothing speaks against it, but the chain, its status
 * or the time could not be concluded. `suspect` = the mathematics holds, but something after or outside the signed bytes
 * changed in a way that is not allowed, or coverage is not whole. `invalid` = TOTAL_FAILED. `none` = no signature.
 * `error` = the file could not be analysed (limits, damaged beyond reading).
 */
export type Conclusion = 'valid' | 'untrusted' | 'suspect' | 'invalid' | 'none' | 'error';

/** What kind of file it is; `none` = of no kind that can carry a signature that is known here. */
export type SignatureFormat = 'pdf' | 'cms' | 'smime' | 'ooxml' | 'odf' | 'xml' | 'none';

/** How missing revocation data is taken: not asked for, tolerated, or it keeps the verdict from being concluded. */
export type RevocationPolicy = 'off' | 'soft' | 'hard';

/** Names of checks and findings; stable, English, machine-readable. The Vietnamese sentence is made by `sentence.ts`. */
export interface SignatureReason {
  /** e.g. HASH_FAILURE, SIG_CRYPTO_FAILURE, EXPIRED, REVOKED, NO_CERTIFICATE_CHAIN_FOUND, FORMAT_FAILURE (see `reasons.ts`). */
  code: string;
  /** Short English detail for the log. */
  detail: string;
}

/** Something that differs between what was signed and what is shown. */
export interface Change {
  /** Kind, stable: PAGES, PAGE_CONTENT, ANNOTATION, FORM_FILL, NEW_SIGNATURE, DSS, METADATA, UNSIGNED_PART, UNCOVERED_BYTES … */
  kind: string;
  /** Short English detail. */
  detail: string;
  /** True when the kind of change is allowed after signing (and DocMDP/FieldMDP do not forbid it). */
  allowed: boolean;
  /** True when it makes the signature false (FORMAT_FAILURE) rather than suspect: pages added, removed, exchanged. */
  breaks?: boolean;
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

/** What a signature covers. */
export interface Coverage {
  /** PDF /ByteRange, bytes; null for other formats. */
  byteRange: number[] | null;
  /** True when everything that can be covered is: all bytes but the signature's own hole, all parts that show anything. */
  wholeFile: boolean;
  /** Bytes after the end of what is covered (PDF); 0 elsewhere. */
  bytesAfter: number;
  /** Parts, paths or headers that are not covered, for formats with parts. */
  notCovered: string[];
}

/** What one certificate of the chain was found to be, with the evidence that says so (kept as proof). */
export interface CertificateProof {
  /** SHA-256 of the certificate, lower-case hex. */
  fingerprint: string;
  commonName: string;
  revocation: 'good' | 'revoked' | 'unknown' | 'not-checked';
  /** ISO 8601 UTC; null when not revoked. */
  revokedAt: string | null;
  /** The answer that was believed; null when there was none. */
  evidence: { kind: 'crl' | 'ocsp'; sha256: string; thisUpdate: string; nextUpdate: string | null } | null;
}

/** One signature of one file. */
export interface SignatureCheck {
  /** PDF field name, path of the signature part, or index for other formats. */
  name: string;
  /** `timestamp` = a document time stamp: it proves a time, nobody's will. */
  kind: 'signature' | 'timestamp';
  /** `/SubFilter` for PDF, else the kind of signature (CAdES, XAdES, XMLDSig, S/MIME). */
  format: string;
  coverage: Coverage;
  /** The digest of the covered bytes equals the signed one. Says nothing about who signed. Null = could not be computed. */
  intact: boolean | null;
  /** The signature value was made with the private key of the certificate shown. Null = could not be computed. */
  authentic: boolean | null;
  /** The certificate chains to a configured anchor and was good at `judgedAt`. Null = cannot be concluded. */
  trusted: boolean | null;
  /** Status of the signer's certificate at `judgedAt`; `unknown` = asked for, no usable evidence. */
  revocation: 'good' | 'revoked' | 'unknown' | 'not-checked';
  signer: SignerCertificate | null;
  /** Group of the anchor (`BAN_CO_YEU`, `PUBLIC`, …) that the chain ended in; null when none. */
  anchorGroup: string | null;
  /** From the signer's certificate up to the anchor. */
  chain: CertificateProof[];
  /** What the signer claims (signingTime attribute, or /M): shown, never proof (SIG-04). ISO 8601 UTC or null. */
  claimedTime: string | null;
  /** Time of a verified signature time stamp; null when there is none. ISO 8601 UTC. */
  timestampTime: string | null;
  /** Best proven time: a verified time stamp, else the entry of the mail. ISO 8601 UTC. */
  judgedAt: string;
  timeSource: 'timestamp' | 'entry';
  /** Digest over the content: `sha1`, `sha256`, …; null when unknown. */
  digestAlgorithm: string | null;
  /** Changes after or outside what was signed, allowed or not. */
  changes: Change[];
  /** Weaknesses that do not fail: SHA-1, RSA under 2048. */
  weak: string[];
  /** Oddities worth a word that change no verdict, e.g. a claimed time later than the proven one. */
  notes: SignatureReason[];
  indication: Indication;
  /** EN 319 102-1 table 5; null when TOTAL_PASSED, and for a suspect signature the first finding. */
  subIndication: string | null;
  conclusion: Exclude<Conclusion, 'none' | 'error'>;
  /** Everything that keeps it from `valid`. */
  reasons: SignatureReason[];
}

/** Evidence that the network could give: asked for by the judge, fetched elsewhere, handed in with the next try. */
export interface EvidenceRequest {
  kind: 'crl' | 'ocsp' | 'issuer';
  url: string;
  /** DER of an OCSP request, for POST; null = GET. */
  body: Uint8Array | null;
}

/** All that was found about the signatures of one file. */
export interface SignatureReport {
  /** SHA-256 of the file, lower-case hex. */
  file: string;
  format: SignatureFormat;
  /** `none` = the file carries no signature, or only time stamps. */
  conclusion: Conclusion;
  signatures: SignatureCheck[];
  /** S/MIME: the From address is one of the signer's certificate. Null for other formats. */
  senderMatches: boolean | null;
  /** One sentence for the clerk, Vietnamese. */
  sentence: string;
  /** Why the file as a whole could not be analysed; empty when it could. */
  defects: SignatureReason[];
  /** What could conclude more: revocation answers and issuers not at hand. */
  wanted: EvidenceRequest[];
  /** Every certificate and answer that the verdict rests on, each once: kept so that it can be shown again in ten years. */
  proofs: Proof[];
  elapsedMs: number;
}

/** One thing that a verdict rests on. */
export interface Proof {
  /** `anchor` = the certificate that a path ended in. */
  kind: 'anchor' | 'certificate' | 'crl' | 'ocsp';
  /** What the anchor vouched for; null for everything else. */
  group: string | null;
  /** Lower-case hex, of `der`. */
  sha256: string;
  der: Uint8Array;
}

/** Certificates that the administrator trusts, and what helps to judge. */
export interface TrustMaterial {
  anchors: TrustAnchor[];
  /** Anchors confirmed by fingerprint alone: a certificate met with a signature counts as anchor when it is one of these. */
  confirmed?: ConfirmedAnchor[];
  intermediates: Uint8Array[];
  /** Revocation lists and OCSP responses at hand (configured or fetched), DER. */
  crls?: Uint8Array[];
  ocsps?: Uint8Array[];
}

interface ConfirmedAnchor extends Omit<TrustAnchor, 'der'> {
  /** SHA-256 of the DER, hex. */
  sha256: string;
}

export interface TrustAnchor {
  der: Uint8Array;
  /** What it may vouch for (SIG-02): `BAN_CO_YEU`, `PUBLIC`, … */
  group: string;
  /** Not believed for signatures made after this instant, ISO 8601 UTC; null = no end. */
  until?: string | null;
  /** False: vouches for signers only; true or absent: for time stamps too. */
  timestamps?: boolean;
}

/** How a file is to be judged. */
export interface VerifyOptions {
  trust: TrustMaterial;
  /** Entry of the mail, ISO 8601 UTC: the judged time where no time stamp proves another (SIG-04). */
  at: string;
  /** SHA-256 of the file, lower-case hex, for the report. */
  sha256: string;
  /** Default `soft`. */
  revocation?: RevocationPolicy;
  /** SHA-1 fails in signatures proven to be made after this instant; absent = it only marks them weak. */
  sha1Until?: string | null;
  /** Password of an encrypted PDF. */
  password?: string | null;
  /** The content of a detached CMS or ASiC-less XML signature. */
  detached?: Uint8Array | null;
  /**
   * What the file will be opened as, where that is known: a file that is read in two ways must be judged in the way that
   * its reader goes. Absent = told by the content.
   */
  openedAs?: 'pdf';
  /** Judges that PDF field only. */
  field?: string | null;
}
