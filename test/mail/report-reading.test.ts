import { afterAll, describe, expect, it } from 'vitest';
import { buildNotice, noticeJson } from '../../mail/notice.ts';
import type { DeliveryReport } from '../../mail/types.ts';
import { read, testSink } from './memory-sink.ts';

const sink = testSink();
afterAll(() => sink.remove());

const TOKEN = 'abcdefghij234567';
const head = (subject: string, from = 'MAILER-DAEMON@mx.example.org', to = 'congvan@h99.example.gov.vn') =>
  `Return-Path: <>\nFrom: ${from}\nTo: ${to}\nSubject: ${subject}\nDate: Fri, 13 Nov 2026 08:30:00 +0700\nMIME-Version: 1.0\n`;
const report = (type: string, ...parts: string[]) =>
  `Content-Type: multipart/report; report-type=${type}; boundary=r\n\n--r\nContent-Type: text/plain\n\nThong bao\n${parts.map((part) => `--r\n${part}\n`).join('')}--r--\n`;
const status = (text: string) => `Content-Type: message/delivery-status\n\n${text}`;
const delivery = async (raw: string) => (await read(raw, sink)).report as DeliveryReport;

describe('RFC 3464', () => {
  it('several recipients, each with its own fate', async () => {
    const text = `Reporting-MTA: dns; mx.example.org\nOriginal-Envelope-Id: cv.${TOKEN}\n\nFinal-Recipient: rfc822; A@x.example.gov.vn\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\nOriginal-Recipient: rfc822;b@x.example.gov.vn\nFinal-Recipient: rfc822;b2@x.example.gov.vn\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822;c@x.example.gov.vn\nAction: relayed\nStatus: 2.0.0`;
    const found = await delivery(head('x') + report('delivery-status', status(text)));
    expect(
      found.outcomes.map((o) => [o.recipient, o.originalRecipient, o.action, o.status, o.permanent]),
    ).toEqual([
      ['a@x.example.gov.vn', null, 'failed', '5.1.1', true],
      ['b2@x.example.gov.vn', 'b@x.example.gov.vn', 'delayed', '4.4.1', null],
      ['c@x.example.gov.vn', null, 'relayed', '2.0.0', null],
    ]);
    expect(found).toMatchObject({ token: TOKEN, envelopeId: `cv.${TOKEN}` });
  });

  it('recipients without empty lines between them are told apart', async () => {
    const text =
      'Reporting-MTA: dns; a\nFinal-Recipient: rfc822;a@x.vn\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;b@x.vn\nAction: failed\nStatus: 4.4.7';
    const { outcomes } = await delivery(head('x') + report('delivery-status', status(text)));
    expect(outcomes.map((o) => [o.recipient, o.permanent])).toEqual([
      ['a@x.vn', true],
      ['b@x.vn', false],
    ]);
  });

  it.each([
    ['the VERP address', head('x', undefined, `congvan+cv.${TOKEN}@h99.example.gov.vn`), ''],
    [
      'the VERP address in capitals',
      head('x', undefined, `CONGVAN+CV.${TOKEN.toUpperCase()}@H99.EXAMPLE.GOV.VN`),
      '',
    ],
    [
      'the quoted Message-ID',
      head('x'),
      `Content-Type: text/rfc822-headers\n\nMessage-ID: <cv.${TOKEN}@h99.example.gov.vn>\nSubject: Cong van`,
    ],
    [
      'the returned message',
      head('x'),
      `Content-Type: message/rfc822\n\nMessage-ID: <cv.${TOKEN}@h99.example.gov.vn>\n\nx`,
    ],
  ])('our token is found in %s', async (_, header, part) => {
    const text = 'Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822;a@x.vn\nAction: failed\nStatus: 5.1.1';
    expect(
      (await delivery(header + report('delivery-status', status(text), ...(part ? [part] : [])))).token,
    ).toBe(TOKEN);
  });
});

