/** From intent to words: pure, one template for each kind of mail (DOMAIN 7.4). */
import { CongvanError } from '../../config/error.ts';
import { renderT1 } from './arrived.ts';
import type { RenderContext, Rendered } from './context.ts';
import { renderT6 } from './failed.ts';
import type { Intents, MailKind } from './intent.ts';
import { renderT8 } from './issued.ts';
import { renderT2 } from './registered.ts';
import { renderT3 } from './returned.ts';

const TEMPLATES: { [K in MailKind]: (intent: Intents[K], context: RenderContext) => Rendered } = {
  T1: renderT1,
  T2: renderT2,
  T3: renderT3,
  T6: renderT6,
  T8: renderT8,
};

/** What each template cannot do without. Intents come back from the database as plain JSON. */
const NEEDED: { [K in MailKind]: (keyof Intents[K] & string)[] } = {
  T1: ['about', 'subject', 'senderAddress', 'enteredAt', 'deemedReceivedAt', 'files', 'lookup'],
  T2: [
    'about',
    'ngayDen',
    'signatureResult',
    'signatureValid',
    'paper',
    'enteredAt',
    'deemedReceivedAt',
    'files',
  ],
  T3: [
    'about',
    'sentAt',
    'enteredAt',
    'deemedReceivedAt',
    'reasons',
    'regulation',
    'personName',
    'personTitle',
    'files',
  ],
  T6: ['recipientName', 'recipientAddress', 'cause', 'advice'],
  T8: ['ngayVanBan', 'trichYeu', 'urgency', 'signerName', 'signerTitle', 'paper'],
};

/** Throws CongvanError INTENT_INVALID, permanent, when the intent does not fit its kind. */
export function render<K extends MailKind>(
  kind: K,
  intent: Record<string, unknown>,
  context: RenderContext,
): Rendered {
  const missing = NEEDED[kind].filter((key) => intent[key] === undefined || intent[key] === null);
  if (missing.length > 0) {
    throw new CongvanError('INTENT_INVALID', `intent of ${kind} lacks ${missing.join(', ')}`, {
      temporary: false,
      fields: { kind, missing: missing.join(',') },
    });
  }
  return TEMPLATES[kind](intent as Intents[K], context);
}
