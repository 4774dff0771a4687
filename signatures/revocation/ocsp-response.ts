/** Reading OCSP responses (RFC 6960 4.2): bytes to facts, nothing is judged or verified here. */
import { type AlgorithmIdentifier, readAlgorithm } from '../algorithms.ts';
import { readName } from '../certificates/names.ts';
import { readCertificates } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import {
  bitString,
  boolean,
  children,
  content,
  type DerNode,
  elements,
  integerHex,
  isContext,
  isUniversal,
  octets,
  oid,
  readDer,
  TAG,
  time,
  whole,
} from '../der.ts';

/** Octets of one response: real ones have 0.5 to 5 KB with their certificates. */
const MAX_RESPONSE_BYTES = 100 * 1024;
/** Certificates that one response may carry to be tried as its signer's: real ones carry up to three. */
const MAX_CERTIFICATES = 8;

export const OCSP_OID = {
  basic: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  crlReference: '1.3.6.1.5.5.7.48.1.3',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  extendedRevoke: '1.3.6.1.5.5.7.48.1.9',
} as const;

/**
 * Extensions that may be critical: those read here, and those that say more without taking anything back. The last two are
 * CRL entry extensions, which RFC 6960 4.4.5 allows in a single response.
 */
const UNDERSTOOD = new Set<string>([...Object.values(OCSP_OID), '2.5.29.21', '2.5.29.24']);

/** RFC 5280 5.3.1. */
const REASONS: Record<number, string> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** RFC 6960 4.2.1. */
const FAILURES: Record<number, string> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

/** Which certificate an answer is about. */
export interface CertificateId {
  /** OID of the digest that both hashes are made with. */
  algorithm: string;
  issuerNameHash: Uint8Array;
  issuerKeyHash: Uint8Array;
  /** Upper-case hex. */
  serial: string;
}

/** What a responder says of one certificate. Instants are ISO 8601 UTC. */
export interface SingleResponse {
  id: CertificateId;
  status: 'good' | 'revoked' | 'unknown';
  revokedAt: string | null;
  /** RFC 5280 5.3.1 name; null when absent. */
  reason: string | null;
  thisUpdate: string;
  nextUpdate: string | null;
  /** Certificates that ended at this instant or later are still answered for; null = the responder does not say. */
  archiveCutoff: string | null;
  /** OIDs of critical extensions that are not understood. */
  unknownCritical: string[];
}

/** Who signed: by the comparison key of the name, or by SHA-1 of the public key. */
type ResponderId = { nameKey: string } | { keyHash: Uint8Array };

export interface OcspResponse {
  tbs: Uint8Array;
  algorithm: AlgorithmIdentifier;
  signature: Uint8Array;
  responder: ResponderId;
  /** ISO 8601 UTC. */
  producedAt: string;
  singles: SingleResponse[];
  certificates: Certificate[];
  /** Value of the nonce extension as it stands; null when absent. */
  nonce: Uint8Array | null;
  unknownCritical: string[];
}

/** Readable, or why not. */
export type ReadResponse = { response: OcspResponse } | { refused: string };

interface Extension {
  id: string;
  critical: boolean;
  value: Uint8Array;
}

function readExtensions(explicit: DerNode | undefined): Extension[] {
  if (explicit === undefined) return [];
  return elements(children(explicit)[0]).map((extension) => {
    const parts = elements(extension);
    const critical = isUniversal(parts[1], TAG.boolean) && boolean(parts[1]);
    return { id: oid(parts[0]), critical, value: octets(parts.at(-1)!) };
  });
}

function notUnderstood(extensions: Extension[]): string[] {
  return extensions.filter(({ id, critical }) => critical && !UNDERSTOOD.has(id)).map(({ id }) => id);
}

function readCertificateId(node: DerNode | undefined): CertificateId {
  const [algorithm, nameHash, keyHash, serial] = elements(node);
  return {
    algorithm: readAlgorithm(algorithm).oid,
    issuerNameHash: octets(nameHash!),
    issuerKeyHash: octets(keyHash!),
    serial: integerHex(serial),
  };
}

