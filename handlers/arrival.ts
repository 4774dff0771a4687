/** The first decision, within seconds: what kind of message this is, and what is to be done about it now. */
import { autoReplyIgnored } from './auto-reply.ts';
import { citizenLetterHeld } from './citizen-letter.ts';
import { classify } from './classify.ts';
import { deliveryReported } from './delivery-report.ts';
import { listMailIgnored } from './list-mail.ts';
import { documentArrived } from './official-document.ts';
import { readReceiptNoted } from './read-receipt.ts';
import { recallHeld } from './recall.ts';
import { receiptNoted } from './receipt.ts';
import { returnNoted } from './return.ts';
import type { Rules } from './rules.ts';
import { secretFrozen } from './secret.ts';
import type { ArrivalFacts, Decision, Snapshot } from './types.ts';
import { unreadableHeld } from './unreadable.ts';
import { virusIsolated } from './virus.ts';

export function decideArrival(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const { kind, rule } = classify(facts.mail, facts.raw.origin.envelopeFrom, rules);
  // Secrets and viruses come before every kind: a bounce can carry either.
  if (facts.screening.secrecy.length > 0) return secretFrozen(facts, facts.screening.secrecy, kind);
  if (facts.screening.virus.status === 'infected') return virusIsolated(facts, kind);
  switch (kind) {
    case 'delivery-report':
      return deliveryReported(facts, rules, snapshot);
    case 'read-receipt':
      return readReceiptNoted(facts, snapshot);
    case 'receipt':
      return receiptNoted(facts, rules, snapshot);
    case 'return':
      return returnNoted(facts, rules, snapshot);
    case 'recall':
      return recallHeld(facts);
    case 'auto-reply':
      return autoReplyIgnored(facts, rule);
    case 'list-mail':
      return listMailIgnored(facts, rule);
    case 'citizen-letter':
      return citizenLetterHeld(facts);
    case 'unreadable':
      return unreadableHeld(facts);
    case 'official-document':
      return documentArrived(facts, rules, snapshot);
  }
}
