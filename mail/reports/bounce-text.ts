/** Bounces that say it in words only. The rules are data (bounce-rules.ts); what is here applies them. */
import { allFields, firstField, type HeaderField, parseFields } from '../header-fields.ts';
import type { DeliveryAction, DeliveryOutcome } from '../types.ts';
import {
  BOUNCE_SUBJECT,
  BOUNCE_SUBJECT_END,
  COPY_MARKERS,
  DAEMON_ADDRESS,
  DAEMON_NAME,
  DELAY_WORDS,
  DIALECTS,
  FAILURE_WORDS,
  FINAL_WORDS,
  PASSED_ON,
  REASONS,
  RECIPIENT_LINES,
  SUCCESS_WORDS,
} from './bounce-rules.ts';
import { enhancedStatus, isPermanent, parseDeliveryStatus } from './dsn.ts';
import type { ReportSource } from './report-source.ts';

export interface TextBounce {
  outcomes: DeliveryOutcome[];
  /** Header of the returned message, where it stands in the text. */
  quoted: HeaderField[] | null;
}

/** A notice is short; what comes after is the copy of the message. */
const MAX_NOTICE = 32_768;
const MAX_LINE = 1_000;
const MAX_RECIPIENTS = 500;
const MAX_DIAGNOSTIC = 500;

/** Null when the message is no bounce: a letter, an answer, a bounce that a person passed on. */
export function readBounceText(source: ReportSource): TextBounce | null {
  const { notice, copy } = divided(withoutQuotedPrintable(source.text));
  if (!isBounce(source, notice)) return null;
  const action = actionOf(`${source.subject}\n${notice}`);
  return { outcomes: outcomesOf(source, notice, action), quoted: quotedHeader(copy) };
}

function isBounce(source: ReportSource, notice: string): boolean {
  const subject =
    (BOUNCE_SUBJECT.test(source.subject) && !PASSED_ON.test(source.subject)) ||
    BOUNCE_SUBJECT_END.test(source.subject);
  const failedRecipients = firstField(source.fields, 'x-failed-recipients') !== null;
  const report = source.root.params.get('report-type')?.toLowerCase() === 'delivery-status';
  if (failedRecipients || report) return true;
  if (source.hasFiles || (PASSED_ON.test(source.subject) && !subject)) return false;
  const daemon = DAEMON_ADDRESS.test(source.from?.address ?? '') || DAEMON_NAME.test(source.from?.name ?? '');
  const words = FAILURE_WORDS.test(notice) || SUCCESS_WORDS.some(([pattern]) => pattern.test(notice));
  return (subject && (words || daemon || source.returnPath === '')) || (daemon && words);
}

/** QUIRK: gmail's plain notices are quoted-printable without saying so. */
function withoutQuotedPrintable(text: string): string {
  return /=(?:20)?$/m.test(text) ? text.replace(/=20$/gm, '').replace(/=\n/g, '') : text;
}

function divided(text: string): { notice: string; copy: string } {
  const starts = COPY_MARKERS.map((marker) => text.search(marker)).filter((at) => at > 0);
  // A marker of words is surer than the first header line, which a report may also quote in passing.
  const at = starts.length === 0 ? text.length : Math.min(...starts);
  return { notice: text.slice(0, Math.min(at, MAX_NOTICE)), copy: text.slice(at, at + 65_536) };
}

function actionOf(text: string): DeliveryAction {
  if (DELAY_WORDS.test(text)) return 'delayed';
  if (FAILURE_WORDS.test(text)) return 'failed';
  return SUCCESS_WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';
}

function outcomesOf(source: ReportSource, notice: string, action: DeliveryAction): DeliveryOutcome[] {
  // QUIRK: some programs put the fields of RFC 3464 into the text, outside any part of their own.
  const inline = /^final-recipient:/im.test(notice) ? parseDeliveryStatus(latin1(notice)).outcomes : [];
  if (inline.length > 0) return inline;
  const named = recipientsIn(notice, source);
  const blocks =
    named.size > 0 ? [...named] : headerRecipients(source).map((address): [string, string] => [address, '']);
  if (blocks.length === 0) return [outcome(null, notice, notice, action)];
  return blocks
    .slice(0, MAX_RECIPIENTS)
    .map(([recipient, words]) => outcome(recipient, words, notice, action));
}

