/** Whether a message is a report, and which: the notice of a gateway before a receipt, a machine part before words. */
import { parseFields } from '../header-fields.ts';
import { NOTICE_TYPE, parseNotice } from '../notice.ts';
import type { DeliveryReport, ExchangeNotice, MailReport, ReadReceipt } from '../types.ts';
import { dialectOf, readBounceText } from './bounce-text.ts';
import { subjectOf } from './correlate.ts';
import { parseDeliveryStatus } from './dsn.ts';
import { noticeOfDisposition, parseDisposition } from './mdn.ts';
import type { ReportSource } from './report-source.ts';
import { readSesNotification } from './ses-notification.ts';

/** Parts that speak to programs. They are read as reports and are no files of the letter. */
export const MACHINE_TYPES = new Set([
  NOTICE_TYPE,
  'message/delivery-status',
  'message/global-delivery-status',
  'message/disposition-notification',
  'message/global-disposition-notification',
  'message/feedback-report',
  'text/rfc822-headers',
  'message/global-headers',
]);

/** Null for an ordinary letter. */
export function findReport(source: ReportSource): MailReport | null {
  const notice = exchangeNotice(source);
  if (notice) return notice;
  // RFC 5965: a complaint about a message of ours is no news of its delivery.
  if (source.root.params.get('report-type')?.toLowerCase() === 'feedback-report') return null;
  if (source.machine.some((part) => part.type === 'message/feedback-report')) return null;
  return deliveryReport(source) ?? readReceipt(source);
}

function exchangeNotice(source: ReportSource): ExchangeNotice | null {
  for (const part of source.machine) {
    const notice = part.type === NOTICE_TYPE ? parseNotice(part.text) : null;
    if (notice) return notice;
  }
  return (
    dispositions(source)
      .map((part) => noticeOfDisposition(latin1(part.text)))
      .find((notice) => notice !== null) ?? null
  );
}

const dispositions = (source: ReportSource) =>
  source.machine.filter((part) => part.type.endsWith('disposition-notification'));

function deliveryReport(source: ReportSource): DeliveryReport | null {
  const statuses = source.machine
    .filter((part) => part.type.endsWith('delivery-status'))
    .map((part) => parseDeliveryStatus(latin1(part.text)));
  const outcomes = statuses.flatMap((status) => status.outcomes);
  const quoted = source.quoted ?? headersPart(source);
  if (outcomes.length > 0) {
    const envelopeId = statuses.map((status) => status.envelopeId).find((id) => id !== null) ?? null;
    return {
      type: 'delivery-report',
      dialect: dialectOf(source),
      envelopeId,
      outcomes,
      ...subjectOf(source, quoted, { envelopeId }),
    };
  }
  const ses = readSesNotification(source.text);
  if (ses) {
    const about = subjectOf(source, quoted, { messageId: ses.messageId });
    return {
      type: 'delivery-report',
      dialect: 'amazon-ses',
      envelopeId: null,
      outcomes: ses.outcomes,
      ...about,
      originalSubject: ses.subject,
    };
  }
  const isReceipt = dispositions(source).length > 0;
  const told = isReceipt ? null : readBounceText(source);
  if (!told) return null;
  return {
    type: 'delivery-report',
    dialect: dialectOf(source),
    envelopeId: null,
    outcomes: told.outcomes,
    ...subjectOf(source, quoted ?? told.quoted, {}),
  };
}

function headersPart(source: ReportSource) {
  const part = source.machine.find(
    (one) => one.type === 'text/rfc822-headers' || one.type === 'message/global-headers',
  );
  return part ? parseFields(latin1(part.text)).fields : null;
}

function readReceipt(source: ReportSource): ReadReceipt | null {
  for (const part of dispositions(source)) {
    const receipt = parseDisposition(latin1(part.text));
    if (!receipt) continue;
    const { originalMessageId, token } = subjectOf(source, source.quoted, {
      messageId: receipt.originalMessageId,
    });
    return { ...receipt, originalMessageId, token };
  }
  return null;
}

/** Header reading works on bytes. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
