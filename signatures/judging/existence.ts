/** Proofs of existence (EN 319 102-1 4.2.8): what is known to have been there, and since when at the latest. */
import type { EvidenceFact } from '../facts.ts';
import type { ProvenEvidence } from '../revocation/status.ts';

/** Everything up to `extent` existed at `at` (ISO 8601 UTC). */
interface Proof {
  extent: number;
  at: string;
}

/** Proofs of one file: the entry of the mail proves all of it; every verified document time stamp proves what it covers. */
export interface Existence {
  /** The earliest instant at which everything up to `extent` is proven; null = what nothing but the entry proves. */
  provenAt(extent: number | null): string;
  add(extent: number, at: string): void;
}

export function existenceSince(entry: string): Existence {
  const proofs: Proof[] = [];
  return {
    provenAt: (extent) =>
      extent === null
        ? entry
        : proofs.reduce((best, one) => (one.extent >= extent && one.at < best ? one.at : best), entry),
    add: (extent, at) => void proofs.push({ extent, at }),
  };
}

/** Answers that came with the file, each with the instant it is proven for; `inside` = for those without a place of their own. */
export function provenEvidence(
  facts: EvidenceFact[],
  existence: Existence,
  inside: string,
): ProvenEvidence[] {
  return facts.map(({ kind, der, extent }) => ({
    kind,
    der,
    provenAt: extent === null ? inside : existence.provenAt(extent),
  }));
}
