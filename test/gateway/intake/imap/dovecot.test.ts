import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ImapMailbox } from '../../../../config/types.ts';
import { moveRegistered, startImapIntake } from '../../../../gateway/intake/imap/connection.ts';
import type { RunningIntake } from '../../../../gateway/intake/ports.ts';
import { reconcile } from '../../../../gateway/reconcile.ts';
import {
  available,
  HOW_TO_GET,
  type MailServers,
  startMailServers,
} from '../../../../scripts/province/mail-servers.ts';
import { type IntakeRig, intakeRig, letter, mailboxOn, until } from '../../../support/intake.ts';
import { serverSuite } from '../../../support/require.ts';
import { startTcpBreaker, type TcpBreaker } from '../../../support/tcp-breaker.ts';

serverSuite('IMAP intake against a real Dovecot', available(), HOW_TO_GET, () => {
  let servers: MailServers;
  let rig: IntakeRig;
  let intake: RunningIntake | null = null;
  let transport: Transporter;
  let user = '';
  let count = 0;

  beforeAll(async () => {
    const users = Array.from({ length: 20 }, (_, index) => `hop${index}@xa-mau.example.gov.vn`);
    servers = await startMailServers({ users: users.map((address) => ({ address, password: 'mat-khau' })) });
    transport = createTransport({
      host: '127.0.0.1',
      port: servers.ports.lmtp,
      lmtp: true,
      ignoreTLS: true,
      pool: true,
      maxConnections: 1,
      maxMessages: Number.POSITIVE_INFINITY,
    } as object);
  });
  afterAll(async () => {
    transport.close();
    await servers.stop();
  });
  beforeEach(async () => {
    user = `hop${count}@xa-mau.example.gov.vn`;
    count += 1;
    rig = await intakeRig();
  });
  afterEach(async () => {
    await intake?.stop();
    intake = null;
    await rig.close();
  });

  const deliver = (raw: string) =>
    transport.sendMail({ envelope: { from: 'vanthu@so-mau.example.gov.vn', to: user }, raw });
  const mailbox = (changes: Partial<ImapMailbox> = {}) =>
    mailboxOn(servers.ports.imaps, {
      tls: { mode: 'implicit', caFile: servers.caFile },
      login: { kind: 'password', user, password: { env: 'CONGVAN_TEST_MAIL_PASSWORD' } },
      ...changes,
    });
  const start = (box: ImapMailbox) => {
    intake = startImapIntake([box], null, rig.ports);
  };
  const health = async () => (await rig.storage.mailboxes.health())[0];
  const flags = async (folder: 'cur' | 'new') => readdir(join(servers.maildir(user), folder));

  it.each(['implicit', 'starttls'] as const)(
    'logs in over TLS (%s) and keeps the bytes as they lie there',
    async (mode) => {
      await deliver(letter(`Công văn ${mode}`));
      const port = mode === 'implicit' ? servers.ports.imaps : servers.ports.imap;
      start(mailbox({ port, tls: { mode, caFile: servers.caFile } }));
      await until('the letter', () => rig.kept.length === 1);
      expect(rig.kept[0]?.size).toBeGreaterThan(letter(`Công văn ${mode}`).length);
    },
  );

  it('does not log in where the certificate is not trusted', async () => {
    start(mailbox({ tls: { mode: 'implicit', caFile: null } }));
    await until('unreachable', async () => (await health())?.state === 'unreachable');
    expect((await health())?.detail).toMatch(/self-signed|certificate/i);
  });

  it('shows a wrong password as one', async () => {
    process.env.CONGVAN_TEST_WRONG = 'sai';
    start(mailbox({ login: { kind: 'password', user, password: { env: 'CONGVAN_TEST_WRONG' } } }));
    await until('login-refused', async () => (await health())?.state === 'login-refused');
  });

  it('leaves the mailbox as it was: nothing is marked as read, nothing is moved (INT-02)', async () => {
    await deliver(letter('mot'));
    await deliver(letter('hai'));
    start(mailbox());
    await until('both', () => rig.kept.length === 2);
    const names = [...(await flags('new')), ...(await flags('cur'))];
    expect(names).toHaveLength(2);
    expect(names.filter((name) => /:2,.*S/.test(name))).toEqual([]);
  });

  it('a letter that arrives while idling is kept at once', async () => {
    start(mailbox());
    await until('ok', async () => (await health())?.state === 'ok');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begun = performance.now();
    await deliver(letter('nhanh'));
    await until('the letter', () => rig.kept.length === 1);
    // Dovecot itself waits up to half a second before it tells of a change (NOTIFY_DELAY in its source).
    expect(performance.now() - begun).toBeLessThan(1500);
  });

  it('UIDVALIDITY changes: everything is listed again, nothing is lost or repeated', async () => {
    for (const name of ['mot', 'hai', 'ba']) await deliver(letter(name));
    start(mailbox({ intervalMs: 200 }));
    await until('three', () => rig.kept.length === 3);
    await intake?.stop();
    const lists = (await readdir(servers.maildir(user))).filter((name) =>
      /^dovecot(-uidlist|\.index)/.test(name),
    );
    for (const name of lists) await rm(join(servers.maildir(user), name), { force: true });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await deliver(letter('bon'));
    start(mailbox({ intervalMs: 200 }));
    await until('the fourth', () => rig.kept.length === 4);
    expect(await rig.storage.mailboxes.validities('van-thu', 'INBOX')).toHaveLength(2);
    expect(await rig.storage.messages.list({})).toHaveLength(4);
    const [account] = await reconcile([mailbox()], { fetchMissing: false, cutover: null }, rig.ports);
    expect(account).toMatchObject({ onServer: 4, unaccounted: [], counts: { waiting: 4 }, problem: null });
  });

  it('moves a registered letter where it was told to, and does not mind when it is gone', async () => {
    await deliver(letter('chuyen'));
    const box = mailbox({ moveTo: 'INBOX' });
    start(box);
    await until('the letter', () => rig.kept.length === 1);
    await intake?.stop();
    const origin = rig.kept[0]?.origin ?? { folder: null, uidValidity: null, uid: null };
    expect(await moveRegistered({ ...box, moveTo: 'Khong-Co' }, origin, rig.ports)).toBe(false);
    expect(await moveRegistered(box, { ...origin, uidValidity: '1' }, rig.ports)).toBe(false);
    expect(await moveRegistered(box, origin, rig.ports)).toBe(true);
  });

  it('200 letters over a line that is cut again and again: every one kept, none twice', async () => {
    const breaker: TcpBreaker = await startTcpBreaker(servers.ports.imaps);
    try {
      const box = mailbox({ port: breaker.port, intervalMs: 300 });
      intake = startImapIntake([box], null, rig.ports, quickBackoffs());
      const random = seeded(20261120);
      const cutting = setInterval(() => random() < 0.4 && breaker.cut(), 20);
      for (let number = 0; number < 200; number += 1)
        await deliver(letter(`thu ${number}`, 2000 + random() * 60_000));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      clearInterval(cutting);
      const messages = () => rig.storage.messages.list({});
      const cut = () => `all 200 (${breaker.cuts()} cuts, ${rig.kept.length} kept, ${rig.warnings.at(-1)})`;
      await until(cut, async () => (await messages()).length === 200, 45_000);
      expect(breaker.cuts()).toBeGreaterThan(5);
      expect(new Set(rig.kept.map((row) => row.sha256)).size).toBe(200);
      expect(rig.kept).toHaveLength(200);
    } finally {
      await breaker.stop();
    }
  }, 90_000);

  it('a letter of 60 MB never stands whole in memory', async () => {
    const size = 60 * 1024 * 1024;
    await deliver(letter('rat to', size));
    global.gc?.();
    const idle = process.memoryUsage.rss();
    let peak = idle;
    const looking = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 5);
    start(mailbox({ commandTimeoutMs: 20_000 }));
    await until('the letter', () => rig.kept.length === 1, 30_000);
    clearInterval(looking);
    expect(rig.kept[0]?.size).toBeGreaterThan(size * 0.99);
    expect((peak - idle) / 1024 / 1024).toBeLessThan(150);
  }, 60_000);

  it('Dovecot answers where the test thinks it does', async () => {
    const socket = connect(servers.ports.imap, '127.0.0.1');
    const greeting = await new Promise<string>((resolve) =>
      socket.once('data', (bytes) => resolve(String(bytes))),
    );
    socket.destroy();
    expect(greeting).toMatch(/^\* OK .*STARTTLS.*Dovecot/);
  });
});

function quickBackoffs() {
  const quick = { firstMs: 10, capMs: 40 };
  return { 'login-refused': quick, throttled: quick, unreachable: quick, stuck: quick, 'disk-full': quick };
}

/** Numbers that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
