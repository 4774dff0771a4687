import {
  constants,
  createHash,
  createPublicKey,
  createVerify,
  type KeyObject,
  verify as verifyOnce,
} from 'node:crypto';
import { children, type DerNode, elements, isContext, oid, smallInteger, whole } from './der.ts';
import { bitString, oid as encodedOid, sequence } from './der-write.ts';

/** An AlgorithmIdentifier; parameters stay unread until the algorithm is known. */
export interface AlgorithmIdentifier {
  oid: string;
  parameters: DerNode | null;
}

export function readAlgorithm(node: DerNode | undefined): AlgorithmIdentifier {
  const [id, parameters] = elements(node);
  return { oid: oid(id), parameters: parameters ?? null };
}

const DIGESTS: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
  '2.16.840.1.101.3.4.2.12': 'shake256',
  // Variable-length SHAKE256, as CMS names it for Ed448 with signed attributes (RFC 8419 2.3).
  '2.16.840.1.101.3.4.2.18': 'shake256',
};

/** Node's name of a digest algorithm; null when unknown or broken beyond use (MD5 and older). */
export function digestName(algorithmOid: string): string | null {
  return DIGESTS[algorithmOid] ?? null;
}

/** A running digest; SHAKE256 gives 64 octets, as Ed448 in CMS asks. */
export function startDigest(name: string): ReturnType<typeof createHash> {
  return name === 'shake256' ? createHash(name, { outputLength: 64 }) : createHash(name);
}

type Family = 'rsa' | 'pss' | 'ecdsa' | 'dsa' | 'ed25519' | 'ed448';

/** What a signature algorithm fixes; hash null = taken from the digest algorithm beside it. */
interface Scheme {
  family: Family;
  hash: string | null;
}

