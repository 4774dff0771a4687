/** The nouns of mail: what a message is once it was read, and what its sender check says. */

/** Something that was wrong with a message or part. Reading never throws for bad mail (DESIGN, nouns). */
export interface Defect {
  /** Stable lower-kebab code, e.g. `date-unparseable`, `duplicate-header`, `part-truncated`. */
  code: string;
  /** One English sentence for the log and the console. */
  detail: string;
  /** Part path ("1.2") or header name, where known. */
  where?: string;
}

export interface MailAddress {
  /** Lower-cased domain, local part as written; '' when the header had none that parses. */
  address: string;
  /** Display name, NFC, without control characters. */
  name: string;
}

/** One file that came with a message: an attachment, a member of a zip, a file out of winmail.dat. */
export interface MailPart {
  /** MIME position ("1.2"); members of containers append "/n" to their container's path. */
  path: string;
  /** `message` = an embedded message/rfc822, kept whole as a file, never dissolved into the outer mail. */
  origin: 'attachment' | 'inline' | 'message' | 'tnef' | 'zip';
  /** Content type as declared, lower case, without parameters. */
  declaredType: string;
  /** Content type by content (magic bytes): the one to be believed (VAL-06). `application/octet-stream` if unknown. */
  detectedType: string;
  /** Safe for showing and saving: NFC, no path, no control or bidi characters, at most 200 characters. */
  name: string;
  /** The name as it came (decoded), for evidence; null when the part had none. */
  rawName: string | null;
  /** Bytes, decoded. */
  size: number;
  /** SHA-256 of the decoded bytes, lower-case hex: the key in the byte store. */
  sha256: string;
  /** Without angle brackets; null when absent. */
  contentId: string | null;
  /** Path of the container (zip, winmail.dat) this came out of, else null. */
  container: string | null;
  /** True when the container said that the member is encrypted, so its bytes were not read (size and sha256 are of nothing). */
  encrypted: boolean;
}

/** A message inside the message (message/rfc822): its own headers, not the outer one's. */
export interface EmbeddedMessage {
  path: string;
  messageId: string | null;
  subject: string;
  from: MailAddress | null;
  /** Instant in UTC (ISO 8601) or null. */
  date: string | null;
}

export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What a bounce says of one recipient. */
export interface DeliveryOutcome {
  /** Final recipient address as reported, in lower case; null when the report names none. */
  recipient: string | null;
  /** RFC 3461 ORCPT address in lower case, when given. */
  originalRecipient: string | null;
  action: DeliveryAction;
  /** Enhanced status code "5.1.1"; null when none was stated or could be told from the text. */
  status: string | null;
  /**
   * True = the address or the message itself was refused. False = the server gave up over a passing trouble (class 4):
   * it tries no more, but sending again later may succeed. Null when the action is not a failure.
   */
  permanent: boolean | null;
  /** The server's words, at most 500 characters. */
  diagnostic: string | null;
  remoteMta: string | null;
}

/** A bounce or other delivery report (RFC 3464, or recognised by text rules). */
export interface DeliveryReport {
  type: 'delivery-report';
  /** The mail server that wrote it ("postfix", "exim", "office365"…); "rfc3464" or "generic" when nothing names one. */
  dialect: string;
  envelopeId: string | null;
  outcomes: DeliveryOutcome[];
  /** Message-ID of the message that the report is about, with angle brackets; null when not quoted. */
  originalMessageId: string | null;
  originalSubject: string | null;
  /** Token of ours found in the recipient address, ENVID or quoted Message-ID. */
  token: string | null;
}

/** A read receipt (RFC 8098 MDN) written by the recipient's mail program. */
export interface ReadReceipt {
  type: 'read-receipt';
  finalRecipient: string | null;
  originalMessageId: string | null;
  /** "displayed", "deleted", … lower case. */
  disposition: string;
  /** True when a person caused it (manual-action), false for automatic-action. */
  manual: boolean | null;
  token: string | null;
}

