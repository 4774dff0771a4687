import { CongvanError } from '../config/error.ts';
import { attributeValues, CMS_OID, type CmsSigner, readSignedData, type SignedData } from './cms.ts';
import { whole } from './der.ts';
import { type Judgement, judge, type SignatureFacts } from './judge.ts';
import { findPath, type PathResult } from './path.ts';
import { changesAfter } from './pdf/changes.ts';
import { isBlank } from './pdf/document.ts';
import { type ByteSource, feedRanges, fileSource, memorySource } from './pdf/source.ts';
import { revocationListsOf, storedCertificates } from './pdf/store.ts';
import { type FoundSignature, findSignatures, type PdfSignatures } from './pdf/structure.ts';
import { checkRevocation, type RevocationStatus } from './revocation.ts';
import { signatureSentence } from './sentence.ts';
import {
  certificateOf,
  checkSigner,
  contentOf,
  digestOf,
  type SignedContent,
  type SignerFacts,
} from './signer.ts';
import { checkTimestamp, type TimestampCheck } from './timestamp.ts';
import { readCertificates, type Trust, trustOf } from './trust.ts';
import type {
  SignatureCheck,
  SignatureReason,
  SignatureReport,
  SignatureVerdict,
  TrustMaterial,
} from './types.ts';
import { type Certificate, signerCertificate } from './x509.ts';

const DETACHED = new Set(['adbe.pkcs7.detached', 'ETSI.CAdES.detached']);
const TIMESTAMP = 'ETSI.RFC3161';
const SHA1_INSIDE = 'adbe.pkcs7.sha1';

export interface VerifyOptions {
  trust: TrustMaterial;
  /** Entry of the mail, ISO 8601 UTC: the judged time where no time stamp proves another (SIG-04). */
  at: string;
  /** SHA-256 of the file, lower-case hex, for the report. */
  sha256: string;
}

/** What is the same for all signatures of one file. */
interface FileContext {
  source: ByteSource;
  pdf: PdfSignatures;
  trust: Trust;
  /** Certificates in the file's security store. */
  stored: Certificate[];
  lists: Uint8Array[];
}

/** A proof that the file's first `end` bytes existed at `at`. */
interface Proof {
  end: number;
  at: string;
  source: 'timestamp' | 'entry';
}

const NOT_CHECKED: RevocationStatus = { status: 'not-checked', revokedAt: null };

function coveredContent(source: ByteSource, range: number[]): SignedContent {
  const [first, length, second, rest] = range as [number, number, number, number];
  const ranges: [number, number][] = [
    [first, first + length],
    [second, second + rest],
  ];
  return { feed: (sink) => feedRanges(source, ranges, sink) };
}

/** Non-zero bytes behind the CMS, inside the hole: covered by nothing. */
function paddingReasons(contents: Buffer, length: number): SignatureReason[] {
  if (contents.subarray(length).every((octet) => octet === 0)) return [];
  return [{ code: 'CONTENTS_PADDING', detail: 'bytes other than zero behind the CMS in /Contents' }];
}

/** The first proof that covers the signature, and the earliest of those. */
function bestProof(proofs: Proof[], end: number): Proof {
  return proofs
    .filter((proof) => proof.end >= end)
    .reduce((best, proof) => (proof.at < best.at ? proof : best));
}

interface CmsCheck {
  cms: SignedData;
  signer: CmsSigner;
  facts: SignerFacts;
  certificates: Certificate[];
}

