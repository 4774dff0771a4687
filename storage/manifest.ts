/** What a backup says of itself: enough to prove on restoring that nothing is missing or changed (BAK-02). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CongvanError } from '../config/error.ts';
import type { BackupCounts } from './backup.ts';
import type { Schema } from './schema.ts';
import type { Written } from './table-files.ts';

export interface Manifest {
  format: 1;
  /** ISO 8601 UTC. */
  at: string;
  schema: number;
  /** Last line of the journal in the tables. */
  journal: { seq: number; hash: string };
  tables: ({ name: keyof Schema } & Written)[];
  /** Of `files.jsonl`, which names every file of `bytes/`. */
  files: Written;
  counts: BackupCounts;
  /** SHA-256 of what was left out because it is frozen, and of what was missing on the disk. */
  excluded: string[];
  missing: string[];
}

export function tableFile(folder: string, name: keyof Schema): string {
  return join(folder, 'tables', `${name}.jsonl`);
}

/** Throws BACKUP_INCOMPLETE when the backup did not come to its end, BACKUP_DAMAGED when a list was changed. */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await parse(join(folder, 'manifest.json'));
  for (const table of manifest.tables) await proveFile(tableFile(folder, table.name), table.sha256);
  await proveFile(join(folder, 'files.jsonl'), manifest.files.sha256);
  return manifest;
}

async function parse(path: string): Promise<Manifest> {
  let found: Partial<Manifest>;
  try {
    found = JSON.parse(await readFile(path, 'utf8')) as Partial<Manifest>;
  } catch (cause) {
    throw new CongvanError(
      'BACKUP_INCOMPLETE',
      'Bản sao lưu không đầy đủ: thiếu hoặc hỏng tệp manifest.json.',
      {
        temporary: false,
        cause,
      },
    );
  }
  if (found.format === 1) return found as Manifest;
  throw new CongvanError('BACKUP_FORMAT', 'Bản sao lưu thuộc định dạng mà phần mềm này chưa đọc được.', {
    temporary: false,
  });
}

async function proveFile(path: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((cause: unknown) => {
    throw damaged([path], cause);
  });
  if (hash.digest('hex') !== sha256) throw damaged([path]);
}

/** `what`: paths or hashes; the first few are named. */
export function damaged(what: string[], cause?: unknown): CongvanError {
  return new CongvanError(
    'BACKUP_DAMAGED',
    `Bản sao lưu bị hỏng (${what.length} tệp): ${what.slice(0, 5).join(', ')}.`,
    {
      temporary: false,
      cause,
      fields: { damaged: what.length },
    },
  );
}
