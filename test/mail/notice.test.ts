import { describe, expect, it } from 'vitest';
import { buildNotice, noticeJson, parseNotice } from '../../mail/notice.ts';

const about = { messageId: '<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>', token: null };
const full = buildNotice('registered', about, {
  agencyCode: 'H99.01',
  agencyName: 'Ủy ban nhân dân xã Mẫu',
  soKyHieu: '12/QĐ-SNV',
  ngayVanBan: '2026-11-19',
  soDen: 123,
  ngayDen: '2026-11-20',
  enteredAt: '2026-11-20T08:04:59.123Z',
  deemedReceivedAt: '2026-11-20T23:30:00Z',
  reasons: [],
  files: [{ name: 'Quyết định.pdf', sha256: 'b'.repeat(64), verdict: 'valid' }],
});

function changed(change: object): string {
  return JSON.stringify({ ...full, ...change });
}

describe('the machine part (docs/exchange.md)', () => {
  it('comes back as it was written', () => {
    expect(parseNotice(noticeJson(full))).toEqual(full);
  });

  it('writes instants in Vietnam time and takes the token from the Message-ID', () => {
    expect(full).toMatchObject({
      token: 'zzzzzzzzzzzzzzzz2222',
      enteredAt: '2026-11-20T15:04:59+07:00',
      deemedReceivedAt: '2026-11-21T06:30:00+07:00',
    });
  });

  it.each([
    ['<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>', 'zzzzzzzzzzzzzzzz2222'],
    ['<cv.short@mau.example.gov.vn>', null],
    ['<CV.ZZZZZZZZZZZZZZZZ2222@mau.example.gov.vn>', 'zzzzzzzzzzzzzzzz2222'],
    ['<1@x>', null],
    [null, null],
  ])('token of %s: %s', (messageId, token) => {
    expect(buildNotice('arrived', { messageId, token: null }, {}).token).toBe(token);
  });

  it.each([
    [''],
    ['null'],
    ['[]'],
    ['{'],
    ['"exchange-notice"'],
    [changed({ type: 'x' })],
    [changed({ version: 2 })],
    [changed({ version: '1' })],
    [changed({ act: 'accepted' })],
    [changed({ files: 'a.pdf' })],
    [changed({ files: Array.from({ length: 201 }, () => full.files[0]) })],
    [changed({ reasons: Array.from({ length: 21 }, () => 'TC01') })],
    [`${' '.repeat(300_000)}${noticeJson(full)}`],
    ['['.repeat(200_000)],
  ])('%.40s is no notice', (json) => {
    expect(parseNotice(json)).toBeNull();
  });

  it.each([
    [{ soDen: '123' }, { soDen: null }],
    [{ soDen: -1 }, { soDen: null }],
    [{ soDen: 1.5 }, { soDen: null }],
    [{ token: 'ABC' }, { token: null }],
    [{ ngayDen: '2026-02-30' }, { ngayDen: null }],
    [{ ngayDen: '20/11/2026' }, { ngayDen: null }],
    [{ enteredAt: '2026-11-20 08:00' }, { enteredAt: null }],
    [{ enteredAt: '2026-11-20T08:00:00Z' }, { enteredAt: '2026-11-20T15:00:00+07:00' }],
    [{ soKyHieu: 'a'.repeat(201) }, { soKyHieu: null }],
    [{ agencyName: 'Sở\u202e Nội\r\nvụ' }, { agencyName: 'Sở Nội vụ' }],
    [{ originalMessageId: '<a b>' }, { originalMessageId: null }],
    [{ files: [{ name: 'a', sha256: 'x', verdict: null }, null] }, { files: [] }],
    [
      { files: [{ name: 'a', sha256: 'c'.repeat(64), verdict: 'ok' }] },
      { files: [{ name: 'a', sha256: 'c'.repeat(64), verdict: null }] },
    ],
    [{ reasons: ['TC01', 5, ''] }, { reasons: ['TC01'] }],
    [
      { files: undefined, reasons: undefined },
      { files: [], reasons: [] },
    ],
    [{ themVe: 'sau này' }, {}],
  ])('one bad value does not hide the rest: %j', (change, read) => {
    expect(parseNotice(changed(change))).toEqual({ ...full, ...read });
  });

  it('a member named __proto__ changes nothing', () => {
    const json = noticeJson(full).replace('{', '{"__proto__":{"act":"returned"},');
    expect(parseNotice(json)).toEqual(full);
  });
});
