/** XAdES qualifying properties (ETSI TS 101 903, EN 319 132-1): what the signer claims, and what was added as proof. */
import { createHash } from 'node:crypto';
import { readCertificates } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import { contentOf } from '../cms/signer.ts';
import { timestampFacts } from '../cms/timestamp.ts';
import { elements, integerHex, readDer } from '../der.ts';
import type { EvidenceFact, TimestampFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { digestOfMethod } from './algorithms.ts';
import { octetsOfBase64 } from './base64.ts';
import { instantOf } from './instant.ts';
import { sameSerial, serialHex } from './key-info.ts';
import {
  attribute,
  type CanonicalForm,
  canonicalize,
  childElements,
  plainText,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS, isSignedPropertiesType, XADES } from './namespaces.ts';
import { covers, type ReferenceFacts } from './references.ts';
import { canonicalForm } from './transforms.ts';

/** Most time stamps, certificates or revocation answers that are read from one signature: long-lived ones have dozens. */
const MAX_ITEMS = 200;

/** The certificate that the signer says is theirs. */
export interface NamedCertificate {
  /** Node's name; null = not supported. */
  digestAlgorithm: string | null;
  digest: Uint8Array | null;
  /** Upper-case hex; null = not told. */
  serial: string | null;
}

export interface QualifyingProperties {
  /** ISO 8601 UTC; null = not claimed, or not in what is signed. */
  claimedTime: string | null;
  /** Of a signed SigningCertificate property: the signer's and perhaps others of the chain, in any order. */
  namedCertificates: NamedCertificate[];
  certificates: Certificate[];
  evidence: EvidenceFact[];
  /** ds:SignatureTimeStamp elements, to be computed by `signatureTimestamps`. */
  timestampElements: XmlElement[];
  reasons: SignatureReason[];
  notes: SignatureReason[];
}

function isXades(element: XmlElement): boolean {
  return (XADES as readonly string[]).includes(element.namespaceUri);
}

/** Children of any XAdES version with that name. */
function properties(parent: XmlElement, name: string): XmlElement[] {
  return childElements(parent).filter((child) => child.name === name && isXades(child));
}

function path(start: XmlElement[], ...names: string[]): XmlElement[] {
  return names.reduce((found, name) => found.flatMap((one) => properties(one, name)), start);
}

function qualifying(signature: XmlElement): XmlElement[] {
  return path(childElements(signature, DS, 'Object'), 'QualifyingProperties');
}

/** Whether an element is XAdES at all: what makes a signature more than plain XMLDSig. */
export function hasQualifyingProperties(signature: XmlElement): boolean {
  return qualifying(signature).length > 0;
}

/**
 * Only what a holding reference covers is believed; a second set of properties that is also signed makes it ambiguous
 * whose claims they are. Never throws.
 */
export function readQualifyingProperties(
  signature: XmlElement,
  references: ReferenceFacts[],
): QualifyingProperties {
  const sets = qualifying(signature);
  const signed = path(sets, 'SignedProperties');
  const direct = references.filter((reference) => !reference.inManifest);
  const believed = signed.filter((one) => direct.some((reference) => covers(reference, one)));
  const found = emptyProperties();
  if (believed.length > 1) found.reasons.push(formatFailure('several signed sets of SignedProperties'));
  if (believed.length < signed.length)
    found.notes.push({ code: 'PROPERTIES_NOT_SIGNED', detail: 'SignedProperties that no reference covers' });
  if (believed.length > 0 && !direct.some((reference) => isSignedPropertiesType(reference.type)))
    found.notes.push({
      code: 'PROPERTIES_REFERENCE_TYPE',
      detail: 'reference to SignedProperties without Type',
    });
  checkTargets(signature, sets, found);
  readSigned(path(believed.slice(0, 1), 'SignedSignatureProperties'), found);
  const unsigned = path(sets, 'UnsignedProperties', 'UnsignedSignatureProperties');
  readUnsigned(unsigned, found);
  found.notes.push(...notJudged([...unsigned, ...path(signed, 'SignedDataObjectProperties')]));
  return found;
}

function emptyProperties(): QualifyingProperties {
  return {
    claimedTime: null,
    namedCertificates: [],
    certificates: [],
    evidence: [],
    timestampElements: [],
    reasons: [],
    notes: [],
  };
}

/** QualifyingProperties/@Target must be the signature itself (EN 319 132-1 4.3.1). */
function checkTargets(signature: XmlElement, sets: XmlElement[], found: QualifyingProperties): void {
  const id = attribute(signature, 'Id');
  for (const set of sets) {
    const target = attribute(set, 'Target');
    if (target !== null && target !== '' && target !== `#${id}`)
      found.notes.push({ code: 'PROPERTIES_TARGET', detail: 'QualifyingProperties name another signature' });
  }
}

function readSigned(sets: XmlElement[], found: QualifyingProperties): void {
  const [time] = path(sets, 'SigningTime');
  if (time !== undefined) {
    const claimed = instantOf(time.content);
    found.claimedTime = claimed?.at ?? null;
    if (claimed === null) found.notes.push({ code: 'TIME_UNREADABLE', detail: 'SigningTime is no dateTime' });
    if (claimed?.zoned === false)
      found.notes.push({ code: 'TIME_WITHOUT_ZONE', detail: 'SigningTime has no zone; taken as UTC' });
  }
  const certificates = [...path(sets, 'SigningCertificateV2'), ...path(sets, 'SigningCertificate')];
  found.namedCertificates = path(certificates, 'Cert').slice(0, MAX_ITEMS).map(readNamed);
}

/** QUIRK: XAdES 1.1.1 has DigestMethod and DigestValue in its own namespace, later ones in that of XMLDSig. */
function anyNamed(parents: XmlElement[], name: string): XmlElement | null {
  return parents.flatMap((parent) => childElements(parent)).find((child) => child.name === name) ?? null;
}

function readNamed(cert: XmlElement): NamedCertificate {
  const digest = properties(cert, 'CertDigest');
  const value = anyNamed(digest, 'DigestValue');
  const serial = anyNamed(properties(cert, 'IssuerSerial'), 'X509SerialNumber');
  const [v2] = properties(cert, 'IssuerSerialV2');
  return {
    digestAlgorithm: digestOfMethod(anyNamed(digest, 'DigestMethod')),
    digest: value === null ? null : octetsOfBase64(plainText(value)),
    serial: serial !== null ? serialHex(serial.content.trim()) : v2 === undefined ? null : serialOfDer(v2),
  };
}

/** IssuerSerial of RFC 5035 as base64 of its DER (EN 319 132-1 5.2.2). */
function serialOfDer(element: XmlElement): string | null {
  try {
    return integerHex(elements(readDer(octetsOfBase64(plainText(element)) ?? new Uint8Array(0)))[1]);
  } catch {
    return null;
  }
}

function hasDigest(named: NamedCertificate, certificate: Certificate): boolean {
  if (named.digestAlgorithm === null || named.digest === null) return false;
  const actual = createHash(named.digestAlgorithm).update(certificate.der).digest();
  return Buffer.compare(actual, named.digest) === 0;
}

/** Whether this certificate is one that was named by digest. */
export function isNamedCertificate(named: NamedCertificate[], certificate: Certificate): boolean {
  return named.some((one) => hasDigest(one, certificate));
}

/** The serial number beside the digest: another one is an oddity, the digest decides (EN 319 102-1 5.2.3.4). */
export function serialDiffers(named: NamedCertificate[], certificate: Certificate): boolean {
  const own = named.find((one) => hasDigest(one, certificate));
  return own !== undefined && own.serial !== null && !sameSerial(own.serial, certificate.serial);
}

const NOT_JUDGED: Record<string, string> = {
  AllDataObjectsTimeStamp: 'a time stamp over the content is not judged',
  IndividualDataObjectsTimeStamp: 'a time stamp over the content is not judged',
  CounterSignature: 'a counter-signature inside is not judged',
  ArchiveTimeStamp: 'an archive time stamp inside is not judged',
  ArchiveTimeStampV2: 'an archive time stamp inside is not judged',
  SigAndRefsTimeStamp: 'a time stamp over references to proofs is not judged',
  RefsOnlyTimeStamp: 'a time stamp over references to proofs is not judged',
};

function readUnsigned(sets: XmlElement[], found: QualifyingProperties): void {
  found.timestampElements = path(sets, 'SignatureTimeStamp').slice(0, MAX_ITEMS);
  found.certificates = readCertificates(encapsulated(sets, 'EncapsulatedX509Certificate'));
  const crls = encapsulated(sets, 'EncapsulatedCRLValue').map((der) => evidence('crl', der));
  const ocsps = encapsulated(sets, 'EncapsulatedOCSPValue').map((der) => evidence('ocsp', der));
  found.evidence = [...crls, ...ocsps];
}

/** Properties that could prove more and are left aside; said, since nothing is concluded from them. */
function notJudged(sets: XmlElement[]): SignatureReason[] {
  const names = sets.flatMap((set) => childElements(set)).map((child) => child.name);
  const details = new Set(names.map((name) => NOT_JUDGED[name]).filter((detail) => detail !== undefined));
  return [...details].map((detail) => ({ code: 'NOT_JUDGED', detail }));
}

function evidence(kind: EvidenceFact['kind'], der: Uint8Array): EvidenceFact {
  return { kind, der, extent: null };
}

/** Encapsulated values in CertificateValues, RevocationValues, TimeStampValidationData and their like. */
function encapsulated(sets: XmlElement[], name: string): Uint8Array[] {
  const found = sets.flatMap((set) => set.find(`.//*[local-name()='${name}']`) as XmlElement[]);
  return found
    .filter(isXades)
    .slice(0, MAX_ITEMS)
    .map((element) => octetsOfBase64(plainText(element)))
    .filter((octets) => octets !== null);
}

const C14N: CanonicalForm = { method: 'c14n', comments: false, prefixes: [] };

/** The time stamps over the canonical ds:SignatureValue element (EN 319 132-1 5.3). */
export async function signatureTimestamps(
  document: XmlDocument,
  value: XmlElement | null,
  stamps: XmlElement[],
  pool: Certificate[],
): Promise<TimestampFacts[]> {
  const found: TimestampFacts[] = [];
  for (const stamp of stamps) {
    const method = childElements(stamp, DS, 'CanonicalizationMethod')[0];
    const form = method === undefined ? C14N : canonicalForm(method);
    const stamped = form === null || value === null ? null : canonicalOrNull(document, value, form);
    if (stamped === null) continue;
    for (const token of properties(stamp, 'EncapsulatedTimeStamp').slice(0, MAX_ITEMS)) {
      const der = octetsOfBase64(plainText(token)) ?? new Uint8Array(0);
      found.push(await timestampFacts(der, contentOf(stamped), 'signature', pool));
    }
  }
  return found;
}

function canonicalOrNull(document: XmlDocument, apex: XmlElement, form: CanonicalForm): Uint8Array | null {
  try {
    return canonicalize({ document, apex, without: [] }, form);
  } catch {
    return null;
  }
}
