import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeMail } from '../../../mail/compose/compose.ts';
import type { RenderContext } from '../../../mail/compose/context.ts';
import type { ArrivedIntent, IssuedIntent } from '../../../mail/compose/intent.ts';
import { parseNotice } from '../../../mail/notice.ts';

let folder: string;
let context: RenderContext;
const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(200_000, 0xa7)]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cv-compose-'));
  writeFileSync(join(folder, 'a'), PDF);
  context = {
    agency: {
      code: 'H99.01',
      name: 'Ủy ban nhân dân xã Mẫu',
      address: 'vanthu@xamau.example.gov.vn',
      clerkUnit: 'Văn thư',
      phone: '0200 000 000',
      place: 'Xã Mẫu',
    },
    token: 'abcdefghijklmnopqrstuvwxyz',
    messageIdHeader: '<cv.abcdefghijklmnopqrstuvwxyz@xamau.example.gov.vn>',
    date: new Date('2026-11-20T08:05:09.000Z'),
    entry: { number: 7, soKyHieu: '45/QĐ-UBND' },
    to: 'snv@mau.example.gov.vn',
    toName: 'Sở Nội vụ tỉnh Mẫu',
    files: [{ name: 'Quyết định số 45.pdf', path: join(folder, 'a'), contentType: 'application/pdf' }],
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const arrived: ArrivedIntent = {
  about: {
    messageId: '<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>',
    references: ['<dau@mau.example.gov.vn>', 'rác\r\nBcc: x@y.vn', '<giua@mau.example.gov.vn>'],
    token: null,
  },
  subject: '12/QĐ-SNV',
  senderAddress: 'snv@mau.example.gov.vn',
  enteredAt: '2026-11-20T08:04:59.000Z',
  deemedReceivedAt: '2026-11-20T08:04:59.000Z',
  files: [{ name: 'QD12.pdf', sha256: 'a'.repeat(64), verdict: null }],
  lookup: 'm-000123',
};

const issued: IssuedIntent = {
  ngayVanBan: '2026-11-20',
  tenLoai: 'Quyết định',
  trichYeu: 'về việc thử nghiệm',
  urgency: 'HOA_TOC',
  signerName: 'Nguyễn Văn Mẫu',
  signerTitle: 'Chủ tịch',
  paper: false,
};

function headersOf(raw: Buffer): string {
  return raw
    .toString('latin1')
    .split('\r\n\r\n', 1)[0]!
    .replace(/\r\n[ \t]/g, ' ');
}

describe('headers (DOMAIN 7.3)', () => {
  it('a notice answers its letter, as a machine, in its thread, from the agency', async () => {
    const raw = await buffer(composeMail('T1', arrived, context));
    const headers = headersOf(raw);
    expect(headers).toMatch(/^Auto-Submitted: auto-replied$/m);
    expect(headers).toMatch(/^X-VBDT-Loai: trangthai$/m);
    expect(headers).toMatch(/^Message-ID: <cv\.abcdefghijklmnopqrstuvwxyz@xamau\.example\.gov\.vn>$/m);
    expect(headers).toMatch(/^In-Reply-To: <cv\.zzzzzzzzzzzzzzzz2222@mau\.example\.gov\.vn>$/m);
    expect(headers).toMatch(
      /^References: <dau@mau\.example\.gov\.vn> <giua@mau\.example\.gov\.vn> <cv\.zzzzzzzzzzzzzzzz2222@mau\.example\.gov\.vn>$/m,
    );
    expect(headers).toMatch(/^Date: Fri, 20 Nov 2026 15:05:09 \+0700$/m);
    expect(headers).not.toMatch(/^(Bcc|Precedence|Disposition-Notification-To):/im);
    const parsed = await simpleParser(raw);
    expect(parsed.from?.value).toEqual([
      { name: 'Ủy ban nhân dân xã Mẫu', address: 'vanthu@xamau.example.gov.vn' },
    ]);
    expect(parsed.subject).toBe('[ĐÃ ĐẾN] 12/QĐ-SNV');
  });

  it('an issued document is a person’s letter: no Auto-Submitted', async () => {
    const headers = headersOf(await buffer(composeMail('T8', issued, context)));
    expect(headers).not.toMatch(/^Auto-Submitted:/im);
    expect(headers).not.toMatch(/^In-Reply-To:/im);
    expect(headers).toMatch(/^X-VBDT-Loai: vanban$/m);
  });

  it('a letter without a Message-ID is answered without threading', async () => {
    const about = { messageId: null, references: [], token: null };
    const headers = headersOf(await buffer(composeMail('T1', { ...arrived, about }, context)));
    expect(headers).not.toMatch(/^(In-Reply-To|References):/im);
  });
});

describe('bytes', () => {
  it.each(['T1', 'T8'] as const)(
    '%s: the same values give the same bytes, with CRLF only, no line over 998',
    async (kind) => {
      const intent = kind === 'T1' ? arrived : issued;
      const [one, two] = await Promise.all([
        buffer(composeMail(kind, intent, context)),
        buffer(composeMail(kind, intent, context)),
      ]);
      expect(one.equals(two)).toBe(true);
      const text = one.toString('latin1');
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(text).not.toMatch(/[^\x00-\x7f]/);
      expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    },
  );

  it('T8 carries its files byte for byte, under their names', async () => {
    const parsed = await simpleParser(await buffer(composeMail('T8', issued, context)));
    const [file] = parsed.attachments;
    expect(file?.filename).toBe('Quyết định số 45.pdf');
    expect(createHash('sha256').update(file!.content).digest('hex')).toBe(
      createHash('sha256').update(PDF).digest('hex'),
    );
    expect(parsed.text).toContain('- Số, ký hiệu: 45/QĐ-UBND; ngày 20 tháng 11 năm 2026');
  });

  it('a file that is not there fails the mail, instead of sending it without', async () => {
    const files = [{ name: 'a.pdf', path: join(folder, 'khong-co'), contentType: 'application/pdf' }];
    await expect(buffer(composeMail('T8', issued, { ...context, files }))).rejects.toThrow(/ENOENT/);
  });
});

describe('multipart/report (RFC 8098 and docs/exchange.md)', () => {
  it('Vietnamese text first, then the disposition notification, then our machine part', async () => {
    const raw = (await buffer(composeMail('T1', arrived, context))).toString('latin1');
    expect(headersOf(Buffer.from(raw, 'latin1'))).toMatch(
      /^Content-Type: multipart\/report; report-type=disposition-notification; boundary="/m,
    );
    const types = [...raw.matchAll(/^Content-Type: ([^;\r]+)/gm)].map((match) => match[1]);
    expect(types).toEqual([
      'multipart/report',
      'text/plain',
      'message/disposition-notification',
      'application/vnd.congvan.notice+json',
    ]);
    expect(raw).toContain('\r\nFinal-Recipient: rfc822; vanthu@xamau.example.gov.vn\r\n');
    expect(raw).toContain('\r\nOriginal-Message-ID: <cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>\r\n');
    expect(raw).toContain('\r\nDisposition: automatic-action/MDN-sent-automatically; processed\r\n');
    expect(raw).toContain('\r\nX-Congvan-Act: arrived\r\n');
    expect(raw).toContain('\r\nX-Congvan-Token: zzzzzzzzzzzzzzzz2222\r\n');
  });

  it('the machine part says what was decided, and a Congvan reads it back', async () => {
    const parsed = await simpleParser(await buffer(composeMail('T1', arrived, context)));
    const part = parsed.attachments.find((one) => one.contentType === 'application/vnd.congvan.notice+json');
    expect(parseNotice(part!.content.toString())).toEqual({
      type: 'exchange-notice',
      version: 1,
      act: 'arrived',
      token: 'zzzzzzzzzzzzzzzz2222',
      originalMessageId: '<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>',
      agencyCode: 'H99.01',
      agencyName: 'Ủy ban nhân dân xã Mẫu',
      soKyHieu: null,
      ngayVanBan: null,
      soDen: null,
      ngayDen: null,
      enteredAt: '2026-11-20T15:04:59+07:00',
      deemedReceivedAt: '2026-11-20T15:04:59+07:00',
      reasons: [],
      files: [{ name: 'QD12.pdf', sha256: 'a'.repeat(64), verdict: null }],
    });
  });
});
