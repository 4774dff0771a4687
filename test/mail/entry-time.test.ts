import { describe, expect, it } from 'vitest';
import { entryTime } from '../../mail/entry-time.ts';

const GIVEN = '2026-11-20T03:00:00.000Z';
const OURS = ['MX.mau.example.gov.vn'];
const at = (by: string, date: string) =>
  `from mail.snv.example.gov.vn (unknown [192.0.2.7]) by ${by} with ESMTPS id 4; ${date}`;
const MORNING = 'Fri, 20 Nov 2026 09:58:00 +0700';

describe('TIM-02 when a letter entered our system', () => {
  it.each<[string, string[], string]>([
    ['no Received header at all: the given time', [], GIVEN],
    ['the line of our own server', [at('mx.mau.example.gov.vn', MORNING)], '2026-11-20T02:58:00.000Z'],
    [
      'with a comment behind the zone, and a dot behind the host',
      [at('mx.mau.example.gov.vn.', `${MORNING} (ICT)`)],
      '2026-11-20T02:58:00.000Z',
    ],
    [
      'hops inside the house stand above it',
      [at('store.local', 'Fri, 20 Nov 2026 09:59:00 +0700'), at('mx.mau.example.gov.vn', MORNING)],
      '2026-11-20T02:58:00.000Z',
    ],
    [
      'a forged line below ours counts for nothing',
      [at('mx.mau.example.gov.vn', MORNING), at('mx.mau.example.gov.vn', 'Mon, 01 Jun 2026 08:00:00 +0700')],
      '2026-11-20T02:58:00.000Z',
    ],
    [
      'ours has no date that can be read: the given time, not the line below',
      [at('mx.mau.example.gov.vn', 'soon'), at('mx.mau.example.gov.vn', 'Mon, 01 Jun 2026 08:00:00 +0700')],
      GIVEN,
    ],
    ['a server that is not ours', [at('mx.mau.example.gov.vn.evil.example.com', MORNING)], GIVEN],
    [
      'our name only in what the client called itself',
      [`from x (helo by mx.mau.example.gov.vn) by evil.example.com; ${MORNING}`],
      GIVEN,
    ],
    [
      'a line without a date: its numbers are no date',
      ['from a by mx.mau.example.gov.vn with ESMTP id 12'],
      GIVEN,
    ],
    [
      'a date without a zone names no instant',
      [at('mx.mau.example.gov.vn', 'Fri, 20 Nov 2026 09:58:00')],
      GIVEN,
    ],
    [
      'a clock that runs ahead of our own acceptance by hours',
      [at('mx.mau.example.gov.vn', 'Fri, 20 Nov 2026 15:00:00 +0700')],
      GIVEN,
    ],
  ])('%s', (_name, received, expected) => {
    expect(entryTime(received, OURS, GIVEN)).toBe(expected);
  });

  it('without trusted hosts every line is the sender’s word', () => {
    expect(entryTime([at('mx.mau.example.gov.vn', MORNING)], [], GIVEN)).toBe(GIVEN);
  });
});
