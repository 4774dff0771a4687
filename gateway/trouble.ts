/**
 * What happens to a message when a step failed. Something outside (disk, scanner, database): it waits and is tried
 * again. The letter itself (its reading crashes or never ends): after three tries it is held for a person with its bytes.
 */
import { CongvanError } from '../config/error.ts';
import { nothing } from '../handlers/rules.ts';
import type { Decision } from '../handlers/types.ts';
import type { MessageRow } from '../storage/types.ts';
import type { Service } from './service.ts';

/** Tries of a letter whose own bytes may be the reason. */
const READING_TRIES = 3;
const THE_LETTER_ITSELF = new Set(['READER_CRASHED', 'READER_TIMEOUT', 'READING_FAILED']);
const MAX_DELAY_MS = 10 * 60_000;

export async function trouble(message: MessageRow, error: unknown, service: Service): Promise<void> {
  const { storage, log, clock } = service;
  const code = error instanceof CongvanError ? error.code : 'READING_FAILED';
  log.warn({ message: message.id, code, err: describe(error) }, 'message waits');
  try {
    if (THE_LETTER_ITSELF.has(code) && message.attempts + 1 >= READING_TRIES) {
      await storage.transact({ messageId: message.id }, () => unreadableAfterTries(message, code));
      return;
    }
    const delay = Math.min(MAX_DELAY_MS, 2_000 * 2 ** Math.min(message.attempts, 10));
    const until = new Date(clock().getTime() + delay).toISOString();
    await storage.messages.postpone(message.id, until, { code, detail: describe(error) });
  } catch (second) {
    // The row stays as it is and is found again by the next look at what is due.
    log.error({ message: message.id, err: describe(second) }, 'message could not be postponed');
  }
}

function unreadableAfterTries(message: MessageRow, code: string): Decision {
  const sentence = 'Hệ thống không đọc được thư này sau nhiều lần thử; bản gốc được giữ nguyên để văn thư kiểm tra.';
  return {
    ...nothing(),
    message: { id: message.id, state: 'held', kind: message.kind ?? 'unreadable', rule: code },
    holds: [
      { messageId: message.id, proposals: [], reasons: [{ code, sentence }], twoPersons: false, queue: 'clerk' },
    ],
    journal: [{ actor: 'machine', action: 'held', subject: `message:${message.id}`, data: { reasons: [code] } }],
  };
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
