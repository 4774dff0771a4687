/**
 * ds:KeyInfo: which certificates came with the signature, and whether everything it says is about one signer. The key is only
 * ever taken from a certificate: a bare key is what an attacker brings along.
 */
import type { KeyObject } from 'node:crypto';
import { readCertificates } from '../certificates/trust.ts';
import { type Certificate, publicKeyOf } from '../certificates/x509.ts';
import { bitString, elements, integerHex, readDer } from '../der.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { octetsOfBase64 } from './base64.ts';
import { childElement, childElements, plainText, type XmlElement } from './libxml.ts';
import { DS, DS11 } from './namespaces.ts';

/** Most certificates that are read from one KeyInfo: chains stay under ten. */
const MAX_CERTIFICATES = 50;

export interface KeyInfo {
  /** Of all X509Data, in document order. */
  certificates: Certificate[];
  /** ds:X509Data elements. */
  groups: XmlElement[];
  keyValues: XmlElement[];
  reasons: SignatureReason[];
}

/** Reads KeyInfo; null element = none. Never throws. */
export function readKeyInfo(keyInfo: XmlElement | null): KeyInfo {
  const groups = keyInfo === null ? [] : childElements(keyInfo, DS, 'X509Data');
  const written = groups.flatMap((group) => childElements(group, DS, 'X509Certificate'));
  const ders = written.slice(0, MAX_CERTIFICATES).map((element) => octetsOfBase64(plainText(element)));
  const certificates = readCertificates(ders.filter((der) => der !== null));
  const reasons: SignatureReason[] = [];
  if (certificates.length < written.length)
    reasons.push(formatFailure('X509Certificate holds no certificate'));
  const keyValues = keyInfo === null ? [] : keyValuesOf(keyInfo);
  return { certificates, groups, keyValues, reasons };
}

function keyValuesOf(keyInfo: XmlElement): XmlElement[] {
  const wrapped = childElements(keyInfo, DS, 'KeyValue').flatMap((value) => childElements(value));
  return [...wrapped, ...childElements(keyInfo, DS11, 'DEREncodedKeyValue')];
}

/**
 * Everything in KeyInfo that speaks of somebody else than `signer` (certificate doubling and direct key material attacks,
 * USENIX Security 2022): foreign certificates, a bare key that is not the certificate's, serial numbers of others.
 */
export function contradictions(info: KeyInfo, signer: Certificate): SignatureReason[] {
  const reasons: SignatureReason[] = [];
  const strangers = info.certificates.filter(
    (certificate) => !isOfChain(certificate, signer, info.certificates),
  );
  if (strangers.length > 0)
    reasons.push(formatFailure('KeyInfo carries a certificate that has nothing to do with the signer'));
  if (info.groups.length > 1)
    reasons.push({ code: 'SIG_CONSTRAINTS_FAILURE', detail: 'KeyInfo with several X509Data' });
  if (info.keyValues.some((value) => isOtherKey(value, signer)))
    reasons.push(formatFailure('KeyInfo carries a key that is not the certificate’s'));
  if (info.groups.some((group) => namesOther(group, info.certificates)))
    reasons.push(formatFailure('X509IssuerSerial names a certificate that is not there'));
  return reasons;
}

/** Whether a certificate is the signer's or stands above it by name; two for the same key are of one signer. */
function isOfChain(certificate: Certificate, signer: Certificate, all: Certificate[]): boolean {
  const above: Certificate[] = [signer];
  for (const below of above) {
    for (const candidate of all)
      if (candidate.subject.key === below.issuer.key && !above.includes(candidate)) above.push(candidate);
  }
  return above.some((one) => one.fingerprint === certificate.fingerprint || sameKey(one, certificate));
}

function sameKey(a: Certificate, b: Certificate): boolean {
  return a.subject.key === b.subject.key && Buffer.compare(a.spki, b.spki) === 0;
}

/** Serial numbers of X509IssuerSerial, upper-case hex; names are not compared, everybody writes them differently. */
function serialsNamed(group: XmlElement): string[] {
  return childElements(group, DS, 'X509IssuerSerial').map((named) => {
    const written = childElement(named, DS, 'X509SerialNumber')?.content.trim() ?? '';
    return serialHex(written) ?? '';
  });
}

