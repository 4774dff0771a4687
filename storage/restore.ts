/**
 * Bringing a backup back (BAK-02): into an empty folder, every hash proved, and fenced. What happened between the
 * backup and the loss is not in it, so nothing is numbered or sent before a person has looked (DESIGN, invariant 3).
 */
import { createReadStream, existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CongvanError } from '../config/error.ts';
import { byteStore } from './bytes.ts';
import { diskError, flushed } from './durable.ts';
import { type Engine, locked } from './engine.ts';
import { raiseFence } from './fence.ts';
import { appendLines, headOf, verifyJournal } from './journal.ts';
import { damaged, type Manifest, readManifest, tableFile } from './manifest.ts';
import { apply, MIGRATIONS, migrate, refuseNewer, versionOf } from './migrate.ts';
import { addEvidence } from './outbox.ts';
import { openPostgres } from './postgres.ts';
import { TABLES, type Tx } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import { insertRows, type Row, readLines } from './table-files.ts';
import type { ByteStore, StorageOptions } from './types.ts';

export interface Restored {
  /** When the backup was made. */
  at: string;
  entries: number;
  messages: number;
  files: number;
  bytes: number;
  journalLines: number;
  /** Left out of the backup as frozen, or missing already when it was made. */
  excluded: string[];
  missing: string[];
}

/** Throws RESTORE_NOT_EMPTY, BACKUP_INCOMPLETE, BACKUP_DAMAGED, SCHEMA_NEWER (all permanent), DISK_FULL; then nothing is left behind. */
export async function restore(folder: string, options: StorageOptions): Promise<Restored> {
  await refuseFull(options);
  const manifest = await readManifest(folder);
  refuseNewer(manifest.schema, MIGRATIONS.at(-1)?.number ?? 0);
  try {
    await bringBytes(folder, byteStore(options.dataDir));
    await bringDatabase(folder, manifest, options);
  } catch (error) {
    for (const name of ['bytes', 'tmp'])
      await rm(join(options.dataDir, name), { recursive: true, force: true });
    throw diskError(error);
  }
  const { entries, messages, files, bytes } = manifest.counts;
  const { at, journal, excluded, missing } = manifest;
  return { at, entries, messages, files, bytes, journalLines: journal.seq, excluded, missing };
}

async function refuseFull({ dataDir, database }: StorageOptions): Promise<void> {
  const inFolder = existsSync(dataDir)
    ? (await readdir(dataDir)).filter((name) => name !== 'lost+found')
    : [];
  if (inFolder.length > 0) throw notEmpty(dataDir);
  if (database.kind === 'sqlite' && existsSync(database.file)) throw notEmpty(database.file);
}

function notEmpty(where: string): CongvanError {
  return new CongvanError(
    'RESTORE_NOT_EMPTY',
    `Chỉ khôi phục được vào nơi còn trống; "${where}" đã có dữ liệu.`,
    {
      temporary: false,
    },
  );
}

/** Each file is hashed while it is copied, so it stands under what it really is. */
async function bringBytes(folder: string, bytes: ByteStore): Promise<void> {
  const wrong: string[] = [];
  for await (const file of readLines<{ sha256: string; size: number }>(join(folder, 'files.jsonl'))) {
    const source = join(folder, 'bytes', file.sha256.slice(0, 2), file.sha256);
    const kept = existsSync(source) ? await bytes.keep(createReadStream(source)) : null;
    if (kept?.sha256 !== file.sha256) wrong.push(file.sha256);
  }
  if (wrong.length > 0) throw damaged(wrong);
}

/** A SQLite file gets its name only when it is whole and fenced; in PostgreSQL it is one transaction. */
async function bringDatabase(folder: string, manifest: Manifest, options: StorageOptions): Promise<void> {
  const { database } = options;
  if (database.kind === 'postgres') {
    return bringTables(await openPostgres(database.url, database.schema), { folder, manifest, options });
  }
  const unfinished = `${database.file}.restoring`;
  try {
    await rm(unfinished, { force: true });
    await bringTables(await openSqlite(unfinished), { folder, manifest, options });
    await rename(unfinished, database.file);
    await flushed(dirname(database.file));
  } finally {
    for (const ending of ['', '-wal', '-shm']) await rm(unfinished + ending, { force: true });
  }
}

interface Source {
  folder: string;
  manifest: Manifest;
  options: StorageOptions;
}

async function bringTables(engine: Engine, source: Source): Promise<void> {
  const { folder, manifest, options } = source;
  try {
    await locked(engine, async (tx) => {
      if ((await versionOf(tx)) > 0)
        throw notEmpty(options.database.kind === 'sqlite' ? options.database.file : options.database.schema);
      await apply(
        tx,
        engine,
        MIGRATIONS.filter((migration) => migration.number <= manifest.schema),
      );
      for (const name of TABLES) {
        if (manifest.tables.some((table) => table.name === name))
          await insertRows(tx, name, readLines<Row>(tableFile(folder, name)));
      }
      await proveJournal(tx, manifest);
      await fenceIn(tx, manifest, options.clock().toISOString());
    });
    await migrate(engine);
  } finally {
    await engine.db.destroy();
  }
}

async function proveJournal(tx: Tx, manifest: Manifest): Promise<void> {
  const verified = await verifyJournal(tx);
  const head = await headOf(tx);
  if (verified.ok && head.seq === manifest.journal.seq && head.hash === manifest.journal.hash) return;
  throw damaged(['journal']);
}

/**
 * What was on its way when the backup was made may have been sent after it: notices wait behind the fence, issued
 * documents are for a person to settle.
 */
async function fenceIn(tx: Tx, manifest: Manifest, at: string): Promise<void> {
  await raiseFence(tx, at, `Khôi phục từ bản sao lưu lập lúc ${manifest.at}`);
  const pending = await tx
    .selectFrom('transmissions')
    .select(['id', 'kind'])
    .where('state', 'in', ['due', 'sending'])
    .execute();
  for (const { id, kind } of pending) {
    const to = kind === 'T8' ? 'uncertain' : 'fenced';
    const cause = 'Khôi phục từ bản sao lưu; chưa rõ đã gửi sau khi sao lưu hay chưa.';
    await tx.updateTable('transmissions').set({ state: to, cause }).where('id', '=', id).execute();
    const news = { transmissionId: id, to, evidence: 'restore', cause, detail: {}, messageId: null } as const;
    await addEvidence(tx, news, { at, changed: true });
  }
  const data = { at: manifest.at, lines: manifest.journal.seq, head: manifest.journal.hash };
  await appendLines(tx, at, [{ actor: 'machine', action: 'backup.restored', subject: 'backup', data }]);
}
