import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, feed, openBody } from '../../../gateway/judging/file-body.ts';
import { frameHead, hearAnswers, readFrame, writeAnswer } from '../../../gateway/judging/frames.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'congvan-frames-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the sandbox writes for these answers. */
function written(...answers: unknown[]): Buffer {
  const file = join(folder, 'answers');
  const fd = openSync(file, 'w');
  for (const answer of answers) writeAnswer(fd, answer);
  closeSync(fd);
  return readFileSync(file);
}

async function heard(pieces: Buffer[], limit = 1000): Promise<{ answers: unknown[]; broken: number }> {
  const pipe = new PassThrough();
  const result = { answers: [] as unknown[], broken: 0 };
  hearAnswers(pipe, limit, {
    answer: (value) => void result.answers.push(value),
    broken: () => void result.broken++,
  });
  for (const piece of pieces) pipe.write(piece);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return result;
}

/** What the sandbox reads of these bytes, until nothing more comes. */
function framesIn(bytes: Buffer): unknown[] {
  const file = join(folder, 'frames');
  writeFileSync(file, bytes);
  const fd = openSync(file, 'r');
  const frames: unknown[] = [];
  // A file has a place to read from that goes forward, as a pipe has.
  for (let frame = readFrame(fd); frame !== null; frame = readFrame(fd)) frames.push(frame);
  closeSync(fd);
  return frames;
}

describe('frames into the sandbox', () => {
  it('message and bytes, one frame after another', () => {
    const body = Buffer.from('bytes');
    const all = Buffer.concat([
      frameHead({ type: 'ping' }, 0),
      frameHead({ octets: new Uint8Array([1]) }, body.length),
      body,
    ]);
    expect(framesIn(all)).toMatchObject([
      { message: { type: 'ping' }, body: { length: 0 } },
      { message: { octets: new Uint8Array([1]) }, body },
    ]);
  });

  it('a frame that is cut off is none: the service is gone', () => {
    expect(framesIn(Buffer.concat([frameHead({}, 5), Buffer.from('byte')]))).toEqual([]);
  });
});

describe('answers out of it', () => {
  const answers = [{ a: 'chữ ký' }, { der: Buffer.of(0, 255), list: [new Uint8Array([7])] }, null, 5];
  const read = [{ a: 'chữ ký' }, { der: new Uint8Array([0, 255]), list: [new Uint8Array([7])] }, null, 5];

  it.each([1, 3, 7, 1000])('come through in pieces of %i bytes', async (size) => {
    const all = written(...answers);
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.subarray(i * size, (i + 1) * size),
    );
    expect(await heard(pieces)).toEqual({ answers: read, broken: 0 });
  });

  it('one beyond the limit breaks the talk before its bytes are held', async () => {
    const all = written({ long: 'x'.repeat(100) }, 'next');
    expect(await heard([all], 50)).toEqual({ answers: [], broken: 1 });
    expect(await heard([all.subarray(0, 4)], 50)).toEqual({ answers: [], broken: 1 });
  });

  it('what is no JSON breaks it, once', async () => {
    const junk = Buffer.from([2, 0, 0, 0, 0x7b, 0x7b, 2, 0, 0, 0, 0x7b, 0x7b]);
    expect(await heard([junk])).toEqual({ answers: [], broken: 1 });
  });
});

describe('the bytes of a file', () => {
  it('a file that became shorter is an error of the disk, not a half file', async () => {
    const file = join(folder, 'shrinking');
    writeFileSync(file, 'x'.repeat(100));
    const body = await openBody(file);
    writeFileSync(file, 'x');
    await expect(feed(new PassThrough(), body)).rejects.toMatchObject({ code: 'READER_IO' });
    await body.close();
  });

  it('a file that grew goes in with the length that was told', async () => {
    const file = join(folder, 'growing');
    writeFileSync(file, 'x'.repeat(100));
    const body = await openBody(file);
    writeFileSync(file, 'x'.repeat(200));
    const into = new PassThrough();
    await feed(into, body);
    expect(into.readableLength).toBe(100);
    await body.close();
  });

  it('a process that is gone ends the feeding instead of holding it for ever', async () => {
    const into = new PassThrough({ highWaterMark: 1 });
    const fed = feed(into, bodyOf(Buffer.alloc(1000)));
    setTimeout(() => into.destroy(), 20);
    await fed;
  });
});
