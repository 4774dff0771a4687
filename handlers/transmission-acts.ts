/** What a person decides about one copy to one recipient: settle what is uncertain, send again what failed. */
import type { StaffMember } from '../config/types.ts';
import { refuse } from './refuse.ts';
import { nothing } from './rules.ts';
import type { Decision, Snapshot } from './types.ts';

/** An `uncertain` copy is settled by a receipt, a bounce or a person (DESIGN, invariant 3); never by a blind resend. */
export function settleTransmission(
  id: string,
  sent: boolean,
  by: StaffMember,
  note: string | null,
  snapshot: Snapshot,
): Decision {
  const transmission = snapshot.transmissions.find((t) => t.id === id);
  if (!transmission) refuse('TRANSMISSION_UNKNOWN', `Không có lượt gửi ${id}.`);
  if (transmission.state !== 'uncertain')
    refuse('TRANSMISSION_STATE', 'Lượt gửi này không ở trạng thái chưa rõ.');
  return outcome(id, sent ? 'accepted' : 'due', by, note, 'settle');
}

/** Sends a failed copy once more: the same letter, the same Message-ID. */
export function resendTransmission(id: string, by: StaffMember, snapshot: Snapshot): Decision {
  const transmission = snapshot.transmissions.find((t) => t.id === id);
  if (!transmission) refuse('TRANSMISSION_UNKNOWN', `Không có lượt gửi ${id}.`);
  if (!['failed', 'accepted', 'returned'].includes(transmission.state)) {
    refuse('TRANSMISSION_STATE', `Lượt gửi đang ở trạng thái “${transmission.state}”, không gửi lại được.`);
  }
  return outcome(id, 'due', by, null, 'resend');
}

function outcome(
  id: string,
  to: 'accepted' | 'due',
  by: StaffMember,
  note: string | null,
  action: string,
): Decision {
  return {
    ...nothing(),
    outcomes: [
      {
        transmissionId: id,
        to,
        evidence: 'person',
        cause: null,
        detail: { by: by.id, note },
        messageId: null,
      },
    ],
    journal: [{ actor: by.id, action, subject: `transmission:${id}`, data: { to } }],
  };
}
