/** Our own notice in the fields of its receipt part, for relays that drop the JSON part (mail/compose/disposition.ts). */
import { decodeHeaderText } from '../encoded-words.ts';
import { messageIds } from '../header-facts.ts';
import { firstField, parseFields } from '../header-fields.ts';
import { parseNotice } from '../notice.ts';
import type { ExchangeNotice } from '../types.ts';

/** `text` is latin-1 for bytes; null when the receipt is not ours. */
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
