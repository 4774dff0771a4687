/** Whether a revocation list was made by one who may (RFC 5280 6.3.3 (f) and (g)). */
import { signatureHolds } from '../certificates/issuance.ts';
import { findPath, keyOf, type PathResult } from '../certificates/path.ts';
import type { Certificate } from '../certificates/x509.ts';
import type { RevocationList } from './list.ts';
import type { StatusQuestion } from './status.ts';

/** Most certificates with the name of the list's issuer that are tried. */
const MAX_SIGNERS = 12;

const verified = new WeakMap<RevocationList, Map<string, boolean>>();

function verifies(list: RevocationList, signer: Certificate, question: StatusQuestion): boolean {
  const key = keyOf(signer, question.pool, question.trust, question.at);
  return list.algorithmsAgree && signatureHolds(key, list.algorithm, list.tbs, list.signature);
}

/**
 * Whether the signer's key made the list; computed once for both. A key with inherited parameters is not remembered: it
 * depends on the path.
 */
export function isSignedBy(list: RevocationList, signer: Certificate, question: StatusQuestion): boolean {
  const known = verified.get(list) ?? new Map<string, boolean>();
  verified.set(list, known);
  const answer = known.get(signer.fingerprint) ?? verifies(list, signer, question);
  if (answer) known.set(signer.fingerprint, answer);
  return answer;
}

function keyIdsContradict(list: RevocationList, { extensions }: Certificate): boolean {
  const { subjectKeyId } = extensions;
  return list.authorityKeyId !== null && subjectKeyId !== null && list.authorityKeyId !== subjectKeyId;
}

function maySignLists({ extensions }: Certificate): boolean {
  return extensions.keyUsage === null || extensions.keyUsage.has('cRLSign');
}

/** Certificates that may have signed the list: the issuer asked about first, those with the right key identifier next. */
export function possibleSigners(
  list: RevocationList,
  { issuer, pool, trust }: StatusQuestion,
): Certificate[] {
  const named = [issuer, ...(trust.bySubject.get(list.issuer.key) ?? []), ...pool].filter(
    (one) => one.subject.key === list.issuer.key && maySignLists(one),
  );
  const unique = new Map(named.map((one) => [one.fingerprint, one]));
  return [...unique.values()]
    .sort((a, b) => Number(keyIdsContradict(list, a)) - Number(keyIdsContradict(list, b)))
    .slice(0, MAX_SIGNERS);
}

/**
 * The path of a signer other than the issuer asked about: without fault and within its dates at `provenAt`, and under the
 * same anchor as the certificate asked about (6.3.3 (f)): another anchor's authority may bear the same name. Null = none.
 */
export function signerPath(
  signer: Certificate,
  question: StatusQuestion,
  provenAt: string,
): Certificate[] | null {
  const { issuer, pool, trust, at } = question;
  if (provenAt < signer.notBefore || provenAt > signer.notAfter) return null;
  const found = findPath(signer, pool, trust, provenAt);
  const target = findPath(issuer, pool, trust, at);
  return found.reasons.length === 0 && isSameAnchor(found, target) ? found.path : null;
}

function isSameAnchor(one: PathResult, other: PathResult): boolean {
  return (
    one.group !== null &&
    other.group !== null &&
    one.path.at(-1)!.fingerprint === other.path.at(-1)!.fingerprint
  );
}