describe('bounces in words', () => {
  const copy = `\n------ This is a copy of the message ------\n\nMessage-ID: <cv.${TOKEN}@h99.example.gov.vn>\nSubject: Cong van\nTo: a@x.vn\n`;
  it.each<[string, string, string, [string | null, string, string | null, boolean | null][]]>([
    [
      'exim',
      'Mail delivery failed: returning message to sender',
      'This message was created automatically by mail delivery software.\n\n  a@x.vn\n    host mx [192.0.2.1]: 550 5.1.1 <a@x.vn>: User unknown\n  b@x.vn\n    mailbox is full: retry timeout exceeded',
      [
        ['a@x.vn', 'failed', '5.1.1', true],
        ['b@x.vn', 'failed', '4.2.2', false],
      ],
    ],
    [
      'qmail',
      'failure notice',
      'Hi. This is the qmail-send program at mx.\n\n<a@x.vn>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user',
      [['a@x.vn', 'failed', '5.1.1', true]],
    ],
    [
      'postfix',
      'Undelivered Mail Returned to Sender',
      'This is the mail system at host mx.\n\n<a@x.vn>: host mx[192.0.2.1] said: 452 4.2.2 Mailbox full',
      [['a@x.vn', 'failed', '4.2.2', false]],
    ],
    [
      'postfix',
      'Delayed Mail (still being retried)',
      'This is the mail system at host mx.\nTHIS IS A WARNING ONLY.\n\n<a@x.vn>: connect to mx[192.0.2.1]:25: Connection timed out',
      [['a@x.vn', 'delayed', '4.4.1', null]],
    ],
    [
      'exchange2007',
      'Không gửi được: Cong van',
      'Không chuyển được tới những người nhận hoặc nhóm sau:\n\na@x.vn\nKhông tìm thấy địa chỉ email.',
      [['a@x.vn', 'failed', '5.1.1', true]],
    ],
    [
      'vietnamese',
      'Thư bị trả lại',
      'Thư của bạn không gửi được tới a@x.vn: hộp thư đã đầy.',
      [['a@x.vn', 'failed', '5.2.2', true]],
    ],
  ])('%s: %s', async (dialect, subject, text, outcomes) => {
    const found = await delivery(
      `${head(`=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`)}Content-Type: text/plain; charset=utf-8\n\n${text}\n${copy}`,
    );
    expect(found.outcomes.map((o) => [o.recipient, o.action, o.status, o.permanent])).toEqual(outcomes);
    expect(found).toMatchObject({ dialect, token: TOKEN, originalSubject: 'Cong van' });
  });

  it.each([
    [
      'a person forwards',
      'Fwd: Undelivered Mail Returned to Sender',
      'canbo@h99.example.gov.vn',
      'Nho xem giup: <a@x.vn>: User unknown',
    ],
    [
      'a person answers',
      'Re: Mail delivery failed',
      'canbo@h99.example.gov.vn',
      'could not be delivered to a@x.vn',
    ],
    [
      'a letter speaks of delivery',
      'Ve viec chuyen phat van ban',
      'canbo@h99.example.gov.vn',
      'thu khong gui duoc; could not be delivered',
    ],
  ])('%s: no bounce', async (_, subject, from, text) => {
    const raw = `${head(subject, from).replace('Return-Path: <>\n', '')}\n${text}\n`;
    expect((await read(raw, sink)).report).toBeNull();
  });

  it('an abuse report (RFC 5965) is no bounce', async () => {
    const raw =
      head('complaint about message') +
      report(
        'feedback-report',
        'Content-Type: message/feedback-report\n\nFeedback-Type: abuse',
        'Content-Type: message/rfc822\n\nSubject: x\n\nx',
      );
    expect((await read(raw, sink)).report).toBeNull();
  });
});

describe('receipts and notices', () => {
  const receipt = `Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@x.vn\nOriginal-Message-ID: <cv.${TOKEN}@h99.example.gov.vn>\nDisposition: manual-action/MDN-sent-manually; displayed`;
  const notice = buildNotice(
    'registered',
    { messageId: `<cv.${TOKEN}@h99.example.gov.vn>`, token: null },
    { soDen: 12, agencyCode: 'H99.1' },
  );

  it('a read receipt (RFC 8098)', async () => {
    expect((await read(head('Read: x') + report('disposition-notification', receipt), sink)).report).toEqual({
      type: 'read-receipt',
      finalRecipient: 'a@x.vn',
      originalMessageId: `<cv.${TOKEN}@h99.example.gov.vn>`,
      disposition: 'displayed',
      manual: true,
      token: TOKEN,
    });
  });

  it('the notice of a gateway comes before the receipt it travels in', async () => {
    const json = `Content-Type: application/vnd.congvan.notice+json\n\n${noticeJson(notice)}`;
    const mail = await read(head('x') + report('disposition-notification', receipt, json), sink);
    expect(mail.report).toEqual(notice);
    expect(mail.parts).toEqual([]);
  });

  it('our fields alone say the same when the JSON part was lost', async () => {
    const fields = `${receipt}\nX-Congvan-Version: 1\nX-Congvan-Act: registered\nX-Congvan-Token: ${TOKEN}\nX-Congvan-Agency-Code: H99.1\nX-Congvan-So-Den: 12`;
    expect((await read(head('x') + report('disposition-notification', fields), sink)).report).toEqual(notice);
  });
});
