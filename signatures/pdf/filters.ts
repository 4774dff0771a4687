import { inflateSync } from 'node:zlib';
import { CongvanError } from '../../config/error.ts';

/** Most octets one compressed stream may unfold to. */
const MAX_INFLATED = 64 * 1024 * 1024;

/** The filter of a stream with its parameters, already resolved. */
export interface Filter {
  name: string;
  /** 1 = none, 10 and above = PNG. */
  predictor: number;
  columns: number;
}

function broken(detail: string): never {
  throw new CongvanError('PDF_STRUCTURE', detail, { temporary: false });
}

/** One octet as its PNG filter type guesses it from left, up and corner. */
function guess(type: number, left: number, up: number, corner: number): number {
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  if (type !== 4) return 0;
  const estimate = left + up - corner;
  return [left, up, corner].reduce((a, b) => (Math.abs(estimate - b) < Math.abs(estimate - a) ? b : a));
}

/** PNG predictors are for pictures, but cross-reference streams use "up" (ISO 32000-2 7.4.4.4); one octet a pixel. */
function unpredict(data: Buffer, columns: number): Buffer {
  const rows = Math.floor(data.length / (columns + 1));
  const out = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const from = row * (columns + 1);
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const left = column > 0 ? out[at - 1]! : 0;
      const up = row > 0 ? out[at - columns]! : 0;
      const corner = row > 0 && column > 0 ? out[at - columns - 1]! : 0;
      out[at] = (data[from + 1 + column]! + guess(data[from]!, left, up, corner)) & 0xff;
    }
  }
  return out;
}

/**
 * The octets behind the filters; only Flate and ASCIIHex, which is all that structure, stores and appearances need here.
 * Throws CongvanError PDF_STRUCTURE.
 */
export function unfold(raw: Buffer, filters: Filter[]): Buffer {
  let data = raw;
  for (const { name, predictor, columns } of filters) {
    if (name === 'ASCIIHexDecode') {
      data = Buffer.from(data.toString('latin1').replace(/>[\s\S]*$|[\s\x00]+/g, ''), 'hex');
      continue;
    }
    if (name !== 'FlateDecode') broken(`filter ${name} is not read`);
    try {
      data = inflateSync(data, { maxOutputLength: MAX_INFLATED });
    } catch {
      broken('stream cannot be unfolded');
    }
    if (predictor >= 10) data = unpredict(data, Math.max(1, columns));
  }
  return data;
}
