/** A read receipt of a mail program (RFC 8098): the copy is in the mailbox and was opened; it is not a registration. */
import { transmissionOf } from './evidence.ts';
import { noted, notedAlone } from './noted.ts';
import type { ArrivalFacts, Decision, Snapshot } from './types.ts';

export function readReceiptNoted(facts: ArrivalFacts, snapshot: Snapshot): Decision {
  const report = facts.mail.report;
  const transmission = transmissionOf(facts, snapshot.transmissions);
  if (report?.type !== 'read-receipt' || transmission === null)
    return notedAlone(facts, 'read-receipt', 'not-ours');
  return {
    ...noted(facts, 'read-receipt', 'mdn'),
    outcomes: [
      {
        transmissionId: transmission.id,
        to: 'delivered',
        evidence: 'mdn',
        cause: null,
        detail: { disposition: report.disposition, manual: report.manual },
        messageId: facts.raw.id,
      },
    ],
  };
}
