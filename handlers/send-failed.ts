/** A mail server refused a copy of ours for good, or three days of trying are over: failed, and T6 to our own clerk (ACK-08). */
import { failureNotice } from './notices.ts';
import { nothing, type Rules } from './rules.ts';
import type { Decision, OutcomeDraft, Snapshot } from './types.ts';

export function sendFailed(
  transmissionId: string,
  why: { cause: string; reply: string },
  rules: Rules,
  snapshot: Snapshot,
): Decision {
  const transmission = snapshot.transmissions.find((t) => t.id === transmissionId);
  // News that came meanwhile (a receipt, a person) is worth more than a refusal.
  if (transmission?.state !== 'sending') return nothing();
  const [, status] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(why.reply) ?? [];
  const outcome: OutcomeDraft = {
    transmissionId,
    to: 'failed',
    evidence: 'smtp',
    cause: why.cause,
    detail: { status: status ?? null, diagnostic: why.reply.slice(0, 300) },
    messageId: null,
  };
  return {
    ...nothing(),
    outcomes: [outcome],
    sends: transmission.kind === 'T8' ? [failureNotice(transmission, outcome, rules)] : [],
  };
}
