import type { KeyObject } from 'node:crypto';
import { verificationOf, weaknesses } from '../algorithms.ts';
import type { SignatureReason } from '../types.ts';
import { candidates } from './candidates.ts';
import { inheritsParameters, issued, keyIn, signedWith } from './issuance.ts';
import type { InitialPolicies } from './policies.ts';
import type { Anchor, Trust } from './trust.ts';
import { pathFaults } from './validate-path.ts';
import { type Certificate, publicKeyOf } from './x509.ts';

/** Longest chain that is tried, the signer's certificate and the anchor counted. */
const MAX_LENGTH = 12;
/** Most issuer certificates whose signature is tried for one signer: a file full of cross-certificates must not cost time. */
const MAX_STEPS = 500;
/** Most complete chains that are judged: several anchors over one key make few, an attack makes many. */
const MAX_CHAINS = 50;

export interface PathResult {
  /** From the certificate itself up to the anchor; up to where it ended when no anchor was reached. */
  path: Certificate[];
  /** Group of the anchor reached; null when none. */
  group: string | null;
  /** What speaks against the path; empty = it holds at the judged time, but for the end certificate's own dates. */
  reasons: SignatureReason[];
  weak: string[];
}

export interface PathOptions {
  /** What the certificate is to vouch for; anchors may be confirmed for signers only. Default `signer`. */
  purpose?: 'signer' | 'timestamp';
  /** Default: any policy, none required. */
  policies?: InitialPolicies;
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

/** One search for one signer. */
interface Search {
  pool: Certificate[];
  trust: Trust;
  at: string;
  policies: InitialPolicies;
  /** Anchors that are believed at `at` for the purpose, by fingerprint. */
  anchors: Map<string, Anchor>;
  configured: Set<string>;
  steps: number;
  chains: number;
  /** Fingerprints above which no anchor lies: not tried again. */
  barren: Set<string>;
  best: PathResult | null;
  longest: Certificate[];
}

/** How a climb ended: at an anchor without fault, at one with faults or cut short by a limit, at none. */
type Climb = 'sound' | 'faulty' | 'barren';

/** Signatures under keys that inherit their parameters can be computed only when the path is complete. */
function inheritedHold(path: Certificate[]): boolean {
  return path.every((certificate, index) => {
    const issuer = path[index + 1];
    if (issuer === undefined || publicKeyOf(issuer) !== null) return true;
    return signedWith(keyIn(path, index + 1), certificate);
  });
}

function judgeChain(path: Certificate[], anchor: Anchor, search: Search): Climb {
  if (!inheritedHold(path)) return 'barren';
  search.chains += 1;
  const reasons = pathFaults(path, search.at, search.policies);
  if (search.best === null || reasons.length === 0)
    search.best = { path, group: anchor.group, reasons, weak: pathWeaknesses(path) };
  return reasons.length === 0 ? 'sound' : 'faulty';
}

function linked(issuer: Certificate, below: Certificate, search: Search): boolean {
  if (publicKeyOf(issuer) === null) return inheritsParameters(issuer);
  return issued(issuer, below, search.configured.has(issuer.fingerprint));
}

/** The same entity twice in one path: a loop of cross-certificates (name and key count, RFC 4158 5.2). */
function isOnPath(path: Certificate[], issuer: Certificate): boolean {
  return path.some(
    (one) => one.subject.key === issuer.subject.key && Buffer.compare(one.spki, issuer.spki) === 0,
  );
}

/** Tries the issuers of the topmost certificate, depth first; an anchor with faults is climbed past (it may be cross-certified). */
function climb(path: Certificate[], search: Search): Climb {
  const top = path.at(-1)!;
  if (path.length > search.longest.length) search.longest = path;
  const anchor = search.anchors.get(top.fingerprint);
  let outcome = anchor === undefined ? 'barren' : judgeChain(path, anchor, search);
  if (outcome === 'sound') return outcome;
  if (path.length >= MAX_LENGTH) return 'faulty';
  for (const issuer of candidates(top, search)) {
    if (search.barren.has(issuer.fingerprint) || isOnPath(path, issuer)) continue;
    if (search.steps >= MAX_STEPS || search.chains >= MAX_CHAINS) return 'faulty';
    search.steps += 1;
    if (!linked(issuer, top, search)) continue;
    const above = climb([...path, issuer], search);
    if (above === 'sound') return above;
    if (above === 'faulty') outcome = above;
  }
  if (outcome === 'barren') search.barren.add(top.fingerprint);
  return outcome;
}

/**
 * The anchors that may be believed. RFC 5280 6.1 takes the anchor as input, not as part of the path, so its own dates say
 * nothing about the path; what ends it is the administrator's `until` (EN 319 102-1: the sunset date of a trust anchor).
 */
function believed(trust: Trust, at: string, purpose: 'signer' | 'timestamp'): Map<string, Anchor> {
  const anchors = trust.anchors.filter(
    ({ until, timestamps }) =>
      (purpose === 'signer' || timestamps) && (until === null || Date.parse(at) <= Date.parse(until)),
  );
  return new Map(anchors.map((anchor) => [anchor.certificate.fingerprint, anchor]));
}

function notFound(search: Search): PathResult {
  const { longest, trust } = search;
  const passed = new Set(longest.map(({ fingerprint }) => fingerprint));
  const retired = trust.anchors.find(({ certificate }) => passed.has(certificate.fingerprint));
  const detail =
    retired === undefined
      ? `no chain from "${longest[0]!.serial}" to a configured anchor`
      : `anchor "${retired.certificate.serial}" (${retired.group}) may not vouch for this purpose or instant`;
  return { path: longest, group: null, reasons: [{ code: 'NO_CERTIFICATE_CHAIN_FOUND', detail }], weak: [] };
}

/**
 * Builds chains from `leaf` to the configured anchors (RFC 4158) and judges them (RFC 5280 6.1): the first chain without
 * fault wins, else the first found. `at` = judged instant, ISO 8601 UTC; `pool` = certificates that came with the file.
 * The dates and the usage of the end certificate are the caller's business. Reasons: NO_CERTIFICATE_CHAIN_FOUND (never
 * trusted without an anchor), CHAIN_CONSTRAINTS_FAILURE, OUT_OF_BOUNDS_NO_POE (an issuer outside its dates).
 */
export function findPath(
  leaf: Certificate,
  pool: Certificate[],
  trust: Trust,
  at: string,
  options: PathOptions = {},
): PathResult {
  const search: Search = {
    pool,
    trust,
    at,
    policies: options.policies ?? {},
    anchors: believed(trust, at, options.purpose ?? 'signer'),
    configured: configuredOf(trust),
    steps: 0,
    chains: 0,
    barren: new Set(),
    best: null,
    longest: [leaf],
  };
  climb([leaf], search);
  return search.best ?? notFound(search);
}

const configuredSets = new WeakMap<Trust, Set<string>>();

/** Fingerprints of all configured certificates. */
function configuredOf(trust: Trust): Set<string> {
  let found = configuredSets.get(trust);
  if (found === undefined) {
    found = new Set([...trust.bySubject.values()].flat().map(({ fingerprint }) => fingerprint));
    configuredSets.set(trust, found);
  }
  return found;
}

/** The public key of a certificate that may inherit its parameters; null = unknown kind, or nothing to inherit. */
export function keyOf(
  certificate: Certificate,
  pool: Certificate[],
  trust: Trust,
  at: string,
): KeyObject | null {
  const own = publicKeyOf(certificate);
  if (own !== null || !inheritsParameters(certificate)) return own;
  return keyIn(findPath(certificate, pool, trust, at).path, 0);
}
