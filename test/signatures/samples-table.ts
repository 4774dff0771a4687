import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSignedData } from '../../signatures/cms.ts';
import { memorySource } from '../../signatures/pdf/source.ts';
import { findSignatures } from '../../signatures/pdf/structure.ts';
import type { SignatureReport, TrustMaterial } from '../../signatures/types.ts';
import { verifyPdf } from '../../signatures/verify-pdf.ts';

/** One line of the samples' manifest, as far as it is used. */
export interface SampleRow {
  id: string;
  file: string;
  format: string;
  expected: string;
  subIndication?: string;
  trust?: string;
  extra?: string;
  at?: string;
  field?: string;
}

function der(path: string): Uint8Array {
  return new X509Certificate(readFileSync(path)).raw;
}

/** The self-signed certificates inside the file (`AUTO`): for comparing integrity only. */
function insideSelfSigned(bytes: Uint8Array): Uint8Array[] {
  return findSignatures(memorySource(bytes)).signatures.flatMap((found) => {
    try {
      return readSignedData(found.contents ?? new Uint8Array()).certificates.filter((one) => {
        const certificate = new X509Certificate(one);
        return certificate.subject === certificate.issuer;
      });
    } catch {
      return [];
    }
  });
}

function trustOf(root: string, row: SampleRow, bytes: Uint8Array): TrustMaterial {
  const list = (text: string | undefined) => (text ?? '').split(',').filter((one) => one !== '');
  const files = list(row.trust).filter((one) => one !== 'AUTO');
  const anchors = files.map((one) => der(join(root, one)));
  if (list(row.trust).includes('AUTO')) anchors.push(...insideSelfSigned(bytes));
  const intermediates = list(row.extra).flatMap((one) =>
    /\.(?:crl|ocsp)$/.test(one) ? [] : [der(join(root, one))],
  );
  return { anchors: anchors.map((one) => ({ der: one, group: 'PUBLIC' })), intermediates };
}

/** Verifies the row's file as the manifest says. */
export async function verifyRow(root: string, row: SampleRow): Promise<SignatureReport> {
  const bytes = readFileSync(join(root, row.file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const at = new Date(row.at ?? '2026-11-20T00:00:00Z').toISOString();
  return verifyPdf(bytes, { trust: trustOf(root, row, bytes), at, sha256 });
}

/** The verdict of the signature that the row means. */
export function verdictOf(report: SignatureReport, row: SampleRow): string {
  const meant = report.signatures.filter(
    (check) => row.field === '*' || row.field === undefined || check.name === row.field,
  );
  const wanted = row.field === '*' || row.field === undefined ? report.verdict : meant[0]?.verdict;
  return wanted ?? report.verdict;
}

/** Whether a verdict agrees with the manifest's word (see its README). */
export function agrees(expected: string, verdict: string, report: SignatureReport): boolean {
  const table: Record<string, string[]> = {
    PASS: ['VALID'],
    INDET: ['INDETERMINATE'],
    FAIL: ['INVALID'],
    NOT_PASS: ['INVALID', 'INDETERMINATE', 'NONE'],
    NOT_FAIL: ['VALID', 'INDETERMINATE'],
    NOSIG: ['NONE'],
  };
  if (expected === 'FLAG') return report.signatures.every((check) => check.reasons.length > 0);
  return table[expected]?.includes(verdict) ?? false;
}

export function readRows(root: string): SampleRow[] {
  const lines = readFileSync(join(root, 'manifest.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as SampleRow).filter((row) => row.format === 'pdf');
}
