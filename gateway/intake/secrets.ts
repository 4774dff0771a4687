import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CongvanError } from '../../config/error.ts';
import type { Login, SecretSource } from '../../config/types.ts';
import type { IntakeLog } from './ports.ts';

const run = promisify(execFile);

/** Milliseconds that a token command may take. */
const TOKEN_DEADLINE_MS = 30_000;
const MAX_TOKEN_BYTES = 64 * 1024;

/** What a mail server is shown to prove who we are. */
export type Credentials = { user: string; password: string } | { user: string; accessToken: string };

/**
 * Reads a secret from its file or environment variable. Of a file, one trailing line break is cut off.
 * @throws CongvanError SECRET_MISSING (permanent until a person acts), naming the place, never the content
 */
export async function readSecret(
  source: SecretSource,
  log: Pick<IntakeLog, 'warn'>,
  environment: Record<string, string | undefined> = process.env,
): Promise<string> {
  const secret = 'file' in source ? await readSecretFile(source.file, log) : environment[source.env];
  if (secret === undefined || secret === '') {
    const place = 'file' in source ? `tệp ${source.file}` : `biến môi trường ${source.env}`;
    throw new CongvanError('SECRET_MISSING', `Không đọc được mật khẩu: ${place} không có hoặc để trống.`, {
      temporary: false,
      fields: { place: 'file' in source ? source.file : source.env },
    });
  }
  return secret;
}

async function readSecretFile(path: string, log: Pick<IntakeLog, 'warn'>): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o004) !== 0) {
      log.warn({ path, mode: (mode & 0o777).toString(8) }, 'secret file is readable by everybody: chmod 600');
    }
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT') return undefined;
    throw new CongvanError('SECRET_MISSING', `Không đọc được mật khẩu từ tệp ${path} (${code}).`, {
      temporary: false,
      cause,
      fields: { place: path, reason: code },
    });
  }
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
    ? { user: login.user, password: await readSecret(login.password, log) }
    : { user: login.user, accessToken: await accessToken(login.command) };
}
