/** Text and instants as the tables take them. */

/**
 * Text from outside, fit for both databases.
 * QUIRK: PostgreSQL refuses NUL in text and lone surrogates change on the way; headers and file names may have both.
 */
export function plain(text: string): string;
export function plain(text: string | null): string | null;
export function plain(text: string | null): string | null {
  if (text === null) return null;
  return text.includes('\0') || !text.isWellFormed() ? text.replaceAll('\0', '').toWellFormed() : text;
}

/** ISO 8601 UTC with milliseconds, so that instants compare as text. Throws RangeError when it is no instant. */
export function instant(value: string): string;
export function instant(value: string | null): string | null;
export function instant(value: string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}

/** At most `length` characters; a cut is shown. */
export function bounded(text: string, length: number): string {
  const clean = plain(text);
  return clean.length <= length ? clean : plain(`${clean.slice(0, length - 1)}…`);
}

/** For searching: small letters without Vietnamese marks, so that "quyet dinh" finds "Quyết định". */
export function folded(text: string): string {
  return plain(text)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase();
}

/** JSON with sorted keys: the same value is always the same text (hash chain, comparison). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, value[key]]),
  );
}
