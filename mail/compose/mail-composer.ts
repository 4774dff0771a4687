/** The only file that knows nodemailer's MailComposer: from headers, text and parts to the bytes of RFC 5322. */
import type { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';

export interface PartToCompose {
  contentType: string;
  /** Null = a part without a name, shown in the mail. */
  name: string | null;
  content: { text: string } | { path: string };
}

export interface MailToCompose {
  from: { name: string; address: string };
  to: { name: string; address: string };
  subject: string;
  /** Value of the Date header. */
  date: string;
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  headers: Record<string, string>;
  text: string;
  parts: PartToCompose[];
  /** `multipart/report; report-type=…`; null = multipart/mixed as parts ask for it. */
  rootType: string | null;
  /** What boundaries are made of: the same seed gives the same bytes. */
  seed: string;
}

/** nodemailer would write X-Vbdt-Loai: right for machines, odd for people who look for the name of the specification. */
const SPELLING: Record<string, string> = { 'X-Vbdt-Loai': 'X-VBDT-Loai' };

/** Raw bytes with CRLF. The stream fails when a file cannot be read; nothing of it stands whole in memory. */
export function composeBytes(mail: MailToCompose): Readable {
  const options = {
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    date: mail.date,
    messageId: mail.messageId,
    ...(mail.inReplyTo === null ? {} : { inReplyTo: mail.inReplyTo }),
    ...(mail.references.length === 0 ? {} : { references: mail.references }),
    headers: mail.headers,
    text: mail.text,
    attachments: mail.parts.map(attachment),
    baseBoundary: mail.seed,
    boundaryPrefix: '=_cv',
    newline: 'win',
    normalizeHeaderKey: (key: string) => SPELLING[key] ?? key,
    disableUrlAccess: true,
  };
  const message = new MailComposer(options as ConstructorParameters<typeof MailComposer>[0]).compile();
  if (mail.rootType !== null) message.setHeader('Content-Type', mail.rootType);
  return message.createReadStream();
}

/** QUIRK: nodemailer makes up a name for a nameless part unless told `false`, which its types do not know. */
function attachment(part: PartToCompose): Record<string, unknown> {
  return {
    contentType: part.contentType,
    filename: part.name ?? false,
    contentDisposition: part.name === null ? 'inline' : 'attachment',
    ...('path' in part.content ? { path: part.content.path } : { content: part.content.text }),
  };
}
