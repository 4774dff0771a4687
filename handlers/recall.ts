/** A recall by the issuer (ACK-05, ACK-07): only a person carries it out; the machine shows it to the clerk at once. */
import { heldFor } from './noted.ts';
import type { ArrivalFacts, Decision } from './types.ts';

export function recallHeld(facts: ArrivalFacts): Decision {
  return heldFor(facts, 'recall', 'clerk', {
    code: 'RECALL',
    sentence:
      facts.sender.outcome === 'authenticated'
        ? 'Nơi gửi thông báo thu hồi văn bản; văn thư kiểm tra và thực hiện.'
        : 'Có thông báo thu hồi văn bản nhưng chưa xác thực được nơi gửi; văn thư kiểm tra trước khi thực hiện.',
  });
}
