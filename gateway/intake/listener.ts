/** The only file that imports smtp-server: mail that a server delivers straight to the gateway, by LMTP or SMTP. */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { CongvanError } from '../../config/error.ts';
import type { ListenerConfig } from '../../config/types.ts';
import type { MessageOrigin } from '../../handlers/types.ts';
import type { IntakePorts, RunningIntake } from './ports.ts';
import { isRecipient } from './recipients.ts';

/** Milliseconds of silence after which a client is hung up on. */
const SILENCE_MS = 5 * 60_000;
const CLOSE_MS = 2000;
const MAX_CLIENTS = 100;

type Options = NonNullable<ConstructorParameters<typeof SMTPServer>[0]>;
type OnData = NonNullable<Options['onData']>;
type DataStream = Parameters<OnData>[0];
type Session = Parameters<OnData>[1];

/**
 * Starts a listener; resolves when it listens (`port` 0 picks a free one, given back).
 * 250 is answered only when bytes and row are durable; 452 on a full disk, 451 on trouble with the database, 552 over
 * the size limit, 550 5.1.1 for every recipient that is not configured. Nothing is added to the bytes.
 * @throws CongvanError LISTENER_START when the port or the certificate cannot be had
 */
export async function startListener(
  protocol: 'lmtp' | 'smtp',
  config: ListenerConfig,
  ports: IntakePorts,
): Promise<RunningIntake & { port: number }> {
  const server = new SMTPServer({
    ...(await tlsOf(config)),
    lmtp: protocol === 'lmtp',
    size: config.maxBytes,
    authOptional: true,
    disabledCommands: config.tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    maxClients: MAX_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_MS,
    logger: false,
    banner: 'Congvan',
    onRcptTo: (address, _session, done) =>
      done(
        isRecipient(address.address, config.recipients)
          ? null
          : refusal('550 5.1.1', 'no such recipient here'),
      ),
    onData: (stream, session, done) => {
      receive(stream, originOf(protocol, session), config.maxBytes, ports).then(
        (id) => done(null, `kept as ${id}`),
        (error) => done(answerOf(error, ports)),
      );
    },
  });
  // A client that breaks off is its own affair; a listener's own failure at start is reported by `listen`.
  server.on('error', (error) => ports.log.debug({ error, protocol }, 'listener: connection error'));
  const port = await listen(server, config);
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Streams one message to disk and records it. LMTP with many recipients is one message and one row. */
async function receive(
  stream: DataStream,
  origin: MessageOrigin,
  maxBytes: number,
  ports: IntakePorts,
): Promise<string> {
  try {
    const kept = await ports.storage.bytes.keep(upTo(stream, maxBytes));
    const enteredAt = ports.clock().toISOString();
    const { row, fresh } = await ports.storage.messages.keep({ ...kept, origin, enteredAt });
    if (fresh) ports.onKept(row);
    return row.id;
  } finally {
    // The rest of a refused message must be read away, or the answer is never sent.
    if (!stream.readableEnded && !stream.destroyed) stream.resume();
  }
}

/** The stream's bytes; ends with an error over the limit, and when the client went away in the middle. */
async function* upTo(stream: DataStream, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    received += (piece as Buffer).length;
    if (received > maxBytes) throw new CongvanError('MESSAGE_TOO_LARGE', 'Thư vượt quá dung lượng cho phép.');
    yield piece as Buffer;
  }
}

function originOf(protocol: 'lmtp' | 'smtp', session: Session): MessageOrigin {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    channel: protocol,
    mailbox: protocol,
    folder: null,
    uidValidity: null,
    uid: null,
    envelopeFrom: mailFrom === false ? '' : mailFrom.address,
    envelopeTo: rcptTo.map((recipient) => recipient.address),
    clientIp: session.remoteAddress ?? null,
    clientHelo: session.hostNameAppearsAs || null,
  };
}

/** Temporary unless shown otherwise: the sending server keeps the message and tries again. */
function answerOf(error: unknown, ports: IntakePorts): Error {
  const code = error instanceof CongvanError ? error.code : codeWithin(error);
  if (code === 'MESSAGE_TOO_LARGE') return refusal('552 5.3.4', 'message exceeds the size limit');
  ports.log.error({ error }, 'message refused for now');
  if (code === 'DISK_FULL') return refusal('452 4.3.1', 'disk full, try again later');
  return refusal('451 4.3.0', 'not kept, try again later');
}

/** A byte store may wrap what its source threw. */
function codeWithin(error: unknown): string | null {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause instanceof CongvanError ? cause.code : null;
}

/**
 * QUIRK: smtp-server puts its own enhanced code behind a numeric reply code, and for 452 the wrong one (4.2.2, mailbox
 * full); a reply code that brings its enhanced code along is sent as it stands.
 */
function refusal(code: string, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

async function tlsOf(config: ListenerConfig): Promise<Options> {
  if (config.tls === null) return {};
  try {
    return { key: await readFile(config.tls.keyFile), cert: await readFile(config.tls.certFile) };
  } catch (cause) {
    throw startError(config, 'không đọc được chứng thư hoặc khóa', cause);
  }
}

function listen(server: SMTPServer, config: ListenerConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => reject(startError(config, cause.message, cause));
    server.server.once('error', failed);
    server.listen(config.port, config.host, () => {
      server.server.off('error', failed);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

function startError(config: ListenerConfig, reason: string, cause: unknown): CongvanError {
  const place = `${config.host}:${config.port}`;
  return new CongvanError('LISTENER_START', `Không mở được cổng nhận thư ${place}: ${reason}.`, {
    temporary: false,
    cause,
    fields: { place },
  });
}
