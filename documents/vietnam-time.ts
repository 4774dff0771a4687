/**
 * Vietnam time: fixed +07:00 without summer time (TIM-09). Instants are ISO 8601 UTC strings; everything here is right
 * whatever the time zone of the machine.
 */
import { CongvanError } from '../config/error.ts';

export const VIETNAM_OFFSET_MS = 7 * 3_600_000;

/** Milliseconds since 1970 of an ISO instant with a zone. Throws `TIME_INVALID` for anything else. */
export function millisOf(instant: string): number {
  const ms = /(?:Z|[+-]\d\d:?\d\d)$/.test(instant) ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CongvanError('TIME_INVALID', `Not an instant with a zone: ${instant}`, { temporary: false });
  }
  return ms;
}

/** The clock face in Vietnam, as ISO without a zone. */
function wallClock(instant: string): string {
  return new Date(millisOf(instant) + VIETNAM_OFFSET_MS).toISOString().slice(0, 19);
}

/** Date in Vietnam of an instant: `2026-12-31T17:00:00Z` is 2027-01-01. */
export function localDate(instant: string): string {
  return wallClock(instant).slice(0, 10);
}

/** `2026-11-20T15:04:05+07:00` (TIM-09); fractions of a second are dropped. */
export function toVietnamIso(instant: string): string {
  return `${wallClock(instant)}+07:00`;
}

/** `15 giờ 04 phút` (DOMAIN 7.3, rule 5). */
export function formatVietnamTime(instant: string): string {
  const wall = wallClock(instant);
  return `${wall.slice(11, 13)} giờ ${wall.slice(14, 16)} phút`;
}

/**
 * `ngày 20 tháng 11 năm 2026`, of an instant or of an ISO date. Days under 10 and the months 1 and 2 get a leading
 * zero, as on official documents (NĐ 30/2020 Phụ lục I, ô 4).
 */
export function formatVietnamDate(instantOrDate: string): string {
  const date = /^\d{4}-\d\d-\d\d$/.test(instantOrDate) ? instantOrDate : localDate(instantOrDate);
  const [year = '', month = '', day = ''] = date.split('-');
  return `ngày ${day} tháng ${Number(month) <= 2 ? month : Number(month)} năm ${year}`;
}
