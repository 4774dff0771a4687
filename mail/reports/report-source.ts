/** What the recognisers of reports are given: the message as far as it was read. */
import type { HeaderField } from '../header-fields.ts';
import type { Structured } from '../parameters.ts';
import type { MailAddress } from '../types.ts';

export interface ReportSource {
  fields: HeaderField[];
  /** Content-Type of the message. */
  root: Structured;
  from: MailAddress | null;
  to: MailAddress[];
  subject: string;
  /** '' = null return path. */
  returnPath: string | null;
  references: string[];
  inReplyTo: string | null;
  /** Body text, NFC. */
  text: string;
  /** Machine-readable parts: type in lower case, decoded text. */
  machine: { type: string; text: string }[];
  /** Header of the message that was sent back, from its own part; null when there is none. */
  quoted: HeaderField[] | null;
  /** True when files came along that are no returned message: a letter, then, unless the header says otherwise. */
  hasFiles: boolean;
}
