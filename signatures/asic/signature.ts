/** What every kind of signature in a container comes down to. */
import { type SignatureFacts, unreadableSignature } from '../facts.ts';
import type { SignatureReason } from '../types.ts';

export interface FoundSignature {
  facts: SignatureFacts;
  /** Entries that its digests hold for. */
  covered: Set<string>;
}

/** A file that ought to be a signature and is none that can be read. */
export function unreadable(name: string, reason: SignatureReason): FoundSignature {
  const facts = unreadableSignature(name, 'ASiC', reason);
  return { facts, covered: new Set() };
}
