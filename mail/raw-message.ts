/** The raw stream of a message before MIME: its line ends made ordinary, its header block bounded and cut out. */
import { type HeaderField, parseFields } from './header-fields.ts';
import type { Defect, ReadingLimits } from './types.ts';

export interface OpenedMessage {
  fields: HeaderField[];
  /** The whole message, header first, at the reader's pace. */
  bytes: AsyncIterable<Uint8Array>;
  /** Bytes of the message seen so far; 0 = an empty source. */
  seen: number;
}

const CR = 0x0d;
const LF = 0x0a;
/** Bytes within which line ends must have shown. */
const LINE_END_WINDOW = 64 * 1024;

/** Reads the header block. Throws only what the source throws. */
export async function openMessage(
  source: AsyncIterable<Uint8Array>,
  limits: ReadingLimits,
  onDefect: (defect: Defect) => void,
): Promise<OpenedMessage> {
  let chunks = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let end = -1;
  let converted = false;
  for (;;) {
    const next = await chunks.next();
    if (!next.done) head = Buffer.concat([head, next.value]);
    if (!converted && (next.done || head.length >= LINE_END_WINDOW)) {
      converted = true;
      if (endsInBareCr(head)) {
        onDefect({ code: 'bare-cr-line-ends', detail: 'lines end in CR alone; read as LF' });
        const rest = next.done ? nothing() : remaining(chunks);
        chunks = withoutBareCr(head, rest)[Symbol.asyncIterator]();
        head = Buffer.alloc(0);
        continue;
      }
    }
    end = endOfHeader(head);
    if (end >= 0 || next.done || head.length > limits.maxHeaderBytes) break;
  }
  head = withoutLeadingBlankLines(head, onDefect);
  return finished(head, remaining(chunks), limits, onDefect);
}

function finished(
  head: Buffer,
  rest: AsyncIterable<Uint8Array>,
  limits: ReadingLimits,
  onDefect: (defect: Defect) => void,
): OpenedMessage {
  const end = endOfHeader(head);
  const tooLarge = (end < 0 ? head.length : end) > limits.maxHeaderBytes;
  const block = head.subarray(
    0,
    tooLarge ? lastLineEnd(head, limits.maxHeaderBytes) : end < 0 ? undefined : end,
  );
  const { fields, odd } = parseFields(block.toString('latin1'));
  if (odd > 0)
    onDefect({ code: 'header-line-odd', detail: `${odd} lines of the header are no header fields` });
  if (!tooLarge) return { fields, bytes: joined([head], rest), seen: head.length };
  onDefect({ code: 'header-too-large', detail: `header of more than ${limits.maxHeaderBytes} bytes, cut` });
  return {
    fields,
    bytes: joined([block, Buffer.from('\r\n')], bodyOnly(head.subarray(block.length), rest)),
    seen: head.length,
  };
}

/** Offset behind the empty line that ends the header; -1 when it has not come. */
function endOfHeader(bytes: Buffer): number {
  for (let i = bytes.indexOf(LF); i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(LF, i + 1)) {
    if (bytes[i + 1] === LF) return i + 2;
    if (bytes[i + 1] === CR && bytes[i + 2] === LF) return i + 3;
  }
  return -1;
}

const lastLineEnd = (bytes: Buffer, limit: number): number => bytes.lastIndexOf(LF, limit - 1) + 1;

function endsInBareCr(bytes: Buffer): boolean {
  if (endOfHeader(bytes) >= 0) return false;
  let bare = 0;
  let lf = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === LF) lf++;
    else if (bytes[i] === CR && bytes[i + 1] !== LF) bare++;
  }
  return bare > 10 * lf;
}

/** QUIRK: some relays put empty lines before the header; everything would be body otherwise. */
function withoutLeadingBlankLines(head: Buffer, onDefect: (defect: Defect) => void): Buffer {
  const start = head.findIndex((byte) => byte !== CR && byte !== LF);
  if (start <= 0 || !/^(?:>?From |[!-9;-~]+[ \t]*:)/.test(head.toString('latin1', start, start + 200)))
    return head;
  onDefect({ code: 'leading-blank-lines', detail: 'empty lines stand before the header' });
  return head.subarray(start);
}

async function* withoutBareCr(head: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held = false;
  for await (const chunk of joined([head], rest)) {
    const bytes: Buffer = held ? Buffer.concat([Buffer.from([CR]), chunk]) : Buffer.from(chunk);
    held = bytes.at(-1) === CR;
    const end = held ? bytes.length - 1 : bytes.length;
    for (let i = 0; i < end; i++) if (bytes[i] === CR && bytes[i + 1] !== LF) bytes[i] = LF;
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (held) yield Buffer.from([LF]);
}

/** Skips the rest of a header that is too large, then gives the body. */
async function* bodyOnly(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  let found = false;
  for await (const chunk of joined([start], rest)) {
    if (found) {
      yield chunk;
      continue;
    }
    const bytes = Buffer.concat([tail, chunk]);
    const end = endOfHeader(bytes);
    found = end >= 0;
    if (found && end < bytes.length) yield bytes.subarray(end);
    tail = Buffer.from(bytes.subarray(-3));
  }
}

async function* joined(first: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of first) if (chunk.length > 0) yield chunk;
  yield* rest;
}

function remaining(chunks: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => chunks };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
