import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutgoingServer } from '../../../config/types.ts';
import { createTransport, type Transport } from '../../../gateway/outbox/transport.ts';
import type { MailToSend } from '../../../gateway/outbox/verdict.ts';
import { type Script, type ScriptedSmtp, startScriptedSmtp } from '../../support/scripted-smtp.ts';

let folder: string;
let server: ScriptedSmtp | null = null;
let transport: Transport | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cv-transport-'));
});

afterEach(async () => {
  transport?.close();
  await server?.close();
  server = null;
  transport = null;
  rmSync(folder, { recursive: true, force: true });
});

function outgoing(port: number, more: Partial<OutgoingServer> = {}): OutgoingServer {
  return {
    host: '127.0.0.1',
    port,
    tls: { mode: 'none', caFile: null },
    login: null,
    connections: 2,
    timeoutMs: 2_000,
    routes: {},
    ...more,
  };
}

async function scripted(script: Script, more: Partial<OutgoingServer> = {}): Promise<Transport> {
  server = await startScriptedSmtp(script);
  transport = createTransport(outgoing(server.port, more), null);
  return transport;
}

const BODY = 'Subject: thu\r\n\r\nxin chao\r\n.mot dong bat dau bang dau cham\r\n';

function mail(more: Partial<MailToSend> = {}, body = BODY): MailToSend {
  const path = join(folder, `mail-${Math.random().toString(36).slice(2)}.eml`);
  writeFileSync(path, body);
  return {
    envelope: { from: 'vanthu@xamau.example.gov.vn', to: 'snv@mau.example.gov.vn' },
    path,
    size: Buffer.byteLength(body),
    dsn: null,
    ...more,
  };
}

