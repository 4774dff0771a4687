import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { probeSmtp } from '../../bin/checks/smtp-probe.ts';
import type { OutgoingServer } from '../../config/types.ts';

const running: SMTPServer[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

/** A real SMTP server with one user. */
async function start(authMethods: string[], data: () => void = () => undefined): Promise<OutgoingServer> {
  const server = new SMTPServer({
    authMethods,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => {
      const right =
        auth.username === 'vanthu' && (auth.password === 'mật khẩu' || auth.accessToken === 'the');
      done(right ? null : new Error('không đúng'), right ? { user: 'vanthu' } : undefined);
    },
    onMailFrom: (_address, _session, done) => {
      data();
      done();
    },
  });
  running.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const tls = { mode: 'none' as const, caFile: null };
  return { host: '127.0.0.1', port, tls, login: null, connections: 1, timeoutMs: 5000, routes: {} };
}

describe('the look at the outgoing server', () => {
  it.each(['PLAIN', 'LOGIN'])(
    'logs in with %s and a Vietnamese password, and sends no mail',
    async (method) => {
      let mails = 0;
      const server = await start([method], () => {
        mails += 1;
      });
      const found = await probeSmtp(server, { user: 'vanthu', password: 'mật khẩu' });
      expect(found.extensions).toContain('AUTH');
      expect(found.notAfter).toBeNull();
      expect(mails).toBe(0);
    },
  );

  it('logs in with a token (XOAUTH2)', async () => {
    const server = await start(['XOAUTH2']);
    await expect(probeSmtp(server, { user: 'vanthu', accessToken: 'the' })).resolves.toBeDefined();
  });

  it('tells a refused login from an unreachable server', async () => {
    const server = await start(['PLAIN']);
    await expect(probeSmtp(server, { user: 'vanthu', password: 'sai' })).rejects.toMatchObject({
      code: 'SMTP_LOGIN',
      temporary: false,
    });
    await expect(probeSmtp({ ...server, port: 1 }, null)).rejects.toMatchObject({
      code: 'SMTP_UNREACHABLE',
      temporary: true,
    });
  });

  it('does not log in where STARTTLS is wanted and not offered', async () => {
    const server = await start(['PLAIN']);
    const wanted = { ...server, tls: { mode: 'starttls' as const, caFile: null } };
    await expect(probeSmtp(wanted, { user: 'vanthu', password: 'mật khẩu' })).rejects.toThrow(
      /offers no STARTTLS/,
    );
  });
});
