/** The table of the reading evaluation: by field and kind, and every error with what was wanted. */
import { BY_CHARACTER, type Comparison, LIST_FIELDS, type SampleKind } from './document-samples.ts';

export interface FieldRow {
  field: string;
  kind: SampleKind;
  right: number;
  wrong: number;
  missing: number;
  /** Read where the document has none. */
  invented: number;
  /** Rightly told that there is none. */
  none: number;
  /** Right of those that the document has; for the abstract mean character accuracy, for lists mean F1. */
  score: number | null;
  /** Mean character accuracy (or F1) of those that the document has. */
  accuracy: number | null;
  confidence: number | null;
  /** Given with 0.9 or more, and how many of them are right. */
  sure: number;
  sureRight: number;
}

/** From here on a field may feed automatic registration. */
export const SURE = 0.9;

export function rowsOf(comparisons: readonly Comparison[]): FieldRow[] {
  const keys = [...new Set(comparisons.map((one) => `${one.field}\t${one.kind}`))];
  return keys.map((key) => {
    const [field, kind] = key.split('\t') as [string, SampleKind];
    return rowOf(
      field,
      kind,
      comparisons.filter((one) => one.field === field && one.kind === kind),
    );
  });
}

function rowOf(field: string, kind: SampleKind, all: readonly Comparison[]): FieldRow {
  const count = (verdict: Comparison['verdict']) => all.filter((one) => one.verdict === verdict).length;
  const wanted = all.filter((one) => one.wanted !== '');
  const given = all.filter((one) => one.got !== '');
  const sure = given.filter((one) => one.confidence >= SURE);
  const accuracy = meanOf(wanted.map((one) => one.accuracy));
  const byAccuracy = BY_CHARACTER.has(field) || LIST_FIELDS.has(field);
  return {
    field,
    kind,
    right: count('right'),
    wrong: count('wrong'),
    missing: count('missing'),
    invented: count('invented'),
    none: count('none'),
    score: byAccuracy ? accuracy : wanted.length === 0 ? null : count('right') / wanted.length,
    accuracy,
    confidence: meanOf(given.map((one) => one.confidence)),
    sure: sure.length,
    sureRight: sure.filter((one) => one.verdict === 'right').length,
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function summarise(comparisons: readonly Comparison[]): string {
  const rows = rowsOf(comparisons);
  const errors = comparisons.filter((one) => !['right', 'none'].includes(one.verdict));
  const table = [
    'field            kind     right wrong miss  inv none   score   chars  conf   >=0.9',
    ...rows.map(lineOf),
  ];
  const sure = rows.reduce((sum, row) => sum + row.sure, 0);
  const sureRight = rows.reduce((sum, row) => sum + row.sureRight, 0);
  return [
    ...errors.map(describe),
    '',
    ...table,
    '',
    `given with ${SURE} or more: ${sure}, right ${sureRight} (${percent(sure === 0 ? null : sureRight / sure)})`,
  ].join('\n');
}

function describe(one: Comparison): string {
  const sure = one.confidence >= SURE ? ' SURE' : '';
  return `${one.file} ${one.field} ${one.verdict} ${one.confidence.toFixed(2)}${sure}\n    wanted ${one.wanted}\n    got    ${one.got}`;
}

/** Of what was given surely, the share that is right; 1 when nothing was. */
export function sureShare(comparisons: readonly Comparison[]): number {
  const rows = rowsOf(comparisons);
  const sure = rows.reduce((sum, row) => sum + row.sure, 0);
  return sure === 0 ? 1 : rows.reduce((sum, row) => sum + row.sureRight, 0) / sure;
}

function lineOf(row: FieldRow): string {
  const counts = [row.right, row.wrong, row.missing, row.invented, row.none]
    .map((n) => String(n).padStart(5))
    .join('');
  return [
    row.field.padEnd(16),
    row.kind.padEnd(8),
    counts,
    percent(row.score).padStart(8),
    percent(row.accuracy).padStart(8),
    (row.confidence?.toFixed(2) ?? '-').padStart(6),
    `${row.sureRight}/${row.sure}`.padStart(8),
  ].join(' ');
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}
