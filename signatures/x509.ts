import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type AlgorithmIdentifier, readAlgorithm } from './algorithms.ts';
import {
  bitString,
  boolean,
  children,
  content,
  type DerNode,
  elements,
  integerHex,
  isContext,
  isUniversal,
  octets,
  oid,
  readDer,
  smallInteger,
  TAG,
  time,
  whole,
} from './der.ts';
import { holderOf } from './holder.ts';
import {
  alternativeEmails,
  type DistinguishedName,
  NAME_OID,
  nameText,
  nameValues,
  readName,
} from './names.ts';
import type { SignerCertificate } from './types.ts';

const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/**
 * Extensions that may be critical without failing the path: those judged here, and those that limit only matters which
 * no verdict depends on. Name constraints and policy constraints are not judged yet, so when critical they fail it.
 */
const UNDERSTOOD = new Set<string>([
  EXTENSION.subjectKeyId,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.authorityKeyId,
  EXTENSION.extendedKeyUsage,
]);

/** Bits of keyUsage (RFC 5280 4.2.1.3). */
type KeyUsage = 'digitalSignature' | 'nonRepudiation' | 'keyCertSign' | 'cRLSign';
const KEY_USAGE_BIT: Record<KeyUsage, number> = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyCertSign: 5,
  cRLSign: 6,
};

/** The fields of a certificate that verdicts need; `der` and `tbs` are the exact bytes. */
export interface Certificate {
  der: Uint8Array;
  tbs: Uint8Array;
  /** SHA-256 of `der`, lower-case hex. */
  fingerprint: string;
  /** Upper-case hex. */
  serial: string;
  issuer: DistinguishedName;
  subject: DistinguishedName;
  /** Instants, ISO 8601 UTC. */
  notBefore: string;
  notAfter: string;
  spki: Uint8Array;
  signatureAlgorithm: AlgorithmIdentifier;
  /** False when the algorithm inside the signed part is another than outside (RFC 5280 4.1.1.2). */
  algorithmsAgree: boolean;
  signature: Uint8Array;
  extensions: CertificateExtensions;
}

interface CertificateExtensions {
  /** Null when the extension is absent. */
  basicConstraints: { ca: boolean; pathLength: number | null } | null;
  keyUsage: Set<KeyUsage> | null;
  extendedKeyUsage: { critical: boolean; purposes: string[] } | null;
  subjectKeyId: string | null;
  authorityKeyId: string | null;
  emails: string[];
  /** OIDs of critical extensions that are not understood. */
  unknownCritical: string[];
  /** The same extension twice (RFC 5280 4.2 forbids it). */
  duplicate: boolean;
}

function readKeyUsage(node: DerNode): Set<KeyUsage> {
  const raw = content(node);
  const usages = new Set<KeyUsage>();
  for (const [usage, bit] of Object.entries(KEY_USAGE_BIT) as [KeyUsage, number][]) {
    if (((raw[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) usages.add(usage);
  }
  return usages;
}

function readBasicConstraints(node: DerNode): { ca: boolean; pathLength: number | null } {
  const parts = elements(node);
  const ca = isUniversal(parts[0], TAG.boolean) && boolean(parts[0]);
  const length = parts.find((part) => isUniversal(part, TAG.integer));
  return { ca, pathLength: length === undefined ? null : smallInteger(length) };
}

function readAuthorityKeyId(node: DerNode): string | null {
  const keyId = elements(node).find((part) => isContext(part, 0));
  return keyId === undefined ? null : Buffer.from(content(keyId)).toString('hex');
}

const NO_EXTENSIONS = (): CertificateExtensions => ({
  basicConstraints: null,
  keyUsage: null,
  extendedKeyUsage: null,
  subjectKeyId: null,
  authorityKeyId: null,
  emails: [],
  unknownCritical: [],
  duplicate: false,
});

function readExtension(into: CertificateExtensions, id: string, critical: boolean, value: DerNode): void {
  if (id === EXTENSION.basicConstraints) into.basicConstraints = readBasicConstraints(value);
  else if (id === EXTENSION.keyUsage) into.keyUsage = readKeyUsage(value);
  else if (id === EXTENSION.extendedKeyUsage)
    into.extendedKeyUsage = { critical, purposes: elements(value).map(oid) };
  else if (id === EXTENSION.subjectKeyId) into.subjectKeyId = Buffer.from(octets(value)).toString('hex');
  else if (id === EXTENSION.authorityKeyId) into.authorityKeyId = readAuthorityKeyId(value);
  else if (id === EXTENSION.subjectAltName) into.emails = alternativeEmails(value);
  else if (critical && !UNDERSTOOD.has(id)) into.unknownCritical.push(id);
}

function readExtensions(node: DerNode | undefined): CertificateExtensions {
  const found = NO_EXTENSIONS();
  if (node === undefined) return found;
  const seen = new Set<string>();
  for (const extension of elements(children(node)[0])) {
    const parts = elements(extension);
    const id = oid(parts[0]);
    if (seen.has(id)) found.duplicate = true;
    seen.add(id);
    const critical = isUniversal(parts[1], TAG.boolean) && boolean(parts[1]);
    const raw = octets(parts.at(-1)!);
    readExtension(found, id, critical, readDer(raw));
  }
  return found;
}

/** Reads one certificate. Throws CongvanError DER_INVALID when it is none. */
export function readCertificate(der: Uint8Array): Certificate {
  const node = readDer(der);
  const [tbs, algorithm, signature] = elements(node);
  const fields = elements(tbs);
  if (isContext(fields[0], 0)) fields.shift();
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...optional] = fields;
  const [notBefore, notAfter] = elements(validity);
  const exact = whole(node);
  return {
    der: exact,
    tbs: whole(tbs!),
    fingerprint: createHash('sha256').update(exact).digest('hex'),
    serial: integerHex(serial),
    issuer: readName(issuer),
    subject: readName(subject),
    notBefore: time(notBefore),
    notAfter: time(notAfter),
    spki: whole(spki!),
    signatureAlgorithm: readAlgorithm(algorithm),
    algorithmsAgree: Buffer.compare(whole(innerAlgorithm!), whole(algorithm!)) === 0,
    signature: bitString(signature),
    extensions: readExtensions(optional.find((part) => isContext(part, 3))),
  };
}

const keys = new WeakMap<Certificate, KeyObject | null>();

/** The public key, made once; null when Node does not know its kind. */
export function publicKeyOf(certificate: Certificate): KeyObject | null {
  const known = keys.get(certificate);
  if (known !== undefined) return known;
  let key: KeyObject | null = null;
  try {
    key = createPublicKey({ key: Buffer.from(certificate.spki), format: 'der', type: 'spki' });
  } catch {
    // An unknown or malformed key: the caller reports that the signature could not be computed.
  }
  keys.set(certificate, key);
  return key;
}

/** What the report shows of the signer. */
export function signerCertificate(certificate: Certificate): SignerCertificate {
  const { subject } = certificate;
  const organisation = [
    ...nameValues(subject, NAME_OID.organisation),
    ...nameValues(subject, NAME_OID.organisationalUnit),
  ];
  return {
    commonName: nameValues(subject, NAME_OID.commonName).at(-1) ?? '',
    organisation,
    title: nameValues(subject, NAME_OID.title).at(-1) ?? null,
    email: certificate.extensions.emails[0] ?? nameValues(subject, NAME_OID.email).at(-1) ?? null,
    subject: nameText(subject),
    issuer: nameText(certificate.issuer),
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    fingerprint: certificate.fingerprint,
    holder: holderOf(subject),
  };
}
