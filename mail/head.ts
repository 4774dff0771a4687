/** The header block of a message, taken off the front of its stream within a limit. */

export interface Head {
  /** The block without the empty line that ends it. */
  block: Buffer;
  /** What was read beyond the block. */
  rest: Buffer;
  /** What has not been read yet. */
  chunks: AsyncIterator<Uint8Array>;
  /** False when the message ended, or the limit was reached, before an empty line came. */
  complete: boolean;
}

/** Reads at most `maxBytes` (and the chunk that goes over). Null when no end of the block came within them. */
export async function takeHead(raw: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Head | null> {
  const chunks = raw[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const next = await chunks.next();
    if (next.done) break;
    const from = Math.max(0, head.length - 3);
    head = Buffer.concat([head, next.value]);
    end = endOfHeaders(head, from);
    if ((end < 0 ? head.length : end) > maxBytes) return null;
  }
  const block = end < 0 ? head : head.subarray(0, end);
  return { block, rest: end < 0 ? Buffer.alloc(0) : head.subarray(end), chunks, complete: end >= 0 };
}

/** Offset of the empty line that ends the header block; -1 when it has not come yet. */
function endOfHeaders(bytes: Buffer, from: number): number {
  if (bytes[0] === 0x0a || (bytes[0] === 0x0d && bytes[1] === 0x0a)) return 0;
  for (let i = bytes.indexOf(0x0a, from); i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(0x0a, i + 1)) {
    if (bytes[i + 1] === 0x0a || (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a)) return i + 1;
  }
  return -1;
}

/** Fields with their folds and line ends, in order; bytes as latin-1 characters. */
export function fieldsOf(block: Buffer): string[] {
  const fields: string[] = [];
  for (const line of block.toString('latin1').split(/(?<=\n)/)) {
    if (/^[ \t]/.test(line) && fields.length > 0) fields[fields.length - 1] += line;
    else fields.push(line);
  }
  return fields;
}

export interface RawHeader {
  /** Lower case. */
  name: string;
  /** As it came, folds included; bytes as latin-1 characters. */
  value: string;
}

/** Null for a line that is no header field. */
export function headerOf(field: string): RawHeader | null {
  const colon = field.indexOf(':');
  const name = field.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
  return /^[!-9;-~]+$/.test(name) ? { name, value: field.slice(colon + 1).replace(/\r?\n$/, '') } : null;
}
