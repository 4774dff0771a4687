/** List mail without a document: left alone. With one, `classify` has made it a letter already. */
import { ignored } from './noted.ts';
import type { ArrivalFacts, Decision } from './types.ts';

export function listMailIgnored(facts: ArrivalFacts, rule: string): Decision {
  return ignored(facts, 'list-mail', rule);
}
