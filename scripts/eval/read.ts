/**
 * `npm run eval:read [-- FOLDER] [--kind digital|office|scan] [--file NAME] [--json] [--gate]`: the document samples read and compared
 * with their truth, field by field, with every error. Exit code 1 with --gate when of the fields given with 0.9 or more
 * less than 98 % are right.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { linesOfFile } from '../../documents/lines-of-file.ts';
import { closeSharedEngine } from '../../documents/ocr/open-engine.ts';
import { readFileFields } from '../../documents/reading.ts';
import { recordOf } from '../../documents/reading-record.ts';
import { detectType } from '../../mail/detect-type.ts';
import { type Comparison, compare, kindOf, type ReadRecord, readTruths } from './document-samples.ts';
import { rowsOf, summarise, sureShare } from './read-table.ts';

/** Share of the sure fields that must be right. */
const WANTED = 0.98;

const { values, positionals } = parseArgs({
  options: {
    kind: { type: 'string' },
    file: { type: 'string' },
    json: { type: 'boolean' },
    gate: { type: 'boolean' },
  },
  allowPositionals: true,
});
const root = positionals[0] ?? new URL('../../../shared/document-samples', import.meta.url).pathname;

/** Without the file's name: the samples' names say nothing, and a real one must not make the table look better. */
async function read(name: string): Promise<ReadRecord> {
  const path = join(root, name);
  const source = await linesOfFile(path, detectType(readFileSync(path).subarray(0, 8192), name), name);
  try {
    return { ...recordOf(await readFileFields(source, [])) };
  } finally {
    await source.close();
  }
}

const comparisons: Comparison[] = [];
const seconds: Record<string, number[]> = {};
for (const truth of readTruths(root)) {
  const kind = kindOf(truth);
  if (values.kind !== undefined && values.kind !== kind) continue;
  if (values.file !== undefined && !truth.file.includes(values.file)) continue;
  const before = process.cpuUsage();
  comparisons.push(...compare(truth, await read(truth.file)));
  const { user, system } = process.cpuUsage(before);
  seconds[kind] = [...(seconds[kind] ?? []), (user + system) / 1_000_000];
}
await closeSharedEngine();

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const times = Object.entries(seconds).map(([kind, list]) => `${kind} ${median(list).toFixed(2)} s`);
if (values.json === true) console.log(JSON.stringify({ rows: rowsOf(comparisons), comparisons }));
else {
  console.log(summarise(comparisons));
  console.log(`CPU of one file, median: ${times.join(', ')}`);
}
process.exitCode = values.gate === true && sureShare(comparisons) < WANTED ? 1 : 0;
