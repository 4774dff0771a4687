/** What is asked of the network: OCSP requests (RFC 6960 4.1), and where lists, responders and issuers are to be found. */
import { createHash } from 'node:crypto';
import type { DistributionPoint } from '../certificates/distribution-points.ts';
import type { GeneralName } from '../certificates/general-names.ts';
import type { Certificate } from '../certificates/x509.ts';
import { bitString, children, elements, isContext, octets, oid, readDer, whole } from '../der.ts';
import { context, nullValue, octetString, sequence, oid as writtenOid } from '../der-write.ts';
import type { EvidenceRequest } from '../types.ts';
import { OCSP_OID, type OcspResponse } from './ocsp-response.ts';

/** Addresses of one kind that are asked for one certificate: real ones name one or two. */
const MAX_ADDRESSES = 2;
/** Characters of an address. */
const MAX_ADDRESS = 1_000;

/** AlgorithmIdentifier of SHA-1: the only one that every responder answers (RFC 5019 2.1.1); it guards nothing here. */
const SHA1 = sequence(writtenOid('1.3.14.3.2.26'), nullValue());

function sha1(bytes: Uint8Array): Uint8Array {
  return octetString(createHash('sha1').update(bytes).digest());
}

/** Serial number and issuer name exactly as the certificate has them. */
function serialAndIssuer(certificate: Certificate): [serial: Uint8Array, issuer: Uint8Array] {
  const fields = elements(readDer(certificate.tbs));
  const first = isContext(fields[0], 0) ? 1 : 0;
  return [whole(fields[first]!), whole(fields[first + 2]!)];
}

/**
 * DER of an OCSP request for one certificate. `nonce` only where the answer is fetched for this question alone: an answer
 * that is shared or kept cannot have one. Throws CongvanError DER_INVALID when the issuer's key is malformed.
 */
export function ocspRequest(certificate: Certificate, issuer: Certificate, nonce?: Uint8Array): Uint8Array {
  const [serial, issuerName] = serialAndIssuer(certificate);
  const issuerKey = bitString(elements(readDer(issuer.spki))[1]);
  const id = sequence(SHA1, sha1(issuerName), sha1(issuerKey), serial);
  const list = sequence(sequence(id));
  if (nonce === undefined) return sequence(sequence(list));
  const extension = sequence(writtenOid(OCSP_OID.nonce), octetString(octetString(nonce)));
  return sequence(sequence(list, context(2, sequence(extension))));
}

function nonceOf(request: Uint8Array): Uint8Array | null {
  const fields = elements(elements(readDer(request))[0]);
  const explicit = fields.find((part) => isContext(part, 2));
  const extensions = explicit === undefined ? [] : elements(children(explicit)[0]);
  const nonce = extensions.map((one) => elements(one)).find(([id]) => oid(id) === OCSP_OID.nonce);
  return nonce === undefined ? null : octets(nonce.at(-1)!);
}

/**
 * False when the response answers a request with another nonce. One without a nonce passes: most responders hand out
 * answers made beforehand (RFC 5019 4), and freshness is what their dates say.
 */
export function answersNonce(request: Uint8Array, response: OcspResponse): boolean {
  const asked = nonceOf(request);
  return asked === null || response.nonce === null || Buffer.compare(asked, response.nonce) === 0;
}

/** Those that can be asked: http and https; ldap and the rest are passed over. */
function askable(urls: string[]): string[] {
  const web = urls.filter((url) => /^https?:\/\/[^\s]+$/i.test(url) && url.length <= MAX_ADDRESS);
  return [...new Set(web)].slice(0, MAX_ADDRESSES);
}

function urisOf(names: GeneralName[]): string[] {
  return names.flatMap((name) => (name.kind === 'uri' ? [name.text] : []));
}

function listUrls(points: DistributionPoint[]): string[] {
  return points.flatMap(({ name }) => (name !== null && 'full' in name ? urisOf(name.full) : []));
}

/** Answers about one certificate: its responders first, then its lists, and delta lists that make those newer. */
function statusRequests(certificate: Certificate, issuer: Certificate): EvidenceRequest[] {
  const { ocspUrls, distributionPoints, freshestLists } = certificate.extensions;
  const responders = askable(ocspUrls);
  const body = responders.length === 0 ? null : ocspRequest(certificate, issuer);
  const lists = [...askable(listUrls(distributionPoints)), ...askable(listUrls(freshestLists))];
  return [
    ...responders.map((url): EvidenceRequest => ({ kind: 'ocsp', url, body })),
    ...lists.map((url): EvidenceRequest => ({ kind: 'crl', url, body: null })),
  ];
}

/**
 * What could conclude more about a path, from the signer's certificate upwards: answers about every certificate that has
 * its issuer above it, and, when the path reached no anchor, the issuer of its last one. The network is not looked at, nor
 * which hosts may be asked: that is the asker's business.
 */
export function evidenceRequests(path: Certificate[], anchored: boolean): EvidenceRequest[] {
  const statuses = path
    .slice(0, -1)
    .flatMap((certificate, index) => statusRequests(certificate, path[index + 1]!));
  const last = path.at(-1);
  if (anchored || last === undefined || last.subject.key === last.issuer.key) return statuses;
  const issuers = askable(last.extensions.issuerUrls);
  return [...statuses, ...issuers.map((url): EvidenceRequest => ({ kind: 'issuer', url, body: null }))];
}