/** A decimal serial number as hex, the way that certificates are read; null = no number. */
export function serialHex(decimal: string): string | null {
  if (!/^\d{1,60}$/.test(decimal)) return null;
  const hex = BigInt(decimal).toString(16).toUpperCase();
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** Leading zero octets do not count: a certificate's INTEGER may need one for its sign. */
export function sameSerial(a: string, b: string): boolean {
  return a.replace(/^0+/, '') === b.replace(/^0+/, '');
}

/** Whether an X509Data names, beside certificates, the serial number of one that is not in KeyInfo. */
function namesOther(group: XmlElement, certificates: Certificate[]): boolean {
  if (certificates.length === 0) return false;
  return serialsNamed(group).some((serial) => !certificates.some((one) => sameSerial(one.serial, serial)));
}

/** The certificates at hand that an X509Data without certificate names. */
export function certificatesNamed(info: KeyInfo, pool: Certificate[]): Certificate[] {
  const serials = info.groups.flatMap(serialsNamed);
  const keyIds = info.groups
    .flatMap((group) => childElements(group, DS, 'X509SKI'))
    .map((element) => octetsOfBase64(plainText(element)))
    .map((octets) => (octets === null ? '' : Buffer.from(octets).toString('hex')));
  return pool.filter(
    (certificate) =>
      serials.some((serial) => sameSerial(certificate.serial, serial)) ||
      keyIds.includes(certificate.extensions.subjectKeyId ?? '-'),
  );
}

/** A number written as base64 (ds:CryptoBinary), hex without leading zeros. */
function numberOf(parent: XmlElement, name: string): string {
  const element = childElement(parent, DS, name);
  const octets = element === null ? null : octetsOfBase64(plainText(element));
  return octets === null ? '' : hexNumber(octets);
}

function hexNumber(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex').replace(/^0+/, '');
}

function jwkNumber(value: string | undefined): string {
  return hexNumber(Buffer.from(value ?? '', 'base64url'));
}

/** Whether a bare key is another than the certificate's; a kind of key that cannot be compared counts as another. */
function isOtherKey(value: XmlElement, signer: Certificate): boolean {
  try {
    return !isKeyOf(value, signer);
  } catch {
    return true;
  }
}

function isKeyOf(value: XmlElement, signer: Certificate): boolean {
  const key = publicKeyOf(signer);
  if (value.name === 'DEREncodedKeyValue') {
    const der = octetsOfBase64(plainText(value));
    return der !== null && Buffer.compare(der, signer.spki) === 0;
  }
  if (key === null) return false;
  const kind = key.asymmetricKeyType;
  if (value.name === 'RSAKeyValue') return isRsaKey(value, key);
  if (value.name === 'DSAKeyValue') return kind === 'dsa' && numberOf(value, 'Y') === dsaPublic(signer);
  return value.name === 'ECKeyValue' && kind === 'ec' && isEcPoint(value, signer);
}

function isRsaKey(value: XmlElement, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return false;
  const { n, e } = key.export({ format: 'jwk' });
  return numberOf(value, 'Modulus') === jwkNumber(n) && numberOf(value, 'Exponent') === jwkNumber(e);
}

function publicBits(signer: Certificate): Uint8Array {
  return bitString(elements(readDer(signer.spki))[1]);
}

function dsaPublic(signer: Certificate): string {
  return integerHex(readDer(publicBits(signer)))
    .toLowerCase()
    .replace(/^0+/, '');
}

/** ECKeyValue of XMLDSig 1.1, or the older form of RFC 4050 with X and Y as decimal numbers. */
function isEcPoint(value: XmlElement, signer: Certificate): boolean {
  const point = Buffer.from(publicBits(signer));
  const [written] = childElements(value, DS11, 'PublicKey');
  if (written !== undefined) {
    const given = octetsOfBase64(plainText(written));
    return given !== null && Buffer.compare(given, point) === 0;
  }
  const half = (point.length - 1) / 2;
  const expected = [point.subarray(1, 1 + half), point.subarray(1 + half)].map(hexNumber);
  const old = value.find('.//*[local-name()="X" or local-name()="Y"]') as XmlElement[];
  const given = old.map((element) => element.attr('Value')?.value ?? '');
  if (given.length !== 2 || !given.every((number) => /^\d{1,200}$/.test(number))) return false;
  return given.every((number, i) => BigInt(number).toString(16) === expected[i]);
}
