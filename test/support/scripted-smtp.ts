/** A real SMTP server that does what its script says: "fails twice, then accepts", "goes away after DATA"… */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** What to do with one mail. */
type Act =
  | 'accept'
  /** Answers RCPT TO with this line. */
  | { rcpt: string }
  /** Answers MAIL FROM with this line. */
  | { mail: string }
  /** Answers the end of DATA with this line. */
  | { data: string }
  /** Takes all of DATA and closes the connection without an answer. */
  | 'drop-after-data'
  /** Closes the connection while DATA is coming. */
  | 'drop-in-data'
  /** Takes all of DATA and never answers. */
  | 'silent';

interface ReceivedMail {
  from: string;
  to: string[];
  raw: string;
  mailParameters: Record<string, unknown>;
  rcptParameters: Record<string, unknown>;
  session: string;
}

export interface ScriptedSmtp {
  port: number;
  received: ReceivedMail[];
  /** Connections made so far. */
  connections(): number;
  close(): Promise<void>;
}

export interface Script {
  /** For one mail after another; the last is repeated. */
  acts?: Act[];
  dsn?: boolean;
  smtputf8?: boolean;
  size?: number;
  /** Answers every login with this line; null = no login offered. */
  login?: 'accept' | string | null;
  /** Access token that XOAUTH2 must show. */
  token?: string;
  /** Closes each connection after this many mails. */
  mailsPerConnection?: number;
}

/** An error that smtp-server answers with its own code and words. */
function answer(line: string): Error {
  return Object.assign(new Error(line.slice(4)), { responseCode: Number(line.slice(0, 3)) });
}

export async function startScriptedSmtp(script: Script = {}): Promise<ScriptedSmtp> {
  const acts = script.acts ?? ['accept'];
  const received: ReceivedMail[] = [];
  let mails = 0;
  let connections = 0;
  const sockets = new Map<string, { destroy(): void }>();
  const current = (): Act => acts[Math.min(mails, acts.length) - 1] ?? 'accept';

  const options = {
    authOptional: true,
    disabledCommands: ['STARTTLS', ...(script.login ? [] : ['AUTH'])],
    allowInsecureAuth: true,
    hideENHANCEDSTATUSCODES: true,
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    hideDSN: script.dsn === false,
    hideSMTPUTF8: script.smtputf8 === false,
    ...(script.size ? { size: script.size } : {}),
    logger: false,
    disableReverseLookup: true,
    onConnect: (_session: unknown, done: () => void) => {
      connections++;
      done();
    },
    onAuth: (
      auth: { accessToken?: string },
      _session: unknown,
      done: (error: Error | null, answer?: { user: string }) => void,
    ) => {
      if (auth.accessToken !== script.token) done(null);
      else if (script.login === 'accept') done(null, { user: 'u' });
      else done(answer(script.login ?? '535 5.7.8 no'));
    },
    onMailFrom: (_address: unknown, _session: unknown, done: (error?: Error) => void) => {
      mails++;
      const act = current();
      done(typeof act === 'object' && 'mail' in act ? answer(act.mail) : undefined);
    },
    onRcptTo: (_address: unknown, _session: unknown, done: (error?: Error) => void) => {
      const act = current();
      done(typeof act === 'object' && 'rcpt' in act ? answer(act.rcpt) : undefined);
    },
    onData: (
      stream: NodeJS.ReadableStream,
      session: SessionLike,
      done: (error?: Error | null, words?: string) => void,
    ) => {
      const act = current();
      const socket = sockets.get(session.id);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (act === 'drop-in-data') socket?.destroy();
      });
      stream.on('end', () => {
        if (act === 'drop-in-data' || act === 'silent') return;
        if (act === 'drop-after-data') return socket?.destroy();
        if (typeof act === 'object' && 'data' in act) return done(answer(act.data));
        received.push(mailOf(session, Buffer.concat(chunks).toString()));
        done(null, 'OK taken');
        const served = received.filter((mail) => mail.session === session.id).length;
        if (script.mailsPerConnection && served >= script.mailsPerConnection)
          setTimeout(() => socket?.destroy(), 20);
      });
    },
  };
  const server = new SMTPServer(options as unknown as SMTPServerOptions);
  server.on('error', () => undefined);
  // QUIRK: smtp-server does not show the socket of a session; the connection object does.
  const inner = server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> };
  const note = setInterval(() => {
    for (const connection of inner.connections) sockets.set(connection.id, connection._socket);
  }, 1).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    close: () => {
      clearInterval(note);
      for (const connection of inner.connections) connection._socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface SessionLike {
  id: string;
  envelope: {
    mailFrom: { address: string; args: Record<string, unknown> } | false;
    rcptTo: { address: string; args: Record<string, unknown> }[];
    dsn?: Record<string, unknown>;
  };
}

function mailOf(session: SessionLike, raw: string): ReceivedMail {
  const { mailFrom, rcptTo, dsn } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map((one) => one.address),
    raw,
    mailParameters: { ...(mailFrom ? mailFrom.args : {}), ...dsn },
    rcptParameters: {
      ...(rcptTo[0]?.args ?? {}),
      ...((rcptTo[0] as { dsn?: object } | undefined)?.dsn ?? {}),
    },
    session: session.id,
  };
}
