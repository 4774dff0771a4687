import { describe, expect, test } from 'vitest';
import { buildCalendar, loadHolidays } from '../../config/calendar.ts';
import {
  formatVietnamDate,
  formatVietnamTime,
  localDate,
  toVietnamIso,
} from '../../documents/vietnam-time.ts';
import {
  acknowledgeLimit,
  deemedReceived,
  dispatchLimit,
  isWorkingDay,
  nextWorkingDay,
  presentLimit,
} from '../../documents/working-time.ts';

const settings = {
  sessions: [
    { start: '07:30', end: '11:30' },
    { start: '13:30', end: '17:00' },
  ],
  vanHoa2411: 'pending' as const,
  extraNonWorking: [] as string[],
  extraWorking: [] as string[],
};
const calendar = buildCalendar(loadHolidays(), settings);

/** "2026-11-20 17:01" or with seconds, Vietnam time → instant. */
const at = (local: string) => new Date(`${local.replace(' ', 'T')}+07:00`).toISOString();

describe('DOMAIN 6.3: entered, deemed received, dispatch limits of SL and of N30', () => {
  test.each([
    ['2026-08-21 18:00', '2026-08-22 07:30', '2026-08-22 11:30', '2026-08-22 17:00'],
    ['2025-04-25 17:30', '2025-04-26 07:30', '2025-04-26 11:30', '2025-04-26 17:00'],
    ['2024-12-31 23:30', '2025-01-02 07:30', '2025-01-02 11:30', '2025-01-02 17:00'],
    ['2026-04-29 19:00', '2026-05-04 07:30', '2026-05-04 11:30', '2026-05-04 17:00'],
    ['2026-01-09 20:00', '2026-01-10 07:30', '2026-01-10 11:30', '2026-01-10 17:00'],
    ['2026-08-31 10:00', '2026-09-03 07:30', '2026-09-03 11:30', '2026-09-03 17:00'],
    ['2026-11-20 17:01', '2026-11-23 07:30', '2026-11-23 11:30', '2026-11-23 17:00'],
    ['2026-11-20 11:31', '2026-11-20 13:30', '2026-11-23 11:30', '2026-11-23 17:00'],
    ['2026-11-20 13:30', '2026-11-20 13:30', '2026-11-23 11:30', '2026-11-23 17:00'],
    ['2025-05-02 09:00', '2025-05-05 07:30', '2025-05-05 11:30', '2025-05-05 17:00'],
    ['2026-08-28 17:30', '2026-09-03 07:30', '2026-09-03 11:30', '2026-09-03 17:00'],
    ['2026-04-24 18:00', '2026-04-28 07:30', '2026-04-28 11:30', '2026-04-28 17:00'],
    ['2026-11-21 08:00', '2026-11-23 07:30', '2026-11-23 11:30', '2026-11-23 17:00'],
  ])('%s counts as %s; SL until %s, N30 until %s', (enters, received, sl, n30) => {
    expect(deemedReceived(at(enters), calendar)).toBe(at(received));
    expect(dispatchLimit(at(enters), calendar, 'endOfMorningOfNextWorkingDay')).toBe(at(sl));
    expect(dispatchLimit(at(enters), calendar, 'endOfNextWorkingDay')).toBe(at(n30));
  });
});

describe('TIM-03: out of hours is the next start of office hours', () => {
  test.each([
    ['before the morning', '2026-11-20 07:29:59', '2026-11-20 07:30'],
    ['the first second', '2026-11-20 07:30:00', '2026-11-20 07:30'],
    ['the last second of the morning', '2026-11-20 11:30:00', '2026-11-20 11:30'],
    ['one second into lunch', '2026-11-20 11:30:01', '2026-11-20 13:30'],
    ['lunch break taken literally', '2026-11-20 12:10', '2026-11-20 13:30'],
    ['the last second of the day', '2026-11-20 17:00:00', '2026-11-20 17:00'],
    ['one second late', '2026-11-20 17:00:01', '2026-11-23 07:30'],
    ['midnight belongs to the new day', '2026-11-20 00:00', '2026-11-20 07:30'],
    ['Sunday', '2026-11-22 10:00', '2026-11-23 07:30'],
    ['eve of Tết', '2026-02-13 17:30', '2026-02-23 07:30'],
    ['inside Tết', '2026-02-18 09:00', '2026-02-23 07:30'],
    ['a worked Saturday is a day like any other', '2026-08-22 09:00', '2026-08-22 09:00'],
    ['the day off it was swapped for', '2026-08-31 09:00', '2026-09-03 07:30'],
    ['TIM-05: New Year’s Eve goes into the next year', '2026-12-31 18:00', '2027-01-04 07:30'],
    ['beyond the table: weekends only', '2031-01-01 09:00', '2031-01-01 09:00'],
  ])('%s: %s counts as %s', (_name, enters, received) => {
    expect(deemedReceived(at(enters), calendar)).toBe(at(received));
  });

  test('within the last second of a session is still inside', () => {
    expect(deemedReceived('2026-11-20T10:00:00.999Z', calendar)).toBe('2026-11-20T10:00:00.999Z');
  });

  test('a regulation may count the entry as it is', () => {
    expect(deemedReceived(at('2026-11-21 08:00'), calendar, 'asEntered')).toBe(at('2026-11-21 08:00'));
  });

  test.each(['2026-11-20', '2026-11-20T10:00:00', 'yesterday', ''])(
    '%j is no instant and is refused',
    (instant) => {
      expect(() => deemedReceived(instant, calendar)).toThrow(
        expect.objectContaining({ code: 'TIME_INVALID' }),
      );
    },
  );
});