/** Recipients in order, each with the words that follow it up to the next. */
function recipientsIn(notice: string, source: ReportSource): Map<string, string> {
  const own = new Set(source.to.map((one) => one.address.toLowerCase()));
  const lines = notice
    .replace(/a message sent by\s+<[^>\n]{1,300}>/iu, '')
    .split('\n')
    .map((line) => line.slice(0, MAX_LINE));
  for (const patterns of RECIPIENT_LINES) {
    const found = new Map<string, string>();
    let current: string | null = null;
    for (const line of lines) {
      const address = patterns
        .map((pattern) => pattern.exec(line)?.[1])
        .find((match) => match !== undefined)
        ?.toLowerCase();
      if (address !== undefined && !/^(?:postmaster|mailer-daemon)@/.test(address)) current = address;
      if (current !== null) found.set(current, `${found.get(current) ?? ''}${line}\n`);
    }
    // The sender's own address is named in passing, unless it is the only one.
    if (found.size > 1) for (const address of own) found.delete(address);
    if (found.size > 0) return found;
  }
  return new Map();
}

function headerRecipients(source: ReportSource): string[] {
  const listed = allFields(source.fields, 'x-failed-recipients').join(',').toLowerCase();
  return [...new Set(listed.split(/[\s,]+/).filter((one) => one.includes('@')))];
}

function outcome(
  recipient: string | null,
  words: string,
  notice: string,
  action: DeliveryAction,
): DeliveryOutcome {
  const about = recipient === null ? words : words.replaceAll(recipient, '');
  const telling = statusOf(about, notice) === null ? notice : about;
  const status = action === 'failed' || action === 'delayed' ? statusOf(telling, notice, action) : null;
  return {
    recipient,
    originalRecipient: null,
    action,
    status,
    permanent: action === 'failed' ? isPermanent(status, telling) : null,
    diagnostic: words.replace(/\s+/g, ' ').trim().slice(0, MAX_DIAGNOSTIC) || null,
    remoteMta: /\bhost\s+([a-z0-9][a-z0-9.-]{1,250})/i.exec(words)?.[1]?.toLowerCase() ?? null,
  };
}

/** A code that stands there, else what the words mean, under the class of the SMTP reply where there is one. */
function statusOf(words: string, notice: string, action?: DeliveryAction): string | null {
  const stated = [...words.matchAll(/\S+/g)]
    .map((match) => enhancedStatus(match[0]))
    .find((code) => code?.match(/^[45]/));
  if (stated) return stated;
  const reply = /(?<![\d.])([45])\d\d(?=[ -])/m.exec(words)?.[1];
  const reason = REASONS.find(([pattern]) => pattern.test(words));
  if (!reason) return reply === undefined ? null : `${reply}.0.0`;
  const level = reply ?? (action === 'delayed' ? '4' : FINAL_WORDS.test(notice) ? '5' : reason[2]);
  return `${level}.${reason[1]}`;
}

function quotedHeader(copy: string): HeaderField[] | null {
  const start = copy.search(/^[a-z][a-z0-9-]{1,60}: /im);
  if (start < 0) return null;
  const fields = parseFields(latin1(copy.slice(start).split(/\n\s*\n/)[0]!)).fields;
  return fields.length > 0 ? fields : null;
}

/** Header reading works on bytes. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Which server wrote it; 'rfc3464' or 'unknown' when nothing tells. */
export function dialectOf(source: ReportSource): string {
  const machine = source.machine.map((part) => part.text.slice(0, 4_000)).join('\n');
  const header = [
    ...['from', 'subject', 'x-mailer', 'message-id', 'x-ms-exchange-message-is-ndr'].map(
      (name) => `${name}: ${firstField(source.fields, name) ?? ''}`,
    ),
    source.fields
      .map((field) => field.name)
      .filter((name) => name.startsWith('x-'))
      .join('\n'),
    machine
      .split('\n')
      .filter((line) => /^(?:reporting-mta|x-)/i.test(line))
      .join('\n'),
  ]
    .join('\n')
    .replace('x-ms-exchange-message-is-ndr: \n', '');
  const notice = divided(source.text).notice;
  const byText = DIALECTS.find(({ text }) => text?.test(notice));
  const byHeader = DIALECTS.find((one) => one.header?.test(header));
  return byHeader?.name ?? byText?.name ?? (machine === '' ? 'unknown' : 'rfc3464');
}
