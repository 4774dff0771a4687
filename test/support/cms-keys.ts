/** Keys of every kind that CMS signs with, each with a certificate of one small authority. */
import { constants, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import {
  distinguishedName,
  extension,
  makeAuthority,
  makeCertificate,
  type NamePart,
  publicKeyInfo,
} from '../../scripts/province/certificates.ts';
import {
  bitString,
  context,
  element,
  integer,
  nullValue,
  oid,
  sequence,
} from '../../scripts/province/der-writer.ts';

export const LIFE = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
export const cmsAuthority = makeAuthority('CA thử nghiệm CMS', LIFE);

const OIDS = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  'sha3-256': '2.16.840.1.101.3.4.2.8',
  'sha3-512': '2.16.840.1.101.3.4.2.10',
  shake256: '2.16.840.1.101.3.4.2.12',
  md5: '1.2.840.113549.2.5',
} as const;
export type HashName = keyof typeof OIDS;

export const digestAlgorithm = (hash: HashName): Buffer => sequence(oid(OIDS[hash]));

/** How one kind of key signs. */
export interface Scheme {
  algorithm: Buffer;
  sign(data: Uint8Array, key: KeyObject): Buffer;
}

const byHash = (id: string, hash: string, ...parameters: Buffer[]): Scheme => ({
  algorithm: sequence(oid(id), ...parameters),
  sign: (data, key) => signBytes(hash, data, key),
});

const RSA: Partial<Record<HashName, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
  'sha3-256': '2.16.840.1.101.3.4.3.14',
  'sha3-512': '2.16.840.1.101.3.4.3.16',
};
const ECDSA: Partial<Record<HashName, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
  'sha3-256': '2.16.840.1.101.3.4.3.10',
};

export const rsa = (hash: HashName): Scheme => byHash(RSA[hash]!, hash, nullValue());
export const ecdsa = (hash: HashName): Scheme => byHash(ECDSA[hash]!, hash);
export const dsa: Scheme = byHash('2.16.840.1.101.3.4.3.2', 'sha256');
export const ed25519: Scheme = {
  algorithm: sequence(oid('1.3.101.112')),
  sign: (data, key) => signBytes(null, data, key),
};
export const ed448: Scheme = { ...ed25519, algorithm: sequence(oid('1.3.101.113')) };

function pssParameters(hash: HashName, mask: HashName, salt: number): Buffer {
  const maskGenerator = sequence(oid('1.2.840.113549.1.1.8'), digestAlgorithm(mask));
  return sequence(context(0, digestAlgorithm(hash)), context(1, maskGenerator), context(2, integer(salt)));
}

/** RSASSA-PSS, its mask and salt as usual. */
export function pss(hash: HashName, salt = 32): Scheme {
  return {
    algorithm: sequence(oid('1.2.840.113549.1.1.10'), pssParameters(hash, hash, salt)),
    sign: (data, key) =>
      signBytes(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt }),
  };
}

/** Says that the mask has another digest; what signs must be a key of type RSA-PSS restricted to that. */
export function pssWithMask(hash: HashName, mask: HashName, salt = 32): Scheme {
  return {
    ...pss(hash, salt),
    algorithm: sequence(oid('1.2.840.113549.1.1.10'), pssParameters(hash, mask, salt)),
  };
}

export interface KeyedCertificate {
  certificate: Buffer;
  privateKey: KeyObject;
}

export interface Identity {
  /** rfc822Name in subjectAltName. */
  emails?: string[];
  /** emailAddress in the subject. */
  subjectEmail?: string;
  commonName?: string;
  /** OIDs of extendedKeyUsage; absent = no such extension. */
  purposes?: string[];
  /** A whole INTEGER. */
  serial?: Buffer;
  /** subjectPublicKeyInfo instead of the key's own. */
  spki?: Buffer;
}

/** A certificate over any key. */
export function certify(privateKey: KeyObject, identity: Identity = {}): KeyedCertificate {
  const { emails = [], purposes = [], subjectEmail, commonName = 'Nguyễn Văn Mẫu', serial, spki } = identity;
  const subject: NamePart[] = [
    ['2.5.4.6', 'VN'],
    ...(subjectEmail === undefined ? [] : [['1.2.840.113549.1.9.1', subjectEmail] as NamePart]),
    ['2.5.4.3', commonName],
  ];
  const names = emails.map((email) => element(0x81, Buffer.from(email, 'utf8')));
  const extensions = [
    extension('2.5.29.15', true, bitString(Buffer.of(0xc0), 6)),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names))]),
    ...(purposes.length === 0
      ? []
      : [extension('2.5.29.37', false, sequence(...purposes.map((one) => oid(one))))]),
  ];
  const issuerKey = cmsAuthority.privateKey;
  const certificate = makeCertificate({
    ...LIFE,
    subject: distinguishedName(subject),
    spki: spki ?? publicKeyInfo(privateKey),
    issuer: { subject: cmsAuthority.subject, privateKey: issuerKey, spki: publicKeyInfo(issuerKey) },
    extensions,
    ...(serial === undefined ? {} : { serial }),
  });
  return { certificate, privateKey };
}

export const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
export const otherRsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
export const curveKey = (namedCurve: string): KeyObject =>
  generateKeyPairSync('ec', { namedCurve }).privateKey;
