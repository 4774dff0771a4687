/** What every kind of signature in a container comes down to. */
import type { SignatureFacts } from '../facts.ts';
import type { SignatureReason } from '../types.ts';

export interface FoundSignature {
  facts: SignatureFacts;
  /** Entries that its digests hold for. */
  covered: Set<string>;
}

/** A file that ought to be a signature and is none that can be read. */
export function unreadable(name: string, reason: SignatureReason): FoundSignature {
  const coverage = { byteRange: null, wholeFile: false, bytesAfter: 0, notCovered: [] };
  const facts: SignatureFacts = {
    name,
    kind: 'signature',
    format: 'ASiC',
    coverage,
    extent: 0,
    intact: null,
    authentic: null,
    certificate: null,
    certificates: [],
    evidence: [],
    claimedTime: null,
    digestAlgorithm: null,
    timestamps: [],
    changes: [],
    weak: [],
    reasons: [reason],
    notes: [],
  };
  return { facts, covered: new Set() };
}
