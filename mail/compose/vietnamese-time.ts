/** Dates and times in words as official letters write them (DOMAIN 7.3 (5)); Vietnam is +07:00 all year (TIM-09). */

const OFFSET_MS = 7 * 60 * 60 * 1000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The instant moved so that its UTC fields read as Vietnam time. */
function local(instant: string | Date): Date {
  return new Date(new Date(instant).getTime() + OFFSET_MS);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `20 tháng 11 năm 2026` from an ISO date; days under 10 and months 1 and 2 carry a zero (ND30 Phụ lục I). Null when it is no date. */
export function dateWords(isoDate: string): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(isoDate) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  return `${day} tháng ${Number(month) <= 2 ? month : String(Number(month))} năm ${year}`;
}

/** `15 giờ 04 phút, ngày 20 tháng 11 năm 2026` from an instant. */
export function momentWords(instant: string): string {
  const at = local(instant);
  return `${two(at.getUTCHours())} giờ ${two(at.getUTCMinutes())} phút, ngày ${dateWords(at.toISOString())}`;
}

/** Date header (RFC 5322 3.3) with the zone that its readers live in. */
export function mailDate(instant: Date): string {
  const at = local(instant);
  const day = `${DAYS[at.getUTCDay()]}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0700`;
}
