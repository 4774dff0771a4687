/**
 * Saving all that is remembered while the service runs (BAK-01). The tables are read in one unchanging view; the bytes
 * are taken after it: they are only ever added, so all that the view names are there.
 *
 * What is frozen (suspected state secret, DOMAIN 8.2 step 2) is left out: its bytes, its parts, its facts, its subject.
 */
import { constants, copyFile, link, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CongvanError } from '../config/error.ts';
import { diskError, flushed } from './durable.ts';
import { appendLine, headOf } from './journal.ts';
import { type Manifest, tableFile } from './manifest.ts';
import { putMeta, readMeta } from './meta.ts';
import { type Schema, TABLES, type Tx } from './schema.ts';
import { nowOf, type Store, storeOf } from './store.ts';
import { type Row, rowsOf, writeLines } from './table-files.ts';
import type { ByteStore, Storage } from './types.ts';

export interface BackupCounts {
  entries: number;
  messages: number;
  files: number;
  bytes: number;
  /** Left out because a message is frozen. */
  excluded: number;
  /** Named by the database, but not on the disk: something is wrong there. */
  missing: number;
}

/** Into a new or empty folder. Throws BACKUP_NOT_EMPTY (permanent), DISK_FULL. `manifest.json` comes last: with it the backup is whole. */
export async function backup(storage: Storage, folder: string): Promise<BackupCounts> {
  const store = storeOf(storage);
  try {
    await emptyFolder(folder);
    const at = nowOf(store);
    const saved = await store.engine.reading((tx) => saveTables(tx, folder));
    const kept = await saveBytes(store.bytes, folder, saved.named);
    const { counted, ...lists } = kept;
    const counts = {
      ...saved.rows,
      ...counted,
      excluded: lists.excluded.length,
      missing: lists.missing.length,
    };
    await writeManifest(folder, { format: 1, at, ...saved.tables, ...lists, counts });
    await putMeta(store.engine.db, 'backup.last', JSON.stringify({ at, folder, ...counts }));
    await noteBackup(store, counts);
    return counts;
  } catch (error) {
    throw diskError(error);
  }
}

async function noteBackup(store: Store, counts: BackupCounts): Promise<void> {
  const line = { actor: 'machine', action: 'backup.made', subject: 'backup', data: { ...counts } };
  await appendLine(store.engine, () => nowOf(store), line);
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new CongvanError(
      'BACKUP_NOT_EMPTY',
      `Thư mục sao lưu "${folder}" không trống. Đề nghị chọn thư mục mới.`,
      {
        temporary: false,
      },
    );
  }
  await mkdir(join(folder, 'tables'), { mode: 0o700 });
}

/** Hashes that the tables name. */
interface Named {
  /** Must be on the disk. */
  sure: Set<string>;
  /** Found in JSON: parts, proofs; some are no files of ours (fingerprints of certificates). */
  perhaps: Set<string>;
  secret: Set<string>;
}

async function saveTables(tx: Tx, folder: string) {
  const named: Named = { sure: new Set(), perhaps: new Set(), secret: new Set() };
  const frozen = await frozenMessages(tx);
  const tables: Manifest['tables'] = [];
  for (const name of TABLES) {
    tables.push({
      name,
      ...(await writeLines(tableFile(folder, name), harmless(tx, name, { frozen, named }))),
    });
  }
  await flushed(join(folder, 'tables'));
  const rows = (name: keyof Schema) => tables.find((table) => table.name === name)?.rows ?? 0;
  return {
    named,
    tables: { schema: Number(await readMeta(tx, 'schema')), journal: await headOf(tx), tables },
    rows: { entries: rows('entries'), messages: rows('messages') },
  };
}

async function frozenMessages(tx: Tx): Promise<Set<string>> {
  const rows = await tx.selectFrom('messages').select('id').where('state', '=', 'frozen').execute();
  return new Set(rows.map((row) => row.id));
}

/** Rows of a table without what is frozen; notes the hashes on the way. */
async function* harmless(
  tx: Tx,
  table: keyof Schema,
  about: { frozen: Set<string>; named: Named },
): AsyncGenerator<Row> {
  const { frozen, named } = about;
  const owner = OWNER[table];
  for await (const row of rowsOf(tx, table)) {
    const secret = owner !== undefined && frozen.has(String(row[owner]));
    noteHashes(table, row, { named, secret });
    if (!secret) yield row;
    else if (table === 'messages') yield { ...row, subject: null };
    else if (table === 'holds') yield { ...row, proposals: '[]' };
    else if (table === 'transmissions') yield { ...row, intent: '{}', rendered_sha256: null };
  }
}

/** Column that names the message to which a row belongs. */
const OWNER: Partial<Record<keyof Schema, string>> = {
  messages: 'id',
  facts: 'message_id',
  holds: 'message_id',
  transmissions: 'about_message',
};
const SURE: Partial<Record<keyof Schema, string>> = {
  messages: 'sha256',
  entry_files: 'sha256',
  transmissions: 'rendered_sha256',
};
const PERHAPS: Partial<Record<keyof Schema, string>> = {
  facts: 'facts',
  holds: 'proposals',
  transmissions: 'intent',
};

function noteHashes(table: keyof Schema, row: Row, to: { named: Named; secret: boolean }): void {
  const sure = SURE[table] && row[SURE[table]];
  if (typeof sure === 'string') (to.secret ? to.named.secret : to.named.sure).add(sure);
  const json = PERHAPS[table] && row[PERHAPS[table]];
  if (typeof json !== 'string') return;
  for (const [hash] of json.matchAll(/\b[0-9a-f]{64}\b/g))
    (to.secret ? to.named.secret : to.named.perhaps).add(hash);
}

async function saveBytes(bytes: ByteStore, folder: string, named: Named) {
  const missing: string[] = [];
  const counted = { files: 0, bytes: 0 };
  const wanted = new Set([...named.sure, ...named.perhaps]);
  const target = { bytes: join(folder, 'bytes'), made: new Set<string>() };
  async function* saved() {
    for (const sha256 of wanted) {
      const size = await saveFile(bytes.pathOf(sha256), sha256, target);
      if (size === null && named.sure.has(sha256)) missing.push(sha256);
      if (size === null) continue;
      counted.files++;
      counted.bytes += size;
      yield { sha256, size };
    }
  }
  await mkdir(target.bytes, { mode: 0o700 });
  const files = await writeLines(join(folder, 'files.jsonl'), saved());
  for (const path of [...target.made, target.bytes]) await flushed(path);
  const excluded = [...named.secret].filter((sha256) => !wanted.has(sha256));
  return { files, excluded, missing, counted };
}

/** A link where the file system can, else a copy. Gives the size; null when there is no such file. */
async function saveFile(
  source: string,
  sha256: string,
  to: { bytes: string; made: Set<string> },
): Promise<number | null> {
  const found = await stat(source).catch(() => null);
  if (found === null) return null;
  const target = join(to.bytes, sha256.slice(0, 2), sha256);
  if (!to.made.has(dirname(target))) {
    await mkdir(dirname(target), { mode: 0o700 });
    to.made.add(dirname(target));
  }
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target, constants.COPYFILE_EXCL);
    await flushed(target);
  }
  return found.size;
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, 'manifest.json');
  await writeLines(`${path}.tmp`, [manifest]);
  await rename(`${path}.tmp`, path);
  await flushed(folder);
}