describe('what became of a mail', () => {
  it('is accepted with the server words, and the bytes arrive as they were', async () => {
    const smtp = await scripted({});
    expect(await smtp.send(mail())).toMatchObject({
      outcome: 'accepted',
      reply: '250 OK taken',
      problem: null,
    });
    expect(server?.received[0]?.raw).toBe(BODY);
  });

  it.each([
    [{ rcpt: '550 5.1.1 no such user' }, 'permanent', '550 5.1.1 no such user', null],
    [{ rcpt: '451 4.7.1 greylisted' }, 'temporary', '451 4.7.1 greylisted', null],
    [{ data: '554 5.7.1 spam' }, 'permanent', '554 5.7.1 spam', null],
    [{ data: '452 4.2.2 mailbox full' }, 'temporary', '452 4.2.2 mailbox full', null],
    [{ data: '421 4.3.0 shutting down' }, 'temporary', '421 4.3.0 shutting down', null],
    [{ mail: '552 5.3.4 too big' }, 'permanent', '552 5.3.4 too big', null],
    [{ mail: '550 5.7.60 may not send as this sender' }, 'temporary', '550 5.7.60 may not', 'sender-refused'],
    [{ mail: '530 5.7.0 login first' }, 'temporary', '530 5.7.0 login first', 'login-refused'],
  ] as const)('%j is %s', async (act, outcome, reply, problem) => {
    const smtp = await scripted({ acts: [act] });
    const result = await smtp.send(mail());
    expect(result).toMatchObject({ outcome, problem });
    expect(result.reply).toContain(reply);
    expect(server?.received).toEqual([]);
  });

  it('a server that fails twice and then accepts is told apart each time', async () => {
    const smtp = await scripted({
      acts: [{ rcpt: '451 4.3.0 later' }, { data: '451 4.3.0 later' }, 'accept'],
    });
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push((await smtp.send(mail())).outcome);
    expect(outcomes).toEqual(['temporary', 'temporary', 'accepted']);
  });

  it('a connection lost after DATA and before the answer is uncertain (DESIGN, invariant 3)', async () => {
    const smtp = await scripted({ acts: ['drop-after-data'] });
    expect((await smtp.send(mail())).outcome).toBe('uncertain');
  });

  it('a server that stays silent after DATA is uncertain once the time is over', async () => {
    const smtp = await scripted({ acts: ['silent'] }, { timeoutMs: 300 });
    expect((await smtp.send(mail())).outcome).toBe('uncertain');
  });

  it('a connection lost while DATA is still going is temporary: the final dot was never sent', async () => {
    const smtp = await scripted({ acts: ['drop-in-data'] });
    const big = `Subject: to\r\n\r\n${'x'.repeat(70).concat('\r\n').repeat(400_000)}`;
    expect((await smtp.send(mail({}, big))).outcome).toBe('temporary');
  });

  it('nobody listening is temporary', async () => {
    server = await startScriptedSmtp();
    const { port } = server;
    await server.close();
    transport = createTransport(outgoing(port), null);
    expect(await transport.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'unreachable' });
  });

  it('a name that does not exist is temporary', async () => {
    transport = createTransport(outgoing(25, { host: 'khong-co.invalid' }), null);
    expect(await transport.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'unreachable' });
  });

  it('a server that never greets is temporary after the time allowed', async () => {
    const mute: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    transport = createTransport(
      outgoing((mute.address() as { port: number }).port, { timeoutMs: 300 }),
      null,
    );
    expect(await transport.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'unreachable' });
    mute.close();
  });

  it('a server without STARTTLS is not spoken to in the clear when it is required', async () => {
    const smtp = await scripted({}, { tls: { mode: 'starttls', caFile: null } });
    expect(await smtp.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'tls' });
  });

  it('a mail larger than the server takes is permanent before a byte of it is sent', async () => {
    const smtp = await scripted({ size: 1_000 });
    const result = await smtp.send(mail({ size: 5_000 }));
    expect(result.outcome).toBe('permanent');
    expect(result.reply).toMatch(/^552 5\.3\.4/);
  });

  it('our own bytes that cannot be read are an error of ours, and the server gets no half a mail', async () => {
    const smtp = await scripted({});
    await expect(smtp.send(mail({ path: join(folder, 'khong-co') }))).rejects.toMatchObject({
      code: 'BYTES_UNREADABLE',
    });
    expect(server?.received).toEqual([]);
  });
});

describe('login', () => {
  const login = { kind: 'password', user: 'u', password: { env: 'X' } } as const;

  it('a refused login is temporary and a matter for the administrator, never the recipient’s', async () => {
    server = await startScriptedSmtp({ login: '535 5.7.8 bad credentials' });
    transport = createTransport(outgoing(server.port, { login }), async () => ({
      user: 'u',
      password: 'sai',
    }));
    expect(await transport.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'login-refused' });
  });

  it('a login that is throttled is no refused login', async () => {
    server = await startScriptedSmtp({ login: '454 4.7.0 try later' });
    transport = createTransport(outgoing(server.port, { login }), async () => ({ user: 'u', password: 'p' }));
    expect(await transport.send(mail())).toMatchObject({ outcome: 'temporary', problem: 'unreachable' });
  });

  it('a token logs in by XOAUTH2, and a refused token is a refused login', async () => {
    server = await startScriptedSmtp({ login: 'accept', token: 'ma-dung' });
    for (const [accessToken, outcome, problem] of [
      ['ma-dung', 'accepted', null],
      ['ma-sai', 'temporary', 'login-refused'],
    ] as const) {
      transport = createTransport(outgoing(server.port, { login }), async () => ({ user: 'u', accessToken }));
      expect(await transport.send(mail())).toMatchObject({ outcome, problem });
      transport.close();
    }
  });

  it('a good login sends', async () => {
    server = await startScriptedSmtp({ login: 'accept' });
    transport = createTransport(outgoing(server.port, { login }), async () => ({ user: 'u', password: 'p' }));
    expect((await transport.send(mail())).outcome).toBe('accepted');
  });
});

