import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HoldDraft } from '../../handlers/types.ts';
import {
  arrive,
  type Bench,
  decision,
  entry,
  openBench,
  registerLetter,
  send,
  type Where,
} from '../support/register.ts';

export function registerContract(where: Where): void {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench(where);
  });
  afterEach(() => bench.close());

  test('100 concurrent registrations over two connections give 1 to 100 without gap (INT-18)', async () => {
    const other = await bench.again();
    const given = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        (i % 2 ? other : bench.storage).transact({}, () =>
          decision({ entries: [entry()], sends: [send({ entry: 0 })] }),
        ),
      ),
    );
    const numbers = given.map((recorded) => recorded.entries[0]!.number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await bench.storage.register.peek('den', 'H99.01', 'chung', 2026)).toBe(101);
    expect(await bench.storage.journal.verify()).toMatchObject({ ok: true, lines: 200 });
  });

  test('a decision that throws writes nothing and burns no number (invariant 2)', async () => {
    const { storage } = bench;
    const failing = storage.transact({}, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const broken = storage.transact({}, () =>
      decision({ entries: [entry(), entry()], sends: [send({ entry: 0 }), send({ entry: 5 })] }),
    );
    await expect(broken).rejects.toThrow(RangeError);
    const unknown = storage.transact({}, () =>
      decision({
        entries: [entry()],
        corrections: [{ entryId: 'e-999999', field: 'x', value: '', by: 'vanthu', why: '' }],
      }),
    );
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND', temporary: false });
    expect(await storage.register.list({})).toEqual([]);
    expect(await storage.outbox.list({})).toEqual([]);
    expect(await storage.journal.list({})).toEqual([]);
    const { entries } = await storage.transact({}, () => decision({ entries: [entry()] }));
    expect(entries).toEqual([{ id: 'e-000001', book: 'den', number: 1, year: 2026, soKyHieu: null }]);
  });

  test('each book, agency, series and year counts for itself', async () => {
    const drafts = [
      entry(),
      entry({ agency: 'H99.02' }),
      entry({ series: 'QĐ' }),
      entry({ year: 2027 }),
      entry({ book: 'di', numberPattern: '{number}/UBND-VP' }),
      entry(),
    ];
    const { entries } = await bench.storage.transact({}, () => decision({ entries: drafts }));
    expect(entries.map((given) => given.number)).toEqual([1, 1, 1, 1, 1, 2]);
  });

  test('số đi makes the số/ký hiệu, with two digits below ten, and the key for duplicates, with none', async () => {
    const { storage } = bench;
    const draft = entry({
      book: 'di',
      numberPattern: '{number}/UBND-VP',
      documentKey: 'ubnd|{number}/UBND-VP|2026-11-20',
    });
    const first = await storage.transact({}, () => decision({ entries: [draft] }));
    await storage.register.setNext('di', 'H99.01', 'chung', 2026, 120, 'vanthu');
    const second = await storage.transact({}, () => decision({ entries: [draft] }));
    expect([first, second].map((given) => given.entries[0]!.soKyHieu)).toEqual(['01/UBND-VP', '120/UBND-VP']);
    expect(await storage.register.byNumber('di', 2026, 1)).toMatchObject({
      documentKey: 'ubnd|1/UBND-VP|2026-11-20',
      fields: { soDi: '1', soKyHieu: '01/UBND-VP' },
    });
  });

  test('the next number may be set above what was given, never at or below it (INT-18)', async () => {
    const { storage } = bench;
    await storage.register.setNext('den', 'H99.01', 'chung', 2026, 841, 'quantri');
    await storage.register.setNext('den', 'H99.01', 'chung', 2026, 501, 'quantri');
    const { entries } = await storage.transact({}, () => decision({ entries: [entry()] }));
    expect(entries[0]!.number).toBe(501);
    const below = storage.register.setNext('den', 'H99.01', 'chung', 2026, 501, 'quantri');
    await expect(below).rejects.toMatchObject({
      code: 'NUMBER_TAKEN',
      temporary: false,
      fields: { highest: 501 },
    });
    expect(await storage.journal.list({ subject: 'series:den/H99.01/chung/2026' })).toMatchObject([
      { actor: 'quantri', data: { number: 841 } },
      { actor: 'quantri', data: { number: 501 } },
    ]);
  });

  test('a cancelled entry stays and its number is never given again (INT-18)', async () => {
    const { storage } = bench;
    await storage.transact({}, () => decision({ entries: [entry(), entry()] }));
    const cancel = { entryId: 'e-000002', by: 'vanthu', why: 'Vào sổ nhầm' };
    await storage.transact({ entryId: 'e-000002' }, (snapshot) => {
      expect(snapshot.entry).toMatchObject({ number: 2, cancelled: false });
      return decision({ cancel });
    });
    const next = await storage.transact({}, () => decision({ entries: [entry()] }));
    expect(next.entries[0]!.number).toBe(3);
    expect(await storage.register.byNumber('den', 2026, 2)).toMatchObject({
      cancelledAt: '2026-11-20T03:00:00.000Z',
      cancelledBy: 'vanthu',
      cancelReason: 'Vào sổ nhầm',
    });
    await expect(storage.transact({}, () => decision({ cancel }))).rejects.toMatchObject({
      code: 'ALREADY_CANCELLED',
    });
  });

  test('a correction keeps the old value, who, when and why; the number is not corrected (REG-05)', async () => {
    const { storage } = bench;
    await storage.transact({}, () => decision({ entries: [entry()] }));
    const base = { entryId: 'e-000001', by: 'vanthu', why: 'Đọc nhầm' };
    const corrections = [
      { ...base, field: 'trichYeu', value: 'Về việc kiểm tra' },
      { ...base, field: 'linhVuc', value: 'Nội vụ' },
      { ...base, field: 'urgency', value: 'KHAN' },
    ];
    await storage.transact({}, () => decision({ corrections }));
    expect(await storage.register.get('e-000001')).toMatchObject({
      urgency: 'KHAN',
      fields: { trichYeu: 'Về việc kiểm tra', linhVuc: 'Nội vụ', soDen: '1' },
      corrections: [
        {
          field: 'trichYeu',
          old: 'Về việc thử nghiệm',
          value: 'Về việc kiểm tra',
          by: 'vanthu',
          why: 'Đọc nhầm',
        },
        { field: 'linhVuc', old: null, value: 'Nội vụ' },
        { field: 'urgency', old: 'THUONG', value: 'KHAN' },
      ],
    });
    expect(await storage.register.list({ text: 'KIEM TRA' })).toHaveLength(1);
    expect(await storage.register.list({ text: 'thử nghiệm' })).toEqual([]);
    const number = storage.transact({}, () =>
      decision({ corrections: [{ ...base, field: 'soDen', value: '9' }] }),
    );
    await expect(number).rejects.toMatchObject({ code: 'NUMBER_FIXED' });
    const lines = await storage.journal.list({ subject: 'entry:e-000001' });
    expect(JSON.stringify(lines)).not.toContain('kiểm tra');
  });

  test('duplicates are found by document key and by the bytes of the main file (INT-10)', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter');
    const file = {
      sha256: 'a'.repeat(64),
      name: 'vb.pdf',
      role: 'main' as const,
      size: 10,
      verdict: 'valid',
    };
    const appendix = { ...file, sha256: 'b'.repeat(64), role: 'appendix' as const };
    await registerLetter(storage, row, { documentKey: 'snv|12/qd-snv|2026-11-20', files: [file, appendix] });
    const query = {
      documentKeys: ['x', 'snv|12/qd-snv|2026-11-20'],
      fileSha256: ['a'.repeat(64), 'b'.repeat(64)],
    };
    await storage.transact(query, (snapshot) => {
      expect(snapshot.entriesByKey).toMatchObject([
        { id: 'e-000001', mainFile: 'a'.repeat(64), messageId: row.id },
      ]);
      expect(snapshot.entriesByFile).toMatchObject([{ id: 'e-000001' }]);
      return decision();
    });
    await storage.transact({ fileSha256: ['b'.repeat(64)] }, (snapshot) => {
      expect(snapshot.entriesByFile).toEqual([]);
      return decision();
    });
    expect(await storage.register.ofMessage(row.id)).toMatchObject([{ files: [file, appendix], number: 1 }]);
    expect(await storage.messages.get(row.id)).toMatchObject({
      state: 'registered',
      kind: 'official-document',
    });
  });

  test('the register is found by book, year, numbers and words; % and _ are words too', async () => {
    const { storage } = bench;
    const entries = ['100% kinh phí', 'a_b', 'Quyết định', 'Đề án'].map((trichYeu) =>
      entry({ fields: { trichYeu } }),
    );
    await storage.transact({}, () =>
      decision({ entries: [...entries, entry({ book: 'di', numberPattern: '{number}/VP' })] }),
    );
    const numbers = async (filter: Parameters<typeof storage.register.list>[0]) =>
      (await storage.register.list(filter)).map((row) => `${row.book}${row.number}`);
    expect(await numbers({})).toEqual(['den1', 'den2', 'den3', 'den4', 'di1']);
    expect(await numbers({ text: '0%' })).toEqual(['den1']);
    expect(await numbers({ text: 'A_B' })).toEqual(['den2']);
    expect(await numbers({ text: 'quyet dinh' })).toEqual(['den3']);
    expect(await numbers({ text: 'ĐỀ ÁN' })).toEqual(['den4']);
    expect(await numbers({ book: 'den', year: 2026, from: 2, to: 3 })).toEqual(['den2', 'den3']);
    expect(await numbers({ limit: 2, offset: 1 })).toEqual(['den2', 'den3']);
    expect(await numbers({ year: 2025 })).toEqual([]);
  });

  test('a secret is decided by two different persons (invariant 8)', async () => {
    const { storage } = bench;
    const { row } = await arrive(storage, 'letter');
    const hold: HoldDraft = {
      messageId: row.id,
      proposals: [entry()],
      reasons: [{ code: 'SECRET', sentence: 'Nghi có bí mật' }],
      twoPersons: true,
      queue: 'secrets',
    };
    const opened = await storage.transact({}, () => decision({ holds: [hold] }));
    expect(opened.holds).toEqual(['h-000001']);
    const act = { id: 'h-000001', outcome: 'released' as const, note: null };
    const alone = storage.transact({}, () => decision({ closeHold: { ...act, by: ['vanthu'] } }));
    await expect(alone).rejects.toMatchObject({ code: 'SAME_PERSON' });
    await storage.transact({}, () => decision({ approveHold: { ...act, by: 'vanthu' } }));
    const twice = storage.transact({}, () => decision({ approveHold: { ...act, by: 'vanthu' } }));
    await expect(twice).rejects.toMatchObject({ code: 'SAME_PERSON' });
    const same = storage.transact({}, () => decision({ closeHold: { ...act, by: ['vanthu'] } }));
    await expect(same).rejects.toMatchObject({ code: 'SAME_PERSON' });
    const otherwise = storage.transact({}, () =>
      decision({ closeHold: { ...act, outcome: 'returned', by: ['chutich'] } }),
    );
    await expect(otherwise).rejects.toMatchObject({ code: 'SAME_PERSON' });
    await storage.transact({ holdId: 'h-000001' }, (snapshot) => {
      expect(snapshot.hold).toMatchObject({
        open: true,
        queue: 'secrets',
        approvals: [{ by: 'vanthu', outcome: 'released' }],
      });
      return decision({ closeHold: { ...act, by: ['chutich'] } });
    });
    expect(await storage.holds.list({ open: true })).toEqual([]);
    expect(await storage.holds.list({ open: false, queue: 'secrets' })).toMatchObject([
      { proposals: [{ book: 'den' }] },
    ]);
    const late = storage.transact({}, () => decision({ closeHold: { ...act, by: ['vanthu', 'chutich'] } }));
    await expect(late).rejects.toMatchObject({ code: 'HOLD_CLOSED' });
  });

  test('what a decision returns for each send is a token of 26 characters, in a Message-ID of ours', async () => {
    const { storage } = bench;
    const { sends } = await storage.transact({}, () =>
      decision({ entries: [entry()], sends: [send({ entry: 0 }), send({ kind: 'T8' })] }),
    );
    expect(sends).toMatchObject([
      { id: 's-000001', kind: 'T2' },
      { id: 's-000002', kind: 'T8' },
    ]);
    for (const { id, token } of sends) {
      expect(token).toMatch(/^[a-z2-7]{26}$/);
      expect(await storage.outbox.get(id)).toMatchObject({
        token,
        messageIdHeader: `<cv.${token}@mau.example.gov.vn>`,
        state: 'due',
      });
    }
    const query = {
      tokens: [sends[0]!.token],
      quotedMessageIds: [`<cv.${sends[1]!.token}@mau.example.gov.vn>`],
      transmissionId: 's-000001',
    };
    await storage.transact(query, (snapshot) => {
      expect(snapshot.transmissions).toMatchObject([
        { id: 's-000001', entryId: 'e-000001', soKyHieu: '12/QĐ-SNV' },
        { id: 's-000002', soKyHieu: null },
      ]);
      return decision();
    });
  });
}
