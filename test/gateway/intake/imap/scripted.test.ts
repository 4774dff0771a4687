import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImapMailbox } from '../../../../config/types.ts';
import { type Backoffs, startImapIntake } from '../../../../gateway/intake/imap/connection.ts';
import type { RunningIntake } from '../../../../gateway/intake/ports.ts';
import { reconcile } from '../../../../gateway/reconcile.ts';
import { type IntakeRig, intakeRig, letter, mailboxOn, until } from '../../../support/intake.ts';
import { type ImapScript, type ScriptedImap, startScriptedImap } from '../../../support/scripted-imap.ts';

const QUICK = { firstMs: 20, capMs: 50 };
const BACKOFFS: Backoffs = {
  'login-refused': QUICK,
  throttled: QUICK,
  unreachable: QUICK,
  stuck: QUICK,
  'disk-full': QUICK,
};

let rig: IntakeRig;
let server: ScriptedImap;
let intake: RunningIntake | null = null;

beforeEach(async () => {
  rig = await intakeRig();
});
afterEach(async () => {
  await intake?.stop();
  intake = null;
  await server.stop();
  await rig.close();
});

async function watching(
  script: Partial<ImapScript>,
  changes: Partial<ImapMailbox> = {},
  cutover: string | null = null,
) {
  server = await startScriptedImap(script);
  const mailbox = mailboxOn(server.port, { commandTimeoutMs: 300, intervalMs: 100, ...changes });
  intake = startImapIntake([mailbox], cutover, rig.ports, BACKOFFS);
  return mailbox;
}

const message = (uid: number, changes = {}) => ({ uid, source: letter(`thu ${uid}`), ...changes });
const keptUids = () => rig.kept.map((row) => row.origin.uid);
const health = async () => (await rig.storage.mailboxes.health())[0];
const sightings = (uids: number[], validity = '1000') =>
  rig.storage.mailboxes.sightings('van-thu', 'INBOX', validity, uids);
const cursor = () => rig.storage.mailboxes.cursor('van-thu', 'INBOX', '1000');

