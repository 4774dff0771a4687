/**
 * Bounces without a machine part: nearly half of the real ones. Only what a mail server wrote counts, never what a
 * person quotes of it: a letter taken for a bounce would be a letter lost.
 */
import { allFields, type HeaderField } from '../header-fields.ts';
import type { DeliveryAction, DeliveryOutcome, MailAddress } from '../types.ts';
import { addressesIn } from './address.ts';
import { type RecipientBlock, recipientBlocks } from './bounce-recipients.ts';
import { splitNotice } from './original.ts';
import { statusFromWords } from './status.ts';
import { diagnosticOf, permanence, readStatusPart } from './status-part.ts';
import {
  ACTION_WORDS,
  AUTO_REPLY_SUBJECT,
  BOUNCE_SUBJECT,
  DIALECTS,
  type Dialect,
  MACHINE_NAME,
  MACHINE_SENDER,
  REPLY_SUBJECT,
} from './wordings.ts';

export interface BounceMail {
  subject: string;
  from: MailAddress | null;
  /** '' or '<>' = null return path. */
  returnPath: string | null;
  contentType: string;
  /** Header of the message. */
  fields: HeaderField[];
  text: string;
}

interface WordedBounce {
  dialect: string;
  outcomes: DeliveryOutcome[];
}

/** Characters of a notice; its copy of the message may be longer. */
const MAX_NOTICE = 32_768;

/** Null when the mail is no bounce. `originalTo`: recipients of the quoted message, for notices that name nobody. */
export function readWordedBounce(mail: BounceMail, originalTo: string[]): WordedBounce | null {
  if (!fromMachine(mail)) return null;
  const { notice, quoted } = splitNotice(withoutQuotes(mail.text));
  const words = notice.slice(0, MAX_NOTICE);
  const dialect = dialectOf(words, mail);
  if (dialect === null) return null;
  // QUIRK: a gateway that flattens MIME leaves the machine part in the text.
  const stated = readStatusPart(
    /^\s*reporting-mta:/i.test(quoted) ? quoted.slice(0, MAX_NOTICE) : '',
  ).outcomes;
  if (stated.length > 0) return { dialect: dialect.name, outcomes: stated };
  const outcomes = toldOutcomes(words, { mail, dialect, originalTo });
  return outcomes.length > 0 ? { dialect: dialect.name, outcomes } : null;
}

type Told = { mail: BounceMail; dialect: Dialect; originalTo: string[] };

function toldOutcomes(words: string, { mail, dialect, originalTo }: Told): DeliveryOutcome[] {
  const action = actionOf(`${mail.subject}\n${words}`);
  const final = action === 'failed' && /failed permanently/i.test(words);
  const inHeader = failedRecipients(mail.fields);
  const known = inHeader.length > 0 ? inHeader : originalTo;
  const named = known.length === 1 ? known[0]! : null;
  const blocks = recipientBlocks(belowList(words, dialect));
  const [only] = blocks;
  if (only !== undefined && blocks.length > 1) {
    return blocks.map((one) => outcomeOf(action, one, settled(statusFromWords(one.words), final)));
  }
  if ((only?.recipient ?? null) === null && inHeader.length > 1) {
    const status = settled(statusFromWords(words), final);
    return inHeader.map((recipient) => outcomeOf(action, { recipient, words }, status));
  }
  if (only === undefined && named === null && !BOUNCE_SUBJECT.test(mail.subject)) return [];
  const status = (only === undefined ? null : statusFromWords(only.words)) ?? statusFromWords(words);
  // QUIRK: Exim writes the local part alone for an address it completed itself.
  const block = { recipient: only?.recipient ?? named, words: only?.words ?? words };
  return [outcomeOf(action, block, settled(status, final))];
}

/** Exim and Gmail repeat in the header whom the text is about. */
function failedRecipients(fields: HeaderField[]): string[] {
  return addressesIn(allFields(fields, 'x-failed-recipients').join(' ').slice(0, MAX_NOTICE));
}

/** Written by a mail server: null return path or a server's name, and not an answer, a forward or an absence notice. */
export function fromMachine(mail: BounceMail): boolean {
  if (AUTO_REPLY_SUBJECT.test(mail.subject)) return false;
  if (REPLY_SUBJECT.test(mail.subject)) return namedAsMachine(mail) && hasNullPath(mail);
  const report = mail.contentType === 'multipart/report' && BOUNCE_SUBJECT.test(mail.subject);
  return namedAsMachine(mail) || hasNullPath(mail) || report;
}

function namedAsMachine({ from }: BounceMail): boolean {
  const address = from?.address ?? '';
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))) || address;
  return MACHINE_SENDER.test(local) || MACHINE_NAME.test(from?.name ?? '');
}

/** QUIRK: some servers write their daemon's name into the return path instead of leaving it empty. */
function hasNullPath({ returnPath }: BounceMail): boolean {
  return returnPath !== null && /^<?(?:mailer-daemon(?:@[^>]*)?)?>?$/i.test(returnPath.trim());
}

/** Common words alone are not enough with a null return path: absence notices have that too. */
function dialectOf(notice: string, mail: BounceMail): Dialect | null {
  const from = `${mail.from?.name ?? ''} ${mail.from?.address ?? ''}`;
  const found = DIALECTS.find((one) => one.opening.test(notice) && (one.from?.test(from) ?? true));
  if (found === undefined) return null;
  const report = mail.contentType === 'multipart/report' && hasNullPath(mail);
  const sure = namedAsMachine(mail) || BOUNCE_SUBJECT.test(mail.subject) || report;
  return found.common !== true || sure ? found : null;
}

function actionOf(words: string): DeliveryAction {
  return ACTION_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 'failed';
}

function belowList(notice: string, dialect: Dialect): string {
  const found = dialect.below?.exec(notice) ?? null;
  return found === null ? notice : notice.slice(found.index + found[0].length);
}

function outcomeOf(
  action: DeliveryAction,
  { recipient, words }: RecipientBlock,
  status: string | null,
): DeliveryOutcome {
  const permanent = permanence(action, status);
  const remoteMta = /\bhost\s+([\w.-]{1,253})\s?\[/i.exec(words)?.[1] ?? null;
  const diagnostic = diagnosticOf(words.replace(/^[\s*•>-]{0,8}<?[^\s<>:]{1,320}@[^\s<>:]{1,253}>?:?/, ''));
  return { recipient, originalRecipient: null, action, status, permanent, diagnostic, remoteMta };
}

/** Gmail: "failed permanently" outweighs the passing cause behind it. */
function settled(status: string | null, final: boolean): string | null {
  return final && status?.startsWith('4') === true ? `5${status.slice(1)}` : status;
}

/** Lines that a person's program marked as quoted; sendmail's ">>>" is its own. */
function withoutQuotes(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/^>(?!>)[^\n]*\n/gm, '\n');
}
