/** A bounce as mail servers send it, to be varied by tests. */
import type { ReportInput } from '../../../mail/reports/report.ts';

export function bounce(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    subject: 'Undelivered Mail Returned to Sender',
    from: { address: 'MAILER-DAEMON@mx.example.gov.vn', name: 'Mail Delivery System' },
    returnPath: '',
    to: [{ address: 'vanthu@mau.example.gov.vn', name: '' }],
    fields: [],
    contentType: 'text/plain',
    reportType: null,
    text: '',
    sections: [],
    originalHeaders: null,
    ...changes,
  };
}

export function statusReport(text: string, changes: Partial<ReportInput> = {}): ReportInput {
  const sections = [{ type: 'message/delivery-status', text }];
  return bounce({ contentType: 'multipart/report', reportType: 'delivery-status', sections, ...changes });
}
