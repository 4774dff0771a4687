/** The Date field (RFC 5322 3.3 and 4.3), read from its raw line: QUIRK: mailparser turns what it cannot read into now. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Hours from UTC of the zone names of RFC 5322 4.3. Others have no agreed meaning. */
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

const DATE =
  /^(?:[a-z]{2,9}\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3,9})\.?[\s-]+(\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:([+-]\d{4})|([+-]\d{2}):(\d{2})|([a-z]{1,5}))/i;

/** ISO 8601 in UTC; null when it names no certain instant: no zone, an unknown zone, an impossible day. */
export function parseMailDate(raw: string): string | null {
  const match = DATE.exec(raw.replace(/\([^()]*\)/g, ' ').trim());
  if (!match) return null;
  const [day, month, year] = [
    Number(match[1]),
    MONTHS.indexOf(match[2]!.slice(0, 3).toLowerCase()),
    fullYear(match[3]!),
  ];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Math.min(Number(match[6] ?? 0), 59)];
  const offset = offsetMinutes(match);
  if (month < 0 || offset === null || hour > 23 || minute > 59 || Number(match[6] ?? 0) > 60) return null;
  const local = new Date(Date.UTC(year, month, day, hour, minute, second));
  if (local.getUTCDate() !== day || year < 1970 || year > 2199) return null;
  return new Date(local.getTime() - offset * 60_000).toISOString();
}

/** RFC 5322 4.3: two digits below 50 are 20xx, else 19xx; three digits are years since 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function offsetMinutes(match: RegExpExecArray): number | null {
  const numeric = match[7] ?? (match[8] ? `${match[8]}${match[9]}` : null);
  if (numeric === null) {
    const hours = ZONES[match[10]!.toLowerCase()];
    return hours === undefined ? null : hours * 60;
  }
  const minutes = Number(numeric.slice(1, 3)) * 60 + Number(numeric.slice(3, 5));
  if (minutes > 14 * 60 || Number(numeric.slice(3, 5)) > 59) return null;
  return numeric.startsWith('-') ? -minutes : minutes;
}
