/** Which message of ours a report is about (STYLE: our own token first, then References, then the quoted Message-ID). */
import { decodeHeaderText } from '../encoded-words.ts';
import { messageIds } from '../header-facts.ts';
import { allFields, firstField, type HeaderField } from '../header-fields.ts';
import { findToken } from '../token.ts';
import type { ReportSource } from './report-source.ts';

export interface Subject {
  originalMessageId: string | null;
  originalSubject: string | null;
  token: string | null;
}

/** Where servers write the address that a report was sent to: our VERP address. */
const ENVELOPE_FIELDS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to', 'to'];

/** `stated` are identifiers out of the report itself: ENVID first. `quoted` is the header of the returned message. */
export function subjectOf(
  source: ReportSource,
  quoted: HeaderField[] | null,
  stated: { envelopeId?: string | null; messageId?: string | null },
): Subject {
  const own = quoted ?? [];
  const quotedId = messageIds(firstField(own, 'message-id') ?? '')[0] ?? null;
  const places = [
    ...ENVELOPE_FIELDS.flatMap((name) => allFields(source.fields, name)),
    stated.envelopeId ?? '',
    ...source.references,
    source.inReplyTo ?? '',
    stated.messageId ?? '',
    quotedId ?? '',
    ...allFields(own, 'return-path'),
    ...allFields(own, 'references'),
  ];
  const subject = firstField(own, 'subject');
  return {
    originalMessageId: stated.messageId ?? quotedId,
    originalSubject: subject === null ? null : decodeHeaderText(subject).slice(0, 500),
    token: places.map(findToken).find((token) => token !== null) ?? findToken(source.text),
  };
}
