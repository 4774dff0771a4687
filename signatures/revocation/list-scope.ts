/** Whether a revocation list is about a certificate at all (RFC 5280 6.3.3 (b) to (e)). */
import { ALL_REASONS, type DistributionPoint, fullNames } from '../certificates/distribution-points.ts';
import { type GeneralName, generalNameKey } from '../certificates/general-names.ts';
import type { DistinguishedName } from '../certificates/names.ts';
import type { Certificate } from '../certificates/x509.ts';
import type { ListScope, RevocationList } from './list.ts';

function directory(name: DistinguishedName): GeneralName {
  return { kind: 'directory', name };
}

/** The points of the certificate, and at the end one that stands for "any list of its issuer" (6.3.3, last paragraph). */
function pointsOf(certificate: Certificate): DistributionPoint[] {
  const ofIssuer = { name: { full: [directory(certificate.issuer)] }, reasons: null, listIssuers: [] };
  return [...certificate.extensions.distributionPoints, ofIssuer];
}

/** (b)(1): the list comes from the one that the point names, or else from the certificate's issuer. */
function isFromIssuer(list: RevocationList, point: DistributionPoint, certificate: Certificate): boolean {
  if (point.listIssuers.length === 0) return list.issuer.key === certificate.issuer.key;
  const isNamed = point.listIssuers.some(
    (name) => name.kind === 'directory' && name.name.key === list.issuer.key,
  );
  return isNamed && list.scope?.indirect === true;
}

/** The names under which a point looks for its list; without one of its own, those of the list's issuer. */
function namesOf(point: DistributionPoint, list: RevocationList): GeneralName[] {
  return point.name === null ? point.listIssuers : fullNames(point.name, list.issuer);
}

/** (b)(2)(i): one name of the list's own distribution point is one of the certificate's. */
function isNamed(scope: ListScope, list: RevocationList, point: DistributionPoint): boolean {
  if (scope.name === null) return true;
  const wanted = new Set(namesOf(point, list).map(generalNameKey));
  return fullNames(scope.name, list.issuer).some((name) => wanted.has(generalNameKey(name)));
}

/** (b)(2)(ii) to (iv): the kind of certificates that the list is about. */
function isOfKind(scope: ListScope, certificate: Certificate): boolean {
  const isAuthority = certificate.extensions.basicConstraints?.ca === true;
  if (scope.onlyAttributes || (scope.onlyUsers && isAuthority)) return false;
  return !scope.onlyAuthorities || isAuthority;
}

/** The reasons that the list covers for the certificate, as bits of ReasonFlags; 0 = it is not about it. */
export function reasonsCovered(list: RevocationList, certificate: Certificate): number {
  const { scope } = list;
  let mask = 0;
  for (const point of pointsOf(certificate)) {
    if (!isFromIssuer(list, point, certificate)) continue;
    if (scope !== null && !(isNamed(scope, list, point) && isOfKind(scope, certificate))) continue;
    mask |= (scope?.reasons ?? ALL_REASONS) & (point.reasons ?? ALL_REASONS);
  }
  return mask;
}

/** (c) and 5.2.4: a delta list and the complete list that it may be added to. */
export function belongsTo(delta: RevocationList, complete: RevocationList): boolean {
  if (delta.baseNumber === null || delta.number === null || complete.number === null) return false;
  return (
    delta.issuer.key === complete.issuer.key &&
    delta.scopeDer === complete.scopeDer &&
    delta.authorityKeyId === complete.authorityKeyId &&
    complete.number >= delta.baseNumber &&
    complete.number < delta.number
  );
}
