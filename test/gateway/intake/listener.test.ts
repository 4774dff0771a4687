import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CongvanError } from '../../../config/error.ts';
import type { ListenerConfig } from '../../../config/types.ts';
import { startListener } from '../../../gateway/intake/listener.ts';
import type { IntakePorts } from '../../../gateway/intake/ports.ts';
import { isRecipient } from '../../../gateway/intake/recipients.ts';
import { type IntakeRig, intakeRig, letter, until } from '../../support/intake.ts';

const OPENSSL = 'openssl';
const OURS = 'vanthu@xa-mau.example.gov.vn';

describe('which recipients a listener takes (never a relay)', () => {
  it.each([
    [OURS, true],
    ['VanThu@Xa-Mau.Example.Gov.VN', true],
    ['vanthu+cv.abcdefghij234567@xa-mau.example.gov.vn', true],
    ['khac@xa-mau.example.gov.vn', false],
    ['vanthu@khac.example.gov.vn', false],
    ['vanthu@xa-mau.example.gov.vn@khac.example', false],
    ['vanthu%xa-mau.example.gov.vn@khac.example', false],
    ['khac.example!vanthu@xa-mau.example.gov.vn', false],
    ['@khac.example:vanthu@xa-mau.example.gov.vn', false],
    ['"vanthu"@xa-mau.example.gov.vn', false],
    ['vanthu@[127.0.0.1]', false],
    ['vanthu', false],
    ['@xa-mau.example.gov.vn', false],
    ['+chi-tiet@xa-mau.example.gov.vn', false],
    ['', false],
  ])('%s: %s', (address, taken) => {
    expect(isRecipient(address, [OURS])).toBe(taken);
  });
});

/** A raw client: what nodemailer would not say. */
class Client {
  readonly #socket: Socket;
  #text = '';

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => {});
    this.#socket.on('data', (bytes) => {
      this.#text += bytes.toString('utf8');
    });
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Complete replies so far, the multi-line ones as one. */
  replies(): string[] {
    return this.#text.match(/(?:^\d{3}-.*\r\n)*^\d{3} .*\r\n/gm) ?? [];
  }

  async reply(number: number): Promise<string> {
    await until(
      `reply ${number} after ${JSON.stringify(this.#text.slice(-200))}`,
      () => this.replies().length >= number,
    );
    return this.replies()[number - 1] ?? '';
  }

  /** Sends a command after the last reply and gives its own reply. */
  async ask(line: string): Promise<string> {
    const next = this.replies().length + 1;
    this.send(`${line}\r\n`);
    return this.reply(next);
  }

  close(): void {
    this.#socket.destroy();
  }
}

let rig: IntakeRig;
let stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  rig = await intakeRig();
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  await rig.close();
});

async function listening(
  protocol: 'lmtp' | 'smtp',
  changes: Partial<ListenerConfig> = {},
  ports: IntakePorts = rig.ports,
) {
  const config = {
    host: '127.0.0.1',
    port: 0,
    recipients: [OURS],
    maxBytes: 1_000_000,
    tls: null,
    ...changes,
  };
  const listener = await startListener(protocol, config, ports);
  stops.push(() => listener.stop());
  return listener.port;
}

async function greeted(port: number, hello = 'EHLO may.example.gov.vn'): Promise<Client> {
  const client = new Client(port);
  stops.unshift(async () => client.close());
  await client.reply(1);
  await client.ask(hello);
  return client;
}

