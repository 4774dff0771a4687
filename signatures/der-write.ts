/** The writing side of der.ts: values in, exact DER out (X.690). */

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.of(0x80 | octets.length, ...octets);
}

/** One element with the identifier octet given. */
export function element(identifier: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(identifier), lengthOctets(content.length), content]);
}

export const sequence = (...items: Uint8Array[]): Buffer => element(0x30, ...items);
/** SET OF in DER's order. */
export const setOf = (...items: Uint8Array[]): Buffer => element(0x31, ...[...items].sort(Buffer.compare));
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), bytes);
export const nullValue = (): Buffer => element(0x05);
export const booleanTrue = (): Buffer => element(0x01, Buffer.of(0xff));
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text.normalize('NFC'), 'utf8'));
/** Context-specific constructed element. */
export const context = (tag: number, ...items: Uint8Array[]): Buffer => element(0xa0 | tag, ...items);

/** A non-negative INTEGER; bytes are its big-endian magnitude. */
export function integer(value: number | Uint8Array): Buffer {
  const hex = typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex');
  const bytes = Buffer.from((hex.length % 2 === 0 ? hex : `0${hex}`).replace(/^(?:00)+(?=..)/, ''), 'hex');
  return element(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const base128 = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      base128.unshift(128 + (left % 128));
    octets.push(...base128);
  }
  return element(0x06, Buffer.from(octets));
}

/** GeneralizedTime; also for dates before 2050, which readers must take. */
export function generalizedTime(instant: string): Buffer {
  const text = `${new Date(instant).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return element(0x18, Buffer.from(text, 'latin1'));
}

/** UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
export function time(instant: string): Buffer {
  const iso = new Date(instant).toISOString();
  if (iso >= '2050') return generalizedTime(instant);
  return element(0x17, Buffer.from(`${iso.slice(2, 19).replace(/[-:T]/g, '')}Z`, 'latin1'));
}