async function checkCms(found: FoundSignature, context: FileContext): Promise<CmsCheck> {
  const cms = readSignedData(found.contents!);
  const [signer] = cms.signers;
  if (signer === undefined || cms.signers.length !== 1)
    throw new CongvanError('CMS_SIGNERS', `${cms.signers.length} signers where one belongs`, {
      temporary: false,
    });
  const certificates = [
    ...readCertificates(cms.certificates),
    ...context.stored,
    ...context.trust.intermediates,
  ];
  const covered = coveredContent(context.source, found.byteRange!);
  const inside = found.subFilter === SHA1_INSIDE;
  const facts = await checkSigner(
    cms,
    signer,
    certificates,
    inside ? contentOf(cms.content ?? new Uint8Array()) : covered,
  );
  if (inside) {
    const same = cms.content !== null && Buffer.compare(await digestOf(covered, 'sha1'), cms.content) === 0;
    if (!same) {
      facts.intact = false;
      facts.reasons.push({ code: 'HASH_FAILURE', detail: 'the covered bytes have another digest' });
    }
    if (!facts.weak.includes('SHA-1')) facts.weak.push('SHA-1');
  } else if (cms.content !== null) {
    facts.reasons.push({ code: 'FORMAT_FAILURE', detail: 'detached signature with content of its own' });
  }
  facts.reasons.push(...paddingReasons(found.contents!, cms.length));
  return { cms, signer, facts, certificates };
}

/** The signature's own time stamp, if any; a content time stamp that does not fit speaks against the signature. */
async function checkTimes(check: CmsCheck, found: FoundSignature, context: FileContext, proof: Proof) {
  const at = { pool: check.certificates, trust: context.trust, at: proof.at };
  const [token] = attributeValues(check.signer.unsignedAttributes, CMS_OID.timeStampToken);
  const stamp =
    token === undefined ? null : await checkTimestamp(whole(token), contentOf(check.signer.signature), at);
  const [before] = attributeValues(check.signer.signedAttributes, CMS_OID.contentTimeStamp);
  const covered = coveredContent(context.source, found.byteRange!);
  const contentStamp = before === undefined ? null : await checkTimestamp(whole(before), covered, at);
  const reasons: SignatureReason[] = [];
  for (const one of [stamp, contentStamp]) {
    const broken = one !== null && (one.intact !== true || one.authentic !== true);
    if (broken)
      reasons.push({ code: 'TIMESTAMP_BROKEN', detail: one.reasons[0]?.detail ?? 'time stamp does not fit' });
  }
  return { stamp, reasons };
}

/** A proven time stamp, unless it lies in the future of what proves it. */
function judgedTime(stamp: TimestampCheck | null, proof: Proof): Pick<Proof, 'at' | 'source'> {
  const genTime = stamp?.proven === true ? stamp.info!.genTime : null;
  return genTime !== null && genTime <= proof.at ? { at: genTime, source: 'timestamp' } : proof;
}

function changesOf(found: FoundSignature, context: FileContext): string[] {
  const { source, pdf } = context;
  const end = found.end!;
  if (end === source.size || pdf.encrypted || isBlank(source, end, source.size)) return [];
  if (pdf.document === null) return ['bytes after the signed revision, and the file’s structure is broken'];
  return changesAfter(source, end, pdf.document, found.dict!);
}

function assemble(
  found: FoundSignature,
  context: FileContext,
  facts: SignatureFacts,
  weak: string[],
): SignatureCheck {
  const judgement: Judgement = judge(facts);
  const bytesAfter = found.end === null ? 0 : context.source.size - found.end;
  return {
    name: found.name,
    kind: found.subFilter === TIMESTAMP ? 'timestamp' : 'signature',
    format: found.subFilter,
    coverage: { byteRange: found.byteRange, wholeFile: found.end === context.source.size, bytesAfter },
    intact: facts.intact,
    authentic: facts.authentic,
    trusted: judgement.trusted,
    revocation: facts.revocation.status,
    signer: facts.certificate === null ? null : signerCertificate(facts.certificate),
    anchorGroup: facts.path?.group ?? null,
    chain: facts.path?.path.map((certificate) => certificate.fingerprint) ?? [],
    claimedTime: facts.claimedTime,
    judgedAt: facts.judgedAt,
    timeSource: facts.timeSource,
    weak: [...new Set([...weak, ...(facts.path?.weak ?? [])])],
    verdict: judgement.verdict,
    reasons: judgement.reasons,
  };
}

