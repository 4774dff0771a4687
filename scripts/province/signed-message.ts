import { createHash } from 'node:crypto';
import { type Signer, signatureAlgorithm, signValue } from './certificates.ts';
import {
  context,
  element,
  generalizedTime,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from './der-writer.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

export interface MessageOptions {
  /** Null = no signingTime attribute. */
  signingTime: string | null;
  /** Put the issuers' certificates beside the signer's. */
  chainIncluded: boolean;
  /** Adds signing-certificate-v2, as CAdES asks. */
  cades: boolean;
  hash?: 'sha256' | 'sha1';
  timestamp?: { server: Signer; genTime: string };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const attribute = (type: string, value: Buffer) => sequence(oid(type), setOf(value));

/** First elements inside a DER certificate: issuer name and serial number, as the signer's identifier. */
function issuerAndSerial(certificate: Buffer): Buffer {
  const [tbs] = split(certificate);
  const fields = split(tbs!);
  return sequence(fields[3]!, fields[1]!);
}

/** The elements directly inside a constructed element. */
function split(der: Buffer): Buffer[] {
  const header = (at: number): [start: number, length: number] => {
    const first = der[at + 1]!;
    if (first < 0x80) return [at + 2, first];
    const count = first & 0x7f;
    return [at + 2 + count, der.readUIntBE(at + 2, count)];
  };
  const [start, length] = header(0);
  const parts: Buffer[] = [];
  for (let at = start; at < start + length; ) {
    const [inner, size] = header(at);
    parts.push(der.subarray(at, inner + size));
    at = inner + size;
  }
  return parts;
}

interface Body {
  contentType: string;
  content: Buffer | null;
  digest: Buffer;
}

function signedAttributes(signer: Signer, body: Body, options: MessageOptions): Buffer[] {
  return [
    attribute(OID.contentType, oid(body.contentType)),
    attribute(OID.messageDigest, octetString(body.digest)),
    ...(options.signingTime === null ? [] : [attribute(OID.signingTime, time(options.signingTime))]),
    ...(options.cades
      ? [
          attribute(
            OID.signingCertificateV2,
            sequence(sequence(sequence(octetString(sha256(signer.certificate))))),
          ),
        ]
      : []),
  ];
}

function signedData(signer: Signer, body: Body, options: MessageOptions): Buffer {
  const hash = options.hash ?? 'sha256';
  const digestAlgorithm = sequence(oid(OID[hash]), nullValue());
  const attributes = setOf(...signedAttributes(signer, body, options));
  const signature = signValue(signer.privateKey, signer.kind, attributes, hash);
  const implicit = Buffer.concat([Buffer.of(0xa0), attributes.subarray(1)]);
  const { timestamp } = options;
  const unsigned =
    timestamp === undefined
      ? []
      : [
          context(
            1,
            attribute(OID.timeStampToken, makeTimestamp(timestamp.server, signature, timestamp.genTime)),
          ),
        ];
  const signerInfo = sequence(
    integer(1),
    issuerAndSerial(signer.certificate),
    digestAlgorithm,
    implicit,
    signatureAlgorithm(signer.kind, hash),
    octetString(signature),
    ...unsigned,
  );
  const certificates = [signer.certificate, ...(options.chainIncluded ? signer.chain : [])];
  const encapsulated = sequence(
    oid(body.contentType),
    ...(body.content === null ? [] : [context(0, octetString(body.content))]),
  );
  const data = sequence(
    integer(1),
    element(0x31, digestAlgorithm),
    encapsulated,
    context(0, ...certificates),
    element(0x31, signerInfo),
  );
  return sequence(oid(OID.signedData), context(0, data));
}

/** A detached CMS signature over content of which the digest is given. */
export function makeDetachedSignature(signer: Signer, digest: Buffer, options: MessageOptions): Buffer {
  return signedData(signer, { contentType: OID.data, content: null, digest }, options);
}

/** A CMS signature that carries its content. */
export function makeEnclosingSignature(signer: Signer, content: Buffer, options: MessageOptions): Buffer {
  const hash = options.hash ?? 'sha256';
  const digest = createHash(hash).update(content).digest();
  return signedData(signer, { contentType: OID.data, content, digest }, options);
}

/** An RFC 3161 token over `stamped`. */
export function makeTimestamp(server: Signer, stamped: Uint8Array, genTime: string): Buffer {
  const imprint = sequence(sequence(oid(OID.sha256), nullValue()), octetString(sha256(stamped)));
  const info = sequence(
    integer(1),
    oid('1.2.3.4.1'),
    imprint,
    integer(Date.parse(genTime) / 1000),
    generalizedTime(genTime),
  );
  const body = { contentType: OID.tstInfo, content: info, digest: sha256(info) };
  return signedData(server, body, { signingTime: genTime, chainIncluded: true, cades: true });
}
