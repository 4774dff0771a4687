/** Taking the bytes of a part: kept through the sink within the limit, or collected when they are few. */
import type { PartSink } from './types.ts';

export interface KeptBytes {
  sha256: string;
  size: number;
  /** The first bytes, as many as were asked for. */
  head: Buffer;
  /** True when the part was over the limit: nothing of it is kept (size and sha256 are of nothing). */
  tooLarge: boolean;
}

/**
 * A part over the limit is left out whole: half a file would be taken for one that was altered. Throws what the sink
 * throws (a full disk is no defect of the mail) and what the content throws.
 */
export async function keepBytes(
  content: AsyncIterable<Uint8Array>,
  sink: PartSink,
  limits: { maxBytes: number; headBytes: number },
): Promise<KeptBytes> {
  const seen = { size: 0, head: [] as Uint8Array[], headSize: 0, tooLarge: false };
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      seen.size += chunk.length;
      if (seen.headSize < limits.headBytes) {
        const first = Buffer.from(chunk.subarray(0, limits.headBytes - seen.headSize));
        seen.head.push(first);
        seen.headSize += first.length;
      }
      if (seen.size > limits.maxBytes) {
        seen.tooLarge = true;
        throw new RangeError('part over the limit');
      }
      yield chunk;
    }
  };
  try {
    const kept = await sink.keep(watched());
    return { ...kept, head: Buffer.concat(seen.head), tooLarge: false };
  } catch (error) {
    if (!seen.tooLarge) throw error;
    return { ...(await keepNothing(sink)), head: Buffer.concat(seen.head), tooLarge: true };
  }
}

/** The entry of a part whose bytes are not taken. */
export function keepNothing(sink: PartSink): Promise<{ sha256: string; size: number }> {
  return sink.keep((async function* (): AsyncGenerator<Uint8Array> {})());
}

/** At most `maxBytes`; the rest is left unread. */
export async function collectBytes(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ bytes: Buffer; cut: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    chunks.push(Buffer.from(chunk.subarray(0, maxBytes - size)));
    size += chunk.length;
    if (size > maxBytes) return { bytes: Buffer.concat(chunks), cut: true };
  }
  return { bytes: Buffer.concat(chunks), cut: false };
}
