/**
 * Working time (DOMAIN 1.7 and 6.3): when a letter counts as received, and until when things must be done. Instants in
 * and out are ISO 8601 UTC strings, dates are ISO dates in Vietnam.
 */
import { CongvanError } from '../config/error.ts';
import type { OfficeSession, WorkingCalendar } from './types.ts';
import { localDate, millisOf, VIETNAM_OFFSET_MS } from './vietnam-time.ts';

const DAY_MS = 86_400_000;
/** Longer than any run of holidays; a calendar without a working day in it is wrong. */
const SEARCH_DAYS = 60;

/** Saturdays and Sundays are off unless swapped; Monday to Friday are worked unless a holiday. */
export function isWorkingDay(date: string, calendar: WorkingCalendar): boolean {
  if (calendar.workingWeekend.has(date)) return true;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday >= 1 && weekday <= 5 && !calendar.nonWorking.has(date);
}

/** The first working day after a date. Throws `CALENDAR_INVALID` when the calendar has none within two months. */
export function nextWorkingDay(date: string, calendar: WorkingCalendar): string {
  let ms = Date.parse(`${date}T00:00:00Z`);
  for (let days = 0; days < SEARCH_DAYS; days += 1) {
    ms += DAY_MS;
    const next = new Date(ms).toISOString().slice(0, 10);
    if (isWorkingDay(next, calendar)) return next;
  }
  throw invalid(`No working day within ${SEARCH_DAYS} days after ${date}.`);
}

/**
 * When a letter that entered at an instant counts as received (TIM-03): itself within a session of a working day, else
 * the start of the next session. Both ends of a session belong to it, to the second: 17:00:00 is inside, 17:00:01 not.
 * With `asEntered` (a regulation that says so) always the instant itself.
 */
export function deemedReceived(
  enteredAt: string,
  calendar: WorkingCalendar,
  outOfHours: 'nextOfficeStart' | 'asEntered' = 'nextOfficeStart',
): string {
  const entered = new Date(millisOf(enteredAt)).toISOString();
  if (outOfHours === 'asEntered') return entered;
  const date = localDate(entered);
  if (isWorkingDay(date, calendar)) {
    const second = secondOfDay(entered);
    const session = sessionsOf(calendar).find(({ end }) => second <= end * 60);
    if (session !== undefined) {
      return second >= session.start * 60 ? entered : instantAt(date, session.start);
    }
  }
  return instantAt(nextWorkingDay(date, calendar), firstSession(calendar).start);
}

/**
 * Until when a signed document must have been sent (TIM-06): counted from the signing as it is, in or out of hours. Null
 * where the regulation has no limit.
 */
export function dispatchLimit(
  signedAt: string,
  calendar: WorkingCalendar,
  rule: 'endOfNextWorkingDay' | 'endOfMorningOfNextWorkingDay' | null,
): string | null {
  if (rule === null) return null;
  const next = nextWorkingDay(localDate(signedAt), calendar);
  const session = rule === 'endOfNextWorkingDay' ? lastSession(calendar) : firstSession(calendar);
  return instantAt(next, session.end);
}

/** Until when an incoming document must have been presented (TIM-07), counted from its deemed receipt. */
export function presentLimit(
  deemedReceivedAt: string,
  calendar: WorkingCalendar,
  rule: 'endOfNextWorkingDay' | null,
): string | null {
  return dispatchLimit(deemedReceivedAt, calendar, rule);
}

/** Until when receipt must be confirmed (TIM-08, NĐ 30/2020 Đ21.2c): the end of the office day of deemed receipt. */
export function acknowledgeLimit(deemedReceivedAt: string, calendar: WorkingCalendar): string {
  const counted = deemedReceived(deemedReceivedAt, calendar);
  return instantAt(localDate(counted), lastSession(calendar).end);
}

function secondOfDay(instant: string): number {
  return Math.floor(((Date.parse(instant) + VIETNAM_OFFSET_MS) % DAY_MS) / 1000);
}

/** Instant of a minute of a day in Vietnam. */
function instantAt(date: string, minute: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - VIETNAM_OFFSET_MS + minute * 60_000).toISOString();
}

function sessionsOf(calendar: WorkingCalendar): OfficeSession[] {
  if (calendar.sessions.length === 0) throw invalid('The working calendar has no office hours.');
  return [...calendar.sessions].sort((a, b) => a.start - b.start);
}

function firstSession(calendar: WorkingCalendar): OfficeSession {
  return sessionsOf(calendar)[0]!;
}

function lastSession(calendar: WorkingCalendar): OfficeSession {
  return sessionsOf(calendar).at(-1)!;
}

function invalid(message: string): CongvanError {
  return new CongvanError('CALENDAR_INVALID', message, { temporary: false });
}
