/**
 * The nouns of decisions. A decision is a pure function of the facts and a small read-only snapshot of the register:
 * no clock, no randomness, no I/O (DESIGN, rooms). `storage.transact` is the only one who carries a decision out.
 */
import type { SignatureClass } from '../config/types.ts';
import type { OfficialDocument, SecrecyMark, Urgency } from '../documents/types.ts';
import type { IncomingMessage, SenderCheck } from '../mail/types.ts';
import type { SignatureReport } from '../signatures/types.ts';

/** Where a message came in, and when (INT-02). */
export interface MessageOrigin {
  channel: 'imap' | 'lmtp' | 'smtp' | 'folder';
  /** Mailbox name of the configuration, listener name, or folder path. */
  mailbox: string;
  folder: string | null;
  uidValidity: string | null;
  uid: number | null;
  /** SMTP envelope; null for IMAP and folder. '' = null return path. */
  envelopeFrom: string | null;
  envelopeTo: string[];
  /** Address of the connecting client, for SPF; null when unknown. */
  clientIp: string | null;
  clientHelo: string | null;
}

/** A message that is kept: its bytes lie in the byte store under `sha256`, never altered. */
export interface RawMessage {
  /** Ours, e.g. "m-000123"; ordered by the time it was kept. */
  id: string;
  sha256: string;
  size: number;
  origin: MessageOrigin;
  /** Entry into the mailbox: INTERNALDATE, or the time of LMTP/SMTP acceptance. ISO 8601 UTC. */
  enteredAt: string;
  keptAt: string;
}

export type MessageState =
  /** Bytes are durable; arrival not decided. */
  | 'kept'
  /** Arrival decided; registration not. */
  | 'arrived'
  /** Something outside did not answer (virus scanner…): tried again at `nextAttemptAt`. */
  | 'waiting'
  | 'registered'
  /** A person must decide; the reasons are in `hold`. */
  | 'held'
  /** State secret suspected: not opened, not shown (DOMAIN 8.2). */
  | 'frozen'
  /** Virus: isolated. */
  | 'isolated'
  /** A receipt, bounce or notice: taken note of. */
  | 'noted'
  /** Nothing to do, by a named rule. */
  | 'ignored'
  /** A person sent it back. */
  | 'returned';

export type MessageKind =
  | 'official-document'
  | 'delivery-report'
  | 'read-receipt'
  | 'receipt'
  | 'return'
  | 'recall'
  | 'auto-reply'
  | 'list-mail'
  | 'citizen-letter'
  | 'unreadable';

/** Result of screening, before anything is opened further (VAL-06, VAL-08, VAL-10). */
export interface Screening {
  virus: {
    status: 'clean' | 'infected' | 'unreachable' | 'not-configured' | 'too-large';
    name: string | null;
    part: string | null;
  };
  /** Executable or forbidden content: part paths and why. */
  blocked: { part: string; reason: string }[];
  secrecy: SecrecyMark[];
}

/** Everything known when arrival is decided. */
export interface ArrivalFacts {
  raw: RawMessage;
  mail: IncomingMessage;
  sender: SenderCheck;
  screening: Screening;
  /** Two persons have said that a suspected secret is none: it goes the ordinary way (DOMAIN 8.2, 6a). */
  released: boolean;
  /** TIM-02, TIM-03; ISO 8601 UTC. */
  enteredAt: string;
  deemedReceivedAt: string;
  calendarVersion: string;
}

/** Everything known when registration is decided. */
export interface RegistrationFacts extends ArrivalFacts {
  kind: MessageKind;
  /** One for each file that can carry a signature, by part path. */
  signatures: Record<string, SignatureReport>;
  /** Kept bytes of what each of those verdicts rests on, by part path. */
  proofs: Record<string, { sha256: string; size: number }>;
  /** The letter's own signature (S/MIME); null when it has none. */
  mailSignature: SignatureReport | null;
  documents: OfficialDocument[];
  unassigned: string[];
  /** Secrecy marks found only now, in the text of the files. */
  lateSecrecy: SecrecyMark[];
}

/** Why a letter waits for a person: stable code, Vietnamese sentence. */
export interface HoldReason {
  code: string;
  sentence: string;
}

export type SendKind = 'T1' | 'T2' | 'T3' | 'T6' | 'T8';

/** State of one copy to one recipient (ISS-10). */
export type TransmissionState =
  | 'due'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'acknowledged'
  | 'returned'
  | 'failed'
  | 'uncertain'
  /** A restored database may not send until a person has lifted the fence. */
  | 'fenced';

/** What the mail is to say; the bytes are rendered from it once, when the numbers are known, and kept. */
export interface SendDraft {
  kind: SendKind;
  to: string;
  toName: string | null;
  /** null = null return path (T1, T2, T3); 'verp' = our mailbox with the token (T8). */
  envelope: 'null' | 'verp' | 'mailbox';
  /** Template values that are known now; number and token are filled in by the executor. JSON values only. */
  intent: Record<string, unknown>;
  /** Index into `Decision.entries` this belongs to; null when it belongs to none. */
  entry: number | null;
  /** Entry that already exists. */
  entryId: string | null;
  /** Message it answers. */
  aboutMessage: string | null;
  /** Not before this instant (ISO 8601 UTC); null = now. */
  notBefore: string | null;
}

