import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Where clamd listens (configuration `screening.clamav`). */
export type ClamdAddress = { host: string; port: number } | { socket: string };

/**
 * What the scanner said. `unreachable` holds a letter and is tried again, it never passes one (VAL-08); `too-large`
 * means that it was not looked at in full.
 */
export interface VirusVerdict {
  status: 'clean' | 'infected' | 'unreachable' | 'too-large';
  /** Name of what was found. */
  name: string | null;
  /** The scanner's words or the network's, for the log. */
  detail: string | null;
}

const MAX_REPLY_BYTES = 4096;
/** Milliseconds for one file, connection and answer included; 25 MB take about 140 ms. */
const DEADLINE_MS = 60_000;

/** Scans a file through clamd's INSTREAM, streaming it from disk. Never throws: every failure is `unreachable`. */
export function scanFile(clamd: ClamdAddress, path: string, deadlineMs = DEADLINE_MS): Promise<VirusVerdict> {
  return scanContent(clamd, contentOf(path), deadlineMs);
}

/** Opened only when read: a stream that fails before anybody reads it would end the process. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** The same for content that is no file (a member of an archive). */
export function scanContent(
  clamd: ClamdAddress,
  content: AsyncIterable<Uint8Array>,
  deadlineMs = DEADLINE_MS,
): Promise<VirusVerdict> {
  return new Promise((resolve) => {
    const socket = 'socket' in clamd ? connect(clamd.socket) : connect(clamd.port, clamd.host);
    const end = (verdict: VirusVerdict | Promise<VirusVerdict>) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(verdict);
    };
    const timer = setTimeout(() => end(unreachable('no answer in time')), deadlineMs);
    const sending = { bytes: 0 };
    let reply = '';
    socket.on('data', (bytes: Buffer) => {
      reply += bytes.toString('utf8');
      if (reply.includes('\0') || reply.length > MAX_REPLY_BYTES) end(verdictOf(reply));
    });
    socket.on('close', () => end(verdictOf(reply)));
    socket.on('error', (error) => {
      if (reply !== '') end(verdictOf(reply));
      else end(sending.bytes > 0 && isHangUp(error) ? hungUp(clamd) : unreachable(error.message));
    });
    socket.on('connect', () => {
      send(socket, content, sending).catch((error: Error) => {
        // A hang-up is the socket's own matter, above; what is left is content that cannot be read.
        if (!isHangUp(error) && !socket.destroyed) end(unreachable(error.message));
      });
    });
  });
}

/**
 * QUIRK: over its StreamMaxLength clamd answers and hangs up while we still write, and the broken line often swallows
 * the answer (EPIPE). A scanner that answers the next question all the same hung up because of the content.
 */
async function hungUp(clamd: ClamdAddress): Promise<VirusVerdict> {
  const next = await clamdAnswers(clamd);
  if (next.status !== 'clean') return next;
  return { status: 'too-large', name: null, detail: 'the scanner hung up in the middle of the content' };
}

/** INSTREAM: each piece with its length in four bytes before it, a piece of length 0 at the end (clamd(8)). */
async function send(
  socket: Socket,
  content: AsyncIterable<Uint8Array>,
  sending: { bytes: number },
): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0'));
  for await (const piece of content) {
    if (socket.destroyed) return;
    if (piece.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    socket.write(length);
    sending.bytes += piece.length;
    await write(socket, piece);
  }
  await write(socket, Buffer.alloc(4));
}

/** Resolves when the piece has left, so that no more than one stands in memory. */
function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Pure: clamd's answer, e.g. `stream: OK`, `stream: Eicar-Test-Signature FOUND`. */
export function verdictOf(reply: string): VirusVerdict {
  const text = reply.split('\0', 1)[0]?.trim() ?? '';
  if (/size limit exceeded/i.test(text)) return { status: 'too-large', name: null, detail: text };
  const found = /^stream: (.+) FOUND$/.exec(text)?.[1];
  if (found !== undefined) {
    // With `AlertExceedsMax yes`: not a virus, but a file that was not looked at in full.
    const partly = /^Heuristics\.Limits\.Exceeded/i.test(found);
    return { status: partly ? 'too-large' : 'infected', name: found, detail: text };
  }
  if (text === 'stream: OK') return { status: 'clean', name: null, detail: null };
  return unreachable(text === '' ? 'hung up without an answer' : text);
}

function unreachable(detail: string): VirusVerdict {
  return { status: 'unreachable', name: null, detail: detail.slice(0, 300) };
}

function isHangUp(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET';
}

/** Whether clamd answers at all (`congvan check`). */
export async function clamdAnswers(clamd: ClamdAddress, deadlineMs = 5000): Promise<VirusVerdict> {
  return scanContent(clamd, (async function* nothing() {})(), deadlineMs);
}
