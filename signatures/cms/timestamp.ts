import { digestName, readAlgorithm } from '../algorithms.ts';
import type { Certificate } from '../certificates/x509.ts';
import { elements, octets, readDer, time } from '../der.ts';
import type { TimestampFacts } from '../facts.ts';
import type { SignatureReason } from '../types.ts';
import { CMS_OID, readSignedData, type SignedData } from './cms.ts';
import { certificatesIn, evidenceOf } from './evidence.ts';
import { checkSigner, contentOf, digestOf, type SignedContent } from './signer.ts';

/** TSTInfo, as much as a verdict needs (RFC 3161 2.4.2). */
interface TimestampInfo {
  /** OID of the imprint's digest algorithm. */
  digestAlgorithm: string;
  imprint: Uint8Array;
  /** ISO 8601 UTC. */
  genTime: string;
}

type Over = TimestampFacts['over'];

/** Throws CongvanError DER_INVALID. */
function readTimestampInfo(bytes: Uint8Array): TimestampInfo {
  const [, , messageImprint, , genTime] = elements(readDer(bytes));
  const [algorithm, hash] = elements(messageImprint);
  return { digestAlgorithm: readAlgorithm(algorithm).oid, imprint: octets(hash!), genTime: time(genTime) };
}

/** What is needed of a token before it is judged. Null = not a token. */
export function tokenOf(token: Uint8Array): { cms: SignedData; genTime: string; hash: string | null } | null {
  try {
    const cms = readSignedData(token);
    if (cms.contentType !== CMS_OID.tstInfo || cms.content === null) return null;
    const { genTime, digestAlgorithm } = readTimestampInfo(cms.content);
    return { cms, genTime, hash: digestName(digestAlgorithm) };
  } catch {
    return null;
  }
}

/** Null = the digest is not supported, or the stamped bytes are not at hand. */
async function imprintHolds(info: TimestampInfo, stamped: SignedContent | null): Promise<boolean | null> {
  const hash = digestName(info.digestAlgorithm);
  return hash === null || stamped === null
    ? null
    : Buffer.compare(await digestOf(stamped, hash), info.imprint) === 0;
}

function unread(over: Over, detail: string): TimestampFacts {
  return {
    over,
    genTime: null,
    intact: null,
    authentic: null,
    certificate: null,
    certificates: [],
    evidence: [],
    digestAlgorithm: null,
    weak: [],
    reasons: [{ code: 'TIMESTAMP_FORMAT', detail }],
  };
}

async function readToken(
  cms: SignedData,
  stamped: SignedContent | null,
  over: Over,
  pool: Certificate[],
): Promise<TimestampFacts> {
  const [signer] = cms.signers;
  if (
    cms.contentType !== CMS_OID.tstInfo ||
    cms.content === null ||
    signer === undefined ||
    cms.signers.length !== 1
  )
    return unread(over, 'not a time-stamp token');
  const info = readTimestampInfo(cms.content);
  const certificates = certificatesIn(cms, signer);
  const facts = await checkSigner(cms, signer, [...certificates, ...pool], contentOf(cms.content));
  const imprint = await imprintHolds(info, stamped);
  const reasons: SignatureReason[] = [...facts.reasons];
  if (imprint === false)
    reasons.push({ code: 'HASH_FAILURE', detail: 'time-stamp imprint is of other bytes' });
  if (imprint === null && stamped === null)
    reasons.push({ code: 'SIGNED_DATA_NOT_FOUND', detail: 'the stamped bytes are not at hand' });
  else if (imprint === null)
    reasons.push({
      code: 'UNSUPPORTED_ALGORITHM',
      detail: `imprint digest ${info.digestAlgorithm} is not supported`,
    });
  return {
    over,
    genTime: info.genTime,
    intact: imprint === true ? facts.intact : imprint,
    authentic: facts.authentic,
    certificate: facts.certificate,
    certificates,
    evidence: evidenceOf(cms, signer),
    digestAlgorithm: digestName(info.digestAlgorithm),
    weak: facts.weak,
    reasons,
  };
}

/**
 * Reads an RFC 3161 token over `stamped` (null = not at hand): imprint and mathematics, no trust. `pool` = certificates at hand besides the
 * token's own. Never throws for malformed tokens.
 */
export async function timestampFacts(
  token: Uint8Array,
  stamped: SignedContent | null,
  over: Over,
  pool: Certificate[],
): Promise<TimestampFacts> {
  try {
    return await readToken(readSignedData(token), stamped, over, pool);
  } catch {
    return unread(over, 'time-stamp token cannot be read');
  }
}
