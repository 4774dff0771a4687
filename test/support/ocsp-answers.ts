/** OCSP responses as a responder makes them, right ones and lying ones (RFC 6960 4.2.1). */
import { createHash } from 'node:crypto';
import {
  type Authority,
  extension,
  type KeyKind,
  publicKeyInfo,
  type Signer,
  signatureAlgorithm,
  signValue,
} from '../../scripts/province/certificates.ts';
import { readCertificate } from '../../signatures/certificates/x509.ts';
import { elements, bitString as readBitString, readDer, whole } from '../../signatures/der.ts';
import {
  bitString,
  context,
  element,
  generalizedTime,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../../signatures/der-write.ts';

type CertIdHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const HASH_OID: Record<CertIdHash, string> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** What is said of one certificate. Instants are ISO 8601. */
export interface SingleParts {
  certificate: Uint8Array;
  issuer: Uint8Array;
  status?: 'good' | 'unknown' | { revokedAt: string; reason?: number };
  thisUpdate: string;
  /** Null = left out. */
  nextUpdate: string | null;
  hash?: CertIdHash;
  /** Another serial number than the certificate's. */
  serial?: number;
  /** Another key than the issuer's, DER SubjectPublicKeyInfo. */
  issuerKey?: Uint8Array;
  /** Another name than the issuer's, DER. */
  issuerName?: Uint8Array;
  extensions?: Buffer[];
}

function keyBitsOf(spki: Uint8Array): Uint8Array {
  return readBitString(elements(readDer(spki))[1]);
}

function statusOf(status: NonNullable<SingleParts['status']>): Buffer {
  if (status === 'good') return element(0x80);
  if (status === 'unknown') return element(0x82);
  const reason = status.reason === undefined ? [] : [context(0, element(0x0a, Buffer.of(status.reason)))];
  return context(1, generalizedTime(status.revokedAt), ...reason);
}

export function single(parts: SingleParts): Buffer {
  const { hash = 'sha1', extensions = [] } = parts;
  const subject = readCertificate(parts.certificate);
  const issuer = readCertificate(parts.issuer);
  const digest = (bytes: Uint8Array) => octetString(createHash(hash).update(bytes).digest());
  const id = sequence(
    sequence(oid(HASH_OID[hash]), nullValue()),
    digest(parts.issuerName ?? whole(elements(readDer(issuer.tbs))[5]!)),
    digest(keyBitsOf(parts.issuerKey ?? issuer.spki)),
    integer(parts.serial ?? Buffer.from(subject.serial, 'hex')),
  );
  return sequence(
    id,
    statusOf(parts.status ?? 'good'),
    generalizedTime(parts.thisUpdate),
    ...(parts.nextUpdate === null ? [] : [context(0, generalizedTime(parts.nextUpdate))]),
    ...(extensions.length === 0 ? [] : [context(1, sequence(...extensions))]),
  );
}

export interface ResponseParts {
  singles: Buffer[];
  /** Whose key signs. */
  signer: Pick<Signer, 'certificate' | 'privateKey'> & { kind?: KeyKind };
  /** How the responder names itself; a certificate = under that one's name instead. */
  by?: 'name' | 'key' | Uint8Array;
  producedAt: string;
  certificates?: Uint8Array[];
  extensions?: Buffer[];
}

function responderId({ by = 'key', signer }: ResponseParts): Buffer {
  if (by === 'key') {
    const bits = keyBitsOf(publicKeyInfo(signer.privateKey));
    return context(2, octetString(createHash('sha1').update(bits).digest()));
  }
  const named = readCertificate(by === 'name' ? signer.certificate : by);
  return context(1, whole(elements(readDer(named.tbs))[5]!));
}

/** A bare BasicOCSPResponse. */
export function basicResponse(parts: ResponseParts): Buffer {
  const { certificates = [], extensions = [], signer } = parts;
  const kind = signer.kind ?? 'rsa';
  const tbs = sequence(
    responderId(parts),
    generalizedTime(parts.producedAt),
    sequence(...parts.singles),
    ...(extensions.length === 0 ? [] : [context(1, sequence(...extensions))]),
  );
  return sequence(
    tbs,
    signatureAlgorithm(kind),
    bitString(signValue(signer.privateKey, kind, tbs)),
    ...(certificates.length === 0 ? [] : [context(0, sequence(...certificates))]),
  );
}

/** OCSPResponse around it, as it comes over the network. */
export function wholeResponse(basic: Uint8Array): Buffer {
  const bytes = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic));
  return sequence(element(0x0a, Buffer.of(0)), context(0, bytes));
}

/** A responder that will not answer (`tryLater` = 3, `unauthorized` = 6 …). */
export function failedResponse(status: number): Buffer {
  return sequence(element(0x0a, Buffer.of(status)));
}

export const nonceExtension = (nonce: Uint8Array): Buffer =>
  extension('1.3.6.1.5.5.7.48.1.2', false, octetString(nonce));

export const archiveCutoff = (at: string): Buffer =>
  extension('1.3.6.1.5.5.7.48.1.6', false, generalizedTime(at));

/** extendedKeyUsage of a delegated responder, or of something else. */
export const purposes = (...ids: string[]): Buffer =>
  extension('2.5.29.37', false, sequence(...ids.map((id) => oid(id))));

export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
export const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

const uri = (url: string): Buffer => element(0x86, Buffer.from(url, 'latin1'));

/** Authority information access: where responders and issuers are. */
export function authorityAccess(addresses: { ocsp?: string[]; issuers?: string[] }): Buffer {
  const entry = (method: string) => (url: string) => sequence(oid(method), uri(url));
  return extension(
    '1.3.6.1.5.5.7.1.1',
    false,
    sequence(
      ...(addresses.ocsp ?? []).map(entry('1.3.6.1.5.5.7.48.1')),
      ...(addresses.issuers ?? []).map(entry('1.3.6.1.5.5.7.48.2')),
    ),
  );
}

/** cRLDistributionPoints, one point for each address. */
export function listPoints(...urls: string[]): Buffer {
  return extension(
    '2.5.29.31',
    false,
    sequence(...urls.map((url) => sequence(context(0, context(0, uri(url)))))),
  );
}

/** A complete revocation list with these dates, of nobody or of so many serial numbers. */
export function listOf(
  authority: Authority,
  thisUpdate: string,
  nextUpdate: string | null,
  count = 0,
): Buffer {
  const algorithm = signatureAlgorithm('rsa');
  const dates = [thisUpdate, ...(nextUpdate === null ? [] : [nextUpdate])].map(generalizedTime);
  const entries = Array.from({ length: count }, (_, at) =>
    sequence(integer(at + 1), generalizedTime(thisUpdate)),
  );
  const revoked = count === 0 ? [] : [sequence(...entries)];
  const tbs = sequence(integer(1), algorithm, authority.subject, ...dates, ...revoked);
  return sequence(tbs, algorithm, bitString(signValue(authority.privateKey, 'rsa', tbs)));
}
