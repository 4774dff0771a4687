/** From the configuration file's shape to the value that the house works with: absolute paths, milliseconds, bytes. */
import { resolve } from 'node:path';
import { loadRegulation } from './regulations.ts';
import type { ConfigFile } from './schema.ts';
import { assembleSigning } from './signing.ts';
import type {
  CongvanConfig,
  DirectoryAgency,
  ImapMailbox,
  ListenerConfig,
  Login,
  OutgoingServer,
  TlsChoice,
} from './types.ts';

type FileMailbox = ConfigFile['intake']['imap'][number];
type FileLogin = FileMailbox['login'];
type FileListener = NonNullable<ConfigFile['intake']['lmtp']>;
type FileOutgoing = NonNullable<ConfigFile['outgoing']>;

/** What does not stand in the file itself. */
export interface Surroundings {
  /** Absolute path of the file; null when there is none (tests, demo). */
  file: string | null;
  /** Folder that relative paths start from. */
  baseDir: string;
  agencies: DirectoryAgency[];
  /** PostgreSQL connection string, already resolved; null with SQLite. */
  postgresUrl: string | null;
}

/** Builds the configuration value. Everything was checked before, but files that are named are not opened here. */
export function assembleConfig(from: ConfigFile, around: Surroundings): CongvanConfig {
  const absolute = (path: string): string => resolve(around.baseDir, path);
  const dataDir = absolute(from.dataDir);
  const ours = [from.agency.address, ...from.agency.aliases];
  return {
    file: around.file,
    agency: from.agency,
    regulation: loadRegulation(from.regulation),
    dataDir,
    database: assembleDatabase(from.database, dataDir, around),
    intake: {
      imap: from.intake.imap.map((mailbox) => assembleMailbox(mailbox, absolute)),
      lmtp: assembleListener(from.intake.lmtp, ours, absolute),
      smtp: assembleListener(from.intake.smtp, ours, absolute),
      folder:
        from.intake.folder === null
          ? null
          : { path: absolute(from.intake.folder.path), intervalMs: from.intake.folder.interval },
      cutover: from.intake.cutover,
    },
    outgoing: from.outgoing === null ? null : assembleOutgoing(from.outgoing, absolute),
    retry: { delaysMs: from.retry.delays, giveUpMs: from.retry.giveUp },
    verp: from.verp,
    sender: {
      ...from.sender,
      resolver: from.sender.resolver === 'system' ? 'system' : { file: absolute(from.sender.resolver.file) },
    },
    screening: {
      maxMessageBytes: from.screening.maxMessage,
      clamav:
        from.screening.clamav !== null && 'socket' in from.screening.clamav
          ? { socket: absolute(from.screening.clamav.socket) }
          : from.screening.clamav,
      blockedExtensions: from.screening.blockedExtensions,
    },
    signatures: {
      store: absolute(from.signatures.store),
      anchors: from.signatures.anchors.map((anchor) => ({ ...anchor, file: absolute(anchor.file) })),
      intermediates: from.signatures.intermediates.map(absolute),
      revocation: from.signatures.revocation,
      retryForMs: from.signatures.retryFor,
      sha1Until: from.signatures.sha1Until,
      fetch: from.signatures.fetch,
    },
    signing: assembleSigning(from.signing, absolute),
    directory: {
      file: from.directory === null ? null : absolute(from.directory),
      agencies: around.agencies,
    },
    staff: from.staff,
    register: from.register,
    issuing: {
      ...from.issuing,
      scannerFolder: from.issuing.scannerFolder === null ? null : absolute(from.issuing.scannerFolder),
    },
    calendar: from.calendar,
    schedule: from.schedule,
    log: from.log,
  };
}

function assembleDatabase(
  from: ConfigFile['database'],
  dataDir: string,
  around: Surroundings,
): CongvanConfig['database'] {
  if (from.kind === 'postgres')
    return { kind: 'postgres', url: around.postgresUrl ?? '', schema: from.schema };
  const file =
    from.file === undefined ? resolve(dataDir, 'congvan.sqlite') : resolve(around.baseDir, from.file);
  return { kind: 'sqlite', file };
}

function assembleMailbox(from: FileMailbox, absolute: (path: string) => string): ImapMailbox {
  return {
    name: from.name,
    host: from.host,
    port: from.port ?? (from.tls.mode === 'implicit' ? 993 : 143),
    tls: assembleTls(from.tls, absolute),
    login: assembleLogin(from.login, absolute),
    folders: from.folders,
    intervalMs: from.interval,
    idle: from.idle,
    commandTimeoutMs: from.commandTimeout,
    moveTo: from.moveTo,
  };
}

function assembleTls(from: FileMailbox['tls'], absolute: (path: string) => string): TlsChoice {
  return { mode: from.mode, caFile: from.caFile === null ? null : absolute(from.caFile) };
}

function assembleLogin(from: FileLogin, absolute: (path: string) => string): Login {
  if (from.tokenCommand !== undefined) return { kind: 'token', user: from.user, command: from.tokenCommand };
  const password = from.password!;
  return {
    kind: 'password',
    user: from.user,
    password: 'file' in password ? { file: absolute(password.file) } : password,
  };
}

function assembleListener(
  from: FileListener | null,
  ours: string[],
  absolute: (path: string) => string,
): ListenerConfig | null {
  if (from === null) return null;
  return {
    host: from.host,
    port: from.port,
    recipients: from.recipients ?? ours,
    maxBytes: from.maxSize,
    tls:
      from.tls === null
        ? null
        : { keyFile: absolute(from.tls.keyFile), certFile: absolute(from.tls.certFile) },
  };
}

const SUBMISSION_PORTS = { implicit: 465, starttls: 587, none: 25 };

function assembleOutgoing(from: FileOutgoing, absolute: (path: string) => string): OutgoingServer {
  return {
    host: from.host,
    port: from.port ?? SUBMISSION_PORTS[from.tls.mode],
    tls: assembleTls(from.tls, absolute),
    login: from.login === null ? null : assembleLogin(from.login, absolute),
    connections: from.connections,
    timeoutMs: from.timeout,
    routes: Object.fromEntries(
      Object.entries(from.routes).map(([domain, target]) => [domain.toLowerCase(), target]),
    ),
  };
}
