/** What became of each UID of each watched folder, and how far a folder is accounted for (INT-01). */
import type { MessageKind, MessageState } from '../handlers/types.ts';
import { type Engine, locked } from './engine.ts';
import type { Database, SightingsTable, Tx } from './schema.ts';
import { nextSeq } from './store.ts';
import { bounded, instant } from './text.ts';
import type { MailboxHealth, Sighting } from './types.ts';

/** A folder under one UIDVALIDITY: UIDs mean something only there. */
export interface FolderKey {
  mailbox: string;
  folder: string;
  uidValidity: string;
}

export interface Accounted extends Sighting {
  state: MessageState | null;
  kind: MessageKind | null;
  rule: string | null;
}

/** UIDs asked for in one query. */
const CHUNK = 5000;
const DETAIL = 1000;

export async function readCursor(db: Database, key: FolderKey): Promise<number | null> {
  const row = await inFolder(db, key).select('last_uid').executeTakeFirst();
  return row?.last_uid ?? null;
}

export async function writeCursor(
  engine: Engine,
  key: FolderKey,
  seen: { uid: number; at: string },
): Promise<void> {
  await locked(engine, async (tx) => {
    await firstSight(tx, key, seen.at);
    await tx
      .updateTable('folders')
      .set({ last_uid: seen.uid })
      .where('mailbox', '=', key.mailbox)
      .where('folder', '=', key.folder)
      .where('uid_validity', '=', key.uidValidity)
      .execute();
  });
}

function inFolder(db: Database, key: FolderKey) {
  return db
    .selectFrom('folders')
    .where('mailbox', '=', key.mailbox)
    .where('folder', '=', key.folder)
    .where('uid_validity', '=', key.uidValidity);
}

async function firstSight(tx: Tx, key: FolderKey, at: string): Promise<void> {
  if (await inFolder(tx, key).select('seq').executeTakeFirst()) return;
  const seq = await nextSeq(tx, 'folders');
  const row = {
    seq,
    mailbox: key.mailbox,
    folder: key.folder,
    uid_validity: key.uidValidity,
    last_uid: null,
    first_seen_at: at,
  };
  await tx.insertInto('folders').values(row).execute();
}

export async function validitiesOf(db: Database, mailbox: string, folder: string): Promise<string[]> {
  const rows = await db
    .selectFrom('folders')
    .select('uid_validity')
    .where('mailbox', '=', mailbox)
    .where('folder', '=', folder)
    .orderBy('seq', 'desc')
    .execute();
  return rows.map((row) => row.uid_validity);
}

/** Sightings of these UIDs, in the order of the UIDs; those never seen are left out. */
export async function sightingsOf(db: Database, key: FolderKey, uids: number[]): Promise<Sighting[]> {
  const found: Sighting[] = [];
  for (let from = 0; from < uids.length; from += CHUNK) {
    const rows = await sightings(db, key)
      .selectAll()
      .where('uid', 'in', uids.slice(from, from + CHUNK))
      .execute();
    found.push(...rows.map(sightingFrom));
  }
  return found.sort((a, b) => a.uid - b.uid);
}

export async function sightingOf(
  db: Database,
  at: FolderKey & { uid: number },
): Promise<SightingsTable | null> {
  return (await sightings(db, at).selectAll().where('uid', '=', at.uid).executeTakeFirst()) ?? null;
}

function sightings(db: Database, key: FolderKey) {
  return db
    .selectFrom('sightings')
    .where('mailbox', '=', key.mailbox)
    .where('folder', '=', key.folder)
    .where('uid_validity', '=', key.uidValidity);
}

/** Writes what became of a UID. One that was fetched stays fetched, whatever a later look says. */
export async function recordSighting(tx: Tx, sighting: Sighting, at: string): Promise<void> {
  const known = await sightingOf(tx, sighting);
  if (known?.message_id && sighting.messageId === null) return;
  await firstSight(tx, sighting, at);
  const { mailbox, folder, uid_validity, uid, ...news } = tableRow(sighting, at);
  await tx
    .insertInto('sightings')
    .values({ mailbox, folder, uid_validity, uid, ...news })
    .onConflict((c) => c.columns(['mailbox', 'folder', 'uid_validity', 'uid']).doUpdateSet(news))
    .execute();
}

/** All sightings of a folder with the state of their messages, by UID. */
export async function accountOf(db: Database, key: FolderKey): Promise<Accounted[]> {
  const rows = await db
    .selectFrom('sightings as s')
    .leftJoin('messages as m', 'm.id', 's.message_id')
    .selectAll('s')
    .select(['m.state as message_state', 'm.kind as message_kind', 'm.rule as message_rule'])
    .where('s.mailbox', '=', key.mailbox)
    .where('s.folder', '=', key.folder)
    .where('s.uid_validity', '=', key.uidValidity)
    .orderBy('s.uid')
    .execute();
  return rows.map((row) => ({
    ...sightingFrom(row),
    state: row.message_state as MessageState | null,
    kind: row.message_kind as MessageKind | null,
    rule: row.message_rule,
  }));
}

export async function writeHealth(db: Database, health: MailboxHealth): Promise<void> {
  const news = {
    state: health.state,
    since: health.since,
    detail: health.detail === null ? null : bounded(health.detail, DETAIL),
    last_listing_at: health.lastListingAt,
    last_message_at: health.lastMessageAt,
  };
  await db
    .insertInto('mailbox_health')
    .values({ name: health.name, ...news })
    .onConflict((c) => c.column('name').doUpdateSet(news))
    .execute();
}

export async function readHealth(db: Database): Promise<MailboxHealth[]> {
  const rows = await db.selectFrom('mailbox_health').selectAll().orderBy('name').execute();
  return rows.map((row) => ({
    name: row.name,
    state: row.state,
    since: row.since,
    detail: row.detail,
    lastListingAt: row.last_listing_at,
    lastMessageAt: row.last_message_at,
  }));
}

function tableRow(sighting: Sighting, at: string): SightingsTable {
  return {
    mailbox: sighting.mailbox,
    folder: sighting.folder,
    uid_validity: sighting.uidValidity,
    uid: sighting.uid,
    outcome: sighting.outcome,
    message_id: sighting.messageId,
    detail: sighting.detail === null ? null : bounded(sighting.detail, DETAIL),
    attempts: sighting.attempts,
    next_attempt_at: instant(sighting.nextAttemptAt),
    at,
  };
}

function sightingFrom(row: SightingsTable): Sighting {
  return {
    mailbox: row.mailbox,
    folder: row.folder,
    uidValidity: row.uid_validity,
    uid: row.uid,
    outcome: row.outcome as Sighting['outcome'],
    messageId: row.message_id,
    detail: row.detail,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
  };
}
