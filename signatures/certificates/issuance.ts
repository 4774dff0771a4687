/** Whether one certificate's key signed another: the only costly step of path building. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type AlgorithmIdentifier, verificationOf, verifyBytes } from '../algorithms.ts';
import { children, elements, oid, readDer, whole } from '../der.ts';
import { type Certificate, publicKeyOf } from './x509.ts';

const DSA = '1.2.840.10040.4.1';

/** A DSA key without its parameters takes those of its issuer (RFC 3279 2.3.2, RFC 5280 6.1.4 (f)). */
export function inheritsParameters(certificate: Certificate): boolean {
  try {
    const algorithm = elements(elements(readDer(certificate.spki))[0]);
    return algorithm.length === 1 && oid(algorithm[0]) === DSA;
  } catch {
    return false;
  }
}

/** SEQUENCE of the parts given, with a definite length. */
function sequenceOf(parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.of(0x30, 0x84), length, body]);
}

/** The key of `path[index]` with the parameters that it inherits from further up; null when there are none to inherit. */
export function keyIn(path: Certificate[], index: number): KeyObject | null {
  const certificate = path[index]!;
  const own = publicKeyOf(certificate);
  if (own !== null || index + 1 >= path.length || !inheritsParameters(certificate)) return own;
  const above = keyIn(path, index + 1);
  if (above === null || above.asymmetricKeyType !== 'dsa') return null;
  const donor = children(readDer(above.export({ format: 'der', type: 'spki' })))[0]!;
  const subjectKey = elements(readDer(certificate.spki))[1]!;
  try {
    const spki = sequenceOf([whole(donor), whole(subjectKey)]);
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** Whether `key` made the signature over `data`; false also where key and algorithm contradict each other or are unknown. */
export function signatureHolds(
  key: KeyObject | null,
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key === null) return false;
  try {
    const verification = verificationOf(algorithm, key, null);
    if (verification === null || verification === 'mismatch') return false;
    return verifyBytes(verification, data, signature) === true;
  } catch {
    // Malformed parameters of the algorithm: nothing that anybody signed.
    return false;
  }
}

/** Whether `key` made the certificate's signature. */
export function signedWith(key: KeyObject | null, certificate: Certificate): boolean {
  const { signatureAlgorithm, algorithmsAgree, tbs, signature } = certificate;
  return algorithmsAgree && signatureHolds(key, signatureAlgorithm, tbs, signature);
}

/** Most remembered pairs: some 150 bytes each. */
const MAX_REMEMBERED = 20_000;
/** Pairs of fingerprints that were found genuine. False ones are not kept: a sender could make any number of them. */
const genuine = new Set<string>();

/**
 * Whether `issuer` signed `certificate`. With `remember` (the issuer is a configured certificate) a genuine pair is
 * computed once in the life of the process: the answer depends on the two certificates' bytes alone.
 */
export function issued(issuer: Certificate, certificate: Certificate, remember: boolean): boolean {
  if (!remember) return signedWith(publicKeyOf(issuer), certificate);
  const pair = `${issuer.fingerprint}:${certificate.fingerprint}`;
  if (genuine.has(pair)) return true;
  if (!signedWith(publicKeyOf(issuer), certificate)) return false;
  if (genuine.size >= MAX_REMEMBERED) genuine.clear();
  genuine.add(pair);
  return true;
}
