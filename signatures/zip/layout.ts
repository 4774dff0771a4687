/** Which bytes of the file belong to which record: every one to exactly one. */
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { SIGNATURE, signatureAt } from './records.ts';

/** Bytes that a record takes, [start, end). */
export interface Extent {
  start: number;
  end: number;
  what: string;
}

export interface LayoutFindings {
  faults: SignatureReason[];
  notes: SignatureReason[];
}

const RECORDS: ReadonlySet<number> = new Set(Object.values(SIGNATURE));

/** Whether a reader that looks for record signatures would find one in these bytes. */
export function holdsRecord(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf('PK'); at !== -1; at = buffer.indexOf('PK', at + 1))
    if (RECORDS.has(signatureAt(bytes, at))) return true;
  return false;
}

function gap(bytes: Uint8Array, start: number, end: number): Partial<LayoutFindings> {
  const between = bytes.subarray(start, end);
  const detail = `${end - start} bytes at ${start} belong to no entry`;
  if (start === 0 && !holdsRecord(between)) return { notes: [{ code: 'ZIP_PREFIX', detail }] };
  if (between.every((byte) => byte === 0)) return { notes: [{ code: 'ZIP_PADDING', detail }] };
  return { faults: [formatFailure(detail)] };
}

/**
 * Gaps and overlaps. A prefix without records in it is a note: every reader goes by the offsets at the end; zero padding too.
 * Anything else that belongs to nothing is what readers disagree about.
 */
export function checkLayout(bytes: Uint8Array, extents: Extent[]): LayoutFindings {
  const found: LayoutFindings = { faults: [], notes: [] };
  let at = 0;
  for (const extent of [...extents].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (extent.start < at) found.faults.push(formatFailure(`${extent.what} overlaps what stands before it`));
    if (extent.start > at) {
      const { faults = [], notes = [] } = gap(bytes, at, extent.start);
      found.faults.push(...faults);
      found.notes.push(...notes);
    }
    at = Math.max(at, extent.end);
  }
  return found;
}
