import { createHash } from 'node:crypto';
import {
  digestName,
  startDigest,
  type Verification,
  verificationOf,
  verifyBytes,
  verifyWindows,
  weaknesses,
} from './algorithms.ts';
import {
  attributeValues,
  CMS_OID,
  type CmsSigner,
  malformedAttributes,
  type SignedData,
  signingCertificateHash,
} from './cms.ts';
import { octets, oid, time } from './der.ts';
import type { SignatureReason } from './types.ts';
import { type Certificate, publicKeyOf } from './x509.ts';

/** The bytes that a signature is over, in windows, so that a large file is never held whole. */
export interface SignedContent {
  feed(sink: (window: Uint8Array) => void): Promise<void>;
}

/** Content that is small and at hand. */
export function contentOf(bytes: Uint8Array): SignedContent {
  return { feed: async (sink) => sink(bytes) };
}

export async function digestOf(content: SignedContent, name: string): Promise<Uint8Array> {
  const running = startDigest(name);
  await content.feed((window) => running.update(window));
  return running.digest();
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

/** The certificate that a signer names, if it is among these. */
export function certificateOf(signer: CmsSigner, certificates: Certificate[]): Certificate | null {
  const { identifier } = signer;
  const found = certificates.find((certificate) =>
    'serial' in identifier
      ? certificate.serial === identifier.serial && certificate.issuer.key === identifier.issuerKey
      : certificate.extensions.subjectKeyId === identifier.subjectKeyId,
  );
  return found ?? null;
}

/** messageDigest against the content, and contentType against the content's (RFC 5652 11.1, 11.2). */
async function checkDigest(
  cms: SignedData,
  signer: CmsSigner,
  content: SignedContent,
): Promise<{ intact: boolean | null; reasons: SignatureReason[] }> {
  const hash = digestName(signer.digestAlgorithm.oid);
  if (hash === null) {
    const detail = `digest algorithm ${signer.digestAlgorithm.oid} is not supported`;
    return { intact: null, reasons: [{ code: 'UNSUPPORTED_ALGORITHM', detail }] };
  }
  const [signed] = attributeValues(signer.signedAttributes, CMS_OID.messageDigest);
  const [type] = attributeValues(signer.signedAttributes, CMS_OID.contentType);
  if (signed === undefined) {
    return {
      intact: false,
      reasons: [{ code: 'FORMAT_FAILURE', detail: 'signed attributes without messageDigest' }],
    };
  }
  if (type !== undefined && oid(type) !== cms.contentType) {
    return {
      intact: false,
      reasons: [{ code: 'FORMAT_FAILURE', detail: 'contentType attribute names another type' }],
    };
  }
  const intact = Buffer.compare(octets(signed), await digestOf(content, hash)) === 0;
  return {
    intact,
    reasons: intact ? [] : [{ code: 'HASH_FAILURE', detail: 'the covered bytes have another digest' }],
  };
}

function checkSigningCertificate(signer: CmsSigner, certificate: Certificate): SignatureReason[] {
  const named = signingCertificateHash(signer);
  if (named === null) return [];
  const hash = digestName(named.algorithm);
  if (hash === null)
    return [{ code: 'UNSUPPORTED_ALGORITHM', detail: 'digest of signing-certificate attribute' }];
  const actual = createHash(hash).update(certificate.der).digest();
  if (Buffer.compare(actual, named.hash) === 0) return [];
  return [{ code: 'SIG_CRYPTO_FAILURE', detail: 'signing-certificate attribute names another certificate' }];
}

async function checkValue(
  signer: CmsSigner,
  verification: Verification,
  content: SignedContent,
): Promise<boolean | null> {
  if (signer.signedBytes !== null) return verifyBytes(verification, signer.signedBytes, signer.signature);
  return verifyWindows(verification, content.feed, signer.signature);
}

function claimedTimeOf(signer: CmsSigner): string | null {
  const [value] = attributeValues(signer.signedAttributes, CMS_OID.signingTime);
  return value === undefined ? null : time(value);
}

const UNSUPPORTED: SignatureReason = {
  code: 'UNSUPPORTED_ALGORITHM',
  detail: 'signature algorithm or key is not supported',
};
const FALSE_VALUE: SignatureReason = {
  code: 'SIG_CRYPTO_FAILURE',
  detail: 'signature value does not fit key and signed bytes',
};

/**
 * Checks one signer over the content (RFC 5652 5.4, 5.6). `certificates` = those inside the CMS and others at hand.
 * May throw CongvanError DER_INVALID for malformed attributes.
 */
export async function checkSigner(
  cms: SignedData,
  signer: CmsSigner,
  certificates: Certificate[],
  content: SignedContent,
): Promise<SignerFacts> {
  const certificate = certificateOf(signer, certificates);
  const reasons: SignatureReason[] = malformedAttributes(signer.signedAttributes).map((type) => ({
    code: 'FORMAT_FAILURE',
    detail: `signed attribute ${type} is repeated or has not one value`,
  }));
  const hash = digestName(signer.digestAlgorithm.oid);
  const digest = signer.signedBytes === null ? null : await checkDigest(cms, signer, content);
  reasons.push(...(digest?.reasons ?? []));
  const claimedTime = claimedTimeOf(signer);
  if (certificate === null) {
    reasons.push({ code: 'NO_SIGNING_CERTIFICATE_FOUND', detail: 'the signer’s certificate is not at hand' });
    return {
      certificate,
      intact: digest?.intact ?? null,
      authentic: null,
      claimedTime,
      weak: weaknesses(hash, null),
      reasons,
    };
  }
  const key = publicKeyOf(certificate);
  const verification = key === null ? null : verificationOf(signer.signatureAlgorithm, key, hash);
  let authentic: boolean | null = null;
  if (verification === 'mismatch') authentic = false;
  else if (verification !== null) authentic = await checkValue(signer, verification, content);
  if (authentic === null) reasons.push(UNSUPPORTED);
  if (authentic === false) reasons.push(FALSE_VALUE);
  reasons.push(...checkSigningCertificate(signer, certificate));
  // Without signed attributes the value is over the content itself: one check answers both questions.
  const intact = digest === null ? authentic : digest.intact;
  return { certificate, intact, authentic, claimedTime, weak: weaknesses(hash, key), reasons };
}
