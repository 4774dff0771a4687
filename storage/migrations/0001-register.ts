/** The register, its messages, its outbox and its journal. A migration is never changed once it was released. */
import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import type { Tx } from '../schema.ts';

export async function up(tx: Tx, engine: Engine): Promise<void> {
  await journal(tx, engine);
  await messages(tx, engine);
  await mailboxes(tx);
  await register(tx, engine);
  await outbox(tx, engine);
  await holds(tx, engine);
}

async function journal(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('journal')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('journal_subject').on('journal').columns(['subject', 'seq']).execute();
  await engine.forbid(tx, 'journal', 'update');
  await engine.forbid(tx, 'journal', 'delete');
}

async function messages(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('messages')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('mailbox', 'text', (c) => c.notNull())
    .addColumn('folder', 'text')
    .addColumn('uid_validity', 'text')
    .addColumn('uid', 'bigint')
    .addColumn('envelope_from', 'text')
    .addColumn('envelope_to', 'text', (c) => c.notNull())
    .addColumn('client_ip', 'text')
    .addColumn('client_helo', 'text')
    .addColumn('entered_at', 'text', (c) => c.notNull())
    .addColumn('kept_at', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('kind', 'text')
    .addColumn('rule', 'text')
    .addColumn('message_id_header', 'text')
    .addColumn('subject', 'text')
    .addColumn('from_address', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'text')
    .addColumn('problem_code', 'text')
    .addColumn('problem_detail', 'text')
    .addColumn('waiting_from', 'text')
    .addUniqueConstraint('messages_once', ['mailbox', 'sha256'])
    .execute();
  await tx.schema.createIndex('messages_sha256').on('messages').column('sha256').execute();
  await tx.schema.createIndex('messages_header').on('messages').column('message_id_header').execute();
  await tx.schema.createIndex('messages_state').on('messages').columns(['state', 'entered_at']).execute();
  await engine.forbid(tx, 'messages', 'delete');
  await engine.forbid(tx, 'messages', 'update', [
    'seq',
    'id',
    'sha256',
    'size',
    'mailbox',
    'entered_at',
    'kept_at',
  ]);
  await tx.schema
    .createTable('facts')
    .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id'))
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('facts_key', ['message_id', 'stage'])
    .execute();
}

async function mailboxes(tx: Tx): Promise<void> {
  await tx.schema
    .createTable('folders')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('mailbox', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('uid_validity', 'text', (c) => c.notNull())
    .addColumn('last_uid', 'bigint')
    .addColumn('first_seen_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('folders_once', ['mailbox', 'folder', 'uid_validity'])
    .execute();
  await tx.schema
    .createTable('sightings')
    .addColumn('mailbox', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('uid_validity', 'text', (c) => c.notNull())
    .addColumn('uid', 'bigint', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.references('messages.id'))
    .addColumn('detail', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'text')
    .addColumn('at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('sightings_key', ['mailbox', 'folder', 'uid_validity', 'uid'])
    .execute();
  await tx.schema
    .createTable('mailbox_health')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('detail', 'text')
    .addColumn('last_listing_at', 'text')
    .addColumn('last_message_at', 'text')
    .execute();
}

async function register(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('series')
    .addColumn('book', 'text', (c) => c.notNull())
    .addColumn('agency', 'text', (c) => c.notNull())
    .addColumn('series', 'text', (c) => c.notNull())
    .addColumn('year', 'integer', (c) => c.notNull())
    .addColumn('next_number', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('series_key', ['book', 'agency', 'series', 'year'])
    .execute();
  await tx.schema
    .createTable('entries')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('book', 'text', (c) => c.notNull().check(sql`book in ('den', 'di')`))
    .addColumn('agency', 'text', (c) => c.notNull())
    .addColumn('year', 'integer', (c) => c.notNull())
    .addColumn('series', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull().check(sql`number >= 1`))
    .addColumn('message_id', 'text', (c) => c.references('messages.id'))
    .addColumn('document_key', 'text')
    .addColumn('entered_at', 'text')
    .addColumn('deemed_received_at', 'text')
    .addColumn('registered_at', 'text', (c) => c.notNull())
    .addColumn('signature_class', 'text')
    .addColumn('urgency', 'text', (c) => c.notNull())
    .addColumn('fields', 'text', (c) => c.notNull())
    .addColumn('flags', 'text', (c) => c.notNull())
    .addColumn('entered_by', 'text', (c) => c.notNull())
    .addColumn('cancelled_at', 'text')
    .addColumn('cancelled_by', 'text')
    .addColumn('cancel_reason', 'text')
    .addColumn('search_text', 'text', (c) => c.notNull())
    .addUniqueConstraint('entries_number', ['agency', 'book', 'series', 'year', 'number'])
    .execute();
  await tx.schema.createIndex('entries_key').on('entries').column('document_key').execute();
  await tx.schema.createIndex('entries_message').on('entries').column('message_id').execute();
  await tx.schema.createIndex('entries_book').on('entries').columns(['book', 'year', 'number']).execute();
  await engine.forbid(tx, 'entries', 'delete');
  await engine.forbid(tx, 'entries', 'update', [
    'seq',
    'id',
    'book',
    'agency',
    'year',
    'series',
    'number',
    'registered_at',
  ]);
  await entryParts(tx, engine);
}

async function entryParts(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('entry_files')
    .addColumn('entry_id', 'text', (c) => c.notNull().references('entries.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('verdict', 'text')
    .addPrimaryKeyConstraint('entry_files_key', ['entry_id', 'position'])
    .execute();
  await tx.schema.createIndex('entry_files_sha256').on('entry_files').column('sha256').execute();
  await tx.schema
    .createTable('corrections')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('entry_id', 'text', (c) => c.notNull().references('entries.id'))
    .addColumn('field', 'text', (c) => c.notNull())
    .addColumn('old_value', 'text')
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('corrected_by', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('why', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('corrections_entry').on('corrections').column('entry_id').execute();
  await engine.forbid(tx, 'corrections', 'update');
  await engine.forbid(tx, 'corrections', 'delete');
}

async function outbox(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('transmissions')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('recipient_key', 'text', (c) => c.notNull())
    .addColumn('recipient_name', 'text')
    .addColumn('envelope', 'text', (c) => c.notNull())
    .addColumn('token', 'text', (c) => c.notNull().unique())
    .addColumn('message_id_header', 'text', (c) => c.notNull().unique())
    .addColumn('intent', 'text', (c) => c.notNull())
    .addColumn('entry_id', 'text', (c) => c.references('entries.id'))
    .addColumn('about_message', 'text', (c) => c.references('messages.id'))
    .addColumn('rendered_sha256', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('accepted_at', 'text')
    .addColumn('cause', 'text')
    .execute();
  const index = (name: string, columns: ('state' | 'next_attempt_at' | 'entry_id' | 'about_message')[]) =>
    tx.schema.createIndex(name).on('transmissions').columns(columns).execute();
  await index('transmissions_due', ['state', 'next_attempt_at']);
  await index('transmissions_entry', ['entry_id']);
  await index('transmissions_about', ['about_message']);
  await tx.schema
    .createIndex('transmissions_recipient')
    .on('transmissions')
    .columns(['recipient_key', 'created_at'])
    .execute();
  await engine.forbid(tx, 'transmissions', 'delete');
  await engine.forbid(tx, 'transmissions', 'update', [
    'seq',
    'id',
    'kind',
    'recipient',
    'token',
    'message_id_header',
  ]);
  await tx.schema
    .createTable('evidence')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('transmission_id', 'text', (c) => c.notNull().references('transmissions.id'))
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('evidence', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('message_id', 'text', (c) => c.references('messages.id'))
    .addColumn('detail', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('evidence_transmission').on('evidence').column('transmission_id').execute();
  await engine.forbid(tx, 'evidence', 'update');
  await engine.forbid(tx, 'evidence', 'delete');
}

async function holds(tx: Tx, engine: Engine): Promise<void> {
  await tx.schema
    .createTable('holds')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id'))
    .addColumn('is_open', 'integer', (c) => c.notNull())
    .addColumn('two_persons', 'integer', (c) => c.notNull())
    .addColumn('queue', 'text', (c) => c.notNull())
    .addColumn('reasons', 'text', (c) => c.notNull())
    .addColumn('proposals', 'text', (c) => c.notNull())
    .addColumn('opened_at', 'text', (c) => c.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('outcome', 'text')
    .addColumn('closed_by', 'text')
    .addColumn('note', 'text')
    .execute();
  await tx.schema.createIndex('holds_open').on('holds').columns(['is_open', 'queue']).execute();
  await tx.schema.createIndex('holds_message').on('holds').column('message_id').execute();
  await engine.forbid(tx, 'holds', 'delete');
  await tx.schema
    .createTable('hold_approvals')
    .addColumn('hold_id', 'text', (c) => c.notNull().references('holds.id'))
    .addColumn('approved_by', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('note', 'text')
    .addColumn('at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('hold_approvals_key', ['hold_id', 'approved_by'])
    .execute();
  await engine.forbid(tx, 'hold_approvals', 'update');
  await engine.forbid(tx, 'hold_approvals', 'delete');
}
