/**
 * Tables as Kysely sees them, the same on SQLite and PostgreSQL: text, integers, nothing else. Instants are ISO 8601
 * UTC text with milliseconds (so that they sort), truth values are 0/1, lists and objects are JSON text.
 */
import type { Kysely, Transaction } from 'kysely';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface Schema {
  meta: { name: string; value: string };
  journal: JournalTable;
  messages: MessagesTable;
  facts: { message_id: string; stage: string; facts: string; at: string };
  folders: FoldersTable;
  sightings: SightingsTable;
  mailbox_health: HealthTable;
  series: { book: string; agency: string; series: string; year: number; next_number: number };
  entries: EntriesTable;
  entry_files: EntryFilesTable;
  corrections: CorrectionsTable;
  transmissions: TransmissionsTable;
  evidence: EvidenceTable;
  holds: HoldsTable;
  hold_approvals: HoldApprovalsTable;
}

export interface JournalTable {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  data: string;
  previous: string;
  hash: string;
}

export interface MessagesTable {
  seq: number;
  id: string;
  sha256: string;
  size: number;
  channel: string;
  mailbox: string;
  folder: string | null;
  uid_validity: string | null;
  uid: number | null;
  envelope_from: string | null;
  envelope_to: string;
  client_ip: string | null;
  client_helo: string | null;
  entered_at: string;
  kept_at: string;
  state: string;
  kind: string | null;
  rule: string | null;
  message_id_header: string | null;
  subject: string | null;
  from_address: string | null;
  attempts: number;
  next_attempt_at: string | null;
  problem_code: string | null;
  problem_detail: string | null;
  waiting_from: string | null;
}

interface FoldersTable {
  seq: number;
  mailbox: string;
  folder: string;
  uid_validity: string;
  last_uid: number | null;
  first_seen_at: string;
}

export interface SightingsTable {
  mailbox: string;
  folder: string;
  uid_validity: string;
  uid: number;
  outcome: string;
  message_id: string | null;
  detail: string | null;
  attempts: number;
  next_attempt_at: string | null;
  at: string;
}

interface HealthTable {
  name: string;
  state: string;
  since: string;
  detail: string | null;
  last_listing_at: string | null;
  last_message_at: string | null;
}

export interface EntriesTable {
  seq: number;
  id: string;
  book: string;
  agency: string;
  year: number;
  series: string;
  number: number;
  message_id: string | null;
  document_key: string | null;
  entered_at: string | null;
  deemed_received_at: string | null;
  registered_at: string;
  signature_class: string | null;
  urgency: string;
  fields: string;
  flags: string;
  entered_by: string;
  cancelled_at: string | null;
  cancelled_by: string | null;
  cancel_reason: string | null;
  search_text: string;
}

export interface EntryFilesTable {
  entry_id: string;
  position: number;
  sha256: string;
  name: string;
  role: string;
  size: number;
  verdict: string | null;
}

export interface CorrectionsTable {
  seq: number;
  entry_id: string;
  field: string;
  old_value: string | null;
  value: string;
  corrected_by: string;
  at: string;
  why: string;
}

export interface TransmissionsTable {
  seq: number;
  id: string;
  kind: string;
  state: string;
  recipient: string;
  /** Lower case, for counting. */
  recipient_key: string;
  recipient_name: string | null;
  envelope: string;
  token: string;
  message_id_header: string;
  intent: string;
  entry_id: string | null;
  about_message: string | null;
  rendered_sha256: string | null;
  attempts: number;
  next_attempt_at: string;
  created_at: string;
  accepted_at: string | null;
  cause: string | null;
}

export interface EvidenceTable {
  seq: number;
  transmission_id: string;
  at: string;
  evidence: string;
  state: string;
  cause: string | null;
  message_id: string | null;
  detail: string;
}

export interface HoldsTable {
  seq: number;
  id: string;
  message_id: string;
  is_open: number;
  two_persons: number;
  queue: string;
  reasons: string;
  proposals: string;
  opened_at: string;
  closed_at: string | null;
  outcome: string | null;
  closed_by: string | null;
  note: string | null;
}

export interface HoldApprovalsTable {
  hold_id: string;
  approved_by: string;
  outcome: string;
  note: string | null;
  at: string;
}

/**
 * A page of the text index. The index is derived data: it stands outside of `Schema` and `TABLES`, so that no backup takes
 * it along. The columns of words differ by database (storage/search-tables.ts).
 */
export interface SearchPagesTable {
  seq: number;
  message_id: string | null;
  entry_id: string | null;
  /** SHA-256 of the file; `letter` = subject and body of the mail; `register` = the fields of an entry. */
  part: string;
  name: string | null;
  page: number | null;
  /** Books and years it is registered in: `den y2026`; empty while it is in none. */
  place: string;
  text: string;
}

/** Tables in the order in which rows can be put back (parents first). */
export const TABLES = [
  'meta',
  'journal',
  'messages',
  'facts',
  'folders',
  'sightings',
  'mailbox_health',
  'series',
  'entries',
  'entry_files',
  'corrections',
  'transmissions',
  'evidence',
  'holds',
  'hold_approvals',
] as const satisfies (keyof Schema)[];
