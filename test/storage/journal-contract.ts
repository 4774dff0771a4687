import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeOf } from '../../storage/store.ts';
import { type Bench, decision, entry, openBench, send, type Where } from '../support/register.ts';

export function journalContract(where: Where): void {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench(where);
    const own = {
      actor: 'vanthu',
      action: 'hold.accepted',
      subject: 'message:m-000001',
      data: { b: 1, a: 'ký \u0000\ud800' },
    };
    for (let i = 0; i < 3; i++) {
      await bench.storage.transact({}, () =>
        decision({ entries: [entry()], sends: [send({ entry: 0 })], journal: [own] }),
      );
    }
  });
  afterEach(() => bench.close());

  /** Changes the tables behind our back, as one who has the file could. */
  const tamper = async (statement: string) => {
    const { engine } = storeOf(bench.storage);
    const drop = (name: string) =>
      sql
        .raw(engine.kind === 'sqlite' ? `drop trigger ${name}` : `drop trigger ${name} on journal`)
        .execute(engine.db);
    for (const name of ['journal_no_update', 'journal_no_delete']) await drop(name);
    await sql.raw(statement).execute(engine.db);
  };

  test('every act leaves a line, in order, bound to the one before it (invariant 9)', async () => {
    const { journal } = bench.storage;
    await journal.append({ actor: 'quantri', action: 'test', subject: 'x', data: {} });
    const lines = await journal.list({ after: 6 });
    expect(lines.map((line) => [line.seq, line.action])).toEqual([
      [7, 'hold.accepted'],
      [8, 'entry.registered'],
      [9, 'send.queued'],
      [10, 'test'],
    ]);
    expect(lines[1]!.previous).toBe(lines[0]!.hash);
    expect(lines[0]!.data).toEqual({ a: 'ký \u0000\ud800', b: 1 });
    expect(await journal.verify()).toEqual({ ok: true, lines: 10, brokenAt: null, reason: null });
  });

  test('the database itself refuses to change or delete what must stay', async () => {
    const { db } = storeOf(bench.storage).engine;
    const forbidden = [
      "update journal set actor = 'x'",
      'delete from journal',
      'delete from entries',
      'update entries set number = 9',
      'delete from transmissions',
      "update transmissions set token = 'x'",
    ];
    for (const statement of forbidden)
      await expect(sql.raw(statement).execute(db), statement).rejects.toThrow('forbidden');
  });

  test('a number that exists already is refused by the database itself (INT-18)', async () => {
    const { db } = storeOf(bench.storage).engine;
    await sql.raw('update series set next_number = 1').execute(db);
    await expect(bench.storage.transact({}, () => decision({ entries: [entry()] }))).rejects.toThrow(
      /unique/i,
    );
  });

  test.each([
    ['a changed line', "update journal set actor = 'nobody' where seq = 4", { brokenAt: 4, lines: 3 }],
    ['changed data', `update journal set data = '{"a":1}' where seq = 1`, { brokenAt: 1, lines: 0 }],
    ['data that is no JSON', "update journal set data = '{' where seq = 2", { brokenAt: 2, lines: 1 }],
    ['a line taken out', 'delete from journal where seq = 5', { brokenAt: 6, lines: 4 }],
    ['a tail cut off', 'delete from journal where seq > 7', { brokenAt: 8, lines: 7 }],
    ['everything cut off', 'delete from journal', { brokenAt: 1, lines: 0 }],
    [
      'an anchor set back',
      `update meta set value = '{"seq":8,"hash":"x"}' where name = 'journal.head'`,
      { brokenAt: 9, lines: 9 },
    ],
  ])('%s is found', async (_name, statement, found) => {
    await tamper(statement);
    expect(await bench.storage.journal.verify()).toMatchObject({ ok: false, ...found });
  });

  test('verifying while others append ends well', async () => {
    const { journal } = bench.storage;
    const line = { actor: 'machine', action: 'test', subject: 'x', data: {} };
    const appending = Promise.all(Array.from({ length: 50 }, () => journal.append(line)));
    for (let i = 0; i < 5; i++) expect(await journal.verify()).toMatchObject({ ok: true });
    await appending;
    expect(await journal.verify()).toMatchObject({ ok: true, lines: 59 });
  });
}
