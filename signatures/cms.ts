import { type AlgorithmIdentifier, readAlgorithm } from './algorithms.ts';
import {
  children,
  content,
  type DerNode,
  elements,
  header,
  integerHex,
  isContext,
  isUniversal,
  octets,
  oid,
  readDer,
  TAG,
  whole,
} from './der.ts';
import { readName } from './names.ts';

export const CMS_OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
  contentTimeStamp: '1.2.840.113549.1.9.16.2.20',
  signaturePolicy: '1.2.840.113549.1.9.16.2.15',
  signerAttributes: '1.2.840.113549.1.9.16.2.18',
  signerAttributesV2: '0.4.0.19122.1.1',
  adobeRevocation: '1.2.840.113583.1.1.8',
} as const;

/** Attributes that may stand once and with one value only (RFC 5652 11, RFC 5035, EN 319 122-1). */
const SINGLE_VALUED = new Set<string>([
  CMS_OID.contentType,
  CMS_OID.messageDigest,
  CMS_OID.signingTime,
  CMS_OID.signingCertificate,
  CMS_OID.signingCertificateV2,
  CMS_OID.signaturePolicy,
  CMS_OID.signerAttributes,
  CMS_OID.signerAttributesV2,
]);

export interface CmsAttribute {
  type: string;
  values: DerNode[];
}

export interface CmsSigner {
  /** Which certificate: by issuer and serial number, or by subject key identifier. */
  identifier: { issuerKey: string; serial: string } | { subjectKeyId: string };
  digestAlgorithm: AlgorithmIdentifier;
  signatureAlgorithm: AlgorithmIdentifier;
  signature: Uint8Array;
  /** Signed attributes re-tagged as SET OF: exactly the bytes that are signed (RFC 5652 5.4). Null = none. */
  signedBytes: Uint8Array | null;
  signedAttributes: CmsAttribute[];
  unsignedAttributes: CmsAttribute[];
}

export interface SignedData {
  contentType: string;
  /** Null = detached. */
  content: Uint8Array | null;
  /** DER of every X.509 certificate inside; other kinds are passed over. */
  certificates: Uint8Array[];
  crls: Uint8Array[];
  signers: CmsSigner[];
  /** Octets that the ContentInfo itself takes; what follows in /Contents is padding. */
  length: number;
}

function readAttributes(node: DerNode | undefined): CmsAttribute[] {
  if (node === undefined) return [];
  return children(node).map((attribute) => {
    const [type, values] = elements(attribute);
    return { type: oid(type), values: elements(values, TAG.set) };
  });
}

function readIdentifier(node: DerNode): CmsSigner['identifier'] {
  if (isContext(node, 0)) return { subjectKeyId: Buffer.from(octets(node)).toString('hex') };
  const [issuer, serial] = elements(node);
  return { issuerKey: readName(issuer).key, serial: integerHex(serial) };
}

function retagged(attributes: DerNode): Uint8Array {
  const inner = content(attributes);
  return Buffer.concat([header(0x31, inner.length), inner]);
}

function readSigner(node: DerNode): CmsSigner {
  const [, identifier, digestAlgorithm, ...rest] = elements(node);
  const signed = isContext(rest[0], 0) ? rest.shift()! : null;
  const [signatureAlgorithm, signature, unsigned] = rest;
  return {
    identifier: readIdentifier(identifier!),
    digestAlgorithm: readAlgorithm(digestAlgorithm),
    signatureAlgorithm: readAlgorithm(signatureAlgorithm),
    signature: octets(signature!),
    signedBytes: signed === null ? null : retagged(signed),
    signedAttributes: signed === null ? [] : readAttributes(signed),
    unsignedAttributes: isContext(unsigned, 1) ? readAttributes(unsigned) : [],
  };
}

function readContent(node: DerNode | undefined): { contentType: string; content: Uint8Array | null } {
  const [type, explicit] = elements(node);
  if (explicit === undefined) return { contentType: oid(type), content: null };
  const inner = children(explicit)[0];
  if (inner === undefined) return { contentType: oid(type), content: null };
  // QUIRK: PKCS #7 v1.5 content is any element, not an OCTET STRING; the content octets are what is digested.
  const bytes = isUniversal(inner, TAG.octetString) ? octets(inner) : content(inner);
  return { contentType: oid(type), content: bytes };
}

/**
 * Reads a ContentInfo with SignedData (RFC 5652), BER or DER. Padding behind it is tolerated here and told by `length`.
 * Throws CongvanError DER_INVALID when it is none.
 */
export function readSignedData(bytes: Uint8Array): SignedData {
  const outer = readDer(bytes);
  const [type, explicit] = elements(outer);
  if (oid(type) !== CMS_OID.signedData || explicit === undefined) {
    return {
      contentType: oid(type),
      content: null,
      certificates: [],
      crls: [],
      signers: [],
      length: outer.end,
    };
  }
  const [, , encapsulated, ...rest] = elements(children(explicit)[0]);
  const certificates = isContext(rest[0], 0) ? children(rest.shift()!) : [];
  const crls = isContext(rest[0], 1) ? children(rest.shift()!) : [];
  return {
    ...readContent(encapsulated),
    certificates: certificates.filter((node) => isUniversal(node, TAG.sequence)).map(whole),
    crls: crls.filter((node) => isUniversal(node, TAG.sequence)).map(whole),
    signers: elements(rest[0], TAG.set).map(readSigner),
    length: outer.end,
  };
}

/** The values of an attribute, of all its occurrences. */
export function attributeValues(attributes: CmsAttribute[], type: string): DerNode[] {
  return attributes.flatMap((attribute) => (attribute.type === type ? attribute.values : []));
}

/** Types of signed attributes that stand more often, or with more or fewer values, than the standards allow. */
export function malformedAttributes(attributes: CmsAttribute[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of attributes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts.keys()].filter(
    (type) =>
      SINGLE_VALUED.has(type) && (counts.get(type)! > 1 || attributeValues(attributes, type).length !== 1),
  );
}

/** The certificate hash of signing-certificate (SHA-1) or signing-certificate-v2 (any, SHA-256 by default). */
export interface SigningCertificateHash {
  /** OID of the digest algorithm. */
  algorithm: string;
  hash: Uint8Array;
}

/** The first ESSCertID of the attribute: the signer's own certificate (RFC 5035 5.4). Null = attribute absent. */
export function signingCertificateHash(signer: CmsSigner): SigningCertificateHash | null {
  const [v2] = attributeValues(signer.signedAttributes, CMS_OID.signingCertificateV2);
  const [v1] = attributeValues(signer.signedAttributes, CMS_OID.signingCertificate);
  const value = v2 ?? v1;
  if (value === undefined) return null;
  const [first] = elements(elements(value)[0]);
  const parts = elements(first);
  const named = v2 !== undefined && isUniversal(parts[0], TAG.sequence) ? readAlgorithm(parts.shift()) : null;
  const algorithm = named?.oid ?? (v2 === undefined ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1');
  return { algorithm, hash: octets(parts[0]!) };
}
