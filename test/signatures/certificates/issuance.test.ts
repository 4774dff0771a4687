import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeCertificate, publicKeyInfo } from '../../../scripts/province/certificates.ts';
import { bitString, oid, sequence } from '../../../scripts/province/der-writer.ts';
import { findPath } from '../../../signatures/certificates/path.ts';
import { type Certificate, readCertificate } from '../../../signatures/certificates/x509.ts';
import { elements, readDer, whole } from '../../../signatures/der.ts';
import {
  AT,
  authority,
  basicConstraints,
  certify,
  keyUsage,
  LONG,
  type Made,
  trusting,
} from '../../support/certification-path.ts';

const dsaKey = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
const fullKeyInfo = publicKeyInfo(dsaKey);

/** The same key without its parameters, which it takes from its issuer then (RFC 3279 2.3.2). */
function withoutParameters(spki: Uint8Array): Buffer {
  const [algorithm, key] = elements(readDer(spki));
  return sequence(sequence(whole(elements(algorithm)[0]!)), whole(key!));
}

/** The certificate signed anew with the DSA key. */
function signedWithDsa(der: Uint8Array): Certificate {
  const algorithm = sequence(oid('2.16.840.1.101.3.4.3.2'));
  const [version, serial, , ...rest] = elements(elements(readDer(der))[0]).map(whole);
  const tbs = sequence(version!, serial!, algorithm, ...rest);
  return readCertificate(sequence(tbs, algorithm, bitString(sign('sha256', tbs, dsaKey))));
}

const root = authority('Gốc');

function dsaAuthority(name: string, by: Made, spki: Buffer): Made {
  const { subject, privateKey } = authority(name);
  const extensions = [basicConstraints(true), keyUsage(5, 6)];
  const der = makeCertificate({ ...LONG, subject, spki, issuer: by, extensions });
  return { der, certificate: readCertificate(der), subject, privateKey, spki };
}

describe('a DSA key that inherits its parameters (RFC 5280 6.1.4 (f))', () => {
  const upper = dsaAuthority('CA trên', root, fullKeyInfo);
  const lower = dsaAuthority('CA dưới', upper, withoutParameters(fullKeyInfo));
  const lowerByDsa = signedWithDsa(lower.der);
  const leaf = signedWithDsa(certify('Người ký', { by: lower, key: 2 }).der);
  const find = (pool: Certificate[]) => findPath(leaf, pool, trusting(root), AT);

  it('verifies with those of its issuer', () => {
    const { path, reasons } = find([lowerByDsa, upper.certificate]);
    expect(reasons).toEqual([]);
    expect(path).toHaveLength(4);
  });

  it('verifies nothing that it did not sign', () => {
    const der = Buffer.from(leaf.der);
    der[der.length - 1]! ^= 1;
    const forged = readCertificate(der);
    const { reasons } = findPath(forged, [lowerByDsa, upper.certificate], trusting(root), AT);
    expect(reasons.map(({ code }) => code)).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });

  it('verifies nothing below an issuer that has none to give', () => {
    const byRsa = dsaAuthority('CA dưới', root, withoutParameters(fullKeyInfo));
    expect(find([byRsa.certificate]).reasons.map(({ code }) => code)).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });
});
