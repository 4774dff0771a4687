/** Enhanced status codes (RFC 3463): as stated, and as the words of a server tell them. */
import { STATUS_PHRASES } from './status-phrases.ts';

/** Not within a longer dotted number, which is an address or a version. */
const STATED = /(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d]|\.\d)/g;
/** A reply of SMTP: three digits where a server's words begin. */
const REPLY = /(?:^|[\s:'"(>#])([45])[0-5]\d(?=[ \-#])/m;

/** Class of a status: '2' success, '4' temporary, '5' permanent; null for null. */
export function statusClass(status: string | null): string | null {
  return status?.[0] ?? null;
}

/**
 * The status of one recipient: the stated one, unless it says no more than its class ("5.0.0") and the server's words
 * state a closer one of the same class.
 */
export function closestStatus(stated: string | undefined, diagnostic: string): string | null {
  const own = statedStatuses(stated ?? '')[0] ?? null;
  if (own !== null && !own.endsWith('.0.0')) return own;
  return closest(statedStatuses(diagnostic), statusClass(own)) ?? own;
}

/** The status that free words state or mean; null when they tell nothing. */
export function statusFromWords(words: string): string | null {
  const reply = REPLY.exec(words)?.[1] ?? null;
  const stated = closest(statedStatuses(words), reply);
  if (stated !== null && !stated.endsWith('.0.0')) return stated;
  const phrase = STATUS_PHRASES.find(([pattern]) => pattern.test(words))?.[1] ?? null;
  const level = statusClass(stated) ?? reply;
  if (phrase === null) return stated ?? (reply === null ? null : `${reply}.0.0`);
  return level === null ? phrase : `${level}${phrase.slice(1)}`;
}

/**
 * The last one that says more than its class, else the last one.
 * QUIRK: Amazon SES writes its own "5.1.0" in front of the "5.2.2" that the remote server said.
 */
function closest(statuses: string[], level: string | null): string | null {
  const fitting = statuses.filter((one) => one[0] !== '2' && (level === null || one[0] === level));
  return fitting.findLast((one) => !one.endsWith('.0')) ?? fitting.at(-1) ?? null;
}

function statedStatuses(text: string): string[] {
  return [...text.slice(0, 8000).matchAll(STATED)].map(([whole]) => whole);
}
