/** The machine part of delivery reports (RFC 3464, RFC 6533), as real servers write it. */
import type { DeliveryAction, DeliveryOutcome } from '../types.ts';
import { addressIn, fieldAddress } from './address.ts';
import { type Fields, fieldBlocks } from './fields.ts';
import { closestStatus, statusClass, statusFromWords } from './status.ts';

/** Recipients of one report that are read. */
const MAX_OUTCOMES = 500;
const MAX_DIAGNOSTIC = 500;

const OF_RECIPIENT = ['final-recipient', 'original-recipient', 'x-actual-recipient', 'action', 'status'];
const ACTIONS: readonly (readonly [RegExp, DeliveryAction])[] = [
  [/^fail/i, 'failed'],
  [/^delay/i, 'delayed'],
  [/^deliver/i, 'delivered'],
  [/^relay/i, 'relayed'],
  [/^expand/i, 'expanded'],
];

export interface StatusPart {
  envelopeId: string | null;
  /** Message-ID that some servers name here (X-Original-Message-ID), with angle brackets. */
  messageId: string | null;
  outcomes: DeliveryOutcome[];
}

/** Reads a message/delivery-status part; without outcomes when there are none in it. */
export function readStatusPart(text: string): StatusPart {
  const blocks = fieldBlocks(unpacked(text));
  const outcomes = blocks.filter((one) => OF_RECIPIENT.some((name) => one.has(name))).map(outcomeOf);
  const first = (name: string) => blocks.find((one) => one.has(name))?.get(name) ?? null;
  return {
    envelopeId: first('original-envelope-id')?.slice(0, 200) || null,
    messageId: /<[^<>\s]{1,990}>/.exec(first('x-original-message-id') ?? '')?.[0] ?? null,
    outcomes: once(outcomes.filter((one) => one !== null)).slice(0, MAX_OUTCOMES),
  };
}

/** One line of at most 500 characters; null when empty. */
export function diagnosticOf(words: string): string | null {
  const line = words.normalize('NFC').replace(/[\s\u0000-\u001f\u007f]+/g, ' ');
  return line.trim().slice(0, MAX_DIAGNOSTIC) || null;
}

/**
 * True = the server will never take it; false = the server gave up on a passing trouble (class 4), so sending it again
 * later may succeed. Without a status a failure counts as permanent. Null when it is not a failure.
 */
export function permanence(action: DeliveryAction, status: string | null): boolean | null {
  return action === 'failed' ? statusClass(status) !== '4' : null;
}

function outcomeOf(fields: Fields): DeliveryOutcome | null {
  const words = fields.get('diagnostic-code')?.replace(/^[\w-]{1,20}[ \t]*;/, '') ?? '';
  const status = closestStatus(fields.get('status'), words) ?? statusFromWords(words);
  const action = actionOf(fields.get('action'), status);
  const original = fieldAddress(fields.get('original-recipient'));
  const final = fieldAddress(fields.get('final-recipient')) ?? fieldAddress(fields.get('x-actual-recipient'));
  const recipient = final ?? original;
  // A block of blanked-out or mutilated fields says nothing of anybody.
  if (recipient === null && status === null && knownAction(fields.get('action')) === null) return null;
  const remote = fields
    .get('remote-mta')
    ?.replace(/^[\w-]{1,20}[ \t]*;/, '')
    .trim();
  return {
    recipient,
    originalRecipient: original,
    action,
    status,
    permanent: permanence(action, status),
    diagnostic: diagnosticOf(words),
    remoteMta: remote?.slice(0, 255) || null,
  };
}

/** QUIRK: some servers leave Action out; then the class of the status tells it, and no status is a failure. */
function actionOf(stated: string | undefined, status: string | null): DeliveryAction {
  const byClass = { '2': 'delivered', '4': 'delayed' } as const;
  return knownAction(stated) ?? byClass[statusClass(status) as '2' | '4'] ?? 'failed';
}

function knownAction(stated: string | undefined): DeliveryAction | null {
  return ACTIONS.find(([pattern]) => pattern.test(stated ?? ''))?.[1] ?? null;
}

/** Sendmail repeats a recipient for each alias it was expanded from: the same words about the same address count once. */
function once(outcomes: DeliveryOutcome[]): DeliveryOutcome[] {
  const key = (one: DeliveryOutcome) =>
    `${one.recipient} ${one.originalRecipient} ${one.action} ${one.status}`;
  return [...new Map(outcomes.toReversed().map((one) => [key(one), one])).values()].reverse();
}

/** QUIRK: a relay that rewrites links encodes the recipient blocks in base64 and says so inside the first block. */
function unpacked(text: string): string {
  const found = /^content-transfer-encoding:[ \t]*base64[ \t]*$/im.exec(text);
  if (found === null) return text;
  const blob = /\n\s*\n([A-Za-z0-9+/=\s]{20,})$/.exec(text.slice(found.index))?.[1];
  if (blob === undefined) return text;
  const inside = Buffer.from(blob, 'base64').toString('utf8');
  return addressIn(inside) === null ? text : `${text.slice(0, found.index)}\n\n${inside}`;
}
