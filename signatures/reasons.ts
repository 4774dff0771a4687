import type { SignatureReason } from './types.ts';

/** Reasons that make a signature false (TOTAL_FAILED, EN 319 102-1 table 5); every other one only keeps it from being concluded. */
export const FAILING: ReadonlySet<string> = new Set([
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
]);

/** A broken format, structure or encoding of the signature itself: nothing it says can be believed. */
export function formatFailure(detail: string): SignatureReason {
  return { code: 'FORMAT_FAILURE', detail };
}
