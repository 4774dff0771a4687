/**
 * The only file that knows nodemailer's SMTP client: one mail to one recipient, over connections that are kept and used
 * again. What became of it is told in four words; only `uncertain` is neither safe to forget nor safe to repeat.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { domainToASCII } from 'node:url';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { CongvanError } from '../../config/error.ts';
import type { OutgoingServer } from '../../config/types.ts';
import type { Credentials } from '../intake/secrets.ts';
import { lettersOf, type SmtpError } from './smtp-error.ts';
import { authOf, xoauth2 } from './smtp-login.ts';
import {
  asciiDomain,
  type Delivery,
  judged,
  type MailToSend,
  refusedByOffer,
  type SendResult,
} from './verdict.ts';

export interface Transport {
  /** Never throws for what a server does; throws when our own bytes or secrets cannot be read. */
  send(mail: MailToSend): Promise<SendResult>;
  /** Closes idle connections; those in use close when they are done. */
  close(): void;
}

/** Milliseconds that a connection waits for its next mail; under what servers allow (RFC 5321 4.5.3.2: 5 minutes). */
const IDLE_MS = 60_000;
/** Slowest rate at which a mail may go out, bytes a millisecond, for the deadline of the whole try. */
const SLOWEST = 4;

interface Destination {
  key: string;
  host: string;
  port: number;
  /** A route leads past our own server: our login is not for it. */
  route: boolean;
}

interface Idle {
  connection: SMTPConnection;
  timer: NodeJS.Timeout;
}

/** `credentials` is asked at every new connection, so that a changed password needs no restart. */
export function createTransport(
  config: OutgoingServer,
  credentials: (() => Promise<Credentials>) | null,
): Transport {
  const idle = new Map<string, Idle[]>();
  const ca =
    config.tls.caFile === null ? null : [...rootCertificates, readFileSync(config.tls.caFile, 'utf8')];
  let closed = false;

  const take = (destination: Destination): SMTPConnection | null => {
    const waiting = idle.get(destination.key);
    for (let found = waiting?.pop(); found; found = waiting?.pop()) {
      clearTimeout(found.timer);
      if (!found.connection.destroyed) return found.connection;
    }
    return null;
  };

  const giveBack = (destination: Destination, connection: SMTPConnection): void => {
    if (closed || connection.destroyed) {
      connection.close();
      return;
    }
    const timer = setTimeout(() => connection.quit(), IDLE_MS).unref();
    idle.set(destination.key, [...(idle.get(destination.key) ?? []), { connection, timer }]);
  };

  return {
    send: async (mail) => {
      const destination = destinationOf(config, mail.envelope.to);
      const kept = take(destination);
      if (kept !== null) {
        const result = await deliver(kept, mail, config);
        if (!result.stale) return finish(result, destination, kept, giveBack);
        kept.close();
      }
      const opened = await open(destination, { config, ca, credentials });
      if ('failure' in opened) return opened.failure;
      return finish(await deliver(opened.connection, mail, config), destination, opened.connection, giveBack);
    },
    close: () => {
      closed = true;
      for (const { connection, timer } of [...idle.values()].flat()) {
        clearTimeout(timer);
        connection.quit();
      }
      idle.clear();
    },
  };
}

function destinationOf(config: OutgoingServer, to: string): Destination {
  const domain = domainToASCII(to.slice(to.lastIndexOf('@') + 1)).toLowerCase();
  const route = config.routes[domain];
  const { host, port } = route ?? config;
  return { key: `${host}:${port}`, host, port, route: route !== undefined };
}

function finish(
  result: Delivery,
  destination: Destination,
  connection: SMTPConnection,
  giveBack: (destination: Destination, connection: SMTPConnection) => void,
): SendResult {
  if (result.usable) giveBack(destination, connection);
  else connection.close();
  const { outcome, reply, dsnOffered, problem } = result;
  return { outcome, reply, dsnOffered, problem };
}

/** Connects and logs in. Whatever goes wrong here is temporary: no recipient has been judged. */
async function open(
  destination: Destination,
  how: { config: OutgoingServer; ca: string[] | null; credentials: (() => Promise<Credentials>) | null },
): Promise<{ connection: SMTPConnection } | { failure: SendResult }> {
  const { config } = how;
  const login = destination.route || how.credentials === null ? null : await how.credentials();
  const connection = new SMTPConnection({
    host: destination.host,
    port: destination.port,
    ...tlsOptions(config, destination, how.ca),
    connectionTimeout: config.timeoutMs,
    greetingTimeout: config.timeoutMs,
    socketTimeout: config.timeoutMs,
    dnsTimeout: config.timeoutMs,
    logger: false,
    ...(login && 'accessToken' in login ? { customAuth: { XOAUTH2: xoauth2(login) } } : {}),
  } as ConstructorParameters<typeof SMTPConnection>[0]);
  // An idle connection may fail at any time; without a listener that would end the process.
  connection.on('error', () => undefined);
  try {
    await step(connection, (done) => connection.connect(done));
  } catch (error) {
    connection.close();
    // A route leads to the recipient's own server: when it is away, nobody else's mail has to wait.
    const ours = (error as SmtpError).code === 'ETLS' ? 'tls' : 'unreachable';
    return { failure: failure(error as SmtpError, destination.route ? null : ours) };
  }
  if (login === null) return { connection };
  try {
    await step(connection, (done) =>
      connection.login(authOf(login) as Parameters<SMTPConnection['login']>[0], done),
    );
    return { connection };
  } catch (error) {
    connection.close();
    const refused =
      ((error as SmtpError).responseCode ?? 0) >= 500 || (error as SmtpError).responseCode === undefined;
    return { failure: failure(error as SmtpError, refused ? 'login-refused' : 'unreachable') };
  }
}

