/** The working calendar as data: the yearly table, the agency's own days, and what is still open (DOMAIN 6). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CongvanError } from './error.ts';
import { parseYaml } from './parse-yaml.ts';
import { refuseConfig } from './problems.ts';
import { translateIssue } from './translate.ts';

/** The table that comes with Congvan; an administrator edits it once a year. */
const HOLIDAYS_FILE = fileURLToPath(new URL('calendar/holidays.yaml', import.meta.url));

/** From this year on 24 November is in question (NQ 80-NQ/TW of 07/01/2026). */
const VAN_HOA_FROM = 2026;

const isoDate = z.iso.date();

const holidayTable = z.strictObject({
  version: z.string(),
  years: z.array(
    z.strictObject({
      year: z.int().min(2000).max(2199),
      status: z.enum(['announced', 'tentative']),
      source: z.string(),
      nonWorking: z.array(isoDate),
      working: z.array(isoDate),
    }),
  ),
});

export type HolidayTable = z.infer<typeof holidayTable>;

/** What the agency's configuration adds; the shape of `CongvanConfig.calendar`. */
interface CalendarSettings {
  sessions: { start: string; end: string }[];
  vanHoa2411: 'pending' | 'off' | 'working';
  extraNonWorking: string[];
  extraWorking: string[];
}

/** Has all that the time rules ask of a working calendar, and what the warnings need. */
export interface BuiltCalendar {
  /** Version of the table and a digest of all that was built from it, so that a time can be told to be of it (TIM-04). */
  version: string;
  /** Minutes from midnight. */
  sessions: { start: number; end: number }[];
  nonWorking: ReadonlySet<string>;
  workingWeekend: ReadonlySet<string>;
  announcedYears: ReadonlySet<number>;
  knownYears: ReadonlySet<number>;
  vanHoa2411: 'pending' | 'off' | 'working';
}

/** Reads the table. Throws `CONFIG_INVALID` that names the line, `CONFIG_UNREADABLE` when the file cannot be read. */
export function loadHolidays(file: string = HOLIDAYS_FILE): HolidayTable {
  const { value, lineOf } = parseYaml(readTable(file), file);
  const parsed = holidayTable.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => translateIssue(issue, value));
    throw refuseConfig({ file, lineOf }, problems, 'vi');
  }
  const problems = parsed.data.years.flatMap((entry, index) =>
    wrongDays(entry).map(({ key, at, why }) => ({
      path: ['years', index, key, at],
      vi: why,
      en: `not a possible day of ${key}`,
    })),
  );
  if (problems.length > 0) throw refuseConfig({ file, lineOf }, problems, 'vi');
  return parsed.data;
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const fields = { file };
    throw new CongvanError('CONFIG_UNREADABLE', `The working calendar ${file} cannot be read.`, {
      cause,
      temporary: false,
      fields,
    });
  }
}

/** A day in the wrong year, or on the wrong side of the week, is a slip of the pen that would move deadlines. */
function wrongDays(entry: HolidayTable['years'][number]) {
  const check = (key: 'nonWorking' | 'working', weekend: boolean) =>
    entry[key].flatMap((date, at) => {
      if (!date.startsWith(`${entry.year}-`))
        return [{ key, at, why: `${date} không thuộc năm ${entry.year}` }];
      if (isWeekend(date) === weekend) return [];
      return [{ key, at, why: `${date} ${weekend ? 'không phải' : 'là'} thứ Bảy hoặc Chủ nhật` }];
    });
  return [...check('nonWorking', false), ...check('working', true)];
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}

/**
 * Joins the table with the agency's settings. `extraWorking` wins over the table's holidays, `extraNonWorking` over its
 * worked Saturdays; the same day in both is refused. Years beyond the table have weekends only (see calendarWarnings).
 */
