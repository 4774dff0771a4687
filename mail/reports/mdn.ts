/** Read receipts written by mail programs (RFC 8098). */

import { decodeHeaderText } from '../encoded-words.ts';
import { messageIds } from '../header-facts.ts';
import { firstField, type HeaderField, parseFields } from '../header-fields.ts';
import { parseNotice } from '../notice.ts';
import type { ExchangeNotice, ReadReceipt } from '../types.ts';

/** Reads the text of a `message/disposition-notification` part; null when it has no disposition. */
export function parseDisposition(text: string): Omit<ReadReceipt, 'token'> | null {
  const fields = parseFields(text).fields;
  const disposition = firstField(fields, 'disposition');
  if (disposition === null) return null;
  const [mode = '', type = ''] = disposition.toLowerCase().split(';');
  const manual = /manual-action/.test(mode) ? true : /automatic-action/.test(mode) ? false : null;
  return {
    type: 'read-receipt',
    finalRecipient: recipientOf(fields),
    originalMessageId: messageIds(firstField(fields, 'original-message-id') ?? '')[0] ?? null,
    // QUIRK: some programs leave out the mode: "displayed" alone.
    disposition: /[a-z-]+/.exec(type.trim() || (manual === null ? mode : ''))?.[0] ?? '',
    manual,
  };
}

function recipientOf(fields: HeaderField[]): string | null {
  const raw = firstField(fields, 'final-recipient') ?? firstField(fields, 'original-recipient') ?? '';
  return (
    raw
      .replace(/^[^;]*;/, '')
      .trim()
      .replace(/^<|>$/g, '')
      .toLowerCase() || null
  );
}

/** Our own fields in a receipt whose JSON part was lost on the way (mail/compose/disposition.ts); null when not ours. */
export function noticeOfDisposition(text: string): ExchangeNotice | null {
  const fields = parseFields(text).fields;
  const field = (name: string) => decodeHeaderText(firstField(fields, `x-congvan-${name}`) ?? '') || null;
  if (field('act') === null) return null;
  return parseNotice(
    JSON.stringify({
      type: 'exchange-notice',
      version: Number(field('version')),
      act: field('act'),
      token: field('token'),
      originalMessageId: messageIds(firstField(fields, 'original-message-id') ?? '')[0] ?? null,
      agencyCode: field('agency-code'),
      agencyName: field('agency-name'),
      soKyHieu: field('so-ky-hieu'),
      ngayVanBan: field('ngay-van-ban'),
      soDen: field('so-den') === null ? null : Number(field('so-den')),
      ngayDen: field('ngay-den'),
      enteredAt: field('entered-at'),
      deemedReceivedAt: field('deemed-received-at'),
      reasons: field('reasons')?.split(/\s*,\s*/) ?? [],
      files: [],
    }),
  );
}
