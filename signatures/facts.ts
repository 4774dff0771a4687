/**
 * What the reader of a format hands over to the judge: facts, no trust. A reader computes the mathematics and the coverage;
 * chains, revocation, times and the verdict are the business of `conclude.ts` alone, the same for all formats.
 */

import type { Certificate } from './certificates/x509.ts';
import type { Change, Coverage, SignatureFormat, SignatureReason } from './types.ts';

/** A revocation answer found with a signature. */
export interface EvidenceFact {
  kind: 'crl' | 'ocsp';
  der: Uint8Array;
  /**
   * Where it lies: a document time stamp that covers it (`SignatureFacts.extent` >= this) proves that it existed then.
   * PDF: byte offset of its object. Null = nothing later proves it (it lies in unsigned attributes that no archive stamp covers).
   */
  extent: number | null;
}

/** An RFC 3161 token and its mathematics. */
export interface TimestampFacts {
  /** What it stamps. `archive` covers the signature with all that was in it, `document` the whole revision. */
  over: 'signature' | 'content' | 'archive' | 'document';
  /** ISO 8601 UTC; null = the token cannot be read. */
  genTime: string | null;
  /** The imprint is that of the stamped bytes, and the token's own content digest holds. Null = could not be computed. */
  intact: boolean | null;
  /** The token's signature value was made with its certificate's key. */
  authentic: boolean | null;
  certificate: Certificate | null;
  /** Certificates inside the token. */
  certificates: Certificate[];
  evidence: EvidenceFact[];
  digestAlgorithm: string | null;
  weak: string[];
  reasons: SignatureReason[];
}

/** One signature, read and computed. */
export interface SignatureFacts {
  name: string;
  kind: 'signature' | 'timestamp';
  format: string;
  coverage: Coverage;
  /** How far its coverage reaches, in the same measure as `EvidenceFact.extent` (PDF: end of the byte range). Others: 0. */
  extent: number;
  intact: boolean | null;
  authentic: boolean | null;
  certificate: Certificate | null;
  /** Certificates that came with this signature. */
  certificates: Certificate[];
  /** Revocation answers that came with this signature. */
  evidence: EvidenceFact[];
  /** ISO 8601 UTC; for a document time stamp its genTime. */
  claimedTime: string | null;
  digestAlgorithm: string | null;
  /** For kind `timestamp` exactly one, over `document`. */
  timestamps: TimestampFacts[];
  changes: Change[];
  weak: string[];
  /** Findings with codes of `reasons.ts`: failing ones make TOTAL_FAILED, others INDETERMINATE. */
  reasons: SignatureReason[];
  /** Oddities that change no verdict. */
  notes: SignatureReason[];
}

/** What is computed of one signature; name, coverage and changes are the format's own business. */
export type ComputedFacts = Omit<
  SignatureFacts,
  'name' | 'kind' | 'format' | 'coverage' | 'extent' | 'changes'
>;

/** Of a signature that cannot be read nothing is computed; the reasons say why. */
export function nothingComputed(reasons: SignatureReason[]): ComputedFacts {
  return {
    intact: null,
    authentic: null,
    certificate: null,
    certificates: [],
    evidence: [],
    claimedTime: null,
    digestAlgorithm: null,
    timestamps: [],
    weak: [],
    reasons,
    notes: [],
  };
}

/** A part or file that ought to be a signature and is none that can be read. */
export function unreadableSignature(name: string, format: string, reason: SignatureReason): SignatureFacts {
  const coverage = { byteRange: null, wholeFile: false, bytesAfter: 0, notCovered: [] };
  return { name, kind: 'signature', format, coverage, extent: 0, changes: [], ...nothingComputed([reason]) };
}

/** Everything that was read about the signatures of one file. */
export interface FileFacts {
  format: SignatureFormat;
  signatures: SignatureFacts[];
  /** Certificates and answers kept for the whole file (PDF: document security store). */
  certificates: Certificate[];
  evidence: EvidenceFact[];
  /** S/MIME only. */
  senderMatches: boolean | null;
  /** Why the file cannot be analysed as a whole. */
  defects: SignatureReason[];
}

export function noFacts(format: SignatureFormat, defects: SignatureReason[] = []): FileFacts {
  return { format, signatures: [], certificates: [], evidence: [], senderMatches: null, defects };
}
