import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../mail-servers.sh', import.meta.url));

interface MailUser {
  address: string;
  password: string;
}

export interface MailServersOptions {
  users: MailUser[];
  /** Recipient domain → listener that Postfix hands its mail to. */
  routes?: Record<string, { protocol: 'lmtp' | 'smtp'; host: string; port: number }>;
}

export interface MailServers {
  dir: string;
  /** PEM of the certificate that Dovecot and Postfix show. */
  caFile: string;
  ports: { imap: number; imaps: number; lmtp: number; smtp: number; strict: number };
  /** Maildir of a user. */
  maildir(address: string): string;
  stop(): Promise<void>;
}

/** How to get them, for the name of a skipped suite. */
export const HOW_TO_GET = 'run scripts/install-test-servers.sh as root (Dovecot, Postfix)';

/** Whether the servers a suite needs are installed; Postfix wants root. */
export function available(need: 'dovecot' | 'dovecot+postfix' = 'dovecot'): boolean {
  if (!existsSync('/usr/sbin/dovecot') || !existsSync('/usr/lib/dovecot/lmtp')) return false;
  return need === 'dovecot' || (existsSync('/usr/sbin/postfix') && process.getuid?.() === 0);
}

/** Starts Dovecot (and Postfix where root) on free loopback ports in a folder of their own. */
export async function startMailServers(options: MailServersOptions): Promise<MailServers> {
  const dir = await mkdtemp(join(tmpdir(), 'congvan-mail-'));
  const [imap, imaps, lmtp, smtp, strict] = (await freePorts(5)) as [number, number, number, number, number];
  const routes = Object.entries(options.routes ?? {});
  await run(SCRIPT, ['start', dir], {
    env: {
      ...process.env,
      MAIL_USERS: options.users.map((user) => `${user.address}:${user.password}`).join(' '),
      MAIL_ROUTES: routes.map(([domain, to]) => `${domain}=${to.protocol}:${to.host}:${to.port}`).join(' '),
      PORT_IMAP: String(imap),
      PORT_IMAPS: String(imaps),
      PORT_LMTP: String(lmtp),
      PORT_SMTP: String(smtp),
      PORT_STRICT: String(strict),
    },
  });
  return {
    dir,
    caFile: join(dir, 'cert.pem'),
    ports: { imap, imaps, lmtp, smtp, strict },
    maildir: (address) => join(dir, 'mail', address, 'Maildir'),
    stop: () => stop(dir),
  };
}

async function stop(dir: string): Promise<void> {
  await run(SCRIPT, ['stop', dir]);
  // Dovecot writes for a moment longer; a folder left over in the temporary folder does no harm.
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => {});
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
