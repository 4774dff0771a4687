/** Delivery status notifications with their machine-readable part (RFC 3464), as servers really write it. */
import { parseFields } from '../header-fields.ts';
import type { DeliveryAction, DeliveryOutcome } from '../types.ts';

export interface DeliveryStatus {
  /** RFC 3461 ENVID, as we gave it. */
  envelopeId: string | null;
  outcomes: DeliveryOutcome[];
}

const MAX_RECIPIENTS = 1_000;
const MAX_DIAGNOSTIC = 500;

type Group = Map<string, string>;

/** Reads the text of a `message/delivery-status` part; what says nothing of any recipient has no outcomes. */
export function parseDeliveryStatus(text: string): DeliveryStatus {
  // QUIRK: the empty lines between the groups are missing, doubled, or stand inside a group: fields tell the groups.
  const fields = parseFields(text).fields;
  const message: Group = new Map();
  const groups: Group[] = [];
  let current = message;
  for (const { name, value } of fields) {
    const begins =
      name === 'final-recipient' || name === 'original-recipient' || name === 'x-actual-recipient';
    const repeated = current.has(name) && (begins || name === 'action');
    if ((begins && (current === message || recipientIsKnown(current, name))) || repeated) {
      current = new Map();
      groups.push(current);
    }
    if (!current.has(name)) current.set(name, value);
  }
  return {
    envelopeId: message.get('original-envelope-id')?.trim() || null,
    outcomes: groups.slice(0, MAX_RECIPIENTS).map((group) => outcomeOf(group)),
  };
}

/** Original-Recipient may stand before or after Final-Recipient of the same group. */
function recipientIsKnown(group: Group, name: string): boolean {
  return (
    group.has(name) ||
    (name === 'original-recipient' &&
      group.has('final-recipient') &&
      group.has('action') &&
      group.has('status') &&
      group.has('original-recipient'))
  );
}

function outcomeOf(group: Group): DeliveryOutcome {
  const diagnostic = withoutType(group.get('diagnostic-code') ?? '').slice(0, MAX_DIAGNOSTIC) || null;
  const status = enhancedStatus(group.get('status') ?? '') ?? enhancedStatus(diagnostic ?? '');
  const action = actionOf(group.get('action') ?? '', status);
  return {
    recipient: addressOf(group.get('final-recipient') ?? group.get('x-actual-recipient')),
    originalRecipient: addressOf(group.get('original-recipient')),
    action,
    status,
    permanent: action === 'failed' ? isPermanent(status, diagnostic) : null,
    diagnostic,
    remoteMta: withoutType(group.get('remote-mta') ?? '').slice(0, 255) || null,
  };
}

function actionOf(raw: string, status: string | null): DeliveryAction {
  const word = raw.trim().toLowerCase();
  if (word.startsWith('fail')) return 'failed';
  if (word.startsWith('delay')) return 'delayed';
  if (word.startsWith('deliver') || word.startsWith('success')) return 'delivered';
  if (word.startsWith('relay')) return 'relayed';
  if (word.startsWith('expand')) return 'expanded';
  return status?.startsWith('2') ? 'delivered' : status?.startsWith('4') ? 'delayed' : 'failed';
}

/** Lower case throughout, so that it can be compared; null for `rfc822;` with nothing behind it. */
function addressOf(raw: string | undefined): string | null {
  const address = withoutType(raw ?? '')
    .replace(/^<|>$/g, '')
    .trim()
    .toLowerCase();
  return address === '' ? null : address.slice(0, 320);
}

/** `rfc822; a@b` → `a@b`. QUIRK: the type is sometimes left out. */
function withoutType(raw: string): string {
  return raw
    .replace(/^\s*[a-z0-9._-]+\s*;\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The first RFC 3463 code in a text that is no part of an address of the network. */
export function enhancedStatus(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(text)?.[1] ?? null;
}

/**
 * Whether sending again is useless: by the class of the status (RFC 3463: 5 = permanent, 4 = the server gave up on a
 * transient trouble), else by the SMTP reply; null when neither says it.
 */
export function isPermanent(status: string | null, words: string | null): boolean | null {
  const digit = status?.[0] ?? /(?<![\d.])([45])\d\d(?=[ -]|$)/m.exec(words ?? '')?.[1] ?? null;
  return digit === null ? null : digit === '5';
}
