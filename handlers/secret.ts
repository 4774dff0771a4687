/**
 * A letter that bears a secrecy mark (DOMAIN 8.2): frozen before anything more is read from it, answered by nobody
 * automatically, decided by two persons. What is written here never repeats subject, file names or content.
 */
import { nothing } from './rules.ts';
import type { ArrivalFacts, Decision, MessageKind } from './types.ts';
import type { SecrecyMark } from '../documents/types.ts';

export function secretFrozen(facts: ArrivalFacts, marks: SecrecyMark[], kind: MessageKind | null): Decision {
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'frozen', kind, rule: 'secrecy-mark' },
    holds: [
      {
        messageId: facts.raw.id,
        proposals: [],
        reasons: [
          {
            code: 'SECRECY_MARK',
            sentence:
              'Có thư nghi chứa tài liệu bí mật nhà nước. Thư đã được cách ly, không mở, không chuyển tiếp. Đề nghị xử lý theo quy định về bảo vệ bí mật nhà nước.',
          },
        ],
        twoPersons: true,
        queue: 'secrets',
      },
    ],
    journal: [
      {
        actor: 'machine',
        action: 'frozen',
        subject: `message:${facts.raw.id}`,
        data: { where: [...new Set(marks.map((m) => m.where))] },
      },
    ],
  };
}
