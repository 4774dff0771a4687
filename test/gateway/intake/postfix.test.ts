import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startImapIntake } from '../../../gateway/intake/imap/connection.ts';
import { startListener } from '../../../gateway/intake/listener.ts';
import type { RunningIntake } from '../../../gateway/intake/ports.ts';
import {
  available,
  freePorts,
  HOW_TO_GET,
  type MailServers,
  startMailServers,
} from '../../../scripts/province/mail-servers.ts';
import { type IntakeRig, intakeRig, letter, mailboxOn, until } from '../../support/intake.ts';
import { serverSuite } from '../../support/require.ts';

const A = 'vanthu@xa-a.example.gov.vn';
const B = 'vanthu@so-b.example.gov.vn';

serverSuite('mail through a real Postfix', available('dovecot+postfix'), HOW_TO_GET, () => {
  let servers: MailServers;
  let rig: IntakeRig;
  let portB = 0;
  let running: RunningIntake[] = [];

  beforeAll(async () => {
    [portB] = (await freePorts(1)) as [number];
    servers = await startMailServers({
      users: [{ address: A, password: 'mat-khau' }],
      routes: { 'so-b.example.gov.vn': { protocol: 'lmtp', host: '127.0.0.1', port: portB } },
    });
  });
  afterAll(() => servers.stop());
  beforeEach(async () => {
    rig = await intakeRig();
  });
  afterEach(async () => {
    for (const one of running) await one.stop();
    running = [];
    await rig.close();
  });

  const send = async (to: string, subject: string, port = servers.ports.smtp) => {
    const transport = createTransport({ host: '127.0.0.1', port, tls: { rejectUnauthorized: false } });
    try {
      return await transport.sendMail({
        envelope: {
          from: A,
          to,
          dsn: { id: 'cv-token', return: 'headers', notify: ['success', 'failure'], recipient: to } as never,
        },
        raw: letter(subject),
      });
    } finally {
      transport.close();
    }
  };
  const watchA = () => {
    const box = mailboxOn(servers.ports.imaps, {
      tls: { mode: 'implicit', caFile: servers.caFile },
      login: { kind: 'password', user: A, password: { env: 'CONGVAN_TEST_MAIL_PASSWORD' } },
    });
    running.push(startImapIntake([box], null, rig.ports));
  };
  const listenB = async () => {
    const config = { host: '127.0.0.1', port: portB, recipients: [B], maxBytes: 1_000_000, tls: null };
    running.push(await startListener('lmtp', config, rig.ports));
  };
  const texts = () =>
    Promise.all(rig.kept.map((row) => readFile(rig.storage.bytes.pathOf(row.sha256), 'latin1')));

  it('a letter goes through Postfix and Dovecot into the IMAP intake', async () => {
    watchA();
    await send(`${A.replace('@', '+cv.abc@')}`, 'qua Postfix');
    await until('the letter', async () =>
      (await texts()).some((text) => text.includes('Subject: qua Postfix')),
    );
  });

  it('a letter for the domain of a gateway goes straight to its LMTP listener', async () => {
    await listenB();
    await send(B, 'thang toi cong');
    await until('the letter', () => rig.kept.some((row) => row.origin.channel === 'lmtp'));
    const row = rig.kept.find((one) => one.origin.channel === 'lmtp');
    expect(row?.origin).toMatchObject({ envelopeFrom: A, envelopeTo: [B], clientIp: '127.0.0.1' });
  });

  it.each([
    ['an unknown mailbox of a known domain', 'khong-co@xa-a.example.gov.vn', /Status: 5\.1\.1/],
    ['an unknown domain', 'ai@khong-co.example', /Status: 5\.1\.2/],
    ['a mailbox that the gateway refuses', 'khac@so-b.example.gov.vn', /Status: 5\.1\.1/],
  ])('%s brings a real delivery report with our ENVID', async (_name, to, status) => {
    await listenB();
    watchA();
    await send(to, `tra lai ${to}`);
    const isReport = (text: string) => text.includes('Original-Envelope-Id: cv-token') && text.includes(to);
    await until('the report', async () => (await texts()).some(isReport));
    const report = (await texts()).find(isReport) ?? '';
    expect(report).toMatch(/Action: failed/);
    expect(report).toMatch(status);
  });

  it('the strict port refuses an unknown recipient in the session', async () => {
    await expect(send('khong-co@xa-a.example.gov.vn', 'tu choi', servers.ports.strict)).rejects.toMatchObject(
      {
        responseCode: 550,
      },
    );
  });

  it('a gateway that is down gets the letter when it is up again', async () => {
    await send(B, 'doi cong mo lai');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(rig.kept).toEqual([]);
    await listenB();
    await until(
      'the letter',
      async () => (await texts()).some((text) => text.includes('doi cong mo lai')),
      15_000,
    );
  });
});
