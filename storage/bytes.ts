/**
 * Bytes by SHA-256: `bytes/ab/<sha256>`. They are written to `tmp/`, flushed, renamed, and the folder is flushed;
 * what has a name in `bytes/` is whole. They are only ever added, never altered.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CongvanError } from '../config/error.ts';
import { diskError, flushed } from './durable.ts';
import type { ByteStore } from './types.ts';

/** Milliseconds after which a file left in `tmp/` belongs to nobody (a killed process). */
const ABANDONED = 24 * 3600 * 1000;

/** Called before each write with its bytes; may throw what the disk would throw (tests of a full disk). */
export type BeforeWrite = (bytes: number) => void;

export function byteStore(dataDir: string, beforeWrite: BeforeWrite = () => {}): ByteStore {
  const pathOf = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new CongvanError('BYTES_NAME', 'Mã băm SHA-256 không hợp lệ.', { temporary: false });
    }
    return join(dataDir, 'bytes', sha256.slice(0, 2), sha256);
  };
  const folders = { temporary: join(dataDir, 'tmp'), bytes: join(dataDir, 'bytes') };
  const known = new Set<string>();
  const keep = (content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) =>
    keepBytes(content, { ...folders, known, pathOf, beforeWrite });
  return {
    keep,
    keepBuffer: (content) => keep([content]),
    pathOf,
    has: async (sha256) => (await sizeOf(pathOf(sha256))) !== null,
  };
}

interface Place {
  temporary: string;
  bytes: string;
  /** Folders whose own name this process has made durable. */
  known: Set<string>;
  pathOf(sha256: string): string;
  beforeWrite: BeforeWrite;
}

async function keepBytes(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, place: Place) {
  const temporary = join(place.temporary, randomUUID());
  try {
    await mkdir(place.temporary, { recursive: true, mode: 0o700 });
    const kept = await write(content, temporary, place.beforeWrite);
    await settle(temporary, kept, place);
    return kept;
  } catch (error) {
    throw diskError(error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function write(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
  beforeWrite: BeforeWrite,
) {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      beforeWrite(chunk.length);
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), size };
}

/**
 * Gives the bytes their name. The same bytes may have it already, or get it from another process at this moment:
 * both rename the same content, so it does not matter who is last. The folder is flushed in either case, since the
 * other one may not have come so far.
 */
async function settle(
  temporary: string,
  kept: { sha256: string; size: number },
  place: Place,
): Promise<void> {
  const target = place.pathOf(kept.sha256);
  const folder = join(target, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await sizeOf(target)) !== kept.size) await rename(temporary, target);
  await flushed(folder);
  if (place.known.has(folder)) return;
  await flushed(place.bytes);
  await flushed(join(place.bytes, '..'));
  place.known.add(folder);
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Removes what killed processes left in `tmp/` long ago. `now` in milliseconds. */
export async function sweepTemporary(dataDir: string, now: number): Promise<void> {
  const folder = join(dataDir, 'tmp');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && now - found.mtimeMs > ABANDONED) await rm(path, { force: true });
  }
}
