/** A secrecy mark that only the reading of the files shows, after T1 was put out (DOMAIN 8.2). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseHold } from '../../gateway/acts.ts';
import { live } from '../../gateway/pipeline.ts';
import { backup } from '../../storage/index.ts';
import { openRig, ordinaryInspect, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
beforeEach(async () => {
  rig = await openRig();
  rig.reading.inspect = () => {
    const found = ordinaryInspect();
    return { ...found, secrecy: [{ level: 'MAT', where: 'text-layer', part: '2' }] };
  };
});
afterEach(() => rig.close());

const turn = { mine: async () => undefined, done: () => undefined };

async function frozen(whileBetween: () => Promise<void> = async () => undefined): Promise<string> {
  const { id } = await rig.keep('Hoa Sen');
  const row = (await rig.service.storage.messages.get(id))!;
  await live(row, { ...turn, mine: whileBetween }, rig.service);
  expect((await rig.service.storage.messages.get(id))?.state).toBe('frozen');
  return id;
}

describe('DOMAIN 8.2 a mark found late', () => {
  it('takes facts and subject with it, and the notice that has not left does not leave', async () => {
    const id = await frozen();
    const { storage } = rig.service;
    expect(await storage.messages.facts(id, 'arrival')).toBeNull();
    expect(await storage.messages.facts(id, 'registration')).toBeNull();
    expect((await storage.messages.get(id))?.subject).toBeNull();
    expect(await storage.outbox.list({ aboutMessage: id })).toMatchObject([
      { kind: 'T1', state: 'failed', intent: {} },
    ]);
    expect(await storage.outbox.claim(10)).toEqual([]);
  });

  it('a notice that left already: its words are not backed up', async () => {
    const { storage } = rig.service;
    const id = await frozen(async () => {
      const [notice] = await storage.outbox.claim(1);
      const { sha256 } = await storage.bytes.keepBuffer(Buffer.from('Subject: Hoa Sen'));
      await storage.outbox.rendered(notice!.id, sha256);
      await storage.outbox.settle(notice!.id, { state: 'accepted', reply: '250 OK', dsn: false });
    });
    expect(await storage.outbox.list({ aboutMessage: id })).toMatchObject([
      { kind: 'T1', state: 'accepted' },
    ]);
    const target = join(rig.service.config.dataDir, 'backup');
    await backup(storage, target);
    const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const file of files)
      expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toMatch(/Hoa Sen/);
  });

  it('released by two persons it is registered, without a second T1', async () => {
    const id = await frozen();
    const { storage } = rig.service;
    const [hold] = await storage.holds.list({ open: true });
    await releaseHold(rig.service, hold!.id, { by: 'vanthu', note: 'nhầm' });
    await releaseHold(rig.service, hold!.id, { by: 'chutich', note: 'nhầm' });
    await live((await storage.messages.get(id))!, turn, rig.service);
    expect((await storage.messages.get(id))?.state).toBe('registered');
    expect((await storage.outbox.list({ aboutMessage: id })).map((s) => s.kind)).toEqual(['T1', 'T2']);
  });
});
