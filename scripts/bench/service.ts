/** The real command on a mailbox of a real Dovecot, for measuring. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { CongvanConfig } from '../../config/types.ts';
import type { House } from '../../gateway/house.ts';
import type { World } from '../demo/world.ts';
import { OUR_MAILBOX } from '../demo/world.ts';
import type { MailServers } from '../province/mail-servers.ts';
import { post } from '../province/post.ts';
import { serviceConfig } from '../province/service-config.ts';
import type { SizedLetter } from './letters.ts';

const COMMAND = resolve(import.meta.dirname, '../../bin/congvan.ts');
/** Where letters wait until the measuring begins. */
export const STORE = 'kho@xamau.mau.example.gov.vn';
export const PASSWORD = 'mat-khau';

export interface ServicePlan {
  folder: string;
  world: World;
  anchorFile: string;
  /** Null = no IMAP: this machine has no Dovecot. */
  servers: MailServers | null;
  lmtpPort: number;
  /** Null = answers are decided and written down, but not sent. */
  outgoingPort: number | null;
}

export async function writeService(plan: ServicePlan): Promise<{ file: string; config: CongvanConfig }> {
  const { folder, world, servers } = plan;
  const passwordFile = join(folder, 'imap-password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  const imap = servers
    ? [
        {
          name: 'congvu',
          host: '127.0.0.1',
          port: servers.ports.imaps,
          tls: { mode: 'implicit', caFile: servers.caFile },
          login: { user: OUR_MAILBOX, password: { file: passwordFile } },
        },
      ]
    : [];
  const more: Record<string, unknown> = {
    intake: { imap, lmtp: { host: '127.0.0.1', port: plan.lmtpPort } },
    signatures: { anchors: [{ file: plan.anchorFile, group: 'BAN_CO_YEU' }] },
  };
  if (plan.outgoingPort === null) more.outgoing = null;
  const file = join(folder, 'congvan.yaml');
  const { lmtpPort } = plan;
  const text = serviceConfig({
    world,
    dataDir: join(folder, 'data'),
    lmtpPort,
    outgoingPort: plan.outgoingPort ?? 1,
    more,
  });
  await writeFile(file, text);
  return { file, config: loadConfig(file) };
}

export function startService(configFile: string): { child: ChildProcess; stop(): Promise<void> } {
  const child = spawn(process.execPath, [COMMAND, 'start', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    child,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Lays letters into a mailbox; `pour` moves all that lies in the waiting one into ours at once. */
export async function store(servers: MailServers, letters: SizedLetter[], mailbox = STORE): Promise<void> {
  for (const letter of letters) {
    const envelope = { from: letter.from, to: [mailbox] };
    await post({ protocol: 'lmtp', port: servers.ports.lmtp }, envelope, letter.raw);
  }
}

export async function pour(servers: MailServers): Promise<void> {
  const [from, to] = [STORE, OUR_MAILBOX].map((address) => join(servers.maildir(address), 'new'));
  for (const name of await readdir(from!)) await rename(join(from!, name), join(to!, name));
}

/** Until `count` letters stand in the register; throws, with what became of the others, after `ms`. */
export async function untilRegistered(house: House, count: number, ms: number): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    const states = await house.storage.messages.counts();
    if ((states.registered ?? 0) >= count) return;
    const stuck = Object.entries(states).some(
      ([state, n]) => ['held', 'frozen', 'isolated'].includes(state) && n > 0,
    );
    if (stuck || performance.now() > end) {
      const holds = await house.storage.holds.list({ open: true, limit: 5 });
      throw new Error(
        `only ${JSON.stringify(states)} of ${count}: ${JSON.stringify(holds.flatMap((h) => h.reasons))}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
