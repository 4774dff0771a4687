/** The mails that decisions put into the outbox: values only, the words are made from them at rendering (mail/compose). */
import type { DirectoryAgency } from '../config/types.ts';
import type {
  AboutLetter,
  ArrivedIntent,
  FailedIntent,
  IssuedIntent,
  NoticeFile,
  RegisteredIntent,
  ReturnedIntent,
} from '../mail/compose/intent.ts';
import type { IncomingMessage } from '../mail/types.ts';
import type { ReturnAct } from './hold-acts.ts';
import type { IssueRequest } from './issue.ts';
import { agencyOf, type Rules } from './rules.ts';
import { signatureSentence, treatment } from './signature-class.ts';
import type { ArrivalFacts, EntryDraft, HoldRef, OutcomeDraft, SendDraft, TransmissionRef } from './types.ts';

/** Longest list of files in a notice; a letter of a thousand files gets a notice that a person can still read. */
const MAX_FILES = 50;

function about(mail: IncomingMessage): AboutLetter {
  return { messageId: mail.messageId, references: mail.references.slice(-20), token: null };
}

/** Files as they came: not the logos in the text, not what we unpacked ourselves. */
function receivedFiles(facts: ArrivalFacts): NoticeFile[] {
  return facts.mail.parts
    .filter((p) => p.origin !== 'inline' && p.container === null)
    .slice(0, MAX_FILES)
    .map((p) => ({ name: p.name, sha256: p.sha256, verdict: null }));
}

function toSender(
  facts: ArrivalFacts,
  rules: Rules,
): Pick<SendDraft, 'to' | 'toName' | 'envelope' | 'aboutMessage' | 'notBefore'> {
  const to = facts.mail.from?.address ?? '';
  return {
    to,
    toName: agencyOf(rules, to)?.name ?? null,
    envelope: 'null',
    aboutMessage: facts.raw.id,
    notBefore: null,
  };
}

/** T1: it arrived, nothing more (ACK-01). */
export function arrivalNotice(facts: ArrivalFacts, rules: Rules): SendDraft {
  const intent: ArrivedIntent = {
    about: about(facts.mail),
    subject: facts.mail.subject,
    senderAddress: facts.mail.from?.address ?? '',
    enteredAt: facts.enteredAt,
    deemedReceivedAt: facts.deemedReceivedAt,
    files: receivedFiles(facts),
    lookup: facts.raw.id,
  };
  return { ...toSender(facts, rules), kind: 'T1', intent, entry: null, entryId: null };
}

const ACCEPTED_BY_CLERK =
  'Chữ ký số chưa đúng quy định về cơ quan ký hoặc loại chứng thư số; văn thư đã xem xét và quyết định tiếp nhận';

/** T2: registered under a số đến (ACK-02). The number is filled in when the mail is rendered. */
export function registeredNotice(
  entry: EntryDraft,
  facts: ArrivalFacts,
  rules: Rules,
  index: number,
): SendDraft {
  const cls = entry.signatureClass ?? 'NONE';
  const treated = treatment(rules.regulation.signature, cls);
  // Valid, but of another agency or of a certificate of another kind: T2 must not call that valid.
  const doubted = entry.flags.includes('SIGNATURE_DOUBT');
  const intent: RegisteredIntent = {
    about: about(facts.mail),
    soKyHieu: entry.fields['soKyHieu'] ?? null,
    ngayVanBan: entry.fields['ngayVanBan'] ?? null,
    ngayDen: entry.fields['ngayDen'] ?? facts.deemedReceivedAt.slice(0, 10),
    tacGia: entry.fields['tacGia'] ?? null,
    tenLoai: entry.fields['tenLoai'] ?? null,
    trichYeu: entry.fields['trichYeu'] ?? null,
    signatureResult: doubted ? ACCEPTED_BY_CLERK : signatureSentence(cls, treated),
    signatureValid: !doubted && entry.files.some((f) => f.role === 'main' && f.verdict === 'valid'),
    paper: false,
    enteredAt: facts.enteredAt,
    deemedReceivedAt: facts.deemedReceivedAt,
    files: entry.files
      .filter((f) => f.role !== 'proof')
      .slice(0, MAX_FILES)
      .map(({ name, sha256, verdict }) => ({ name, sha256, verdict })),
  };
  return { ...toSender(facts, rules), kind: 'T2', intent, entry: index, entryId: null };
}

/** T3: a person returned it, with reasons (ACK-03). */
export function returnNotice(act: ReturnAct, hold: HoldRef, facts: ArrivalFacts, rules: Rules): SendDraft {
  const first = hold.proposals[0]?.fields ?? {};
  const intent: ReturnedIntent = {
    about: about(facts.mail),
    soKyHieu: first['soKyHieu'] ?? null,
    ngayVanBan: first['ngayVanBan'] ?? null,
    trichYeu: first['trichYeu'] ?? null,
    sentAt: facts.mail.date ?? facts.enteredAt,
    enteredAt: facts.enteredAt,
    deemedReceivedAt: facts.deemedReceivedAt,
    reasons: act.reasons,
    regulation: rules.regulation.id,
    personName: act.by.name,
    personTitle: act.by.title,
    files: receivedFiles(facts),
  };
  return { ...toSender(facts, rules), kind: 'T3', intent, entry: null, entryId: null };
}

/** T6: to our own clerk, a copy did not get there. */
export function failureNotice(transmission: TransmissionRef, outcome: OutcomeDraft, rules: Rules): SendDraft {
  const status = outcome.detail['status'];
  const intent: FailedIntent = {
    soKyHieu: transmission.soKyHieu,
    ngayVanBan: transmission.ngayVanBan,
    recipientName: transmission.toName ?? transmission.to,
    recipientAddress: transmission.to,
    sentAt: transmission.acceptedAt,
    cause: outcome.cause ?? 'Không rõ nguyên nhân',
    status: typeof status === 'string' ? status : null,
    diagnostic: typeof outcome.detail['diagnostic'] === 'string' ? outcome.detail['diagnostic'] : null,
    deadline: null,
    advice: ['check-address', 'send-paper'],
  };
  return {
    kind: 'T6',
    to: rules.agency.address,
    toName: rules.agency.clerkUnit,
    envelope: 'null',
    intent,
    entry: null,
    entryId: transmission.entryId,
    aboutMessage: outcome.messageId,
    notBefore: null,
  };
}

/** T8: one copy for each recipient, each with a fate of its own (ISS-10). */
export function issuedDocumentSend(
  recipient: DirectoryAgency,
  entry: EntryDraft,
  request: IssueRequest,
  paperFollows: boolean,
): SendDraft {
  const intent: IssuedIntent = {
    ngayVanBan: request.date,
    tenLoai: entry.fields['tenLoai'] ?? null,
    trichYeu: entry.fields['trichYeu'] ?? '',
    urgency: request.urgency,
    signerName: request.signer,
    signerTitle: request.signerTitle,
    paper: paperFollows,
  };
  return {
    kind: 'T8',
    to: recipient.addresses[0] ?? '',
    toName: recipient.name,
    envelope: 'verp',
    intent,
    entry: 0,
    entryId: null,
    aboutMessage: null,
    notBefore: null,
  };
}
