import { digestName, readAlgorithm } from './algorithms.ts';
import { CMS_OID, readSignedData, type SignedData } from './cms.ts';
import { elements, octets, readDer, time } from './der.ts';
import { findPath } from './path.ts';
import { checkSigner, contentOf, digestOf, type SignedContent } from './signer.ts';
import { readCertificates, type Trust } from './trust.ts';
import type { SignatureReason } from './types.ts';
import type { Certificate } from './x509.ts';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** TSTInfo, as much as a verdict needs (RFC 3161 2.4.2). */
interface TimestampInfo {
  /** OID of the imprint's digest algorithm. */
  digestAlgorithm: string;
  imprint: Uint8Array;
  /** ISO 8601 UTC. */
  genTime: string;
}

/** What a time-stamp token proves: `proven` only when imprint, signature, purpose and chain all hold. */
export interface TimestampCheck {
  info: TimestampInfo | null;
  intact: boolean | null;
  authentic: boolean | null;
  trusted: boolean | null;
  proven: boolean;
  certificate: Certificate | null;
  path: Certificate[];
  group: string | null;
  weak: string[];
  reasons: SignatureReason[];
}

/** Throws CongvanError DER_INVALID. */
function readTimestampInfo(bytes: Uint8Array): TimestampInfo {
  const [, , messageImprint, , genTime] = elements(readDer(bytes));
  const [algorithm, hash] = elements(messageImprint);
  return { digestAlgorithm: readAlgorithm(algorithm).oid, imprint: octets(hash!), genTime: time(genTime) };
}

async function imprintHolds(info: TimestampInfo, stamped: SignedContent): Promise<boolean | null> {
  const hash = digestName(info.digestAlgorithm);
  return hash === null ? null : Buffer.compare(await digestOf(stamped, hash), info.imprint) === 0;
}

function purposeReasons(certificate: Certificate): SignatureReason[] {
  const purposes = certificate.extensions.extendedKeyUsage?.purposes ?? [];
  if (purposes.length === 1 && purposes[0] === TIME_STAMPING) return [];
  return [
    { code: 'TIMESTAMP_PURPOSE', detail: 'certificate of the time-stamp is not for time-stamping alone' },
  ];
}

/** The TSA's certificate must be within its dates when it is judged: after that its word is no proof by itself. */
function dateReasons(certificate: Certificate, genTime: string, at: string): SignatureReason[] {
  if (genTime < certificate.notBefore || genTime > certificate.notAfter)
    return [{ code: 'TIMESTAMP_EXPIRED', detail: 'time-stamp made outside its certificate’s validity' }];
  if (at > certificate.notAfter)
    return [
      { code: 'TIMESTAMP_EXPIRED', detail: `certificate of the time-stamp expired ${certificate.notAfter}` },
    ];
  return [];
}

const NOTHING: TimestampCheck = {
  info: null,
  intact: null,
  authentic: null,
  trusted: null,
  proven: false,
  certificate: null,
  path: [],
  group: null,
  weak: [],
  reasons: [],
};

function broken(code: string, detail: string): TimestampCheck {
  return { ...NOTHING, reasons: [{ code, detail }] };
}

async function checkToken(
  cms: SignedData,
  stamped: SignedContent,
  pool: Certificate[],
  trust: Trust,
  at: string,
) {
  const [signer] = cms.signers;
  if (
    cms.contentType !== CMS_OID.tstInfo ||
    cms.content === null ||
    signer === undefined ||
    cms.signers.length !== 1
  )
    return broken('TIMESTAMP_FORMAT', 'not a time-stamp token');
  const info = readTimestampInfo(cms.content);
  const certificates = [...readCertificates(cms.certificates), ...pool];
  const facts = await checkSigner(cms, signer, certificates, contentOf(cms.content));
  const intact = await imprintHolds(info, stamped);
  const reasons = [...facts.reasons];
  if (intact === false)
    reasons.push({ code: 'HASH_FAILURE', detail: 'time-stamp imprint is of other bytes' });
  const { certificate } = facts;
  if (certificate === null) return { ...NOTHING, info, intact, reasons };
  const path = findPath(certificate, certificates, trust, at);
  const judged = [
    ...purposeReasons(certificate),
    ...dateReasons(certificate, info.genTime, at),
    ...path.reasons,
  ];
  const sound = intact === true && facts.intact === true && facts.authentic === true && reasons.length === 0;
  return {
    info,
    intact: intact === true ? facts.intact : intact,
    authentic: facts.authentic,
    trusted: judged.length === 0 ? true : null,
    proven: sound && judged.length === 0,
    certificate,
    path: path.path,
    group: path.group,
    weak: [...new Set([...facts.weak, ...path.weak])],
    reasons: [...reasons, ...judged],
  };
}

/**
 * Judges a time-stamp token over `stamped` (RFC 3161): imprint, signature, purpose and chain at `at`, the instant at
 * which the token itself is known to have existed. Never throws for malformed tokens.
 */
export async function checkTimestamp(
  token: Uint8Array,
  stamped: SignedContent,
  context: { pool: Certificate[]; trust: Trust; at: string },
): Promise<TimestampCheck> {
  try {
    return await checkToken(readSignedData(token), stamped, context.pool, context.trust, context.at);
  } catch {
    return broken('TIMESTAMP_FORMAT', 'time-stamp token cannot be read');
  }
}
