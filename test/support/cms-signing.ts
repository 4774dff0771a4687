/** CMS files of every shape, good and bad: what a SignerInfo holds is the test's to say. */
import { createHash } from 'node:crypto';
import { issueTimestampServer } from '../../scripts/province/certificates.ts';
import {
  context,
  element,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from '../../scripts/province/der-writer.ts';
import { makeTimestamp } from '../../scripts/province/signed-message.ts';
import { elements, isContext, readDer, whole } from '../../signatures/der.ts';
import {
  cmsAuthority,
  digestAlgorithm,
  type HashName,
  type KeyedCertificate,
  LIFE,
  rsa,
  type Scheme,
} from './cms-keys.ts';

export const TYPE = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  enveloped: '1.2.840.113549.1.7.3',
  authenticated: '1.2.840.113549.1.9.16.1.2',
} as const;
export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  counterSignature: '1.2.840.113549.1.9.6',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStamp: '1.2.840.113549.1.9.16.2.14',
  contentTimeStamp: '1.2.840.113549.1.9.16.2.20',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  archiveV2: '1.2.840.113549.1.9.16.2.48',
  archiveV3: '0.4.0.1733.2.4',
  hashIndexV3: '0.4.0.19122.1.5',
} as const;

export const stampServer = issueTimestampServer(cmsAuthority, 'Máy chủ cấp dấu thời gian CMS', LIFE);
export const STAMPED_AT = '2026-09-07T02:05:00.000Z';
/** An RFC 3161 token over these bytes. */
export const stamp = (bytes: Uint8Array, at = STAMPED_AT): Buffer => makeTimestamp(stampServer, bytes, at);

export function digest(bytes: Uint8Array, hash: HashName = 'sha256'): Buffer {
  const options = hash === 'shake256' ? { outputLength: 64 } : {};
  return createHash(hash, options).update(bytes).digest();
}

export const attribute = (type: string, ...values: Buffer[]): Buffer =>
  sequence(oid(type), element(0x31, ...values));

export const signingTime = (at: string): Buffer => attribute(ATTRIBUTE.signingTime, time(at));
export const signingCertificateV2 = (certificate: Buffer): Buffer =>
  attribute(ATTRIBUTE.signingCertificateV2, sequence(sequence(sequence(octetString(digest(certificate))))));

/** Issuer and serial number, as a SignerInfo names them. */
function issuerAndSerial(certificate: Buffer): Buffer {
  const [tbs] = elements(readDer(certificate));
  const [, serial, , issuer] = elements(tbs);
  return sequence(whole(issuer!), whole(serial!));
}

/** subjectKeyIdentifier as the factory makes it: SHA-1 of the whole subjectPublicKeyInfo. */
function keyIdentifier(certificate: Buffer): Buffer {
  const [tbs] = elements(readDer(certificate));
  const spki = elements(tbs).filter((part) => !isContext(part, 0))[5];
  return element(0x80, createHash('sha1').update(whole(spki!)).digest());
}

export interface SignerPlan {
  by: KeyedCertificate;
  scheme?: Scheme;
  hash?: HashName;
  contentType?: string;
  byKeyIdentifier?: boolean;
  /** The signed attributes from the usual two (contentType, messageDigest); null = none at all. */
  attributes?: ((usual: Buffer[]) => Buffer[]) | null;
  /** The SET OF that is put into the file, from the DER that is signed; default that very one. */
  encode?: (der: Buffer) => Buffer;
  /** Bytes that are signed instead of the DER of the attributes. */
  signed?: (der: Buffer) => Buffer;
  /** Unsigned attributes, from signature value and the fields that an archive stamp covers. */
  unsigned?: (signature: Buffer, fields: Buffer) => Buffer[];
  /** The signature value instead of the true one. */
  value?: (signature: Buffer) => Buffer;
}

/** A SignerInfo over `content`. */
export function signerInfo(plan: SignerPlan, content: Uint8Array): Buffer {
  const { by, hash = 'sha256', scheme = rsa('sha256'), contentType = TYPE.data, attributes } = plan;
  const usual = [
    attribute(ATTRIBUTE.contentType, oid(contentType)),
    attribute(ATTRIBUTE.messageDigest, octetString(digest(content, hash))),
  ];
  const der = attributes === null ? null : setOf(...(attributes ?? ((all) => all))(usual));
  const over = der === null ? content : (plan.signed ?? ((all) => all))(der);
  const value = (plan.value ?? ((all) => all))(scheme.sign(over, by.privateKey));
  const named = plan.byKeyIdentifier === true;
  const fields = Buffer.concat([
    integer(named ? 3 : 1),
    named ? keyIdentifier(by.certificate) : issuerAndSerial(by.certificate),
    digestAlgorithm(hash),
    ...(der === null ? [] : [Buffer.of(0xa0), (plan.encode ?? ((all) => all))(der).subarray(1)]),
    scheme.algorithm,
    octetString(value),
  ]);
  const unsigned = plan.unsigned?.(value, fields) ?? [];
  return sequence(fields, ...(unsigned.length === 0 ? [] : [context(1, ...unsigned)]));
}

export interface FilePlan {
  /** Content inside; null = detached. */
  content: Uint8Array | null;
  contentType?: string;
  signers: Buffer[];
  certificates?: Buffer[];
  /** RevocationInfoChoices. */
  crls?: Buffer[];
  /** Indefinite lengths and the content in chunks, as BER allows. */
  ber?: boolean;
}

const END = Buffer.of(0, 0);
const indefinite = (identifier: number, ...items: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.of(identifier, 0x80), ...items, END]);

function inChunks(content: Uint8Array): Buffer {
  const half = content.length >> 1;
  return indefinite(0x24, octetString(content.subarray(0, half)), octetString(content.subarray(half)));
}

/** A ContentInfo with SignedData. */
export function signedFile(plan: FilePlan): Buffer {
  const { content, contentType = TYPE.data, signers, certificates = [], crls = [], ber = false } = plan;
  const wrap = ber ? indefinite : element;
  const inner = content === null ? [] : [wrap(0xa0, ber ? inChunks(content) : octetString(content))];
  const data = wrap(
    0x30,
    integer(1),
    setOf(digestAlgorithm('sha256')),
    wrap(0x30, oid(contentType), ...inner),
    ...(certificates.length === 0 ? [] : [wrap(0xa0, ...certificates)]),
    ...(crls.length === 0 ? [] : [wrap(0xa1, ...crls)]),
    element(0x31, ...signers),
  );
  return wrap(0x30, oid(TYPE.signedData), wrap(0xa0, data));
}

/** The common case: one signer, its certificate beside. */
export function signedBy(plan: SignerPlan, content: Uint8Array, file: Partial<FilePlan> = {}): Buffer {
  return signedFile({
    content,
    signers: [signerInfo(plan, content)],
    certificates: [plan.by.certificate],
    ...(plan.contentType === undefined ? {} : { contentType: plan.contentType }),
    ...file,
  });
}

/** A ContentInfo of another kind, empty of sense. */
export const otherInfo = (type: string): Buffer =>
  sequence(oid(type), context(0, sequence(integer(0), octetString(Buffer.from('x')))));