describe('a folder on a server that does what it should', () => {
  it('keeps every message with the time of its entry (INT-02, TIM-02), in the order of the UIDs', async () => {
    await watching({ messages: [message(4), message(7), message(9)] });
    await until('three letters', () => rig.kept.length === 3);
    expect(keptUids()).toEqual([4, 7, 9]);
    expect(rig.kept[0]).toMatchObject({
      enteredAt: '2026-11-20T02:00:00.000Z',
      state: 'kept',
      origin: {
        channel: 'imap',
        mailbox: 'van-thu',
        folder: 'INBOX',
        uidValidity: '1000',
        envelopeFrom: null,
      },
    });
    await until('cursor at 9', async () => (await cursor()) === 9);
    expect(await health()).toMatchObject({ name: 'van-thu/INBOX', state: 'ok', detail: null });
  });

  it('asks for nothing that could mark a message as read, nor for envelopes', async () => {
    await watching({ messages: [message(1)] });
    await until('one letter', () => rig.kept.length === 1);
    expect(server.commands.some((command) => /^EXAMINE/.test(command))).toBe(true);
    expect(
      server.commands.filter((command) => /SELECT|STORE|ENVELOPE|BODYSTRUCTURE|BODY\[/.test(command)),
    ).toEqual([]);
  });

  it('fetches at once after a hint, long before the next listing', async () => {
    await watching({}, { intervalMs: 60_000 });
    await until('idling', () => server.commands.includes('IDLE'));
    server.deliver(message(1));
    await until('the letter', () => rig.kept.length === 1, 2000);
  });

  it('finds a message by the timed listing when IDLE is not used', async () => {
    await watching({}, { idle: false });
    await until('the first listing', async () => (await health())?.state === 'ok');
    server.deliver(message(1));
    await until('the letter', () => rig.kept.length === 1);
    expect(server.commands).not.toContain('IDLE');
  });

  it('fetches nothing twice after a restart', async () => {
    const mailbox = await watching({ messages: [message(1), message(2)] });
    await until('two letters', () => rig.kept.length === 2);
    await intake?.stop();
    server.commands.length = 0;
    intake = startImapIntake([mailbox], null, rig.ports, BACKOFFS);
    await until('idling again', () => server.commands.includes('IDLE'));
    expect(server.commands.filter((command) => /BODY/.test(command))).toEqual([]);
    expect(rig.kept).toHaveLength(2);
  });

  it('notes what entered before the cut-over date without fetching it (INT-18)', async () => {
    const old = { internalDate: '31-Dec-2025 23:59:59 +0700' };
    await watching({ messages: [message(1, old), message(2)] }, {}, '2026-01-01T00:00:00+07:00');
    await until('the new letter', () => rig.kept.length === 1);
    expect(keptUids()).toEqual([2]);
    expect(await sightings([1])).toMatchObject([{ outcome: 'ignored', detail: 'before-cutover' }]);
  });

  it('watches several folders at once, each under its own name', async () => {
    await watching({ messages: [message(1)] }, { folders: ['INBOX', 'Den'] });
    await until('both folders', async () =>
      (await rig.storage.mailboxes.health()).every((one) => one.state === 'ok'),
    );
    expect((await rig.storage.mailboxes.health()).map((one) => one.name)).toEqual([
      'van-thu/Den',
      'van-thu/INBOX',
    ]);
  });
});

describe('UIDVALIDITY', () => {
  it('lists everything again after a change, and repeats nothing', async () => {
    await watching({ messages: [message(1), message(2)] });
    await until('two letters', () => rig.kept.length === 2);
    server.script.uidValidity = 2000;
    server.script.messages = [
      { uid: 1, source: letter('thu 2') },
      { uid: 2, source: letter('thu moi') },
    ];
    await until('the new letter', () => rig.kept.length === 3);
    expect((await rig.storage.messages.list({})).map((row) => row.id)).toHaveLength(3);
    const [first] = await sightings([1], '2000');
    expect(first?.messageId).toBe(rig.kept[1]?.id);
  });
});

describe('messages that are listed and not given out', () => {
  it.each(['refuse', 'silent-ok', 'unlisted'] as const)(
    '%s: set aside with the reason, the next one is kept',
    async (fetch) => {
      await watching({ messages: [message(1), message(2, { fetch }), message(3)] });
      await until('the others', () => rig.kept.length === 2);
      expect(keptUids()).toEqual([1, 3]);
      await until('cursor past it', async () => (await cursor()) === 3);
      const [sighting] = await sightings([2]);
      expect(sighting).toMatchObject({ outcome: 'unfetchable', attempts: 1 });
      if (fetch === 'refuse') expect(sighting?.detail).toContain('message content is damaged');
      await until('shown', async () => /1 thư/.test((await health())?.detail ?? ''));
    },
  );

  it('are asked for again when their time has come, and kept then', async () => {
    await watching({ messages: [message(1, { fetch: 'refuse' })] });
    await until('set aside', async () => (await sightings([1]))[0]?.outcome === 'unfetchable');
    await intake?.stop();
    for (const known of await sightings([1])) {
      await rig.storage.mailboxes.record({ ...known, nextAttemptAt: '2026-01-01T00:00:00.000Z' });
    }
    for (const one of server.script.messages) delete one.fetch;
    intake = startImapIntake([mailboxOn(server.port, { intervalMs: 100 })], null, rig.ports, BACKOFFS);
    await until('the letter', () => rig.kept.length === 1);
    expect(await sightings([1])).toMatchObject([{ outcome: 'fetched' }]);
  });

  it.each(['hang', 'drop'] as const)(
    '%s: a letter that ends the connection does not keep the others waiting',
    async (fetch) => {
      await watching({ messages: [message(1), message(2, { fetch }), message(3), message(4)] });
      await until('the others', () => rig.kept.length === 3, 15_000);
      expect(keptUids()).toEqual([1, 3, 4]);
      expect(await sightings([2])).toMatchObject([{ outcome: 'unfetchable' }]);
    },
  );

  it('one that went away between listing and asking is noted as that', async () => {
    await watching({
      messages: [message(1, { fetch: 'silent-ok' })],
      answers: { 'UID SEARCH': 'OK nothing found' },
    });
    await until('the first look', async () => (await health())?.state === 'ok');
    server.deliver(message(2, { fetch: 'silent-ok' }));
    await until('noted', async () => (await sightings([2]))[0]?.detail === 'vanished-before-fetch');
  });
});

describe('servers with habits', () => {
  const long = letter('dai', 2_500_000);

  it.each([
    ['hands out shorter pieces than asked for', { fetch: 'short' as const }],
    ['ignores partial requests', { fetch: 'whole' as const }],
    ['names a size that is too large', { size: 4_000_000 }],
    ['names a size that is too small', { size: 100 }],
  ])('one that %s still gives the whole letter', async (_name, changes) => {
    const source = 'fetch' in changes && changes.fetch === 'short' ? letter('ngan', 20_000) : long;
    await watching({ messages: [{ uid: 1, source, ...changes }] }, { commandTimeoutMs: 5000 });
    await until('the letter', () => rig.kept.length === 1);
    expect(rig.kept[0]?.size).toBe(source.length);
  });
});

describe('what the mailbox shows when something is wrong (status: since when and why)', () => {
  it.each([
    ['[AUTHENTICATIONFAILED] Authentication failed.', 'login-refused', /Authentication failed/],
    ['LOGIN failed.', 'login-refused', /LOGIN failed/],
    ['[UNAVAILABLE] Temporary authentication failure.', 'throttled', /Temporary/],
    ['[INUSE] Mailbox in use', 'throttled', /in use/],
    ['[LIMIT] Too many sessions', 'throttled', /Too many/],
    ['[AUTHENTICATIONFAILED] Too many login attempts, please try again later', 'throttled', /Too many/],
    ['drop', 'throttled', /không phải sai mật khẩu/],
    ['hang', 'throttled', /không phải sai mật khẩu/],
  ])('login answered with %j is %s', async (answer, state, words) => {
    await watching({ login: [answer] });
    await until(state, async () => (await health())?.state === state);
    expect((await health())?.detail).toMatch(words);
  });

  it.each([
    ['hang', 'unreachable'],
    ['drop', 'unreachable'],
    ['* BYE Too many connections from your address', 'throttled'],
  ])('greeting %j is %s', async (greeting, state) => {
    await watching({ greeting });
    await until(state, async () => (await health())?.state === state);
  });

  it.each([
    ['EXAMINE', 'hang'],
    ['EXAMINE', "NO [NONEXISTENT] Mailbox doesn't exist: INBOX"],
    ['UID SEARCH', 'NO cannot search'],
  ])('%s answered with %j is stuck', async (verb, answer) => {
    await watching({ answers: { [verb]: answer } });
    await until('stuck', async () => (await health())?.state === 'stuck');
  });

  it('recovers by itself, and `since` tells of the present state', async () => {
    await watching({ login: ['[UNAVAILABLE] down', '[UNAVAILABLE] down', 'ok'], messages: [message(1)] });
    await until('the letter', () => rig.kept.length === 1);
    await until('ok', async () => (await health())?.state === 'ok');
    const shown = await health();
    expect(Date.parse(shown?.since ?? '')).toBeGreaterThanOrEqual(
      Date.parse(rig.kept[0]?.keptAt ?? '') - 1000,
    );
  });

  it('logs in with a token that a command prints (XOAUTH2)', async () => {
    const capabilities = 'IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2';
    const command = [process.execPath, '-e', 'console.log("ma-truy-cap")'];
    await watching(
      { capabilities, greeting: `* OK [CAPABILITY ${capabilities}] ready`, messages: [message(1)] },
      { login: { kind: 'token', user: 'vanthu@xa-mau.example.gov.vn', command } },
    );
    await until('the letter', () => rig.kept.length === 1);
    const [, proof = ''] = /^AUTHENTICATE XOAUTH2 (\S+)/m.exec(server.commands.join('\n')) ?? [];
    const said = Buffer.from(proof, 'base64').toString('utf8');
    expect(said).toBe('user=vanthu@xa-mau.example.gov.vn\u0001auth=Bearer ma-truy-cap\u0001\u0001');
  });

  it('a line that is cut between two commands is taken up again', async () => {
    await watching({}, { intervalMs: 60_000 });
    await until('idling', () => server.commands.includes('IDLE'));
    server.dropAll();
    await until('idling again', () => server.commands.filter((command) => command === 'IDLE').length === 2);
    server.deliver(message(1));
    await until('the letter', () => rig.kept.length === 1);
    expect(server.connections()).toBe(2);
  });

  it('a missing password is shown as such, not as the end of the service', async () => {
    await watching({}, { login: { kind: 'password', user: 'x', password: { env: 'KHONG_CO_BIEN_NAY' } } });
    await until('refused', async () => (await health())?.state === 'login-refused');
    expect((await health())?.detail).toContain('KHONG_CO_BIEN_NAY');
  });

  it('stops at once, even while a command hangs', async () => {
    await watching({ answers: { EXAMINE: 'hang' } }, { commandTimeoutMs: 60_000 });
    await until('examining', () => server.commands.some((command) => command.startsWith('EXAMINE')));
    const begun = performance.now();
    await intake?.stop();
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('a full disk', () => {
  it('leaves the cursor where it is, says so, and loses nothing', async () => {
    let full = true;
    await rig.close();
    rig = await intakeRig((bytes) => ({
      ...bytes,
      keep: async (content) => {
        if (!full) return bytes.keep(content);
        const { CongvanError } = await import('../../../../config/error.ts');
        throw new CongvanError('DISK_FULL', 'Ổ đĩa đã đầy.');
      },
    }));
    await watching({ messages: [message(1), message(2)] });
    await until('disk-full', async () => (await health())?.state === 'disk-full');
    expect(await cursor()).toBeNull();
    expect(await sightings([1, 2])).toEqual([]);
    full = false;
    await until('both letters', () => rig.kept.length === 2);
    expect((await health())?.state).toBe('ok');
  });
});

describe('reconciliation', () => {
  it('proves what became of each UID and fetches what is unaccounted for', async () => {
    server = await startScriptedImap({ messages: [message(1), message(2, { fetch: 'refuse' }), message(3)] });
    const mailbox = mailboxOn(server.port);
    const options = { fetchMissing: false, cutover: null };
    const [before] = await reconcile([mailbox], options, rig.ports);
    expect(before).toMatchObject({ onServer: 3, unaccounted: [1, 2, 3], fetched: 0, problem: null });
    const [after] = await reconcile([mailbox], { ...options, fetchMissing: true }, rig.ports);
    expect(after).toMatchObject({
      onServer: 3,
      unaccounted: [],
      fetched: 2,
      counts: { waiting: 2, unfetchable: 1 },
    });
    expect(after?.odd).toMatchObject([{ uid: 2, what: 'unfetchable' }]);
    expect(keptUids()).toEqual([1, 3]);
  });

  it('reports a mailbox that cannot be reached, with the reason', async () => {
    server = await startScriptedImap({ login: ['[AUTHENTICATIONFAILED] no'] });
    const [account] = await reconcile(
      [mailboxOn(server.port)],
      { fetchMissing: true, cutover: null },
      rig.ports,
    );
    expect(account).toMatchObject({ onServer: 0, uidValidity: null });
    expect(account?.problem).toContain('từ chối');
  });
});
