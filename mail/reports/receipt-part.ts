/** Read receipts (RFC 8098). */
import { findToken } from '../token.ts';
import type { ReadReceipt } from '../types.ts';
import { fieldAddress } from './address.ts';
import { type Fields, fieldBlocks } from './fields.ts';

/** Reads a message/disposition-notification part; null when it does not say what became of the message. */
export function readReceiptPart(text: string): ReadReceipt | null {
  const fields: Fields = new Map(
    fieldBlocks(text)
      .toReversed()
      .flatMap((block) => [...block]),
  );
  const [mode = '', did = ''] = (fields.get('disposition') ?? '').toLowerCase().split(';', 2);
  // QUIRK: old programs leave the mode out and write the type alone, or a modifier behind a slash.
  const disposition = /[a-z-]+/.exec(did || mode)?.[0] ?? null;
  if (disposition === null) return null;
  const originalMessageId = /<[^<>\s]{1,990}>/.exec(fields.get('original-message-id') ?? '')?.[0] ?? null;
  return {
    type: 'read-receipt',
    finalRecipient:
      fieldAddress(fields.get('final-recipient')) ?? fieldAddress(fields.get('original-recipient')),
    originalMessageId,
    disposition: disposition.slice(0, 40),
    manual: /manual-action/.test(mode) ? true : /automatic-action/.test(mode) ? false : null,
    token: findToken(originalMessageId),
  };
}
