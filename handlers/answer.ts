/** Who may be answered by the machine (DOMAIN 7.3, PD-04; DESIGN, invariant 4). */
import { isAutomatic } from './classify.ts';
import { agencyOf, isOwnAddress, type Rules } from './rules.ts';
import type { ArrivalFacts, Snapshot } from './types.ts';

/** Why no notice goes out; null = one may. Stable codes, journaled. */
export function whyNoAnswer(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): string | null {
  const { mail, sender, raw } = facts;
  const from = mail.from?.address ?? null;
  if (from === null) return 'no-from';
  if (raw.origin.envelopeFrom === '' || mail.returnPath === '') return 'null-return-path';
  if (isAutomatic(mail)) return 'automatic';
  if (mail.isList) return 'list';
  if (isOwnAddress(rules, from)) return 'own-address';
  if (sender.outcome === 'forged') return 'forged-sender';
  if (agencyOf(rules, from) === null) return 'not-in-directory';
  if (beforeCutover(facts, rules)) return 'before-cutover';
  if (snapshot.sameBytes.some((other) => keptBefore(other.messageId, raw.id)))
    return 'same-bytes-answered-before';
  return null;
}

/** Of two letters with the same bytes the one that was kept first is answered; ids run in the order of keeping. */
function keptBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** First start: what lies before the cut-over is not answered and not registered by the machine. */
export function beforeCutover(facts: ArrivalFacts, rules: Rules): boolean {
  return rules.cutover !== null && Date.parse(facts.enteredAt) < Date.parse(rules.cutover);
}
