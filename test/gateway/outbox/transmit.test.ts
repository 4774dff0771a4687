import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutgoingServer } from '../../../config/types.ts';
import { runOutbox } from '../../../gateway/outbox/run.ts';
import { type OutboxPorts, transmitDue } from '../../../gateway/outbox/transmit.ts';
import { createTransport, type Transport } from '../../../gateway/outbox/transport.ts';
import type { SendDraft } from '../../../handlers/types.ts';
import type { ArrivedIntent, IssuedIntent } from '../../../mail/compose/intent.ts';
import type { TransmissionRow } from '../../../storage/types.ts';
import { type Bench, decision, entry, openBench } from '../../support/register.ts';
import { type Script, type ScriptedSmtp, startScriptedSmtp } from '../../support/scripted-smtp.ts';

const MINUTE = 60_000;
const agency = {
  code: 'H99.01',
  name: 'Ủy ban nhân dân xã Mẫu',
  parent: null,
  shortNames: [],
  address: 'vanthu@xamau.example.gov.vn',
  aliases: [],
  clerkUnit: 'Văn thư - Văn phòng UBND xã',
  phone: '0200 000 000',
  place: 'Xã Mẫu',
};

let bench: Bench;
let server: ScriptedSmtp;
let transport: Transport;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(async () => {
  transport?.close();
  await server?.close();
  await bench.close();
});

