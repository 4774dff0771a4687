/** The only place where the parts of the running service are joined. */
import { loadTrust } from '../config/trust.ts';
import { DEFAULT_READING_LIMITS } from '../mail/limits.ts';
import type { House } from './house.ts';
import { startFolderIntake } from './intake/folder.ts';
import { sendFailed } from '../handlers/send-failed.ts';
import type { RawMessage } from '../handlers/types.ts';
import { moveRegistered, startImapIntake } from './intake/imap/connection.ts';
import { startListener } from './intake/listener.ts';
import type { IntakePorts, RunningIntake } from './intake/ports.ts';
import { startOutbox } from './outbox/run.ts';
import { openReaderPool } from './reading/pool.ts';
import { watchScanner } from './scanner.ts';
import { virusScan } from './screening.ts';
import { startSchedule } from './schedule.ts';
import type { Service } from './service.ts';
import { startWork } from './work.ts';

const READING_PROCESSES = 2;
const READING_DEADLINE_MS = 120_000;
const READING_HEAP_MIB = 384;

export interface RunningApp {
  service: Service;
  /** Takes no more in, finishes what is in hand, sends what is being sent, closes. */
  stop(): Promise<void>;
}

/** `sending: false` for the dry run: everything is decided, nothing leaves. */
export async function startApp(house: House, options: { sending: boolean }): Promise<RunningApp> {
  const { config, storage, log, clock } = house;
  await storage.outbox.recover();
  const readers = openReaderPool(
    {
      dataDir: config.dataDir,
      limits: DEFAULT_READING_LIMITS,
      trust: loadTrust(config.signatures),
      agencies: config.directory.agencies,
      sender: config.sender,
      blockedExtensions: config.screening.blockedExtensions,
    },
    { processes: READING_PROCESSES, deadlineMs: READING_DEADLINE_MS, heapMiB: READING_HEAP_MIB },
  );
  const outbox = options.sending && config.outgoing ? startOutbox({ ...house, onFailed: failedTeller(house) }, config.outgoing) : null;
  const service: Service = {
    ...house,
    readers,
    scan: virusScan(config.screening.clamav, storage.bytes),
    putAway: (raw) => putAway(raw, house),
    outboxChanged: () => outbox?.wake(),
  };
  const work = startWork(service, READING_PROCESSES);
  const ports: IntakePorts = { storage, onKept: () => work.wake(), log, clock, random: Math.random };
  const intakes = await startIntakes(house, ports);
  const scanner = options.sending && config.issuing.scannerFolder
    ? watchScanner(house, config.issuing.scannerFolder, () => outbox?.wake())
    : null;
  const schedule = startSchedule(service, ports);
  log.info({ mailboxes: config.intake.imap.length, lmtp: config.intake.lmtp !== null }, 'congvan is running');

  return {
    service,
    stop: async () => {
      schedule.stop();
      await Promise.all([...intakes.map((i) => i.stop()), scanner?.stop()]);
      await work.stop();
      await outbox?.stop();
      await readers.close();
    },
  };
}

async function startIntakes(house: House, ports: IntakePorts): Promise<RunningIntake[]> {
  const { intake } = house.config;
  const started: RunningIntake[] = [startImapIntake(intake.imap, intake.cutover, ports)];
  if (intake.lmtp) started.push(await startListener('lmtp', intake.lmtp, ports));
  if (intake.smtp) started.push(await startListener('smtp', intake.smtp, ports));
  if (intake.folder) started.push(startFolderIntake(intake.folder, house.config.screening.maxMessageBytes, ports));
  return started;
}

/** Failure and the notice to our clerk are one act: neither is ever there without the other. */
function failedTeller(house: House) {
  return (id: string, why: { cause: string; reply: string }) =>
    house.storage.transact({ transmissionId: id }, (snapshot) => sendFailed(id, why, house.rules, snapshot));
}

async function putAway(raw: RawMessage, house: House): Promise<void> {
  const mailbox = house.config.intake.imap.find((m) => m.name === raw.origin.mailbox);
  if (raw.origin.channel !== 'imap' || !mailbox?.moveTo) return;
  if ((await house.storage.messages.get(raw.id))?.state !== 'registered') return;
  await moveRegistered(mailbox, raw.origin, { log: house.log });
}
