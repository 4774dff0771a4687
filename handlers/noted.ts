/** Shapes that several kinds share: a message that was taken note of, and one left alone by a named rule. */
import { nothing } from './rules.ts';
import type { ArrivalFacts, Decision, MessageKind } from './types.ts';

export function noted(facts: ArrivalFacts, kind: MessageKind, rule: string): Decision {
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'noted', kind, rule },
    journal: [
      { actor: 'machine', action: 'noted', subject: `message:${facts.raw.id}`, data: { kind, rule } },
    ],
  };
}

export function ignored(facts: ArrivalFacts, kind: MessageKind, rule: string): Decision {
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'ignored', kind, rule },
    journal: [
      { actor: 'machine', action: 'ignored', subject: `message:${facts.raw.id}`, data: { kind, rule } },
    ],
  };
}

/** A message that only a person can settle, with one reason. */
export function heldFor(
  facts: ArrivalFacts,
  kind: MessageKind,
  queue: 'clerk' | 'leader' | 'citizen',
  reason: { code: string; sentence: string },
): Decision {
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'held', kind, rule: reason.code },
    holds: [{ messageId: facts.raw.id, proposals: [], reasons: [reason], twoPersons: false, queue }],
    journal: [
      {
        actor: 'machine',
        action: 'held',
        subject: `message:${facts.raw.id}`,
        data: { kind, reasons: [reason.code] },
      },
    ],
  };
}