describe('DSN (RFC 3461)', () => {
  const dsn = {
    envid: 'cv.abcdefghijklmnop',
    orcpt: 'snv@mau.example.gov.vn',
    notify: ['SUCCESS', 'FAILURE', 'DELAY'],
  } as const;

  it('is asked of a server that offers it: ENVID, RET=HDRS, NOTIFY, ORCPT', async () => {
    const smtp = await scripted({ dsn: true });
    const result = await smtp.send(mail({ dsn: { ...dsn, notify: [...dsn.notify] } }));
    expect(result).toMatchObject({ outcome: 'accepted', dsnOffered: true });
    expect(server?.received[0]?.mailParameters).toMatchObject({ ENVID: 'cv.abcdefghijklmnop', RET: 'HDRS' });
    expect(server?.received[0]?.rcptParameters).toMatchObject({
      NOTIFY: 'SUCCESS,FAILURE,DELAY',
      ORCPT: 'rfc822;snv@mau.example.gov.vn',
    });
  });

  it('is not mentioned to a server that does not', async () => {
    const smtp = await scripted({ dsn: false });
    const result = await smtp.send(mail({ dsn: { ...dsn, notify: [...dsn.notify] } }));
    expect(result).toMatchObject({ outcome: 'accepted', dsnOffered: false });
    expect(server?.received[0]?.mailParameters).not.toHaveProperty('ENVID');
  });

  it('a null return path is sent as MAIL FROM:<>', async () => {
    const smtp = await scripted({});
    await smtp.send(mail({ envelope: { from: '', to: 'snv@mau.example.gov.vn' } }));
    expect(server?.received[0]?.from).toBe('');
  });
});

describe('connections', () => {
  it('one connection carries one mail after another', async () => {
    const smtp = await scripted({});
    for (let i = 0; i < 5; i++) await smtp.send(mail());
    expect(server?.received).toHaveLength(5);
    expect(server?.connections()).toBe(1);
  });

  it('a kept connection that the server has closed costs nothing: another is opened, the mail goes once', async () => {
    const smtp = await scripted({ mailsPerConnection: 1 });
    for (let i = 0; i < 3; i++) {
      expect((await smtp.send(mail())).outcome).toBe('accepted');
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(server?.received).toHaveLength(3);
    expect(server?.connections()).toBe(3);
  });

  it('a domain with a route goes to its own server, without our login', async () => {
    const other = await startScriptedSmtp();
    server = await startScriptedSmtp();
    transport = createTransport(
      outgoing(server.port, { routes: { 'mau.example.gov.vn': { host: '127.0.0.1', port: other.port } } }),
      async () => {
        throw new Error('a route needs no login');
      },
    );
    expect((await transport.send(mail())).outcome).toBe('accepted');
    expect([server.received.length, other.received.length]).toEqual([0, 1]);
    transport.close();
    await other.close();
  });
});

describe('addresses beyond ASCII', () => {
  it('a domain has an ASCII form, and needs nothing of the server', async () => {
    const smtp = await scripted({ smtputf8: false });
    expect((await smtp.send(mail({ envelope: { from: '', to: 'vanthu@xãmẫu.example.vn' } }))).outcome).toBe(
      'accepted',
    );
  });

  it('a local part needs SMTPUTF8, and is refused for good where the server lacks it', async () => {
    const smtp = await scripted({ smtputf8: false });
    const result = await smtp.send(mail({ envelope: { from: '', to: 'vănthư@mau.example.gov.vn' } }));
    expect(result).toMatchObject({ outcome: 'permanent' });
    expect(result.reply).toMatch(/^553 5\.6\.7/);
  });

  it('and goes out where the server offers it', async () => {
    const smtp = await scripted({});
    expect((await smtp.send(mail({ envelope: { from: '', to: 'vănthư@mau.example.gov.vn' } }))).outcome).toBe(
      'accepted',
    );
  });
});
