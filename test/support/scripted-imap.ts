import { createServer, type Server, type Socket } from 'node:net';

/** One message that the scripted server shows. */
interface ScriptedMessage {
  uid: number;
  source: string;
  internalDate?: string;
  /**
   * What asking for its text does: hand it out, refuse with NO, answer OK without it, say nothing, drop the line, show
   * it to SEARCH only, hand out short pieces, or ignore the partial request.
   */
  fetch?: 'give' | 'refuse' | 'silent-ok' | 'hang' | 'drop' | 'unlisted' | 'short' | 'whole';
  /** RFC822.SIZE, when it is to differ from the truth. */
  size?: number;
}

/** What the server does; may be changed while it runs. */
export interface ImapScript {
  /** Greeting line; 'hang' says nothing, 'drop' hangs up before it. */
  greeting: string;
  /** Answer to LOGIN, one for each attempt, the last one repeated: 'ok', a NO text, 'hang' or 'drop'. */
  login: string[];
  uidValidity: number;
  messages: ScriptedMessage[];
  capabilities: string;
  /** Commands (upper case, e.g. 'UID SEARCH') that are answered with this instead. */
  answers: Record<string, string>;
}

export interface ScriptedImap {
  port: number;
  script: ImapScript;
  /** Command lines in the order they came, without tags. */
  commands: string[];
  connections(): number;
  /** Adds a message and tells idling connections. */
  deliver(message: ScriptedMessage): void;
  dropAll(): void;
  stop(): Promise<void>;
}

