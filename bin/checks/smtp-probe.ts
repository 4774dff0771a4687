/** Talks to the outgoing server up to the login and no further: no mail is sent. */
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';
import { CongvanError } from '../../config/error.ts';
import type { OutgoingServer } from '../../config/types.ts';
import type { Credentials } from '../../gateway/intake/secrets.ts';

/** What the server showed of itself. */
export interface SmtpProbe {
  /** Keywords of EHLO, upper case (RFC 5321 4.1.1.1). */
  extensions: string[];
  /** End of the server's certificate, ISO 8601; null without TLS. */
  notAfter: string | null;
}

interface Reply {
  code: number;
  lines: string[];
}

const DEADLINE_MS = 20_000;

/** Connects, EHLO, TLS, login, QUIT. Throws `SMTP_LOGIN` for a refused login, `SMTP_UNREACHABLE` for anything before it. */
export async function probeSmtp(server: OutgoingServer, credentials: Credentials | null): Promise<SmtpProbe> {
  const tlsOptions = {
    host: server.host,
    servername: server.host,
    // `ca` replaces the usual roots, so these are named again.
    ...(server.tls.caFile === null
      ? {}
      : { ca: [...getCACertificates('default'), readFileSync(server.tls.caFile, 'utf8')] }),
  };
  let socket: Socket | TLSSocket =
    server.tls.mode === 'implicit'
      ? connectTls({ ...tlsOptions, port: server.port })
      : connectTcp(server.port, server.host);
  let talk = conversation(socket);
  try {
    expect(await talk(null), 220);
    let extensions = extensionsOf(expect(await talk('EHLO congvan.check.invalid'), 250));
    if (server.tls.mode === 'starttls') {
      if (!extensions.includes('STARTTLS')) throw unreachable('the server offers no STARTTLS');
      expect(await talk('STARTTLS'), 220);
      // What breaks below is told by the TLS socket above it.
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket = connectTls({ ...tlsOptions, socket });
      talk = conversation(socket);
      extensions = extensionsOf(expect(await talk('EHLO congvan.check.invalid'), 250));
    }
    if (credentials !== null) await login(talk, extensions, credentials);
    const notAfter = 'getPeerCertificate' in socket ? new Date(socket.getPeerCertificate().valid_to) : null;
    socket.write('QUIT\r\n');
    return {
      extensions: extensions.map((line) => line.split(' ')[0]!),
      notAfter: notAfter?.toISOString() ?? null,
    };
  } finally {
    socket.destroy();
  }
}

/** Sends one line (null = only listen) and gives the whole reply; one at a time, each with the deadline. */
function conversation(socket: Socket): (line: string | null) => Promise<Reply> {
  let received = '';
  let failure: Error | null = null;
  let wake: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    wake();
  });
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server hung up')));
  return async (line) => {
    if (line !== null) socket.write(`${line}\r\n`);
    const until = setTimeout(() => fail(new Error('no answer in time')), DEADLINE_MS);
    try {
      for (;;) {
        const end = /^(?:\d{3}-.*\r?\n)*(\d{3})(?: .*)?\r?\n/.exec(received);
        if (end !== null) {
          received = received.slice(end[0].length);
          return {
            code: Number(end[1]),
            lines: end[0]
              .trimEnd()
              .split(/\r?\n/)
              .map((reply) => reply.slice(4)),
          };
        }
        if (failure !== null) throw unreachable((failure as Error).message);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      clearTimeout(until);
    }
  };
}

function expect(reply: Reply, code: number): Reply {
  if (reply.code === code) return reply;
  throw unreachable(`${reply.code} ${reply.lines.join(' ')}`);
}

function extensionsOf(reply: Reply): string[] {
  return reply.lines.slice(1).map((line) => line.toUpperCase());
}

/** PLAIN, LOGIN or XOAUTH2, whichever the server has. */
async function login(
  talk: (line: string | null) => Promise<Reply>,
  extensions: string[],
  as: Credentials,
): Promise<void> {
  const methods = extensions.find((line) => line.startsWith('AUTH '))?.split(' ') ?? [];
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  let reply: Reply;
  if ('accessToken' in as) {
    reply = await talk(
      `AUTH XOAUTH2 ${base64(`user=${as.user}\u0001auth=Bearer ${as.accessToken}\u0001\u0001`)}`,
    );
    if (reply.code === 334) reply = await talk('');
  } else if (methods.includes('PLAIN') || !methods.includes('LOGIN')) {
    reply = await talk(`AUTH PLAIN ${base64(`\u0000${as.user}\u0000${as.password}`)}`);
  } else {
    await talk('AUTH LOGIN');
    await talk(base64(as.user));
    reply = await talk(base64(as.password));
  }
  if (reply.code === 235) return;
  throw new CongvanError('SMTP_LOGIN', `${reply.code} ${reply.lines.join(' ')}`, {
    temporary: reply.code < 500,
  });
}

function unreachable(words: string): CongvanError {
  return new CongvanError('SMTP_UNREACHABLE', words);
}
