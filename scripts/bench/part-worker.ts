/** The parts that a reading process cannot leave out, one task after another; answers with what went wrong, or null. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { loadTrust } from '../../config/load-trust.ts';
import { DEFAULT_READING_LIMITS } from '../../mail/limits.ts';
import { splitMessage } from '../../mail/mailparser-adapter.ts';
import { verifyFile } from '../../signatures/verify.ts';

export interface PartTask {
  task: 'parse' | 'hash' | 'signatures' | 'all';
  /** Path of the kept letter, and of its file. */
  raw: string;
  pdf: string;
}

const trust = loadTrust({ anchors: [{ file: process.argv[2]!, group: 'BAN_CO_YEU' }], intermediates: [] });

process.on('disconnect', () => process.exit(0));
process.on('message', (task: PartTask) => {
  void run(task).then(
    () => process.send?.(null),
    (error: unknown) => process.send?.(String(error)),
  );
});

async function run({ task, raw, pdf }: PartTask): Promise<void> {
  if (task === 'parse' || task === 'all') await parse(raw);
  if (task === 'hash' || task === 'all') await hash(pdf);
  if (task === 'signatures' || task === 'all') await check(pdf);
}

/** Cuts the letter into its parts and takes off their transfer encoding; the bytes go nowhere. */
async function parse(path: string): Promise<void> {
  let bytes = 0;
  for await (const part of splitMessage(createReadStream(path), DEFAULT_READING_LIMITS, () => undefined)) {
    for await (const piece of part.content) bytes += piece.length;
  }
  if (bytes === 0) throw new Error('nothing was parsed');
}

async function hash(path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const piece of createReadStream(path)) sum.update(piece as Buffer);
  return sum.digest('hex');
}

async function check(path: string): Promise<void> {
  const { conclusion } = await verifyFile(readFileSync(path), {
    trust,
    at: new Date().toISOString(),
    sha256: '0'.repeat(64),
  });
  if (conclusion !== 'valid') throw new Error(`the signature was found ${conclusion}`);
}
