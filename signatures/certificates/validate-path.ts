/** RFC 5280 6.1: one complete path, from the anchor down, as a state machine. Signatures were verified when it was built. */

import type { SignatureReason } from '../types.ts';
import { type NameLimits, nameFaults, narrowed } from './name-constraints.ts';
import { NAME_OID, nameValues } from './names.ts';
import {
  admitPolicies,
  concludePolicies,
  type InitialPolicies,
  type PolicyState,
  preparePolicies,
  startPolicies,
} from './policies.ts';
import type { Certificate } from './x509.ts';

/** What the certificates above have left for the next one. */
interface State {
  at: string;
  /** Authorities that may still follow (max_path_length); self-issued ones do not count. */
  authoritiesLeft: number;
  names: NameLimits;
  policies: PolicyState;
  faults: SignatureReason[];
}

function label(certificate: Certificate): string {
  const name = nameValues(certificate.subject, NAME_OID.commonName).at(-1) ?? '';
  return `"${name}", serial ${certificate.serial}`;
}

function fault(state: State, certificate: Certificate, text: string): void {
  state.faults.push({ code: 'CHAIN_CONSTRAINTS_FAILURE', detail: `${text} (${label(certificate)})` });
}

/** A key roll-over or a change of policy: the authority certifies itself under the same name. */
function isSelfIssued(certificate: Certificate): boolean {
  return certificate.subject.key === certificate.issuer.key;
}

/** Extensions that must be understood, read and given once (4.2). */
function checkExtensions(state: State, certificate: Certificate): void {
  const { unknownCritical, malformed, duplicate } = certificate.extensions;
  for (const id of unknownCritical) fault(state, certificate, `critical extension ${id} is not understood`);
  for (const id of malformed) fault(state, certificate, `extension ${id} cannot be read`);
  if (duplicate) fault(state, certificate, 'extension given twice');
}

/** An issuer outside its dates: nothing can be concluded from the chain (EN 319 102-1 5.2.6), but nothing is false. */
function checkDates(state: State, certificate: Certificate): void {
  if (state.at >= certificate.notBefore && state.at <= certificate.notAfter) return;
  const detail = `issuer certificate not valid at ${state.at} (${label(certificate)})`;
  state.faults.push({ code: 'OUT_OF_BOUNDS_NO_POE', detail });
}

/** 6.1.4 (k), (n): it must be an authority and may sign certificates. */
function checkAuthority(state: State, issuer: Certificate): void {
  const { basicConstraints, keyUsage } = issuer.extensions;
  if (basicConstraints?.ca !== true) fault(state, issuer, 'issuer is not a certificate authority');
  if (keyUsage !== null && !keyUsage.has('keyCertSign'))
    fault(state, issuer, 'issuer may not sign certificates');
}

/** 6.1.4 (g), (m): what the authority allows further down. */
function limitBelow(state: State, issuer: Certificate): void {
  const { basicConstraints, nameConstraints } = issuer.extensions;
  state.authoritiesLeft = Math.min(state.authoritiesLeft, basicConstraints?.pathLength ?? Infinity);
  state.names = narrowed(state.names, nameConstraints);
}

/**
 * The anchor is no part of the path (6.1.1 (d)): its dates, policies and unknown extensions are not judged. The constraints
 * that it states are kept (RFC 5937), and a root of version 1 cannot state that it is an authority.
 */
function startAtAnchor(state: State, anchor: Certificate): void {
  if (anchor.version >= 3) checkAuthority(state, anchor);
  if (anchor.extensions.malformed.length > 0) checkExtensions(state, anchor);
  limitBelow(state, anchor);
}

function passAuthority(state: State, issuer: Certificate): void {
  const selfIssued = isSelfIssued(issuer);
  checkDates(state, issuer);
  if (!preparePolicies(state.policies, issuer.extensions, selfIssued))
    fault(state, issuer, 'policy mapping of anyPolicy');
  checkAuthority(state, issuer);
  if (!selfIssued) {
    if (state.authoritiesLeft <= 0) fault(state, issuer, 'path longer than pathLen allows');
    state.authoritiesLeft = Math.max(0, state.authoritiesLeft - 1);
  }
  limitBelow(state, issuer);
}

function passCertificate(state: State, certificate: Certificate, isLast: boolean): void {
  const selfIssuedAuthority = !isLast && isSelfIssued(certificate);
  checkExtensions(state, certificate);
  if (!selfIssuedAuthority)
    for (const text of nameFaults(certificate, state.names)) fault(state, certificate, text);
  if (!admitPolicies(state.policies, certificate.extensions, selfIssuedAuthority))
    fault(state, certificate, 'no valid policy, and one is required');
  if (!isLast) passAuthority(state, certificate);
  else if (!concludePolicies(state.policies, certificate.extensions))
    fault(state, certificate, 'no acceptable policy, and one is required');
}

/**
 * Everything that speaks against a complete path (the end certificate first, the anchor last), but the dates of the end
 * certificate (the judge's business). Codes: CHAIN_CONSTRAINTS_FAILURE, OUT_OF_BOUNDS_NO_POE.
 */
export function pathFaults(path: Certificate[], at: string, initial: InitialPolicies): SignatureReason[] {
  const [anchor, ...below] = path.toReversed();
  const state: State = {
    at,
    authoritiesLeft: Infinity,
    names: { permitted: [], excluded: [] },
    policies: startPolicies(initial, below.length),
    faults: [],
  };
  if (below.length === 0) checkExtensions(state, anchor!);
  else startAtAnchor(state, anchor!);
  for (const [index, certificate] of below.entries())
    passCertificate(state, certificate, index === below.length - 1);
  return state.faults;
}
