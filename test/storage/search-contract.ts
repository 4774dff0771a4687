import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup, openStorage, restore } from '../../storage/index.ts';
import { storeOf } from '../../storage/store.ts';
import type { SearchHit, SearchText } from '../../storage/types.ts';
import {
  arrive,
  type Bench,
  decision,
  entry,
  openBench,
  registerLetter,
  type Where,
} from '../support/register.ts';

const PAGES = {
  thanhLap: 'Số: 125/UBND-VP\nVề việc thành lập Tổ công tác mở rộng đường giao thông nông thôn',
  duong: 'Kính gửi: các cơ quan, đơn vị. Dương Văn Mẫu báo cáo công việc của văn phòng.',
  nghi: 'Quyết định số 05/QĐ-UBND về lịch nghỉ lễ Quốc khánh; QUY ĐỊNH KHÁC',
  khong: 'Nghi le don khach; cong van khong dau',
};

export function searchContract(where: Where): void {
  let bench: Bench;
  /** Letter by the name of its page. */
  let letters: Record<string, string>;
  beforeEach(async () => {
    bench = await openBench(where);
    letters = {};
    for (const [uid, [name, text]] of Object.entries(PAGES).entries())
      letters[name] = await letter(uid + 1, text);
  });
  afterEach(() => bench.close());

  /** A registered letter with one file of one page. */
  const letter = async (uid: number, text: string, of: Parameters<typeof registerLetter>[2] = {}) => {
    const { row } = await arrive(bench.storage, `letter ${uid}`, { uid });
    await registerLetter(bench.storage, row, { fields: { soKyHieu: '', trichYeu: '' }, ...of });
    await bench.storage.search.index([pageOf(row.id, text)]);
    return row.id;
  };
  const pageOf = (messageId: string, text: string, page = 1, part = 'a'.repeat(64)): SearchText => ({
    messageId,
    entryId: null,
    part,
    name: 'van-ban.pdf',
    page,
    text,
  });
  const find = async (query: string, filter = {}) => (await bench.storage.search.find(query, filter)).hits;
  const names = (hits: SearchHit[]) =>
    hits.map((hit) => Object.keys(letters).find((name) => letters[name] === hit.messageId));

  describe('search', () => {
    test.each([
      ['duong', ['duong', 'thanhLap'], 'without marks both d and đ are meant'],
      ['đường', ['thanhLap', 'duong'], 'with marks the exact word first'],
      ['DƯƠNG', ['duong', 'thanhLap'], 'capitals do not matter'],
      ['cong van', ['khong', 'duong'], 'words side by side before words apart'],
      ['nghỉ lễ', ['nghi', 'khong'], 'exact before folded'],
      ['le nghi', ['khong', 'nghi'], 'any order'],
      ['"nghi le"', ['khong', 'nghi'], 'a phrase, folded'],
      ['"le nghi"', [], 'a phrase in the wrong order'],
      ['“nghỉ lễ”', ['nghi', 'khong'], 'printed quotation marks'],
      ['125/UBND-VP', ['thanhLap'], 'số/ký hiệu as printed'],
      ['ubnd-vp', ['thanhLap'], 'a part of it'],
      ['125', ['thanhLap'], 'the number alone'],
      ['25/UBND-VP', [], 'not a part of a number'],
      ['QĐ-UBND', ['nghi'], 'symbol with đ'],
      ['qd-ubnd', ['nghi'], 'symbol without'],
      ['5/QĐ-UBND', ['nghi'], 'below ten, without its zero'],
      ['UBND', ['nghi', 'thanhLap'], 'the newest first'],
      ['giao* nông', ['thanhLap'], 'the beginning of a word'],
      ['thon*', ['thanhLap'], 'the beginning of a word without marks'],
      ['UBND thành', ['thanhLap'], 'all words are wanted'],
      ['"UBND', ['nghi', 'thanhLap'], 'a quotation mark left open'],
      ['duo\u031Bng', ['duong', 'thanhLap'], 'NFD: ư in two characters'],
    ])('%s → %j (%s)', async (query, expected) => {
      expect(names(await find(query))).toEqual(expected);
    });

    test.each([
      '',
      '  ',
      '"" *',
      '***',
      '/-',
      "' OR 1=1 --",
      'text:',
      'NEAR(a b)',
      '\u0000',
      '^',
      '\ud800',
      '{folded} : x',
    ])('what is no query finds nothing and harms nothing: %j', async (query) => {
      expect(await find(query)).toEqual([]);
      expect(await find('UBND')).toHaveLength(2);
    });

    test('a hit names letter, entry, file, page, and shows the words in their line', async () => {
      const id = letters['thanhLap']!;
      await bench.storage.search.index([
        pageOf(id, 'trang đầu', 1),
        pageOf(id, 'Trang hai\nnói về  sửa chữa\ncầu', 2),
        pageOf(id, 'trang ba nói về sửa chữa cầu', 3),
      ]);
      const [hit, ...others] = await find('sửa chữa');
      expect(others).toEqual([]);
      expect(hit).toMatchObject({
        messageId: id,
        entryId: 'e-000001',
        name: 'van-ban.pdf',
        page: 2,
        exact: true,
      });
      const { text, marks } = hit!.snippet;
      expect(text).toBe('Trang hai nói về sửa chữa cầu');
      expect(marks.map(([from, to]) => text.slice(from, to))).toEqual(['sửa', 'chữa']);
      expect(await find('giao thông'), 'its pages of before are replaced').toEqual([]);
    });

    test('the register is found by its fields, as they were corrected, and without a letter too (số đi)', async () => {
      const { storage } = bench;
      const fields = {
        soKyHieu: '77/SNV-TCCB',
        trichYeu: 'Về tuyển dụng viên chức',
        ngayVanBan: '2026-11-19',
        doMat: 'THUONG',
      };
      await letter(90, 'trang', { fields: { ...fields, tacGia: 'Sở Nội vụ', nguoiKy: 'Trần Thị Mẫu' } });
      await storage.transact({}, () =>
        decision({ entries: [entry({ book: 'di', fields: { ...fields, nguoiKy: 'Lê Mẫu' } })] }),
      );
      expect(await storage.search.catchUp()).toBe(6);
      expect(await storage.search.catchUp()).toBe(0);
      expect((await find('77/snv-tccb tuyen dung')).map((hit) => hit.entryId)).toEqual([
        'e-000006',
        'e-000005',
      ]);
      expect((await find('Trần Thị Mẫu')).map((hit) => [hit.entryId, hit.part])).toEqual([
        ['e-000005', null],
      ]);
      expect(await find('19/11/2026')).toHaveLength(2);
      await storage.transact({}, () =>
        decision({
          corrections: [
            { entryId: 'e-000005', field: 'trichYeu', value: 'Về thi đua', by: 'vanthu', why: '' },
          ],
        }),
      );
      expect(await storage.search.catchUp()).toBe(1);
      expect((await find('thi đua')).map((hit) => hit.entryId)).toEqual(['e-000005']);
      expect((await find('tuyển dụng')).map((hit) => hit.entryId)).toEqual(['e-000006']);
      expect((await find('77', { book: 'di' })).map((hit) => hit.entryId)).toEqual(['e-000006']);
      expect(await find('77', { year: 2025 })).toEqual([]);
      expect(await find('UBND', { book: 'den', year: 2026 })).toHaveLength(2);
    });

    test('a held letter is found before it is in a book, and in its book after', async () => {
      const { storage } = bench;
      const { row } = await arrive(storage, 'held', { uid: 51 });
      const state = (to: 'held' | 'registered') => ({ id: row.id, state: to, kind: null, rule: null });
      await storage.transact({}, () => decision({ message: state('held') }));
      await storage.search.index([pageOf(row.id, 'chờ văn thư xem')]);
      await storage.search.catchUp();
      expect(await find('chờ văn thư')).toMatchObject([{ messageId: row.id, entryId: null }]);
      expect(await find('chờ văn thư', { book: 'den' })).toEqual([]);
      await storage.transact({}, () =>
        decision({ message: state('registered'), entries: [entry({ messageId: row.id })] }),
      );
      await storage.search.catchUp();
      const inBook = { book: 'den', year: 2026 };
      expect(await find('chờ văn thư', inBook)).toMatchObject([{ entryId: 'e-000005', page: 1 }]);
      expect(await find('y2026 den')).toEqual([]);
    });

    test('a file belongs to the entry that has it', async () => {
      const { storage } = bench;
      const { row } = await arrive(storage, 'two documents', { uid: 50 });
      const file = (sha256: string) => ({
        sha256,
        name: 'x.pdf',
        role: 'main' as const,
        size: 1,
        verdict: null,
      });
      await storage.transact({}, () =>
        decision({
          message: { id: row.id, state: 'registered', kind: null, rule: null },
          entries: ['b', 'c'].map((c) => entry({ messageId: row.id, files: [file(c.repeat(64))] })),
        }),
      );
      await storage.search.index([pageOf(row.id, 'phụ lục thứ hai', 4, 'c'.repeat(64))]);
      expect(await find('phụ lục')).toMatchObject([{ entryId: 'e-000006', page: 4 }]);
    });

    test('limit and offset walk through all letters once', async () => {
      for (let uid = 10; uid < 40; uid++) await letter(uid, `UBND trang ${uid}`);
      const seen: string[] = [];
      for (let offset = 0; ; offset += 7) {
        const { hits, more } = await bench.storage.search.find('ubnd', { offset, limit: 7 });
        seen.push(...hits.map((hit) => hit.messageId!));
        if (!more) break;
      }
      expect(seen).toHaveLength(32);
      expect(new Set(seen).size).toBe(32);
    });

    test('long text is found to its end; NUL and broken letters do no harm', async () => {
      const long = `${'chữ thường '.repeat(30_000)} cuối\u0000 cùng \ud800 ${'x'.repeat(5_000)}`;
      await bench.storage.search.index([pageOf(letters['duong']!, long)]);
      expect(names(await find('"cuối cùng"'))).toEqual(['duong']);
    });

    test('DOMAIN 8.2: what was not read to its end, or waits for the persons of secrets, is not taken in', async () => {
      const { storage } = bench;
      const { row } = await arrive(storage, 'kept', { uid: 60 });
      expect(await storage.search.index([pageOf(row.id, 'kepttext')])).toBe(0);
      const hold = {
        messageId: row.id,
        proposals: [],
        reasons: [],
        twoPersons: true,
        queue: 'secrets' as const,
      };
      await storage.transact({}, () =>
        decision({ message: { id: row.id, state: 'held', kind: null, rule: null }, holds: [hold] }),
      );
      expect(await storage.search.index([pageOf(row.id, 'kepttext')])).toBe(0);
      await letter(61, 'trang', { fields: { trichYeu: 'kepttext', doMat: 'MAT' } });
      await storage.search.catchUp();
      expect(await find('kepttext')).toEqual([]);
    });

    test('DOMAIN 8.2: a letter that is frozen later takes its words with it, to the last byte', async () => {
      const { storage } = bench;
      const id = await letter(70, 'zyxwvut bí mật '.repeat(200), {
        fields: { trichYeu: 'zyxwvut trích yếu' },
      });
      await storage.search.catchUp();
      expect(await find('zyxwvut')).toHaveLength(1);
      await storage.transact({}, () =>
        decision({ message: { id, state: 'frozen', kind: null, rule: 'secrecy-mark' } }),
      );
      expect(await find('zyxwvut')).toEqual([]);
      expect(await find('zyxw*')).toEqual([]);
      expect(await storage.search.index([pageOf(id, 'zyxwvut')])).toBe(0);
      const { database } = bench.options;
      if (database.kind !== 'sqlite') return;
      // The words of its entry stay in the register (REG-05); in the index nothing does.
      const { db } = storeOf(storage).engine;
      for (const table of ['search_words_data', 'search_words_idx', 'search_pages']) {
        const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
        expect(JSON.stringify(rows.map((row) => Object.values(row).map(asText)))).not.toContain('zyxw');
      }
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
      expect(readFileSync(database.file, 'latin1')).not.toContain('zyxwvut b');
    });

    test('the index is in no backup; after a restore the register is found again', async () => {
      const { storage, options } = bench;
      await letter(80, 'qponmlk trang', { fields: { trichYeu: 'Về đê điều' } });
      await storage.search.catchUp();
      const folder = join(options.dataDir, 'saved');
      await backup(storage, folder);
      const names = readFileSync(join(folder, 'manifest.json'), 'utf8');
      expect(names).not.toContain('search_');
      const dataDir = join(options.dataDir, 'restored');
      const database = where(dataDir);
      await restore(folder, { ...options, dataDir, database });
      const copy = await openStorage({ ...options, dataDir, database });
      expect(await copy.search.catchUp()).toBe(5);
      expect((await copy.search.find('de dieu')).hits).toHaveLength(1);
      expect((await copy.search.find('qponmlk')).hits).toEqual([]);
      await copy.close();
    });

    test('an index that was thrown away is made again', async () => {
      const { storage } = bench;
      await storage.search.catchUp();
      await storage.search.clear();
      expect(await find('UBND')).toEqual([]);
      expect(await storage.search.catchUp()).toBe(4);
      expect(await storage.search.index([pageOf(letters['nghi']!, PAGES.nghi)])).toBe(1);
      expect(names(await find('UBND'))).toEqual(['nghi']);
    });
  });
}

const asText = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
