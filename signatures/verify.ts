/** The door of this room: one file in, one report out. Knows every format, judges none. */
import { CongvanError } from '../config/error.ts';
import { readAsic } from './asic/read.ts';
import { confirmedAmong, type Trust, trustOf } from './certificates/trust.ts';
import type { Certificate } from './certificates/x509.ts';
import { readCmsFile } from './cms/file.ts';
import { fileKind, zipKind } from './detect.ts';
import { type FileFacts, noFacts } from './facts.ts';
import { judgeFile } from './judging/conclude.ts';
import { readOdf } from './odf/read.ts';
import { readOoxml } from './ooxml/read.ts';
import { readPdf } from './pdf/read.ts';
import { memorySource } from './pdf/source.ts';
import { signatureSentence } from './sentence.ts';
import { readSmime } from './smime/read.ts';
import type { SignatureReason, SignatureReport, TrustAnchor, VerifyOptions } from './types.ts';
import { readXml } from './xml/read.ts';
import { openZip, type ZipArchive } from './zip/open-zip.ts';

/** Null = there is none, or it cannot be read: the names tell then. */
function mimetypeOf(zip: ZipArchive): string | null {
  try {
    return zip.entries.has('mimetype') ? Buffer.from(zip.read('mimetype')).toString('latin1') : null;
  } catch {
    return null;
  }
}

async function readZip(bytes: Uint8Array, pool: Certificate[]): Promise<FileFacts> {
  const zip = openZip(bytes);
  switch (zipKind(zip.entries.keys(), mimetypeOf(zip))) {
    case 'ooxml':
      return readOoxml(bytes, { pool });
    case 'odf':
      return readOdf(bytes, { pool });
    case 'asic':
      return readAsic(bytes, { pool });
    default:
      return noFacts('none');
  }
}

function readFacts(bytes: Uint8Array, options: VerifyOptions, pool: Certificate[]): Promise<FileFacts> {
  const detached = options.detached ?? null;
  switch (options.openedAs ?? fileKind(bytes)) {
    case 'pdf': {
      const { password = null, field = null } = options;
      return readPdf(memorySource(bytes), { pool, password, field });
    }
    case 'cms':
      return readCmsFile(bytes, { pool, detached });
    case 'smime':
      return readSmime(bytes, { pool });
    case 'xml':
      return readXml(bytes, { pool, detached });
    case 'zip':
      return readZip(bytes, pool);
    default:
      return Promise.resolve(noFacts('none'));
  }
}

/** Bad bytes are told as a defect; any other error is ours, and thrown. */
async function guardedFacts(bytes: Uint8Array, options: VerifyOptions, pool: Certificate[]) {
  try {
    return await readFacts(bytes, options, pool);
  } catch (error) {
    if (!(error instanceof CongvanError || error instanceof RangeError)) throw error;
    const code = error instanceof CongvanError ? error.code : 'LIMIT';
    return noFacts(kindForReport(bytes), [{ code, detail: error.message }]);
  }
}

function kindForReport(bytes: Uint8Array): FileFacts['format'] {
  const kind = fileKind(bytes);
  return kind === 'zip' ? 'none' : kind;
}

/**
 * Verifies every signature of a file of any kind. Never throws for what the file contains. No clock, no network: what the
 * network could add is told in `wanted`, and comes in with `trust.crls`, `trust.ocsps`, `trust.intermediates`.
 */
export function verifyFile(bytes: Uint8Array, options: VerifyOptions): Promise<SignatureReport> {
  return verify(bytes, options, (facts) => confirmedAmong(options.trust, certificatesIn(facts)));
}

/**
 * The same with the self-signed certificates that come with the file as anchors: for comparing integrity only, since who
 * made the file chose them.
 */
export function verifyWithOwnRoots(bytes: Uint8Array, options: VerifyOptions): Promise<SignatureReport> {
  return verify(bytes, options, (facts) =>
    certificatesIn(facts)
      .filter((one) => one.subject.key === one.issuer.key)
      .map(({ der }) => ({ der, group: 'SELF' })),
  );
}

/** `anchorsIn` = certificates met in the file that count as anchors. */
async function verify(
  bytes: Uint8Array,
  options: VerifyOptions,
  anchorsIn: (facts: FileFacts) => TrustAnchor[],
): Promise<SignatureReport> {
  const began = performance.now();
  const facts = await guardedFacts(bytes, options, trustOf(options.trust).intermediates);
  const met = anchorsIn(facts);
  // The parsed material is kept for many files, so it is made anew only for a file that brings an anchor along.
  const material =
    met.length === 0 ? options.trust : { ...options.trust, anchors: [...options.trust.anchors, ...met] };
  return report(facts, trustOf(material), options, began);
}

function certificatesIn(facts: FileFacts): Certificate[] {
  return [
    ...facts.certificates,
    ...facts.signatures.flatMap((one) => [
      ...one.certificates,
      ...one.timestamps.flatMap((stamp) => stamp.certificates),
    ]),
  ];
}

function noField(field: string): SignatureReason {
  return { code: 'FIELD_NOT_FOUND', detail: `there is no signature field ${JSON.stringify(field)}` };
}

function report(facts: FileFacts, trust: Trust, options: VerifyOptions, began: number): SignatureReport {
  const { at, sha256, revocation = 'soft', sha1Until = null, field = null } = options;
  if (field !== null && !facts.signatures.some((one) => one.name === field))
    return report(noFacts(facts.format, [noField(field)]), trust, { ...options, field: null }, began);
  const rules = { trust, material: options.trust, at, policy: revocation, sha1Until };
  const judgement = judgeFile(facts, rules, field !== null);
  const told = {
    ...judgement,
    format: facts.format,
    defects: facts.defects,
    senderMatches: facts.senderMatches,
  };
  return {
    file: sha256,
    ...told,
    sentence: signatureSentence(told),
    elapsedMs: Math.round((performance.now() - began) * 100) / 100,
  };
}
