/** What a process that reads untrusted bytes says to its pool. */
import { CongvanError } from '../config/error.ts';

/** That it can work, or what became of its task. `rss`: bytes of memory it holds now. */
export type ProcessWord =
  | { ready: true }
  | { ok: true; value: unknown; rss: number }
  | { ok: false; code: string; message: string; temporary: boolean; rss: number };

/** The words of an unknown error may quote the letter (PD-03): only its name and its place in our code are told. */
export function namedError(error: unknown): { code: string; message: string; temporary: boolean } {
  if (error instanceof CongvanError)
    return { code: error.code, message: error.message, temporary: error.temporary };
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // The disk or the network failed under us: no fault of the letter.
  if (typeof syscall === 'string')
    return { code: 'READER_IO', message: `${syscall}: ${String(code)}`, temporary: true };
  const place = error instanceof Error ? (error.stack?.split('\n    at ')[1]?.trim() ?? '') : '';
  return {
    code: 'READING_FAILED',
    message: `${error instanceof Error ? error.name : 'unknown'} ${place}`.slice(0, 300),
    temporary: true,
  };
}
