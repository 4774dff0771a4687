/**
 * The `message/disposition-notification` part of T1, T2, T3 (RFC 8098): a mail program that knows no more than MDNs
 * files the notice with the letter it answers, and the `X-Congvan-*` fields say the rest in ASCII.
 */
import type { ExchangeNotice } from '../types.ts';

/** `processed`: nothing is claimed about anybody having seen the letter (RFC 8098 3.2.6.2). */
const DISPOSITION: Partial<Record<ExchangeNotice['act'], string>> = {
  returned: 'manual-action/MDN-sent-automatically; processed',
};
const AUTOMATIC = 'automatic-action/MDN-sent-automatically; processed';

/** CRLF lines, ASCII only. `address` is the mailbox that the letter came to. */
export function dispositionNotification(notice: ExchangeNotice, address: string): string {
  const fields: [string, string | null][] = [
    ['Reporting-UA', `${domainOf(address)}; Congvan`],
    ['Final-Recipient', `rfc822; ${ascii(address)}`],
    ['Original-Message-ID', notice.originalMessageId],
    ['Disposition', DISPOSITION[notice.act] ?? AUTOMATIC],
    ['X-Congvan-Version', String(notice.version)],
    ['X-Congvan-Act', notice.act],
    ['X-Congvan-Token', notice.token],
    ['X-Congvan-Agency-Code', notice.agencyCode],
    ['X-Congvan-Agency-Name', notice.agencyName],
    ['X-Congvan-So-Ky-Hieu', notice.soKyHieu],
    ['X-Congvan-Ngay-Van-Ban', notice.ngayVanBan],
    ['X-Congvan-So-Den', notice.soDen === null ? null : String(notice.soDen)],
    ['X-Congvan-Ngay-Den', notice.ngayDen],
    ['X-Congvan-Entered-At', notice.enteredAt],
    ['X-Congvan-Deemed-Received-At', notice.deemedReceivedAt],
    ['X-Congvan-Reasons', notice.reasons.map((reason) => reason.slice(0, 4)).join(', ') || null],
  ];
  return fields
    .filter((field): field is [string, string] => field[1] !== null)
    .map(([name, value]) => `${name}: ${encoded(value)}\r\n`)
    .join('');
}

function domainOf(address: string): string {
  return ascii(address.slice(address.lastIndexOf('@') + 1)) || 'localhost';
}

function ascii(value: string): string {
  return value.replace(/[^\u0021-\u007e]/gu, '?');
}

/** Bytes of UTF-8 in one encoded word, so that it stays under 75 characters (RFC 2047 section 2). */
const WORD_BYTES = 42;

/** As it is when printable ASCII of moderate length, else RFC 2047 encoded words on folded lines. */
function encoded(value: string): string {
  if (/^[\u0020-\u007e]{0,900}$/u.test(value)) return value;
  const words: string[] = [];
  let word = '';
  for (const character of value) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}
