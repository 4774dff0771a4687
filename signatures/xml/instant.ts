/** An instant as XML writes it. */
export interface Instant {
  /** ISO 8601 UTC. */
  at: string;
  /** False = no zone was written, and UTC is only assumed. */
  zoned: boolean;
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,12}))?(Z|[+-]\d\d:\d\d)?$/;

/**
 * Reads an xsd:dateTime; null = it is none, or no such day exists.
 * QUIRK: LibreOffice writes nine digits of fraction, older office suites a comma before them, both without a zone.
 */
export function instantOf(text: string): Instant | null {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return null;
  const [, seconds, fraction = '', zone] = match;
  const at = Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone ?? 'Z'}`);
  return Number.isNaN(at) ? null : { at: new Date(at).toISOString(), zoned: zone !== undefined };
}
