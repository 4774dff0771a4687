import { describe, expect, test } from 'vitest';
import { readReport } from '../../../mail/reports/report.ts';
import { bounce } from './report-input.ts';

function read(text: string, changes = {}) {
  const report = readReport(bounce({ text, ...changes }));
  if (report?.type !== 'delivery-report') return null;
  return [
    report.dialect,
    ...report.outcomes.map((one) => [one.recipient, one.action, one.status, one.permanent]),
  ];
}

const A = 'a@so.example.gov.vn';
const B = 'b@so.example.gov.vn';
const FULL = [A, 'failed', '5.2.2', true];
const UNKNOWN = [A, 'failed', '5.1.1', true];

describe('A bounce without a machine part', () => {
  test.each([
    [
      'postfix',
      `This is the mail system at host mx.example.gov.vn.\n\nFor help write to\n\n<${A}>: host mx.so[192.0.2.1] said: 550 5.1.1 <${A}>:\n    User unknown (in reply to RCPT TO command)\n`,
      UNKNOWN,
    ],
    [
      'exim',
      `This message was created automatically by mail delivery software.\n\nA message sent by\n\n  <x@y.example>\n\ncould not be delivered. The following address(es) failed:\n\n  ${A}\n    host mx.so [192.0.2.1]: 552 over quota\n`,
      FULL,
    ],
    [
      'qmail',
      `Hi. This is the qmail-send program at mx.\nI'm afraid I wasn't able to deliver your message.\n\n<${A}>:\nSorry, no mailbox here by that name. (#5.1.1)\n`,
      UNKNOWN,
    ],
    [
      'sendmail',
      `   ----- The following addresses had permanent fatal errors -----\n<${A}>\n\n   ----- Transcript of session follows -----\n>>> RCPT To:<${A}>\n<<< 550 5.1.1 User unknown\n`,
      UNKNOWN,
    ],
    [
      'exchange2003',
      `Your message\n\n  To: X\n\ndid not reach the following recipient(s):\n\n${A} on Fri, 18 Oct 2024 09:13:24 +0700\n    The recipient name is not recognized\n`,
      UNKNOWN,
    ],
    [
      'exchange2007',
      `Delivery has failed to these recipients or groups:\n\nVăn thư<mailto:${A}>\nThe recipient's mailbox is full.\n\n${A}\n#550 5.2.2 STOREDRV; mailbox full ##\n`,
      FULL,
    ],
    [
      'office365',
      `Delivery has failed to these recipients or groups:\n\n${A}<mailto:${A}>\nThe email address couldn't be found.\n\nGenerating server: X.prod.outlook.com\n\n${A}\nRemote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound'\n`,
      UNKNOWN,
    ],
    [
      'gmail',
      `Delivery to the following recipient failed permanently:\n\n     ${A}\n\nTechnical details of permanent failure:\nThe recipient server did not accept our requests to connect.\n`,
      [A, 'failed', '5.4.1', true],
    ],
    [
      'amazonses',
      `An error occurred while trying to deliver the mail to the following recipients:\n${A}\n552 5.2.2 mailbox full\n`,
      FULL,
    ],
    [
      'yahoo',
      `Message from yahoo.com.\nUnable to deliver message to the following address(es).\n\n<${A}>:\nThis user doesn't have a yahoo.com account\n`,
      UNKNOWN,
    ],
    [
      'messagelabs',
      `This is the mail delivery agent at messagelabs.com.\nI was not able to deliver your message to the following addresses.\n\n<${A}>:\nRemote host said: 550 No such user\n`,
      UNKNOWN,
    ],
    [
      'courier',
      `UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<${A}>:\n <<< 550 User unknown.\n`,
      UNKNOWN,
    ],
    ['mdaemon', `The attached message had PERMANENT fatal delivery errors!\n\nUser unknown: ${A}\n`, UNKNOWN],
    ['generic', `Your message could not be delivered to\n${A}\nbecause the mailbox is full.\n`, FULL],
    [
      'vietnamese',
      `Thư của Quý cơ quan không gửi được đến người nhận sau:\n\n${A}\n\nLý do: hộp thư của người nhận đã đầy.\n`,
      FULL,
    ],
    ['vietnamese', `Thư chưa được gửi đến ${A} vì địa chỉ không tồn tại.\n`, UNKNOWN],
  ])('of %s is read', (dialect, text, outcome) => {
    expect(read(text)).toEqual([dialect, outcome]);
  });

  test('of mail.ru is told from Exim by who wrote it', () => {
    const text = `This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  ${A}\n    550 User unknown\n`;
    expect(read(text, { from: { address: 'mailer-daemon@corp.mail.ru', name: '' } })).toEqual([
      'mailru',
      UNKNOWN,
    ]);
  });

  test('names several recipients, each with its own words', () => {
    const text = `This is the mail system at host mx.\n\n<${A}>: mailbox is full\n\n<${B}>: host x[192.0.2.1] said:\n    451 4.3.0 try again later\n`;
    expect(read(text)).toEqual(['postfix', FULL, [B, 'failed', '4.3.0', false]]);
  });

  test.each([
    [
      'a delay',
      `This message was created automatically by mail delivery software.\nA message has not yet been delivered to the following addresses:\n\n  ${A}\n    connection timed out\n`,
      'exim',
      [A, 'delayed', '4.4.1', null],
    ],
    [
      'a delay in Vietnamese',
      `Thư chưa được gửi đến người nhận sau, hệ thống sẽ tiếp tục gửi lại:\n\n${A}\n`,
      'vietnamese',
      [A, 'delayed', null, null],
    ],
  ])('tells %s', (_, text, dialect, outcome) => {
    expect(read(text)).toEqual([dialect, outcome]);
  });

  test('takes the recipient of the quoted message when the notice names nobody', () => {
    const text =
      'Your message could not be delivered.\n\n----- Original message -----\n\nMessage-ID: <x@y.example>\nTo: <a@so.example.gov.vn>\nSubject: Báo cáo\n';
    expect(readReport(bounce({ text }))).toMatchObject({
      outcomes: [{ recipient: A }],
      originalMessageId: '<x@y.example>',
      originalSubject: 'Báo cáo',
    });
  });

  test('follows the machine part that a gateway left in the text', () => {
    const text = `This is the mail system at host mx.\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ${A}\nAction: delayed\nStatus: 4.4.1\n`;
    expect(read(text)).toEqual(['postfix', [A, 'delayed', '4.4.1', null]]);
  });
});

