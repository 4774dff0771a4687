/** Durations and sizes as people write them in the configuration: `60s`, `5m`, `100MB`. */

const DURATION_UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Mail limits are counted in binary units by every server that we talk to (SIZE of RFC 1870 is plain bytes). */
const SIZE_UNITS: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `1.5h` → milliseconds; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  return parseMeasure(text, /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/, DURATION_UNITS);
}

/** `100MB` → bytes (1 MB = 1024 × 1024); null when the text is no size. */
export function parseSize(text: string): number | null {
  return parseMeasure(text, /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)$/, SIZE_UNITS);
}

function parseMeasure(text: string, pattern: RegExp, units: Record<string, number>): number | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  return Math.round(Number(match[1]) * (units[match[2]!] ?? Number.NaN));
}
