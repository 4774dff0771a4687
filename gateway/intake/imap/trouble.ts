import type { HealthState } from '../health.ts';

/** What is known of a failure on an IMAP connection, in the server's own words where there are any. */
export interface TroubleFacts {
  /** How far it had got: before a greeting, between greeting and login, logged in. */
  phase: 'connect' | 'login' | 'command';
  /** Error code of the library or of the operating system. */
  code: string | null;
  /** IMAP response code, e.g. AUTHENTICATIONFAILED. */
  responseCode: string | null;
  /** True when the server answered the command with NO or BAD. */
  refused: boolean;
  /** The server's text, or the error's message. */
  text: string;
}

export interface Trouble {
  state: Exclude<HealthState, 'ok' | 'connecting' | 'disk-full'>;
  code: 'MAILBOX_LOGIN' | 'MAILBOX_THROTTLED' | 'MAILBOX_UNREACHABLE' | 'MAILBOX_STUCK';
}

/** RFC 5530 codes that say "not now" rather than "not you"; LIMIT is RFC 5530's, too. */
const NOT_NOW = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'CONTACTADMIN', 'THROTTLED']);

/**
 * QUIRK: many servers answer a throttled login with [AUTHENTICATIONFAILED] or without any code; only the sentence
 * tells. Read before the code, because taking throttling for a wrong password sends an administrator the wrong way.
 */
const NOT_NOW_WORDS =
  /too many|rate ?limit|throttl|try again|tempora|maximum (number of )?(user )?connections|simultaneous|quota|exceeded|unavailable|\bbusy\b|\blater\b/i;

const NEVER_REACHED =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT|ETIMEDOUT)$/;

/** Pure: tells a wrong password from a server that is throttling, away, or not answering. */
export function troubleOf(facts: TroubleFacts): Trouble {
  if (facts.code && NEVER_REACHED.test(facts.code)) return UNREACHABLE;
  if (facts.phase === 'command' && facts.code === 'MAILBOX_TIMEOUT') return STUCK;
  if (isNotNow(facts)) return THROTTLED;
  if (facts.phase === 'login') {
    if (facts.refused) return { state: 'login-refused', code: 'MAILBOX_LOGIN' };
    // Greeted and then hung up on, or left without an answer: how Exchange and Dovecot throttle logins.
    return facts.code?.startsWith('ERR_TLS') || isCertificateTrouble(facts) ? UNREACHABLE : THROTTLED;
  }
  return facts.phase === 'command' && facts.refused ? STUCK : UNREACHABLE;
}

const UNREACHABLE: Trouble = { state: 'unreachable', code: 'MAILBOX_UNREACHABLE' };
const THROTTLED: Trouble = { state: 'throttled', code: 'MAILBOX_THROTTLED' };
const STUCK: Trouble = { state: 'stuck', code: 'MAILBOX_STUCK' };

function isNotNow(facts: TroubleFacts): boolean {
  if (facts.code === 'ETHROTTLE') return true;
  if (facts.responseCode && NOT_NOW.has(facts.responseCode.toUpperCase())) return true;
  return (facts.refused || facts.phase === 'connect') && NOT_NOW_WORDS.test(facts.text);
}

function isCertificateTrouble(facts: TroubleFacts): boolean {
  return /certificate|self-signed|unable to verify|STARTTLS|TLS/i.test(`${facts.code ?? ''} ${facts.text}`);
}

/** What `congvan status` says of it. */
export function troubleSentence(trouble: Trouble, place: string, words: string): string {
  const quoted = words === '' ? '' : `: “${words.slice(0, 300)}”`;
  switch (trouble.state) {
    case 'login-refused':
      return `Máy chủ ${place} từ chối tên đăng nhập hoặc mật khẩu${quoted}`;
    case 'throttled':
      return `Máy chủ ${place} đang hạn chế đăng nhập hoặc tạm ngừng phục vụ (không phải sai mật khẩu)${quoted}`;
    case 'unreachable':
      return `Không kết nối được tới máy chủ ${place}${quoted}`;
    case 'stuck':
      return `Đã đăng nhập máy chủ ${place} nhưng lệnh không thực hiện được${quoted}`;
  }
}
