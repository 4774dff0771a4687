import { verificationOf, verifyBytes, weaknesses } from './algorithms.ts';
import type { Trust } from './trust.ts';
import type { SignatureReason } from './types.ts';
import { type Certificate, publicKeyOf } from './x509.ts';

/** Longest chain that is tried, the signer's certificate and the anchor counted. */
const MAX_LENGTH = 10;
/** Most issuer certificates tried for one signer: loops of cross-certificates must not cost time. */
const MAX_STEPS = 300;

export interface PathResult {
  /** From the certificate itself up to the anchor; up to where it ended when no anchor was reached. */
  path: Certificate[];
  /** Group of the anchor reached; null when none. */
  group: string | null;
  /** What speaks against the path; empty = it holds at the judged time, but for the end certificate's own dates. */
  reasons: SignatureReason[];
  weak: string[];
}

function issued(issuer: Certificate, certificate: Certificate): boolean {
  const key = publicKeyOf(issuer);
  if (key === null || !certificate.algorithmsAgree) return false;
  const verification = verificationOf(certificate.signatureAlgorithm, key, null);
  if (verification === null || verification === 'mismatch') return false;
  return verifyBytes(verification, certificate.tbs, certificate.signature) === true;
}

function keyIdsAgree(issuer: Certificate, certificate: Certificate): boolean {
  const wanted = certificate.extensions.authorityKeyId;
  const had = issuer.extensions.subjectKeyId;
  return wanted === null || had === null || wanted === had;
}

/** Possible issuers by name, anchors first, those with the right key identifier before others. */
function candidates(certificate: Certificate, pool: Certificate[], trust: Trust): Certificate[] {
  const seen = new Set<string>();
  const named = [
    ...trust.anchors.map((anchor) => anchor.certificate),
    ...trust.intermediates,
    ...pool,
  ].filter((candidate) => {
    if (candidate.subject.key !== certificate.issuer.key || seen.has(candidate.fingerprint)) return false;
    seen.add(candidate.fingerprint);
    return true;
  });
  return named.sort((a, b) => Number(keyIdsAgree(b, certificate)) - Number(keyIdsAgree(a, certificate)));
}

function constraint(certificate: Certificate, text: string): SignatureReason {
  return { code: 'CHAIN_CONSTRAINTS_FAILURE', detail: `${text} (serial ${certificate.serial})` };
}

/** RFC 5280 6.1.4 (k)–(n) for an issuer; `below` = certificates between it and the end one that are not self-issued. */
function issuerFaults(issuer: Certificate, below: number): SignatureReason[] {
  const { basicConstraints, keyUsage } = issuer.extensions;
  const faults: SignatureReason[] = [];
  if (basicConstraints?.ca !== true) faults.push(constraint(issuer, 'issuer is not a certificate authority'));
  const limit = basicConstraints?.pathLength ?? null;
  if (limit !== null && below > limit) faults.push(constraint(issuer, `path longer than pathLen ${limit}`));
  if (keyUsage !== null && !keyUsage.has('keyCertSign'))
    faults.push(constraint(issuer, 'issuer may not sign certificates'));
  return faults;
}

function commonFaults(certificate: Certificate): SignatureReason[] {
  const { unknownCritical, duplicate } = certificate.extensions;
  const faults = unknownCritical.map((id) =>
    constraint(certificate, `critical extension ${id} is not understood`),
  );
  if (duplicate) faults.push(constraint(certificate, 'extension given twice'));
  return faults;
}

/** An issuer outside its dates: nothing can be concluded from the chain (EN 319 102-1 5.2.6), but nothing is false. */
function issuerDates(issuer: Certificate, at: string): SignatureReason[] {
  if (at >= issuer.notBefore && at <= issuer.notAfter) return [];
  return [{ code: 'OUT_OF_BOUNDS_NO_POE', detail: `issuer certificate ${issuer.serial} not valid at ${at}` }];
}

/** Everything that speaks against a complete path, but the dates of the end certificate (the judge's business). */
function pathFaults(path: Certificate[], at: string): SignatureReason[] {
  const faults = path.flatMap(commonFaults);
  let below = 0;
  for (const issuer of path.slice(1)) {
    faults.push(...issuerFaults(issuer, below), ...issuerDates(issuer, at));
    if (issuer.subject.key !== issuer.issuer.key) below += 1;
  }
  return faults;
}

/** Weak certificate signatures; the anchor's own signature proves nothing and is not looked at. */
function pathWeaknesses(path: Certificate[]): string[] {
  const found = path.slice(1).flatMap((issuer, index) => {
    const key = publicKeyOf(issuer);
    const below = path[index]!;
    const verification = key === null ? null : verificationOf(below.signatureAlgorithm, key, null);
    const hash = verification === null || verification === 'mismatch' ? null : verification.hash;
    return weaknesses(hash, key);
  });
  return [...new Set(found)];
}

/**
 * Builds and judges chains from `leaf` to the configured anchors (RFC 5280 6.1, without policies and name constraints,
 * which fail the path when they are there): the first chain without fault wins, else the first found.
 * `at` = judged instant, ISO 8601 UTC. Never trusted without an anchor: NO_CERTIFICATE_CHAIN_FOUND.
 */
export function findPath(leaf: Certificate, pool: Certificate[], trust: Trust, at: string): PathResult {
  let steps = 0;
  let best: PathResult | null = null;
  let longest: Certificate[] = [leaf];

  const walk = (path: Certificate[]): boolean => {
    const top = path.at(-1)!;
    if (path.length > longest.length) longest = path;
    const group = trust.groupOf.get(top.fingerprint);
    if (group !== undefined) {
      const reasons = pathFaults(path, at);
      if (best === null || reasons.length === 0) best = { path, group, reasons, weak: pathWeaknesses(path) };
      return reasons.length === 0;
    }
    if (path.length === MAX_LENGTH) return false;
    for (const issuer of candidates(top, pool, trust)) {
      if (steps >= MAX_STEPS) return false;
      steps += 1;
      const repeated = path.some(
        (one) => one.subject.key === issuer.subject.key && Buffer.compare(one.spki, issuer.spki) === 0,
      );
      if (repeated || !issued(issuer, top)) continue;
      if (walk([...path, issuer])) return true;
    }
    return false;
  };

  walk([leaf]);
  if (best !== null) return best;
  const reasons = [
    { code: 'NO_CERTIFICATE_CHAIN_FOUND', detail: `no chain from "${leaf.serial}" to a configured anchor` },
  ];
  return { path: longest, group: null, reasons, weak: [] };
}
