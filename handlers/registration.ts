/** The second decision, after signatures and fields: a number, a hold with reasons, or freezing what only now showed a mark. */
import { documentRegistered } from './official-document.ts';
import type { Rules } from './rules.ts';
import { secretFrozen } from './secret.ts';
import type { Decision, RegistrationFacts, Snapshot } from './types.ts';

export function decideRegistration(facts: RegistrationFacts, rules: Rules, snapshot: Snapshot): Decision {
  if (facts.lateSecrecy.length > 0) return secretFrozen(facts, facts.lateSecrecy, facts.kind);
  return documentRegistered(facts, rules, snapshot);
}
