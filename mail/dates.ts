/** The Date header from its raw line. STYLE: mailparser turns an unparseable one into *now*; here it is null. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  ict: 420,
};
const SHAPE =
  /^(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2}|\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[a-z]{1,4})?$/i;

/** RFC 5322 3.3 with its obsolete forms. ISO 8601 UTC; null for what is no date, or has no zone to count from. */
export function parseMailDate(value: string): string | null {
  const text = value
    .replace(/\([^()]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const [, d, month, y, h, m, s, zone] = SHAPE.exec(text) ?? [];
  const offset = zone === undefined ? undefined : minutesOf(zone);
  const index = MONTHS.indexOf(month?.toLowerCase() ?? '');
  if (index < 0 || offset === undefined) return null;
  const year = y!.length === 2 ? Number(y) + (Number(y) < 50 ? 2000 : 1900) : Number(y);
  const parts = [year, index, Number(d), Number(h), Number(m), Number(s ?? 0)] as const;
  const utc = Date.UTC(...parts);
  const back = new Date(utc);
  const real =
    back.getUTCMonth() === index && back.getUTCDate() === Number(d) && Number(h) < 24 && Number(m) < 60;
  return real ? new Date(utc - offset * 60_000).toISOString() : null;
}

function minutesOf(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return ZONES[zone.toLowerCase()];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
