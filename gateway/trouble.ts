/**
 * What happens to a message when a step failed. Something outside (disk, scanner, database): it waits and is tried
 * again. The letter itself (its reading crashes or never ends): after three tries it is held for a person with its bytes.
 */
import { CongvanError } from '../config/error.ts';
import { nothing } from '../handlers/rules.ts';
import type { Decision, Snapshot } from '../handlers/types.ts';
import type { MessageRow } from '../storage/types.ts';
import type { Service } from './service.ts';

/** Tries of a letter whose own bytes may be the reason. */
const READING_TRIES = 3;
const THE_LETTER_ITSELF = new Set(['READER_CRASHED', 'READER_TIMEOUT', 'READING_FAILED']);
const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 10 * 60_000;

/** False when not even the trouble could be written down: the row stays as it is and is found again, after a rest. */
export async function trouble(message: MessageRow, error: unknown, service: Service): Promise<boolean> {
  const { storage, log, clock } = service;
  const code = codeOf(error);
  const detail = describe(error);
  log.warn({ message: message.id, code, err: detail }, 'message waits');
  try {
    // Read anew: what was done before the failure may have ended an earlier trouble.
    const row = (await storage.messages.get(message.id)) ?? message;
    const tries = triesOf(row, code);
    if (THE_LETTER_ITSELF.has(code) && tries >= READING_TRIES) {
      await storage.transact({ messageId: row.id }, (snapshot) => unreadableAfterTries(row, code, snapshot));
      return true;
    }
    const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(tries - 1, 10));
    const until = new Date(clock().getTime() + delay).toISOString();
    await storage.messages.postpone(row.id, until, { code, detail, anew: tries === 1 });
    return true;
  } catch (second) {
    log.error({ message: message.id, err: describe(second) }, 'message could not be postponed');
    return false;
  }
}

/** Tries in a row that failed for the same kind of reason: an hour without the scanner is no fault of the letter. */
function triesOf(row: MessageRow, code: string): number {
  if (row.problem === null) return 1;
  return THE_LETTER_ITSELF.has(row.problem.code) === THE_LETTER_ITSELF.has(code) ? row.attempts + 1 : 1;
}

/** Errors of Node, SQLite (`errcode`) and PostgreSQL carry a code of their own: these are no fault of the letter. */
function codeOf(error: unknown): string {
  if (error instanceof CongvanError) return error.code;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return typeof errcode === 'number' || (typeof code === 'string' && !code.startsWith('ERR_'))
    ? 'READING_INTERRUPTED'
    : 'READING_FAILED';
}

function unreadableAfterTries(message: MessageRow, code: string, snapshot: Snapshot): Decision {
  if (snapshot.message === null || !['kept', 'arrived', 'waiting'].includes(snapshot.message.state))
    return nothing();
  const sentence =
    'Hệ thống không đọc được thư này sau nhiều lần thử; bản gốc được giữ nguyên để văn thư kiểm tra.';
  return {
    ...nothing(),
    message: { id: message.id, state: 'held', kind: message.kind ?? 'unreadable', rule: code },
    holds: [
      {
        messageId: message.id,
        proposals: [],
        reasons: [{ code, sentence }],
        twoPersons: false,
        queue: 'clerk',
      },
    ],
    journal: [
      { actor: 'machine', action: 'held', subject: `message:${message.id}`, data: { reasons: [code] } },
    ],
  };
}

/** Our own errors say only what may be said; the words of any other may quote the letter (PD-03), so only its place is told. */
function describe(error: unknown): string {
  if (error instanceof CongvanError) return error.message.slice(0, 300);
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  const place = /\(?([^\s()]+:\d+:\d+)\)?$/m.exec(error.stack?.split('\n    at ')[1] ?? '')?.[1] ?? '';
  return [error.name, typeof code === 'string' ? code : '', place]
    .filter((word) => word !== '')
    .join(' ')
    .slice(0, 300);
}
