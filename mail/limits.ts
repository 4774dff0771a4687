/** How much of one message is read; every number has its reason, and a message beyond one is read in part and flagged. */
import type { ReadingLimits } from './types.ts';

export const DEFAULT_READING_LIMITS: ReadingLimits = Object.freeze({
  /** 100 MiB: twice what the mail systems of the provinces let through. */
  maxPartBytes: 100 * 1024 * 1024,
  maxParts: 500,
  maxDepth: 20,
  maxUnpackedBytes: 500 * 1024 * 1024,
  /** Scans hardly shrink and text shrinks to a tenth; deflate ends at about 1 to 1030. */
  maxRatio: 200,
  maxHeaderBytes: 512 * 1024,
});

/** Characters of the body text that are given out. */
export const MAX_TEXT_CHARACTERS = 262_144;

/** Bytes of one text part that are decoded: markup takes more room than the text in it. */
export const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/** Bytes of a machine-readable report part. */
export const MAX_REPORT_BYTES = 256 * 1024;

/** Bytes at the start of a part that are looked at: its type, the header of an embedded message. */
export const HEAD_BYTES = 64 * 1024;
