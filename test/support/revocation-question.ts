import { statusFromLists } from '../../signatures/revocation/crl.ts';
import type { CertificateStatus, ProvenEvidence } from '../../signatures/revocation/status.ts';
import { AT, authority, certify, type Made, trusting } from './certification-path.ts';
import { type ListOptions, type MadeEntry, makeRevocationList } from './revocation-list.ts';

/** One certificate of one issuer below one root, and what made revocation lists say of it. */
export const root = authority('Gốc');
export const issuer = authority('CA', { by: root });
export const trust = trusting(root);
export const person = certify('Người ký', { by: issuer, key: 2 });
export const FRESH = { thisUpdate: '2026-05-30T00:00:00Z', nextUpdate: '2026-06-06T00:00:00Z' };
export const OLD = { thisUpdate: '2026-04-01T00:00:00Z', nextUpdate: '2026-04-08T00:00:00Z' };
export const LATER = { thisUpdate: '2026-07-01T00:00:00Z', nextUpdate: '2026-07-08T00:00:00Z' };

export const list = (options: Partial<ListOptions> = {}) =>
  makeRevocationList({ signer: issuer, ...FRESH, ...options });
export const entry = (made: Made, more: Partial<MadeEntry> = {}): MadeEntry => ({
  serial: made.certificate.serialNumber,
  at: '2026-03-01T00:00:00Z',
  ...more,
});
export const others = Array.from(
  { length: 5 },
  (_, i): MadeEntry => ({
    serial: Buffer.of(1, i),
    at: '2025-01-01T00:00:00Z',
    ...(i % 2 === 0 ? { reason: 1 } : {}),
  }),
);

export interface Asked {
  certificate?: Made;
  by?: Made;
  at?: string;
  pool?: Made[];
  from?: typeof trust;
  provenAt?: string;
}

/** What the lists say; by default of `person` at `AT`, proven at `AT`. */
export function ask(lists: Buffer[], asked: Asked = {}): CertificateStatus {
  const evidence = lists.map((der): ProvenEvidence => ({ kind: 'crl', der, provenAt: asked.provenAt ?? AT }));
  const question = {
    certificate: (asked.certificate ?? person).certificate,
    issuer: (asked.by ?? issuer).certificate,
    at: asked.at ?? AT,
    pool: [issuer, ...(asked.pool ?? [])].map(({ certificate }) => certificate),
    trust: asked.from ?? trust,
  };
  return statusFromLists(question, evidence);
}
