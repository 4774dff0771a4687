/** The bytes of an entry, inflated within limits and held against what its headers say. */
import { crc32, inflateRawSync } from 'node:zlib';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { type CentralHeader, FLAG } from './records.ts';

export const METHOD = { stored: 0, deflated: 8 } as const;

/** Inflated bytes of one entry and of all together: far over any letter, far under what a reader process may hold. */
const MAX_ENTRY = 128 * 1024 * 1024;
export const MAX_TOTAL = 256 * 1024 * 1024;

/** Deflate cannot shrink better than this; an entry that claims more is lying. */
const MAX_RATIO = 1_032;

export interface Contents {
  /** Null = cannot be read. */
  bytes: Uint8Array | null;
  faults: SignatureReason[];
}

const failed = (reason: SignatureReason): Contents => ({ bytes: null, faults: [reason] });

/** What the types of Node leave out: with `info`, the stream comes too and tells the bytes that it consumed. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function inflate(packed: Uint8Array, size: number): Inflated | null {
  try {
    const options = { info: true, maxOutputLength: Math.max(1, size) };
    return inflateRawSync(packed, options) as unknown as Inflated;
  } catch {
    return null;
  }
}

function deflated(packed: Uint8Array, header: CentralHeader, name: string): Contents {
  const result = header.size > packed.length * MAX_RATIO ? null : inflate(packed, header.size);
  if (result === null || result.buffer.length !== header.size)
    return failed(formatFailure(`${name} does not inflate to the size its header says`));
  const faults =
    result.engine.bytesWritten === packed.length
      ? []
      : [formatFailure(`${name} has bytes behind the end of its deflate stream`)];
  return { bytes: result.buffer, faults };
}

/** Inflates one entry. `packed` = its bytes in the archive; `room` = inflated bytes that may still be taken. */
export function readContents(
  packed: Uint8Array,
  header: CentralHeader,
  name: string,
  room: number,
): Contents {
  if ((header.flags & (FLAG.encrypted | FLAG.strong | FLAG.masked)) !== 0 || header.aes)
    return failed(formatFailure(`${name} is encrypted`));
  if (header.size > Math.min(MAX_ENTRY, room))
    return failed({ code: 'LIMIT', detail: `${name} inflates to ${header.size} bytes` });
  if (header.method === METHOD.stored && header.size !== packed.length)
    return failed(formatFailure(`${name} is stored with two sizes`));
  if (header.method !== METHOD.stored && header.method !== METHOD.deflated)
    return failed(formatFailure(`${name} uses compression method ${header.method}`));
  const contents =
    header.method === METHOD.stored ? { bytes: packed, faults: [] } : deflated(packed, header, name);
  if (contents.bytes !== null && crc32(contents.bytes) !== header.crc)
    contents.faults.push(formatFailure(`${name} has another CRC-32 than its header says`));
  return contents;
}
