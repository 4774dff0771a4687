import { describe, expect, it } from 'vitest';
import { decodeLzw } from '../../documents/scan-lzw.ts';

/** TIFF 6.0, section 13: the encoder of the standard's own pseudo-code. */
function encode(bytes: readonly number[]): Uint8Array {
  let bits = '';
  let table = new Map<string, number>();
  let width = 9;
  const put = (code: number) => {
    bits += code.toString(2).padStart(width, '0');
  };
  const codeOf = (text: string) => (text.length === 1 ? text.charCodeAt(0) : table.get(text)!);
  put(256);
  let current = '';
  for (const byte of bytes) {
    const longer = current + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      current = longer;
      continue;
    }
    put(codeOf(current));
    table.set(longer, 258 + table.size);
    const next = 258 + table.size;
    if (next === 4094) {
      put(256);
      table = new Map();
      width = 9;
    } else if (next === 1 << width) width++;
    current = String.fromCharCode(byte);
  }
  if (current !== '') put(codeOf(current));
  put(257);
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

const mixed = (count: number) =>
  Array.from({ length: count }, (_, index) => (index * index * 31 + (index >> 5)) & 255);

describe('TIFF LZW', () => {
  it.each([
    ['one byte', [7]],
    ['a run, whose codes name themselves', Array(5000).fill(255)],
    ['rows of a page', Array.from({ length: 60_000 }, (_, index) => (index % 200 < 20 ? 0 : 255))],
    ['noise, over all code widths and a cleared table', mixed(20_000)],
  ])('%s', (_, bytes) => {
    expect(Buffer.compare(decodeLzw(encode(bytes), bytes.length), Buffer.from(bytes))).toBe(0);
  });

  it('gives no more than asked for', () => {
    expect(decodeLzw(encode(Array(5000).fill(1)), 100)).toHaveLength(100);
  });

  it('ends on whatever bytes it is given', () => {
    for (let seed = 1; seed < 200; seed++) {
      const bytes = Uint8Array.from(
        { length: 400 },
        (_, index) => (seed * 7919 * (index + 3) * (index ^ seed)) >>> 3,
      );
      expect(decodeLzw(bytes, 10_000).length).toBeLessThanOrEqual(10_000);
    }
  });
});
