/** A message that could not be read: held with its bytes, it never blocks the next one (DESIGN, invariant 1). */
import { heldFor } from './noted.ts';
import type { ArrivalFacts, Decision } from './types.ts';

export function unreadableHeld(facts: ArrivalFacts): Decision {
  const why = [...new Set(facts.mail.defects.map((d) => d.code))].slice(0, 5).join(', ');
  return heldFor(facts, 'unreadable', 'clerk', {
    code: 'UNREADABLE',
    sentence: `Không đọc được thư${why ? ` (${why})` : ''}; bản gốc được giữ nguyên để kiểm tra.`,
  });
}
