import { describe, expect, test } from 'vitest';
import { readReport } from '../../../mail/reports/report.ts';
import { statusReport } from './report-input.ts';

function outcomes(text: string) {
  const report = readReport(statusReport(text));
  if (report?.type !== 'delivery-report') throw new Error('no delivery report');
  return report.outcomes.map((one) => [one.recipient, one.action, one.status, one.permanent]);
}

const HEAD = 'Reporting-MTA: dns; mx.example.gov.vn\n\n';

describe('A delivery-status part (RFC 3464)', () => {
  test('is read with every field', () => {
    const report = readReport(
      statusReport(
        `Original-Envelope-Id: cv.abcdefghij234567\n${HEAD}Final-Recipient: rfc822; snv@SO.example.gov.vn\nOriginal-Recipient: rfc822;noi.vu+2Bmot@so.example.gov.vn\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.so.example.gov.vn\nDiagnostic-Code: smtp; 550 5.1.1 <snv@so.example.gov.vn>:\n    Recipient address rejected\n`,
      ),
    );
    expect(report).toEqual({
      type: 'delivery-report',
      dialect: 'rfc3464',
      envelopeId: 'cv.abcdefghij234567',
      outcomes: [
        {
          recipient: 'snv@so.example.gov.vn',
          originalRecipient: 'noi.vu+mot@so.example.gov.vn',
          action: 'failed',
          status: '5.1.1',
          permanent: true,
          diagnostic: '550 5.1.1 <snv@so.example.gov.vn>: Recipient address rejected',
          remoteMta: 'mx.so.example.gov.vn',
        },
      ],
      originalMessageId: null,
      originalSubject: null,
      token: 'abcdefghij234567',
    });
  });

  test.each([
    ['a delay', 'Action: delayed\nStatus: 4.4.1', ['delayed', '4.4.1', null]],
    ['a delivery', 'Action: delivered\nStatus: 2.1.5', ['delivered', '2.1.5', null]],
    ['handing on to a server without reports', 'Action: relayed\nStatus: 2.0.0', ['relayed', '2.0.0', null]],
    ['a list', 'Action: expanded\nStatus: 2.0.0', ['expanded', '2.0.0', null]],
    ['giving up on a passing trouble', 'Action: failed\nStatus: 4.4.7', ['failed', '4.4.7', false]],
    [
      'a comment behind the status',
      'Action: failed\nStatus: 5.0.0 (permanent failure)',
      ['failed', '5.0.0', true],
    ],
    ['no action', 'Status: 5.5.0', ['failed', '5.5.0', true]],
    [
      'no status but a reply',
      'Action: failed\nDiagnostic-Code: smtp; 552 over quota',
      ['failed', '5.2.2', true],
    ],
    [
      'a closer status in the words',
      'Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 #5.1.0 rejected',
      ['failed', '5.1.0', true],
    ],
    [
      "the remote server's status behind the relay's own",
      "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 5.1.0 - Unknown address 550-'5.2.2 Full'",
      ['failed', '5.2.2', true],
    ],
    [
      'an address that looks like a status',
      'Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 no, 5.1.1.9 said',
      ['failed', '5.0.0', true],
    ],
  ])('tells %s', (_, fields, expected) => {
    expect(outcomes(`${HEAD}Final-Recipient: rfc822; snv@so.example.gov.vn\n${fields}\n`)).toEqual([
      ['snv@so.example.gov.vn', ...expected],
    ]);
  });

  test('names every recipient, also without the empty line between them', () => {
    const one = (n: number) =>
      `Final-Recipient: rfc822;<a${n}@so.example.gov.vn>\nAction: failed\nStatus: 5.1.1\n`;
    expect(outcomes(`${HEAD}${one(1)}\n\n${one(2)}${one(3)}`).map(([recipient]) => recipient)).toEqual([
      'a1@so.example.gov.vn',
      'a2@so.example.gov.vn',
      'a3@so.example.gov.vn',
    ]);
  });

  test('is read in upper case, with CR alone and with diagnostics that are not indented', () => {
    const text = `${HEAD}FINAL-RECIPIENT: RFC822; a@so.example.gov.vn\nACTION: Failed\nDIAGNOSTIC-CODE: smtp; 550-Please turn on\n550-authentication\nSTATUS: 5.7.1\n`;
    expect(outcomes(text.replaceAll('\n', '\r'))).toEqual([['a@so.example.gov.vn', 'failed', '5.7.1', true]]);
  });

  test('is unpacked when a relay has encoded its recipients', () => {
    const packed = Buffer.from(
      'Final-Recipient: rfc822; a@so.example.gov.vn\nAction: failed\nStatus: 5.1.1\n',
    ).toString('base64');
    const text = `Reporting-MTA: dns; x\nContent-Transfer-Encoding: base64\n\n${packed}\n`;
    expect(outcomes(text)).toEqual([['a@so.example.gov.vn', 'failed', '5.1.1', true]]);
  });

  test('takes the one recipient from the text when the part names none', () => {
    const text =
      'I was unable to deliver your message to the following addresses:\n\na@so.example.gov.vn\n\nReason: 550 no';
    const report = readReport(
      statusReport(`${HEAD}Action: failed\nStatus: 5.0.0\n`, {
        text: `This is the mail delivery agent at messagelabs.com.\n${text}`,
      }),
    );
    expect(report).toMatchObject({ outcomes: [{ recipient: 'a@so.example.gov.vn', status: '5.0.0' }] });
  });
});
