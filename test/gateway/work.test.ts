import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CongvanError } from '../../config/error.ts';
import { startWork, type Work } from '../../gateway/work.ts';
import { until } from '../support/intake.ts';
import { openRig, ordinaryInspect, ordinaryRead, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
let work: Work;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await work?.stop();
  await rig.close();
});

const states = () => rig.service.storage.messages.counts();
const registered = (n: number) => until(`${n} registered`, async () => (await states())['registered'] === n);
/** Message ids in the order of their numbers. */
const inBook = async () => (await rig.service.storage.register.list({ book: 'den' })).map((e) => e.messageId);

describe('work on what is due', () => {
  it('INT-18 numbers follow the order of receipt though the first letter is read slowest', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push((await rig.keep(`thu-${i}`, {}, `2026-11-20T01:0${i}:00Z`)).id);
    rig.reading.inspect = async (subject) => {
      if (subject === 'thu-0') await new Promise((resolve) => setTimeout(resolve, 400));
      return ordinaryInspect();
    };
    work = startWork(rig.service, 2);
    await registered(6);
    expect(await inBook()).toEqual(ids);
  });

  it('a letter that fails gives its place to those behind it', async () => {
    await rig.keep('hong', {}, '2026-11-20T01:00:00Z');
    const good = await rig.keep('tot', {}, '2026-11-20T01:01:00Z');
    rig.reading.read = (text) => {
      if (text === 'hong') throw new CongvanError('READER_CRASHED', 'ended');
      return ordinaryRead(text);
    };
    work = startWork(rig.service, 2);
    await registered(1);
    expect(await inBook()).toEqual([good.id]);
  });

  it('no more at once than it is told', async () => {
    let now = 0;
    let most = 0;
    rig.reading.read = async (text) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 30));
      now--;
      return ordinaryRead(text);
    };
    for (let i = 0; i < 8; i++) await rig.keep(`thu-${i}`);
    work = startWork(rig.service, 2);
    await registered(8);
    expect(most).toBe(2);
  });

  it('no ring is missed, though it comes while it is looking', async () => {
    work = startWork(rig.service, 2);
    const started = performance.now();
    for (let i = 0; i < 10; i++) {
      await rig.keep(`thu-${i}`);
      work.wake();
      await registered(i + 1);
    }
    expect(performance.now() - started).toBeLessThan(3_000); // each would take a second by the clock alone
  });

  it('finds what nobody rang for (another process released it) by the clock', async () => {
    work = startWork(rig.service, 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await rig.keep('thu');
    await registered(1);
  });

  it('a database that cannot be written is not stormed: the letter rests', async () => {
    await rig.keep('thu');
    const { storage } = rig.service;
    let tries = 0;
    const full = () => Promise.reject(new CongvanError('DISK_FULL', 'full'));
    rig.service.storage = { ...storage, transact: full, messages: { ...storage.messages, postpone: full } };
    rig.reading.read = (text) => {
      tries++;
      return ordinaryRead(text);
    };
    work = startWork(rig.service, 2);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(tries).toBe(1);
    const stopping = performance.now();
    await work.stop();
    expect(performance.now() - stopping).toBeLessThan(500); // the rest does not hold up the stop
  });

  it('survives a database that cannot even be listed', async () => {
    const { storage } = rig.service;
    let away = true;
    const due = (limit: number) => (away ? Promise.reject(new Error('away')) : storage.messages.due(limit));
    rig.service.storage = { ...storage, messages: { ...storage.messages, due } };
    await rig.keep('thu');
    work = startWork(rig.service, 2);
    await until('the trouble to be logged', () =>
      rig.log.some((line) => line.includes('cannot list what is due')),
    );
    away = false;
    await registered(1);
  });

  it('stop waits for what is in hand and takes nothing more', async () => {
    for (let i = 0; i < 3; i++) await rig.keep(`thu-${i}`);
    const begun: string[] = [];
    rig.reading.read = async (text) => {
      begun.push(text);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return ordinaryRead(text);
    };
    work = startWork(rig.service, 1);
    await until('the first to be begun', () => begun.length === 1);
    await work.stop();
    expect(await states()).toMatchObject({ registered: 1, kept: 2 });
    expect(begun).toEqual(['thu-0']);
  });
});
