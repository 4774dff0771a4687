import type { Sentence } from '../../config/problems.ts';
import type { Invocation } from '../command.ts';

/** One line of `congvan check`: what was tried, how it went, and what to do about it. */
export interface Finding {
  mark: 'ok' | 'warning' | 'wrong';
  /** Stable name of what was tried: `imap:congvu`, `data-folder`. */
  what: string;
  sentence: Sentence;
}

export const ok = (what: string, vi: string, en: string): Finding => ({
  mark: 'ok',
  what,
  sentence: { vi, en },
});
export const warning = (what: string, vi: string, en: string): Finding => ({
  mark: 'warning',
  what,
  sentence: { vi, en },
});
export const wrong = (what: string, vi: string, en: string): Finding => ({
  mark: 'wrong',
  what,
  sentence: { vi, en },
});

/** Milliseconds of a day, for expiry. */
const DAY_MS = 86_400_000;
/** Days before its end that a certificate is warned of. */
const EXPIRY_WARNING_DAYS = 30;

/** What the validity of a certificate means today. `notAfter` ISO 8601. */
export function expiry(what: string, name: string, notAfter: string, now: Date): Finding {
  const days = Math.floor((Date.parse(notAfter) - now.getTime()) / DAY_MS);
  const date = notAfter.slice(0, 10);
  if (days < 0) {
    return wrong(
      what,
      `${name}: chứng thư đã hết hạn ngày ${date}; hãy thay chứng thư mới`,
      `${name}: the certificate expired on ${date}; replace it`,
    );
  }
  if (days < EXPIRY_WARNING_DAYS) {
    return warning(
      what,
      `${name}: chứng thư hết hạn sau ${days} ngày (${date}); hãy chuẩn bị thay`,
      `${name}: the certificate ends in ${days} days (${date}); prepare a new one`,
    );
  }
  return ok(what, `${name}: chứng thư còn hạn đến ${date}`, `${name}: certificate valid until ${date}`);
}

/** The words of an error, for the end of a sentence. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

const MARKS = { ok: '✓', warning: '!', wrong: '✗' };

/** One line for the person, one record for a program. */
export function printFinding(call: Invocation, finding: Finding): void {
  call.out.record({ what: finding.what, result: finding.mark, sentence: finding.sentence[call.lang] });
  call.out.line(`${MARKS[finding.mark]} ${finding.sentence[call.lang]}`);
}
