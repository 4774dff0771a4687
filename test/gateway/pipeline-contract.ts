/** The life of letters through real reading processes, real documents and real storage; on both databases. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadDirectory } from '../../config/directory.ts';
import { makeConfig } from '../../config/make.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { acceptHold, releaseHold, returnHold } from '../../gateway/acts.ts';
import { type RunningApp, startApp } from '../../gateway/app.ts';
import type { House } from '../../gateway/house.ts';
import { openHouse } from '../../gateway/open.ts';
import { LETTER_DATE, openWorld, type World } from '../../scripts/demo/world.ts';
import { makeLetter } from '../../scripts/province/letter.ts';
import { backup } from '../../storage/index.ts';
import type { MessageRow, StorageOptions } from '../../storage/types.ts';
import { until } from '../support/intake.ts';

const PDF = 'application/pdf';

export function pipelineContract(database: (dataDir: string) => StorageOptions['database']): void {
  let world: World;
  let worldFolder: string;
  let dataDir: string;
  let config: CongvanConfig;
  let house: House;
  let app: RunningApp | null = null;

  beforeAll(async () => {
    worldFolder = await mkdtemp(join(tmpdir(), 'congvan-world-'));
    world = await openWorld(worldFolder);
  });
  afterAll(() => rm(worldFolder, { recursive: true, force: true }));

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'congvan-pipeline-'));
    config = makeConfig({
      dataDir,
      database: database(dataDir),
      agency: { address: world.address, name: 'Ủy ban nhân dân xã Mẫu' },
      directory: { file: world.directoryFile, agencies: loadDirectory(world.directoryFile) },
      signatures: { anchors: [{ file: world.anchorFile, group: 'BAN_CO_YEU' }], intermediates: [] },
      sender: { resolver: { file: world.zoneFile } },
      outgoing: null,
      log: { level: 'error' },
    });
    house = await openHouse(config);
  });
  afterEach(async () => {
    await app?.stop();
    app = null;
    await house.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    app = await startApp(house, { sending: true });
  };
  const keep = async (raw: Buffer, from: string, mailbox = 'smtp'): Promise<MessageRow> => {
    const kept = await house.storage.bytes.keepBuffer(raw);
    const origin = {
      channel: 'smtp',
      mailbox,
      folder: null,
      uidValidity: null,
      uid: null,
      envelopeFrom: from,
      envelopeTo: [world.address],
      clientIp: '127.0.0.1',
      clientHelo: 'mail.example.gov.vn',
    } as const;
    const { row } = await house.storage.messages.keep({
      ...kept,
      enteredAt: new Date().toISOString(),
      origin: { ...origin, envelopeTo: [...origin.envelopeTo] },
    });
    return row;
  };
  const state = async (id: string) => (await house.storage.messages.get(id))?.state;
  const reached = (id: string, wanted: string) =>
    until(
      () => `${id} to be ${wanted}`,
      async () => (await state(id)) === wanted,
      25_000,
    );
  const sends = async (id: string) =>
    (await house.storage.outbox.list({ aboutMessage: id })).map((s) => s.kind);

  /** A letter with a mark in the place that is told; the words that must be found nowhere afterwards. */
  const secretLetter = async (where: 'subject' | 'first page') => {
    const document = world.document('mat', 'ubnd', 'Kế hoạch', 'Kế hoạch diễn tập Hoa Sen');
    const pdf = await world.signedPdf(where === 'first page' ? { ...document, secrecy: 'MẬT' } : document, [
      'leader',
      'agency',
    ]);
    const raw = makeLetter({
      from: document.from,
      to: world.address,
      subject: where === 'subject' ? `(MẬT) ${document.soKyHieu}: Hoa Sen` : `${document.soKyHieu}: Hoa Sen`,
      text: 'Kính gửi: Ủy ban nhân dân xã Mẫu\nGửi kèm văn bản Hoa Sen.',
      messageId: `${where.replace(' ', '-')}@mau.example.gov.vn`,
      date: LETTER_DATE,
      parts: [{ name: 'Hoa Sen.pdf', type: PDF, content: pdf }],
    });
    return { raw, from: document.from };
  };

  test('a signed letter is registered, with T1 and T2 put out, and the journal verifies', async () => {
    const [letter] = await world.signedLetters(1);
    const { id } = await keep(letter!.raw, letter!.from);
    await start();
    await reached(id, 'registered');
    expect(await house.storage.register.ofMessage(id)).toMatchObject([
      {
        book: 'den',
        number: 1,
        signatureClass: 'LEADER_AND_ORG',
        fields: { tacGia: expect.stringMatching(/sở nội vụ/i) },
      },
    ]);
    expect(await sends(id)).toEqual(['T1', 'T2']);
    expect(await house.storage.journal.verify()).toMatchObject({ ok: true });
  });

  test('INT-18 letters that were there before the start are numbered in the order of receipt', async () => {
    const letters = await world.signedLetters(5);
    const ids: string[] = [];
    for (const letter of letters) ids.push((await keep(letter.raw, letter.from)).id);
    await start();
    await reached(ids.at(-1)!, 'registered');
    await until('all registered', async () => (await house.storage.messages.counts())['registered'] === 5);
    expect((await house.storage.register.list({ book: 'den' })).map((e) => e.messageId)).toEqual(ids);
  });

  test('a stop between arrival and registration: exactly one T1 and one T2 after the restart', async () => {
    const letters = await world.signedLetters(3);
    const ids: string[] = [];
    for (const letter of letters) ids.push((await keep(letter.raw, letter.from)).id);
    await start();
    await until(
      'an arrival',
      async () => (await house.storage.outbox.list({ kind: ['T1'] })).length > 0,
      25_000,
    );
    await app!.service.readers.close(); // as a kill would: what is being read is gone
    await app!.stop();
    await house.close();
    house = await openHouse(config);
    await start();
    await until(
      'all registered',
      async () => (await house.storage.messages.counts())['registered'] === 3,
      25_000,
    );
    for (const id of ids) expect(await sends(id)).toEqual(['T1', 'T2']);
    expect((await house.storage.register.list({ book: 'den' })).map((e) => e.number)).toEqual([1, 2, 3]);
  });

  test.each(['subject', 'first page'] as const)(
    'DOMAIN 8.2 a mark in the %s: frozen, and its words are nowhere but in its bytes',
    async (where) => {
      const { raw, from } = await secretLetter(where);
      const { id, sha256 } = await keep(raw, from);
      await start();
      await reached(id, 'frozen');
      expect(await sends(id)).toEqual([]);
      expect(await house.storage.holds.list({ open: true })).toMatchObject([
        { queue: 'secrets', twoPersons: true, proposals: [] },
      ]);
      const { storage } = house;
      const remembered = JSON.stringify([
        await storage.messages.get(id),
        await storage.messages.facts(id, 'arrival'),
        await storage.messages.facts(id, 'registration'),
        await storage.holds.list({}),
        await storage.outbox.list({}),
        await storage.register.list({}),
        await storage.journal.list({}),
      ]);
      expect(remembered).not.toMatch(/Hoa Sen|diễn tập|ke-hoach/i);

      const target = join(dataDir, 'backup');
      await backup(storage, target);
      const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((f) =>
        f.isFile(),
      );
      for (const file of files) {
        expect(file.name).not.toBe(sha256);
        expect((await readFile(join(file.parentPath, file.name))).toString('latin1')).not.toMatch(
          /%PDF|Hoa Sen/,
        );
      }
    },
  );

  test('DOMAIN 8.2 (6a) neither accepted nor returned; released by two persons it goes the ordinary way', async () => {
    const { raw, from } = await secretLetter('first page');
    const { id } = await keep(raw, from);
    await start();
    await reached(id, 'frozen');
    const [hold] = await house.storage.holds.list({ open: true });
    await expect(acceptHold(house, hold!.id, { by: 'vanthu', changes: {}, note: 'x' })).rejects.toMatchObject(
      { code: 'HOLD_SECRET' },
    );
    await expect(
      returnHold(house, hold!.id, { by: 'vanthu', reasons: [{ code: 'TC09', detail: null }], note: null }),
    ).rejects.toMatchObject({ code: 'HOLD_SECRET' });
    await releaseHold(house, hold!.id, { by: 'vanthu', note: 'không phải bí mật' });
    expect(await state(id)).toBe('frozen');
    await expect(releaseHold(house, hold!.id, { by: 'vanthu', note: 'không phải bí mật' })).rejects.toThrow(
      /người thứ hai/,
    );
    await releaseHold(house, hold!.id, { by: 'chutich', note: 'đã xem xét' });
    await until(
      'the released letter to be settled',
      async () => ['registered', 'held'].includes((await state(id)) ?? ''),
      25_000,
    );
    expect(await sends(id)).toContain('T1');
    expect(
      (await house.storage.holds.list({ open: true })).flatMap((h) => h.reasons.map((r) => r.code)),
    ).not.toContain('SECRECY_MARK');
  });

  test('a letter that cannot be read is held, and the next one is registered', async () => {
    const broken = await keep(Buffer.from([0, 1, 2, 3, 0xff, 0xfe]), 'a@example.com');
    const [letter] = await world.signedLetters(1);
    const good = await keep(letter!.raw, letter!.from);
    await start();
    await reached(good.id, 'registered');
    await until('the broken one to be settled', async () =>
      ['held', 'ignored'].includes((await state(broken.id)) ?? ''),
    );
    expect(await house.storage.bytes.has(broken.sha256)).toBe(true);
  });
}
