/** Judges the signature samples as their manifest says, and compares: what agrees, what does not, and why. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinMaterial, readMaterial } from '../../signatures/material.ts';
import type { Conclusion, RevocationPolicy, SignatureReport, VerifyOptions } from '../../signatures/types.ts';

/** One line of the samples' manifest, as far as it is used. */
export interface SampleRow {
  id: string;
  file: string;
  format: string;
  expected: string;
  subIndication?: string;
  trust?: string;
  extra?: string;
  detached?: string;
  password?: string;
  at?: string;
  field?: string;
  revocation?: RevocationPolicy;
  attack?: string;
  peers?: string;
  why?: string;
}

export interface SampleResult {
  row: SampleRow;
  report: SignatureReport;
  /** Of the signature that the row means. */
  conclusion: Conclusion;
  agrees: boolean;
}

/** How a row is judged; `ownRoots` = the manifest's AUTO. */
export interface SampleTask {
  bytes: Buffer;
  options: VerifyOptions;
  ownRoots: boolean;
}

export type JudgeSample = (task: SampleTask) => Promise<SignatureReport>;

/** The manifest's words in terms of conclusions (README beside it). */
const AGREEING: Record<string, Conclusion[]> = {
  PASS: ['valid'],
  INDET: ['untrusted'],
  FAIL: ['invalid'],
  NOT_PASS: ['invalid', 'suspect', 'untrusted', 'none', 'error'],
  NOT_FAIL: ['valid', 'untrusted'],
  NOSIG: ['none'],
};

export function readRows(root: string): SampleRow[] {
  return readFileSync(join(root, 'manifest.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SampleRow);
}

function names(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((one) => one !== '');
}

function taskOf(root: string, row: SampleRow): SampleTask {
  const bytes = readFileSync(join(root, row.file));
  const material = (list: string | undefined) =>
    joinMaterial(
      names(list)
        .filter((one) => one !== 'AUTO')
        .map((one) => readMaterial(readFileSync(join(root, one)), one)),
    );
  const extra = material(row.extra);
  return {
    bytes,
    ownRoots: names(row.trust).includes('AUTO'),
    options: {
      trust: {
        anchors: material(row.trust).certificates.map((der) => ({ der, group: 'PUBLIC' })),
        intermediates: extra.certificates,
        crls: extra.crls,
        ocsps: extra.ocsps,
      },
      at: new Date(row.at ?? Date.now()).toISOString(),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      revocation: row.revocation ?? 'soft',
      password: row.password ?? null,
      detached: row.detached === undefined ? null : readFileSync(join(root, row.detached)),
      field: row.field === undefined || row.field === '*' ? null : row.field,
    },
  };
}

function agreesWith(row: SampleRow, report: SignatureReport): boolean {
  const { conclusion, signatures } = report;
  if (row.expected === 'SENDER_MISMATCH')
    return report.senderMatches === false && (conclusion === 'valid' || conclusion === 'untrusted');
  if (row.expected === 'FLAG')
    return conclusion !== 'valid' && signatures.every((one) => one.changes.some((change) => !change.allowed));
  if (row.expected === 'SPLIT') return true;
  return AGREEING[row.expected]?.includes(conclusion) ?? false;
}

export async function judgeRow(root: string, row: SampleRow, judge: JudgeSample): Promise<SampleResult> {
  const report = await judge(taskOf(root, row));
  return { row, report, conclusion: report.conclusion, agrees: agreesWith(row, report) };
}

/** A file that must not pass, and did: the one thing that may never happen. */
export function isFalseValid(result: SampleResult): boolean {
  return result.conclusion === 'valid' && ['NOT_PASS', 'FAIL', 'INDET', 'FLAG'].includes(result.row.expected);
}
