/** What a decision may know of the register: exactly what it asked for, read inside the locked transaction. */
import type {
  MessageKind,
  MessageState,
  SendKind,
  Snapshot,
  SnapshotQuery,
  TransmissionRef,
  TransmissionState,
} from '../handlers/types.ts';
import { entryRefs } from './entries.ts';
import { raisedFence } from './fence.ts';
import { getHold } from './holds.ts';
import type { EntriesTable, TransmissionsTable, Tx } from './schema.ts';

export async function takeSnapshot(tx: Tx, query: SnapshotQuery, now: string): Promise<Snapshot> {
  return {
    now,
    fenced: (await raisedFence(tx)) !== null,
    message: query.messageId === undefined ? null : await messageOf(tx, query.messageId),
    sameBytes: query.rawSha256 === undefined ? [] : await sameBytes(tx, query.rawSha256, query.messageId),
    sameMessageId: query.messageIdHeader ? await sameMessageId(tx, query.messageIdHeader, query) : [],
    entriesByKey: await entriesByKey(tx, query.documentKeys ?? []),
    entriesByFile: await entriesByFile(tx, query.fileSha256 ?? []),
    transmissions: await transmissionsOf(tx, query),
    entry: query.entryId === undefined ? null : await entryOf(tx, query.entryId),
    hold: query.holdId === undefined ? null : await getHold(tx, query.holdId),
  };
}

async function messageOf(tx: Tx, id: string): Promise<Snapshot['message']> {
  const row = await tx
    .selectFrom('messages')
    .select(['id', 'state', 'kind'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const sends = await tx
    .selectFrom('transmissions')
    .select('kind')
    .where('about_message', '=', id)
    .orderBy('seq')
    .execute();
  return {
    id: row.id,
    state: row.state as MessageState,
    kind: row.kind as MessageKind | null,
    answers: sends.map((send) => send.kind as SendKind),
  };
}

async function sameBytes(tx: Tx, sha256: string, but: string | undefined): Promise<Snapshot['sameBytes']> {
  const rows = await tx
    .selectFrom('messages')
    .select(['id', 'state'])
    .where('sha256', '=', sha256)
    .orderBy('seq')
    .execute();
  const others = rows.filter((row) => row.id !== but);
  if (others.length === 0) return [];
  const ids = others.map((row) => row.id);
  const entries = await tx
    .selectFrom('entries')
    .selectAll()
    .where('message_id', 'in', ids)
    .orderBy('seq')
    .execute();
  const refs = Map.groupBy(await entryRefs(tx, entries), (entry) => entry.messageId);
  return others.map((row) => ({
    messageId: row.id,
    state: row.state as MessageState,
    entries: refs.get(row.id) ?? [],
  }));
}

async function sameMessageId(
  tx: Tx,
  header: string,
  query: SnapshotQuery,
): Promise<Snapshot['sameMessageId']> {
  const rows = await tx
    .selectFrom('messages')
    .select(['id', 'sha256'])
    .where('message_id_header', '=', header)
    .orderBy('seq')
    .execute();
  const own = query.rawSha256 ?? rows.find((row) => row.id === query.messageId)?.sha256;
  return rows
    .filter((row) => row.id !== query.messageId && row.sha256 !== own)
    .map((row) => ({ messageId: row.id, sha256: row.sha256 }));
}

async function entriesByKey(tx: Tx, keys: string[]): Promise<Snapshot['entriesByKey']> {
  if (keys.length === 0) return [];
  return entryRefs(
    tx,
    await tx.selectFrom('entries').selectAll().where('document_key', 'in', keys).orderBy('seq').execute(),
  );
}

async function entriesByFile(tx: Tx, hashes: string[]): Promise<Snapshot['entriesByFile']> {
  if (hashes.length === 0) return [];
  const main = tx
    .selectFrom('entry_files')
    .select('entry_id')
    .where('sha256', 'in', hashes)
    .where('role', 'in', ['main', 'original']);
  return entryRefs(
    tx,
    await tx.selectFrom('entries').selectAll().where('id', 'in', main).orderBy('seq').execute(),
  );
}

async function entryOf(tx: Tx, id: string): Promise<Snapshot['entry']> {
  const rows: EntriesTable[] = await tx.selectFrom('entries').selectAll().where('id', '=', id).execute();
  return (await entryRefs(tx, rows))[0] ?? null;
}

/** By our token, by a quoted Message-ID, or by id: each once, oldest first. */
async function transmissionsOf(tx: Tx, query: SnapshotQuery): Promise<TransmissionRef[]> {
  const tokens = query.tokens ?? [];
  const headers = query.quotedMessageIds ?? [];
  const ids = query.transmissionId === undefined ? [] : [query.transmissionId];
  if (tokens.length + headers.length + ids.length === 0) return [];
  const rows = await tx
    .selectFrom('transmissions')
    .selectAll()
    .where((e) =>
      e.or([
        ...(tokens.length > 0 ? [e('token', 'in', tokens)] : []),
        ...(headers.length > 0 ? [e('message_id_header', 'in', headers)] : []),
        ...(ids.length > 0 ? [e('id', 'in', ids)] : []),
      ]),
    )
    .orderBy('seq')
    .execute();
  const entries = await entriesCarried(tx, rows);
  return rows.map((row) => transmissionRef(row, entries.get(row.entry_id ?? '') ?? {}));
}

/** Fields of the entries that these transmissions carry, by entry. */
async function entriesCarried(
  tx: Tx,
  rows: TransmissionsTable[],
): Promise<Map<string, Record<string, string>>> {
  const ids = rows.flatMap((row) => (row.entry_id === null ? [] : [row.entry_id]));
  if (ids.length === 0) return new Map();
  const entries = await tx.selectFrom('entries').select(['id', 'fields']).where('id', 'in', ids).execute();
  return new Map(entries.map((entry) => [entry.id, JSON.parse(entry.fields) as Record<string, string>]));
}

function transmissionRef(row: TransmissionsTable, fields: Record<string, string>): TransmissionRef {
  return {
    id: row.id,
    token: row.token,
    kind: row.kind as SendKind,
    state: row.state as TransmissionState,
    to: row.recipient,
    toName: row.recipient_name,
    entryId: row.entry_id,
    messageIdHeader: row.message_id_header,
    soKyHieu: fields.soKyHieu ?? null,
    ngayVanBan: fields.ngayVanBan ?? null,
    acceptedAt: row.accepted_at,
  };
}
