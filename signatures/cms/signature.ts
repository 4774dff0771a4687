/** One CMS signer as format-neutral facts: what PDF, CMS files, S/MIME and ASiC-CAdES have in common. */
import { digestName } from '../algorithms.ts';
import type { Certificate } from '../certificates/x509.ts';
import { whole } from '../der.ts';
import type { ComputedFacts, TimestampFacts } from '../facts.ts';
import type { SignatureReason } from '../types.ts';
import { archiveStamps } from './archive.ts';
import { attributeNotes } from './attributes.ts';
import { attributeValues, CMS_OID, type CmsSigner, type SignedData } from './cms.ts';
import { certificatesIn, evidenceOf } from './evidence.ts';
import { checkSigner, contentOf, type SignedContent } from './signer.ts';
import { timestampFacts } from './timestamp.ts';

/** Most stamps of one kind computed for one signer: real ones have one or two. */
const MAX_STAMPS = 16;

/** Tokens over the signature value (unsigned), over the content (signed attribute), and over all of it (archive). */
async function stampsOf(
  cms: SignedData,
  signer: CmsSigner,
  content: SignedContent | null,
  pool: Certificate[],
): Promise<TimestampFacts[]> {
  const stamps: TimestampFacts[] = [];
  const over = contentOf(signer.signature);
  const tokens = attributeValues(signer.unsignedAttributes, CMS_OID.timeStampToken).slice(0, MAX_STAMPS);
  for (const token of tokens) stamps.push(await timestampFacts(whole(token), over, 'signature', pool));
  const before = attributeValues(signer.signedAttributes, CMS_OID.contentTimeStamp).slice(0, MAX_STAMPS);
  for (const token of before) stamps.push(await timestampFacts(whole(token), content, 'content', pool));
  return [...stamps, ...(await archiveStamps({ cms, signer, content }, pool))];
}

const isBroken = (stamp: TimestampFacts): boolean =>
  stamp.genTime === null || stamp.intact === false || stamp.authentic === false;

/**
 * A stamp over the signature or the content that does not fit speaks against the signature: somebody put it there. An
 * archive stamp comes later, by other hands; a broken one proves nothing and is told.
 */
function stampFindings(stamps: TimestampFacts[]): { reasons: SignatureReason[]; notes: SignatureReason[] } {
  const found = (archive: boolean, code: string) =>
    stamps
      .filter((stamp) => isBroken(stamp) && (stamp.over === 'archive') === archive)
      .map((stamp) => ({ code, detail: stamp.reasons[0]?.detail ?? 'the time stamp does not fit' }));
  return {
    reasons: found(false, 'TIMESTAMP_BROKEN'),
    notes: found(true, 'ARCHIVE_TIMESTAMP_BROKEN'),
  };
}

/**
 * Reads and computes one signer over `content` (null = detached and not given). `pool` = certificates at hand besides
 * those inside.
 * May throw CongvanError DER_INVALID for malformed attributes.
 */
export async function cmsSignatureFacts(
  cms: SignedData,
  signer: CmsSigner,
  content: SignedContent | null,
  pool: Certificate[],
): Promise<ComputedFacts> {
  return computed(cms, signer, { contentType: cms.contentType, content }, pool);
}

/** The same for a counter-signature, which is over the signature value of `parent` (RFC 5652 11.4). */
export async function counterSignatureFacts(
  cms: SignedData,
  counter: CmsSigner,
  parent: CmsSigner,
  pool: Certificate[],
): Promise<ComputedFacts> {
  return computed(cms, counter, { contentType: null, content: contentOf(parent.signature) }, pool);
}

async function computed(
  cms: SignedData,
  signer: CmsSigner,
  signed: { contentType: string | null; content: SignedContent | null },
  pool: Certificate[],
): Promise<ComputedFacts> {
  const certificates = certificatesIn(cms, signer);
  const known = [...certificates, ...pool];
  const facts = await checkSigner(signed, signer, known, signed.content);
  const timestamps = await stampsOf(cms, signer, signed.content, known);
  const stamped = stampFindings(timestamps);
  return {
    intact: facts.intact,
    authentic: facts.authentic,
    certificate: facts.certificate,
    certificates,
    evidence: evidenceOf(cms, signer),
    claimedTime: facts.claimedTime,
    digestAlgorithm: digestName(signer.digestAlgorithm.oid),
    timestamps,
    weak: facts.weak,
    reasons: [...facts.reasons, ...stamped.reasons],
    notes: [...attributeNotes(signer), ...stamped.notes],
  };
}
