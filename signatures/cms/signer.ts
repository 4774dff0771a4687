import { createHash } from 'node:crypto';
import {
  digestName,
  startDigest,
  type Verification,
  verificationOf,
  verifyBytes,
  verifyWindows,
  weaknesses,
} from '../algorithms.ts';
import { type Certificate, publicKeyOf } from '../certificates/x509.ts';
import { bitString, elements, isUniversal, octets, oid, readDer, TAG } from '../der.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { attributeReasons, claimedTimeOf, signingCertificateHashes } from './attributes.ts';
import { attributeValues, CMS_OID, type CmsSigner } from './cms.ts';

/** The bytes that a signature is over, in windows, so that a large file is never held whole. */
export interface SignedContent {
  feed(sink: (window: Uint8Array) => void): Promise<void>;
}

/** Content that is small and at hand. */
export function contentOf(bytes: Uint8Array): SignedContent {
  return { feed: async (sink) => sink(bytes) };
}

const digests = new WeakMap<SignedContent, Map<string, Uint8Array>>();

/** Computed once for each content: 64 signers with 16 content stamps each would otherwise digest the same bytes 1,088 times. */
export async function digestOf(content: SignedContent, name: string): Promise<Uint8Array> {
  const known = digests.get(content) ?? new Map<string, Uint8Array>();
  digests.set(content, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const running = startDigest(name);
  await content.feed((window) => running.update(window));
  const digest = running.digest();
  known.set(name, digest);
  return digest;
}

/** The mathematics of one CMS signer: facts, no trust. */
export interface SignerFacts {
  certificate: Certificate | null;
  /** Digest of the content equals the signed one; null = could not be computed. */
  intact: boolean | null;
  /** Signature value made with the certificate's key; null = could not be computed. */
  authentic: boolean | null;
  /** signingTime attribute, ISO 8601 UTC. */
  claimedTime: string | null;
  weak: string[];
  reasons: SignatureReason[];
}

/** Most certificates tried for one signer: more that share a name and number are an attack on time. */
const MAX_CANDIDATES = 8;
/** EdDSA needs the content whole; more octets than these are not gathered. */
const MAX_GATHERED = 256 * 1024 * 1024;

/** The octets of the public key: their SHA-1 is the usual key identifier (RFC 5280 4.2.1.2). */
function keyIdentifier(certificate: Certificate): string | null {
  try {
    const [, key] = elements(readDer(certificate.spki));
    return createHash('sha1').update(bitString(key)).digest('hex');
  } catch {
    return null;
  }
}

function isNamed(identifier: CmsSigner['identifier'], certificate: Certificate): boolean {
  if ('serial' in identifier)
    return certificate.serial === identifier.serial && certificate.issuer.key === identifier.issuerKey;
  return (certificate.extensions.subjectKeyId ?? keyIdentifier(certificate)) === identifier.subjectKeyId;
}

/** 'unknown' = the digest of the attribute is not supported. */
function fitsReference(signer: CmsSigner, certificate: Certificate): boolean | 'unknown' {
  let unknown = false;
  for (const { algorithm, hash } of signingCertificateHashes(signer)) {
    const name = digestName(algorithm);
    if (name === null) unknown = true;
    else if (Buffer.compare(createHash(name).update(certificate.der).digest(), hash) !== 0) return false;
  }
  return unknown ? 'unknown' : true;
}

/**
 * The certificates that a signer may mean: those of its identifier, the one that signing-certificate names first.
 * Several can share issuer and number, or a key identifier.
 */
function candidatesOf(signer: CmsSigner, certificates: Certificate[]): Certificate[] {
  const distinct = new Map(
    certificates.filter((one) => isNamed(signer.identifier, one)).map((one) => [one.fingerprint, one]),
  );
  const found = [...distinct.values()].slice(0, MAX_CANDIDATES);
  if (found.length < 2) return found;
  return found.sort(
    (a, b) => Number(fitsReference(signer, b) === true) - Number(fitsReference(signer, a) === true),
  );
}

/** The certificate that a signer names, if it is among these. */
export function certificateOf(signer: CmsSigner, certificates: Certificate[]): Certificate | null {
  return candidatesOf(signer, certificates)[0] ?? null;
}

const NO_CONTENT: SignatureReason = {
  code: 'SIGNED_DATA_NOT_FOUND',
  detail: 'the signed content is not inside and was not given',
};

/** It may be over a document of just those octets, signed as such; older programs write it all the same: nobody can tell. */
const COUNTER_TYPE: SignatureReason = {
  code: 'SIG_CONSTRAINTS_FAILURE',
  detail: 'counter-signature with a contentType attribute',
};

/** contentType of the attribute against the content's (RFC 5652 11.1); a counter-signature has none (11.4). */
function checkContentType(contentType: string | null, signer: CmsSigner): SignatureReason[] {
  const [type] = attributeValues(signer.signedAttributes, CMS_OID.contentType);
  if (contentType === null) return type === undefined ? [] : [COUNTER_TYPE];
  if (type === undefined) return [formatFailure('signed attributes without contentType')];
  return oid(type) === contentType ? [] : [formatFailure('contentType attribute names another type')];
}

/** messageDigest against the content (RFC 5652 11.2). */
async function checkDigest(
  signer: CmsSigner,
  content: SignedContent | null,
): Promise<{ intact: boolean | null; reasons: SignatureReason[] }> {
  const [signed] = attributeValues(signer.signedAttributes, CMS_OID.messageDigest);
  if (signed === undefined)
    return { intact: false, reasons: [formatFailure('signed attributes without messageDigest')] };
  const hash = digestName(signer.digestAlgorithm.oid);
  if (hash === null) {
    const detail = `digest algorithm ${signer.digestAlgorithm.oid} is not supported`;
    return { intact: null, reasons: [{ code: 'UNSUPPORTED_ALGORITHM', detail }] };
  }
  if (content === null) return { intact: null, reasons: [NO_CONTENT] };
  const intact = Buffer.compare(octets(signed), await digestOf(content, hash)) === 0;
  return {
    intact,
    reasons: intact ? [] : [{ code: 'HASH_FAILURE', detail: 'the covered bytes have another digest' }],
  };
}

/** All of the content, null when it is larger than `limit` octets. */
async function gathered(content: SignedContent, limit: number): Promise<Uint8Array | null> {
  const windows: Uint8Array[] = [];
  let size = 0;
  await content.feed((window) => {
    size += window.length;
    if (size <= limit) windows.push(Uint8Array.from(window));
  });
  return size <= limit ? Buffer.concat(windows) : null;
}

/** Signed attributes are small: content larger than this is none in disguise. */
const MAX_ATTRIBUTES = 64 * 1024;

function looksLikeAttributes(bytes: Uint8Array): boolean {
  try {
    const node = readDer(bytes);
    if (!isUniversal(node, TAG.set) || node.end !== bytes.length) return false;
    const types = elements(node, TAG.set).map((one) => oid(elements(one)[0]));
    return types.includes(CMS_OID.messageDigest);
  } catch {
    return false;
  }
}

/**
 * A signer without signed attributes. RFC 5652 5.3: only for content of type data. And the attributes of a true signature
 * can be passed off as the content of another (Johnny's C classes apart, the known confusion of signedAttrs): such
 * content is nobody's document.
 */
async function bareReasons(
  contentType: string | null,
  content: SignedContent | null,
): Promise<SignatureReason[]> {
  if (contentType !== null && contentType !== CMS_OID.data)
    return [formatFailure('content of another type than data needs signed attributes')];
  if (content === null) return [NO_CONTENT];
  const small = await gathered(content, MAX_ATTRIBUTES);
  return small !== null && looksLikeAttributes(small)
    ? [formatFailure('the content is the signed attributes of another signature')]
    : [];
}

/** The signature value (RFC 5652 5.4, 5.6). Null = cannot be computed. */
async function checkValue(
  signer: CmsSigner,
  verification: Verification,
  content: SignedContent | null,
): Promise<boolean | null> {
  if (signer.signedBytes !== null) {
    const asItStands = verifyBytes(verification, signer.signedBytes, signer.signature);
    if (asItStands === true || signer.signedDer === null) return asItStands;
    return verifyBytes(verification, signer.signedDer, signer.signature);
  }
  if (content === null) return null;
  if (verification.hash !== null) return verifyWindows(verification, content.feed, signer.signature);
  const all = await gathered(content, MAX_GATHERED);
  return all === null ? null : verifyBytes(verification, all, signer.signature);
}

const UNSUPPORTED: SignatureReason = {
  code: 'UNSUPPORTED_ALGORITHM',
  detail: 'signature algorithm or key is not supported',
};
const FALSE_VALUE: SignatureReason = {
  code: 'SIG_CRYPTO_FAILURE',
  detail: 'signature value does not fit key and signed bytes',
};
const NO_CERTIFICATE: SignatureReason = {
  code: 'NO_SIGNING_CERTIFICATE_FOUND',
  detail: 'the signer’s certificate is not at hand',
};

async function authenticBy(
  certificate: Certificate,
  signer: CmsSigner,
  content: SignedContent | null,
): Promise<boolean | null> {
  const key = publicKeyOf(certificate);
  const hash = digestName(signer.digestAlgorithm.oid);
  const verification = key === null ? null : verificationOf(signer.signatureAlgorithm, key, hash);
  if (verification === 'mismatch') return false;
  return verification === null ? null : checkValue(signer, verification, content);
}

interface Authenticity {
  certificate: Certificate;
  authentic: boolean | null;
  reasons: SignatureReason[];
}

/** The certificate whose key made the value, among those that the signer may mean; else the first. */
async function authenticity(
  signer: CmsSigner,
  candidates: Certificate[],
  content: SignedContent | null,
): Promise<Authenticity> {
  const [first, ...others] = candidates;
  let certificate = first!;
  let authentic = await authenticBy(certificate, signer, content);
  for (const other of others) {
    if (authentic === true) break;
    const verdict = await authenticBy(other, signer, content);
    if (verdict === true) [certificate, authentic] = [other, verdict];
  }
  const reasons: SignatureReason[] = [];
  const missing = content === null && signer.signedBytes === null;
  if (authentic === null && !missing) reasons.push(UNSUPPORTED);
  if (authentic === false) reasons.push(FALSE_VALUE);
  const reference = fitsReference(signer, certificate);
  if (reference === false) {
    const detail = 'signing-certificate attribute names another certificate';
    reasons.push({ code: 'SIG_CRYPTO_FAILURE', detail });
  }
  if (reference === 'unknown')
    reasons.push({ code: 'UNSUPPORTED_ALGORITHM', detail: 'digest of signing-certificate attribute' });
  return { certificate, authentic, reasons };
}

/**
 * Checks one signer over the content (RFC 5652 5.4, 5.6). `signed.contentType` null = a counter-signature, over the value
 * that it countersigns. `certificates` = those inside the CMS and others at hand; `content` null = not at hand.
 * May throw CongvanError DER_INVALID for malformed attributes.
 */
export async function checkSigner(
  signed: { contentType: string | null },
  signer: CmsSigner,
  certificates: Certificate[],
  content: SignedContent | null,
): Promise<SignerFacts> {
  const attributed = signer.signedBytes !== null;
  const digest = attributed ? await checkDigest(signer, content) : null;
  const reasons = [
    ...attributeReasons(signer.signedAttributes),
    ...(attributed
      ? checkContentType(signed.contentType, signer)
      : await bareReasons(signed.contentType, content)),
    ...(digest?.reasons ?? []),
  ];
  const hash = digestName(signer.digestAlgorithm.oid);
  const claimedTime = claimedTimeOf(signer);
  const candidates = candidatesOf(signer, certificates);
  if (candidates.length === 0) {
    const known = { certificate: null, intact: digest?.intact ?? null, authentic: null, claimedTime };
    return { ...known, weak: weaknesses(hash, null), reasons: [...reasons, NO_CERTIFICATE] };
  }
  const { certificate, authentic, reasons: against } = await authenticity(signer, candidates, content);
  // Without signed attributes the value is over the content itself: one check answers both questions.
  const intact = digest === null ? authentic : digest.intact;
  const weak = weaknesses(hash, publicKeyOf(certificate));
  return { certificate, intact, authentic, claimedTime, weak, reasons: [...reasons, ...against] };
}
