/** The bytes of one file on their way into the sandbox: at hand, or on disk, and then never held whole by the service. */
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { CongvanError } from '../../config/error.ts';

export interface FileBody {
  /** Bytes; so many and no more go in, whatever becomes of the file meanwhile. */
  size: number;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Bytes read from disk at a time. */
const PIECE_BYTES = 256 * 1024;

export const NO_BODY: FileBody = bodyOf(new Uint8Array(0));

export function bodyOf(bytes: Uint8Array): FileBody {
  return { size: bytes.byteLength, pieces: () => [bytes], close: async () => undefined };
}

/** Throws what the disk says (no such file, no right). */
export async function openBody(path: string): Promise<FileBody> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return { size, pieces: () => piecesOf(file, size), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Each piece is good until the next one is asked for: a large file needs one buffer, not as many as the collector forgets. */
async function* piecesOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, size - at), at);
    if (bytesRead === 0) throw new CongvanError('READER_IO', 'the file became shorter while it was read');
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** Comes back early when the other end is gone: the exit of the process tells that. Throws only for the file itself. */
export async function feed(into: Writable, body: FileBody): Promise<void> {
  const leaving = new AbortController();
  const gone = once(into, 'close', { signal: leaving.signal }).catch(() => null);
  try {
    for await (const piece of body.pieces()) {
      if (into.destroyed) return;
      const written = new Promise((done) => into.write(piece, done));
      if (await Promise.race([written, gone])) return;
    }
  } finally {
    leaving.abort();
  }
}
