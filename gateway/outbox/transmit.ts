/**
 * One due mail after another: taken (committed as `sending`), rendered, sent, settled. Rows are taken one at a time, so
 * that a process that dies leaves no more of them in `sending` than it was really sending.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CongvanError } from '../../config/error.ts';
import type { CongvanConfig } from '../../config/types.ts';
import type { Storage, TransmissionRow } from '../../storage/types.ts';
import type { SignNotice } from '../signing/sign-notice.ts';
import { causeOfResult } from './cause.ts';
import { type KeptMail, type RenderingStorage, renderedMail } from './rendering.ts';
import { nextAttempt } from './retry.ts';
import type { Transport } from './transport.ts';
import type { MailToSend, SendResult } from './verdict.ts';

export interface OutboxLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type OutboxStorage = RenderingStorage & {
  outbox: Pick<Storage['outbox'], 'claim' | 'rendered' | 'settle'>;
};

export interface OutboxPorts {
  storage: OutboxStorage;
  transport: Transport;
  config: Pick<CongvanConfig, 'agency' | 'retry' | 'verp'>;
  clock: () => Date;
  /** 0 ≤ x < 1, for jitter. */
  random: () => number;
  log: OutboxLog;
  /** Records that a copy of an issued document failed for good, and tells our clerk, in one act (T6). */
  onFailed?: ((id: string, why: { cause: string; reply: string }) => Promise<unknown>) | undefined;
  /** Signs our notices (S/MIME); null or absent = they go out unsigned. */
  signNotice?: SignNotice | null | undefined;
}

type Settlement = Parameters<Storage['outbox']['settle']>[1];

/** What became of one turn. `trouble` = our own side: others would fail the same way now. */
export type Turn = 'nothing-due' | 'done' | 'trouble';

/** Sends all that is due, `connections` at once; for commands and tests. Resolves with how many were tried. */
export async function transmitDue(ports: OutboxPorts, connections: number): Promise<number> {
  let tried = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const turn = await transmitNext(ports);
      if (turn !== 'nothing-due') tried++;
      if (turn !== 'done') return;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return tried;
}

/** Throws only what the database throws when nothing was taken yet. */
export async function transmitNext(ports: OutboxPorts): Promise<Turn> {
  const [row] = await ports.storage.outbox.claim(1);
  if (row === undefined) return 'nothing-due';
  const { settlement, turn } = await attempt(row, ports);
  await settleSurely(row, settlement, ports);
  const { state } = settlement;
  ports.log.info({ id: row.id, kind: row.kind, attempt: row.attempts, state }, 'mail tried');
  return turn;
}

async function attempt(
  row: TransmissionRow,
  ports: OutboxPorts,
): Promise<{ settlement: Settlement; turn: Turn }> {
  let mail: KeptMail;
  try {
    mail = await renderedMail(row, ports.config.agency, ports.storage, ports.signNotice);
  } catch (error) {
    return { settlement: notSent(row, error, { final: isPermanent(error) }, ports), turn: 'done' };
  }
  try {
    const result = await ports.transport.send(toSend(row, mail, ports.config));
    return { settlement: settlementOf(row, result, ports), turn: isOurs(result) ? 'trouble' : 'done' };
  } catch (error) {
    // A secret that cannot be read, bytes that cannot be opened: a person acts, and then it goes out.
    return { settlement: notSent(row, error, { final: false }, ports), turn: 'trouble' };
  }
}

function isOurs(result: SendResult): boolean {
  return result.problem === 'login-refused' || result.problem === 'tls';
}

function isPermanent(error: unknown): boolean {
  return error instanceof CongvanError && !error.temporary;
}

/** The token goes with the envelope, where rewriting servers leave it alone: ENVID, and the return path where VERP is on. */
function toSend(row: TransmissionRow, mail: KeptMail, config: OutboxPorts['config']): MailToSend {
  const from = returnPath(row, config);
  return {
    envelope: { from, to: row.to },
    ...mail,
    dsn:
      row.kind === 'T8' && from !== ''
        ? { envid: `cv.${row.token}`, orcpt: row.to, notify: ['SUCCESS', 'FAILURE', 'DELAY'] }
        : null,
  };
}

function returnPath(row: TransmissionRow, config: OutboxPorts['config']): string {
  const { address } = config.agency;
  if (row.envelope === 'null') return '';
  if (row.envelope === 'mailbox' || !config.verp) return address;
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+cv.${row.token}${address.slice(at)}`;
}

function settlementOf(row: TransmissionRow, result: SendResult, ports: OutboxPorts): Settlement {
  const { outcome, reply } = result;
  const cause = causeOfResult(result);
  if (outcome === 'accepted') return { state: 'accepted', reply, dsn: result.dsnOffered };
  if (outcome === 'permanent') return { state: 'failed', cause, reply };
  // An issued document is settled by a receipt, a bounce or a person; a notice harms nobody twice (DESIGN, invariant 3).
  if (outcome === 'uncertain' && row.kind === 'T8') return { state: 'uncertain', cause };
  return later(row, { cause, reply }, ports);
}

function notSent(
  row: TransmissionRow,
  error: unknown,
  how: { final: boolean },
  ports: OutboxPorts,
): Settlement {
  const known = error instanceof CongvanError;
  const reply = known ? error.code : String(error).slice(0, 200);
  const cause =
    known && error.code !== 'INTENT_INVALID' ? error.message : 'Không lập được thư gửi do lỗi hệ thống';
  ports.log.error({ id: row.id, kind: row.kind, err: String(error) }, 'mail could not be prepared');
  return how.final ? { state: 'failed', cause, reply } : later(row, { cause, reply }, ports);
}

function later(row: TransmissionRow, why: { cause: string; reply: string }, ports: OutboxPorts): Settlement {
  const next = nextAttempt({
    attempts: row.attempts,
    createdAt: row.createdAt,
    now: ports.clock().toISOString(),
    random: ports.random(),
    delaysMs: ports.config.retry.delaysMs,
    giveUpMs: ports.config.retry.giveUpMs,
  });
  return next === 'give-up' ? { state: 'failed', ...why } : { state: 'retry', nextAttemptAt: next, ...why };
}

/** Milliseconds between tries to write a result down; together half a minute. */
const SETTLE_PAUSES = [200, 1_000, 5_000, 10_000, 15_000];

/**
 * What became of a mail must be written down, or a restart would think it uncertain. A database that stays away for
 * longer leaves the row in `sending`, for `recover` at the next start.
 */
async function settleSurely(row: TransmissionRow, settlement: Settlement, ports: OutboxPorts): Promise<void> {
  for (const pause of [...SETTLE_PAUSES, null]) {
    try {
      await (settlement.state === 'failed' && row.kind === 'T8' && ports.onFailed
        ? ports.onFailed(row.id, settlement)
        : ports.storage.outbox.settle(row.id, settlement));
      return;
    } catch (error) {
      ports.log.error(
        { id: row.id, state: settlement.state, err: String(error) },
        'result of a mail not written yet',
      );
      if (pause === null) throw error;
      await sleep(pause);
    }
  }
}
