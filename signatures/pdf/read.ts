import { CongvanError } from '../../config/error.ts';
import { readCertificates } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import type { ComputedFacts } from '../facts.ts';
import { type FileFacts, noFacts, type SignatureFacts } from '../facts.ts';
import type { Change, SignatureReason } from '../types.ts';
import { changesAfter } from './changes/changes-after.ts';
import { compute, type FileContext, TIMESTAMP } from './compute.ts';
import { type ByteSource, isBlank } from './source.ts';
import { securityStores } from './store.ts';
import { type FoundSignature, findSignatures } from './structure.ts';

export interface ReadPdfOptions {
  /** Certificates at hand besides those in the file. */
  pool: Certificate[];
  /** Of an encrypted file; tried after the empty one. */
  password?: string | null;
  /** Reads that signature field only, and the document time stamps, which prove the time of what they cover. */
  field?: string | null;
}

function changesOf(found: FoundSignature, { source, pdf, password }: FileContext): Change[] {
  const { end } = found;
  if (end === null || end === source.size || isBlank(source, end, source.size)) return [];
  if (pdf.document === null) {
    const detail = 'bytes after the signed revision, and the file’s structure is broken';
    return [{ kind: 'UNCOVERED_BYTES', detail, allowed: false }];
  }
  return changesAfter(pdf.document, end, password);
}

const REWRITTEN: SignatureReason = {
  code: 'FILE_REWRITTEN',
  detail: 'the whole file was saved anew after signing',
};

async function signatureFacts(found: FoundSignature, context: FileContext): Promise<SignatureFacts> {
  const facts = await compute(found, context);
  const { size } = context.source;
  const isStamp = found.subFilter === TIMESTAMP;
  const stamps = isStamp && facts.timestamps.length === 0 ? [unreadStamp(facts)] : facts.timestamps;
  return {
    ...facts,
    name: found.name,
    kind: isStamp ? 'timestamp' : 'signature',
    format: found.subFilter,
    coverage: {
      byteRange: found.byteRange,
      wholeFile: found.end === size,
      bytesAfter: found.end === null ? 0 : size - found.end,
      notCovered: [],
    },
    extent: found.end ?? 0,
    claimedTime: facts.claimedTime ?? found.claimedTime,
    timestamps: stamps,
    changes: changesOf(found, context),
    reasons: [...context.pdf.defects, ...facts.reasons],
    notes: found.rewritten ? [...facts.notes, REWRITTEN] : facts.notes,
  };
}

/** The one stamp that a document time stamp has, where its place or token is already broken. */
function unreadStamp(facts: ComputedFacts): SignatureFacts['timestamps'][number] {
  const { claimedTime: _, timestamps: __, notes: ___, ...rest } = facts;
  return { ...rest, over: 'document', genTime: null };
}

function looksLikePdf(source: ByteSource): boolean {
  return source.read(0, 1024).includes('%PDF-');
}

async function readSource(source: ByteSource, options: ReadPdfOptions): Promise<FileFacts> {
  if (!looksLikePdf(source))
    return noFacts('none', [{ code: 'NOT_A_PDF', detail: `no %PDF- in ${source.size} bytes` }]);
  const password = options.password ?? null;
  const pdf = findSignatures(source, password);
  const store =
    pdf.document === null ? { certificates: [], evidence: [] } : securityStores(pdf.document, password);
  const stored = readCertificates(store.certificates);
  const context = { source, pdf, password, pool: [...stored, ...options.pool] };
  const wanted = (found: FoundSignature) =>
    options.field == null || found.name === options.field || found.subFilter === TIMESTAMP;
  const signatures: SignatureFacts[] = [];
  for (const found of pdf.signatures.filter(wanted)) signatures.push(await signatureFacts(found, context));
  signatures.sort((a, b) => a.extent - b.extent);
  return {
    format: 'pdf',
    signatures,
    certificates: stored,
    evidence: store.evidence,
    senderMatches: null,
    defects: pdf.defects,
  };
}

/**
 * Reads every signature of a PDF: place, mathematics, what changed after it, and what the security stores keep. Never
 * throws for what the file contains; reads it in windows, so memory stays bounded whatever its size. Throws only what
 * the source itself throws.
 */
export async function readPdf(source: ByteSource, options: ReadPdfOptions): Promise<FileFacts> {
  try {
    return await readSource(source, options);
  } catch (error) {
    const limit = error instanceof CongvanError || error instanceof RangeError;
    if (!limit) throw error;
    return noFacts('pdf', [{ code: 'LIMIT', detail: error.message }]);
  }
}
