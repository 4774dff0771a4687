/**
 * Our own token, `cv.TOKEN`: the surest tie between a report and the message it is about, because Message-IDs get
 * rewritten on the way. It stands in the Message-ID `<cv.TOKEN@domain>`, in the envelope sender (VERP)
 * `local+cv.TOKEN@domain` and in the envelope identifier `cv.TOKEN` (RFC 3461 ENVID).
 */

/**
 * 16 to 40 characters of base32. QUIRK: relays fold the case of addresses, write `+` as xtext `+2B`, and wrap the whole
 * address into their own (`SRS0=…=local+cv.TOKEN@relay`, `local+cv.TOKEN=domain@relay`).
 */
const TOKEN = /(?:^|[<+\s;:,=("'[]|\+2B)cv\.([a-z2-7]{16,40})(?=$|[@=>\s;,)"'\]])/i;

/** The first token in an address, Message-ID, envelope identifier or header block, in lower case; null when there is none. */
export function findToken(text: string | null): string | null {
  return TOKEN.exec(text ?? '')?.[1]?.toLowerCase() ?? null;
}
