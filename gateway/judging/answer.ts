/** What a sandbox says is looked at before it is believed: a file that took it over may say anything. */
import type { ProcessWord } from '../process-word.ts';
import { isRecord } from './report-shape.ts';

/** Errors that a sandbox may name; anything else is its own failure. */
const CODES = new Set(['READING_FAILED', 'READER_IO']);
const MAX_MESSAGE = 300;

/** Null when it is no word at all. */
export function checkedWord(value: unknown): ProcessWord | null {
  if (!isRecord(value)) return null;
  if (value['ready'] === true) return { ready: true };
  const { ok, rss } = value;
  if (typeof rss !== 'number') return null;
  if (ok === true) return { ok, value: value['value'], rss };
  if (ok !== false) return null;
  const code = CODES.has(String(value['code'])) ? String(value['code']) : 'READING_FAILED';
  return { ok, code, message: String(value['message']).slice(0, MAX_MESSAGE), temporary: true, rss };
}
