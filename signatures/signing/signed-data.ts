import { createHash, createPublicKey } from 'node:crypto';
import { CongvanError } from '../../config/error.ts';
import { readAlgorithm, verificationOf, verifyBytes } from '../algorithms.ts';
import { CMS_OID } from '../cms/cms.ts';
import { elements, isContext, readDer, whole } from '../der.ts';
import { context, element, integer, octetString, oid, sequence, setOf, time } from '../der-write.ts';
import { digestAlgorithm, type SigningScheme, schemeOf } from './scheme.ts';

/** A certificate with the private key behind it, wherever that lies. */
export interface SigningIdentity {
  /** DER. */
  certificate: Uint8Array;
  /** Issuers that are put beside it, nearest first, DER; a root need not be among them. */
  chain: Uint8Array[];
  /** The signature over the bytes themselves (hashing is part of it), in the form that CMS wants: ECDSA as DER. */
  sign(bytes: Uint8Array, scheme: SigningScheme): Promise<Uint8Array>;
}

/** Gives an RFC 3161 token, DER, over a SHA-256 imprint; null = there is none to be had, and the signature goes without. */
export type StampImprint = (imprint: Uint8Array) => Promise<Uint8Array | null>;

export interface SignedDataOptions {
  /** Digest of the content by the identity's scheme (`schemeOfCertificate`). */
  digest: Uint8Array;
  /** ISO 8601; null = no signingTime attribute: PAdES has /M in its stead (EN 319 142-1 6.3). */
  signingTime: string | null;
  /** Adds a signature time stamp (B-T). */
  timestamp?: StampImprint | undefined;
}

/** The scheme that a certificate's key signs by. Errors: SIGNING_KEY_KIND, DER_INVALID. */
export function schemeOfCertificate(certificate: Uint8Array): SigningScheme {
  return schemeOf(publicKeyOf(certificate));
}

/** tbsCertificate without its optional version: serialNumber, signature, issuer, validity, subject, SPKI … */
function certificateFields(certificate: Uint8Array) {
  const fields = elements(elements(readDer(certificate))[0]);
  return isContext(fields[0], 0) ? fields.slice(1) : fields;
}

function publicKeyOf(certificate: Uint8Array) {
  const spki = whole(certificateFields(certificate)[5]!);
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

const attribute = (type: string, value: Uint8Array): Buffer => sequence(oid(type), setOf(value));

/** ESSCertIDv2 with SHA-256, its default (RFC 5035 4): pins the certificate, as every baseline profile asks. */
function signingCertificateV2(certificate: Uint8Array): Buffer {
  const hash = createHash('sha256').update(certificate).digest();
  const [serial, , issuer] = certificateFields(certificate);
  const generalNames = sequence(element(0xa4, whole(issuer!)));
  return sequence(sequence(sequence(octetString(hash), sequence(generalNames, whole(serial!)))));
}

function signedAttributes(identity: SigningIdentity, options: SignedDataOptions): Buffer {
  const { digest, signingTime } = options;
  return setOf(
    attribute(CMS_OID.contentType, oid(CMS_OID.data)),
    attribute(CMS_OID.messageDigest, octetString(digest)),
    attribute(CMS_OID.signingCertificateV2, signingCertificateV2(identity.certificate)),
    ...(signingTime === null ? [] : [attribute(CMS_OID.signingTime, time(signingTime))]),
  );
}

/** A token, or a file beside it, may hold another key than the certificate's: told now, not by those who verify. */
async function signatureOver(bytes: Uint8Array, identity: SigningIdentity, scheme: SigningScheme) {
  const signature = await identity.sign(bytes, scheme);
  const algorithm = readAlgorithm(readDer(scheme.signatureAlgorithm));
  const how = verificationOf(algorithm, publicKeyOf(identity.certificate), scheme.digest);
  const right = how !== null && how !== 'mismatch' && verifyBytes(how, bytes, signature) === true;
  if (right) return signature;
  throw new CongvanError('SIGNING_KEY_MISMATCH', 'Khóa ký không phải là khóa của chứng thư số đã khai báo.', {
    temporary: false,
  });
}

/**
 * A detached CMS signature, DER (RFC 5652; CAdES baseline B-B, with `timestamp` B-T).
 * Errors: SIGNING_KEY_KIND, SIGNING_KEY_MISMATCH (permanent), and those of `identity.sign` and `timestamp`.
 */
export async function buildSignedData(
  identity: SigningIdentity,
  options: SignedDataOptions,
): Promise<Buffer> {
  const scheme = schemeOfCertificate(identity.certificate);
  const attributes = signedAttributes(identity, options);
  const signature = await signatureOver(attributes, identity, scheme);
  const [serial, , issuer] = certificateFields(identity.certificate);
  const digestId = digestAlgorithm(scheme.digest);
  const imprint = createHash('sha256').update(signature).digest();
  const token = (await options.timestamp?.(imprint)) ?? null;
  const signerInfo = sequence(
    integer(1),
    sequence(whole(issuer!), whole(serial!)),
    digestId,
    // Signed as SET OF, written with the implicit tag (RFC 5652 5.4).
    Buffer.concat([Buffer.of(0xa0), attributes.subarray(1)]),
    scheme.signatureAlgorithm,
    octetString(signature),
    ...(token === null ? [] : [context(1, attribute(CMS_OID.timeStampToken, token))]),
  );
  const signedData = sequence(
    integer(1),
    setOf(digestId),
    sequence(oid(CMS_OID.data)),
    context(0, ...certificateSet(identity)),
    setOf(signerInfo),
  );
  return sequence(oid(CMS_OID.signedData), context(0, signedData));
}

/** Each certificate once, in the order that DER gives a SET OF. */
function certificateSet(identity: SigningIdentity): Buffer[] {
  const all = [identity.certificate, ...identity.chain].map((der) => Buffer.from(der));
  const once = new Map(all.map((der) => [der.toString('base64'), der]));
  return [...once.values()].sort(Buffer.compare);
}
