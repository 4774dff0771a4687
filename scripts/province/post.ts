/** Posts one message by SMTP or LMTP, as a neighbouring mail server would: for the demo, the crash test and the benchmarks. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Envelope {
  from: string;
  to: string[];
}

export interface PostTarget {
  protocol: 'smtp' | 'lmtp';
  port: number;
  host?: string;
}

/** Resolves with the last reply; rejects when the server refused or the line broke (then it may or may not be kept). */
export async function post(target: PostTarget, envelope: Envelope, raw: Uint8Array): Promise<string> {
  const socket = connect(target.port, target.host ?? '127.0.0.1');
  try {
    const reply = replies(socket);
    await expect(reply, 2);
    await say(
      socket,
      reply,
      target.protocol === 'lmtp' ? 'LHLO demo.example.gov.vn' : 'EHLO demo.example.gov.vn',
      2,
    );
    await say(socket, reply, `MAIL FROM:<${envelope.from}>`, 2);
    for (const to of envelope.to) await say(socket, reply, `RCPT TO:<${to}>`, 2);
    await say(socket, reply, 'DATA', 3);
    socket.write(dotStuffed(raw));
    let last = '';
    for (let i = 0; i < (target.protocol === 'lmtp' ? envelope.to.length : 1); i++)
      last = await expect(reply, 2);
    socket.write('QUIT\r\n');
    return last;
  } finally {
    socket.destroy();
  }
}

/** Tries again until the server has said yes, as a mail server's queue does. */
export async function postUntilTaken(
  target: PostTarget,
  envelope: Envelope,
  raw: Uint8Array,
  tries = 600,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await post(target, envelope, raw);
      return attempt;
    } catch (error) {
      if (attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function replies(socket: Socket): AsyncIterator<string> {
  const lines = createInterface({ input: socket });
  socket.on('error', () => lines.close());
  return lines[Symbol.asyncIterator]();
}

async function say(
  socket: Socket,
  reply: AsyncIterator<string>,
  line: string,
  wanted: number,
): Promise<string> {
  socket.write(`${line}\r\n`);
  return expect(reply, wanted);
}

async function expect(reply: AsyncIterator<string>, wanted: number): Promise<string> {
  for (;;) {
    const { value, done } = await reply.next();
    if (done) throw new Error('the connection broke');
    if (value[3] === '-') continue;
    if (!value.startsWith(String(wanted))) throw new Error(value);
    return value;
  }
}

function dotStuffed(raw: Uint8Array): Buffer {
  const text = Buffer.from(raw).toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..');
  return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}
