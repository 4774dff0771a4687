/** What a verdict rests on, gathered from the paths and the answers believed. */
import { createHash } from 'node:crypto';
import type { ProvenEvidence } from '../revocation/status.ts';
import type { Proof } from '../types.ts';
import type { PathStatus } from './status.ts';

/** A path as it was judged; `group` null = it ended without an anchor. */
export interface JudgedPath {
  group: string | null;
  statuses: PathStatus[];
}

/** The certificates of the paths, from signers and time stamps, and the answers that were believed, each once. */
export function proofsOfPaths(paths: JudgedPath[], evidence: ProvenEvidence[]): Proof[] {
  const proofs = new Map<string, Proof>();
  const believed = new Set<string>();
  for (const { group, statuses } of paths) {
    for (const [index, { certificate, status }] of statuses.entries()) {
      const { fingerprint, der } = certificate;
      const anchor = group !== null && index === statuses.length - 1;
      if (anchor) proofs.set(fingerprint, { kind: 'anchor', group, sha256: fingerprint, der });
      else if (!proofs.has(fingerprint))
        proofs.set(fingerprint, { kind: 'certificate', group: null, sha256: fingerprint, der });
      if (status?.evidence) believed.add(status.evidence.sha256);
    }
  }
  if (believed.size === 0) return [...proofs.values()];
  for (const { kind, der } of evidence) {
    const sha256 = createHash('sha256').update(der).digest('hex');
    if (believed.has(sha256)) proofs.set(sha256, { kind, group: null, sha256, der });
  }
  return [...proofs.values()];
}
