/** What one try to send means: told from the server's offer before, and from its answer or silence after. Pure. */
import { domainToASCII } from 'node:url';
import { lettersOf, type SmtpError } from './smtp-error.ts';

/** RFC 3461. `notify` is asked only of servers that offer DSN. */
interface DsnRequest {
  envid: string;
  /** Address; `rfc822;` is put before it. */
  orcpt: string;
  notify: ('SUCCESS' | 'FAILURE' | 'DELAY')[];
}

export interface MailToSend {
  /** `from: ''` = null return path. */
  envelope: { from: string; to: string };
  /** Path of the kept bytes. */
  path: string;
  /** Bytes. */
  size: number;
  dsn: DsnRequest | null;
}

export interface SendResult {
  /**
   * accepted: the server took it. temporary: it did not, and may later. permanent: it never will. uncertain: everything
   * was sent and the connection ended before the answer.
   */
  outcome: 'accepted' | 'temporary' | 'permanent' | 'uncertain';
  /** The server's words, or what happened instead; at most 500 characters. */
  reply: string;
  dsnOffered: boolean;
  /** Something on our side that an administrator must look at, not the recipient's. */
  problem: 'login-refused' | 'sender-refused' | 'tls' | 'unreachable' | null;
}

export interface Delivery extends SendResult {
  /** The connection can carry the next mail. */
  usable: boolean;
  /** The server had closed the kept connection before it saw any of this mail: another may be tried at once. */
  stale: boolean;
}

/** What the server's own words rule out before anything is sent. */
export function refusedByOffer(mail: MailToSend, extensions: string[], maxBytes: number): string | null {
  if (maxBytes > 0 && mail.size > maxBytes) {
    return `552 5.3.4 message of ${mail.size} bytes exceeds the server's limit of ${maxBytes}`;
  }
  const { from, to } = mail.envelope;
  const beyondAscii = [from, to].some((address) => /[^\u0000-\u007f]/u.test(asciiDomain(address)));
  if (beyondAscii && !extensions.includes('SMTPUTF8')) {
    return '553 5.6.7 the server does not take addresses with non-ASCII letters (SMTPUTF8)';
  }
  return null;
}

/** Domains have an ASCII form; local parts have none. */
export function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = at < 0 ? '' : domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`;
}

/**
 * `ended`: all bytes went to the connection, and with them the final dot, or so it must be feared. Before that a server
 * must throw away what it got (RFC 5321 4.1.1.4), so that trying again is safe.
 */
export function judged(
  error: SmtpError,
  at: { ended: boolean; begun: boolean; dsnOffered: boolean },
): Delivery {
  const { dsnOffered } = at;
  const base = { reply: lettersOf(error), dsnOffered, problem: null, stale: false } as const;
  const code = error.responseCode ?? 0;
  const answered = code >= 400 && code < 600;
  if (!answered && at.ended) return { ...base, outcome: 'uncertain', usable: false };
  if (!answered) return { ...base, outcome: 'temporary', usable: false, stale: !at.begun };
  if (code === 421) return { ...base, outcome: 'temporary', usable: false, stale: !at.begun };
  if (code === 530 || code === 535)
    return { ...base, outcome: 'temporary', problem: 'login-refused', usable: false };
  // 5xx to MAIL FROM is about us (null return path, a sender we may not use), unless it is about size.
  if (error.command === 'MAIL FROM' && code >= 500 && code !== 552) {
    return { ...base, outcome: 'temporary', problem: 'sender-refused', usable: false };
  }
  return { ...base, outcome: code >= 500 ? 'permanent' : 'temporary', usable: false };
}
