/**
 * What kind of message this is. Receipts and bounces are recognised before any loop guard, and no automatic header
 * ever keeps a document from being registered (DESIGN, invariant 4).
 */
import type { IncomingMessage, MailPart } from '../mail/types.ts';
import { agencyOf, isOwnAddress, type Rules } from './rules.ts';
import type { MessageKind } from './types.ts';

/** `rule` names why, for `reconcile` and the journal. */
export interface Classification {
  kind: MessageKind;
  rule: string;
}

const DOCUMENT_TYPES = new Set([
  'application/pdf',
  'application/msword',
  'application/rtf',
  'text/rtf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.oasis.opendocument.text',
  'image/tiff',
]);

/** A file that can be an official document, or can hold one. Pictures count only as attachments, not as logos. */
export function mayBeDocument(part: MailPart): boolean {
  if (DOCUMENT_TYPES.has(part.detectedType)) return true;
  if (part.origin === 'inline') return false;
  return (
    part.detectedType.startsWith('image/') ||
    part.detectedType === 'application/zip' ||
    part.origin === 'message'
  );
}

/**
 * Anything that a person must see before a loop guard may put the mail away: besides documents every attached file that
 * is more than words, a picture or a signature (rar, 7z, sheets, encrypted S/MIME, edXML).
 */
function bringsFiles(mail: IncomingMessage): boolean {
  return mail.parts.some(
    (p) =>
      mayBeDocument(p) ||
      (p.origin !== 'inline' && !/^(?:text|image)\/|^application\/pkcs7-signature$/.test(p.detectedType)),
  );
}

export function classify(mail: IncomingMessage, envelopeFrom: string | null, rules: Rules): Classification {
  const report = mail.report;
  if (report?.type === 'exchange-notice') return exchangeKind(report.act);
  if (report?.type === 'delivery-report') return { kind: 'delivery-report', rule: `dsn-${report.dialect}` };
  if (report?.type === 'read-receipt') return { kind: 'read-receipt', rule: 'mdn' };
  if (isUnreadable(mail)) return { kind: 'unreadable', rule: 'empty-parse' };

  const hasDocument = bringsFiles(mail);
  if (isAutomatic(mail) && !hasDocument) return { kind: 'auto-reply', rule: 'auto-submitted' };
  if (mail.isList && !hasDocument) return { kind: 'list-mail', rule: 'list-headers' };
  if (isOwnAddress(rules, mail.from?.address ?? null) && !hasDocument)
    return { kind: 'auto-reply', rule: 'own-address' };
  if (envelopeFrom === '' && !hasDocument) return { kind: 'auto-reply', rule: 'null-return-path' };
  return letterKind(mail, rules);
}

function letterKind(mail: IncomingMessage, rules: Rules): Classification {
  const from = mail.from?.address ?? null;
  const known = agencyOf(rules, from) !== null || isOwnAddress(rules, from);
  if (known && /^\s*\[THU HỒI\]/u.test(mail.subject)) return { kind: 'recall', rule: 'subject-tag' };
  if (known && /^\s*\[TRẢ LẠI\]/u.test(mail.subject)) return { kind: 'return', rule: 'subject-tag' };
  if (known) return { kind: 'official-document', rule: 'directory-sender' };
  // INT-14: citizens and enterprises have their own queue. An office that is not in the directory yet still is an office.
  if (from && /\.gov\.vn$/i.test(from)) return { kind: 'official-document', rule: 'government-domain' };
  return { kind: 'citizen-letter', rule: 'not-in-directory' };
}

function exchangeKind(act: string): Classification {
  if (act === 'returned') return { kind: 'return', rule: 'notice' };
  if (act === 'recalled') return { kind: 'recall', rule: 'notice' };
  return { kind: 'receipt', rule: `notice-${act}` };
}

function isUnreadable(mail: IncomingMessage): boolean {
  if (mail.defects.some((d) => d.code === 'empty-parse')) return true;
  return mail.from === null && mail.parts.length === 0 && mail.text.trim() === '';
}

/** RFC 3834: Auto-Submitted other than "no"; and the older marks of automatic answers. */
export function isAutomatic(mail: IncomingMessage): boolean {
  return (mail.autoSubmitted !== null && mail.autoSubmitted !== 'no') || mail.isAutoReply;
}
