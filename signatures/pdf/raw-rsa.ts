/** adbe.x509.rsa_sha1 (ISO 32000-2 12.8.3.2): a bare PKCS #1 value in /Contents, the certificates in /Cert. */
import { constants, type KeyObject, publicDecrypt } from 'node:crypto';
import { digestName, readAlgorithm, verifyWindows, weaknesses } from '../algorithms.ts';
import { readCertificates } from '../certificates/trust.ts';
import { publicKeyOf } from '../certificates/x509.ts';
import { digestOf, type SignedContent } from '../cms/signer.ts';
import { elements, isUniversal, octets, readDer, TAG } from '../der.ts';
import type { ComputedFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';

/** The digest that a PKCS #1 v1.5 value holds (RFC 8017 9.2); null when the key opens nothing of that shape. */
function digestInside(value: Uint8Array, key: KeyObject): { hash: string; digest: Uint8Array } | null {
  try {
    const info = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, value);
    const [algorithm, digest] = elements(readDer(info));
    const hash = digestName(readAlgorithm(algorithm).oid);
    return hash === null ? null : { hash, digest: octets(digest!) };
  } catch {
    return null;
  }
}

interface Mathematics {
  intact: boolean | null;
  authentic: boolean | null;
  hash: string | null;
  reasons: SignatureReason[];
}

const FALSE_VALUE: SignatureReason = {
  code: 'SIG_CRYPTO_FAILURE',
  detail: 'signature value does not fit the key of the certificate',
};

async function check(value: Uint8Array, key: KeyObject | null, content: SignedContent): Promise<Mathematics> {
  const inside = key?.asymmetricKeyType === 'rsa' ? digestInside(value, key) : null;
  if (key === null || inside === null)
    return { intact: null, authentic: false, hash: null, reasons: [FALSE_VALUE] };
  const intact = Buffer.compare(await digestOf(content, inside.hash), inside.digest) === 0;
  if (!intact) {
    const reasons = [{ code: 'HASH_FAILURE', detail: 'the covered bytes have another digest' }];
    return { intact, authentic: null, hash: inside.hash, reasons };
  }
  // Our own look inside tolerates encodings that OpenSSL rightly refuses; its word counts.
  const authentic = await verifyWindows({ hash: inside.hash, key }, content.feed, value);
  return { intact, authentic, hash: inside.hash, reasons: authentic === true ? [] : [FALSE_VALUE] };
}

/**
 * Reads and computes such a signature. `certificates` = the strings of /Cert, the signer's first; `contents` with its
 * padding. `length` tells how many octets of it the value takes. May throw CongvanError DER_INVALID.
 */
export async function rawRsaFacts(
  contents: Uint8Array,
  certificates: Uint8Array[],
  content: SignedContent,
): Promise<{ facts: ComputedFacts; length: number }> {
  const wrapped = readDer(contents);
  const known = readCertificates(certificates);
  const certificate = known[0] ?? null;
  const bare = {
    claimedTime: null,
    evidence: [],
    timestamps: [],
    notes: [],
    certificate,
    certificates: known,
  };
  const unread = (reason: SignatureReason): ComputedFacts => ({
    ...bare,
    intact: null,
    authentic: null,
    digestAlgorithm: null,
    weak: [],
    reasons: [reason],
  });
  const length = wrapped.end;
  if (!isUniversal(wrapped, TAG.octetString))
    return { facts: unread(formatFailure('/Contents is no OCTET STRING')), length };
  if (certificate === null) {
    const detail = '/Cert holds no certificate';
    return { facts: unread({ code: 'NO_SIGNING_CERTIFICATE_FOUND', detail }), length };
  }
  const key = publicKeyOf(certificate);
  const { hash, ...rest } = await check(octets(wrapped), key, content);
  const facts = { ...bare, ...rest, digestAlgorithm: hash, weak: weaknesses(hash, key) };
  return { facts, length };
}
