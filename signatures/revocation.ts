import { type AlgorithmIdentifier, readAlgorithm, verificationOf, verifyBytes } from './algorithms.ts';
import {
  bitString,
  children,
  elements,
  integerHex,
  isContext,
  isUniversal,
  oid,
  readDer,
  TAG,
  time,
  whole,
} from './der.ts';
import { readName } from './names.ts';
import { type Certificate, publicKeyOf } from './x509.ts';

/** A certificate revocation list (RFC 5280 5), as far as this first cut judges it. */
interface RevocationList {
  tbs: Uint8Array;
  issuerKey: string;
  thisUpdate: string;
  nextUpdate: string | null;
  /** Serial number → instant of revocation. */
  revoked: Map<string, string>;
  /** Lists with extensions (delta, partial scope …) prove "revoked" but never "good" here. */
  whole: boolean;
  algorithm: AlgorithmIdentifier;
  signature: Uint8Array;
}

export interface RevocationStatus {
  status: 'good' | 'revoked' | 'not-checked';
  /** When the certificate was revoked, ISO 8601 UTC; null when it was not. */
  revokedAt: string | null;
}

/** cRLNumber and authorityKeyIdentifier leave the list a complete one. */
const HARMLESS = new Set(['2.5.29.20', '2.5.29.35']);

function readList(der: Uint8Array): RevocationList {
  const [tbs, algorithm, signature] = elements(readDer(der));
  const fields = elements(tbs);
  if (isUniversal(fields[0], TAG.integer)) fields.shift();
  const [, issuer, thisUpdate, ...rest] = fields;
  const isTime = isUniversal(rest[0], TAG.utcTime) || isUniversal(rest[0], TAG.generalizedTime);
  const nextUpdate = isTime ? time(rest.shift()) : null;
  const entries = isUniversal(rest[0], TAG.sequence) ? children(rest.shift()!) : [];
  const extensions = isContext(rest[0], 0) ? elements(children(rest[0])[0]) : [];
  const ids = extensions.map((extension) => oid(elements(extension)[0]));
  return {
    tbs: whole(tbs!),
    issuerKey: readName(issuer).key,
    thisUpdate: time(thisUpdate),
    nextUpdate,
    revoked: new Map(
      entries.map((entry) => {
        const [serial, at] = elements(entry);
        return [integerHex(serial), time(at)];
      }),
    ),
    whole: ids.every((id) => HARMLESS.has(id)),
    algorithm: readAlgorithm(algorithm),
    signature: bitString(signature),
  };
}

function genuine(list: RevocationList, issuer: Certificate): boolean {
  const key = publicKeyOf(issuer);
  if (key === null || list.issuerKey !== issuer.subject.key) return false;
  if (issuer.extensions.keyUsage !== null && !issuer.extensions.keyUsage.has('cRLSign')) return false;
  const verification = verificationOf(list.algorithm, key, null);
  if (verification === null || verification === 'mismatch') return false;
  return verifyBytes(verification, list.tbs, list.signature) === true;
}

function readLists(ders: Uint8Array[]): RevocationList[] {
  return ders.flatMap((der) => {
    try {
      return [readList(der)];
    } catch {
      return [];
    }
  });
}

/**
 * What the revocation lists at hand (inside the signature or the PDF's security store) say of a path at `at`.
 * No network: without a list of the signer's issuer the status is `not-checked`, which is honest and no proof of anything.
 */
export function checkRevocation(path: Certificate[], lists: Uint8Array[], at: string): RevocationStatus {
  if (path.length < 2 || lists.length === 0) return { status: 'not-checked', revokedAt: null };
  const read = readLists(lists);
  let status: RevocationStatus['status'] = 'not-checked';
  for (const [index, issuer] of path.slice(1).entries()) {
    const certificate = path[index]!;
    for (const list of read) {
      if (!genuine(list, issuer)) continue;
      const revokedAt = list.revoked.get(certificate.serial);
      if (revokedAt !== undefined && revokedAt <= at) return { status: 'revoked', revokedAt };
      const fresh = list.thisUpdate <= at && list.nextUpdate !== null && at <= list.nextUpdate;
      if (index === 0 && list.whole && fresh) status = 'good';
    }
  }
  return { status, revokedAt: null };
}
