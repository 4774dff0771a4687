/** Finding what a report is about, by our own token first, then by the Message-ID that it quotes (STYLE, known traps). */
import type { MailReport } from '../mail/types.ts';
import type { ArrivalFacts, SnapshotQuery, TransmissionRef } from './types.ts';

/** What the register must be asked about a report or a letter that has just arrived. */
export function arrivalQuery(facts: Pick<ArrivalFacts, 'raw' | 'mail'>): SnapshotQuery {
  const { raw, mail } = facts;
  const quoted = quotedIds(mail.report);
  return {
    messageId: raw.id,
    rawSha256: raw.sha256,
    messageIdHeader: mail.messageId,
    tokens: mail.report?.token ? [mail.report.token] : [],
    quotedMessageIds: mail.report
      ? [...quoted, ...mail.references, ...(mail.inReplyTo ? [mail.inReplyTo] : [])]
      : [],
  };
}

function quotedIds(report: MailReport | null): string[] {
  return report?.originalMessageId ? [report.originalMessageId] : [];
}

/** The transmission that a report speaks of; null when it is none of ours. */
export function transmissionOf(
  facts: ArrivalFacts,
  transmissions: TransmissionRef[],
): TransmissionRef | null {
  const token = facts.mail.report?.token ?? null;
  const byToken = transmissions.find((t) => t.token === token);
  if (byToken) return byToken;
  const ids = [facts.mail.report?.originalMessageId, ...facts.mail.references, facts.mail.inReplyTo];
  return transmissions.find((t) => ids.includes(t.messageIdHeader)) ?? null;
}
