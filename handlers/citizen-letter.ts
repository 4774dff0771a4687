/** INT-14 (QN 6.3): a letter from a citizen or enterprise waits in a queue of its own; it takes no số đến by itself. */
import { heldFor } from './noted.ts';
import type { ArrivalFacts, Decision } from './types.ts';

export function citizenLetterHeld(facts: ArrivalFacts): Decision {
  return heldFor(facts, 'citizen-letter', 'citizen', {
    code: 'CITIZEN',
    sentence:
      'Thư của tổ chức, cá nhân (địa chỉ gửi không thuộc danh bạ cơ quan); xử lý theo quy trình riêng.',
  });
}
