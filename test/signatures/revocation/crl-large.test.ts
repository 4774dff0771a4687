import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { statusFromLists } from '../../../signatures/revocation/crl.ts';
import { AT, authority, certify, trusting } from '../../support/certification-path.ts';
import { type MadeEntry, makeRevocationList } from '../../support/revocation-list.ts';

describe('a list of 100,000 entries', () => {
  const root = authority('Gốc');
  const person = certify('Người ký', { by: root });
  const filler = Array.from({ length: 100_000 }, (_, i): MadeEntry => {
    const serial = Buffer.alloc(16, 0x41);
    serial.writeUInt32BE(i, 12);
    return { serial, at: '2025-01-01T00:00:00Z', reason: 1 };
  });
  const mine: MadeEntry = { serial: person.certificate.serialNumber, at: '2026-01-01T00:00:00Z', reason: 4 };
  const dates = { thisUpdate: '2026-05-30T00:00:00Z', nextUpdate: '2026-06-06T00:00:00Z' };
  const trust = trusting(root);
  const ask = (der: Buffer) =>
    statusFromLists({ certificate: person.certificate, issuer: root.certificate, at: AT, pool: [], trust }, [
      { kind: 'crl', der, provenAt: AT },
    ]);

  it.each<[string, MadeEntry[], string]>([
    ['without the certificate', filler, 'good'],
    ['with the certificate at the end', [...filler, mine], 'revoked'],
  ])('%s is read, verified and searched within 150 ms, and again within 30', (_what, revoked, status) => {
    const der = makeRevocationList({ signer: root, ...dates, revoked });
    // The best of three: the machine may be busy with something else.
    const times = [1, 2, 3].map(() => {
      const copy = Buffer.from(der);
      const began = performance.now();
      expect(ask(copy).status).toBe(status);
      const first = performance.now();
      expect(ask(copy).status).toBe(status);
      return { first: first - began, again: performance.now() - first };
    });
    expect(Math.min(...times.map(({ first }) => first))).toBeLessThan(150);
    expect(Math.min(...times.map(({ again }) => again))).toBeLessThan(30);
  });
});
