import { describe, expect, it } from 'vitest';
import { issue, makeAuthority } from '../../../scripts/province/certificates.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { evidenceRequests, ocspRequest } from '../../../signatures/revocation/ocsp-request.ts';
import { authorityAccess, listPoints } from '../../support/ocsp-answers.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
const root = makeAuthority('Gốc thử nghiệm', LONG);
const authority = makeAuthority('CA thử nghiệm', { ...LONG, parent: root });
const leaf = (...extensions: Buffer[]) =>
  readCertificate(
    issue(authority, { ...LONG, commonName: 'x', organisation: [], holder: 'person', key: 'ec', extensions })
      .certificate,
  );
const above = [readCertificate(authority.certificate), readCertificate(root.certificate)];
const shown = (path: Parameters<typeof evidenceRequests>[0], anchored: boolean) =>
  evidenceRequests(path, anchored).map(
    ({ kind, url, body }) => `${kind} ${body === null ? 'GET' : 'POST'} ${url}`,
  );

const ALL = leaf(
  authorityAccess({ ocsp: ['http://ocsp.example'], issuers: ['http://ca.example/ca.cer'] }),
  listPoints('http://crl.example/1.crl', 'ldap://crl.example/cn=x', 'https://crl.example/2.crl'),
);

describe('what could conclude more about a path', () => {
  it('is asked of responders first, then where the lists lie; ldap is passed over', () => {
    expect(shown([ALL, ...above], true)).toEqual([
      'ocsp POST http://ocsp.example',
      'crl GET http://crl.example/1.crl',
      'crl GET https://crl.example/2.crl',
    ]);
  });

  it('a path that ended without an anchor wants the issuer, not a status that nobody could check', () => {
    expect(shown([ALL], false)).toEqual(['issuer GET http://ca.example/ca.cer']);
  });

  it('a root, or one that names nothing, wants nothing', () => {
    expect(shown([above[1]!], false)).toEqual([]);
    expect(shown([{ ...ALL, subject: ALL.issuer }], false)).toEqual([]);
    expect(shown([leaf(), ...above], true)).toEqual([]);
    expect(shown([], false)).toEqual([]);
  });

  it('two addresses of a kind at most, each once, none endless', () => {
    const many = ['a', 'a', 'b', 'c'].map((host) => `http://${host}.example/`);
    const certificate = leaf(
      authorityAccess({ ocsp: [`http://${'x'.repeat(2000)}.example/`, ...many] }),
      listPoints(...many),
    );
    expect(shown([certificate, ...above], true)).toEqual([
      'ocsp POST http://a.example/',
      'ocsp POST http://b.example/',
      'crl GET http://a.example/',
      'crl GET http://b.example/',
    ]);
  });

  it('the same question is the same bytes, so that its answer can be kept', () => {
    expect(ocspRequest(ALL, above[0]!)).toEqual(ocspRequest(ALL, above[0]!));
    expect(ocspRequest(ALL, above[0]!, Buffer.from('n'))).not.toEqual(ocspRequest(ALL, above[0]!));
  });
});
