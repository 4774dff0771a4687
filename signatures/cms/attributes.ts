/** What the signed attributes of a CMS signer must be like (RFC 5652 11, RFC 5035, EN 319 122-1). */
import { readAlgorithm } from '../algorithms.ts';
import { type DerNode, elements, isUniversal, octets, TAG, time } from '../der.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { attributeValues, CMS_OID, type CmsAttribute, type CmsSigner } from './cms.ts';

/** They say what is signed and by whom: two of them would let two readers see two things. */
const DECISIVE: ReadonlySet<string> = new Set([
  CMS_OID.contentType,
  CMS_OID.messageDigest,
  CMS_OID.signingCertificate,
  CMS_OID.signingCertificateV2,
]);

/** Claims of the signer: ambiguous when there are several, but no part of the mathematics. */
const CLAIMS: ReadonlySet<string> = new Set([
  CMS_OID.signingTime,
  CMS_OID.signaturePolicy,
  CMS_OID.signerAttributes,
  CMS_OID.signerAttributesV2,
]);

/** Findings about attributes that may stand once and with one value only, and about unsigned ones among the signed. */
export function attributeReasons(attributes: CmsAttribute[]): SignatureReason[] {
  return [...new Set(attributes.map((one) => one.type))].flatMap((type) => {
    const times = attributes.filter((one) => one.type === type).length;
    if (times === 1 && attributeValues(attributes, type).length === 1) return [];
    const detail = `signed attribute ${type} is repeated or has not one value`;
    if (DECISIVE.has(type)) return [formatFailure(detail)];
    return CLAIMS.has(type) ? [{ code: 'SIG_CONSTRAINTS_FAILURE', detail }] : [];
  });
}

/** signingTime, ISO 8601 UTC; null when absent or when there are several: a claim that contradicts itself is none. */
export function claimedTimeOf(signer: CmsSigner): string | null {
  const values = attributeValues(signer.signedAttributes, CMS_OID.signingTime);
  return values.length === 1 ? time(values[0]) : null;
}

/** SignerAttribute(V2) must be a SEQUENCE of tagged choices (EN 319 122-1 5.2.6): what cannot be read is claimed by nobody. */
function isReadableClaim(value: DerNode): boolean {
  try {
    return elements(value).every((part) => part.tagClass === 2 && part.tag <= 2 && part.constructed);
  } catch {
    return false;
  }
}

/** Oddities of attributes that change no verdict. */
export function attributeNotes(signer: CmsSigner): SignatureReason[] {
  const claims = [CMS_OID.signerAttributes, CMS_OID.signerAttributesV2].flatMap((type) =>
    attributeValues(signer.signedAttributes, type),
  );
  const notes: SignatureReason[] = [];
  if (!claims.every(isReadableClaim))
    notes.push({ code: 'SIGNER_ATTRIBUTES_MALFORMED', detail: 'claimed attributes cannot be read' });
  if (signer.signedDer !== null)
    notes.push({ code: 'SIGNED_ATTRIBUTES_NOT_DER', detail: 'signed attributes are not in DER' });
  const version = 'serial' in signer.identifier ? 1 : 3;
  if (signer.version !== version)
    notes.push({ code: 'SIGNER_VERSION', detail: `SignerInfo version ${signer.version}, not ${version}` });
  return notes;
}

/** The certificate hash of signing-certificate (SHA-1) or signing-certificate-v2 (any, SHA-256 by default). */
export interface SigningCertificateHash {
  /** OID of the digest algorithm. */
  algorithm: string;
  hash: Uint8Array;
}

/** The first ESSCertID of one attribute value: the signer's own certificate (RFC 5035 5.4). */
function firstHash(value: DerNode, fallback: string): SigningCertificateHash {
  const [first] = elements(elements(value)[0]);
  const parts = elements(first);
  const named = isUniversal(parts[0], TAG.sequence) ? readAlgorithm(parts.shift()) : null;
  return { algorithm: named?.oid ?? fallback, hash: octets(parts[0]!) };
}

const SHA1 = '1.3.14.3.2.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';

/** What both signing-certificate attributes name; empty = neither is there. */
export function signingCertificateHashes(signer: CmsSigner): SigningCertificateHash[] {
  const values = (type: string) => attributeValues(signer.signedAttributes, type);
  return [
    ...values(CMS_OID.signingCertificateV2).map((value) => firstHash(value, SHA256)),
    ...values(CMS_OID.signingCertificate).map((value) => firstHash(value, SHA1)),
  ];
}
