/** Which certificates may have issued another, the likeliest first (RFC 4158 3.5). */
import type { Anchor, Trust } from './trust.ts';
import type { Certificate } from './x509.ts';

/** Most issuers with the same name that are looked at. */
const MAX_CANDIDATES = 300;

interface Sources {
  pool: Certificate[];
  trust: Trust;
  at: string;
  anchors: Map<string, Anchor>;
}

/** Key identifiers that contradict each other make it unlikely, but prove nothing: some authorities write them wrong. */
function keyIdScore(issuer: Certificate, certificate: Certificate): number {
  const wanted = certificate.extensions.authorityKeyId;
  const had = issuer.extensions.subjectKeyId;
  if (wanted === null || had === null) return 0;
  return wanted === had ? 4 : -16;
}

function score(issuer: Certificate, certificate: Certificate, sources: Sources): number {
  const isAnchor = sources.anchors.has(issuer.fingerprint) ? 8 : 0;
  const isValid = sources.at >= issuer.notBefore && sources.at <= issuer.notAfter ? 2 : 0;
  const isAuthority = issuer.extensions.basicConstraints?.ca === true ? 1 : 0;
  return isAnchor + isValid + isAuthority + keyIdScore(issuer, certificate);
}

/** Certificates with the issuer's name: configured ones before those of the file where nothing else tells them apart. */
export function candidates(certificate: Certificate, sources: Sources): Certificate[] {
  const name = certificate.issuer.key;
  const named = new Map<string, Certificate>();
  for (const candidate of sources.trust.bySubject.get(name) ?? [])
    named.set(candidate.fingerprint, candidate);
  for (const candidate of sources.pool) {
    if (candidate.subject.key === name && !named.has(candidate.fingerprint))
      named.set(candidate.fingerprint, candidate);
  }
  return [...named.values()]
    .map((candidate) => ({ candidate, points: score(candidate, certificate, sources) }))
    .sort((a, b) => b.points - a.points)
    .slice(0, MAX_CANDIDATES)
    .map(({ candidate }) => candidate);
}
