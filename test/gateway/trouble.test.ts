import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CongvanError } from '../../config/error.ts';
import { releaseHold } from '../../gateway/acts.ts';
import { live } from '../../gateway/pipeline.ts';
import { openRig, ordinaryInspect, ordinaryRead, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const turn = { mine: async () => undefined, done: () => undefined };
const row = async (id: string) => (await rig.service.storage.messages.get(id))!;
const once = async (id: string) => live(await row(id), turn, rig.service);
const sends = async (id: string) =>
  (await rig.service.storage.outbox.list({ aboutMessage: id })).map((s) => s.kind);
const crash = () => {
  throw new CongvanError('READER_CRASHED', 'the reading process ended (SIGSEGV)', { temporary: true });
};
/** Forward to when the message is due again; gives the pause in milliseconds. */
async function wait(id: string): Promise<number> {
  const until = new Date((await row(id)).nextAttemptAt!);
  const pause = until.getTime() - rig.clock.now.getTime();
  rig.clock.now = until;
  return pause;
}

describe('trouble outside', () => {
  it('waits, is tried again with growing pauses that have a cap, and never becomes a hold', async () => {
    const { id } = await rig.keep('thu-1');
    rig.service.scan = async () => {
      throw new CongvanError('SCANNER_UNREACHABLE', 'virus scanner: no answer', { temporary: true });
    };
    const pauses: number[] = [];
    for (let i = 0; i < 14; i++) {
      await once(id);
      expect(await row(id)).toMatchObject({
        state: 'waiting',
        attempts: i + 1,
        problem: { code: 'SCANNER_UNREACHABLE' },
      });
      pauses.push(await wait(id));
    }
    expect(pauses.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(pauses.at(-1)).toBe(600_000);
    expect(await sends(id)).toEqual([]);
    rig.service.scan = async () => ({ status: 'clean', name: null, part: null });
    await once(id);
    expect(await row(id)).toMatchObject({ state: 'registered', problem: null });
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it.each([
    ['a full disk', new CongvanError('DISK_FULL', 'full'), 'DISK_FULL'],
    [
      'PostgreSQL gone',
      Object.assign(new Error('terminating connection'), { code: '57P01' }),
      'READING_INTERRUPTED',
    ],
    ['SQLite busy', Object.assign(new Error('database is locked'), { errcode: 5 }), 'READING_INTERRUPTED'],
    [
      'too many open files',
      Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open' }),
      'READING_INTERRUPTED',
    ],
    ['the service stops', new CongvanError('SERVICE_STOPPING', 'stopping'), 'SERVICE_STOPPING'],
  ])('%s is no fault of the letter, however often', async (_name, error, code) => {
    const { id } = await rig.keep('thu-1');
    rig.reading.read = () => Promise.reject(error);
    for (let i = 0; i < 5; i++) {
      await once(id);
      await wait(id);
    }
    expect(await row(id)).toMatchObject({ state: 'waiting', problem: { code } });
  });

  it('between arrival and registration: resumed without a second T1', async () => {
    const { id } = await rig.keep('thu-1');
    rig.reading.inspect = () => Promise.reject(new CongvanError('DISK_FULL', 'full'));
    await once(id);
    expect(await row(id)).toMatchObject({
      state: 'waiting',
      waitingFrom: 'arrived',
      kind: 'official-document',
    });
    expect(await sends(id)).toEqual(['T1']);
    rig.reading.inspect = ordinaryInspect;
    rig.reading.read = () => {
      throw new Error('arrival must not be read again');
    };
    await once(id);
    expect((await row(id)).state).toBe('registered');
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it('that cannot even be written down leaves the row as it was and is told, so that the letter rests', async () => {
    const { id } = await rig.keep('thu-1');
    const { messages } = rig.service.storage;
    const full = () => Promise.reject(new CongvanError('DISK_FULL', 'full'));
    rig.service.storage = {
      ...rig.service.storage,
      transact: full,
      messages: { ...messages, postpone: full },
    };
    expect(await once(id)).toBe(false);
    expect(await row(id)).toMatchObject({ state: 'kept', attempts: 0 });
  });
});

describe('a letter whose own bytes are the reason', () => {
  it('is held with its bytes after three tries, and can be released to be read anew', async () => {
    const { id, sha256 } = await rig.keep('thu-1');
    rig.reading.read = crash;
    for (let i = 0; i < 2; i++) {
      await once(id);
      expect((await row(id)).state).toBe('waiting');
      await wait(id);
    }
    await once(id);
    expect(await row(id)).toMatchObject({ state: 'held', kind: 'unreadable', rule: 'READER_CRASHED' });
    expect(await rig.service.storage.bytes.has(sha256)).toBe(true);
    const [hold] = await rig.service.storage.holds.list({ open: true });
    expect(hold).toMatchObject({ messageId: id, queue: 'clerk', reasons: [{ code: 'READER_CRASHED' }] });

    rig.reading.read = ordinaryRead;
    await releaseHold(rig.service, hold!.id, { by: 'vanthu', note: 'đọc lại' });
    expect(await row(id)).toMatchObject({ state: 'kept', rule: null });
    await once(id);
    expect((await row(id)).state).toBe('registered');
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it('an hour without the scanner does not count against it', async () => {
    const { id } = await rig.keep('thu-1');
    rig.reading.read = () => Promise.reject(new CongvanError('DISK_FULL', 'full'));
    for (let i = 0; i < 5; i++) {
      await once(id);
      await wait(id);
    }
    rig.reading.read = crash;
    await once(id);
    expect(await row(id)).toMatchObject({ state: 'waiting', attempts: 1 });
  });

  it('tries of arrival do not count against registration', async () => {
    const { id } = await rig.keep('thu-1');
    rig.reading.read = crash;
    await once(id);
    await once(id);
    rig.reading.read = ordinaryRead;
    rig.reading.inspect = crash;
    await once(id);
    expect(await row(id)).toMatchObject({ state: 'waiting', attempts: 1, kind: 'official-document' });
  });

  it('a release by one person does not switch the search for secrecy marks off', async () => {
    const { id } = await rig.keep('thu-1');
    rig.reading.read = crash;
    for (let i = 0; i < 3; i++) await once(id);
    const [hold] = await rig.service.storage.holds.list({ open: true });
    await releaseHold(rig.service, hold!.id, { by: 'vanthu', note: 'đọc lại' });
    rig.reading.read = (text) => ({
      ...ordinaryRead(text),
      secrecy: [{ level: 'MAT', where: 'subject', part: null }],
    });
    await once(id);
    expect((await row(id)).state).toBe('frozen');
  });

  it('PD-03 the words of an unknown error, which may quote the letter, reach neither log nor row', async () => {
    const { id } = await rig.keep('thu-1');
    rig.reading.read = () => {
      throw new SyntaxError('Unexpected token in "Kế hoạch diễn tập"');
    };
    await once(id);
    expect((await row(id)).problem).toMatchObject({
      code: 'READING_FAILED',
      detail: expect.stringMatching(/^SyntaxError .*trouble\.test\.ts/),
    });
    expect(rig.log.join('')).not.toMatch(/diễn tập/);
  });
});

describe('DESIGN, invariant 2: no letter is decided twice', () => {
  it('a list that is older than what was done meanwhile changes nothing', async () => {
    const { id } = await rig.keep('thu-1');
    const old = await row(id);
    await once(id);
    await live(old, turn, rig.service);
    expect(await rig.service.storage.register.ofMessage(id)).toHaveLength(1);
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it('nor do two that live the same letter at the same time', async () => {
    const { id } = await rig.keep('thu-1');
    const old = await row(id);
    await Promise.all([live(old, turn, rig.service), live(old, turn, rig.service)]);
    expect(await rig.service.storage.register.ofMessage(id)).toHaveLength(1);
    expect(await sends(id)).toEqual(['T1', 'T2']);
  });

  it('the same bytes in two mailboxes are answered once, by the one that was kept first, though both were there before', async () => {
    const first = await rig.keep('thu-1', { mailbox: 'van-thu' });
    const second = await rig.keep('thu-1', { mailbox: 'du-phong' });
    await once(second.id);
    await once(first.id);
    expect(await sends(first.id)).toContain('T1');
    expect(await sends(second.id)).toEqual([]);
  });
});
