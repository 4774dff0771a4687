/** Shapes that several kinds share: a message that was taken note of, and one left alone by a named rule. */
import { mayBeDocument } from './classify.ts';
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

/**
 * News that is about nothing of ours, or not believed: taken note of, unless it brings a document of its own. Whoever calls
 * a letter a receipt must not keep it from being seen (DESIGN, invariants 1 and 4). What a bounce quotes lies in a
 * message inside it, and is none of its own.
 */
export function notedAlone(facts: ArrivalFacts, kind: MessageKind, rule: string): Decision {
  const brought = facts.mail.parts.some(
    (p) => p.container === null && p.origin === 'attachment' && mayBeDocument(p),
  );
  if (!brought) return noted(facts, kind, rule);
  return heldFor(facts, kind, 'clerk', {
    code: 'REPORT_WITH_DOCUMENT',
    sentence:
      'Thư có dạng thông báo, phản hồi tự động nhưng không khớp với văn bản nào đã gửi và có kèm tệp văn bản; đề nghị văn thư xem xét.',
  });
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
