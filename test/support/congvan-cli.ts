import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
export const LAUNCHER = join(ROOT, 'bin/congvan');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the real launcher, by default from a foreign folder and in Vietnamese. */
export function congvan(
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string; launcher?: string } = {},
): Promise<CliResult> {
  const child = spawn(options.launcher ?? LAUNCHER, args, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env.PATH!, LANG: 'vi_VN.UTF-8', TZ: 'America/St_Johns', ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `congvan-${name}-`));
}

/** Flags that answer every question of `congvan init`; servers that do not exist, on loopback. */
export const INIT_FLAGS = [
  ...[
    '--agency-code',
    '000.00.01.H99',
    '--agency-name',
    'UBND xã Mẫu',
    '--address',
    'vanthu@mau.example.gov.vn',
  ],
  ...[
    '--phone',
    '0200 000 000',
    '--place',
    'Mẫu',
    '--org',
    'UBND',
    '--imap-host',
    '127.0.0.1',
    '--imap-tls',
    'none',
  ],
  ...['--imap-port', '1', '--smtp-tls', 'none', '--smtp-port', '2', '--clerk-name', 'Nguyễn Thị Mẫu'],
  ...['--leader-name', 'Trần Văn Mẫu'],
];
