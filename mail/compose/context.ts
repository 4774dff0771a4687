/** What is known only when a mail is rendered, beside its intent. */
import type { ExchangeNotice } from '../types.ts';

/** The agency that speaks. */
export interface SpeakingAgency {
  code: string;
  name: string;
  /** Official mailbox: From of all that goes out. */
  address: string;
  clerkUnit: string;
  phone: string;
  place: string;
}

export interface FileToSend {
  name: string;
  /** Where its bytes lie. */
  path: string;
  contentType: string;
}

export interface RenderContext {
  agency: SpeakingAgency;
  /** Our token of this mail; boundaries are made from it. */
  token: string;
  /** With angle brackets, for ever the same. */
  messageIdHeader: string;
  /** Date header: the instant the mail was decided, so that rendering twice gives the same bytes. */
  date: Date;
  /** The register entry it belongs to: its số đến (T2), or its số/ký hiệu (T8). */
  entry: { number: number; soKyHieu: string | null } | null;
  to: string;
  toName: string | null;
  /** Only T8 carries files. */
  files: FileToSend[];
}

/** The words of one mail. */
export interface Rendered {
  subject: string;
  text: string;
  /** Machine part of T1, T2, T3; null for the others. */
  notice: ExchangeNotice | null;
}
