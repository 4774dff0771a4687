/** What the register room offers to the gateway, the command line and (later) the console. */
import type {
  Decision,
  EntryFile,
  HoldRef,
  MessageKind,
  MessageState,
  RawMessage,
  Recorded,
  SendKind,
  Snapshot,
  SnapshotQuery,
  TransmissionState,
} from '../handlers/types.ts';

/** Bytes by SHA-256 on disk: `<dataDir>/bytes/ab/cdef…`. Written to a temporary name, fsynced, renamed, folder fsynced. */
export interface ByteStore {
  /** Streams content in; resolves when it is durable. Throws `CongvanError('DISK_FULL', temporary)` on ENOSPC/EDQUOT. */
  keep(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }>;
  keepBuffer(content: Uint8Array): Promise<{ sha256: string; size: number }>;
  pathOf(sha256: string): string;
  has(sha256: string): Promise<boolean>;
}

export interface MessageRow extends RawMessage {
  state: MessageState;
  /** While `waiting`: the state it was postponed from (whether arrival is decided); else null. */
  waitingFrom: 'kept' | 'arrived' | null;
  kind: MessageKind | null;
  rule: string | null;
  /** Header Message-ID and From, known after reading. */
  messageIdHeader: string | null;
  subject: string | null;
  fromAddress: string | null;
  attempts: number;
  nextAttemptAt: string | null;
  problem: { code: string; detail: string } | null;
}

/** What became of one UID of one watched folder (reconciliation). */
export interface Sighting {
  mailbox: string;
  folder: string;
  uidValidity: string;
  uid: number;
  outcome: 'fetched' | 'ignored' | 'unfetchable';
  /** Message it became, when fetched. */
  messageId: string | null;
  /** Rule that ignored it (`before-cutover`, …), or the server's words. */
  detail: string | null;
  attempts: number;
  nextAttemptAt: string | null;
}

export interface EntryRow {
  id: string;
  book: 'den' | 'di';
  agency: string;
  year: number;
  series: string;
  number: number;
  messageId: string | null;
  documentKey: string | null;
  enteredAt: string | null;
  deemedReceivedAt: string | null;
  registeredAt: string;
  signatureClass: string | null;
  urgency: string;
  fields: Record<string, string>;
  files: EntryFile[];
  flags: string[];
  by: string;
  cancelledAt: string | null;
  cancelledBy: string | null;
  cancelReason: string | null;
  corrections: { field: string; old: string | null; value: string; by: string; at: string; why: string }[];
}

export interface TransmissionRow {
  id: string;
  kind: SendKind;
  state: TransmissionState;
  to: string;
  toName: string | null;
  envelope: 'null' | 'verp' | 'mailbox';
  /** 16+ characters of [a-z2-7], unguessable, for ever the same. */
  token: string;
  /** With angle brackets, for ever the same: `<cv.TOKEN@domain>`. */
  messageIdHeader: string;
  intent: Record<string, unknown>;
  entryId: string | null;
  aboutMessage: string | null;
  /** Kept bytes of the rendered mail; null until rendered. */
  renderedSha256: string | null;
  attempts: number;
  nextAttemptAt: string;
  createdAt: string;
  acceptedAt: string | null;
  cause: string | null;
  evidence: {
    at: string;
    evidence: string;
    to: TransmissionState;
    cause: string | null;
    messageId: string | null;
    detail: Record<string, unknown>;
  }[];
}

export interface JournalLine {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  data: Record<string, unknown>;
  previous: string;
  hash: string;
}

/** What was read of a message, as a decision was taken on it. */
export interface StageFacts {
  messageId: string;
  stage: 'arrival' | 'registration';
  /** JSON. */
  facts: unknown;
}

export interface MailboxHealth {
  name: string;
  /** ok | connecting | login-refused | throttled | unreachable | stuck | disk-full */
  state: string;
  since: string;
  detail: string | null;
  lastListingAt: string | null;
  lastMessageAt: string | null;
}

export interface RegisterFilter {
  book?: 'den' | 'di';
  year?: number;
  from?: number;
  to?: number;
  text?: string;
  limit?: number;
  offset?: number;
}

