/** What the recipient's gateway tells us of a letter of ours: it arrived (T1), it is registered (T2), a recall was done. */
import { whyNotBelieved } from './belief.ts';
import { transmissionOf } from './evidence.ts';
import { noted, notedAlone } from './noted.ts';
import type { Rules } from './rules.ts';
import type { ArrivalFacts, Decision, Snapshot } from './types.ts';

export function receiptNoted(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const notice = facts.mail.report;
  const transmission = transmissionOf(facts, snapshot.transmissions);
  if (notice?.type !== 'exchange-notice' || transmission === null)
    return notedAlone(facts, 'receipt', 'not-ours');
  const doubt = whyNotBelieved(facts, transmission, rules);
  if (doubt !== null) return notedAlone(facts, 'receipt', `not-believed-${doubt}`);
  return {
    ...noted(facts, 'receipt', `notice-${notice.act}`),
    outcomes: [
      {
        transmissionId: transmission.id,
        to: notice.act === 'registered' ? 'acknowledged' : 'delivered',
        evidence: notice.act === 'registered' ? 'T2' : 'T1',
        cause: null,
        detail: { soDen: notice.soDen, ngayDen: notice.ngayDen, agency: notice.agencyCode },
        messageId: facts.raw.id,
      },
    ],
  };
}
