/** The only file that imports imapflow. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { ImapFlow, type ImapFlowError, type ImapFlowOptions } from 'imapflow';
import { CongvanError } from '../../../config/error.ts';
import type { ImapMailbox, TlsChoice } from '../../../config/types.ts';
import type { Credentials } from '../secrets.ts';
import type { ImapSession, ListedMessage, OpenedFolder } from './session.ts';
import { type TroubleFacts, troubleOf, troubleSentence } from './trouble.ts';

/** Bytes asked for at once: a letter of 60 MB is fetched in sixty pieces. */
const CHUNK_BYTES = 1024 * 1024;
/** A server that ignores partial fetches sends the whole letter as one literal; more than this is refused. */
const MAX_LITERAL_BYTES = 256 * 1024 * 1024;
/** RFC 2177: IDLE is to be renewed before 29 minutes. */
const IDLE_RENEW_MS = 20 * 60_000;
const LOGOUT_MS = 500;

/** Thrown by `download` when the server lists a message and does not give it out; the connection is sound. */
export class Unfetchable extends Error {}

/**
 * Connects and logs in within `commandTimeoutMs`.
 * @throws CongvanError MAILBOX_LOGIN, MAILBOX_THROTTLED, MAILBOX_UNREACHABLE or MAILBOX_STUCK with the server's words
 */
export async function connectImap(mailbox: ImapMailbox, credentials: Credentials): Promise<ImapSession> {
  const client = new ImapFlow(await optionsOf(mailbox, credentials));
  const session = new ImapflowSession(client, mailbox);
  // QUIRK: imapflow emits 'error' for a connection that dies between commands; without a listener from the very
  // start that would end the process. What matters surfaces as the failure of the running or the next command.
  client.on('error', (error) => session.disconnected(error));
  client.on('close', () => session.disconnected(null));
  client.on('exists', () => session.hint());
  await session.command('LOGIN', () => client.connect());
  session.loggedIn = true;
  return session;
}

async function optionsOf(mailbox: ImapMailbox, credentials: Credentials): Promise<ImapFlowOptions> {
  const deadline = mailbox.commandTimeoutMs;
  return {
    host: mailbox.host,
    port: mailbox.port,
    secure: mailbox.tls.mode === 'implicit',
    doSTARTTLS: mailbox.tls.mode === 'starttls',
    tls: await tlsOf(mailbox.tls),
    ...(isIP(mailbox.host) ? {} : { servername: mailbox.host }),
    auth:
      'password' in credentials
        ? { user: credentials.user, pass: credentials.password }
        : { user: credentials.user, accessToken: credentials.accessToken },
    clientInfo: { name: 'Congvan' },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    maxIdleTime: IDLE_RENEW_MS,
    maxLiteralSize: MAX_LITERAL_BYTES,
    connectionTimeout: deadline,
    greetingTimeout: deadline,
    socketTimeout: Math.max(2 * deadline, 2 * mailbox.intervalMs, 5 * 60_000),
  };
}

async function tlsOf(choice: TlsChoice): Promise<NonNullable<ImapFlowOptions['tls']>> {
  if (choice.caFile === null) return {};
  const own = await readFile(choice.caFile, 'utf8').catch((cause) => {
    throw new CongvanError('CONFIG_INVALID', `Không đọc được tệp chứng thư ${choice.caFile}.`, { cause });
  });
  return { ca: [...getCACertificates('default'), own] };
}

class ImapflowSession implements ImapSession {
  loggedIn = false;
  readonly #client: ImapFlow;
  readonly #mailbox: ImapMailbox;
  #hinted = false;
  #lost: Error | null = null;
  #wake: () => void = () => {};

  constructor(client: ImapFlow, mailbox: ImapMailbox) {
    this.#client = client;
    this.#mailbox = mailbox;
  }

  hint(): void {
    this.#hinted = true;
    this.#wake();
  }

  disconnected(error: Error | null): void {
    this.#lost ??= error;
    this.#wake();
  }

  async examine(folder: string): Promise<OpenedFolder> {
    const opened = await this.command('EXAMINE', () => this.#client.mailboxOpen(folder, { readOnly: true }));
    if (opened.readOnly === false) throw this.#error('EXAMINE', new Error('folder was not opened read-only'));
    return {
      uidValidity: String(opened.uidValidity),
      uidNext: opened.uidNext ?? null,
      exists: opened.exists,
    };
  }

  listFrom(uid: number): Promise<ListedMessage[]> {
    return this.#list(`${uid}:*`, (row) => row.uid >= uid);
  }

  describe(uids: number[]): Promise<ListedMessage[]> {
    const wanted = new Set(uids);
    return uids.length === 0 ? Promise.resolve([]) : this.#list(uids.join(','), (row) => wanted.has(row.uid));
  }

  /** QUIRK: `n:*` names the last message even when its UID lies below n (RFC 3501 6.4.8): rows are filtered. */
  async #list(range: string, keep: (row: ListedMessage) => boolean): Promise<ListedMessage[]> {
    const rows = await this.command('FETCH', () =>
      // Neither ENVELOPE nor BODYSTRUCTURE: servers choke on them for the very letters that matter.
      this.#client.fetchAll(range, { uid: true, internalDate: true, size: true }, { uid: true }),
    );
    return rows
      .map((row) => ({ uid: row.uid, internalDate: instantOf(row.internalDate), size: row.size ?? null }))
      .filter((row) => Number.isSafeInteger(row.uid) && keep(row))
      .sort((a, b) => a.uid - b.uid);
  }

