import { describe, expect, test } from 'vitest';
import { parseFields } from '../../../mail/header-fields.ts';
import { readReport } from '../../../mail/reports/report.ts';
import { bounce, statusReport } from './report-input.ts';

const A = 'a@so.example.gov.vn';
const RECIPIENT = `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.1.1\n`;
const fields = (header: string) => parseFields(header).fields;

function dialect(header: string, machine = 'Reporting-MTA: dns; mx.example.gov.vn', text = ''): string {
  const report = readReport(statusReport(`${machine}\n\n${RECIPIENT}`, { fields: fields(header), text }));
  if (report?.type !== 'delivery-report') throw new Error('no delivery report');
  return report.dialect;
}

describe('The server that wrote a report with a machine part is told', () => {
  test.each([
    ['postfix', '', 'Reporting-MTA: dns; mx\nX-Postfix-Queue-ID: 3XyZ'],
    ['amazonses', '', 'Reporting-MTA: dns; a9-9.smtp-out.amazonses.com'],
    ['office365', '', 'Reporting-MTA: dns;SG2PR01MB0000.apcprd01.prod.outlook.com'],
    ['gmail', '', 'Reporting-MTA: dns; googlemail.com'],
  ])('by its machine part: %s', (name, header, machine) => {
    expect(dialect(header, machine)).toBe(name);
  });

  test.each([
    ['exim', 'X-Failed-Recipients: a@so.example.gov.vn'],
    [
      'exim',
      'Received: from x by mx.example.org (Postfix)\nReceived: from Debian-exim by mx with local (Exim 4.96)',
    ],
    ['postfix', 'Received: from x by y with local (Exim 4.96)\nReceived: by mx.example.gov.vn (Postfix)'],
    ['gmail', 'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: a@x.vn'],
    ['exchange2007', 'X-MS-Exchange-Message-Is-Ndr:'],
    ['exchange2003', 'X-DSNContext: 7ce717b1 - 1196 - 00000002 - 00000000'],
  ])('by its header, the oldest Received included: %s', (name, header) => {
    expect(dialect(header)).toBe(name);
  });

  test('by its words: sendmail', () => {
    const text = '   ----- The following addresses had permanent fatal errors -----\n<a@so.example.gov.vn>\n';
    expect(dialect('', undefined, text)).toBe('sendmail');
  });

  test('by nothing: rfc3464, and not by what the returned letter says', () => {
    const text = 'Failed.\n\n--- Original message ---\n\nThis is the mail system at host mx.\n';
    expect(dialect('Received: from x by y (Postfix)\nReceived: from z by y', undefined, text)).toBe(
      'rfc3464',
    );
  });
});

describe('X-Failed-Recipients (Exim, Gmail)', () => {
  const B = 'b@so.example.gov.vn';
  const text =
    'This message was created automatically by mail delivery software.\nThe following address(es) failed:\n\n  vanthu\n    552 over quota\n';
  test.each([
    [`X-Failed-Recipients: A@So.Example.gov.vn`, [[A, '5.2.2']]],
    [
      `X-Failed-Recipients: ${A},\n ${B}`,
      [
        [A, '5.2.2'],
        [B, '5.2.2'],
      ],
    ],
    ['X-Other: 1', [[null, '5.2.2']]],
  ])('names those whom the text does not: %s', (header, expected) => {
    const report = readReport(bounce({ text, fields: fields(header) }));
    if (report?.type !== 'delivery-report') throw new Error('no delivery report');
    expect(report.outcomes.map((one) => [one.recipient, one.status])).toEqual(expected);
  });

  test('never make a bounce of a letter', () => {
    const letter = {
      from: { address: 'binh@so.example.gov.vn', name: '' },
      returnPath: 'binh@so.example.gov.vn',
      subject: 'Báo cáo',
    };
    expect(readReport(bounce({ ...letter, text, fields: fields(`X-Failed-Recipients: ${A}`) }))).toBeNull();
  });
});
