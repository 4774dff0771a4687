/** An out-of-office answer, or a mail of our own that came back: nothing to do, and never an answer (RFC 3834). */
import { ignored } from './noted.ts';
import type { ArrivalFacts, Decision } from './types.ts';

export function autoReplyIgnored(facts: ArrivalFacts, rule: string): Decision {
  return ignored(facts, 'auto-reply', rule);
}