function bareFacts(found: FoundSignature, proof: Proof, reasons: SignatureReason[]): SignatureFacts {
  return {
    intact: null,
    authentic: null,
    certificate: null,
    path: null,
    revocation: NOT_CHECKED,
    claimedTime: found.claimedTime,
    judgedAt: proof.at,
    timeSource: proof.source,
    changes: [],
    reasons,
  };
}

/** Who signed, for telling the clerk, where the file's structure already makes the signature false. */
function namedSigner(found: FoundSignature): Certificate | null {
  try {
    const cms = readSignedData(found.contents ?? new Uint8Array());
    const [signer] = cms.signers;
    return signer === undefined ? null : certificateOf(signer, readCertificates(cms.certificates));
  } catch {
    return null;
  }
}

async function checkSignature(
  found: FoundSignature,
  context: FileContext,
  proof: Proof,
): Promise<SignatureCheck> {
  const check = await checkCms(found, context);
  const { facts } = check;
  const { stamp, reasons } = await checkTimes(check, found, context, proof);
  const time = judgedTime(stamp, proof);
  const path =
    facts.certificate === null
      ? null
      : findPath(facts.certificate, check.certificates, context.trust, time.at);
  const lists = [...check.cms.crls, ...context.lists];
  return assemble(
    found,
    context,
    {
      ...facts,
      path,
      revocation: path === null ? NOT_CHECKED : checkRevocation(path.path, lists, time.at),
      claimedTime: facts.claimedTime ?? found.claimedTime,
      judgedAt: time.at,
      timeSource: time.source,
      changes: changesOf(found, context),
      reasons: [...context.pdf.defects, ...facts.reasons, ...reasons],
    },
    facts.weak,
  );
}

async function checkDocumentTimestamp(
  found: FoundSignature,
  context: FileContext,
  proof: Proof,
): Promise<SignatureCheck> {
  const covered = coveredContent(context.source, found.byteRange!);
  const pool = [...context.stored, ...context.trust.intermediates];
  const cms = readSignedData(found.contents!);
  const token = found.contents!.subarray(0, cms.length);
  const stamp = await checkTimestamp(token, covered, { pool, trust: context.trust, at: proof.at });
  const path: PathResult | null =
    stamp.certificate === null ? null : { path: stamp.path, group: stamp.group, reasons: [], weak: [] };
  const facts = {
    ...bareFacts(found, proof, [
      ...context.pdf.defects,
      ...stamp.reasons,
      ...paddingReasons(found.contents!, cms.length),
    ]),
    intact: stamp.intact,
    authentic: stamp.authentic,
    certificate: stamp.certificate,
    path,
    claimedTime: stamp.info?.genTime ?? null,
    judgedAt: stamp.proven ? stamp.info!.genTime : proof.at,
    timeSource: stamp.proven ? ('timestamp' as const) : proof.source,
    changes: changesOf(found, context),
  };
  return assemble(found, context, facts, stamp.weak);
}

/** One signature, whatever it is; what cannot be read is INVALID by format, what is not known is not concluded. */
async function checkFound(
  found: FoundSignature,
  context: FileContext,
  proof: Proof,
): Promise<SignatureCheck> {
  if (found.faults.length > 0) {
    const facts = { ...bareFacts(found, proof, found.faults), certificate: namedSigner(found) };
    return assemble(found, context, facts, []);
  }
  const known =
    DETACHED.has(found.subFilter) || found.subFilter === SHA1_INSIDE || found.subFilter === TIMESTAMP;
  if (!known) {
    const detail = `signature format ${found.subFilter || '(none)'} is not supported`;
    const facts = bareFacts(found, proof, [{ code: 'UNSUPPORTED_FORMAT', detail }]);
    return assemble(found, context, { ...facts, changes: changesOf(found, context) }, []);
  }
  try {
    const isStamp = found.subFilter === TIMESTAMP;
    return await (isStamp ? checkDocumentTimestamp : checkSignature)(found, context, proof);
  } catch (error) {
    if (!(error instanceof CongvanError) || error.code === 'PDF_LIMIT') throw error;
    const facts = bareFacts(found, proof, [
      { code: 'FORMAT_FAILURE', detail: `CMS cannot be read: ${error.message}` },
    ]);
    return assemble(found, context, facts, []);
  }
}