async function outbox(script: Script = {}, more: Partial<OutgoingServer> = {}): Promise<OutboxPorts> {
  server = await startScriptedSmtp(script);
  const outgoing: OutgoingServer = {
    host: '127.0.0.1',
    port: server.port,
    tls: { mode: 'none', caFile: null },
    login: null,
    connections: 2,
    timeoutMs: 2_000,
    routes: {},
    ...more,
  };
  transport = createTransport(outgoing, outgoing.login ? async () => ({ user: 'u', password: 'p' }) : null);
  return {
    storage: bench.storage,
    transport,
    config: {
      agency,
      verp: true,
      retry: { delaysMs: [MINUTE, 5 * MINUTE], giveUpMs: 60 * MINUTE },
    },
    clock: () => bench.clock.now,
    random: () => 0.5,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
}

function draft(of: Partial<SendDraft>): SendDraft {
  return {
    kind: 'T1',
    to: 'snv@mau.example.gov.vn',
    toName: 'Sở Nội vụ tỉnh Mẫu',
    envelope: 'null',
    intent: arrived,
    entry: null,
    entryId: null,
    aboutMessage: null,
    notBefore: null,
    ...of,
  };
}

const arrived: ArrivedIntent = {
  about: { messageId: '<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>', references: [], token: null },
  subject: '12/QĐ-SNV',
  senderAddress: 'snv@mau.example.gov.vn',
  enteredAt: '2026-11-20T02:59:00.000Z',
  deemedReceivedAt: '2026-11-20T02:59:00.000Z',
  files: [],
  lookup: 'm-000001',
};

const issued: IssuedIntent = {
  ngayVanBan: '2026-11-20',
  tenLoai: 'Quyết định',
  trichYeu: 'về việc thử nghiệm',
  urgency: 'THUONG',
  signerName: 'Nguyễn Văn Mẫu',
  signerTitle: 'Chủ tịch',
  paper: false,
};

async function notice(): Promise<string> {
  const { sends } = await bench.storage.transact({}, () => decision({ sends: [draft({})] }));
  return sends[0]!.id;
}

async function document(copies = 1): Promise<{ ids: string[]; entryId: string }> {
  const file = await bench.storage.bytes.keepBuffer(Buffer.from('%PDF-1.7 thu nghiem'));
  const { entries, sends } = await bench.storage.transact({}, () =>
    decision({
      entries: [
        entry({
          book: 'di',
          numberPattern: '{number}/QĐ-UBND',
          fields: { ngayVanBan: '2026-11-20' },
          files: [{ ...file, name: 'Quyết định.pdf', role: 'main', verdict: 'valid' }],
        }),
      ],
      sends: Array.from({ length: copies }, (_, i) =>
        draft({
          kind: 'T8',
          envelope: 'verp',
          intent: issued,
          entry: 0,
          to: `noi-nhan-${i}@mau.example.gov.vn`,
        }),
      ),
    }),
  );
  return { ids: sends.map((send) => send.id), entryId: entries[0]!.id };
}

async function row(id: string): Promise<TransmissionRow> {
  return (await bench.storage.outbox.get(id))!;
}

function messageIdOf(raw: string): string | undefined {
  return /^Message-ID: (.*)\r$/m.exec(raw)?.[1];
}

describe('an issued document (T8)', () => {
  it('goes out with its number, its file, the token in return path and ENVID, and is accepted', async () => {
    const ports = await outbox();
    const { ids } = await document();
    expect(await transmitDue(ports, 2)).toBe(1);
    const sent = await row(ids[0]!);
    expect(sent).toMatchObject({ state: 'accepted', attempts: 1, cause: null });
    const [mail] = server.received;
    expect(mail?.from).toBe(`vanthu+cv.${sent.token}@xamau.example.gov.vn`);
    expect(mail?.mailParameters).toMatchObject({ ENVID: `cv.${sent.token}`, RET: 'HDRS' });
    expect(messageIdOf(mail!.raw)).toBe(sent.messageIdHeader);
    expect(mail?.raw).not.toMatch(/^Auto-Submitted:/m);
    expect(mail?.raw).toContain(Buffer.from('%PDF-1.7 thu nghiem').toString('base64'));
    expect(mail?.raw).toBe(readFileSync(bench.storage.bytes.pathOf(sent.renderedSha256!), 'utf8'));
  });

  it('that meets an unreliable server goes out once, with the same bytes as at the first try', async () => {
    const ports = await outbox({
      acts: [{ rcpt: '451 4.7.1 later' }, { data: '451 4.3.0 later' }, 'accept'],
    });
    const { ids } = await document();
    await transmitDue(ports, 2);
    const first = await row(ids[0]!);
    expect(first).toMatchObject({ state: 'due', attempts: 1, cause: 'Chưa kết nối được máy chủ nơi nhận' });
    expect(Date.parse(first.nextAttemptAt)).toBe(bench.clock.now.getTime() + MINUTE);
    expect(await transmitDue(ports, 2)).toBe(0);
    for (const later of [MINUTE, 5 * MINUTE]) {
      bench.clock.now = new Date(bench.clock.now.getTime() + later);
      expect(await transmitDue(ports, 2)).toBe(1);
    }
    expect(await row(ids[0]!)).toMatchObject({
      state: 'accepted',
      attempts: 3,
      renderedSha256: first.renderedSha256,
    });
    expect(server.received).toHaveLength(1);
  });

  it('with no answer after DATA is uncertain and never sent again by itself (DESIGN, invariant 3)', async () => {
    const ports = await outbox({ acts: ['drop-after-data', 'accept'] });
    const { ids } = await document();
    await transmitDue(ports, 2);
    expect(await row(ids[0]!)).toMatchObject({ state: 'uncertain' });
    bench.clock.now = new Date(bench.clock.now.getTime() + 24 * 60 * MINUTE);
    expect(await transmitDue(ports, 2)).toBe(0);
    expect(server.received).toEqual([]);
  });

  it('to an unknown address has failed, with the plain cause', async () => {
    const ports = await outbox({ acts: [{ rcpt: '550 5.1.1 no such user' }] });
    const { ids } = await document();
    await transmitDue(ports, 2);
    expect(await row(ids[0]!)).toMatchObject({ state: 'failed', cause: 'Địa chỉ không tồn tại' });
  });

  it('is given up when the time allowed is over', async () => {
    const ports = await outbox({ acts: [{ rcpt: '451 4.7.1 later' }] });
    const { ids } = await document();
    for (let i = 0; i < 30 && (await row(ids[0]!)).state === 'due'; i++) {
      await transmitDue(ports, 1);
      bench.clock.now = new Date(bench.clock.now.getTime() + 5 * MINUTE);
    }
    expect(await row(ids[0]!)).toMatchObject({
      state: 'failed',
      cause: 'Chưa kết nối được máy chủ nơi nhận',
    });
  });

  it('that was cancelled before it left does not leave', async () => {
    const ports = await outbox();
    const { ids, entryId } = await document();
    await bench.storage.transact({ entryId }, () => decision({ cancel: { entryId, by: 'vt', why: 'nhầm' } }));
    await transmitDue(ports, 2);
    expect(await row(ids[0]!)).toMatchObject({ state: 'failed', cause: 'Văn bản đã bị hủy trước khi gửi' });
    expect(server.received).toEqual([]);
  });

  it('in thirty copies over four connections gets to each recipient exactly once', async () => {
    const ports = await outbox();
    await document(30);
    expect(await transmitDue(ports, 4)).toBe(30);
    expect(new Set(server.received.map((mail) => mail.to[0])).size).toBe(30);
    expect(server.received).toHaveLength(30);
    expect(server.connections()).toBeLessThanOrEqual(4);
  });
});

describe('a notice (T1)', () => {
  it('goes out with a null return path and no DSN, as an automatic answer', async () => {
    const ports = await outbox();
    const id = await notice();
    await transmitDue(ports, 1);
    expect(await row(id)).toMatchObject({ state: 'accepted' });
    const [mail] = server.received;
    expect(mail?.from).toBe('');
    expect(mail?.mailParameters).not.toHaveProperty('ENVID');
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-replied\r$/m);
  });

  it('with no answer after DATA is sent again, with the same Message-ID and the same bytes', async () => {
    const ports = await outbox({ acts: ['drop-after-data', 'accept'] });
    const id = await notice();
    await transmitDue(ports, 1);
    const uncertain = await row(id);
    expect(uncertain).toMatchObject({ state: 'due', attempts: 1 });
    bench.clock.now = new Date(bench.clock.now.getTime() + MINUTE);
    await transmitDue(ports, 1);
    expect(await row(id)).toMatchObject({ state: 'accepted', renderedSha256: uncertain.renderedSha256 });
    expect(messageIdOf(server.received[0]!.raw)).toBe(uncertain.messageIdHeader);
  });

  it('rendered, and killed before that was written down, is rendered to the same bytes', async () => {
    const ports = await outbox();
    const id = await notice();
    const forgetful = {
      ...ports,
      storage: {
        ...bench.storage,
        outbox: {
          ...bench.storage.outbox,
          rendered: async (_id: string, sha256: string) => {
            kept.push(sha256);
            throw new Error('killed');
          },
        },
      },
    };
    const kept: string[] = [];
    await transmitDue(forgetful, 1);
    bench.clock.now = new Date(bench.clock.now.getTime() + MINUTE);
    await transmitDue(ports, 1);
    expect(kept).toEqual([(await row(id)).renderedSha256]);
  });

  it('whose intent cannot be rendered has failed and says so, and does not block the next', async () => {
    const ports = await outbox();
    const { sends } = await bench.storage.transact({}, () =>
      decision({ sends: [draft({ intent: { about: null } }), draft({})] }),
    );
    await transmitDue(ports, 1);
    expect(await row(sends[0]!.id)).toMatchObject({
      state: 'failed',
      cause: 'Không lập được thư gửi do lỗi hệ thống',
    });
    expect(await row(sends[1]!.id)).toMatchObject({ state: 'accepted' });
  });
});