  async allUids(): Promise<number[]> {
    const found = await this.command('SEARCH', () => this.#client.search({ all: true }, { uid: true }));
    // QUIRK: imapflow answers false, without an error, when the server refuses a SEARCH.
    if (Array.isArray(found)) return found;
    const refused = Object.assign(new Error('the server refused to list the folder'), {
      responseStatus: 'NO',
    });
    throw this.#error('SEARCH', refused);
  }

  /**
   * Piece by piece with BODY.PEEK[]<start.length>: each piece is a command of its own, so a slow disk or an abandoned
   * download leaves nothing behind on the connection, and each has its own deadline.
   */
  async *download(uid: number, size: number | null): AsyncGenerator<Uint8Array, void, undefined> {
    let received = 0;
    for (;;) {
      const piece = await this.#piece(uid, received);
      if (piece === null || piece.length === 0) {
        if (received === 0) throw new Unfetchable('máy chủ không đưa ra nội dung thư');
        return;
      }
      received += piece.length;
      yield piece;
      // QUIRK: a server that ignores the partial request answers with the whole letter at once (Tencent Exmail).
      if (piece.length > CHUNK_BYTES) return;
      // QUIRK: a short piece ends the letter only where the server's size agrees; some servers hand out less than
      // asked for, and sizes are estimates on Exchange. When in doubt one more piece is asked for.
      if (piece.length < CHUNK_BYTES && (size === null || received >= size)) return;
    }
  }

  /** Null when the server answered without the message. @throws Unfetchable on NO or BAD */
  async #piece(uid: number, start: number): Promise<Uint8Array | null> {
    const query = { uid: true, source: { start, maxLength: CHUNK_BYTES } };
    try {
      const row = await this.command('FETCH', () => this.#client.fetchOne(String(uid), query, { uid: true }));
      const piece = row ? (row.source ?? null) : null;
      const unasked = start > 0 && piece !== null && piece.length > CHUNK_BYTES;
      if (unasked) throw new Unfetchable('máy chủ không giữ đúng đoạn đã hỏi');
      return piece;
    } catch (error) {
      const cause = (error as CongvanError).cause as ImapFlowError | undefined;
      if (cause && isRefusal(cause)) throw new Unfetchable(wordsOf(cause));
      throw error;
    }
  }

  async waitForChange(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#mailbox.idle && this.#client.capabilities.has('IDLE') && !this.#hinted) {
      // Ends by itself when the next command is given; its failure surfaces there, too.
      this.#client.idle().catch(() => this.#wake());
    }
    await new Promise<void>((resolve) => {
      if (this.#hinted || this.#lost || signal.aborted || !this.#client.usable) return resolve();
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
    this.#wake = () => {};
    this.#hinted = false;
  }

  async move(folder: string, uidValidity: string, uid: number, to: string): Promise<boolean> {
    const { capabilities } = this.#client;
    // Without these, moving is COPY and an EXPUNGE that takes away what others marked as deleted.
    if (!capabilities.has('MOVE') && !capabilities.has('UIDPLUS')) return false;
    const opened = await this.command('SELECT', () => this.#client.mailboxOpen(folder));
    if (String(opened.uidValidity) !== uidValidity) return false;
    const moved = await this.command('MOVE', () => this.#client.messageMove(String(uid), to, { uid: true }));
    return moved !== false;
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LOGOUT_MS);
    });
    if (this.#client.usable) await Promise.race([this.#client.logout().catch(() => {}), late]);
    clearTimeout(timer);
    this.#client.close();
  }

  /** Runs one command under our own deadline; when it passes, the connection is given up. */
  async command<T>(name: string, run: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(Object.assign(new Error(`${name}: no answer in time`), { code: 'MAILBOX_TIMEOUT' }));
        this.#client.close();
      }, this.#mailbox.commandTimeoutMs);
    });
    try {
      const running = run();
      running.catch(() => {});
      const result = await Promise.race([running, deadline]);
      // QUIRK: imapflow answers nothing, or an empty list, for commands on a connection that has just gone; taken for
      // the truth that would be an empty folder.
      if (name !== 'LOGIN' && !this.#client.usable) throw this.#lost ?? new Error('connection closed');
      return result;
    } catch (error) {
      if (!this.loggedIn) this.#client.close();
      throw this.#error(name, error as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  #error(command: string, error: ImapFlowError | Error): CongvanError {
    const facts = this.#factsOf(error);
    const trouble = troubleOf(facts);
    const place = `${this.#mailbox.host}:${this.#mailbox.port}`;
    return new CongvanError(trouble.code, troubleSentence(trouble, place, facts.text), {
      cause: error,
      fields: { command, state: trouble.state, words: facts.text.slice(0, 300), phase: facts.phase },
    });
  }

  #factsOf(error: ImapFlowError): TroubleFacts {
    const greeted = this.#client.greeting !== undefined || error.authenticationFailed === true;
    return {
      phase: this.loggedIn ? 'command' : greeted ? 'login' : 'connect',
      code: error.code ?? null,
      responseCode: error.serverResponseCode ?? null,
      refused: error.authenticationFailed === true || isRefusal(error),
      text: this.#client.byeReason ?? wordsOf(error),
    };
  }
}

function isRefusal(error: ImapFlowError): boolean {
  return error.responseStatus === 'NO' || error.responseStatus === 'BAD';
}

function wordsOf(error: ImapFlowError): string {
  return error.responseText ?? (typeof error.response === 'string' ? error.response : error.message);
}

function instantOf(date: Date | string | undefined): string | null {
  if (date === undefined) return null;
  const instant = new Date(date);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}
