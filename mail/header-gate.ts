/**
 * Lets a message through to the sender check with its header block looked at first: bounded, and with no more
 * signatures than may be checked, so that no message can make us ask the DNS or hash its body a thousand times.
 */
import { Readable } from 'node:stream';
import { fieldsOf, headerOf, type RawHeader, takeHead } from './head.ts';

/** Bytes of the header block. */
const MAX_HEADER_BYTES = 512 * 1024;
/** Without one of these fields the body proves nothing, and is not read: it may be 60 MB. */
const SIGNED = /^(?:dkim-signature|arc-[a-z-]+)[ \t]*:/i;
/** DKIM-Signature fields that are checked; real mail has one to three. */
const MAX_SIGNATURES = 10;

export interface GatedMessage {
  headers: RawHeader[];
  /** The message, without the signatures beyond the limit; its header alone when nothing is signed. */
  message: Readable;
}

/** Null when the header block is longer than the limit; nothing more is read then. Closing the source is the caller's. */
export async function gateMessage(raw: AsyncIterable<Uint8Array>): Promise<GatedMessage | null> {
  const head = await takeHead(raw, MAX_HEADER_BYTES);
  if (head === null) return null;
  const fields = fieldsOf(head.block);
  const headers = fields.map(headerOf).filter((header) => header !== null);
  if (fields.some((field) => SIGNED.test(field)))
    return { headers, message: Readable.from(passedOn(fields, head.rest, head.chunks)) };
  return { headers, message: Readable.from([Buffer.from(`${fields.join('')}\r\n`, 'latin1')]) };
}

async function* passedOn(
  fields: string[],
  rest: Buffer,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let signatures = 0;
  const kept = fields.filter(
    (field) => !/^dkim-signature[ \t]*:/i.test(field) || ++signatures <= MAX_SIGNATURES,
  );
  const crlf = lineEnds();
  yield crlf(Buffer.from(kept.join(''), 'latin1'));
  if (rest.length > 0) yield crlf(rest);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield crlf(next.value);
}

/**
 * Bare LF to CRLF, as a signer saw it. QUIRK: mailauth does the same, but one step for each line: twenty megabytes of
 * line ends would keep it busy for six seconds.
 */
function lineEnds(): (chunk: Uint8Array) => Uint8Array {
  let afterCr = false;
  return (chunk) => {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    const begun = afterCr;
    afterCr = text.endsWith('\r') || (text === '' && begun);
    const changed = text.replace(/(?<!\r)\n/g, (_, at: number) => (at === 0 && begun ? '\n' : '\r\n'));
    return changed.length === text.length ? chunk : Buffer.from(changed, 'latin1');
  };
}