describe('trouble of our own', () => {
  it('a refused login stops the round, so that a hundred letters do not knock a hundred times', async () => {
    const ports = await outbox(
      { login: '535 5.7.8 no' },
      { login: { kind: 'password', user: 'u', password: { env: 'X' } } },
    );
    await document(20);
    expect(await transmitDue(ports, 2)).toBe(2);
    expect(await bench.storage.outbox.counts()).toEqual({ due: 20 });
  });

  it('a result that cannot be written down at once is written down all the same', async () => {
    const ports = await outbox();
    const id = await notice();
    let broken = 2;
    const flaky = {
      ...ports,
      storage: {
        ...bench.storage,
        outbox: {
          ...bench.storage.outbox,
          settle: (...given: Parameters<typeof bench.storage.outbox.settle>) =>
            broken-- > 0
              ? Promise.reject(new Error('database is away'))
              : bench.storage.outbox.settle(...given),
        },
      },
    };
    await transmitDue(flaky, 1);
    expect(await row(id)).toMatchObject({ state: 'accepted' });
    expect(server.received).toHaveLength(1);
  });
});

describe('the running outbox', () => {
  it('sends what becomes due when it is woken, and stops cleanly', async () => {
    const ports = await outbox();
    const log = { ...ports.log, debug: () => undefined };
    const running = runOutbox({ ...ports, storage: bench.storage, log }, transport, 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const id = await notice();
    running.wake();
    for (let i = 0; i < 100 && (await row(id)).state !== 'accepted'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await row(id)).toMatchObject({ state: 'accepted' });
    await running.stop();
    await notice();
    running.wake();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.received).toHaveLength(1);
  });

  it('looks again by itself when a retry becomes due', async () => {
    const ports = await outbox({ acts: [{ rcpt: '451 4.7.1 later' }, 'accept'] });
    const clock = () => new Date();
    bench.clock.now = new Date();
    const id = await notice();
    const config = { ...ports.config, retry: { delaysMs: [1_000], giveUpMs: 60_000 } };
    const log = { ...ports.log, debug: () => undefined };
    const ticking = setInterval(() => {
      bench.clock.now = new Date();
    }, 10);
    const running = runOutbox({ ...ports, config, clock, storage: bench.storage, log }, transport, 1);
    for (let i = 0; i < 200 && (await row(id)).state !== 'accepted'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running.stop();
    clearInterval(ticking);
    expect(await row(id)).toMatchObject({ state: 'accepted', attempts: 2 });
  });
});