describe('TIM-07, TIM-08: presenting and acknowledging', () => {
  test.each([
    ['2026-11-20 09:00', '2026-11-23 17:00', '2026-11-20 17:00'],
    ['2026-11-20 17:00', '2026-11-23 17:00', '2026-11-20 17:00'],
    ['2026-08-28 13:30', '2026-09-03 17:00', '2026-08-28 17:00'],
    ['2026-08-21 15:00', '2026-08-22 17:00', '2026-08-21 17:00'],
  ])('deemed %s: presented until %s, confirmed until %s', (deemed, present, acknowledge) => {
    expect(presentLimit(at(deemed), calendar, 'endOfNextWorkingDay')).toBe(at(present));
    expect(acknowledgeLimit(at(deemed), calendar)).toBe(at(acknowledge));
  });

  test('an entry out of hours is confirmed by the end of the next office day', () => {
    expect(acknowledgeLimit(at('2026-11-21 08:00'), calendar)).toBe(at('2026-11-23 17:00'));
  });

  test('no rule, no limit', () => {
    expect(dispatchLimit(at('2026-11-20 09:00'), calendar, null)).toBeNull();
    expect(presentLimit(at('2026-11-20 09:00'), calendar, null)).toBeNull();
  });
});

describe('DOMAIN 6.3: working days', () => {
  test.each([
    ['2026-11-20', true],
    ['2026-11-21', false],
    ['2026-01-10', true],
    ['2026-01-02', false],
    ['2026-04-27', false],
    ['2026-11-24', true],
  ])('%s: %s', (date, working) => {
    expect(isWorkingDay(date, calendar)).toBe(working);
  });

  test('the next one jumps holidays, weekends and the year', () => {
    expect(nextWorkingDay('2026-02-13', calendar)).toBe('2026-02-23');
    expect(nextWorkingDay('2026-12-31', calendar)).toBe('2027-01-04');
  });

  test('a calendar that never works is refused, not searched for ever', () => {
    const none = { ...calendar, nonWorking: { has: () => true } as unknown as ReadonlySet<string> };
    expect(() => nextWorkingDay('2026-11-20', none)).toThrow(
      expect.objectContaining({ code: 'CALENDAR_INVALID' }),
    );
    expect(() => deemedReceived(at('2026-11-20 09:00'), { ...calendar, sessions: [] })).toThrow(
      expect.objectContaining({ code: 'CALENDAR_INVALID' }),
    );
  });
});

describe('TIM-09: Vietnam time, whatever the zone of the machine', () => {
  test('the tests run under a foreign zone', () => {
    expect(new Date().getTimezoneOffset()).not.toBe(-420);
  });

  test.each([
    [
      '2026-12-31T16:59:59Z',
      '2026-12-31',
      '2026-12-31T23:59:59+07:00',
      '23 giờ 59 phút',
      'ngày 31 tháng 12 năm 2026',
    ],
    [
      '2026-12-31T17:00:00Z',
      '2027-01-01',
      '2027-01-01T00:00:00+07:00',
      '00 giờ 00 phút',
      'ngày 01 tháng 01 năm 2027',
    ],
    [
      '2026-11-20T08:04:05.678Z',
      '2026-11-20',
      '2026-11-20T15:04:05+07:00',
      '15 giờ 04 phút',
      'ngày 20 tháng 11 năm 2026',
    ],
    [
      '2026-03-05T00:00:00+07:00',
      '2026-03-05',
      '2026-03-05T00:00:00+07:00',
      '00 giờ 00 phút',
      'ngày 05 tháng 3 năm 2026',
    ],
  ])('%s', (instant, date, iso, time, words) => {
    expect(localDate(instant)).toBe(date);
    expect(toVietnamIso(instant)).toBe(iso);
    expect(formatVietnamTime(instant)).toBe(time);
    expect(formatVietnamDate(instant)).toBe(words);
    expect(formatVietnamDate(date)).toBe(words);
  });
});