/** Text for the index, NFC and put right by the caller (documents/normalise.ts). */
export interface SearchText {
  messageId: string | null;
  /** For what belongs to an entry and to no letter. */
  entryId: string | null;
  /** SHA-256 of the file; `letter` for subject and body. */
  part: string;
  name: string | null;
  /** From 1; null when the part has no pages. */
  page: number | null;
  text: string;
}

export interface SearchFilter {
  book?: 'den' | 'di';
  year?: number;
  /** Default 20; with the offset at most 1,000. */
  limit?: number;
  offset?: number;
}

/** A letter or an issued document, with the place that fits the query best. */
export interface SearchHit {
  /** Null while it is not registered. */
  entryId: string | null;
  messageId: string | null;
  /** SHA-256 of the file, or `letter`; null = the line of the register. */
  part: string | null;
  name: string | null;
  page: number | null;
  /** Found with the marks that were typed. */
  exact: boolean;
  /** One line, NFC; `marks` = places of the words looked for, [from, to) in characters. */
  snippet: { text: string; marks: [number, number][] };
}

export interface SearchFound {
  hits: SearchHit[];
  /** There are more after these. */
  more: boolean;
}

/** One database and its bytes. Every method is safe to call from several processes at once. Times are ISO 8601 UTC. */
export interface Storage {
  readonly bytes: ByteStore;

  /**
   * The one executor: snapshot, pure decision, numbers, entries, outbox, journal, in one locked transaction; with the
   * facts that were decided on, where there are such. One transaction, one flush to disk: it blocks the process.
   */
  transact(
    query: SnapshotQuery,
    decide: (snapshot: Snapshot) => Decision,
    facts?: StageFacts | null,
  ): Promise<Recorded>;

  messages: {
    /**
     * Writes the row of bytes that are already durable, and, for IMAP, its sighting. The same (mailbox, folder,
     * UIDVALIDITY, UID), or the same bytes in the same mailbox, gives the row that is there (`fresh: false`).
     */
    keep(message: Omit<RawMessage, 'id' | 'keptAt'>): Promise<{ row: MessageRow; fresh: boolean }>;
    get(id: string): Promise<MessageRow | null>;
    /** Those to work on now: `kept`, `arrived`, and `waiting` whose time has come; oldest entry first. */
    due(limit: number): Promise<MessageRow[]>;
    list(filter: {
      state?: MessageState[];
      kind?: MessageKind[];
      limit?: number;
      offset?: number;
    }): Promise<MessageRow[]>;
    /** Facts of a stage ('arrival' | 'registration'), JSON. Also copies Message-ID, subject, From into the row. */
    saveFacts(id: string, stage: 'arrival' | 'registration', facts: unknown): Promise<void>;
    facts(id: string, stage: 'arrival' | 'registration'): Promise<unknown>;
    /** Something failed for now: state `waiting`, attempt counted (from 1 again when `anew`), shown with why. */
    postpone(
      id: string,
      until: string,
      problem: { code: string; detail: string; anew?: boolean },
    ): Promise<void>;
    counts(): Promise<Record<string, number>>;
  };

  mailboxes: {
    /** Highest UID of the folder that is fully accounted for; null at first sight. */
    cursor(mailbox: string, folder: string, uidValidity: string): Promise<number | null>;
    /** Moves the cursor: only after every UID up to it has a sighting. */
    setCursor(mailbox: string, folder: string, uidValidity: string, uid: number): Promise<void>;
    /** UIDVALIDITY values seen for this folder, newest first. */
    validities(mailbox: string, folder: string): Promise<string[]>;
    sightings(mailbox: string, folder: string, uidValidity: string, uids: number[]): Promise<Sighting[]>;
    record(sighting: Sighting): Promise<void>;
    /** All sightings of a folder with the state of their message, for `congvan reconcile`. */
    account(
      mailbox: string,
      folder: string,
      uidValidity: string,
    ): Promise<(Sighting & { state: MessageState | null; kind: MessageKind | null; rule: string | null })[]>;
    setHealth(health: MailboxHealth): Promise<void>;
    health(): Promise<MailboxHealth[]>;
  };

