/** Amazon SES tells the fate of a message in JSON, by a mail of its notification service (SNS). */
import type { DeliveryAction, DeliveryOutcome } from '../types.ts';
import { isPermanent } from './dsn.ts';

export interface SesNotification {
  outcomes: DeliveryOutcome[];
  messageId: string | null;
  subject: string | null;
}

const MAX_JSON = 262_144;
const MAX_RECIPIENTS = 500;

/** Null when the text holds no such notification; complaints are no delivery report. */
export function readSesNotification(text: string): SesNotification | null {
  const start = text.indexOf('{"notificationType"');
  if (start < 0) return null;
  const line = text.slice(start, start + MAX_JSON).split('\n')[0]!;
  const told = record(parsed(line));
  const mail = record(told['mail']);
  const outcomes = outcomesOf(told);
  if (outcomes.length === 0) return null;
  const headers = Array.isArray(mail['headers']) ? mail['headers'].map(record) : [];
  const id = headers.find((header) => String(header['name']).toLowerCase() === 'message-id');
  return {
    outcomes,
    messageId: words(id?.['value']),
    subject: words(record(mail['commonHeaders'])['subject']),
  };
}

function outcomesOf(told: Record<string, unknown>): DeliveryOutcome[] {
  if (told['notificationType'] === 'Delivery') {
    const delivery = record(told['delivery']);
    const response = words(delivery['smtpResponse']);
    return list(delivery['recipients']).map((one) =>
      outcome(String(one), 'delivered', /\b2\.\d+\.\d+\b/.exec(response ?? '')?.[0] ?? null, response),
    );
  }
  if (told['notificationType'] !== 'Bounce') return [];
  return list(record(told['bounce'])['bouncedRecipients']).map((one) => {
    const recipient = record(one);
    const action: DeliveryAction = recipient['action'] === 'delayed' ? 'delayed' : 'failed';
    return outcome(
      String(recipient['emailAddress'] ?? ''),
      action,
      words(recipient['status']),
      words(recipient['diagnosticCode']),
    );
  });
}

function outcome(
  address: string,
  action: DeliveryAction,
  status: string | null,
  diagnostic: string | null,
): DeliveryOutcome {
  return {
    recipient:
      address
        .replace(/^.*<|>.*$/g, '')
        .trim()
        .toLowerCase() || null,
    originalRecipient: null,
    action,
    status,
    permanent: action === 'failed' ? isPermanent(status, diagnostic) : null,
    diagnostic,
    remoteMta: null,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MAX_RECIPIENTS) : []);
const words = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : null;
