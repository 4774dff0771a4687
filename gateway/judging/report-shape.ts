/** The shape of a report, checked field by field. The types make it whole: what `signatures/types.ts` gains must be told here. */
import type {
  CertificateProof,
  Change,
  Coverage,
  EvidenceRequest,
  Proof,
  SignatureCheck,
  SignatureReason,
  SignerCertificate,
} from '../../signatures/types.ts';
import type { SandboxReport } from './task.ts';

type Check<T> = (value: unknown) => value is T;
type Fields<T> = { [K in keyof T]-?: Check<T[K]> };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text: Check<string> = (value) => typeof value === 'string';
const flag: Check<boolean> = (value) => typeof value === 'boolean';
const number: Check<number> = (value): value is number => Number.isFinite(value);
const octets: Check<Uint8Array> = (value) => value instanceof Uint8Array;

function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

function orAbsent<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

function listOf<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(check);
}

/** Every word of a vocabulary, each named, so that none is forgotten. */
function oneOf<T extends string>(words: Record<T, true>): Check<T> {
  return (value): value is T => typeof value === 'string' && Object.hasOwn(words, value);
}

function record<T>(fields: Fields<T>): Check<T> {
  const checks = Object.entries(fields) as [string, Check<unknown>][];
  return (value): value is T => isRecord(value) && checks.every(([name, check]) => check(value[name]));
}

const reasons = listOf(record<SignatureReason>({ code: text, detail: text }));
const revocation = oneOf<SignatureCheck['revocation']>({
  good: true,
  revoked: true,
  unknown: true,
  'not-checked': true,
});

const signer = record<SignerCertificate>({
  commonName: text,
  organisation: listOf(text),
  title: orNull(text),
  email: orNull(text),
  subject: text,
  issuer: text,
  serial: text,
  notBefore: text,
  notAfter: text,
  fingerprint: text,
  holder: oneOf({ person: true, organisation: true, unknown: true }),
});

const certificate = record<CertificateProof>({
  fingerprint: text,
  commonName: text,
  revocation,
  revokedAt: orNull(text),
  evidence: orNull(
    record<NonNullable<CertificateProof['evidence']>>({
      kind: oneOf({ crl: true, ocsp: true }),
      sha256: text,
      thisUpdate: text,
      nextUpdate: orNull(text),
    }),
  ),
});

const signature = record<SignatureCheck>({
  name: text,
  kind: oneOf({ signature: true, timestamp: true }),
  format: text,
  coverage: record<Coverage>({
    byteRange: orNull(listOf(number)),
    wholeFile: flag,
    bytesAfter: number,
    notCovered: listOf(text),
  }),
  intact: orNull(flag),
  authentic: orNull(flag),
  trusted: orNull(flag),
  revocation,
  signer: orNull(signer),
  anchorGroup: orNull(text),
  chain: listOf(certificate),
  claimedTime: orNull(text),
  timestampTime: orNull(text),
  judgedAt: text,
  timeSource: oneOf({ timestamp: true, entry: true }),
  digestAlgorithm: orNull(text),
  changes: listOf(record<Change>({ kind: text, detail: text, allowed: flag, breaks: orAbsent(flag) })),
  weak: listOf(text),
  notes: reasons,
  indication: oneOf({ TOTAL_PASSED: true, TOTAL_FAILED: true, INDETERMINATE: true }),
  subIndication: orNull(text),
  conclusion: oneOf({ valid: true, untrusted: true, suspect: true, invalid: true }),
  reasons,
});

export const isReport: Check<SandboxReport> = record<SandboxReport>({
  file: text,
  format: oneOf({ pdf: true, cms: true, smime: true, ooxml: true, odf: true, xml: true, none: true }),
  conclusion: oneOf({
    valid: true,
    untrusted: true,
    suspect: true,
    invalid: true,
    none: true,
    error: true,
  }),
  signatures: listOf(signature),
  senderMatches: orNull(flag),
  sentence: text,
  defects: reasons,
  wanted: listOf(
    record<EvidenceRequest>({
      kind: oneOf({ crl: true, ocsp: true, issuer: true }),
      url: text,
      body: orNull(octets),
    }),
  ),
  proofs: listOf(
    record<Proof>({
      kind: oneOf({ anchor: true, certificate: true, crl: true, ocsp: true }),
      group: orNull(text),
      sha256: text,
      der: octets,
    }),
  ),
  elapsedMs: number,
  pictures: orAbsent(flag),
});
