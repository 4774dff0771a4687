import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openEvidence } from '../../../gateway/evidence/evidence.ts';
import { type Judge, openJudge } from '../../../gateway/judging/judge.ts';
import { withEvidence } from '../../../gateway/judging/with-evidence.ts';
import type { Signer } from '../../../scripts/province/certificates.ts';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { LEADER, letter } from '../../signatures/province.ts';
import { type HttpScript, startHttp } from '../../support/http-script.ts';
import {
  HOW_TO_GET_OPENSSL,
  type OpensslCertificate,
  type OpensslPki,
  openOpensslPki,
  opensslAvailable,
} from '../../support/openssl-pki.ts';
import { serverSuite } from '../../support/require.ts';

const HOUR = 3_600_000;
const SIGNED = Date.now() - 3 * HOUR;
type Answer = 'ocsp' | 'crl' | 'stale' | 'lie' | 'silent' | 'nothing';

serverSuite('whole verdicts with answers from real servers', opensslAvailable(), HOW_TO_GET_OPENSSL, () => {
  let front: HttpScript;
  let pki: OpensslPki;
  let liar: OpensslPki;
  let judge: Judge;
  let good: OpensslCertificate;
  let revoked: OpensslCertificate;
  let delegate: OpensslCertificate;
  let stamps: OpensslCertificate;
  let answer: Answer = 'ocsp';
  let plain: Buffer;

  beforeAll(async () => {
    front = await startHttp(async ({ target, body }, response) => {
      if (answer === 'silent') return; // never answers
      if (target === '/ocsp' && answer !== 'crl' && answer !== 'nothing') {
        const from = answer === 'lie' ? liar : pki;
        const signer = answer === 'lie' ? liar.root : delegate;
        return void response.end(await from.answer(body, { signer, minutes: answer === 'stale' ? 0 : 60 }));
      }
      if (target === '/crl' && answer === 'crl') return void response.end(await pki.crl());
      response.writeHead(503).end();
    });
    const addresses = { ocsp: `${front.url}/ocsp`, crl: `${front.url}/crl`, issuer: `${front.url}/ca` };
    pki = await openOpensslPki('CA OpenSSL', addresses);
    liar = await openOpensslPki('CA OpenSSL', addresses);
    good = await pki.issue('good');
    revoked = await pki.issue('revoked');
    delegate = await pki.issue('delegate', { purpose: 'nocheck' });
    stamps = await pki.issue('stamps', { purpose: 'timestamps' });
    pki.revoke(revoked, new Date(SIGNED + HOUR), 'superseded');
    plain = await letter();
    judge = openJudge({
      trust: () => ({ anchors: [{ der: pki.root.der, group: 'BAN_CO_YEU' }], intermediates: [] }),
      rules: { revocation: 'hard' },
      processes: 1,
    });
  });
  afterAll(async () => {
    await judge.close();
    await front.stop();
    pki.remove();
    liar.remove();
  });
  beforeEach(() => {
    answer = 'ocsp';
  });

  const signerOf = ({ der, keyFile }: OpensslCertificate): Signer => ({
    certificate: der,
    privateKey: createPrivateKey(readFileSync(keyFile)),
    kind: 'ec',
    chain: [],
  });

  /** The letter signed three hours ago, with a time stamp of the moment given, and judged now. */
  async function judged(by: OpensslCertificate, stampedAt: number | null = null) {
    const timestamp =
      stampedAt === null
        ? {}
        : { timestamp: { server: signerOf(stamps), genTime: new Date(stampedAt).toISOString() } };
    const signingTime = new Date(SIGNED).toISOString();
    const bytes = signPdf(plain, signerOf(by), { ...LEADER, signingTime, ...timestamp });
    const evidence = openEvidence({
      config: { hosts: ['127.0.0.1'], issuers: false, timeoutSeconds: 1, proxy: null },
      dataDir: mkdtempSync(join(tmpdir(), 'congvan-live-')),
      clock: () => new Date(),
    });
    return withEvidence(judge, evidence).judge({ bytes }, { at: new Date().toISOString() });
  }

  it.each<[Answer, string, string | null, boolean]>([
    ['ocsp', 'valid', null, false],
    ['crl', 'valid', null, false],
    ['lie', 'untrusted', 'TRY_LATER', true],
    ['silent', 'untrusted', 'TRY_LATER', true],
    ['nothing', 'untrusted', 'TRY_LATER', true],
  ])('a good certificate, the network gives %s: %s', async (given, conclusion, subIndication, tryLater) => {
    answer = given;
    const report = await judged(good);
    expect([report.conclusion, report.signatures[0]!.subIndication]).toEqual([conclusion, subIndication]);
    // A lying responder has answered, but the list beside it has not.
    expect(report.tryLater).toBe(tryLater);
  });

  it.each<[string, number | null, string, string | null]>([
    ['without a time stamp', null, 'untrusted', 'REVOKED_NO_POE'],
    ['stamped before it was revoked', SIGNED, 'valid', null],
    ['stamped after it was revoked', SIGNED + 2 * HOUR, 'untrusted', 'REVOKED_NO_POE'],
  ])('a certificate revoked since, %s', async (_, stampedAt, conclusion, subIndication) => {
    for (const given of ['ocsp', 'crl'] as const) {
      answer = given;
      const report = await judged(revoked, stampedAt);
      expect([report.conclusion, report.signatures[0]!.subIndication]).toEqual([conclusion, subIndication]);
      expect(report.signatures[0]!.revocation).toBe('revoked');
    }
  });

  it('the time stamp’s own certificate is asked about too: without an answer it proves nothing', async () => {
    answer = 'nothing';
    const report = await judged(revoked, SIGNED);
    expect(report.signatures[0]!.timestampTime).toBeNull();
    expect(report.tryLater).toBe(true);
  });

  it('keeps the answer that was believed among the proofs', async () => {
    const { proofs } = await judged(good);
    expect(proofs.map((one) => one.kind).sort()).toEqual(['anchor', 'certificate', 'ocsp']);
  });
});
