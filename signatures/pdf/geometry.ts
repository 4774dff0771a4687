import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import type { PdfObject, PdfString } from './objects.ts';

/** What the place of a signature in the file says, before any cryptography. */
export interface Geometry {
  faults: SignatureReason[];
  /** The signature lies elsewhere than it was made for: somebody saved the whole file anew. */
  rewritten: boolean;
}

export function integers(object: PdfObject): number[] | null {
  return Array.isArray(object) && object.every((n) => typeof n === 'number') ? (object as number[]) : null;
}

function fault(detail: string, rewritten = false): Geometry {
  return { faults: [formatFailure(detail)], rewritten };
}

/**
 * /ByteRange must be two ranges, from the first byte of the file, around a hole that is exactly the hex string of
 * /Contents with its delimiters: everything else is signature wrapping (SWA) or a file that nobody can judge.
 * QUIRK: receiving offices save signed files anew to put their ĐẾN stamp on; the signature then lies elsewhere than its
 * /ByteRange says. It is destroyed all the same, but the clerk is told what happened.
 */
export function checkGeometry(range: number[] | null, contents: PdfString | null, size: number): Geometry {
  if (range === null) return fault('/ByteRange is missing or no array of integers');
  if (contents === null) return fault('/Contents is missing or no string');
  if (range.length !== 4 || range.some((n) => !Number.isSafeInteger(n) || n < 0))
    return fault(`/ByteRange is not four natural numbers: ${JSON.stringify(range).slice(0, 80)}`);
  const [first, length, second, rest] = range as [number, number, number, number];
  if (first !== 0) return fault('/ByteRange does not begin with the first byte of the file');
  if (second < length) return fault('/ByteRange overlaps');
  if (second + rest > size) return fault(`/ByteRange ends at ${second + rest}, the file at ${size}`, true);
  if (!contents.hex || contents.start !== length || contents.end !== second)
    return fault('the hole of /ByteRange is not exactly /Contents', true);
  return { faults: [], rewritten: false };
}
