/**
 * One XML signature as format-neutral facts (XMLDSig core, RFC 9231 algorithms, XAdES of ETSI EN 319 132-1): what plain XML,
 * OOXML, ODF and ASiC-XAdES have in common. Mathematics only; coverage is judged by each format from `references`.
 */
import { verifyBytes, weaknesses } from '../algorithms.ts';
import { type Certificate, publicKeyOf } from '../certificates/x509.ts';
import type { SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { verificationOfMethod } from './algorithms.ts';
import { octetsOfBase64 } from './base64.ts';
import { certificatesNamed, contradictions, type KeyInfo, readKeyInfo } from './key-info.ts';
import {
  canonicalize,
  childElements,
  isNamed,
  ownText,
  plainText,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS } from './namespaces.ts';
import { checkReferences, covers, type ReferenceFacts, type Resolve } from './references.ts';
import { canonicalForm } from './transforms.ts';
import {
  hasQualifyingProperties,
  isNamedCertificate,
  type NamedCertificate,
  type QualifyingProperties,
  readQualifyingProperties,
  serialDiffers,
  signatureTimestamps,
} from './xades.ts';

export type {
  ReferenceFacts,
  ReferenceRequest,
  Resolve,
  ResolvedReference,
} from './references.ts';

export interface XmlSignatureInput {
  document: XmlDocument;
  /** The ds:Signature element. */
  signature: XmlElement;
  resolve: Resolve;
  /** Certificates at hand besides those in the signature. */
  pool: Certificate[];
}

export type XmlSignatureFacts = Omit<SignatureFacts, 'name' | 'kind' | 'coverage' | 'extent' | 'changes'> & {
  references: ReferenceFacts[];
};

/** The parts of a ds:Signature; what is missing or stands twice is a fault. */
interface Parts {
  signedInfo: XmlElement | null;
  value: XmlElement | null;
  keyInfo: XmlElement | null;
  faults: SignatureReason[];
}

/** XMLDSig 4.2: SignedInfo, SignatureValue, KeyInfo?, Object*; two of one kind let two readers see two signatures. */
function partsOf(signature: XmlElement): Parts {
  const faults: SignatureReason[] = [];
  const only = (name: string, required: boolean): XmlElement | null => {
    const found = childElements(signature, DS, name);
    if (found.length > 1) faults.push(formatFailure(`ds:Signature with ${found.length} ${name}`));
    if (found.length === 0 && required) faults.push(formatFailure(`ds:Signature without ${name}`));
    return found[0] ?? null;
  };
  const parts = {
    signedInfo: only('SignedInfo', true),
    value: only('SignatureValue', true),
    keyInfo: only('KeyInfo', false),
    faults,
  };
  const known = ['SignedInfo', 'SignatureValue', 'KeyInfo', 'Object'];
  if (childElements(signature).some((child) => !known.some((name) => isNamed(child, DS, name))))
    faults.push(formatFailure('ds:Signature with an element that XMLDSig does not know'));
  if (ownText(signature) !== '') faults.push(formatFailure('ds:Signature with text that nobody signed'));
  return parts;
}

/** What is signed and with what: null = it cannot be told. */
interface SignedValue {
  octets: Uint8Array;
  method: XmlElement;
  value: Uint8Array;
}

function signedValue(document: XmlDocument, parts: Parts): SignedValue | SignatureReason {
  const { signedInfo, value } = parts;
  if (signedInfo === null || value === null) return formatFailure('no signature value');
  const methods = childElements(signedInfo, DS, 'SignatureMethod');
  const canonicalizations = childElements(signedInfo, DS, 'CanonicalizationMethod');
  const octets = octetsOfBase64(plainText(value));
  if (methods.length !== 1 || canonicalizations.length !== 1 || octets === null || octets.length === 0)
    return formatFailure('SignedInfo or SignatureValue is malformed');
  const form = canonicalForm(canonicalizations[0]!);
  if (form === null) return { code: 'UNSUPPORTED_ALGORITHM', detail: 'canonicalisation of SignedInfo' };
  try {
    const signed = canonicalize({ document, apex: signedInfo, without: [] }, form);
    return { octets: signed, method: methods[0]!, value: octets };
  } catch {
    return formatFailure('SignedInfo has no canonical form');
  }
}

/** Whether the value was made with the certificate's key; null = cannot be computed. */
function isMadeBy(signed: SignedValue, certificate: Certificate): boolean | null {
  const key = publicKeyOf(certificate);
  const verification = key === null ? null : verificationOfMethod(signed.method, key);
  if (verification === null) return null;
  if (verification === 'mismatch') return false;
  const value = verification.encode(signed.value);
  return value === null ? false : verifyBytes(verification, signed.octets, value);
}

/** The signer's certificate: the one that the signed properties name by digest, else the one whose key fits, else the first. */
function signerOf(
  candidates: Certificate[],
  named: NamedCertificate[],
  signed: SignedValue | SignatureReason,
): Certificate | null {
  const byDigest = candidates.find((one) => isNamedCertificate(named, one));
  if (byDigest !== undefined) return byDigest;
  const byKey = 'octets' in signed ? candidates.find((one) => isMadeBy(signed, one) === true) : undefined;
  return byKey ?? candidates[0] ?? null;
}

/** Certificates that may be the signer's: those in KeyInfo; only when it has none, those that it or XAdES names. */
function candidatesOf(
  keyInfo: KeyInfo,
  properties: QualifyingProperties,
  pool: Certificate[],
): Certificate[] {
  if (keyInfo.certificates.length > 0) return keyInfo.certificates;
  const atHand = [...properties.certificates, ...pool];
  const named = properties.namedCertificates;
  const byDigest = atHand.filter((one) => isNamedCertificate(named, one));
  return [...byDigest, ...certificatesNamed(keyInfo, atHand)];
}

interface ValueFacts {
  authentic: boolean | null;
  weak: string[];
  reasons: SignatureReason[];
}

function checkValue(signed: SignedValue | SignatureReason, certificate: Certificate | null): ValueFacts {
  if (!('octets' in signed)) return { authentic: null, weak: [], reasons: [signed] };
  if (certificate === null) {
    const detail = 'no certificate of the signer; a bare key is nobody’s';
    return { authentic: null, weak: [], reasons: [{ code: 'NO_SIGNING_CERTIFICATE_FOUND', detail }] };
  }
  const key = publicKeyOf(certificate);
  const verification = key === null ? null : verificationOfMethod(signed.method, key);
  const hash = verification === null || verification === 'mismatch' ? null : verification.hash;
  const authentic = isMadeBy(signed, certificate);
  const reasons: SignatureReason[] = [];
  if (authentic === null)
    reasons.push({ code: 'UNSUPPORTED_ALGORITHM', detail: 'signature algorithm or key is not supported' });
  if (authentic === false)
    reasons.push({ code: 'SIG_CRYPTO_FAILURE', detail: 'the signature value is not of this certificate' });
  return { authentic, weak: weaknesses(hash, key), reasons };
}

/** The signer's certificate against those that the signed properties name. */
function checkNamed(
  named: NamedCertificate[],
  certificate: Certificate | null,
): { reasons: SignatureReason[]; notes: SignatureReason[] } {
  if (named.length === 0 || certificate === null) return { reasons: [], notes: [] };
  if (isNamedCertificate(named, certificate)) {
    const note = { code: 'ISSUER_SERIAL', detail: 'SigningCertificate names another serial number' };
    return { reasons: [], notes: serialDiffers(named, certificate) ? [note] : [] };
  }
  const unknown = named.some((one) => one.digestAlgorithm === null);
  const reason = unknown
    ? { code: 'UNSUPPORTED_ALGORITHM', detail: 'digest of the SigningCertificate property' }
    : { code: 'SIG_CRYPTO_FAILURE', detail: 'SigningCertificate names another certificate' };
  return { reasons: [reason], notes: [] };
}

/** False when one digest is false, null when one could not be computed. */
function intactOf(references: ReferenceFacts[], reasons: SignatureReason[]): boolean | null {
  if (references.some((reference) => reference.digestHolds === false)) return false;
  const whole = references.length > 0 && reasons.length === 0;
  return whole && references.every((reference) => reference.digestHolds === true) ? true : null;
}

/** The digest algorithm that most references use, for show; SHA-1 in any of them is weak. */
function digestsOf(references: ReferenceFacts[]): { digestAlgorithm: string | null; weak: string[] } {
  const names = references.map((reference) => reference.digestAlgorithm);
  const weak = names.includes('sha1') ? ['SHA-1'] : [];
  return { digestAlgorithm: weak.length > 0 ? 'sha1' : (names.find((name) => name !== null) ?? null), weak };
}

/** Reads and computes one signature. Never throws for what the file contains. */
export async function xmlSignatureFacts(input: XmlSignatureInput): Promise<XmlSignatureFacts> {
  const { document, signature, resolve, pool } = input;
  const parts = partsOf(signature);
  const checked = await checkReferences(document, signature, resolve);
  const properties = readQualifyingProperties(signature, checked.references);
  const keyInfo = readKeyInfo(parts.keyInfo);
  const signed = signedValue(document, parts);
  const named = properties.namedCertificates;
  const certificate = signerOf(candidatesOf(keyInfo, properties, pool), named, signed);
  const value = checkValue(signed, certificate);
  const naming = checkNamed(named, certificate);
  const certificates = [...keyInfo.certificates, ...properties.certificates];
  const pooled = [...certificates, ...pool];
  const { digestAlgorithm, weak } = digestsOf(checked.references);
  return {
    format: hasQualifyingProperties(signature) ? 'XAdES' : 'XMLDSig',
    intact: intactOf(checked.references, checked.reasons),
    authentic: value.authentic,
    certificate,
    certificates,
    evidence: properties.evidence,
    claimedTime: properties.claimedTime,
    digestAlgorithm,
    timestamps: await signatureTimestamps(document, parts.value, properties.timestampElements, pooled),
    weak: [...new Set([...weak, ...value.weak])],
    reasons: [
      ...parts.faults,
      ...checked.reasons,
      ...value.reasons,
      ...keyInfo.reasons,
      ...(certificate === null ? [] : contradictions(keyInfo, certificate)),
      ...properties.reasons,
      ...naming.reasons,
    ],
    notes: [...properties.notes, ...naming.notes],
    references: checked.references,
  };
}

/** Whether an element lies inside what a reference of this signature covers with a digest that holds. */
export function coversElement(facts: XmlSignatureFacts, element: XmlElement): boolean {
  return facts.references.some((reference) => covers(reference, element));
}
