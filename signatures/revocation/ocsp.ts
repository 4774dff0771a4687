/** What OCSP responses say of a certificate (RFC 6960 3.2, 4.2.2). */
import { createHash } from 'node:crypto';
import { digestName, verificationOf, verifyBytes } from '../algorithms.ts';
import { type Certificate, publicKeyOf } from '../certificates/x509.ts';
import { bitString, elements, isContext, readDer, whole } from '../der.ts';
import {
  type CertificateId,
  type OcspResponse,
  readOcspResponse,
  type SingleResponse,
} from './ocsp-response.ts';
import { type CertificateStatus, NO_STATUS, type ProvenEvidence, type StatusQuestion } from './status.ts';

/**
 * Milliseconds that an answer without nextUpdate is fresh for. RFC 6960 2.4 only says that newer information is always
 * there to be had; a day is the longest that real responders let an answer stand.
 */
const FRESH_WITHOUT_END_MS = 24 * 3_600_000;
/** Milliseconds that producedAt may lie before thisUpdate: clocks of a responder and its database. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Delegated certificates whose signature is computed for one response. */
const MAX_DELEGATES = 8;

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
/** A suspended certificate may come back: only here does a later "good" outweigh an earlier "revoked". */
const HOLD = new Set(['certificateHold', 'removeFromCRL']);

/** Responses about one certificate whose signatures are computed: a file may carry thousands to cost time. */
const MAX_ANSWERS = 64;

/** What one response says of the certificate asked for. */
interface Answer {
  evidence: ProvenEvidence;
  response: OcspResponse;
  single: SingleResponse;
}

interface Refused {
  refused: string;
}

/** The public key's own bits, which key hashes are made over (RFC 6960 4.1.1); null = malformed, so no hash is of it. */
function keyBits(certificate: Certificate): Uint8Array | null {
  try {
    return bitString(elements(readDer(certificate.spki))[1]);
  } catch {
    return null;
  }
}

/** The issuer's name as the certificate itself has it: CertID is hashed over exactly these bytes. */
function issuerNameDer(certificate: Certificate): Uint8Array {
  const fields = elements(readDer(certificate.tbs));
  return whole(fields[isContext(fields[0], 0) ? 3 : 2]!);
}

function hashes(algorithm: string, bytes: Uint8Array | null, expected: Uint8Array): boolean {
  return bytes !== null && Buffer.compare(createHash(algorithm).update(bytes).digest(), expected) === 0;
}

function isAbout(id: CertificateId, { certificate, issuer }: StatusQuestion): boolean {
  if (id.serial !== certificate.serial) return false;
  const algorithm = digestName(id.algorithm);
  return (
    algorithm !== null &&
    hashes(algorithm, issuerNameDer(certificate), id.issuerNameHash) &&
    hashes(algorithm, keyBits(issuer), id.issuerKeyHash)
  );
}

function signedWith(
  holder: Certificate,
  signed: Pick<OcspResponse, 'algorithm' | 'tbs' | 'signature'>,
): boolean {
  const key = publicKeyOf(holder);
  const verification = key === null ? null : verificationOf(signed.algorithm, key, null);
  if (verification === null || verification === 'mismatch') return false;
  return verifyBytes(verification, signed.tbs, signed.signature) === true;
}

function isResponder(certificate: Certificate, { responder }: OcspResponse): boolean {
  if ('nameKey' in responder) return certificate.subject.key === responder.nameKey;
  return hashes('sha1', keyBits(certificate), responder.keyHash);
}

/**
 * Why this certificate may not answer for the issuer; null = it may (RFC 6960 4.2.2.2). It must be issued by the very key
 * that issued the certificate in question. Its own status is not asked for: with id-pkix-ocsp-nocheck the issuer says that
 * nobody need ask, and without it 4.2.2.2.1 leaves it to local policy; responders live for weeks, and asking the responder
 * about itself proves nothing. So it must have been valid when its answer is proven to have existed.
 */
function delegateFault(delegate: Certificate, issuer: Certificate, at: string): string | null {
  const { extendedKeyUsage, keyUsage, unknownCritical, malformed, duplicate } = delegate.extensions;
  const signed = { algorithm: delegate.signatureAlgorithm, tbs: delegate.tbs, signature: delegate.signature };
  if (delegate.issuer.key !== issuer.subject.key || !delegate.algorithmsAgree || !signedWith(issuer, signed))
    return 'the responder’s certificate is not of the same issuer';
  if (extendedKeyUsage?.purposes.includes(OCSP_SIGNING) !== true)
    return 'the responder’s certificate is not for OCSP';
  if (keyUsage !== null && !keyUsage.has('digitalSignature') && !keyUsage.has('nonRepudiation'))
    return 'the responder’s key is not for signatures';
  if (unknownCritical.length > 0 || malformed.length > 0 || duplicate)
    return 'the responder’s certificate has extensions not understood';
  if (at < delegate.notBefore || at > delegate.notAfter)
    return `the responder’s certificate not valid at ${at}`;
  return null;
}

function latest(one: string, other: string): string {
  return one > other ? one : other;
}

/** Why the response is not the issuer's word; null = it is. */
function responderFault(
  response: OcspResponse,
  { issuer, pool, trust }: StatusQuestion,
  provenAt: string,
): string | null {
  if (isResponder(issuer, response) && signedWith(issuer, response)) return null;
  // No answer existed before it was produced, whatever the caller could prove.
  const at = latest(provenAt, response.producedAt);
  let fault = 'signed by nobody who may answer for the issuer';
  const named = [...response.certificates, ...pool, ...trust.intermediates].filter((one) =>
    isResponder(one, response),
  );
  for (const delegate of named.slice(0, MAX_DELEGATES)) {
    if (!signedWith(delegate, response)) continue;
    const found = delegateFault(delegate, issuer, at);
    if (found === null) return null;
    fault = found;
  }
  return fault;
}