/** One line to write into a register. The number is given by the executor. */
export interface EntryDraft {
  book: 'den' | 'di';
  agency: string;
  /** Year of the series: of ngayDen for `den`, of ngayVanBan for `di`. */
  year: number;
  /** 'chung' for the common series. */
  series: string;
  messageId: string | null;
  /** Key for duplicates (INT-10): issuer, number, symbol, date; null when incomplete. */
  documentKey: string | null;
  /** Pattern with {number} for `di`, where the number makes the số/ký hiệu; null for `den`. */
  numberPattern: string | null;
  enteredAt: string | null;
  deemedReceivedAt: string | null;
  signatureClass: SignatureClass | null;
  urgency: Urgency;
  /** REG-IN / REG-OUT keys of DOMAIN 1.6 (soKyHieu, ngayVanBan, tenLoai, trichYeu, tacGia, noiGui, …). */
  fields: Record<string, string>;
  /** Files by SHA-256. */
  files: EntryFile[];
  flags: string[];
  /** How it came to be entered: by the machine, or by a named person. */
  by: string;
}

export interface EntryFile {
  sha256: string;
  name: string;
  /**
   * Never sent: `proof` = what the verdict on another file of the entry rests on (signatures/proof-file.ts); `original` =
   * the main file as it was before the agency's signature was put on it.
   */
  role: 'main' | 'appendix' | 'source' | 'other' | 'proof' | 'original';
  size: number;
  verdict: string | null;
}

/** News about something we sent. */
export interface OutcomeDraft {
  transmissionId: string;
  to: TransmissionState;
  /** Kind of evidence: `dsn`, `mdn`, `T1`, `T2`, `T3`, `person`, `smtp`. */
  evidence: string;
  /** Plain cause, Vietnamese; null when it went well. */
  cause: string | null;
  detail: Record<string, unknown>;
  messageId: string | null;
}

export interface HoldDraft {
  messageId: string;
  /** Proposed entries (one for each candidate document), to be accepted as they are or corrected. */
  proposals: EntryDraft[];
  reasons: HoldReason[];
  /** True = two persons must decide (secrets). */
  twoPersons: boolean;
  queue: 'clerk' | 'leader' | 'secrets' | 'citizen' | 'virus';
}

export interface JournalDraft {
  /** `machine`, or the staff id of a person. */
  actor: string;
  action: string;
  /** Kind and id of what it is about: "message:m-000123". */
  subject: string;
  /** Ids and hashes only; no personal data, no document content (PD-03). */
  data: Record<string, unknown>;
}

/** What is to be done, carried out by the executor in the one transaction that also took the snapshot. */
export interface Decision {
  message: { id: string; state: MessageState; kind: MessageKind | null; rule: string | null } | null;
  entries: EntryDraft[];
  sends: SendDraft[];
  outcomes: OutcomeDraft[];
  holds: HoldDraft[];
  /** Ends an open hold. */
  closeHold: {
    id: string;
    outcome: 'accepted' | 'returned' | 'released';
    by: string[];
    note: string | null;
  } | null;
  /** First of two approvals for a two-person hold. */
  approveHold: {
    id: string;
    by: string;
    outcome: 'accepted' | 'returned' | 'released';
    note: string | null;
  } | null;
  corrections: { entryId: string; field: string; value: string; by: string; why: string }[];
  cancel: { entryId: string; by: string; why: string } | null;
  journal: JournalDraft[];
}

/** What the executor gave. */
export interface Recorded {
  entries: { id: string; book: 'den' | 'di'; number: number; year: number; soKyHieu: string | null }[];
  sends: { id: string; token: string; kind: SendKind; to: string }[];
  holds: string[];
}

export interface EntryRef {
  id: string;
  book: 'den' | 'di';
  number: number;
  year: number;
  messageId: string | null;
  documentKey: string | null;
  /** SHA-256 of its main file. */
  mainFile: string | null;
  cancelled: boolean;
  fields: Record<string, string>;
}

export interface TransmissionRef {
  id: string;
  token: string;
  kind: SendKind;
  state: TransmissionState;
  to: string;
  toName: string | null;
  entryId: string | null;
  /** Message-ID we gave it. */
  messageIdHeader: string;
  /** Of the entry it carries; null when it carries none. */
  soKyHieu: string | null;
  ngayVanBan: string | null;
  /** When our mail server took it, ISO 8601 UTC. */
  acceptedAt: string | null;
}

export interface HoldRef {
  id: string;
  messageId: string;
  open: boolean;
  twoPersons: boolean;
  queue: HoldDraft['queue'];
  reasons: HoldReason[];
  proposals: EntryDraft[];
  approvals: { by: string; outcome: string }[];
}

/** What a decision needs to know of the register: asked for before, read inside the locked transaction. */
export interface SnapshotQuery {
  messageId?: string;
  /** Raw bytes: were they seen before, in which messages? */
  rawSha256?: string;
  /** Message-ID header. */
  messageIdHeader?: string | null;
  documentKeys?: string[];
  /** SHA-256 of main files: the same document sent in another mail. */
  fileSha256?: string[];
  /** Tokens of ours, and Message-IDs quoted by a report. */
  tokens?: string[];
  quotedMessageIds?: string[];
  entryId?: string;
  holdId?: string;
  transmissionId?: string;
}

export interface Snapshot {
  /** Instant of the transaction, ISO 8601 UTC. */
  now: string;
  /** True after a restore, until a person has lifted it: no number, no sending. */
  fenced: boolean;
  message: {
    id: string;
    state: MessageState;
    kind: MessageKind | null;
    /** What was put out about it before (a released letter goes its way a second time). */
    answers?: SendKind[];
  } | null;
  /** Other messages with the same bytes, oldest first. */
  sameBytes: { messageId: string; state: MessageState; entries: EntryRef[] }[];
  /** Other messages with the same Message-ID header but other bytes. */
  sameMessageId: { messageId: string; sha256: string }[];
  entriesByKey: EntryRef[];
  /** Entries whose main file has the same bytes. */
  entriesByFile: EntryRef[];
  transmissions: TransmissionRef[];
  entry: EntryRef | null;
  hold: HoldRef | null;
}
