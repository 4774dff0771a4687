import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findById } from '../../bin/commands/show.ts';
import { registerRow } from '../../bin/register-page.ts';
import { nothing } from '../../handlers/rules.ts';
import type { MessageState } from '../../handlers/types.ts';
import { openStorage } from '../../storage/index.ts';
import type { EntryRow, Storage } from '../../storage/types.ts';
import { temporaryFolder } from '../support/congvan-cli.ts';

let storage: Storage;
beforeAll(async () => {
  const dataDir = temporaryFolder('show');
  storage = await openStorage({
    dataDir,
    database: { kind: 'sqlite', file: `${dataDir}/congvan.sqlite` },
    clock: () => new Date('2026-11-20T02:00:00Z'),
    mailDomain: 'mau.example.gov.vn',
  });
});
afterAll(() => storage.close());

/** A kept letter with a telling subject, in the state given. */
async function letter(uid: number, state: MessageState, queue: 'clerk' | 'secrets'): Promise<string> {
  const kept = await storage.bytes.keepBuffer(Buffer.from(`Subject: chuyện riêng ${uid}\r\n\r\n`));
  const { row } = await storage.messages.keep({
    ...kept,
    enteredAt: '2026-11-20T01:00:00.000Z',
    origin: {
      channel: 'imap',
      mailbox: 'congvu',
      folder: 'INBOX',
      uidValidity: '1',
      uid,
      envelopeFrom: null,
      envelopeTo: [],
      clientIp: null,
      clientHelo: null,
    },
  });
  const mail = {
    messageId: `<${uid}@x.example>`,
    subject: 'chuyện riêng',
    from: { address: 'a@x.example', name: 'A' },
  };
  await storage.messages.saveFacts(row.id, 'arrival', { mail });
  await storage.transact({ messageId: row.id }, () => ({
    ...nothing(),
    message: { id: row.id, state, kind: null, rule: null },
    holds: [
      {
        messageId: row.id,
        proposals: [],
        reasons: [{ code: 'X', sentence: 'Lý do.' }],
        twoPersons: queue === 'secrets',
        queue,
      },
    ],
  }));
  return row.id;
}

describe('congvan show', () => {
  it('gives all that is known of an ordinary letter', async () => {
    const shown = await findById(storage, await letter(1, 'held', 'clerk'));
    expect(shown?.message).toMatchObject({ subject: 'chuyện riêng', state: 'held' });
    expect(JSON.stringify(shown?.arrival)).toContain('chuyện riêng');
    expect(shown?.holds).toHaveLength(1);
  });

  it('DOMAIN 8.2: of a frozen letter nothing but state, time, mailbox and sender; by its hold neither', async () => {
    const id = await letter(2, 'frozen', 'secrets');
    const shown = await findById(storage, id);
    expect(shown?.message).toMatchObject({ id, state: 'frozen', enteredAt: '2026-11-20T01:00:00.000Z' });
    expect(shown?.arrival).toBeNull();
    expect(shown?.message?.sha256).toBeUndefined();
    expect(JSON.stringify(shown)).not.toContain('chuyện riêng');
    const hold = await findById(storage, shown!.holds[0]!.id!);
    expect(hold?.what).toBe('hold');
    expect(JSON.stringify(hold)).not.toContain('chuyện riêng');
    expect(hold?.holds[0]).not.toHaveProperty('proposals');
  });

  it('knows an id that nobody has', async () => {
    expect(await findById(storage, 'm-999999')).toBeNull();
  });
});

describe('a line of the register', () => {
  const entry = {
    id: 'e-1',
    number: 7,
    fields: {
      ngayDen: '2026-11-20',
      soKyHieu: '09/QĐ-UBND',
      ngayVanBan: '2026-11-19',
      tenLoai: 'Quyết định',
      trichYeu: 'Về việc thử',
      ghiChu: 'ghi',
    },
    cancelledAt: null,
    cancelReason: null,
  };

  it('REG-02: den has the columns of Annex IV after its id', () => {
    expect(registerRow({ ...entry, book: 'den' } as unknown as EntryRow)).toEqual([
      'e-1',
      '20/11/2026',
      7,
      '',
      '09/QĐ-UBND',
      '19/11/2026',
      'Quyết định Về việc thử',
      '',
      '',
      '',
      'ghi',
    ]);
  });

  it('a cancelled line stays, and says so in its remarks', () => {
    const row = registerRow({
      ...entry,
      book: 'di',
      cancelledAt: '2026-11-20T02:00:00.000Z',
      cancelReason: 'ghi nhầm',
    } as unknown as EntryRow);
    expect(row.at(-1)).toBe('ĐÃ HỦY: ghi nhầm; ghi');
    expect(row[1]).toBe('09/QĐ-UBND');
  });
});