describe('SMTP', () => {
  it('answers 250 only after bytes and row are durable, and keeps the bytes as they came (INT-02)', async () => {
    const port = await listening('smtp');
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      ignoreTLS: true,
      name: 'may.example.gov.vn',
    });
    const raw = letter('.dau cham').replace('Kinh gui', '.\r\n..hai cham\r\nKính gửi');
    const sent = await transport.sendMail({ envelope: { from: 'a@so-mau.example.gov.vn', to: OURS }, raw });
    expect(sent.response).toMatch(/^250 2\.6\.0 kept as m-/);
    transport.close();
    const [row] = await rig.storage.messages.list({});
    expect(await readFile(rig.storage.bytes.pathOf(row?.sha256 ?? ''), 'utf8')).toBe(raw);
    expect(row?.origin).toMatchObject({
      channel: 'smtp',
      mailbox: 'smtp',
      envelopeFrom: 'a@so-mau.example.gov.vn',
      envelopeTo: [OURS],
      clientIp: '127.0.0.1',
      clientHelo: 'may.example.gov.vn',
    });
    expect(rig.kept.map((one) => one.id)).toEqual([row?.id]);
  });

  it('takes a null return path, and writes it down as one', async () => {
    const client = await greeted(await listening('smtp'));
    await client.ask('MAIL FROM:<>');
    await client.ask(`RCPT TO:<vanthu+cv.abc@xa-mau.example.gov.vn>`);
    await client.ask('DATA');
    expect(await client.ask(`${letter('bao loi')}\r\n.`)).toMatch(/^250 /);
    const [row] = await rig.storage.messages.list({});
    expect(row?.origin).toMatchObject({
      envelopeFrom: '',
      envelopeTo: ['vanthu+cv.abc@xa-mau.example.gov.vn'],
    });
  });

  it('offers what it can, and no AUTH and no STARTTLS without a certificate', async () => {
    const client = new Client(await listening('smtp'));
    stops.unshift(async () => client.close());
    await client.reply(1);
    const offer = await client.ask('EHLO may');
    for (const extension of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 1000000', 'ENHANCEDSTATUSCODES']) {
      expect(offer).toContain(extension);
    }
    expect(offer).not.toMatch(/AUTH|STARTTLS/);
    expect(await client.ask('AUTH PLAIN AAA=')).toMatch(/^5/);
  });

  it('refuses every other recipient with 550 5.1.1, and goes on with those that are ours', async () => {
    const client = await greeted(await listening('smtp'));
    await client.ask('MAIL FROM:<a@so-mau.example.gov.vn>');
    for (const other of ['khac@xa-mau.example.gov.vn', 'ai@ngoai.example', 'postmaster']) {
      expect(await client.ask(`RCPT TO:<${other}>`)).toMatch(/^550 5\.1\.1 /);
    }
    expect(await client.ask('DATA')).toMatch(/^503/);
    expect(await client.ask(`RCPT TO:<${OURS}>`)).toMatch(/^250 /);
  });

  it('keeps what a client pipelines, in order', async () => {
    const client = await greeted(await listening('smtp'));
    const one = (number: number) =>
      `MAIL FROM:<a@so.example>\r\nRCPT TO:<${OURS}>\r\nDATA\r\n${letter(`thu ${number}`)}\r\n.\r\n`;
    client.send(one(1) + one(2) + one(3));
    await until('three letters', () => rig.kept.length === 3);
    expect(client.replies().filter((reply) => /^250 2\.6\.0/.test(reply)).length).toBeGreaterThanOrEqual(2);
  });

  it('takes SMTPUTF8 addresses and 8-bit content', async () => {
    const utf8 = 'văn-thư@xa-mau.example.gov.vn';
    const client = await greeted(await listening('smtp', { recipients: [utf8] }));
    expect(await client.ask('MAIL FROM:<người-gửi@so.example> SMTPUTF8 BODY=8BITMIME')).toMatch(/^250/);
    expect(await client.ask(`RCPT TO:<${utf8}>`)).toMatch(/^250/);
    await client.ask('DATA');
    expect(await client.ask(`Subject: Công văn\r\n\r\nKính gửi\r\n.`)).toMatch(/^250/);
    expect(rig.kept[0]?.origin.envelopeTo).toEqual([utf8]);
  });

  it('a client that breaks off in the middle leaves nothing behind', async () => {
    const client = await greeted(await listening('smtp'));
    await client.ask('MAIL FROM:<a@so.example>');
    await client.ask(`RCPT TO:<${OURS}>`);
    await client.ask('DATA');
    client.send(letter('dang do', 50_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.close();
    await until('noticed', () => rig.warnings.length > 0);
    expect(await rig.storage.messages.list({})).toEqual([]);
  });

  it('the same bytes again are the same row, told of once', async () => {
    const port = await listening('smtp');
    for (const _ of [1, 2]) {
      const client = await greeted(port);
      await client.ask('MAIL FROM:<a@so.example>');
      await client.ask(`RCPT TO:<${OURS}>`);
      await client.ask('DATA');
      expect(await client.ask(`${letter('hai lan')}\r\n.`)).toMatch(/kept as m-0*1$/m);
    }
    expect(rig.kept).toHaveLength(1);
  });

  it('offers STARTTLS with a certificate', async () => {
    const keyFile = join(rig.dataDir, 'key.pem');
    const certFile = join(rig.dataDir, 'cert.pem');
    const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost`;
    const output = ['-keyout', keyFile, '-out', certFile];
    execFileSync(OPENSSL, [...request.split(' '), ...output], { stdio: 'ignore' });
    const port = await listening('smtp', { tls: { keyFile, certFile } });
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({ envelope: { from: 'a@so.example', to: OURS }, raw: letter('tls') });
    transport.close();
    expect(rig.kept).toHaveLength(1);
  });

  it('a port that is taken is a clear refusal at start', async () => {
    const port = await listening('smtp');
    await expect(listening('smtp', { port })).rejects.toMatchObject({
      code: 'LISTENER_START',
      temporary: false,
    });
  });
});

describe('when it cannot be kept, the sender keeps it', () => {
  const failing = (error: () => unknown): IntakePorts => ({
    ...rig.ports,
    storage: {
      ...rig.ports.storage,
      bytes: {
        ...rig.storage.bytes,
        keep: async (content) => {
          for await (const _ of content) break;
          throw error();
        },
      },
    },
  });

  async function answer(port: number, text: string): Promise<string> {
    const client = await greeted(port);
    await client.ask('MAIL FROM:<a@so.example>');
    await client.ask(`RCPT TO:<${OURS}>`);
    await client.ask('DATA');
    return client.ask(`${text}\r\n.`);
  }

  it('452 4.3.1 on a full disk, also for a long letter that is refused in the middle', async () => {
    const port = await listening(
      'smtp',
      {},
      failing(() => new CongvanError('DISK_FULL', 'đầy')),
    );
    expect(await answer(port, letter('dia day'))).toMatch(/^452 4\.3\.1 /);
    expect(await answer(port, letter('dia day', 900_000))).toMatch(/^452 4\.3\.1 /);
  });

  it('451 4.3.0 on trouble with the database', async () => {
    const ports = {
      ...rig.ports,
      storage: {
        ...rig.ports.storage,
        messages: { ...rig.storage.messages, keep: () => Promise.reject(new Error('database is locked')) },
      },
    };
    expect(await answer(await listening('smtp', {}, ports), letter('csdl'))).toMatch(/^451 4\.3\.0 /);
    expect(rig.kept).toEqual([]);
  });

  it('552 5.3.4 over the size limit: by SIZE before, by counting afterwards; nothing is kept', async () => {
    const port = await listening('smtp', { maxBytes: 50_000 });
    const client = await greeted(port);
    expect(await client.ask('MAIL FROM:<a@so.example> SIZE=50001')).toMatch(/^552 5\.3\.4 /);
    expect(await answer(port, letter('to', 300_000))).toMatch(/^552 5\.3\.4 /);
    expect(await rig.storage.messages.list({})).toEqual([]);
    expect(await answer(port, letter('vua', 40_000))).toMatch(/^250 /);
  });
});

describe('LMTP', () => {
  it('one message for all recipients is one row; every recipient gets an answer', async () => {
    const second = 'lanhdao@xa-mau.example.gov.vn';
    const client = await greeted(await listening('lmtp', { recipients: [OURS, second] }), 'LHLO may');
    await client.ask('MAIL FROM:<a@so.example>');
    await client.ask(`RCPT TO:<${OURS}>`);
    expect(await client.ask('RCPT TO:<khac@xa-mau.example.gov.vn>')).toMatch(/^550 5\.1\.1/);
    await client.ask(`RCPT TO:<${second}>`);
    await client.ask('DATA');
    const before = client.replies().length;
    client.send(`${letter('hai nguoi nhan')}\r\n.\r\n`);
    expect(await client.reply(before + 1)).toMatch(/^250 /);
    expect(await client.reply(before + 2)).toMatch(/^250 /);
    expect(rig.kept).toHaveLength(1);
    expect(rig.kept[0]?.origin).toMatchObject({ channel: 'lmtp', envelopeTo: [OURS, second] });
  });
});
