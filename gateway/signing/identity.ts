/** The agency's key as it is configured, ready to sign. */
import { constants, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CongvanError } from '../../config/error.ts';
import { readSecret } from '../../config/secret.ts';
import type { SigningConfig, SigningKeySource } from '../../config/types.ts';
import type { SigningScheme } from '../../signatures/signing/scheme.ts';
import type { SigningIdentity } from '../../signatures/signing/signed-data.ts';
import { signOnToken, tokenCertificate } from './pkcs11.ts';
import { readPkcs12 } from './pkcs12.ts';

/** Octets of a key or certificate file: real ones have some thousands. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Opens the key anew: a changed password, file or token needs no restart. Null when no key is configured. */
export async function openIdentity(config: SigningConfig): Promise<SigningIdentity | null> {
  const { key } = config;
  if (key === null) return null;
  const beside = (await Promise.all(config.chain.map(certificatesIn))).flat();
  return key.kind === 'pkcs12' ? pkcs12Identity(key, beside) : tokenIdentity(key, beside);
}

type FileKey = Extract<SigningKeySource, { kind: 'pkcs12' }>;
type TokenKey = Extract<SigningKeySource, { kind: 'pkcs11' }>;

async function pkcs12Identity(key: FileKey, beside: Buffer[]): Promise<SigningIdentity> {
  const { privateKey, certificates } = readPkcs12(
    await fileBytes(key.file),
    readSecret(key.password),
    key.file,
  );
  const own = certificates.find((der) => new X509Certificate(der).checkPrivateKey(privateKey));
  if (own === undefined)
    throw new CongvanError(
      'SIGNING_KEY_MISMATCH',
      `Tệp ${key.file} không có chứng thư của khóa ký trong nó.`,
      {
        temporary: false,
        fields: { file: key.file },
      },
    );
  return {
    certificate: own,
    chain: chainOf(own, [...certificates, ...beside]),
    sign: async (bytes, scheme) => signInMemory(privateKey, bytes, scheme),
  };
}

function signInMemory(privateKey: KeyObject, bytes: Uint8Array, scheme: SigningScheme): Buffer {
  if (scheme.family === 'ed25519') return sign(null, bytes, privateKey);
  if (scheme.family !== 'pss') return sign(scheme.digest, bytes, privateKey);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return sign(scheme.digest, bytes, { key: privateKey, padding, saltLength });
}

async function tokenIdentity(key: TokenKey, beside: Buffer[]): Promise<SigningIdentity> {
  const certificates = key.certificate === null ? [] : await certificatesIn(key.certificate);
  const own = certificates[0] ?? parsed(await tokenCertificate(key), key.token);
  return {
    certificate: own,
    chain: chainOf(own, [...certificates, ...beside]),
    sign: (bytes, scheme) => signOnToken(key, bytes, scheme),
  };
}

/** Issuers of `own` among the certificates at hand, nearest first; roots stay at home, whoever verifies has them or not. */
function chainOf(own: Buffer, all: Buffer[]): Buffer[] {
  const chain: Buffer[] = [];
  for (let current = new X509Certificate(own); ; ) {
    const issuer = all.find((der) => {
      const candidate = new X509Certificate(der);
      const selfIssued = candidate.subject === candidate.issuer;
      return !selfIssued && !chain.includes(der) && !der.equals(own) && current.checkIssued(candidate);
    });
    if (issuer === undefined) return chain;
    chain.push(issuer);
    current = new X509Certificate(issuer);
  }
}

async function fileBytes(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > MAX_FILE_BYTES) throw new RangeError('larger than any key');
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(name: string, cause: unknown): CongvanError {
  return new CongvanError('SIGNING_KEY_FILE', `Không đọc được khóa hoặc chứng thư ký số: ${name}.`, {
    temporary: false,
    cause,
    fields: { file: name },
  });
}

/** PEM (one or several) or DER. */
async function certificatesIn(file: string): Promise<Buffer[]> {
  const bytes = await fileBytes(file);
  const blocks = bytes.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return (blocks ?? [bytes]).map((block) => parsed(block, file));
}

function parsed(certificate: Buffer | string, name: string): Buffer {
  try {
    return new X509Certificate(certificate).raw;
  } catch (cause) {
    throw unreadable(name, cause);
  }
}
