import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeConfig } from '../../../config/make.ts';
import type { SigningConfig, SigningKeySource } from '../../../config/types.ts';
import { type OutboxPorts, transmitDue } from '../../../gateway/outbox/transmit.ts';
import { noticeSigner } from '../../../gateway/signing/sign-notice.ts';
import type { SendDraft } from '../../../handlers/types.ts';
import type { ArrivedIntent, IssuedIntent } from '../../../mail/compose/intent.ts';
import { verifyFile } from '../../../signatures/verify.ts';
import { read, testSink } from '../../mail/memory-sink.ts';
import { hasCommand, wordsOfCommand } from '../../support/command.ts';
import { makePfx } from '../../support/pfx.ts';
import { type Bench, decision, entry, openBench } from '../../support/register.ts';
import { serverSuite } from '../../support/require.ts';
import { OUR_ADDRESS, OUR_NAME, ourAgency, pem, root } from '../../support/signing.ts';

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

serverSuite('S/MIME on our notices', hasCommand('openssl'), 'apt-get install openssl', () => {
  let folder: string;
  let bench: Bench;
  let key: SigningKeySource;
  let sent: Buffer[];
  const agency = { ...makeConfig().agency, name: OUR_NAME, address: OUR_ADDRESS };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'congvan-notices-'));
    key = await makePfx(folder, 'key.p12', ourAgency());
    await writeFile(join(folder, 'root.pem'), pem(root.certificate));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    bench = await openBench();
    sent = [];
  });
  afterEach(() => bench.close());

  function ports(part: Partial<SigningConfig> = {}): OutboxPorts {
    const signing: SigningConfig = { ...makeConfig().signing, key, notices: true, ...part };
    return {
      storage: bench.storage,
      transport: {
        send: async (mail: { path: string }) => {
          sent.push(await readFile(mail.path));
          return { outcome: 'accepted', reply: '250 ok', dsnOffered: false, problem: null };
        },
        close: () => undefined,
      } as unknown as OutboxPorts['transport'],
      config: { agency, verp: true, retry: { delaysMs: [60_000], giveUpMs: 3_600_000 } },
      clock: () => bench.clock.now,
      random: () => 0.5,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      signNotice: noticeSigner({ agency, signing }),
    };
  }

  function draft(of: Partial<SendDraft> = {}): SendDraft {
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

  async function putOut(): Promise<string> {
    const { sends } = await bench.storage.transact({}, () => decision({ sends: [draft()] }));
    return sends[0]!.id;
  }

  it('a notice is signed once, when it is rendered; OpenSSL verifies what is sent', async () => {
    const id = await putOut();
    expect(await transmitDue(ports(), 1)).toBe(1);
    await writeFile(join(folder, 'mail.eml'), sent[0]!);
    const words = wordsOfCommand('openssl', [
      ...['cms', '-verify', '-in', join(folder, 'mail.eml'), '-CAfile', join(folder, 'root.pem')],
      ...['-purpose', 'any', '-out', join(folder, 'content')],
    ]);
    expect(words).toContain('Verification successful');
    const row = (await bench.storage.outbox.get(id))!;
    expect(await readFile(bench.storage.bytes.pathOf(row.renderedSha256!))).toEqual(sent[0]);
  });

  it('the other gateway still reads it as a notice, with the token, and finds the sender in the certificate', async () => {
    await putOut();
    await transmitDue(ports({ notices: false }), 1);
    bench.clock.now = new Date(bench.clock.now.getTime() + 1000);
    await putOut();
    await transmitDue(ports(), 1);
    const [plain, signed] = await Promise.all(sent.map((raw) => read(raw, testSink())));
    expect(plain!.report?.type).toBe('exchange-notice');
    expect(signed!.report).toEqual(plain!.report);
    expect(signed!.text).toBe(plain!.text);
    const report = await verifyFile(sent[1]!, {
      trust: { anchors: [{ der: root.certificate, group: 'BAN_CO_YEU' }], intermediates: [] },
      at: bench.clock.now.toISOString(),
      sha256: '0'.repeat(64),
    });
    expect(report).toMatchObject({ format: 'smime', conclusion: 'valid', senderMatches: true });
  });

  it('an issued document is a person’s letter and goes out as it is', async () => {
    const file = await bench.storage.bytes.keepBuffer(Buffer.from('%PDF-1.7 thu nghiem'));
    await bench.storage.transact({}, () =>
      decision({
        entries: [
          entry({
            book: 'di',
            numberPattern: '{number}/QĐ-UBND',
            fields: { ngayVanBan: '2026-11-20' },
            files: [{ ...file, name: 'Quyết định.pdf', role: 'main', verdict: 'valid' }],
          }),
        ],
        sends: [draft({ kind: 'T8', envelope: 'verp', intent: issued, entry: 0 })],
      }),
    );
    await transmitDue(ports(), 1);
    expect(sent[0]!.toString('latin1')).not.toContain('multipart/signed');
  });

  it.each<[string, () => Promise<Partial<SigningConfig>>, string]>([
    [
      'whose certificate is of another mailbox',
      async () => ({
        key: await makePfx(folder, 'other.p12', ourAgency({ email: 'khac@mau.example.gov.vn' })),
      }),
      'không có địa chỉ',
    ],
    [
      'that is not there',
      async () => ({ key: { ...key, file: join(folder, 'khong-co.p12') } as SigningKeySource }),
      'Không đọc được khóa',
    ],
  ])('with a key %s the notice waits, and goes out when that is mended', async (_name, bad, words) => {
    const id = await putOut();
    await transmitDue(ports(await bad()), 1);
    expect(sent).toEqual([]);
    expect(await bench.storage.outbox.get(id)).toMatchObject({
      state: 'due',
      cause: expect.stringContaining(words),
    });
    bench.clock.now = new Date(bench.clock.now.getTime() + 120_000);
    await transmitDue(ports(), 1);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.toString('latin1')).toContain('multipart/signed');
  });
});
