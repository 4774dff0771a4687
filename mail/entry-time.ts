import { parseMailDate } from './mail-date.ts';

/** Clocks of mail servers may run ahead by this much; a time further after our own acceptance is none. */
const AHEAD_MS = 5 * 60_000;

/**
 * TIM-02: when the mail entered our information system: the date in the topmost Received header that our own mail
 * server wrote (trusted hosts), else the given time (INTERNALDATE, or our own acceptance). Never the Date header.
 * `received` topmost first; `given` and the result are ISO 8601 UTC. Lines below the topmost of a trusted host are the
 * sender's word and count for nothing.
 */
export function entryTime(received: string[], trustedBy: string[], given: string): string {
  const trusted = trustedBy.map((host) => host.toLowerCase());
  const line = received.find((one) => trusted.includes(writerOf(one)));
  if (line === undefined) return given;
  const stamp = parseMailDate(line.slice(line.lastIndexOf(';') + 1));
  return stamp === null || Date.parse(stamp) > Date.parse(given) + AHEAD_MS ? given : stamp;
}

/** The host that wrote a Received line: its first `by` outside comments (a client may call itself anything in those). */
function writerOf(line: string): string {
  const plain = line.replace(/\([^()]*\)/g, ' ').replace(/\([^()]*\)/g, ' ');
  return /(?:^|\s)by\s+([a-z0-9.-]+)/i.exec(plain)?.[1]?.toLowerCase().replace(/\.$/, '') ?? '';
}
