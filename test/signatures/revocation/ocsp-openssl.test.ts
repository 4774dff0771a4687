import { afterAll, beforeAll, expect, it } from 'vitest';
import { trustOf } from '../../../signatures/certificates/trust.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { statusFromResponses } from '../../../signatures/revocation/ocsp.ts';
import { ocspRequest } from '../../../signatures/revocation/ocsp-request.ts';
import type { CertificateStatus } from '../../../signatures/revocation/status.ts';
import {
  HOW_TO_GET_OPENSSL,
  type OpensslCertificate,
  type OpensslPki,
  openOpensslPki,
  opensslAvailable,
} from '../../support/openssl-pki.ts';
import { serverSuite } from '../../support/require.ts';

const NOWHERE = { ocsp: 'http://127.0.0.1:1/', crl: 'http://127.0.0.1:1/', issuer: 'http://127.0.0.1:1/' };
const HOUR = 3_600_000;

serverSuite('responses that OpenSSL makes', opensslAvailable(), HOW_TO_GET_OPENSSL, () => {
  let pki: OpensslPki;
  let stranger: OpensslPki;
  let signer: OpensslCertificate;
  let revoked: OpensslCertificate;
  const responders = new Map<string, OpensslCertificate>();

  beforeAll(async () => {
    pki = await openOpensslPki('CA OpenSSL', NOWHERE);
    stranger = await openOpensslPki('CA khác', NOWHERE);
    signer = await pki.issue('signer');
    revoked = await pki.issue('revoked');
    responders.set('root', pki.root);
    responders.set('delegate', await pki.issue('delegate', { purpose: 'responder' }));
    responders.set('nocheck', await pki.issue('nocheck', { purpose: 'nocheck' }));
    responders.set('mail', await pki.issue('mail', { purpose: 'mail' }));
    responders.set(
      'ended',
      await pki.issue('ended', { purpose: 'responder', from: '20200101000000Z', to: '20210101000000Z' }),
    );
    responders.set('encipher', await pki.issue('encipher', { purpose: 'encipher' }));
    responders.set('stranger', stranger.root);
    responders.set('strange delegate', await stranger.issue('strange', { purpose: 'responder' }));
  });
  afterAll(() => {
    pki.remove();
    stranger.remove();
  });

  function judged(about: OpensslCertificate, der: Uint8Array, atMs = Date.now()): CertificateStatus {
    const at = new Date(atMs).toISOString();
    const question = {
      certificate: readCertificate(about.der),
      issuer: readCertificate(pki.root.der),
      at,
      pool: [],
      trust: trustOf({ anchors: [{ der: pki.root.der, group: 'X' }], intermediates: [] }),
    };
    return statusFromResponses(question, [{ kind: 'ocsp', der, provenAt: at }]);
  }
  const request = (about: OpensslCertificate, nonce?: Uint8Array) =>
    ocspRequest(readCertificate(about.der), readCertificate(pki.root.der), nonce);

  it.each<[string, CertificateStatus['status'], RegExp]>([
    ['root', 'good', /good/],
    ['delegate', 'good', /good/],
    ['nocheck', 'good', /good/],
    ['mail', 'unknown', /not for OCSP/],
    ['encipher', 'unknown', /key is not for signatures/],
    ['ended', 'unknown', /not valid at/],
    ['stranger', 'unknown', /not of the same issuer/],
    ['strange delegate', 'unknown', /not of the same issuer/],
  ])('signed by %s: %s', async (by, status, words) => {
    const der = await pki.answer(request(signer), { signer: responders.get(by)!, minutes: 60 });
    const found = judged(signer, der);
    expect(found.status).toBe(status);
    expect(found.detail).toMatch(words);
  });

  it('OpenSSL reads our requests, with and without a nonce, and sends the nonce back', async () => {
    const nonce = Buffer.from('a nonce of sixteen');
    const der = await pki.answer(request(signer, nonce), { signer: pki.root, minutes: 60 });
    expect(der.includes(nonce)).toBe(true);
    expect(judged(signer, der).status).toBe('good');
  });

  it('a revocation with its instant and reason', async () => {
    const at = new Date('2026-03-01T08:00:00.000Z');
    pki.revoke(revoked, at, 'keyCompromise');
    const der = await pki.answer(request(revoked), { signer: responders.get('delegate')!, minutes: 60 });
    expect(judged(revoked, der)).toMatchObject({
      status: 'revoked',
      revokedAt: at.toISOString(),
      reason: 'keyCompromise',
    });
    expect(judged(signer, der).detail).toMatch(/about other certificates/);
  });

  it('an answer of an hour is stale after two, one without an end after a day and a half', async () => {
    const hour = await pki.answer(request(signer), { signer: pki.root, minutes: 60 });
    const endless = await pki.answer(request(signer), { signer: pki.root });
    expect(judged(signer, hour, Date.now() + 2 * HOUR)).toMatchObject({
      status: 'unknown',
      detail: expect.stringMatching(/stale/),
    });
    expect(judged(signer, endless, Date.now() + 2 * HOUR).status).toBe('good');
    expect(judged(signer, endless, Date.now() + 36 * HOUR).detail).toMatch(/stale/);
  });

  it('a certificate that the authority never made is not known to it', async () => {
    const strange = await stranger.issue('nobody');
    const asked = ocspRequest(readCertificate(strange.der), readCertificate(stranger.root.der));
    const der = await pki.answer(asked, { signer: pki.root, minutes: 60 });
    expect(judged(strange, der).status).toBe('unknown');
  });
});
