/** Amazon SES tells of deliveries and bounces in JSON, mailed by its notification service. */
import type { DeliveryOutcome } from '../types.ts';
import { addressIn } from './address.ts';
import { closestStatus, statusFromWords } from './status.ts';
import { diagnosticOf, permanence } from './status-part.ts';

const MAX_JSON = 65_536;

/** What the notification says of each recipient; empty when the text is none. Complaints are no delivery reports. */
export function readSesJson(text: string): DeliveryOutcome[] {
  const pattern = /^\s*(\{"notificationType":"(?:Delivery|Bounce)".*\})\s*$/m;
  const notification = parsed(pattern.exec(text.slice(0, MAX_JSON))?.[1] ?? '');
  const { recipients, smtpResponse } = object(notification['delivery']);
  const { bouncedRecipients } = object(notification['bounce']);
  return [
    ...list(recipients).map((one) => delivered(one, String(smtpResponse ?? ''))),
    ...list(bouncedRecipients).map((one) => bounced(object(one))),
  ];
}

function delivered(recipient: unknown, reply: string): DeliveryOutcome {
  const status = /\b2\.\d\.\d{1,3}\b/.exec(reply)?.[0] ?? '2.0.0';
  return outcome(recipient, { action: 'delivered', status, words: reply });
}

function bounced({ emailAddress, action, status, diagnosticCode }: Record<string, unknown>): DeliveryOutcome {
  const words = String(diagnosticCode ?? '');
  return outcome(emailAddress, {
    action: action === 'delayed' ? 'delayed' : 'failed',
    status: closestStatus(String(status ?? ''), words) ?? statusFromWords(words),
    words,
  });
}

function outcome(
  recipient: unknown,
  { action, status, words }: { action: DeliveryOutcome['action']; status: string | null; words: string },
): DeliveryOutcome {
  const permanent = permanence(action, status);
  const diagnostic = diagnosticOf(words);
  return {
    recipient: addressIn(String(recipient)),
    originalRecipient: null,
    action,
    status,
    permanent,
    diagnostic,
    remoteMta: null,
  };
}

function parsed(json: string): Record<string, unknown> {
  try {
    return object(JSON.parse(json));
  } catch {
    return {};
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 500) : [];
}