/** What one gateway tells another (or a person): the machine part of T1, T2, T3… See docs/exchange.md. */
export interface ExchangeNotice {
  type: 'exchange-notice';
  /** Version of the machine part. */
  version: number;
  /** arrived = 01, returned = 02, registered = 03, recalled = 13, recall-done = 15, recall-declined = 16. */
  act: 'arrived' | 'returned' | 'registered' | 'recalled' | 'recall-done' | 'recall-declined';
  /** Our token of the message that the notice is about, when it carries one. */
  token: string | null;
  originalMessageId: string | null;
  /** Code of the agency that speaks, and its name, as it says itself. */
  agencyCode: string | null;
  agencyName: string | null;
  soKyHieu: string | null;
  ngayVanBan: string | null;
  soDen: number | null;
  ngayDen: string | null;
  /** Instants in ISO 8601 with +07:00. */
  enteredAt: string | null;
  deemedReceivedAt: string | null;
  reasons: string[];
  files: { name: string; sha256: string; verdict: string | null }[];
}

export type MailReport = DeliveryReport | ReadReceipt | ExchangeNotice;

/** A message once it was read. A value even for broken mail: `defects` says what was wrong. */
export interface IncomingMessage {
  /** With angle brackets, first header wins; null when absent. */
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  subject: string;
  /** From the raw header line; ISO 8601 UTC, null when absent or unparseable (never "now"). */
  date: string | null;
  from: MailAddress | null;
  sender: MailAddress | null;
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  /** Return-Path header as written by the last server: '' = null return path, null = not stated. */
  returnPath: string | null;
  /** Value of Auto-Submitted, lower case, without parameters; null when absent. */
  autoSubmitted: string | null;
  precedence: string | null;
  listId: string | null;
  /** True when any List-* header, or Precedence: list/bulk, is there. */
  isList: boolean;
  /** True when X-Auto-Response-Suppress, X-Autoreply, X-Autorespond… mark an automatic answer. */
  isAutoReply: boolean;
  /** Raw Received header values, topmost first (at most 50). */
  received: string[];
  /** Raw Authentication-Results header values, topmost first. */
  authenticationResults: string[];
  /** Asks for a read receipt (Disposition-Notification-To). */
  wantsReadReceipt: boolean;
  /** Plain text body, NFC, at most 256 Ki characters (HTML turned into text when there is no text part). */
  text: string;
  /**
   * What the HTML parts say where `text` is that of the plain parts: what is looked through for marks, not shown. NFC,
   * at most 256 Ki characters; absent when `text` says all.
   */
  otherText?: string;
  parts: MailPart[];
  embedded: EmbeddedMessage[];
  /** What the message reports, when it is a report; null for an ordinary letter. */
  report: MailReport | null;
  defects: Defect[];
}

/** Keeps the bytes of a part; given to the reader by whoever owns the byte store. */
export interface PartSink {
  /** Streams one part to disk. Resolves when the bytes are durable. */
  keep(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }>;
  /** Path of kept bytes, to open again (zip, TNEF). */
  pathOf(sha256: string): string;
}

/** Limits of reading; every one is a number with a unit, so that no message can exhaust the machine. */
export interface ReadingLimits {
  /** Bytes of one decoded part. */
  maxPartBytes: number;
  /** Parts of one message, members of archives included. */
  maxParts: number;
  /** MIME nesting. */
  maxDepth: number;
  /** Bytes that all members of one archive may unpack to. */
  maxUnpackedBytes: number;
  /** Unpacked to packed bytes of one member. */
  maxRatio: number;
  /** Bytes of the header block. */
  maxHeaderBytes: number;
}

export type AuthResult =
  | 'pass'
  | 'fail'
  | 'softfail'
  | 'neutral'
  | 'none'
  | 'temperror'
  | 'permerror'
  | 'policy';

/** Who sent the message, and how sure that is (VAL-01). */
export interface SenderCheck {
  /** Address of From: (the one that the reader sees). */
  from: string | null;
  envelopeFrom: string | null;
  /** Where the results came from: our own check, or the header of a relay that the configuration trusts. */
  basis: 'own' | 'trusted-relay' | 'none';
  spf: AuthResult;
  dkim: AuthResult;
  dmarc: AuthResult;
  arc: AuthResult;
  /** DKIM signing domains that passed. */
  dkimDomains: string[];
  /** `authenticated`: DMARC pass, or aligned SPF/DKIM pass. `forged`: DMARC fail. Else `unproven`. */
  outcome: 'authenticated' | 'unproven' | 'forged';
  /** True when a DNS answer was missing, so a later try may say more. */
  temporary: boolean;
  notes: string[];
}

/** DNS port, injected: the same shape as node:dns/promises `resolve`. */
export type DnsResolver = (
  name: string,
  type: string,
) => Promise<string[] | string[][] | { exchange: string; priority: number }[]>;
