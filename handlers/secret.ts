/**
 * A letter that bears a secrecy mark (DOMAIN 8.2): frozen before anything more is read from it, answered by nobody
 * automatically, decided by two persons. What is written here never repeats subject, file names or content.
 */

import type { SecrecyMark } from '../documents/types.ts';
import { formatVietnamDate, formatVietnamTime } from '../documents/vietnam-time.ts';
import { nothing } from './rules.ts';
import type { ArrivalFacts, Decision, MessageKind } from './types.ts';

/** Step 3: what the clerk, the person for secrets and the head are shown. Mailbox, time and address, nothing of the letter itself. */
function alert({ raw, mail, enteredAt }: ArrivalFacts): string {
  const when = `${formatVietnamTime(enteredAt)}, ${formatVietnamDate(enteredAt)}`;
  const from = mail.from?.address ?? 'địa chỉ không rõ';
  return (
    `Có thư nghi chứa tài liệu bí mật nhà nước đến hộp thư ${raw.origin.envelopeTo[0] ?? raw.origin.mailbox} lúc ${when} từ ${from}. ` +
    'Thư đã được cách ly, không mở, không chuyển tiếp. Đề nghị xử lý theo quy định về bảo vệ bí mật nhà nước.'
  );
}

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
            sentence: alert(facts),
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