const RSA = '1.2.840.113549.1.1';
const NIST_SIGNATURES = '2.16.840.1.101.3.4.3';
const SCHEMES: Record<string, Scheme> = {
  [`${RSA}.1`]: { family: 'rsa', hash: null },
  [`${RSA}.5`]: { family: 'rsa', hash: 'sha1' },
  [`${RSA}.14`]: { family: 'rsa', hash: 'sha224' },
  [`${RSA}.11`]: { family: 'rsa', hash: 'sha256' },
  [`${RSA}.12`]: { family: 'rsa', hash: 'sha384' },
  [`${RSA}.13`]: { family: 'rsa', hash: 'sha512' },
  [`${RSA}.10`]: { family: 'pss', hash: null },
  '1.3.14.3.2.29': { family: 'rsa', hash: 'sha1' },
  '1.2.840.10045.2.1': { family: 'ecdsa', hash: null },
  '1.2.840.10045.4.1': { family: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { family: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { family: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { family: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { family: 'ecdsa', hash: 'sha512' },
  '1.2.840.10040.4.1': { family: 'dsa', hash: null },
  '1.2.840.10040.4.3': { family: 'dsa', hash: 'sha1' },
  [`${NIST_SIGNATURES}.1`]: { family: 'dsa', hash: 'sha224' },
  [`${NIST_SIGNATURES}.2`]: { family: 'dsa', hash: 'sha256' },
  [`${NIST_SIGNATURES}.3`]: { family: 'dsa', hash: 'sha384' },
  [`${NIST_SIGNATURES}.4`]: { family: 'dsa', hash: 'sha512' },
  [`${NIST_SIGNATURES}.9`]: { family: 'ecdsa', hash: 'sha3-224' },
  [`${NIST_SIGNATURES}.10`]: { family: 'ecdsa', hash: 'sha3-256' },
  [`${NIST_SIGNATURES}.11`]: { family: 'ecdsa', hash: 'sha3-384' },
  [`${NIST_SIGNATURES}.12`]: { family: 'ecdsa', hash: 'sha3-512' },
  [`${NIST_SIGNATURES}.13`]: { family: 'rsa', hash: 'sha3-224' },
  [`${NIST_SIGNATURES}.14`]: { family: 'rsa', hash: 'sha3-256' },
  [`${NIST_SIGNATURES}.15`]: { family: 'rsa', hash: 'sha3-384' },
  [`${NIST_SIGNATURES}.16`]: { family: 'rsa', hash: 'sha3-512' },
  '1.3.101.112': { family: 'ed25519', hash: null },
  '1.3.101.113': { family: 'ed448', hash: null },
};

/** Key kinds of Node that a family may be verified with. */
const KEY_TYPES: Record<Family, string[]> = {
  rsa: ['rsa'],
  pss: ['rsa', 'rsa-pss'],
  ecdsa: ['ec'],
  dsa: ['dsa'],
  ed25519: ['ed25519'],
  ed448: ['ed448'],
};

interface PssParameters {
  hash: string | null;
  maskHash: string | null;
  saltLength: number;
  /** 1 is the only one there is (RFC 8017 A.2.3). */
  trailer: number;
}

const MGF1 = '1.2.840.113549.1.1.8';

/** RSASSA-PSS-params (RFC 4055 3.1); absent fields are SHA-1 and 20. */
function readPss(parameters: DerNode | null): PssParameters {
  const found: PssParameters = { hash: 'sha1', maskHash: 'sha1', saltLength: 20, trailer: 1 };
  if (parameters === null) return found;
  for (const part of elements(parameters)) {
    const inner = children(part)[0];
    if (isContext(part, 0)) found.hash = digestName(readAlgorithm(inner).oid);
    if (isContext(part, 1)) {
      const mask = readAlgorithm(inner);
      const hash = mask.parameters === null ? 'sha1' : digestName(readAlgorithm(mask.parameters).oid);
      found.maskHash = mask.oid === MGF1 ? hash : null;
    }
    if (isContext(part, 2)) found.saltLength = smallInteger(inner);
    if (isContext(part, 3)) found.trailer = smallInteger(inner);
  }
  return found;
}

/** How one signature is to be verified: all that `node:crypto` needs. */
export interface Verification {
  /** Null for EdDSA, which hashes by itself. */
  hash: string | null;
  key: KeyObject;
  padding?: number;
  saltLength?: number;
}

/** A key of type RSASSA-PSS may say which parameters it is for (RFC 4055 3.1): others were not made by its owner. */
function keyForbids(key: KeyObject, pss: PssParameters): boolean {
  const { hashAlgorithm, mgf1HashAlgorithm, saltLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== 'rsa-pss' || hashAlgorithm === undefined) return false;
  return (
    hashAlgorithm !== pss.hash || mgf1HashAlgorithm !== pss.maskHash || pss.saltLength < (saltLength ?? 0)
  );
}

/**
 * The same RSA key, bound to these PSS parameters; null when that cannot be had.
 * QUIRK: `node:crypto` takes no digest for the mask of its own, but obeys the one that a key is restricted to.
 */
function boundTo(parameters: DerNode, key: KeyObject): KeyObject | null {
  if (key.asymmetricKeyType !== 'rsa') return null;
  const modulus = key.export({ type: 'pkcs1', format: 'der' });
  const spki = sequence(sequence(encodedOid(`${RSA}.10`), whole(parameters)), bitString(modulus));
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

function pssVerification(
  { parameters }: AlgorithmIdentifier,
  key: KeyObject,
  digestHash: string | null,
): Verification | 'mismatch' | null {
  const pss = readPss(parameters);
  if (pss.hash === null || pss.maskHash === null || pss.trailer !== 1) return null;
  if ((digestHash !== null && digestHash !== pss.hash) || keyForbids(key, pss)) return 'mismatch';
  const how = { hash: pss.hash, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltLength };
  const restricted = key.asymmetricKeyDetails?.hashAlgorithm !== undefined;
  if (pss.hash === pss.maskHash || restricted) return { ...how, key };
  const bound = parameters === null ? null : boundTo(parameters, key);
  return bound === null ? null : { ...how, key: bound };
}

/**
 * The verification that algorithm and key together ask for.
 * `digestHash` is the digest algorithm named beside (CMS), null for certificates.
 * 'mismatch' = algorithm, digest and key contradict each other: the signature is false. Null = not supported.
 */
export function verificationOf(
  algorithm: AlgorithmIdentifier,
  key: KeyObject,
  digestHash: string | null,
): Verification | 'mismatch' | null {
  const scheme = SCHEMES[algorithm.oid];
  if (scheme === undefined) return null;
  if (!KEY_TYPES[scheme.family].includes(key.asymmetricKeyType ?? '')) return 'mismatch';
  if (scheme.family === 'ed25519' || scheme.family === 'ed448') return { hash: null, key };
  if (scheme.family === 'pss') return pssVerification(algorithm, key, digestHash);
  const hash = scheme.hash ?? digestHash;
  if (hash === null) return null;
  if (digestHash !== null && hash !== digestHash) return 'mismatch';
  return { hash, key };
}

function keyInput(verification: Verification) {
  const { key, padding, saltLength } = verification;
  return {
    key,
    ...(padding === undefined ? {} : { padding }),
    ...(saltLength === undefined ? {} : { saltLength }),
  };
}

/** Whether the signature value is right for these bytes. Null = Node cannot compute it (curve or hash unknown). */
export function verifyBytes(
  verification: Verification,
  data: Uint8Array,
  signature: Uint8Array,
): boolean | null {
  try {
    return verifyOnce(verification.hash, data, keyInput(verification), signature);
  } catch {
    return null;
  }
}

/** The same over bytes that come in windows; EdDSA cannot be computed so. */
export async function verifyWindows(
  verification: Verification,
  feed: (sink: (window: Uint8Array) => void) => Promise<void>,
  signature: Uint8Array,
): Promise<boolean | null> {
  if (verification.hash === null) return null;
  try {
    const running = createVerify(verification.hash);
    await feed((window) => running.update(window));
    return running.verify(keyInput(verification), signature);
  } catch {
    return null;
  }
}

/** Weaknesses that do not fail (policy of the first cut): SHA-1, RSA under 2048, P-192 and the like. */
export function weaknesses(hash: string | null, key: KeyObject | null): string[] {
  const weak: string[] = [];
  if (hash === 'sha1') weak.push('SHA-1');
  const bits = key?.asymmetricKeyDetails?.modulusLength;
  const type = key?.asymmetricKeyType;
  if (bits !== undefined && bits < 2048 && (type === 'rsa' || type === 'rsa-pss' || type === 'dsa'))
    weak.push(`${type === 'dsa' ? 'DSA' : 'RSA'}-${bits}`);
  return weak;
}
