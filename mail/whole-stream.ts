/** Line ends that no parser of today knows: a message of bare CRs (old Macs, broken gateways) gets CRLFs, and says so. */
import type { Defect } from './types.ts';

/** Bytes that are looked at to tell which line ends a message has. */
const LOOK_BYTES = 4096;

export async function* wholeStream(
  source: AsyncIterable<Uint8Array>,
  defects: Defect[],
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < LOOK_BYTES && !ended) {
    const next = await chunks.next();
    if (next.done) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  const bareCr = head.includes(0x0d) && !head.includes(0x0a);
  if (bareCr) defects.push({ code: 'bare-cr', detail: 'lines end in CR alone' });
  const pass = (chunk: Uint8Array) => (bareCr ? withCrLf(chunk) : chunk);
  if (head.length > 0) yield pass(head);
  for (let next = ended ? null : await chunks.next(); next && !next.done; next = await chunks.next())
    yield pass(next.value);
}

function withCrLf(chunk: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(chunk).toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}
