/** Tells whether a message is a report, and what it reports: notice of a gateway, delivery report or read receipt. */
import { NOTICE_TYPE, parseNotice } from '../notice.ts';
import { findToken } from '../token.ts';
import type { DeliveryOutcome, DeliveryReport, MailAddress, MailReport } from '../types.ts';
import { serverOf } from './dialect.ts';
import { noticeOfDisposition } from './notice-fields.ts';
import { type Original, originalOf, splitNotice } from './original.ts';
import { readReceiptPart } from './receipt-part.ts';
import { readSesJson } from './ses-json.ts';
import { readStatusPart, type StatusPart } from './status-part.ts';
import { type BounceMail, fromMachine, readWordedBounce } from './worded-bounce.ts';
import { DIALECTS } from './wordings.ts';

const STATUS_TYPES = ['message/delivery-status', 'message/global-delivery-status'];
const RECEIPT_TYPES = ['message/disposition-notification', 'message/global-disposition-notification'];

/** Parts that speak to programs. They are read as reports and are no files of the letter. */
export const MACHINE_TYPES = new Set([
  NOTICE_TYPE,
  ...STATUS_TYPES,
  ...RECEIPT_TYPES,
  'message/feedback-report',
  'text/rfc822-headers',
  'message/global-headers',
]);

interface ReportSection {
  /** Content type, lower case, without parameters. */
  type: string;
  /** Decoded, at most 64 Ki characters. */
  text: string;
}

export interface ReportInput extends BounceMail {
  to: MailAddress[];
  reportType: string | null;
  /** Machine parts, in their order. */
  sections: ReportSection[];
  /** Header block of the first embedded message. */
  originalHeaders: string | null;
}

/**
 * Null for everything that is no report: letters, absence notices, abuse reports (RFC 5965), and bounces that a person
 * forwarded or quotes. Says what the message claims; whether the claim fits something we sent is the caller's to check.
 */
export function readReport(input: ReportInput): MailReport | null {
  const notice = section(input, [NOTICE_TYPE])
    .map(parseNotice)
    .find((one) => one !== null);
  if (notice !== undefined) return { ...notice, token: notice.token ?? findToken(notice.originalMessageId) };
  const inFields = section(input, RECEIPT_TYPES)
    .map((text) => noticeOfDisposition(Buffer.from(text).toString('latin1')))
    .find((one) => one !== null);
  if (inFields !== undefined)
    return { ...inFields, token: inFields.token ?? findToken(inFields.originalMessageId) };
  if (isFeedback(input)) return null;
  // Receipts have a null return path too (RFC 8098 2.1): their words never make them a bounce.
  return stated(input) ?? readReceipt(input) ?? told(input);
}

function readReceipt(input: ReportInput): MailReport | null {
  const receipt = section(input, RECEIPT_TYPES)
    .map(readReceiptPart)
    .find((one) => one !== null);
  if (receipt === undefined) return null;
  const original = originalOf(input.originalHeaders, '');
  const token = receipt.token ?? toToken(input) ?? original.token;
  return { ...receipt, originalMessageId: receipt.originalMessageId ?? original.messageId, token };
}

/** By a machine part: RFC 3464, or the JSON of Amazon SES. */
function stated(input: ReportInput): DeliveryReport | null {
  const found = { input, original: originalIn(input), stated: statusParts(input) };
  const { outcomes } = found.stated;
  if (outcomes.length > 0) return report(serverIn(input) ?? 'rfc3464', filled(outcomes, found), found);
  const ses = fromNotificationService(input) ? readSesJson(input.text) : [];
  return ses.length > 0 ? report('amazonses', ses, found) : null;
}

/** By its words. */
function told(input: ReportInput): DeliveryReport | null {
  const found = { input, original: originalIn(input), stated: statusParts(input) };
  const bounce = readWordedBounce(input, found.original.to);
  if (bounce === null) return null;
  // Common words name no server; the header may.
  const dialect = UNNAMED.has(bounce.dialect) ? (serverIn(input) ?? bounce.dialect) : bounce.dialect;
  return report(dialect, bounce.outcomes, found);
}

const UNNAMED = new Set(DIALECTS.filter(({ common }) => common === true).map(({ name }) => name));

function serverIn(input: ReportInput): string | null {
  return serverOf(input.fields, section(input, STATUS_TYPES), input.text);
}

function originalIn(input: ReportInput): Original {
  return originalOf(input.originalHeaders, splitNotice(input.text.replace(/\r\n?/g, '\n')).quoted);
}

type Found = { input: ReportInput; original: Original; stated: StatusPart };

/** The token: from the address it came to (VERP), else the ENVID, else the quoted message (STYLE, known traps). */
function report(
  dialect: string,
  outcomes: DeliveryOutcome[],
  { input, original, stated }: Found,
): DeliveryReport {
  const token =
    toToken(input) ?? findToken(stated.envelopeId) ?? findToken(stated.messageId) ?? original.token;
  const originalMessageId = original.messageId ?? stated.messageId;
  return {
    type: 'delivery-report',
    dialect,
    envelopeId: stated.envelopeId,
    outcomes,
    originalMessageId,
    originalSubject: original.subject,
    token,
  };
}

/**
 * A machine part counts in a multipart/report, and elsewhere only from a mail server: a person's letter may have one
 * attached. With a person's Re: or Fwd: it never counts.
 */
function statusParts(input: ReportInput): StatusPart {
  const believed =
    fromMachine(input) ||
    (input.contentType === 'multipart/report' && input.reportType !== 'disposition-notification');
  const parts = believed ? section(input, STATUS_TYPES).map(readStatusPart) : [];
  return {
    envelopeId: parts.find((one) => one.envelopeId !== null)?.envelopeId ?? null,
    messageId: parts.find((one) => one.messageId !== null)?.messageId ?? null,
    outcomes: parts.flatMap((one) => one.outcomes),
  };
}

/** QUIRK: MessageLabs and old gateways leave Final-Recipient out, but name the one recipient in the text. */
function filled(outcomes: DeliveryOutcome[], { input, original }: Found): DeliveryOutcome[] {
  const [only, second] = outcomes;
  if (only === undefined || second !== undefined || only.recipient !== null) return outcomes;
  const named = readWordedBounce(input, original.to)?.outcomes ?? [];
  return [{ ...only, recipient: named.length === 1 ? (named[0]?.recipient ?? null) : null }];
}

function toToken(input: ReportInput): string | null {
  return input.to.map(({ address }) => findToken(address)).find((one) => one !== null) ?? null;
}

function isFeedback(input: ReportInput): boolean {
  return input.reportType === 'feedback-report' || section(input, ['message/feedback-report']).length > 0;
}

function fromNotificationService(input: ReportInput): boolean {
  return /@(?:[\w-]+\.)*amazonaws\.com$/.test(input.from?.address ?? '');
}

function section(input: ReportInput, types: string[]): string[] {
  return input.sections.filter(({ type }) => types.includes(type)).map(({ text }) => text);
}
