/** Whether a notice is believed: it must come from the agency that the letter went to, over a path that is not forged. */
import { agencyOf, type Rules } from './rules.ts';
import type { ArrivalFacts, TransmissionRef } from './types.ts';

/** Why a notice is not believed; null = it is. A forged "registered" changes nothing and is shown as such. */
export function whyNotBelieved(
  facts: ArrivalFacts,
  transmission: TransmissionRef,
  rules: Rules,
): string | null {
  if (facts.sender.outcome === 'forged') return 'forged-sender';
  const from = facts.mail.from?.address.toLowerCase() ?? null;
  if (from === null) return 'no-from';
  if (from === transmission.to.toLowerCase()) return null;
  const recipient = agencyOf(rules, transmission.to);
  return recipient !== null && agencyOf(rules, from)?.code === recipient.code ? null : 'other-sender';
}