/** A small IMAP server that fails as it is told to. It knows what imapflow asks in intake, no more. */
export async function startScriptedImap(script: Partial<ImapScript> = {}): Promise<ScriptedImap> {
  const full: ImapScript = {
    greeting: '* OK [CAPABILITY IMAP4rev1 IDLE] ready',
    login: ['ok'],
    uidValidity: 1000,
    messages: [],
    capabilities: 'IMAP4rev1 IDLE',
    answers: {},
    ...script,
  };
  const state = { script: full, commands: [] as string[], sockets: new Set<Connection>(), opened: 0 };
  const server: Server = createServer((socket) => {
    state.opened += 1;
    const connection = new Connection(socket, state);
    state.sockets.add(connection);
    socket.on('close', () => state.sockets.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dropAll = () => {
    for (const connection of state.sockets) connection.drop();
  };
  return {
    port: (server.address() as { port: number }).port,
    script: full,
    commands: state.commands,
    connections: () => state.opened,
    deliver(message) {
      full.messages.push(message);
      for (const connection of state.sockets) connection.announce();
    },
    dropAll,
    stop() {
      dropAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface State {
  script: ImapScript;
  commands: string[];
  opened: number;
}

class Connection {
  readonly #socket: Socket;
  readonly #state: State;
  #buffer = '';
  #idleTag: string | null = null;

  constructor(socket: Socket, state: State) {
    this.#socket = socket;
    this.#state = state;
    socket.on('error', () => {});
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    if (state.script.greeting === 'drop') this.drop();
    else if (state.script.greeting !== 'hang') this.#send(state.script.greeting);
  }

  drop(): void {
    this.#socket.destroy();
  }

  announce(): void {
    if (this.#idleTag !== null) this.#send(`* ${this.#state.script.messages.length} EXISTS`);
  }

  #send(line: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`, 'latin1');
  }

  #read(text: string): void {
    this.#buffer += text;
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 2);
      this.#line(line);
    }
  }

  #line(line: string) {
    if (line === 'DONE' && this.#idleTag !== null) {
      this.#send(`${this.#idleTag} OK IDLE done`);
      this.#idleTag = null;
      return;
    }
    const [tag = '*', ...words] = line.split(' ');
    const command = words.join(' ');
    this.#state.commands.push(command.replace(/^LOGIN .*/, 'LOGIN'));
    const verb = /^UID \w+/i.exec(command)?.[0].toUpperCase() ?? words[0]?.toUpperCase() ?? '';
    const scripted = this.#state.script.answers[verb];
    if (scripted === 'hang') return;
    if (scripted === 'drop') return this.drop();
    if (scripted !== undefined) return this.#send(`${tag} ${scripted}`);
    this.#answer(tag, verb, command);
  }

  #answer(tag: string, verb: string, command: string) {
    const { script } = this.#state;
    switch (verb) {
      case 'CAPABILITY':
        this.#send(`* CAPABILITY ${script.capabilities}`);
        return this.#send(`${tag} OK done`);
      case 'LOGIN':
      case 'AUTHENTICATE':
        return this.#login(tag);
      case 'EXAMINE':
      case 'SELECT':
        return this.#open(tag, verb);
      case 'IDLE':
        this.#idleTag = tag;
        return this.#send('+ idling');
      case 'UID SEARCH':
        this.#send(`* SEARCH ${script.messages.map((message) => message.uid).join(' ')}`.trimEnd());
        return this.#send(`${tag} OK done`);
      case 'UID FETCH':
        return this.#fetch(tag, command);
      case 'LOGOUT':
        this.#send('* BYE done');
        this.#send(`${tag} OK done`);
        this.#socket.end();
        return;
      default:
        return this.#send(`${tag} OK done`);
    }
  }

  #login(tag: string) {
    const { login } = this.#state.script;
    const answer = login.length > 1 ? login.shift() : login[0];
    if (answer === 'ok') return this.#send(`${tag} OK logged in`);
    if (answer === 'drop') return this.drop();
    if (answer !== 'hang') this.#send(`${tag} NO ${answer}`);
  }

  #open(tag: string, verb: string): void {
    const { script } = this.#state;
    const next = Math.max(0, ...script.messages.map((message) => message.uid)) + 1;
    this.#send(`* ${script.messages.length} EXISTS`);
    this.#send(`* OK [UIDVALIDITY ${script.uidValidity}] valid`);
    this.#send(`* OK [UIDNEXT ${next}] next`);
    this.#send(`${tag} OK [${verb === 'EXAMINE' ? 'READ-ONLY' : 'READ-WRITE'}] opened`);
  }

  #fetch(tag: string, command: string) {
    const [, set = '', items = ''] = /^UID FETCH (\S+) (.*)$/i.exec(command) ?? [];
    const partial = /BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?/i.exec(items);
    for (const [index, message] of this.#state.script.messages.entries()) {
      if (!inSet(message.uid, set, this.#state.script.messages)) continue;
      if (!partial) {
        this.#describe(index + 1, message);
        continue;
      }
      const how = message.fetch ?? 'give';
      if (how === 'hang') return;
      if (how === 'drop') return this.drop();
      if (how === 'refuse') return this.#send(`${tag} NO [SERVERBUG] message content is damaged`);
      if (how !== 'silent-ok' && how !== 'unlisted') this.#give(index + 1, message, partial);
    }
    this.#send(`${tag} OK done`);
  }

  #describe(sequence: number, message: ScriptedMessage): void {
    if (message.fetch === 'unlisted') return;
    const date = message.internalDate ?? '20-Nov-2026 09:00:00 +0700';
    const size = message.size ?? message.source.length;
    this.#send(`* ${sequence} FETCH (UID ${message.uid} INTERNALDATE "${date}" RFC822.SIZE ${size})`);
  }

  #give(sequence: number, message: ScriptedMessage, partial: RegExpExecArray): void {
    const start = Number(partial[1] ?? 0);
    const asked = Number(partial[2] ?? Number.POSITIVE_INFINITY);
    const length = message.fetch === 'short' ? Math.min(asked, 1000) : asked;
    const whole = message.fetch === 'whole';
    const piece = whole ? message.source : message.source.slice(start, start + length);
    const origin = whole || partial[1] === undefined ? '' : `<${start}>`;
    this.#send(`* ${sequence} FETCH (UID ${message.uid} BODY[]${origin} {${piece.length}}\r\n${piece})`);
  }
}

function inSet(uid: number, set: string, messages: ScriptedMessage[]): boolean {
  const highest = Math.max(0, ...messages.map((message) => message.uid));
  return set.split(',').some((range) => {
    const [from, to] = range.split(':').map((end) => (end === '*' ? highest : Number(end)));
    if (from === undefined) return false;
    return uid >= Math.min(from, to ?? from) && uid <= Math.max(from, to ?? from);
  });
}