/** From the last signature to the first: a valid document time stamp proves when everything before it existed. */
async function checkAll(context: FileContext, at: string): Promise<SignatureCheck[]> {
  const proofs: Proof[] = [{ end: context.source.size, at, source: 'entry' }];
  const order = [...context.pdf.signatures].sort((a, b) => (b.end ?? 0) - (a.end ?? 0));
  const checks = new Map<FoundSignature, SignatureCheck>();
  for (const found of order) {
    const check = await checkFound(found, context, bestProof(proofs, found.end ?? 0));
    checks.set(found, check);
    if (check.kind === 'timestamp' && check.verdict === 'VALID' && found.end !== null)
      proofs.push({ end: found.end, at: check.judgedAt, source: 'timestamp' });
  }
  return [...context.pdf.signatures]
    .sort((a, b) => (a.end ?? 0) - (b.end ?? 0))
    .map((found) => checks.get(found)!);
}

const WORST: SignatureVerdict[] = ['INVALID', 'INDETERMINATE', 'VALID'];

/**
 * The worst of the signatures. A time stamp that merely cannot be concluded does not pull a signature down, and a good
 * one alone is nobody's signature: NONE, never VALID.
 */
function overall(checks: SignatureCheck[], defects: SignatureReason[]): SignatureVerdict | 'NONE' {
  const counted = checks.filter((check) => check.kind === 'signature' || check.verdict === 'INVALID');
  if (counted.length === 0) return defects.length === 0 ? 'NONE' : 'INDETERMINATE';
  return WORST.find((verdict) => counted.some((check) => check.verdict === verdict))!;
}

function looksLikePdf(source: ByteSource): boolean {
  return source.read(0, 1024).includes('%PDF-');
}

async function verifySource(source: ByteSource, options: VerifyOptions) {
  if (!looksLikePdf(source))
    return { checks: [], defects: [{ code: 'NOT_A_PDF', detail: `no %PDF- in ${source.size} bytes` }] };
  const pdf = findSignatures(source);
  const trust = trustOf(options.trust);
  const stored = pdf.document === null ? [] : readCertificates(storedCertificates(pdf.document));
  const lists = pdf.document === null ? [] : revocationListsOf(pdf.document);
  const checks = await checkAll({ source, pdf, trust, stored, lists }, options.at);
  return { checks, defects: pdf.defects };
}

/** Bad bytes are told as a defect; what the disk says (no such file, I/O error) is thrown. */
async function guarded(source: ByteSource, options: VerifyOptions) {
  try {
    return await verifySource(source, options);
  } catch (error) {
    const limit = error instanceof CongvanError || error instanceof RangeError;
    if (!limit) throw error;
    return { checks: [], defects: [{ code: 'LIMIT', detail: error.message }] };
  }
}

/**
 * Verifies every signature of a PDF. Never throws for what the file contains; reads it in windows, so memory stays
 * bounded whatever its size. Throws only when the file itself cannot be opened or read.
 */
export async function verifyPdf(
  input: { path: string } | Uint8Array,
  options: VerifyOptions,
): Promise<SignatureReport> {
  const began = performance.now();
  const source = input instanceof Uint8Array ? memorySource(input) : fileSource(input.path);
  try {
    const { checks, defects } = await guarded(source, options);
    const verdict = overall(checks, defects);
    return {
      file: options.sha256,
      format: 'pdf',
      verdict,
      signatures: checks,
      sentence: signatureSentence(verdict, checks, defects),
      defects,
      elapsedMs: Math.round((performance.now() - began) * 100) / 100,
    };
  } finally {
    source.close();
  }
}