describe('No bounce is', () => {
  const person = { address: 'binh@so.example.gov.vn', name: 'Phòng Hành chính' };
  const words = `Your message could not be delivered to ${A}: user unknown.\n`;
  test.each([
    [
      'a letter that speaks of one',
      words,
      { from: person, returnPath: 'binh@so.example.gov.vn', subject: 'Thư không gửi được' },
    ],
    [
      'a bounce that a person forwards',
      `Kính chuyển.\n\n${words}`,
      {
        from: person,
        returnPath: 'binh@so.example.gov.vn',
        subject: 'Fwd: Undelivered Mail Returned to Sender',
      },
    ],
    [
      "a postmaster's answer",
      words,
      {
        returnPath: 'postmaster@mx.example.gov.vn',
        from: { address: 'postmaster@mx.example.gov.vn', name: '' },
        subject: 'Re: Công văn 12',
      },
    ],
    ['a bounce in quoted lines', `Xin xem dưới đây.\n\n> ${words}`, {}],
    [
      'an absence notice',
      `I cannot be reached. Please write to\n\n${A}\n`,
      { from: person, subject: 'Automatic reply: Báo cáo' },
    ],
    [
      'an absence notice without that subject',
      `I cannot be reached. Please write to\n\n${A}\n`,
      { from: person, subject: 'Vắng cơ quan' },
    ],
    [
      'an ordinary letter of the postmaster',
      'Kính gửi văn thư, đề nghị đổi mật khẩu.',
      { subject: 'Thông báo' },
    ],
  ])('%s', (_, text, changes) => {
    expect(read(text, changes)).toBeNull();
  });
});
