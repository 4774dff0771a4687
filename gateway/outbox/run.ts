/** The running outbox: as many workers as connections, woken when something may be due, and by the clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CongvanConfig, OutgoingServer } from '../../config/types.ts';
import type { Storage } from '../../storage/types.ts';
import { credentialsOf } from '../intake/secrets.ts';
import { type OutboxLog, type OutboxPorts, type OutboxStorage, transmitNext } from './transmit.ts';
import { createTransport, type Transport } from './transport.ts';

export interface RunningOutbox {
  /** Something may be due. */
  wake(): void;
  /** Takes nothing more; resolves when what is being sent is settled. */
  stop(): Promise<void>;
}

/** What the outbox needs of the house; `House` has it all. */
export interface OutboxHouse {
  config: Pick<CongvanConfig, 'agency' | 'retry' | 'verp'>;
  storage: OutboxStorage & { outbox: Pick<Storage['outbox'], 'nextDueAt'> };
  clock: () => Date;
  log: OutboxLog & { debug(fields: object, message: string): void };
  onFailed?: OutboxPorts['onFailed'];
  signNotice?: OutboxPorts['signNotice'];
}

/** Longest wait without looking (another process may have put something out), shortest wait when something is due and cannot be taken (fence), and after trouble. */
const LOOK_MS = 2_000;
const BLOCKED_MS = 2_000;
const TROUBLE_MS = 30_000;

export function startOutbox(house: OutboxHouse, outgoing: OutgoingServer): RunningOutbox {
  const { login } = outgoing;
  const transport = createTransport(outgoing, login === null ? null : () => credentialsOf(login, house.log));
  const running = runOutbox(house, transport, outgoing.connections);
  return {
    wake: running.wake,
    stop: async () => {
      await running.stop();
      transport.close();
    },
  };
}

export function runOutbox(house: OutboxHouse, transport: Transport, connections: number): RunningOutbox {
  const ports: OutboxPorts = { ...house, transport, random: Math.random };
  let stopping = false;
  let bell = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();

  const wake = (): void => {
    bell.resolve();
    bell = Promise.withResolvers();
  };

  /** The bell is taken before looking, so that what becomes due while looking is not missed. */
  const work = async (): Promise<void> => {
    while (!stopping) {
      const rung = bell.promise;
      const turn = await transmitNext(ports).catch((error: unknown) => {
        house.log.error({ err: String(error) }, 'outbox cannot work');
        return 'trouble' as const;
      });
      if (turn === 'done' || stopping) continue;
      // In trouble the bell is not heard: every new letter would knock at a server that refuses our login.
      if (turn === 'trouble') await pause(end.promise, TROUBLE_MS);
      else await pause(rung, await untilDue(house));
    }
  };

  const workers = Array.from({ length: connections }, work);
  return {
    wake,
    stop: async () => {
      stopping = true;
      end.resolve();
      wake();
      await Promise.all(workers);
    },
  };
}

async function untilDue(house: OutboxHouse): Promise<number> {
  const at = await house.storage.outbox.nextDueAt().catch(() => null);
  if (at === null) return LOOK_MS;
  const wait = Date.parse(at) - house.clock().getTime();
  return wait <= 0 ? BLOCKED_MS : Math.min(wait, LOOK_MS);
}

async function pause(until: Promise<void>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    until,
    sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}