  outbox: {
    /** Takes up to `limit` due rows and commits them as `sending` before returning them. None while fenced. */
    claim(limit: number): Promise<TransmissionRow[]>;
    /** Bytes of the rendered mail, once and for ever; a second call with other bytes throws. */
    rendered(id: string, sha256: string): Promise<void>;
    /** Result of one try. `retry` goes back to due at `nextAttemptAt`. */
    settle(
      id: string,
      result:
        | { state: 'accepted'; reply: string; dsn: boolean }
        | { state: 'retry'; nextAttemptAt: string; cause: string; reply: string }
        | { state: 'failed'; cause: string; reply: string }
        | { state: 'uncertain'; cause: string },
    ): Promise<void>;
    /** At start: rows left in `sending`. Notices go back to due (same bytes, same Message-ID); T8 becomes `uncertain`. Returns counts. */
    recover(): Promise<{ resumed: number; uncertain: number }>;
    /** Instant of the earliest due row; null when none. */
    nextDueAt(): Promise<string | null>;
    get(id: string): Promise<TransmissionRow | null>;
    list(filter: {
      kind?: SendKind[];
      state?: TransmissionState[];
      entryId?: string;
      aboutMessage?: string;
      limit?: number;
      offset?: number;
    }): Promise<TransmissionRow[]>;
    counts(): Promise<Record<string, number>>;
  };

  register: {
    list(filter: RegisterFilter): Promise<EntryRow[]>;
    get(id: string): Promise<EntryRow | null>;
    byNumber(book: 'den' | 'di', year: number, number: number, series?: string): Promise<EntryRow | null>;
    ofMessage(messageId: string): Promise<EntryRow[]>;
    /** Next number of a series, without taking it. */
    peek(book: 'den' | 'di', agency: string, series: string, year: number): Promise<number>;
    /** First start (INT-18): refuses to go below a number that was already given. Journaled by the caller's name. */
    setNext(
      book: 'den' | 'di',
      agency: string,
      series: string,
      year: number,
      number: number,
      by: string,
    ): Promise<void>;
  };

  holds: {
    list(filter: { open?: boolean; queue?: HoldRef['queue']; limit?: number }): Promise<HoldRef[]>;
    get(id: string): Promise<HoldRef | null>;
  };

  journal: {
    append(line: {
      actor: string;
      action: string;
      subject: string;
      data: Record<string, unknown>;
    }): Promise<void>;
    list(filter: { subject?: string; after?: number; limit?: number }): Promise<JournalLine[]>;
    /** Recomputes the whole chain. `brokenAt` = first line that does not fit. */
    verify(): Promise<{ ok: boolean; lines: number; brokenAt: number | null; reason: string | null }>;
  };

  /** The text index: derived data, in no backup (storage/search.ts). Nothing of a frozen letter is in it. */
  search: {
    /** Replaces these parts of their letter; all pages of a part in one call. Gives the rows written, 0 for what may not be read. */
    index(texts: SearchText[]): Promise<number>;
    /** Entries and corrections that are not in the index yet. Gives how many. */
    catchUp(): Promise<number>;
    /** Words in any order, `"…"` for words in a row, `*` after the beginning of one; with and without marks. */
    find(query: string, filter?: SearchFilter): Promise<SearchFound>;
    /** Throws the index away and begins an empty one. */
    clear(): Promise<void>;
  };

  /** Small named values (fence, heartbeat of the service, versions). */
  meta: {
    get(name: string): Promise<string | null>;
    set(name: string, value: string): Promise<void>;
  };

  fence: {
    raised(): Promise<{ since: string; reason: string } | null>;
    lift(by: string): Promise<void>;
  };

  close(): Promise<void>;
}

/**
 * storage/index.ts exports:
 *   openStorage(options: { dataDir, database, clock: () => Date }): Promise<Storage>   migrates (SQLite file copied first), refuses a newer schema
 *   lockInstance(options): Promise<{ release(): Promise<void> }>   one service per database; clear refusal
 *   backup(storage, target folder): Promise<{ entries, messages, files, bytes }>   online, consistent, with the bytes
 *   restore(backup folder, into dataDir): Promise<…>   raises the fence
 */
export type StorageOptions = {
  dataDir: string;
  database: { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string; schema: string };
  clock: () => Date;
  /** Domain for our Message-IDs. */
  mailDomain: string;
};