/** CHOICE { good [0], revoked [1] RevokedInfo, unknown [2] }. A choice that is not known says nothing good. */
function readStatus(node: DerNode): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> {
  if (isContext(node, 0)) return { status: 'good', revokedAt: null, reason: null };
  if (!isContext(node, 1)) return { status: 'unknown', revokedAt: null, reason: null };
  const [at, explicit] = children(node);
  const code = isContext(explicit, 0) ? content(children(explicit)[0]!)[0]! : null;
  return {
    status: 'revoked',
    revokedAt: time(at),
    reason: code === null ? null : (REASONS[code] ?? `reason ${code}`),
  };
}

function readSingle(node: DerNode): SingleResponse {
  const [id, status, thisUpdate, ...optional] = elements(node);
  const next = optional.find((part) => isContext(part, 0));
  const extensions = readExtensions(optional.find((part) => isContext(part, 1)));
  const cutoff = extensions.find((extension) => extension.id === OCSP_OID.archiveCutoff);
  return {
    id: readCertificateId(id),
    ...readStatus(status!),
    thisUpdate: time(thisUpdate),
    nextUpdate: next === undefined ? null : time(children(next)[0]),
    archiveCutoff: cutoff === undefined ? null : time(readDer(cutoff.value)),
    unknownCritical: notUnderstood(extensions),
  };
}

function readResponder(node: DerNode | undefined): ResponderId {
  if (isContext(node, 1)) return { nameKey: readName(children(node)[0]).key };
  return { keyHash: octets(children(node!)[0]!) };
}

function readBasic(node: DerNode): OcspResponse {
  const [tbs, algorithm, signature, explicit] = elements(node);
  const fields = elements(tbs);
  if (isContext(fields[0], 0)) fields.shift();
  const [responder, producedAt, singles, explicitExtensions] = fields;
  const extensions = readExtensions(explicitExtensions);
  const certificates = isContext(explicit, 0) ? elements(children(explicit)[0]) : [];
  return {
    tbs: whole(tbs!),
    algorithm: readAlgorithm(algorithm),
    signature: bitString(signature),
    responder: readResponder(responder),
    producedAt: time(producedAt),
    singles: elements(singles).map(readSingle),
    certificates: readCertificates(certificates.slice(0, MAX_CERTIFICATES).map(whole)),
    nonce: extensions.find(({ id }) => id === OCSP_OID.nonce)?.value ?? null,
    unknownCritical: notUnderstood(extensions),
  };
}

/**
 * OCSPResponse, or a bare BasicOCSPResponse: DSS dictionaries and XAdES keep the first, CAdES revocation-values the second.
 */
function readEither(der: Uint8Array): ReadResponse {
  const outer = readDer(der);
  const [first, explicit] = elements(outer);
  if (!isUniversal(first, TAG.enumerated)) return { response: readBasic(outer) };
  const status = content(first)[0] ?? -1;
  if (status !== 0) return { refused: `the responder answered ${FAILURES[status] ?? status}` };
  const [type, bytes] = isContext(explicit, 0) ? elements(children(explicit)[0]) : [];
  if (type === undefined || oid(type) !== OCSP_OID.basic) return { refused: 'not a basic OCSP response' };
  return { response: readBasic(readDer(octets(bytes!))) };
}

const known = new WeakMap<Uint8Array, ReadResponse>();

/** Reads a response once for each buffer. Never throws: what cannot be read is `refused`. */
export function readOcspResponse(der: Uint8Array): ReadResponse {
  const before = known.get(der);
  if (before !== undefined) return before;
  let read: ReadResponse;
  try {
    read = der.length > MAX_RESPONSE_BYTES ? { refused: 'OCSP response too large' } : readEither(der);
  } catch {
    read = { refused: 'malformed OCSP response' };
  }
  known.set(der, read);
  return read;
}
