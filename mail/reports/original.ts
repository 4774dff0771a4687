/** What a report quotes of the message that it is about. */
import { findToken } from '../token.ts';
import { addressesIn } from './address.ts';
import { type Fields, headerFields } from './fields.ts';

export interface Original {
  /** With angle brackets. */
  messageId: string | null;
  subject: string | null;
  /** Addresses of its To line. */
  to: string[];
  token: string | null;
}

const NOTHING: Original = { messageId: null, subject: null, to: [], token: null };

/** Where the report ends and its copy of the message begins. */
const BOUNDARY =
  /^[ \t]*(?:[-=_|* ]{2,80}(?:this is a copy of (?:the|your) message|the header of the original|below this line is a copy|(?:the )?original message|returned mail follows|unsent message below|message text follows|returned message|forwarded message|thư gốc|thông điệp gốc)|original message (?:headers?|follows)\b|original message:|a (?:copy|summary) of the (?:original|undelivered) message|reporting-mta:|(?:tiêu đề|đầu) thư gốc|thư gốc)[^\n]*$/imu;

/** The notice itself, and what is quoted below it ('' when nothing is). */
export function splitNotice(text: string): { notice: string; quoted: string } {
  const found = BOUNDARY.exec(text);
  if (found === null) return { notice: text, quoted: '' };
  const cut = /^\s*reporting-mta:/i.test(found[0]) ? found.index : found.index + found[0].length;
  return { notice: text.slice(0, found.index), quoted: text.slice(cut) };
}

/** From its headers, where they came as a part of their own, else from those in the text. */
export function originalOf(headers: string | null, quoted: string): Original {
  const fields = headers === null ? null : headerFields(headers);
  if (fields !== null && fields.size > 0) return read(fields, headers ?? '');
  const start = quoted.search(
    /^(?:return-path|received|message-id|date|from|to|subject|x-received|dkim-signature|mime-version)[ \t]*:/im,
  );
  return start < 0 ? NOTHING : read(headerFields(quoted.slice(start, start + 65_536)), '');
}

function read(fields: Fields, whole: string): Original {
  const messageId = /<[^<>\s]{1,990}>/.exec(fields.get('message-id') ?? '')?.[0] ?? null;
  const ours = [messageId, fields.get('return-path'), fields.get('sender'), envelopeFrom(whole)];
  return {
    messageId,
    subject: decodedSubject(fields.get('subject')),
    to: addressesIn(fields.get('to') ?? ''),
    // Not References or In-Reply-To: a token there is that of an earlier message, often of another gateway.
    token: ours.map((one) => findToken(one ?? null)).find((one) => one !== null) ?? null,
  };
}

/** Postfix and Exim name the envelope sender in their Received line. */
function envelopeFrom(headers: string): string | null {
  return /envelope-(?:from|sender)[ :]{1,2}<([^<>\s]{1,400})>/i.exec(headers)?.[1] ?? null;
}

/** Encoded words (RFC 2047), one line, NFC. */
function decodedSubject(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  const text = value
    .slice(0, 2000)
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(
      /=\?([\w-]{1,40})(?:\*[\w-]*)?\?([bq])\?([^?\s]*)\?=/gi,
      (whole, charset: string, how: string, word: string) => {
        return (
          decoded(charset, how.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : quotedBytes(word)) ??
          whole
        );
      },
    );
  return text
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim();
}

function quotedBytes(word: string): Buffer {
  const text = word
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

function decoded(charset: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return null;
  }
}
