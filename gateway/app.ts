/** The only place where the parts of the running service are joined. */
import { CongvanError } from '../config/error.ts';
import { sendFailed } from '../handlers/send-failed.ts';
import type { RawMessage } from '../handlers/types.ts';
import { DEFAULT_READING_LIMITS } from '../mail/limits.ts';
import type { House } from './house.ts';
import { indexed } from './indexing.ts';
import { startFolderIntake } from './intake/folder.ts';
import { moveRegistered, startImapIntake } from './intake/imap/connection.ts';
import { startListener } from './intake/listener.ts';
import type { IntakePorts } from './intake/ports.ts';
import { startOutbox } from './outbox/run.ts';
import { openReaderPool } from './reading/pool.ts';
import { watchScanner } from './scanner.ts';
import { startSchedule } from './schedule.ts';
import { virusScan } from './screening.ts';
import type { Service } from './service.ts';
import { noticeSigner } from './signing/sign-notice.ts';
import { startWork } from './work.ts';

const READING_PROCESSES = 2;
/** More than are being read: while one is written down or waits for its turn (INT-18), the next ones are read. */
const LETTERS_IN_HAND = 3 * READING_PROCESSES;
const READING_DEADLINE_MS = 120_000;
const READING_HEAP_MIB = 384;

export interface RunningApp {
  service: Service;
  /** Takes no more in, finishes what is in hand, sends what is being sent, closes. */
  stop(): Promise<void>;
}

/**
 * `sending: false` for the dry run: everything is decided, nothing leaves. When a part cannot be started (a port in use),
 * those that were started are ended again before its error is thrown.
 */
export async function startApp(house: House, options: { sending: boolean }): Promise<RunningApp> {
  const { config, storage, log, clock } = house;
  await storage.outbox.recover();
  const ends: (() => unknown)[] = [];
  const started = <T extends { stop(): unknown }>(part: T): T => {
    ends.push(() => part.stop());
    return part;
  };
  /** The last that was started ends first: nothing comes in any more, then what is in hand is finished. */
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) {
      await Promise.resolve()
        .then(end)
        .catch((error: unknown) => log.error({ err: String(error) }, 'a part did not end in order'));
    }
  };
  try {
    await tellProtections(house);
    const readers = openReaderPool(
      {
        dataDir: config.dataDir,
        limits: DEFAULT_READING_LIMITS,
        agencies: config.directory.agencies,
        sender: config.sender,
        blockedExtensions: config.screening.blockedExtensions,
      },
      { processes: READING_PROCESSES, deadlineMs: READING_DEADLINE_MS, heapMiB: READING_HEAP_MIB },
    );
    ends.push(() => readers.close());
    ends.push(() => indexed(storage));
    const outbox =
      options.sending && config.outgoing
        ? started(
            startOutbox(
              { ...house, onFailed: failedTeller(house), signNotice: noticeSigner(config) },
              config.outgoing,
            ),
          )
        : null;
    const mover = started(startMover(house));
    const service: Service = {
      ...house,
      readers,
      scan: virusScan(config.screening.clamav, storage.bytes),
      putAway: (raw) => mover.move(raw),
      outboxChanged: () => outbox?.wake(),
    };
    const work = started(startWork(service, LETTERS_IN_HAND));
    const ports: IntakePorts = { storage, onKept: () => work.wake(), log, clock, random: Math.random };
    const { intake, issuing } = config;
    started(startImapIntake(intake.imap, intake.cutover, ports));
    if (intake.lmtp) started(await startListener('lmtp', intake.lmtp, ports));
    if (intake.smtp) started(await startListener('smtp', intake.smtp, ports));
    if (intake.folder) started(startFolderIntake(intake.folder, config.screening.maxMessageBytes, ports));
    if (options.sending && issuing.scannerFolder)
      started(watchScanner(house, issuing.scannerFolder, () => outbox?.wake()));
    started(startSchedule(service, ports));
    log.info({ mailboxes: intake.imap.length, lmtp: intake.lmtp !== null }, 'congvan is running');
    return { service, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A trust file that cannot be read stops the start; a machine without room for a process now does not. */
async function tellProtections({ judge, log }: House): Promise<void> {
  try {
    const found = await judge.protections();
    if (found.permissionModel && found.networkNamespace)
      log.info(found, 'signatures are judged in a sandbox');
    else log.warn(found, 'signatures are judged with less protection than there could be; see congvan check');
  } catch (error) {
    if (!(error instanceof CongvanError && error.temporary)) throw error;
    log.warn({ code: error.code, err: error.message }, 'no sandbox could be started yet');
  }
}

/** Moves registered letters on their server one after another: a connection each, and never one that anybody waits for. */
function startMover(house: House): { move(raw: RawMessage): void; stop(): Promise<void> } {
  let stopping = false;
  let moving: Promise<void> = Promise.resolve();
  return {
    move: (raw) => {
      moving = moving
        .then(() => (stopping ? undefined : putAway(raw, house)))
        .catch((error: unknown) =>
          house.log.warn({ message: raw.id, err: String(error) }, 'registered message could not be moved'),
        );
    },
    stop: () => {
      stopping = true;
      return moving;
    },
  };
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
