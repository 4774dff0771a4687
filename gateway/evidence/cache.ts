/** Answers kept on disk for as long as they hold: one file each, named by SHA-256 of what was asked. */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all kept answers together; a dozen large lists and thousands of responses. */
const MAX_CACHE_BYTES = 256 * 1024 * 1024;
/** First line of a file, at most. */
const MAX_HEADER_BYTES = 64;

export interface EvidenceCache {
  /** Null = not there, or no longer valid. */
  read(key: string): Promise<Uint8Array | null>;
  /** `until` = ISO 8601 UTC. */
  write(key: string, bytes: Uint8Array, until: string): Promise<void>;
}

const NAME = /^[0-9a-f]{64}$/;
const HALF_WRITTEN = /^[0-9a-f]{64}\.\d+$/;

/** A file is its end of validity, a line break, and the bytes as they came. */
function split(file: Buffer): { until: string; bytes: Uint8Array } | null {
  const end = file.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  const until = file.toString('latin1', 0, Math.max(end, 0));
  return Number.isNaN(Date.parse(until)) ? null : { until, bytes: file.subarray(end + 1) };
}

interface KeptFile {
  path: string;
  bytes: number;
  writtenMs: number;
}

async function keptFiles(folder: string): Promise<KeptFile[]> {
  const found: KeptFile[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (HALF_WRITTEN.test(name)) await rm(path, { force: true });
    if (!NAME.test(name)) continue;
    const { size, mtimeMs } = await stat(path);
    found.push({ path, bytes: size, writtenMs: mtimeMs });
  }
  return found.sort((a, b) => b.writtenMs - a.writtenMs);
}

/** Removes the oldest until the rest is small enough. */
async function shrink(folder: string, maxBytes: number): Promise<number> {
  let total = 0;
  for (const { path, bytes } of await keptFiles(folder)) {
    if (total + bytes > maxBytes) await rm(path, { force: true });
    else total += bytes;
  }
  return total;
}

let written = 0;

/** Written beside and renamed, so that nobody ever reads half of an answer. A lost file only costs another request. */
async function writeWhole(path: string, until: string, bytes: Uint8Array): Promise<void> {
  written += 1;
  const beside = `${path}.${written}`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${until}\n`);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/**
 * Opens `folder`, made when first written to. Reading never throws; writing throws what the disk says.
 * One process at a time, as everything in the data folder.
 */
export function openCache(folder: string, clock: () => Date, maxBytes = MAX_CACHE_BYTES): EvidenceCache {
  let total: number | null = null;
  return {
    read: async (key) => {
      const path = join(folder, key);
      const kept = split(await readFile(path).catch(() => Buffer.alloc(0)));
      if (kept !== null && Date.parse(kept.until) > clock().getTime()) return kept.bytes;
      if (kept !== null) await rm(path, { force: true }).catch(() => undefined);
      return null;
    },
    write: async (key, bytes, until) => {
      if (total === null) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        total = await shrink(folder, maxBytes);
      }
      await writeWhole(join(folder, key), until, bytes);
      total += bytes.length;
      if (total > maxBytes) total = await shrink(folder, maxBytes);
    },
  };
}
