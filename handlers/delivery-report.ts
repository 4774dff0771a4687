/** A bounce, or other news from a mail server, about something that we sent (ACK-08, RFC 3464). */
import type { DeliveryOutcome } from '../mail/types.ts';
import { causeOf } from './cause.ts';
import { transmissionOf } from './evidence.ts';
import { noted, notedAlone } from './noted.ts';
import { failureNotice } from './notices.ts';
import type { Rules } from './rules.ts';
import type {
  ArrivalFacts,
  Decision,
  OutcomeDraft,
  Snapshot,
  TransmissionRef,
  TransmissionState,
} from './types.ts';

export function deliveryReported(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const report = facts.mail.report;
  const transmission = transmissionOf(facts, snapshot.transmissions);
  if (report?.type !== 'delivery-report' || transmission === null)
    return notedAlone(facts, 'delivery-report', 'not-ours');

  const outcome = worst(report.outcomes, transmission.to);
  const state = stateOf(outcome);
  const cause = state === 'failed' ? causeOf(outcome?.status ?? null, outcome?.diagnostic ?? null) : null;
  const evidence: OutcomeDraft = {
    transmissionId: transmission.id,
    to: state,
    evidence: 'dsn',
    cause,
    detail: {
      action: outcome?.action ?? null,
      status: outcome?.status ?? null,
      diagnostic: outcome?.diagnostic ?? null,
      dialect: report.dialect,
    },
    messageId: facts.raw.id,
  };
  return {
    ...noted(facts, 'delivery-report', `dsn-${outcome?.action ?? 'unknown'}`),
    outcomes: [evidence],
    sends:
      state === 'failed' && transmission.kind === 'T8' && !settled(transmission)
        ? [failureNotice(transmission, evidence, rules)]
        : [],
  };
}

/** One copy goes to one recipient, so one outcome counts: the one of that address, else the worst. */
function worst(outcomes: DeliveryOutcome[], to: string): DeliveryOutcome | undefined {
  const address = to.toLowerCase();
  const mine = outcomes.filter((o) =>
    [o.recipient, o.originalRecipient].some((one) => one?.toLowerCase() === address),
  );
  const order = ['failed', 'delayed', 'expanded', 'relayed', 'delivered'];
  return [...(mine.length > 0 ? mine : outcomes)].sort(
    (a, b) => order.indexOf(a.action) - order.indexOf(b.action),
  )[0];
}

/** `delayed` says nothing final: the copy stays accepted. `relayed` and `expanded` promise no more than acceptance (RFC 3461). */
function stateOf(outcome: DeliveryOutcome | undefined): TransmissionState {
  if (outcome?.action === 'failed') return 'failed';
  if (outcome?.action === 'delivered') return 'delivered';
  return 'accepted';
}

/** News that comes after the recipient has confirmed changes nothing. */
function settled(transmission: TransmissionRef): boolean {
  return (
    transmission.state === 'acknowledged' ||
    transmission.state === 'failed' ||
    transmission.state === 'returned'
  );
}
