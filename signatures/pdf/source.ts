import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isSpace } from './syntax.ts';

/** Octets read from a file at once; small reads come from the last few of these blocks. */
const BLOCK = 64 * 1024;
const BLOCKS_KEPT = 32;

/** Random access to the bytes of a file, without holding it whole. */
export interface ByteSource {
  size: number;
  /** Bytes from `start` to before `end`, cut to the file: may be shorter, never longer. */
  read(start: number, end: number): Buffer;
  /** The same, but the bytes hold only until the next call: for passing over large ranges without filling memory. */
  pass(start: number, end: number): Buffer;
  close(): void;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (start: number, end: number) => buffer.subarray(Math.max(0, start), end);
  return { size: buffer.length, read, pass: read, close: () => {} };
}

function readFully(descriptor: number, start: number, length: number, into?: Buffer): Buffer {
  const buffer = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const got = readSync(descriptor, buffer, filled, length - filled, start + filled);
    if (got === 0) break;
    filled += got;
  }
  return buffer.subarray(0, filled);
}

/** A file by its path; the caller closes it. Throws what node:fs throws when it cannot be opened. */
export function fileSource(path: string): ByteSource {
  const descriptor = openSync(path, 'r');
  const { size } = fstatSync(descriptor);
  const blocks = new Map<number, Buffer>();
  const block = (index: number): Buffer => {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const fresh = readFully(descriptor, index * BLOCK, Math.min(BLOCK, size - index * BLOCK));
    if (blocks.size >= BLOCKS_KEPT) blocks.delete(blocks.keys().next().value!);
    blocks.set(index, fresh);
    return fresh;
  };
  const read = (from: number, to: number): Buffer => {
    const start = Math.max(0, from);
    const end = Math.min(size, to);
    if (end <= start) return Buffer.alloc(0);
    if (end - start > BLOCK) return readFully(descriptor, start, end - start);
    const first = Math.floor(start / BLOCK);
    const last = Math.floor((end - 1) / BLOCK);
    const joined = first === last ? block(first) : Buffer.concat([block(first), block(last)]);
    return joined.subarray(start - first * BLOCK, end - first * BLOCK);
  };
  let shared: Buffer | null = null;
  const pass = (from: number, to: number): Buffer => {
    const length = Math.max(0, Math.min(size, to) - from);
    if (shared === null || shared.length < length) shared = Buffer.allocUnsafe(length);
    return readFully(descriptor, from, length, shared);
  };
  return { size, read, pass, close: () => closeSync(descriptor) };
}

/** Gives the ranges [start, end) in windows of 256 KiB, letting other work in between: 50 MB must not block the service. */
export async function feedRanges(
  source: ByteSource,
  ranges: [number, number][],
  sink: (window: Uint8Array) => void,
): Promise<void> {
  const WINDOW = 256 * 1024;
  for (const [start, end] of ranges) {
    for (let at = start; at < end; at += WINDOW) {
      sink(source.pass(at, Math.min(end, at + WINDOW)));
      if ((at - start) % (16 * WINDOW) === 0 && at > start)
        await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Whether only white space stands in a range. */
export function isBlank(source: ByteSource, start: number, end: number): boolean {
  for (let at = start; at < end; at += 65_536) {
    const window = source.read(at, Math.min(end, at + 65_536));
    if (!window.every((octet) => isSpace(octet))) return false;
  }
  return true;
}
