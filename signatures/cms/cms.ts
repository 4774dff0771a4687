import { CongvanError } from '../../config/error.ts';
import { type AlgorithmIdentifier, readAlgorithm } from '../algorithms.ts';
import { readName } from '../certificates/names.ts';
import {
  children,
  content,
  type DerNode,
  derEncoding,
  elements,
  header,
  integerHex,
  isContext,
  isUniversal,
  octets,
  oid,
  readDer,
  smallInteger,
  TAG,
  whole,
} from '../der.ts';

export const CMS_OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  digestedData: '1.2.840.113549.1.7.5',
  encryptedData: '1.2.840.113549.1.7.6',
  authenticatedData: '1.2.840.113549.1.9.16.1.2',
  compressedData: '1.2.840.113549.1.9.16.1.9',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  counterSignature: '1.2.840.113549.1.9.6',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
  contentTimeStamp: '1.2.840.113549.1.9.16.2.20',
  signaturePolicy: '1.2.840.113549.1.9.16.2.15',
  signerAttributes: '1.2.840.113549.1.9.16.2.18',
  signerAttributesV2: '0.4.0.19122.1.1',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  archiveTimeStamp: '1.2.840.113549.1.9.16.2.27',
  archiveTimeStampV2: '1.2.840.113549.1.9.16.2.48',
  archiveTimeStampV3: '0.4.0.1733.2.4',
  hashIndex: '0.4.0.1733.2.5',
  hashIndexV3: '0.4.0.19122.1.5',
  adobeRevocation: '1.2.840.113583.1.1.8',
  ocspResponseInfo: '1.3.6.1.5.5.7.16.2',
} as const;

/** Most signers of one SignedData: real ones have one to three. */
const MAX_SIGNERS = 64;
/** Most certificates taken from one SignedData, the first ones: a chain has four. */
const MAX_CERTIFICATES = 256;

export interface CmsAttribute {
  type: string;
  values: DerNode[];
  /** The whole attribute. */
  node: DerNode;
}

export interface CmsSigner {
  /** The whole SignerInfo. */
  node: DerNode;
  /** RFC 5652 5.3: 1 with issuer and serial number, 3 with subject key identifier. */
  version: number;
  /** Which certificate: by issuer and serial number, or by subject key identifier. */
  identifier: { issuerKey: string; serial: string } | { subjectKeyId: string };
  digestAlgorithm: AlgorithmIdentifier;
  signatureAlgorithm: AlgorithmIdentifier;
  signature: Uint8Array;
  /** Signed attributes re-tagged as SET OF, as they stand: the bytes that are signed when they are DER. Null = none. */
  signedBytes: Uint8Array | null;
  /** The same in DER (RFC 5652 5.4), when that is something else; null when it is not. */
  signedDer: Uint8Array | null;
  signedAttributes: CmsAttribute[];
  unsignedAttributes: CmsAttribute[];
}

export interface SignedData {
  /** OID of the ContentInfo: `signedData`, or what it is instead (then there are no signers). */
  kind: string;
  contentType: string;
  /** Null = detached. */
  content: Uint8Array | null;
  /** DER of every X.509 certificate inside; other kinds are passed over. */
  certificates: Uint8Array[];
  crls: Uint8Array[];
  /** OCSP responses of RFC 5940. */
  ocsps: Uint8Array[];
  signers: CmsSigner[];
  /** encapContentInfo, certificates and crls with their tags, as they stand: what archive time stamps cover. */
  parts: { encapsulated: DerNode; certificates: DerNode | null; crls: DerNode | null } | null;
  /** Octets that the ContentInfo itself takes; what follows in /Contents is padding. */
  length: number;
}

function readAttributes(node: DerNode | undefined): CmsAttribute[] {
  if (node === undefined) return [];
  return children(node).map((attribute) => {
    const [type, values] = elements(attribute);
    return { type: oid(type), values: elements(values, TAG.set), node: attribute };
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

/** The same bytes re-encoded, when they are not DER already. */
function inDer(bytes: Uint8Array): Uint8Array | null {
  const der = derEncoding(readDer(bytes));
  return Buffer.compare(der, bytes) === 0 ? null : der;
}

/** Reads a SignerInfo, also one that is a counter-signature. Throws CongvanError DER_INVALID. */
export function readSigner(node: DerNode): CmsSigner {
  const [version, identifier, digestAlgorithm, ...rest] = elements(node);
  const signed = isContext(rest[0], 0) ? rest.shift()! : null;
  const [signatureAlgorithm, signature, unsigned] = rest;
  const signedBytes = signed === null ? null : retagged(signed);
  return {
    node,
    version: smallInteger(version),
    identifier: readIdentifier(identifier!),
    digestAlgorithm: readAlgorithm(digestAlgorithm),
    signatureAlgorithm: readAlgorithm(signatureAlgorithm),
    signature: octets(signature!),
    signedBytes,
    signedDer: signedBytes === null ? null : inDer(signedBytes),
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

/** OCSP responses among the revocation choices: [1] { id-ri-ocsp-response, OCSPResponse } (RFC 5940 2.1). */
function ocspChoices(choices: DerNode[]): Uint8Array[] {
  return choices.flatMap((choice) => {
    if (!isContext(choice, 1)) return [];
    const [type, response] = children(choice);
    return response !== undefined && oid(type) === CMS_OID.ocspResponseInfo ? [whole(response)] : [];
  });
}

function readSigners(node: DerNode | undefined): CmsSigner[] {
  const infos = elements(node, TAG.set);
  if (infos.length > MAX_SIGNERS)
    throw new CongvanError('CMS_LIMIT', `more than ${MAX_SIGNERS} signers`, { temporary: false });
  return infos.map(readSigner);
}

/**
 * Reads a ContentInfo with SignedData (RFC 5652), BER or DER. Padding behind it is tolerated here and told by `length`.
 * Throws CongvanError DER_INVALID when it is none, CMS_LIMIT when it has too many signers.
 */
export function readSignedData(bytes: Uint8Array): SignedData {
  const outer = readDer(bytes);
  const [type, explicit] = elements(outer);
  const kind = oid(type);
  if (kind !== CMS_OID.signedData || explicit === undefined) {
    const nothing = { content: null, certificates: [], crls: [], ocsps: [], signers: [], parts: null };
    return { kind, contentType: kind, ...nothing, length: outer.end };
  }
  const [, , encapsulated, ...rest] = elements(children(explicit)[0]);
  const certificates = isContext(rest[0], 0) ? rest.shift()! : null;
  const crls = isContext(rest[0], 1) ? rest.shift()! : null;
  const certificateChoices = certificates === null ? [] : children(certificates);
  const crlChoices = crls === null ? [] : children(crls);
  const sequences = (nodes: DerNode[]) => nodes.filter((node) => isUniversal(node, TAG.sequence)).map(whole);
  return {
    kind,
    ...readContent(encapsulated),
    certificates: sequences(certificateChoices).slice(0, MAX_CERTIFICATES),
    crls: sequences(crlChoices),
    ocsps: ocspChoices(crlChoices),
    signers: readSigners(rest[0]),
    parts: { encapsulated: encapsulated!, certificates, crls },
    length: outer.end,
  };
}

/** The values of an attribute, of all its occurrences. */
export function attributeValues(attributes: CmsAttribute[], type: string): DerNode[] {
  return attributes.flatMap((attribute) => (attribute.type === type ? attribute.values : []));
}