export function buildCalendar(table: HolidayTable, settings: CalendarSettings): BuiltCalendar {
  const both = settings.extraNonWorking.find((date) => settings.extraWorking.includes(date));
  if (both !== undefined) throw invalid(`Ngày ${both} vừa là ngày nghỉ thêm vừa là ngày làm thêm.`);
  const nonWorking = new Set(table.years.flatMap((entry) => entry.nonWorking));
  const workingWeekend = new Set(table.years.flatMap((entry) => entry.working));
  if (settings.vanHoa2411 === 'off') {
    for (const { year } of table.years)
      if (year >= VAN_HOA_FROM) nonWorking.add(vanHoaDayOff(year, nonWorking));
  }
  for (const date of settings.extraNonWorking) {
    workingWeekend.delete(date);
    if (!isWeekend(date)) nonWorking.add(date);
  }
  for (const date of settings.extraWorking) {
    nonWorking.delete(date);
    if (isWeekend(date)) workingWeekend.add(date);
  }
  const built = {
    sessions: settings.sessions.map(readSession).sort((a, b) => a.start - b.start),
    nonWorking,
    workingWeekend,
    announcedYears: yearsOf(table, (entry) => entry.status === 'announced'),
    knownYears: yearsOf(table, () => true),
    vanHoa2411: settings.vanHoa2411,
  };
  return { version: `${table.version}+${digestOf(built)}`, ...built };
}

/** 24 November, or the next working day where it falls on a weekend (Bộ luật Lao động Điều 111 khoản 3). */
function vanHoaDayOff(year: number, nonWorking: ReadonlySet<string>): string {
  let ms = Date.UTC(year, 10, 24);
  let date = new Date(ms).toISOString().slice(0, 10);
  while (isWeekend(date) || nonWorking.has(date)) {
    ms += 86_400_000;
    date = new Date(ms).toISOString().slice(0, 10);
  }
  return date;
}

function readSession(session: { start: string; end: string }): { start: number; end: number } {
  const [start, end] = [minuteOf(session.start), minuteOf(session.end)];
  if (start >= end)
    throw invalid(`Buổi làm việc ${session.start}–${session.end} kết thúc trước khi bắt đầu.`);
  return { start, end };
}

function minuteOf(time: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === undefined) throw invalid(`Giờ «${time}» không đúng; hãy viết như 07:30.`);
  return Number(hours) * 60 + Number(minutes);
}

function yearsOf(table: HolidayTable, wanted: (entry: HolidayTable['years'][number]) => boolean) {
  return new Set(table.years.filter(wanted).map(({ year }) => year));
}

function digestOf(built: Omit<BuiltCalendar, 'version'>): string {
  const facts = [built.sessions, [...built.nonWorking].sort(), [...built.workingWeekend].sort()];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 8);
}

export interface CalendarWarning {
  code: 'CALENDAR_YEAR_TENTATIVE' | 'CALENDAR_YEAR_MISSING' | 'VAN_HOA_PENDING';
  year: number;
  /** For the administrator, Vietnamese. */
  sentence: string;
}

/**
 * What an administrator must settle: the running year, and from 1 December the next one, without an announced calendar;
 * 24 November still open from 1 November on. `now` is an ISO instant; dates are Vietnam's.
 */
export function calendarWarnings(calendar: BuiltCalendar, now: string): CalendarWarning[] {
  const local = new Date(Date.parse(now) + 7 * 3_600_000);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() + 1];
  const years = month === 12 ? [year, year + 1] : [year];
  const warnings = years.flatMap((of) => yearWarning(calendar, of));
  if (calendar.vanHoa2411 === 'pending' && month >= 11 && year >= VAN_HOA_FROM) {
    warnings.push({
      code: 'VAN_HOA_PENDING',
      year,
      sentence: `Chưa xác định ngày 24/11/${year} (Ngày Văn hóa Việt Nam) là ngày nghỉ hay ngày làm việc; đề nghị đặt calendar.vanHoa2411 trong tệp cấu hình. Hiện đang tính là ngày làm việc.`,
    });
  }
  return warnings;
}

function yearWarning(calendar: BuiltCalendar, year: number): CalendarWarning[] {
  if (calendar.announcedYears.has(year)) return [];
  if (calendar.knownYears.has(year)) {
    const sentence = `Lịch nghỉ năm ${year} đang tạm tính theo luật, chưa theo thông báo của Thủ tướng Chính phủ; đề nghị cập nhật config/calendar/holidays.yaml.`;
    return [{ code: 'CALENDAR_YEAR_TENTATIVE', year, sentence }];
  }
  const sentence = `Chưa có lịch nghỉ năm ${year}: chỉ tính thứ Bảy, Chủ nhật là ngày nghỉ; đề nghị bổ sung config/calendar/holidays.yaml.`;
  return [{ code: 'CALENDAR_YEAR_MISSING', year, sentence }];
}

function invalid(message: string): CongvanError {
  return new CongvanError('CONFIG_INVALID', message, { temporary: false });
}
