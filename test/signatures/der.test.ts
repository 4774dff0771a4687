import { describe, expect, it } from 'vitest';
import { children, content, integerHex, octets, oid, readDer, time, whole } from '../../signatures/der.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('DER and BER elements', () => {
  it.each([
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 09 2a 86 48 86 f7 0d 01 07 02', '1.2.840.113549.1.7.2'],
    ['06 02 88 37', '2.999'],
  ])('%s is the object identifier %s', (hex, dotted) => {
    expect(oid(readDer(bytes(hex)))).toBe(dotted);
  });

  it('reads indefinite lengths and octet strings in chunks (BER)', () => {
    const node = readDer(bytes('30 80 24 80 04 02 01 02 04 01 03 00 00 02 01 05 00 00'));
    const [chunks, number] = children(node);
    expect(Buffer.from(octets(chunks!)).toString('hex')).toBe('010203');
    expect(integerHex(number)).toBe('05');
  });

  it.each([
    ['17 0d 323530393035303730313032 5a', '2025-09-05T07:01:02.000Z'],
    ['17 0d 353030393035303730313032 5a', '1950-09-05T07:01:02.000Z'],
    ['18 0f 3230353030393035303730313032 5a', '2050-09-05T07:01:02.000Z'],
    ['18 13 3230323530393035303730313032 2e323530 5a', '2025-09-05T07:01:02.250Z'],
    ['17 11 323530393035303730313032 2b30373030', '2025-09-05T00:01:02.000Z'],
  ])('%s is the instant %s (RFC 5280 4.1.2.5)', (hex, instant) => {
    expect(time(readDer(bytes(hex)))).toBe(instant);
  });

  it.each([
    ['nothing', ''],
    ['a length beyond the end', '30 05 02 01'],
    ['a length of eight octets', '30 88 00 00 00 00 00 00 00 01 00'],
    ['an indefinite length without end', '30 80 02 01 05'],
    ['an indefinite primitive', '04 80 00 00'],
    ['a hundred levels', '30 80'.repeat(100)],
  ])('refuses %s', (_, hex) => {
    expect(() => readDer(bytes(hex))).toThrowError(expect.objectContaining({ code: 'DER_INVALID' }));
  });

  it.each([children, content, octets, whole])(
    'says of what is not there that it is malformed (%o)',
    (read) => {
      const [, missing] = children(readDer(bytes('30 02 05 00')));
      expect(() => read(missing)).toThrowError(expect.objectContaining({ code: 'DER_INVALID' }));
    },
  );
});
