import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type AlgorithmIdentifier, readAlgorithm } from '../algorithms.ts';
import {
  bitString,
  children,
  content,
  type DerNode,
  elements,
  integerHex,
  isContext,
  readDer,
  smallInteger,
  time,
  whole,
} from '../der.ts';
import type { SignerCertificate } from '../types.ts';
import { type CertificateExtensions, readExtensions } from './extensions.ts';
import { holderOf } from './holder.ts';
import { type DistinguishedName, NAME_OID, nameText, nameValues, readName } from './names.ts';

/** The fields of a certificate that verdicts need; `der` and `tbs` are the exact bytes. */
export interface Certificate {
  der: Uint8Array;
  tbs: Uint8Array;
  /** SHA-256 of `der`, lower-case hex. */
  fingerprint: string;
  /** 1, 2 or 3 as people count them. */
  version: number;
  /** Upper-case hex. */
  serial: string;
  /** Content of the INTEGER, shortest form: what revocation lists are searched for. */
  serialNumber: Uint8Array;
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

/**
 * INTEGER content in the shortest form: needless leading octets say nothing, but the sign does.
 * QUIRK: some authorities pad serial numbers; a negative one (forbidden, yet issued) is another number than its positive twin.
 */
function shortestInteger(raw: Uint8Array): Uint8Array {
  let at = 0;
  while (
    at + 1 < raw.length &&
    (raw[at] === 0x00 ? raw[at + 1]! < 0x80 : raw[at] === 0xff && raw[at + 1]! >= 0x80)
  )
    at += 1;
  return raw.subarray(at);
}

/** The signature value; one that is no row of octets is kept as an empty one, which no key has made. */
function signatureValue(node: DerNode | undefined): Uint8Array {
  try {
    return bitString(node);
  } catch {
    return new Uint8Array();
  }
}

/** Reads one certificate. Throws CongvanError DER_INVALID when it is none. */
export function readCertificate(der: Uint8Array): Certificate {
  const node = readDer(der);
  const [tbs, algorithm, signature] = elements(node);
  const fields = elements(tbs);
  const version = isContext(fields[0], 0) ? smallInteger(children(fields.shift()!)[0]) + 1 : 1;
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...optional] = fields;
  const [notBefore, notAfter] = elements(validity);
  const exact = whole(node);
  return {
    der: exact,
    tbs: whole(tbs!),
    fingerprint: createHash('sha256').update(exact).digest('hex'),
    version,
    serial: integerHex(serial),
    serialNumber: shortestInteger(content(serial!)),
    issuer: readName(issuer),
    subject: readName(subject),
    notBefore: time(notBefore),
    notAfter: time(notAfter),
    spki: whole(spki!),
    signatureAlgorithm: readAlgorithm(algorithm),
    algorithmsAgree: Buffer.compare(whole(innerAlgorithm!), whole(algorithm!)) === 0,
    signature: signatureValue(signature),
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