function failure(error: SmtpError, problem: SendResult['problem']): SendResult {
  return { outcome: 'temporary', reply: lettersOf(error), dsnOffered: false, problem };
}

/** `none` is for loopback and refused elsewhere by the configuration; a route is encrypted where its server offers it. */
function tlsOptions(
  config: OutgoingServer,
  destination: Destination,
  ca: string[] | null,
): Record<string, unknown> {
  const tls = ca === null ? {} : { tls: { ca } };
  if (config.tls.mode === 'none') return { secure: false, ignoreTLS: true };
  if (destination.route) return { secure: destination.port === 465, ...tls };
  return config.tls.mode === 'implicit'
    ? { secure: true, ...tls }
    : { secure: false, requireTLS: true, ...tls };
}

/**
 * One callback as a promise, ended by the connection's failure too.
 *
 * QUIRK: nodemailer reports some failures as an `error` event and some to the callback only; `end` may come alone.
 */
function step(
  connection: SMTPConnection,
  start: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (error?: Error | null): void => {
      connection.off('error', over);
      connection.off('end', ended);
      if (error) reject(error);
      else resolve();
    };
    const ended = (): void => over(Object.assign(new Error('Connection closed'), { code: 'ECONNECTION' }));
    connection.once('error', over);
    connection.once('end', ended);
    start(over);
  });
}

/** QUIRK: what the server offers is kept in a field that nodemailer does not publish before a mail was accepted. */
function offers(connection: SMTPConnection): { extensions: string[]; maxBytes: number } {
  const inner = connection as unknown as { _supportedExtensions?: string[]; _maxAllowedSize?: number };
  return { extensions: inner._supportedExtensions ?? [], maxBytes: inner._maxAllowedSize ?? 0 };
}

async function deliver(
  connection: SMTPConnection,
  mail: MailToSend,
  config: OutgoingServer,
): Promise<Delivery> {
  const { extensions, maxBytes } = offers(connection);
  const dsnOffered = extensions.includes('DSN');
  const refusal = refusedByOffer(mail, extensions, maxBytes);
  if (refusal !== null) {
    return { outcome: 'permanent', reply: refusal, dsnOffered, problem: null, usable: true, stale: false };
  }
  const bytes = createReadStream(mail.path);
  let ended = false;
  let ownFailure: Error | null = null;
  bytes.once('end', () => {
    ended = true;
  });
  bytes.once('error', (error) => {
    ownFailure = error;
  });
  const deadline = setTimeout(() => connection.close(), 3 * config.timeoutMs + mail.size / SLOWEST);
  try {
    const reply = await sent(connection, mail, bytes, dsnOffered);
    return {
      outcome: 'accepted',
      reply: reply.slice(0, 500),
      dsnOffered,
      problem: null,
      usable: true,
      stale: false,
    };
  } catch (error) {
    if (ownFailure !== null) {
      connection.close();
      throw unreadable(mail.path, ownFailure);
    }
    return judged(error as SmtpError, { ended, begun: bytes.readableDidRead, dsnOffered });
  } finally {
    clearTimeout(deadline);
    bytes.destroy();
  }
}

function sent(
  connection: SMTPConnection,
  mail: MailToSend,
  bytes: ReturnType<typeof createReadStream>,
  dsnOffered: boolean,
): Promise<string> {
  const { from, to } = mail.envelope;
  const envelope = {
    from: asciiDomain(from),
    to: [asciiDomain(to)],
    size: mail.size,
    ...(mail.dsn !== null && dsnOffered
      ? {
          dsn: {
            ret: 'HDRS' as const,
            envid: mail.dsn.envid,
            notify: mail.dsn.notify,
            orcpt: `rfc822;${mail.dsn.orcpt}`,
          },
        }
      : {}),
  };
  let reply = '';
  return step(connection, (done) => {
    connection.send(envelope, bytes, (error: Error | null, info?: { response: string }) => {
      reply = info?.response ?? '';
      done(error);
    });
  }).then(() => reply);
}

function unreadable(path: string, cause: Error): CongvanError {
  return new CongvanError('BYTES_UNREADABLE', 'Không đọc được nội dung thư đã lập trên đĩa.', {
    cause,
    fields: { path },
  });
}
