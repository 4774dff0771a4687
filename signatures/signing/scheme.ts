import type { KeyObject } from 'node:crypto';
import { CongvanError } from '../../config/error.ts';
import { context, integer, nullValue, oid, sequence } from '../der-write.ts';

/** Digest algorithms that are signed with; nothing weaker is ever made. */
export type SigningDigest = 'sha256' | 'sha384' | 'sha512';

const DIGEST_OID: Record<SigningDigest, string> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
/** Octets of each digest: also the salt of RSASSA-PSS (RFC 4055 3.1). */
export const DIGEST_OCTETS: Record<SigningDigest, number> = { sha256: 32, sha384: 48, sha512: 64 };

/** How a key signs, whoever holds it. */
export interface SigningScheme {
  family: 'rsa' | 'pss' | 'ecdsa' | 'ed25519';
  digest: SigningDigest;
  /** AlgorithmIdentifier of the signature, DER. */
  signatureAlgorithm: Buffer;
}

/** AlgorithmIdentifier of a digest; its parameters are absent (RFC 5754 2). */
export function digestAlgorithm(digest: SigningDigest): Buffer {
  return sequence(oid(DIGEST_OID[digest]));
}

function pssAlgorithm(digest: SigningDigest): Buffer {
  const hash = sequence(oid(DIGEST_OID[digest]), nullValue());
  const mask = sequence(oid('1.2.840.113549.1.1.8'), hash);
  const salt = context(2, integer(DIGEST_OCTETS[digest]));
  return sequence(oid('1.2.840.113549.1.1.10'), sequence(context(0, hash), context(1, mask), salt));
}

const ECDSA_OID: Record<SigningDigest, string> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

/** The digest that is as strong as the curve (RFC 5480 4). */
function digestOfCurve(curve: string | undefined): SigningDigest {
  if (/521|512/.test(curve ?? '')) return 'sha512';
  return /384/.test(curve ?? '') ? 'sha384' : 'sha256';
}

/**
 * The scheme for a public key: RSA signs PKCS #1 v1.5 with SHA-256 (what every reader of the offices knows), or PSS where
 * the key is for that alone. Throws SIGNING_KEY_KIND, permanent, for keys that no such signature can be made with.
 */
export function schemeOf(key: KeyObject): SigningScheme {
  const type = key.asymmetricKeyType;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if ((type === 'rsa' || type === 'rsa-pss') && bits < 2048) refuseKey(`RSA ${bits} bit`);
  if (type === 'rsa') {
    const signatureAlgorithm = sequence(oid('1.2.840.113549.1.1.11'), nullValue());
    return { family: 'rsa', digest: 'sha256', signatureAlgorithm };
  }
  if (type === 'rsa-pss')
    return { family: 'pss', digest: 'sha256', signatureAlgorithm: pssAlgorithm('sha256') };
  if (type === 'ec') {
    const digest = digestOfCurve(key.asymmetricKeyDetails?.namedCurve);
    return { family: 'ecdsa', digest, signatureAlgorithm: sequence(oid(ECDSA_OID[digest])) };
  }
  // RFC 8419 3.1: the content of an Ed25519 signature with signed attributes is digested with SHA-512.
  if (type === 'ed25519')
    return { family: 'ed25519', digest: 'sha512', signatureAlgorithm: sequence(oid('1.3.101.112')) };
  return refuseKey(type ?? 'unknown');
}

function refuseKey(kind: string): never {
  throw new CongvanError('SIGNING_KEY_KIND', `Khóa ký loại ${kind} không dùng được để ký văn bản.`, {
    temporary: false,
    fields: { kind },
  });
}
