/** A letter in which the scanner found a virus (VAL-08): isolated, said so to the clerk, opened by nobody, not answered. */
import { nothing } from './rules.ts';
import type { ArrivalFacts, Decision, MessageKind } from './types.ts';

export function virusIsolated(facts: ArrivalFacts, kind: MessageKind | null): Decision {
  const { virus } = facts.screening;
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'isolated', kind, rule: 'virus' },
    holds: [
      {
        messageId: facts.raw.id,
        proposals: [],
        reasons: [
          {
            code: 'VIRUS',
            sentence: `Tệp đính kèm có dấu hiệu chứa mã độc (${virus.name ?? 'không rõ tên'}) nên đã được cách ly; có thể trả lại theo mã TC07.`,
          },
        ],
        twoPersons: false,
        queue: 'virus',
      },
    ],
    journal: [
      {
        actor: 'machine',
        action: 'isolated',
        subject: `message:${facts.raw.id}`,
        data: { virus: virus.name, part: virus.part },
      },
    ],
  };
}
