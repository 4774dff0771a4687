/**
 * The talk over two pipes. In: two lengths (32 bit, little-endian), a message in V8's own form, and the file's bytes as they
 * are. Out: one length and JSON, because what a sandbox says is not believed: V8's form can be made to say more than data.
 */
import { readSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;
/** The key that stands for octets in JSON: base64. */
const OCTETS = '@octets';

/** All of an inward frame but the `bodyBytes` octets that follow it. */
export function frameHead(message: unknown, bodyBytes: number): Buffer {
  const body = serialize(message);
  const lengths = Buffer.alloc(2 * LENGTH_BYTES);
  lengths.writeUInt32LE(body.length, 0);
  lengths.writeUInt32LE(bodyBytes, LENGTH_BYTES);
  return Buffer.concat([lengths, body]);
}

/** In the sandbox: waits for a whole frame; null when the parent is gone. */
export function readFrame(fd: number): { message: unknown; body: Uint8Array } | null {
  const lengths = readExactly(fd, 2 * LENGTH_BYTES);
  const message = lengths && readExactly(fd, lengths.readUInt32LE(0));
  const body = message && readExactly(fd, lengths.readUInt32LE(LENGTH_BYTES));
  return body && { message: deserialize(message), body };
}

function readExactly(fd: number, length: number): Buffer | null {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const got = readSync(fd, bytes, at, length - at, null);
    if (got === 0) return null;
    at += got;
  }
  return bytes;
}

/** In the sandbox: says one thing, and waits until it is in the pipe. */
export function writeAnswer(fd: number, answer: unknown): void {
  const text = Buffer.from(JSON.stringify(answer, octetsAsText), 'utf8');
  const frame = Buffer.alloc(LENGTH_BYTES + text.length);
  frame.writeUInt32LE(text.length, 0);
  text.copy(frame, LENGTH_BYTES);
  for (let at = 0; at < frame.length; ) at += writeSync(fd, frame, at);
}

/**
 * In the service: hears one answer after another. `broken` is called once, and nothing is heard after it, when a length is
 * beyond `limit` (bytes) or the text is no JSON.
 */
export function hearAnswers(
  pipe: Readable,
  limit: number,
  on: { answer(value: unknown): void; broken(): void },
): void {
  let chunks: Buffer[] = [];
  let held = 0;
  const take = (length: number): Buffer => {
    const all = Buffer.concat(chunks);
    chunks = [all.subarray(length)];
    held -= length;
    return all.subarray(0, length);
  };
  let wanted: number | null = null;
  const hear = (chunk: Buffer): void => {
    chunks.push(chunk);
    held += chunk.length;
    for (;;) {
      if (wanted === null) {
        if (held < LENGTH_BYTES) return;
        wanted = take(LENGTH_BYTES).readUInt32LE(0);
      }
      if (wanted <= limit && held < wanted) return;
      const value = wanted <= limit ? parsed(take(wanted)) : undefined;
      wanted = null;
      if (value === undefined) {
        stop();
        return;
      }
      on.answer(value);
    }
  };
  const stop = (): void => {
    pipe.off('data', hear);
    pipe.destroy();
    on.broken();
  };
  pipe.on('data', hear);
  pipe.on('error', () => undefined); // told by the exit of the process
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'), textAsOctets);
  } catch {
    return undefined;
  }
}

/** QUIRK: `JSON.stringify` gives a Buffer as a list of numbers before a replacer sees it; its owner still has it. */
function octetsAsText(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const own = this[key];
  return own instanceof Uint8Array ? { [OCTETS]: Buffer.from(own).toString('base64') } : value;
}

function textAsOctets(_key: string, value: unknown): unknown {
  const text = (value as Record<string, unknown> | null)?.[OCTETS];
  return typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : value;
}
