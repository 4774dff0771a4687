/** The room's door: opens a database with its bytes, and puts the nouns together behind one interface. */
import { backup } from './backup.ts';
import { byteStore, sweepTemporary } from './bytes.ts';
import { type Engine, locked } from './engine.ts';
import * as entries from './entries.ts';
import { liftFence, raisedFence } from './fence.ts';
import { getHold, listHolds } from './holds.ts';
import { appendLine, listLines, verifyJournal } from './journal.ts';
import { lockInstance } from './lock.ts';
import * as mailboxes from './mailboxes.ts';
import * as messages from './messages.ts';
import { readMeta, setMeta } from './meta.ts';
import { migrate } from './migrate.ts';
import * as outbox from './outbox.ts';
import { openPostgres } from './postgres.ts';
import * as register from './register.ts';
import { restore } from './restore.ts';
import * as search from './search.ts';
import { find } from './search-find.ts';
import { catchUp } from './search-register.ts';
import { openSqlite } from './sqlite.ts';
import { nowOf, remember, type Store } from './store.ts';
import { transact } from './transact.ts';
import type { Storage, StorageOptions } from './types.ts';

export { backup, lockInstance, restore };

/** Opens, and migrates where needed. Throws SCHEMA_NEWER, DATABASE_UNREACHABLE, DATABASE_BROKEN, … */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const engine = await openEngine(options.database);
  try {
    await migrate(engine);
    await sweepTemporary(options.dataDir, options.clock().getTime());
  } catch (error) {
    await engine.db.destroy();
    throw error;
  }
  const store: Store = { engine, bytes: byteStore(options.dataDir), options };
  const storage = storageOver(store);
  remember(storage, store);
  return storage;
}

async function openEngine(database: StorageOptions['database']): Promise<Engine> {
  return database.kind === 'sqlite' ? openSqlite(database.file) : openPostgres(database.url, database.schema);
}

function storageOver(store: Store): Storage {
  const { engine, bytes } = store;
  const { db } = engine;
  return {
    bytes,
    transact: (query, decide, facts) => transact(store, query, decide, facts ?? null),
    messages: {
      keep: (message) => messages.keepMessage(store, message),
      get: (id) => messages.getMessage(db, id),
      due: (limit) => messages.dueMessages(db, nowOf(store), limit),
      list: (filter) => messages.listMessages(db, filter),
      saveFacts: (id, stage, facts) => messages.saveFacts(store, { messageId: id, stage, facts }),
      facts: (id, stage) => messages.readFacts(db, id, stage),
      postpone: (id, until, problem) => messages.postponeMessage(store, id, { until, problem }),
      counts: () => messages.countMessages(db),
    },
    mailboxes: mailboxesOver(store),
    outbox: {
      claim: (limit) => outbox.claimDue(store, limit),
      rendered: (id, sha256) => outbox.bindRendered(store, id, sha256),
      settle: (id, result) => outbox.settleTry(store, id, result),
      recover: () => outbox.recoverSending(store),
      nextDueAt: () => outbox.nextDue(db),
      get: (id) => outbox.getTransmission(db, id),
      list: (filter) => outbox.listTransmissions(db, filter),
      counts: () => outbox.countTransmissions(db),
    },
    register: {
      list: (filter) => entries.listEntries(db, filter),
      get: (id) => entries.getEntry(db, id),
      byNumber: (book, year, number, series) => entries.entryByNumber(db, { book, year, number, series }),
      ofMessage: (messageId) => entries.entriesOfMessage(db, messageId),
      peek: (book, agency, series, year) => register.peekNumber(db, { book, agency, series, year }),
      setNext: (book, agency, series, year, number, by) =>
        register.setNextNumber(store, { book, agency, series, year }, { number, by }),
    },
    holds: { list: (filter) => listHolds(db, filter), get: (id) => getHold(db, id) },
    journal: {
      append: (line) => appendLine(engine, () => nowOf(store), line),
      list: (filter) => listLines(db, filter),
      verify: () => verifyJournal(db),
    },
    search: {
      index: (texts) => search.indexTexts(engine, texts),
      catchUp: () => catchUp(engine),
      find: (query, filter) => find(engine, query, filter),
      clear: () => search.clearIndex(engine),
    },
    meta: { get: (name) => readMeta(db, name), set: (name, value) => setMeta(db, name, value) },
    fence: { raised: () => raisedFence(db), lift: (by) => liftFence(store, by) },
    close: () => db.destroy(),
  };
}

function mailboxesOver(store: Store): Storage['mailboxes'] {
  const { engine } = store;
  const { db } = engine;
  return {
    cursor: (mailbox, folder, uidValidity) => mailboxes.readCursor(db, { mailbox, folder, uidValidity }),
    setCursor: (mailbox, folder, uidValidity, uid) =>
      mailboxes.writeCursor(engine, { mailbox, folder, uidValidity }, { uid, at: nowOf(store) }),
    validities: (mailbox, folder) => mailboxes.validitiesOf(db, mailbox, folder),
    sightings: (mailbox, folder, uidValidity, uids) =>
      mailboxes.sightingsOf(db, { mailbox, folder, uidValidity }, uids),
    record: (sighting) => locked(engine, (tx) => mailboxes.recordSighting(tx, sighting, nowOf(store))),
    account: (mailbox, folder, uidValidity) => mailboxes.accountOf(db, { mailbox, folder, uidValidity }),
    setHealth: (health) => mailboxes.writeHealth(db, health),
    health: () => mailboxes.readHealth(db),
  };
}
