import { describe, expect, test } from 'vitest';
import { buildNotice, NOTICE_TYPE, noticeJson } from '../../../mail/notice.ts';
import { readReport } from '../../../mail/reports/report.ts';
import { bounce, statusReport } from './report-input.ts';

const TOKEN = 'abcdefghij234567';
const OTHER = 'zzzzzzzzzz234567';
const FAILED =
  'Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@so.example.gov.vn\nAction: failed\nStatus: 5.1.1\n';
const MDN = `Final-Recipient: rfc822; a@so.example.gov.vn\nOriginal-Message-ID: <cv.${TOKEN}@mau.example.gov.vn>\nDisposition: manual-action/MDN-sent-manually; displayed\n`;

describe('The token of a delivery report', () => {
  test.each([
    [
      'the address it came to',
      {
        to: [{ address: `vanthu+cv.${TOKEN}@mau.example.gov.vn`, name: '' }],
        originalHeaders: `Message-ID: <cv.${OTHER}@x.example>\n`,
      },
      FAILED,
    ],
    ['the ENVID', {}, `Original-Envelope-Id: cv.${TOKEN}\n${FAILED}`],
    [
      'the quoted Message-ID',
      { originalHeaders: `Subject: x\nMessage-ID:\n <cv.${TOKEN}@mau.example.gov.vn>\n` },
      FAILED,
    ],
    [
      'the quoted return path, when the Message-ID was rewritten',
      {
        originalHeaders: `Return-Path: <vanthu+cv.${TOKEN}@mau.example.gov.vn>\nMessage-ID: <new@relay.example>\n`,
      },
      FAILED,
    ],
    [
      'the quoted text',
      {
        text: `This is the mail system at host x.\n\n--- Original message ---\n\nMessage-ID: <cv.${TOKEN}@mau.example.gov.vn>\n`,
      },
      FAILED,
    ],
  ])('comes from %s', (_, changes, status) => {
    expect(readReport(statusReport(status, changes))).toMatchObject({ token: TOKEN });
  });

  test('never comes from References: that is the token of an earlier message', () => {
    const originalHeaders = `Message-ID: <new@relay.example>\nReferences: <cv.${OTHER}@x.example>\n`;
    expect(readReport(statusReport(FAILED, { originalHeaders }))).toMatchObject({
      token: null,
      originalMessageId: '<new@relay.example>',
    });
  });

  test('comes with the decoded subject of the message', () => {
    const originalHeaders = 'Subject: =?UTF-8?B?QsOhbyBjw6Fv?= =?utf-8?q?_qu=C3=BD?=\n';
    expect(readReport(statusReport(FAILED, { originalHeaders }))).toMatchObject({
      originalSubject: 'Báo cáo quý',
    });
  });
});

describe('A message is taken for', () => {
  test('the notice of a gateway before anything else', () => {
    const notice = buildNotice(
      'registered',
      { messageId: `<cv.${TOKEN}@mau.example.gov.vn>`, token: null },
      { soDen: 12 },
    );
    const sections = [
      { type: 'message/disposition-notification', text: MDN },
      { type: NOTICE_TYPE, text: noticeJson(notice) },
    ];
    expect(readReport(bounce({ sections }))).toMatchObject({
      type: 'exchange-notice',
      act: 'registered',
      soDen: 12,
      token: TOKEN,
    });
  });

  test('a read receipt (RFC 8098)', () => {
    const sections = [{ type: 'message/disposition-notification', text: MDN }];
    const from = { address: 'a@so.example.gov.vn', name: '' };
    expect(
      readReport(
        bounce({
          from,
          subject: 'Đã đọc: Báo cáo',
          contentType: 'multipart/report',
          reportType: 'disposition-notification',
          sections,
        }),
      ),
    ).toEqual({
      type: 'read-receipt',
      finalRecipient: 'a@so.example.gov.vn',
      originalMessageId: `<cv.${TOKEN}@mau.example.gov.vn>`,
      disposition: 'displayed',
      manual: true,
      token: TOKEN,
    });
  });

  test.each([
    ['automatic-action/MDN-sent-automatically; deleted/error', 'deleted', false],
    ['displayed', 'displayed', null],
  ])('a read receipt with the disposition "%s"', (value, disposition, manual) => {
    const sections = [{ type: 'message/disposition-notification', text: `Disposition: ${value}\n` }];
    expect(readReport(bounce({ sections }))).toMatchObject({ disposition, manual });
  });

  test('a read receipt although its words are those of a bounce', () => {
    const sections = [{ type: 'message/disposition-notification', text: MDN }];
    const text = 'Your message could not be delivered to a@so.example.gov.vn in time; it was deleted unread.';
    expect(readReport(bounce({ sections, text }))).toMatchObject({ type: 'read-receipt' });
  });

  test('no report when it is an abuse report (RFC 5965)', () => {
    const sections = [
      { type: 'message/feedback-report', text: 'Feedback-Type: abuse\n' },
      { type: 'message/delivery-status', text: FAILED },
    ];
    expect(
      readReport(bounce({ contentType: 'multipart/report', reportType: 'feedback-report', sections })),
    ).toBeNull();
  });

  test("no report when a person's letter carries the machine part of one", () => {
    const from = { address: 'binh@so.example.gov.vn', name: '' };
    const sections = [{ type: 'message/delivery-status', text: FAILED }];
    const letter = {
      from,
      returnPath: from.address,
      subject: 'Đề nghị kiểm tra',
      contentType: 'multipart/mixed',
      sections,
    };
    expect(readReport(bounce(letter))).toBeNull();
  });

  test('a delivery told in JSON by Amazon SES', () => {
    const text =
      '{"notificationType":"Delivery","delivery":{"recipients":["a@so.example.gov.vn"],"smtpResponse":"250 2.6.0 ok"}}';
    const from = { address: 'no-reply@sns.amazonaws.com', name: '' };
    expect(readReport(bounce({ from, subject: 'Notification', text }))).toMatchObject({
      dialect: 'amazonses',
      outcomes: [{ recipient: 'a@so.example.gov.vn', action: 'delivered', status: '2.6.0', permanent: null }],
    });
  });
});

test('A report of hostile length is read in under two seconds', () => {
  const long = (part: string) => part.repeat(Math.ceil(262_144 / part.length)).slice(0, 262_144);
  for (const part of ['<a@', 'a@b ', ' ', '>>> ', '5.1.1 ', 'user ', 'thư không ', '\n', '---- ']) {
    const start = performance.now();
    readReport(
      statusReport(`Diagnostic-Code: ${long(part).slice(0, 65_000)}`, {
        text: `This is the mail system at host x\n${long(part)}`,
      }),
    );
    expect(performance.now() - start).toBeLessThan(2000);
  }
});