const SEVERITY = { revoked: 0, unknown: 1, good: 2 } as const;

/** The single response about this certificate; where several contradict each other, the worst. */
function singleAbout(response: OcspResponse, question: StatusQuestion): SingleResponse | null {
  const about = response.singles.filter(({ id }) => isAbout(id, question));
  return about.sort((a, b) => SEVERITY[a.status] - SEVERITY[b.status])[0] ?? null;
}

function answerOf(evidence: ProvenEvidence, question: StatusQuestion): Answer | Refused {
  const read = readOcspResponse(evidence.der);
  if ('refused' in read) return read;
  const single = singleAbout(read.response, question);
  if (single === null) return { refused: 'the response is about other certificates' };
  return { evidence, response: read.response, single };
}

/** Why the answer is not the issuer's word; null = it is genuine, whatever it says. */
function genuineFault({ evidence, response, single }: Answer, question: StatusQuestion): string | null {
  const [unknown] = [...response.unknownCritical, ...single.unknownCritical];
  if (unknown !== undefined) return `critical extension ${unknown} is not understood`;
  return responderFault(response, question, evidence.provenAt);
}

/**
 * Why a genuine "good" proves nothing for `at`; null = it does: fresh at `at`, or issued after it. After the certificate's
 * end it counts only where the responder says that it keeps ended ones (archive cutoff, RFC 6960 4.4.4).
 */
function goodFault({ response, single }: Answer, { certificate, at }: StatusQuestion): string | null {
  if (single.status !== 'good') return 'the responder does not know the certificate';
  if (single.nextUpdate !== null && single.nextUpdate < single.thisUpdate)
    return 'nextUpdate before thisUpdate';
  if (Date.parse(response.producedAt) < Date.parse(single.thisUpdate) - CLOCK_SKEW_MS)
    return 'produced before its own thisUpdate';
  const until = single.nextUpdate ?? plus(single.thisUpdate, FRESH_WITHOUT_END_MS);
  if (until < at) return `stale: nextUpdate ${until}`;
  const kept = single.archiveCutoff !== null && single.archiveCutoff <= certificate.notAfter;
  if (single.thisUpdate > certificate.notAfter && !kept) return 'answered after the certificate’s end';
  return null;
}

function plus(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}

function statusOf({ evidence, single }: Answer): CertificateStatus {
  const { status, revokedAt, reason, thisUpdate, nextUpdate } = single;
  const sha256 = createHash('sha256').update(evidence.der).digest('hex');
  return {
    status,
    revokedAt,
    reason,
    evidence: { kind: 'ocsp', sha256, thisUpdate, nextUpdate },
    detail: status === 'revoked' ? `revoked ${revokedAt} (${reason ?? 'no reason given'})` : 'good by OCSP',
  };
}

const isRevoked = ({ single }: Answer) => single.status === 'revoked';
const isHeld = (answer: Answer) => isRevoked(answer) && HOLD.has(answer.single.reason ?? '');

/** The revocation to be believed: for good the earliest, or a suspension that no newer proof of good lifts. */
function revocationOf(answers: Answer[], good: Answer | null): Answer | null {
  const [final] = answers
    .filter((one) => isRevoked(one) && !isHeld(one))
    .sort((a, b) => (a.single.revokedAt! < b.single.revokedAt! ? -1 : 1));
  if (final !== undefined) return final;
  const [held] = newestFirst(answers.filter(isHeld));
  if (held === undefined) return null;
  return good !== null && good.single.thisUpdate > held.single.thisUpdate ? null : held;
}

function newestFirst(answers: Answer[]): Answer[] {
  return [...answers].sort((a, b) => (a.single.thisUpdate > b.single.thisUpdate ? -1 : 1));
}

/** Most reasons named in one detail. */
const MAX_REASONS = 3;

/**
 * The status that the OCSP responses among `evidence` prove, as `CertificateStatus` defines it. Full OCSPResponse and bare
 * BasicOCSPResponse alike; nonces are the asker's business. Never throws for what a response contains.
 */
export function statusFromResponses(question: StatusQuestion, evidence: ProvenEvidence[]): CertificateStatus {
  const read = evidence.filter((one) => one.kind === 'ocsp').map((one) => answerOf(one, question));
  // The last ones are kept: what was fetched is handed in behind what the file itself carries.
  const about = read.filter((one): one is Answer => 'single' in one).slice(-MAX_ANSWERS);
  const judged = about.map((answer) => ({ answer, fault: genuineFault(answer, question) }));
  const genuine = judged.filter(({ fault }) => fault === null).map(({ answer }) => answer);
  const good = newestFirst(genuine).find((one) => goodFault(one, question) === null) ?? null;
  const believed = revocationOf(genuine, good) ?? good;
  if (believed !== null) return statusOf(believed);
  const why = [
    ...judged.flatMap(({ answer, fault }) => fault ?? goodFault(answer, question) ?? []),
    ...read.flatMap((one) => ('refused' in one ? one.refused : [])),
  ];
  if (why.length === 0) return NO_STATUS;
  return { ...NO_STATUS, detail: `OCSP: ${[...new Set(why)].slice(0, MAX_REASONS).join('; ')}` };
}
