/**
 * Reads every message of a folder and shows what became of it.
 *
 *   node scripts/read-samples.ts FOLDER            one JSON object for each file
 *   node scripts/read-samples.ts FOLDER --table    delivery reports by dialect, kinds of report, defects
 *
 * Bytes of parts go to a temporary folder that is removed at the end; nothing is sent or resolved.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { readMail } from '../mail/read.ts';
import type { DeliveryReport, IncomingMessage, PartSink, ReadingLimits } from '../mail/types.ts';

const MIB = 1024 * 1024;
const LIMITS: ReadingLimits = {
  maxPartBytes: 64 * MIB,
  maxParts: 500,
  maxDepth: 20,
  maxUnpackedBytes: 256 * MIB,
  maxRatio: 200,
  maxHeaderBytes: MIB,
};
const NO_MESSAGES = new Set(['README.md', 'manifest.jsonl']);

interface Read {
  file: string;
  milliseconds: number;
  message: IncomingMessage | null;
  error: string | null;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { table: { type: 'boolean' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    console.error('usage: read-samples.ts FOLDER [--table]');
    return 2;
  }
  const bytes = await mkdtemp(join(tmpdir(), 'read-samples-'));
  try {
    const read: Read[] = [];
    for (const file of await messages(folder)) read.push(await readOne(folder, file, sinkIn(bytes)));
    if (values.table === true) printTables(read);
    else for (const one of read) console.log(JSON.stringify(one));
    return read.some(({ error }) => error !== null) ? 1 : 0;
  } finally {
    await rm(bytes, { recursive: true, force: true });
  }
}

async function messages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !NO_MESSAGES.has(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function readOne(folder: string, file: string, sink: PartSink): Promise<Read> {
  const start = performance.now();
  const done = () => Math.round(performance.now() - start);
  try {
    const message = await readMail(createReadStream(join(folder, file)), sink, LIMITS);
    return { file, milliseconds: done(), message, error: null };
  } catch (error) {
    return { file, milliseconds: done(), message: null, error: String(error) };
  }
}

/** Keeps bytes by their hash in a folder. */
function sinkIn(folder: string): PartSink {
  const pathOf = (sha256: string) => join(folder, sha256);
  return {
    pathOf,
    async keep(content) {
      const unnamed = join(folder, randomUUID());
      const hash = createHash('sha256');
      let size = 0;
      await writeFile(
        unnamed,
        (async function* () {
          for await (const chunk of content) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        })(),
      );
      const sha256 = hash.digest('hex');
      await rename(unnamed, pathOf(sha256));
      return { sha256, size };
    },
  };
}

function printTables(read: Read[]): void {
  const reports = read.flatMap(({ message }) =>
    message?.report?.type === 'delivery-report' ? [message.report] : [],
  );
  console.log(`${read.length} files, ${read.filter(({ error }) => error !== null).length} errors\n`);
  console.table(byDialect(reports));
  console.log('\nKinds of report');
  console.table(
    counted(read.map(({ message, error }) => (error === null ? (message?.report?.type ?? 'none') : 'error'))),
  );
  console.log('\nDefects');
  console.table(counted(read.flatMap(({ message }) => message?.defects.map(({ code }) => code) ?? [])));
}

function byDialect(reports: DeliveryReport[]): Record<string, Record<string, string | number>> {
  const dialects = [...new Set(reports.map(({ dialect }) => dialect))].sort();
  return Object.fromEntries([
    ...dialects.map((name) => [name, row(reports.filter(({ dialect }) => dialect === name))]),
    ['all', row(reports)],
  ]);
}

function row(reports: DeliveryReport[]): Record<string, string | number> {
  const outcomes = reports.flatMap((report) => report.outcomes);
  const status = (start: string) => outcomes.filter((one) => one.status?.startsWith(start)).length;
  return {
    files: reports.length,
    outcomes: outcomes.length,
    recipients: outcomes.filter(({ recipient }) => recipient !== null).length,
    '2.x.x': status('2'),
    '4.x.x': status('4'),
    '5.x.x': status('5'),
    'no status': outcomes.filter((one) => one.status === null).length,
    permanent: outcomes.filter(({ permanent }) => permanent === true).length,
    temporary: outcomes.filter(({ permanent }) => permanent === false).length,
    'not failed': outcomes.filter(({ action }) => action !== 'failed').length,
  };
}

function counted(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

process.exitCode = await main();
