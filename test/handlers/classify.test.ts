import { describe, expect, it } from 'vitest';
import { classify } from '../../handlers/classify.ts';
import type { IncomingMessage } from '../../mail/types.ts';
import { makeMail, makePart, makeRules } from '../support/facts.ts';

const rules = makeRules();
const citizen = { address: 'nguyenvana@example.com', name: '' };
const notice = {
  type: 'exchange-notice' as const,
  version: 1,
  token: null,
  originalMessageId: null,
  agencyCode: null,
  agencyName: null,
  soKyHieu: null,
  ngayVanBan: null,
  soDen: null,
  ngayDen: null,
  enteredAt: null,
  deemedReceivedAt: null,
  reasons: [],
  files: [],
};
const bounce = {
  type: 'delivery-report' as const,
  dialect: 'rfc3464',
  envelopeId: null,
  outcomes: [],
  originalMessageId: null,
  originalSubject: null,
  token: null,
};
const mdn = {
  type: 'read-receipt' as const,
  finalRecipient: null,
  originalMessageId: null,
  disposition: 'displayed',
  manual: true,
  token: null,
};
const logo = makePart({ origin: 'inline', detectedType: 'image/png', name: 'logo.png' });

const table: [string, Partial<IncomingMessage>, string | null, string][] = [
  ['a letter of an agency of the directory', {}, 'a@b', 'official-document'],
  [
    'an office outside the directory, by its domain',
    { from: { address: 'x@moi.example.gov.vn', name: '' } },
    'a@b',
    'official-document',
  ],
  ['INT-14 a citizen', { from: citizen }, 'a@b', 'citizen-letter'],
  ['a bounce, though it comes from nobody', { report: bounce, from: null, parts: [] }, '', 'delivery-report'],
  [
    'a bounce that also calls itself automatic',
    { report: bounce, autoSubmitted: 'auto-replied', isList: true },
    '',
    'delivery-report',
  ],
  ['a read receipt', { report: mdn, autoSubmitted: 'auto-replied' }, '', 'read-receipt'],
  [
    'a T1 of another gateway',
    { report: { ...notice, act: 'arrived' }, autoSubmitted: 'auto-replied' },
    '',
    'receipt',
  ],
  ['a T2', { report: { ...notice, act: 'registered' } }, '', 'receipt'],
  ['a T3', { report: { ...notice, act: 'returned' } }, '', 'return'],
  ['a recall', { report: { ...notice, act: 'recalled' } }, 'a@b', 'recall'],
  ['a recall written by hand', { subject: '[THU HỒI] Văn bản số 12/QĐ-SNV' }, 'a@b', 'recall'],
  ['an out-of-office answer', { autoSubmitted: 'auto-replied', parts: [] }, '', 'auto-reply'],
  [
    'an out-of-office answer with a logo',
    { autoSubmitted: 'auto-replied', parts: [logo] },
    'a@b',
    'auto-reply',
  ],
  [
    'invariant 4: an automatic header keeps no document out',
    { autoSubmitted: 'auto-generated' },
    'a@b',
    'official-document',
  ],
  ['invariant 4: neither do list headers', { isList: true, listId: 'x' }, 'a@b', 'official-document'],
  ['invariant 4: nor a null return path', {}, '', 'official-document'],
  [
    'invariant 4: a list header keeps no archive out either',
    { isList: true, parts: [makePart({ detectedType: 'application/vnd.rar', name: 'vb.rar' })] },
    'a@b',
    'official-document',
  ],
  [
    'an out-of-office answer with a signature and a business card',
    {
      autoSubmitted: 'auto-replied',
      parts: [
        makePart({ detectedType: 'application/pkcs7-signature', name: 'smime.p7s' }),
        makePart({ detectedType: 'text/plain', name: 'card.vcf' }),
      ],
    },
    'a@b',
    'auto-reply',
  ],
  ['list mail without a document', { isList: true, parts: [], from: citizen }, 'a@b', 'list-mail'],
  ['Auto-Submitted: no is an ordinary letter', { autoSubmitted: 'no' }, 'a@b', 'official-document'],
  [
    'nothing could be read',
    { defects: [{ code: 'empty-parse', detail: '' }], parts: [], text: '' },
    'a@b',
    'unreadable',
  ],
  [
    'our own mail that came back',
    { from: { address: 'vanthu.xamau@mau.example.gov.vn', name: '' }, parts: [] },
    'a@b',
    'auto-reply',
  ],
];

describe('kinds of messages', () => {
  it.each(table)('%s', (_name, mail, envelopeFrom, kind) => {
    expect(classify(makeMail(mail), envelopeFrom, rules).kind).toBe(kind);
  });
});
