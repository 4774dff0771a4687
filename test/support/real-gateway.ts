/** A gateway as a real service on real servers: its configuration file, its house, its mailboxes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../config/load.ts';
import type { CongvanConfig } from '../../config/types.ts';
import type { World } from '../../scripts/demo/world.ts';
import type { MailServers } from '../../scripts/province/mail-servers.ts';
import { serviceConfig } from '../../scripts/province/service-config.ts';

const COMMAND = resolve(import.meta.dirname, '../../bin/congvan.ts');

export interface GatewayPlace {
  /** Folder of its own: configuration, data, database. */
  folder: string;
  world: World;
  servers: MailServers;
  /** Directory file with everybody it knows. */
  directoryFile: string;
  anchorFiles: string[];
  /** Of the agency that it works for. */
  agency: Record<string, unknown> & { address: string };
  /** Recipient domains that its outbox hands over itself. */
  routes?: Record<string, { host: string; port: number }>;
}

/** Writes the configuration as an administrator would: IMAPS with IDLE in, SMTP to Postfix out. */
export async function writeGateway(place: GatewayPlace): Promise<{ file: string; config: CongvanConfig }> {
  const { folder, world, servers, agency } = place;
  await writeFile(join(folder, 'imap-password'), 'mat-khau\n', { mode: 0o600 });
  const mailbox = {
    name: 'congvu',
    host: '127.0.0.1',
    port: servers.ports.imaps,
    tls: { mode: 'implicit', caFile: servers.caFile },
    login: { user: agency.address, password: { file: join(folder, 'imap-password') } },
  };
  const file = join(folder, 'congvan.yaml');
  const text = serviceConfig({
    world: { ...world, directoryFile: place.directoryFile },
    dataDir: join(folder, 'data'),
    lmtpPort: 0,
    outgoingPort: servers.ports.smtp,
    more: {
      agency,
      intake: { imap: [mailbox] },
      outgoing: {
        host: '127.0.0.1',
        port: servers.ports.smtp,
        tls: { mode: 'none' },
        routes: place.routes ?? {},
      },
      signatures: { anchors: place.anchorFiles.map((file) => ({ file, group: 'BAN_CO_YEU' })) },
      log: { level: 'error' },
    },
  });
  await writeFile(file, text);
  return { file, config: loadConfig(file) };
}

/** The province's directory with more agencies in it. */
export async function writeDirectory(world: World, file: string, more: object[]): Promise<void> {
  const { agencies } = parse(await readFile(world.directoryFile, 'utf8')) as { agencies: object[] };
  await writeFile(file, stringify({ agencies: [...agencies, ...more] }));
}

/** Runs `congvan start`, as a system's service manager would. */
export function spawnService(configFile: string): {
  child: ChildProcess;
  stop(): Promise<number | string | null>;
} {
  const child = spawn(process.execPath, [COMMAND, 'start', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | string | null>((done) =>
    child.once('exit', (code, signal) => done(code ?? signal)),
  );
  return {
    child,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
