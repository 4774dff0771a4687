/** The mathematics of one signature dictionary, by its /SubFilter. */
import { CongvanError } from '../../config/error.ts';
import { readCertificates } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import { readSignedData } from '../cms/cms.ts';
import { cmsSignatureFacts } from '../cms/signature.ts';
import { certificateOf, contentOf, digestOf, type SignedContent } from '../cms/signer.ts';
import { timestampFacts } from '../cms/timestamp.ts';
import { type ComputedFacts, nothingComputed } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { isString } from './objects.ts';
import { rawRsaFacts } from './raw-rsa.ts';
import { type ByteSource, feedRanges } from './source.ts';
import type { FoundSignature, PdfSignatures } from './structure.ts';

const DETACHED = new Set(['adbe.pkcs7.detached', 'ETSI.CAdES.detached']);
const SHA1_INSIDE = 'adbe.pkcs7.sha1';
const RAW_RSA = 'adbe.x509.rsa_sha1';
export const TIMESTAMP = 'ETSI.RFC3161';

/** What is the same for all signatures of one file. */
export interface FileContext {
  source: ByteSource;
  pdf: PdfSignatures;
  pool: Certificate[];
  password: string | null;
}

/** The mathematics of one signature and how many octets of /Contents it takes. */
interface Computed {
  facts: ComputedFacts;
  length: number;
}

function coveredContent(source: ByteSource, range: number[]): SignedContent {
  const [first, length, second, rest] = range as [number, number, number, number];
  const ranges: [number, number][] = [
    [first, first + length],
    [second, second + rest],
  ];
  return { feed: (sink) => feedRanges(source, ranges, sink) };
}

/** Non-zero bytes behind the signature, inside the hole: covered by nothing. */
function paddingReasons(contents: Buffer, length: number): SignatureReason[] {
  if (contents.subarray(length).every((octet) => octet === 0)) return [];
  return [{ code: 'CONTENTS_PADDING', detail: 'bytes other than zero behind the CMS in /Contents' }];
}

/** adbe.pkcs7.sha1: the CMS signs the SHA-1 digest of the covered bytes as its own content. */
async function insideFacts(facts: ComputedFacts, covered: SignedContent, inside: Uint8Array | null) {
  facts.digestAlgorithm = 'sha1';
  if (!facts.weak.includes('SHA-1')) facts.weak.push('SHA-1');
  if (inside !== null && Buffer.compare(await digestOf(covered, 'sha1'), inside) === 0) return;
  facts.intact = false;
  facts.reasons.push({ code: 'HASH_FAILURE', detail: 'the covered bytes have another digest' });
}

async function computeCms(found: FoundSignature, context: FileContext): Promise<Computed> {
  const cms = readSignedData(found.contents!);
  const [signer] = cms.signers;
  if (signer === undefined || cms.signers.length !== 1) {
    const reason = formatFailure(`${cms.signers.length} signers where one belongs`);
    return { facts: nothingComputed([reason]), length: cms.length };
  }
  const covered = coveredContent(context.source, found.byteRange!);
  const inside = found.subFilter === SHA1_INSIDE;
  const own = cms.content ?? new Uint8Array();
  const content = inside ? contentOf(own) : covered;
  const facts = await cmsSignatureFacts(cms, signer, content, context.pool);
  if (inside) await insideFacts(facts, covered, cms.content);
  else if (cms.content !== null)
    facts.reasons.push(formatFailure('detached signature with content of its own'));
  return { facts, length: cms.length };
}

function computeRaw(found: FoundSignature, context: FileContext): Promise<Computed> {
  const { access } = context.pdf;
  const given = access.resolve(found.dict!.entries.get('Cert'));
  const strings = Array.isArray(given) ? given.map((one) => access.resolve(one)) : [given];
  const certificates = strings.filter(isString).map((one) => one.bytes);
  return rawRsaFacts(found.contents!, certificates, coveredContent(context.source, found.byteRange!));
}

async function computeTimestamp(found: FoundSignature, context: FileContext): Promise<Computed> {
  const { length } = readSignedData(found.contents!);
  const token = found.contents!.subarray(0, length);
  const covered = coveredContent(context.source, found.byteRange!);
  const stamp = await timestampFacts(token, covered, 'document', context.pool);
  const { intact, authentic, certificate, certificates, evidence, digestAlgorithm, weak, reasons } = stamp;
  return {
    facts: {
      intact,
      authentic,
      certificate,
      certificates,
      evidence,
      digestAlgorithm,
      weak,
      reasons: [...reasons],
      claimedTime: stamp.genTime,
      timestamps: [stamp],
      notes: [],
    },
    length,
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

function computeOf(subFilter: string) {
  if (DETACHED.has(subFilter) || subFilter === SHA1_INSIDE) return computeCms;
  if (subFilter === RAW_RSA) return computeRaw;
  return subFilter === TIMESTAMP ? computeTimestamp : null;
}

/** The mathematics, whatever the file says; what cannot be read fails by format, what is not known is not concluded. */
export async function compute(found: FoundSignature, context: FileContext): Promise<ComputedFacts> {
  if (found.faults.length > 0)
    return { ...nothingComputed([...found.faults]), certificate: namedSigner(found) };
  const how = computeOf(found.subFilter);
  if (how === null) {
    const detail = `signature format ${found.subFilter} is not supported`;
    return nothingComputed([{ code: 'UNSUPPORTED_FORMAT', detail }]);
  }
  try {
    const { facts, length } = await how(found, context);
    return { ...facts, reasons: [...facts.reasons, ...paddingReasons(found.contents!, length)] };
  } catch (error) {
    if (!(error instanceof CongvanError) || error.code === 'PDF_LIMIT') throw error;
    return nothingComputed([formatFailure(`/Contents cannot be read: ${error.message}`)]);
  }
}
