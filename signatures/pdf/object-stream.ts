import { numberIn, type PdfObject, type PdfStream } from './objects.ts';
import { ObjectReader } from './syntax.ts';

const MAX_OBJECTS = 1_000_000;

/** The objects of one object stream in their order (ISO 32000-2 7.5.7). */
export interface PackedObjects {
  numbers: number[];
  values: PdfObject[];
}

export const NOTHING_PACKED: PackedObjects = { numbers: [], values: [] };

/** Reads the objects; one that cannot be read is null, as PDF has it. */
export function readPacked(stream: PdfStream, data: Buffer): PackedObjects {
  const count = Math.min(numberIn(stream.dict, 'N') ?? 0, MAX_OBJECTS);
  const first = numberIn(stream.dict, 'First') ?? 0;
  const head = new ObjectReader(data, 0);
  const numbers: number[] = [];
  const offsets: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const number = head.integer();
    const offset = head.integer();
    if (number === null || offset === null) break;
    numbers.push(number);
    offsets.push(offset);
  }
  // One space behind the last object, so that a number at the very end is seen to end.
  const body = Buffer.concat([data, Buffer.from(' ')]);
  const values = offsets.map((offset) => {
    try {
      return new ObjectReader(body, -1, first + offset).object();
    } catch {
      return null;
    }
  });
  return { numbers, values };
}
