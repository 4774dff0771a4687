import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backup, openStorage, restore } from '../../storage/index.ts';
import type { Storage, StorageOptions } from '../../storage/types.ts';
import {
  arrive,
  type Bench,
  decision,
  entry,
  onSqlite,
  openBench,
  registerLetter,
  send,
  type Where,
} from '../support/register.ts';

export function backupContract(where: Where): void {
  let bench: Bench;
  let folder: string;
  beforeEach(async () => {
    bench = await openBench(where);
    folder = mkdtempSync(join(tmpdir(), 'congvan-backup-'));
  });
  afterEach(async () => {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const target = () => join(folder, 'saved');
  const elsewhere = (place: Where = where): StorageOptions => {
    const dataDir = join(folder, 'restored');
    return { ...bench.options, dataDir, database: place(dataDir) };
  };
  const restored = async <T>(options: StorageOptions, look: (storage: Storage) => Promise<T>) => {
    const storage = await openStorage(options);
    try {
      return await look(storage);
    } finally {
      await storage.close();
    }
  };

  test('a backup comes back whole and fenced: no number, no sending, until a person lifts the fence (BAK-02)', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter');
    await registerLetter(storage, row);
    await storage.transact({}, () => decision({ sends: [send({ kind: 'T8' }), send({ kind: 'T1' })] }));
    const before = await storage.register.list({});
    expect(await backup(storage, target())).toEqual({
      entries: 1,
      messages: 1,
      files: 1,
      bytes: 6,
      excluded: 0,
      missing: 0,
    });
    await registerLetter(storage, (await arrive(storage, 'after the backup', { uid: 2 })).row);
    const options = elsewhere();
    expect(await restore(target(), options)).toMatchObject({ entries: 1, messages: 1, files: 1, bytes: 6 });
    await restored(options, async (copy) => {
      expect(await copy.register.list({})).toEqual(before);
      expect(readFileSync(copy.bytes.pathOf(row.sha256), 'utf8')).toBe('letter');
      expect(await copy.journal.verify()).toMatchObject({ ok: true });
      expect(await copy.fence.raised()).toMatchObject({
        reason: expect.stringContaining('2026-11-20T03:00:00.000Z'),
      });
      expect(await copy.outbox.counts()).toEqual({ fenced: 2, uncertain: 1 });
      expect(await copy.outbox.claim(10)).toEqual([]);
      const numbering = copy.transact({}, (snapshot) => {
        expect(snapshot.fenced).toBe(true);
        return decision({ entries: [entry()] });
      });
      await expect(numbering).rejects.toMatchObject({ code: 'FENCED' });
      await copy.transact({}, () =>
        decision({ message: { id: row.id, state: 'held', kind: null, rule: null }, sends: [send()] }),
      );
      await copy.register.setNext('den', 'H99.01', 'chung', 2026, 3, 'quantri');
      await copy.fence.lift('quantri');
      await copy.fence.lift('quantri');
      expect(await copy.fence.raised()).toBeNull();
      expect((await copy.outbox.claim(10)).map((one) => one.kind)).toEqual(['T2', 'T1', 'T2']);
      expect((await copy.transact({}, () => decision({ entries: [entry()] }))).entries[0]!.number).toBe(3);
      const lines = await copy.journal.list({});
      expect(lines.filter((line) => line.subject === 'fence').map((line) => line.actor)).toEqual([
        'machine',
        'quantri',
      ]);
      expect(await copy.journal.verify()).toMatchObject({ ok: true });
    });
  });

  test('a backup of one database can be restored into SQLite', async () => {
    await registerLetter(bench.storage, (await arrive(bench.storage, 'letter')).row);
    await backup(bench.storage, target());
    const options = elsewhere(onSqlite);
    await restore(target(), options);
    await restored(options, async (copy) =>
      expect(await copy.register.list({})).toMatchObject([{ number: 1 }]),
    );
  });

  test('a frozen letter is left out: its bytes, its parts, its facts, its subject (DOMAIN 8.2, step 2)', async () => {
    const { storage } = bench;
    const secret = (await arrive(storage, 'MẬT letter', { uid: 1 })).row;
    const plain = (await arrive(storage, 'plain letter', { uid: 2 })).row;
    const part = await storage.bytes.keepBuffer(Buffer.from('secret part'));
    const shared = await storage.bytes.keepBuffer(Buffer.from('logo'));
    await storage.bytes.keepBuffer(Buffer.from('named by nobody'));
    const mail = (subject: string, parts: { sha256: string }[]) => ({
      mail: { messageId: '<a@b>', subject, from: null, parts },
    });
    await storage.messages.saveFacts(secret.id, 'arrival', mail('MẬT subject', [part, shared]));
    await storage.messages.saveFacts(plain.id, 'arrival', mail('plain subject', [shared]));
    await storage.transact({}, () =>
      decision({ message: { id: secret.id, state: 'frozen', kind: null, rule: 'secrecy' } }),
    );
    expect(await backup(storage, target())).toMatchObject({ messages: 2, files: 2, excluded: 1 });
    const manifest = JSON.parse(readFileSync(join(target(), 'manifest.json'), 'utf8')) as {
      excluded: string[];
    };
    // Its part is named by nobody any more: the facts went when the letter was frozen.
    expect(manifest.excluded).toEqual([secret.sha256]);
    expect(await storage.messages.facts(secret.id, 'arrival')).toBeNull();
    const all = readdirSync(target(), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const file of all)
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toMatch(/MẬT|secret part/);
    const options = elsewhere();
    await restore(target(), options);
    await restored(options, async (copy) => {
      expect(await copy.messages.get(secret.id)).toMatchObject({ state: 'frozen', subject: null });
      expect(await copy.messages.facts(secret.id, 'arrival')).toBeNull();
      expect(await copy.bytes.has(secret.sha256)).toBe(false);
    });
  });

  test('restoring is refused where there is something already, and into the live folder above all', async () => {
    await backup(bench.storage, target());
    await expect(restore(target(), bench.options)).rejects.toMatchObject({
      code: 'RESTORE_NOT_EMPTY',
      temporary: false,
    });
    await expect(backup(bench.storage, target())).rejects.toMatchObject({
      code: 'BACKUP_NOT_EMPTY',
      temporary: false,
    });
  });

  test.each([
    [
      'changed bytes',
      (saved: string, sha256: string) =>
        appendFileSync(join(saved, 'bytes', sha256.slice(0, 2), sha256), 'x'),
      'BACKUP_DAMAGED',
    ],
    [
      'missing bytes',
      (saved: string, sha256: string) => rmSync(join(saved, 'bytes', sha256.slice(0, 2), sha256)),
      'BACKUP_DAMAGED',
    ],
    [
      'a changed table',
      (saved: string) => appendFileSync(join(saved, 'tables', 'entries.jsonl'), '{}\n'),
      'BACKUP_DAMAGED',
    ],
    ['a missing table', (saved: string) => rmSync(join(saved, 'tables', 'journal.jsonl')), 'BACKUP_DAMAGED'],
    ['no manifest', (saved: string) => rmSync(join(saved, 'manifest.json')), 'BACKUP_INCOMPLETE'],
    [
      'a later format',
      (saved: string) => writeFileSync(join(saved, 'manifest.json'), '{"format":2}'),
      'BACKUP_FORMAT',
    ],
  ])('%s in a backup is found, and nothing is left behind (BAK-02)', async (_name, harm, code) => {
    const { row } = await arrive(bench.storage, 'letter');
    await backup(bench.storage, target());
    // the backup links to the live bytes: damage a copy, not the original
    const path = join(target(), 'bytes', row.sha256.slice(0, 2), row.sha256);
    const content = readFileSync(path);
    rmSync(path);
    writeFileSync(path, content);
    harm(target(), row.sha256);
    const options = elsewhere();
    await expect(restore(target(), options)).rejects.toMatchObject({ code, temporary: false });
    expect(existsSync(join(options.dataDir, 'bytes'))).toBe(false);
    if (options.database.kind === 'sqlite') expect(existsSync(options.database.file)).toBe(false);
  });

  test('a backup taken while letters are registered is consistent in itself', async () => {
    const { storage } = bench;
    const working = (async () => {
      for (let i = 0; i < 40; i++)
        await registerLetter(storage, (await arrive(storage, `letter ${i}`, { uid: i + 1 })).row);
    })();
    const counts = await backup(storage, target());
    await working;
    expect(counts.missing).toBe(0);
    const options = elsewhere();
    await restore(target(), options);
    await restored(options, async (copy) => {
      const entries = await copy.register.list({});
      expect(entries.map((one) => one.number)).toEqual(entries.map((_, i) => i + 1));
      expect(await copy.register.peek('den', 'H99.01', 'chung', 2026)).toBe(entries.length + 1);
      expect(await copy.journal.verify()).toMatchObject({ ok: true });
    });
  });
}
