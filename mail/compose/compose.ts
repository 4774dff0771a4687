/** From intent to the bytes of the mail (DOMAIN 7.3): the words, the headers that keep machines from answering, the parts. */
import type { Readable } from 'node:stream';
import { NOTICE_TYPE, noticeJson } from '../notice.ts';
import type { ExchangeNotice } from '../types.ts';
import type { RenderContext } from './context.ts';
import { dispositionNotification } from './disposition.ts';
import type { AboutLetter, MailKind } from './intent.ts';
import { line } from './line.ts';
import { composeBytes, type PartToCompose } from './mail-composer.ts';
import { render } from './render.ts';
import { mailDate } from './vietnamese-time.ts';

/** X-VBDT-Loai (DOMAIN 3.7): `vanban` = an official document, `trangthai` = news about one. */
const VBDT_KIND: Record<MailKind, string> = {
  T1: 'trangthai',
  T2: 'trangthai',
  T3: 'trangthai',
  T6: 'trangthai',
  T8: 'vanban',
};

/** RFC 3834: answers to a letter, and what we write by ourselves. T8 is a person's letter and carries none (DOMAIN 7.3 (1)). */
const AUTO_SUBMITTED: Partial<Record<MailKind, string>> = {
  T1: 'auto-replied',
  T2: 'auto-replied',
  T3: 'auto-replied',
  T6: 'auto-generated',
};

const REPORT = 'multipart/report; report-type=disposition-notification';

/** References kept of the letter that is answered, the newest. */
const MAX_REFERENCES = 20;

/**
 * Raw RFC 5322 bytes, CRLF, the same bytes for the same values. Throws INTENT_INVALID (permanent); the stream fails when
 * a file cannot be read.
 */
export function composeMail(
  kind: MailKind,
  intent: Record<string, unknown>,
  context: RenderContext,
): Readable {
  const { subject, text, notice } = render(kind, intent, context);
  const { agency } = context;
  const autoSubmitted = AUTO_SUBMITTED[kind];
  return composeBytes({
    from: { name: line(agency.name), address: agency.address },
    to: { name: context.toName === null ? '' : line(context.toName), address: context.to },
    subject,
    date: mailDate(context.date),
    messageId: context.messageIdHeader,
    ...threading(intent.about as AboutLetter | undefined),
    headers: {
      ...(autoSubmitted ? { 'Auto-Submitted': autoSubmitted } : {}),
      'X-VBDT-Loai': VBDT_KIND[kind],
      'X-Congvan-Token': context.token,
    },
    text,
    parts: notice === null ? fileParts(context) : noticeParts(notice, agency.address),
    rootType: notice === null ? null : REPORT,
    seed: context.token,
  });
}

function threading(about: AboutLetter | undefined): { inReplyTo: string | null; references: string[] } {
  const inReplyTo = messageId(about?.messageId ?? null);
  const before = (about?.references ?? []).map(messageId).filter((id) => id !== null && id !== inReplyTo);
  const references = [...before.slice(-MAX_REFERENCES), inReplyTo].filter((id) => id !== null);
  return { inReplyTo, references };
}

/** What a stranger wrote goes back only when it is a Message-ID and nothing else. */
function messageId(value: string | null): string | null {
  return value !== null && /^<[\u0021-\u003b\u003d\u003f-\u007e]{1,250}>$/u.test(value) ? value : null;
}

function noticeParts(notice: ExchangeNotice, address: string): PartToCompose[] {
  const safe = { ...notice, originalMessageId: messageId(notice.originalMessageId) };
  return [
    {
      contentType: 'message/disposition-notification',
      name: null,
      content: { text: dispositionNotification(safe, address) },
    },
    { contentType: NOTICE_TYPE, name: 'congvan-notice.json', content: { text: noticeJson(safe) } },
  ];
}

function fileParts(context: RenderContext): PartToCompose[] {
  return context.files.map((file) => ({
    contentType: file.contentType,
    name: line(file.name, 200),
    content: { path: file.path },
  }));
}
