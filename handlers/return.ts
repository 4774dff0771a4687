/** A letter of ours that the recipient sent back with reasons (ACK-03): our clerk must see it. */
import { whyNotBelieved } from './belief.ts';
import { transmissionOf } from './evidence.ts';
import { heldFor, notedAlone } from './noted.ts';
import type { Rules } from './rules.ts';
import type { ArrivalFacts, Decision, Snapshot } from './types.ts';

export function returnNoted(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const notice = facts.mail.report;
  const transmission = transmissionOf(facts, snapshot.transmissions);
  const shown = heldFor(facts, 'return', 'clerk', {
    code: 'RETURNED_TO_US',
    sentence: `Văn bản đã gửi bị trả lại${transmission?.toName ? ` (${transmission.toName})` : ''}; đề nghị xem lý do và xử lý.`,
  });
  if (notice?.type !== 'exchange-notice' || transmission === null) return shown;
  const doubt = whyNotBelieved(facts, transmission, rules);
  if (doubt !== null) return notedAlone(facts, 'return', `not-believed-${doubt}`);
  return {
    ...shown,
    outcomes: [
      {
        transmissionId: transmission.id,
        to: 'returned',
        evidence: 'T3',
        cause: notice.reasons.join('; ') || 'Nơi nhận trả lại văn bản',
        detail: { agency: notice.agencyCode },
        messageId: facts.raw.id,
      },
    ],
  };
}
