import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanContent } from '../../gateway/clamav.ts';
import { freePorts } from '../../scripts/province/mail-servers.ts';

const CLAMD = '/usr/sbin/clamd';

export const HOW_TO_GET_CLAMD = 'run scripts/install-test-servers.sh as root (clamav-daemon)';

export function clamdAvailable(): boolean {
  return existsSync(CLAMD);
}

export interface RunningClamd {
  port: number;
  stop(): Promise<void>;
}

/** A real clamd whose only signature is this text; it takes up to 2 MB. */
export async function startClamd(signature: string): Promise<RunningClamd> {
  const dir = await mkdtemp(join(tmpdir(), 'congvan-clamd-'));
  const [port] = (await freePorts(1)) as [number];
  await mkdir(join(dir, 'db'));
  const hex = Buffer.from(signature, 'latin1').toString('hex');
  await writeFile(join(dir, 'db', 'congvan.ndb'), `Congvan.Test:0:*:${hex}\n`);
  const settings = [
    'Foreground yes',
    'TCPAddr 127.0.0.1',
    `TCPSocket ${port}`,
    `DatabaseDirectory ${join(dir, 'db')}`,
    'StreamMaxLength 2M',
    'AlertExceedsMax yes',
    ...(process.getuid?.() === 0 ? ['User root'] : []),
  ];
  await writeFile(join(dir, 'clamd.conf'), `${settings.join('\n')}\n`);
  const log = openSync(join(dir, 'clamd.log'), 'w');
  const child = spawn(CLAMD, ['-c', join(dir, 'clamd.conf')], { stdio: ['ignore', log, log] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await answering(port);
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const verdict = await scanContent({ host: '127.0.0.1', port }, (async function* nothing() {})(), 1000);
    if (verdict.status === 'clean') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('clamd did not start');
}
