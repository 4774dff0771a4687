/** TIFF's LZW (TIFF 6.0, section 13): codes of 9–12 bits, highest bit first, grown one code early. Pure. */

const CLEAR = 256;
const END = 257;
const CODES = 4096;

/**
 * At most `limit` bytes; bad codes end the data. QUIRK: utif2's own decoder runs for ever on a broken strip, since a
 * code may be made to follow itself; here a string can only be built of earlier ones.
 */
export function decodeLzw(data: Uint8Array, limit: number): Uint8Array {
  const out = new Uint8Array(limit);
  const before = new Uint16Array(CODES);
  const last = Uint8Array.from({ length: CODES }, (_, code) => code & 255);
  const lengths = new Uint16Array(CODES).fill(1);
  let [next, width, previous, size] = [END + 1, 9, -1, 0];
  for (let bit = 0; bit + width <= data.length * 8 && size < limit; ) {
    const code = codeAt(data, bit, width);
    bit += width;
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, previous] = [END + 1, 9, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0)) break;
    if (previous >= 0 && next < CODES) {
      before[next] = previous;
      lengths[next] = lengths[previous]! + 1;
      last[next] = firstByte(code === next ? previous : code, before, last);
      next++;
    }
    if (code >= next) break;
    size = write(out, size, { code, length: lengths[code]!, before, last });
    previous = code;
    if (next >= (1 << width) - 1 && width < 12) width++;
  }
  return out.subarray(0, Math.min(size, limit));
}

function codeAt(data: Uint8Array, bit: number, width: number): number {
  const at = bit >>> 3;
  const bits = (data[at]! << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
  return (bits >>> (24 - (bit & 7) - width)) & ((1 << width) - 1);
}

/** Each step goes to an earlier code, so this ends. */
function firstByte(code: number, before: Uint16Array, last: Uint8Array): number {
  let at = code;
  while (at > END) at = before[at]!;
  return last[at]!;
}

function write(
  out: Uint8Array,
  size: number,
  string: { code: number; length: number; before: Uint16Array; last: Uint8Array },
): number {
  let at = string.code;
  for (let place = size + string.length - 1; place >= size; place--) {
    if (place < out.length) out[place] = string.last[at]!;
    at = string.before[at]!;
  }
  return size + string.length;
}
