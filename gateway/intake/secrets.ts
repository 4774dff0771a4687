import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CongvanError } from '../../config/error.ts';
import { isSecretFileOpen, readSecret } from '../../config/secret.ts';
import type { Login, SecretSource } from '../../config/types.ts';
import type { IntakeLog } from './ports.ts';

const run = promisify(execFile);

/** Milliseconds that a token command may take. */
const TOKEN_DEADLINE_MS = 30_000;
const MAX_TOKEN_BYTES = 64 * 1024;

/** What a mail server is shown to prove who we are. */
export type Credentials = { user: string; password: string } | { user: string; accessToken: string };

/** The password, read anew (config/secret.ts); a file that others may read is told to the administrator. */
function passwordOf(source: SecretSource, log: Pick<IntakeLog, 'warn'>): string {
  const password = readSecret(source);
  if ('file' in source && isSecretFileOpen(source.file)) {
    log.warn({ path: source.file }, 'secret file is readable by others: chmod 600');
  }
  return password;
}

/**
 * Runs the command that prints an OAuth2 access token (XOAUTH2); the first line of its output is the token.
 * No shell is involved.
 * @throws CongvanError TOKEN_COMMAND (temporary) when it fails, prints nothing or takes longer than half a minute
 */
export async function accessToken(command: string[], deadlineMs = TOKEN_DEADLINE_MS): Promise<string> {
  const [file, ...args] = command;
  if (!file) throw tokenError(command, 'không có lệnh');
  let output: string;
  try {
    const done = await run(file, args, { timeout: deadlineMs, maxBuffer: MAX_TOKEN_BYTES, encoding: 'utf8' });
    output = done.stdout;
  } catch (cause) {
    const failure = cause as { killed?: boolean; code?: string | number };
    throw tokenError(command, failure.killed ? 'quá thời hạn' : `mã ${failure.code ?? '?'}`, cause);
  }
  const token = output.split(/\r?\n/, 1)[0]?.trim() ?? '';
  if (token === '') throw tokenError(command, 'không in ra gì');
  return token;
}

function tokenError(command: string[], reason: string, cause?: unknown): CongvanError {
  return new CongvanError(
    'TOKEN_COMMAND',
    `Lệnh lấy mã truy cập ${command[0] ?? ''} không thành công: ${reason}.`,
    {
      cause,
      fields: { command: command[0] ?? '', reason },
    },
  );
}

/** Fresh at every connection: a changed password file or an expired token needs no restart. */
export async function credentialsOf(login: Login, log: Pick<IntakeLog, 'warn'>): Promise<Credentials> {
  return login.kind === 'password'
    ? { user: login.user, password: passwordOf(login.password, log) }
    : { user: login.user, accessToken: await accessToken(login.command) };
}
