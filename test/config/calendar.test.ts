import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildCalendar, calendarWarnings, loadHolidays } from '../../config/calendar.ts';

const settings = {
  sessions: [
    { start: '07:30', end: '11:30' },
    { start: '13:30', end: '17:00' },
  ],
  vanHoa2411: 'working' as 'pending' | 'off' | 'working',
  extraNonWorking: [] as string[],
  extraWorking: [] as string[],
};
const table = loadHolidays();
const build = (part: Partial<typeof settings> = {}) => buildCalendar(table, { ...settings, ...part });

const folder = mkdtempSync(join(tmpdir(), 'congvan-calendar-'));
function tableFile(text: string): string {
  const file = join(folder, `${Math.abs(text.length * 31 + (text.codePointAt(40) ?? 0))}.yaml`);
  writeFileSync(file, text);
  return file;
}

describe('DOMAIN 6.2: the table that comes with Congvan', () => {
  test('years 2024 to 2026 are announced, 2027 to 2030 are tentative', () => {
    expect([...build().announcedYears]).toEqual([2024, 2025, 2026]);
    expect([...build().knownYears]).toEqual([2024, 2025, 2026, 2027, 2028, 2029, 2030]);
  });

  test.each([
    [2024, 12, ['2024-05-04']],
    [2025, 12, ['2025-04-26']],
    [2026, 13, ['2026-01-10', '2026-08-22']],
    [2027, 11, []],
    [2028, 11, []],
    [2029, 11, []],
    [2030, 11, []],
  ])('%i has %i days off on weekdays and works on %j', (year, off, worked) => {
    const { nonWorking, workingWeekend } = build();
    expect([...nonWorking].filter((date) => date.startsWith(`${year}`))).toHaveLength(off);
    expect([...workingWeekend].filter((date) => date.startsWith(`${year}`))).toEqual(worked);
  });

  test.each(['2024', '2025', '2026', '2027', '2028', '2029', '2030'])('24/11/%s is not in it', (year) => {
    expect(build().nonWorking.has(`${year}-11-24`)).toBe(false);
  });
});

describe('DOMAIN 6.1: 24 November is a flag', () => {
  test.each([
    ['2026-11-24', 'a Tuesday'],
    ['2029-11-26', 'Monday for a Saturday (Điều 111 khoản 3)'],
    ['2030-11-25', 'Monday for a Sunday'],
  ])('off: %s, %s', (date) => {
    expect(build({ vanHoa2411: 'off' }).nonWorking.has(date)).toBe(true);
    expect(build({ vanHoa2411: 'pending' }).nonWorking.has(date)).toBe(false);
  });

  test('years before the resolution are not touched', () => {
    expect(build({ vanHoa2411: 'off' }).nonWorking.has('2025-11-24')).toBe(false);
  });
});

describe('the agency’s own days', () => {
  test('more days off and more days worked', () => {
    const calendar = build({
      extraNonWorking: ['2026-11-20', '2026-08-22', '2026-11-21'],
      extraWorking: ['2026-04-27', '2026-11-28'],
    });
    expect(calendar.nonWorking.has('2026-11-20')).toBe(true);
    expect(calendar.workingWeekend.has('2026-08-22')).toBe(false);
    expect(calendar.nonWorking.has('2026-11-21')).toBe(false);
    expect(calendar.nonWorking.has('2026-04-27')).toBe(false);
    expect(calendar.workingWeekend.has('2026-11-28')).toBe(true);
  });

  test('the same day in both is refused', () => {
    expect(() => build({ extraNonWorking: ['2026-11-20'], extraWorking: ['2026-11-20'] })).toThrow(
      /2026-11-20/,
    );
  });

  test.each([
    [{ start: '7:30', end: '11:30' }],
    [{ start: '25:00', end: '26:00' }],
    [{ start: '11:30', end: '07:30' }],
  ])('session %j is refused', (session) => {
    expect(() => build({ sessions: [session] })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test('sessions are minutes in order', () => {
    expect(build({ sessions: [...settings.sessions].reverse() }).sessions).toEqual([
      { start: 450, end: 690 },
      { start: 810, end: 1020 },
    ]);
  });

  test('TIM-04: the version tells calendars apart, and is the same for the same', () => {
    expect(build().version).toBe(build().version);
    expect(build({ extraNonWorking: ['2026-11-20'] }).version).not.toBe(build().version);
    expect(build({ sessions: settings.sessions.slice(0, 1) }).version).not.toBe(build().version);
  });
});

describe('calendarWarnings: what a person must settle', () => {
  const codes = (now: string, part: Partial<typeof settings> = {}) =>
    calendarWarnings(build(part), now).map(({ code, year }) => `${code} ${year}`);

  test.each([
    ['2026-11-30T16:59:59Z', []],
    ['2026-11-30T17:00:00Z', ['CALENDAR_YEAR_TENTATIVE 2027']],
    ['2025-12-15T00:00:00Z', []],
    ['2027-03-01T00:00:00Z', ['CALENDAR_YEAR_TENTATIVE 2027']],
    ['2030-12-01T00:00:00Z', ['CALENDAR_YEAR_TENTATIVE 2030', 'CALENDAR_YEAR_MISSING 2031']],
    ['2031-05-01T00:00:00Z', ['CALENDAR_YEAR_MISSING 2031']],
  ])('at %s: %j', (now, expected) => {
    expect(codes(now)).toEqual(expected);
  });

  test.each([
    ['2026-10-31T16:59:59Z', 'pending', []],
    ['2026-10-31T17:00:00Z', 'pending', ['VAN_HOA_PENDING 2026']],
    ['2026-11-20T00:00:00Z', 'off', []],
    ['2026-11-20T00:00:00Z', 'working', []],
    ['2025-11-20T00:00:00Z', 'pending', []],
  ] as const)('24/11 at %s, %s: %j', (now, vanHoa2411, expected) => {
    expect(codes(now, { vanHoa2411 })).toEqual(expected);
  });
});

describe('the table as a file that people edit', () => {
  const year = (lines: string) =>
    `version: "x"\nyears:\n  - year: 2026\n    status: announced\n    source: "x"\n${lines}`;

  test.each([
    [
      'a Saturday among days off',
      year('    nonWorking:\n      - 2026-11-21\n    working: []\n'),
      ':7:',
      /là thứ Bảy/,
    ],
    [
      'a Monday among worked weekends',
      year('    nonWorking: []\n    working: [2026-11-23]\n'),
      ':7:',
      /không phải/,
    ],
    [
      'a day of another year',
      year('    nonWorking: [2027-01-01]\n    working: []\n'),
      ':6:',
      /không thuộc năm 2026/,
    ],
    [
      'a day that does not exist',
      year('    nonWorking: [2026-02-30]\n    working: []\n'),
      ':6:',
      /nonWorking/,
    ],
    ['an unknown key', year('    nonWorking: []\n    working: []\n    holidays: []\n'), ':8:', /holidays/],
  ])('%s is refused with its line', (_name, text, line, message) => {
    const file = tableFile(text);
    expect(() => loadHolidays(file)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', temporary: false }),
    );
    expect(() => loadHolidays(file)).toThrow(message);
    expect(() => loadHolidays(file)).toThrow(line);
  });

  test('a missing file is told as such', () => {
    expect(() => loadHolidays(join(folder, 'none.yaml'))).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNREADABLE' }),
    );
  });
});
