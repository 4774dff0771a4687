/**
 * `npm run eval:signatures [-- FOLDER] [--json] [--all]`: the signature samples against their manifest, agreement by format
 * and every disagreement. Exit code 1 when a file that must not pass was called valid, or less than 98 % agree.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { verifyFile, verifyWithOwnRoots } from '../../signatures/verify.ts';
import { isFalseValid, judgeRow, readRows, type SampleResult, type SampleTask } from './signature-samples.ts';

/** Share of rows that must agree. */
const WANTED = 0.98;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, all: { type: 'boolean' } },
  allowPositionals: true,
});
const root = positionals[0] ?? new URL('../../../shared/signature-samples', import.meta.url).pathname;

if (!existsSync(root)) {
  console.error(
    `eval:signatures: no samples in ${root}; name their folder: npm run eval:signatures -- FOLDER`,
  );
  process.exit(2);
}

const judge = ({ bytes, options, ownRoots }: SampleTask) =>
  (ownRoots ? verifyWithOwnRoots : verifyFile)(bytes, options);

function describe({ row, report, conclusion, agrees }: SampleResult): string {
  const checks = report.signatures.map((one) => {
    const codes = [...new Set([...one.reasons, ...one.notes].map((reason) => reason.code))].join(',');
    const changes = one.changes.filter((change) => !change.allowed).map((change) => change.kind);
    return `    ${one.name} ${one.indication}/${one.subIndication ?? '-'} ${codes} ${changes.join(',')} ${one.reasons[0]?.detail ?? ''}`;
  });
  const defects = report.defects.map((one) => `    defect ${one.code}: ${one.detail}`);
  const head = `${agrees ? 'ok ' : 'NO '} ${row.id} ${row.file}: expected ${row.expected} (${row.subIndication ?? row.why ?? ''}), got ${conclusion}${report.senderMatches === null ? '' : ` sender ${report.senderMatches}`}`;
  return [head, ...checks, ...defects].join('\n');
}

const results: SampleResult[] = [];
const crashes: string[] = [];
for (const row of readRows(root)) {
  try {
    results.push(await judgeRow(root, row, judge));
  } catch (error) {
    crashes.push(`${row.id} ${row.file}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}

const formats = [...new Set(results.map((one) => one.row.format))].sort();
const table = formats.map((format) => {
  const rows = results.filter((one) => one.row.format === format);
  return { format, rows: rows.length, agree: rows.filter((one) => one.agrees).length };
});
const slowest = results.reduce((most, one) => Math.max(most, one.report.elapsedMs), 0);
const agree = results.filter((one) => one.agrees).length;
const total = results.length + crashes.length;
const falseValid = results.filter(isFalseValid).map((one) => one.row.id);
const summary = {
  total,
  agree,
  share: agree / total,
  falseValid,
  crashes: crashes.length,
  slowestMs: slowest,
  formats: table,
};

if (values.json === true) console.log(JSON.stringify(summary));
else {
  for (const one of results) if (values.all === true || !one.agrees) console.log(describe(one));
  for (const one of crashes) console.log(`CRASH ${one}`);
  for (const one of table) console.log(`${one.format.padEnd(6)} ${one.agree}/${one.rows}`);
  const percent = ((100 * agree) / total).toFixed(1);
  console.log(
    `all    ${agree}/${total} (${percent} %), wrongly valid: ${falseValid.length === 0 ? 'none' : falseValid.join(' ')}, crashes: ${crashes.length}, slowest ${slowest} ms`,
  );
}
process.exitCode = falseValid.length > 0 || crashes.length > 0 || agree / total < WANTED ? 1 : 0;
