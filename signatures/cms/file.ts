/** A CMS or CAdES file (.p7s, .p7m, .p7b, .tst): attached, detached, nested. */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { octets } from '../der.ts';
import { context, oid, sequence } from '../der-write.ts';
import { type FileFacts, noFacts, type SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { Change, SignatureReason } from '../types.ts';
import { unwrapped } from './armour.ts';
import { attributeValues, CMS_OID, type CmsSigner, readSignedData, type SignedData } from './cms.ts';
import { contentOf, type SignedContent } from './signer.ts';
import { signersOf } from './signers.ts';
import { timestampFacts } from './timestamp.ts';

export interface CmsOptions {
  /** Certificates at hand besides those inside. */
  pool: Certificate[];
  /** The content of a detached signature. */
  detached?: Uint8Array | null;
}

/** Largest file read, octets: content and its signature are held whole. */
const MAX_SIZE = 512 * 1024 * 1024;
/** How often a signed file may be signed again around it (…p7m.p7m.p7m). */
const MAX_NESTING = 6;

/** Content types that carry no signature, or one that only the recipient's key opens. */
const CLOSED: Record<string, string> = {
  [CMS_OID.envelopedData]: 'encrypted (EnvelopedData)',
  [CMS_OID.authEnvelopedData]: 'encrypted (AuthEnvelopedData)',
  [CMS_OID.encryptedData]: 'encrypted (EncryptedData)',
  [CMS_OID.authenticatedData]: 'AuthenticatedData: a MAC is nobody’s signature',
  [CMS_OID.digestedData]: 'DigestedData: a digest is nobody’s signature',
  [CMS_OID.compressedData]: 'compressed (CompressedData)',
};

/** Why a ContentInfo that is not SignedData is not judged; null = it is, or it is plain data, which has no signature. */
export function closedReason(kind: string): SignatureReason | null {
  const what = CLOSED[kind];
  return what === undefined ? null : { code: 'UNSUPPORTED_FORMAT', detail: `content is ${what}` };
}

const DIGEST_ONLY: SignatureReason = {
  code: 'SIGNED_DATA_NOT_FOUND',
  detail: 'what was given is the digest of the signed content, not the content',
};

/** The file given holds nothing but the digest that was signed: that is no content, and no forgery either. */
function isDigestOnly(signer: CmsSigner, given: Uint8Array): boolean {
  const [signed] = attributeValues(signer.signedAttributes, CMS_OID.messageDigest);
  return signed !== undefined && Buffer.compare(octets(signed), given) === 0;
}

/** What this signer is over. Content inside and content given must agree, or the signature is not of what is shown. */
function contentFor(cms: SignedData, given: Uint8Array | null) {
  const bytes = given ?? cms.content;
  const content = bytes === null ? null : contentOf(bytes);
  return (signer: CmsSigner): SignedContent | null =>
    given !== null && isDigestOnly(signer, given) ? null : content;
}

/** Who opens the file sees what is inside, not what was given: a signature of the one says nothing about the other. */
function withAgreement(facts: SignatureFacts, cms: SignedData, given: Uint8Array | null): SignatureFacts {
  if (given === null || cms.content === null || Buffer.compare(cms.content, given) === 0) return facts;
  if (facts.intact !== true) return facts;
  const detail = 'the signature holds other content than the one given';
  return { ...facts, intact: false, reasons: [...facts.reasons, { code: 'HASH_FAILURE', detail }] };
}

function withDigestOnly(facts: SignatureFacts, digestOnly: boolean): SignatureFacts {
  if (!digestOnly) return facts;
  const reasons = facts.reasons.map((one) => (one.code === 'SIGNED_DATA_NOT_FOUND' ? DIGEST_ONLY : one));
  return { ...facts, reasons };
}

/** A time-stamp token as a file of its own: it proves a time, nobody's will. */
async function tokenFacts(token: Uint8Array, options: CmsOptions, name: string): Promise<SignatureFacts> {
  const stamped = options.detached == null ? null : contentOf(options.detached);
  const stamp = await timestampFacts(token, stamped, 'document', options.pool);
  return {
    name,
    kind: 'timestamp',
    format: 'RFC3161',
    coverage: { byteRange: null, wholeFile: true, bytesAfter: 0, notCovered: [] },
    extent: 0,
    intact: stamp.intact,
    authentic: stamp.authentic,
    certificate: stamp.certificate,
    certificates: stamp.certificates,
    evidence: stamp.evidence,
    claimedTime: stamp.genTime,
    digestAlgorithm: stamp.digestAlgorithm,
    timestamps: [stamp],
    changes: [],
    weak: stamp.weak,
    reasons: stamp.reasons,
    notes: [],
  };
}

/**
 * SignedData inside the content: as content type signedData (a bare SignedData), or a whole ContentInfo as plain data, as
 * a .p7m that was signed again is. Null = the content is something else.
 */
function nestedIn(cms: SignedData): { cms: SignedData; bytes: Uint8Array } | null {
  const { content, contentType } = cms;
  if (content === null || content[0] !== 0x30) return null;
  const asInfo = sequence(oid(CMS_OID.signedData), context(0, content));
  for (const bytes of contentType === CMS_OID.signedData ? [asInfo, content] : [content]) {
    try {
      const inner = readSignedData(bytes);
      if (inner.kind === CMS_OID.signedData) return { cms: inner, bytes };
    } catch {
      // The content is a document of its own, which happens to begin like one.
    }
  }
  return null;
}

async function layerFacts(
  cms: SignedData,
  bytes: Uint8Array,
  options: CmsOptions,
  layer: { prefix: string; depth: number },
): Promise<SignatureFacts[]> {
  const { prefix, depth } = layer;
  if (cms.contentType === CMS_OID.tstInfo) return [await tokenFacts(bytes, options, `${prefix}1`)];
  const given = options.detached ?? null;
  const found = await signersOf(cms, contentFor(cms, given), { pool: options.pool, prefix });
  const judged = found.map((facts) => {
    const signer = cms.signers[Number(facts.name.slice(prefix.length)) - 1];
    const digestOnly = signer !== undefined && given !== null && isDigestOnly(signer, given);
    return withDigestOnly(withAgreement(facts, cms, given), digestOnly);
  });
  const inner = depth < MAX_NESTING ? nestedIn(cms) : null;
  if (inner === null) return judged;
  const below = { prefix: `${prefix}inner/`, depth: depth + 1 };
  // What was given is the content of the outermost signature; the inner ones have theirs inside.
  const nested = await layerFacts(inner.cms, inner.bytes, { pool: options.pool }, below);
  return [...judged, ...nested];
}

/** Bytes behind the ContentInfo are covered by nothing; zeros and line ends are what tools leave there. */
function trailing(bytes: Uint8Array, length: number): Change[] {
  const rest = bytes.subarray(length);
  if (rest.every((octet) => octet === 0 || octet === 0x0a || octet === 0x0d || octet === 0x20)) return [];
  return [{ kind: 'UNCOVERED_BYTES', detail: `${rest.length} bytes behind the signature`, allowed: false }];
}

function withTrailing(facts: SignatureFacts, changes: Change[], bytesAfter: number): SignatureFacts {
  if (changes.length === 0) return facts;
  const coverage = { ...facts.coverage, wholeFile: false, bytesAfter };
  return { ...facts, coverage, changes: [...facts.changes, ...changes] };
}

async function readInfo(bytes: Uint8Array, options: CmsOptions): Promise<FileFacts> {
  const cms = readSignedData(bytes);
  const closed = closedReason(cms.kind);
  if (closed !== null) return noFacts('cms', [closed]);
  const signatures = await layerFacts(cms, bytes.subarray(0, cms.length), options, { prefix: '', depth: 0 });
  const changes = trailing(bytes, cms.length);
  const after = bytes.length - cms.length;
  return { ...noFacts('cms'), signatures: signatures.map((one) => withTrailing(one, changes, after)) };
}

/**
 * Reads every signature of a CMS file: parallel signers `1`, `2`, …, counter-signatures `1/counter-1`, signatures inside
 * the signed content `inner/1`. Never throws for what the file contains.
 */
export async function readCmsFile(bytes: Uint8Array, options: CmsOptions): Promise<FileFacts> {
  if (bytes.length > MAX_SIZE)
    return noFacts('cms', [{ code: 'LIMIT', detail: `more than ${MAX_SIZE} bytes` }]);
  try {
    return await readInfo(unwrapped(bytes), options);
  } catch (error) {
    if (!(error instanceof CongvanError || error instanceof RangeError)) throw error;
    return noFacts('cms', [formatFailure(`CMS cannot be read: ${error.message}`)]);
  }
}
