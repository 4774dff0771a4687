import { mkdtempSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EvidenceFetch } from '../../../config/types.ts';
import { type FetchedEvidence, openEvidence } from '../../../gateway/evidence/evidence.ts';
import { freePort } from '../../../scripts/province/free-port.ts';
import { trustOf } from '../../../signatures/certificates/trust.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { statusFromLists } from '../../../signatures/revocation/crl.ts';
import { statusFromResponses } from '../../../signatures/revocation/ocsp.ts';
import { evidenceRequests } from '../../../signatures/revocation/ocsp-request.ts';
import type { CertificateStatus, StatusQuestion } from '../../../signatures/revocation/status.ts';
import type { EvidenceRequest } from '../../../signatures/types.ts';
import { type HttpScript, startHttp } from '../../support/http-script.ts';
import {
  certificateBag,
  HOW_TO_GET_OPENSSL,
  type OpensslCertificate,
  type OpensslPki,
  openOpensslPki,
  opensslAvailable,
} from '../../support/openssl-pki.ts';
import { serverSuite } from '../../support/require.ts';

/** The instant of signing that is asked about: an hour ago. */
const SIGNED = Date.now() - 3_600_000;
const HOUR = 3_600_000;

type Reply = (response: ServerResponse, body: Buffer) => unknown;

serverSuite('revocation asked of real servers', opensslAvailable(), HOW_TO_GET_OPENSSL, () => {
  let front: HttpScript;
  let elsewhere: HttpScript;
  let pki: OpensslPki;
  let liar: OpensslPki;
  let signer: OpensslCertificate;
  let early: OpensslCertificate;
  let late: OpensslCertificate;
  let delegate: OpensslCertificate;
  let forMail: OpensslCertificate;
  let ended: OpensslCertificate;
  /** What the addresses that certificates name do at the moment. */
  let replies: Record<string, Reply> = {};

  beforeAll(async () => {
    front = await startHttp(({ target, body }, response) => {
      const reply = replies[target];
      if (reply === undefined) return void response.writeHead(404).end();
      void reply(response, body);
    });
    elsewhere = await startHttp((_asked, response) => void response.end('a page'));
    const addresses = { ocsp: `${front.url}/ocsp`, crl: `${front.url}/crl`, issuer: `${front.url}/ca` };
    pki = await openOpensslPki('CA OpenSSL', addresses);
    liar = await openOpensslPki('CA OpenSSL', addresses);
    signer = await pki.issue('signer');
    early = await pki.issue('early');
    late = await pki.issue('late');
    delegate = await pki.issue('delegate', { purpose: 'nocheck' });
    forMail = await pki.issue('formail', { purpose: 'mail' });
    ended = await pki.issue('ended', {
      purpose: 'responder',
      from: '20200101000000Z',
      to: '20210101000000Z',
    });
    pki.revoke(early, new Date(SIGNED - HOUR), 'keyCompromise');
    pki.revoke(late, new Date(SIGNED + HOUR / 2), 'superseded');
  });
  afterAll(async () => {
    await front.stop();
    await elsewhere.stop();
    pki.remove();
    liar.remove();
  });
  beforeEach(() => {
    replies = {};
  });

  const open = (config: Partial<EvidenceFetch> = {}) =>
    openEvidence({
      config: { hosts: ['127.0.0.1'], issuers: true, timeoutSeconds: 5, proxy: null, ...config },
      dataDir: mkdtempSync(join(tmpdir(), 'congvan-evidence-')),
      clock: () => new Date(),
    });
  const wantedFor = (one: OpensslCertificate, kind: EvidenceRequest['kind']) =>
    evidenceRequests([readCertificate(one.der), readCertificate(pki.root.der)], true).filter(
      (each) => each.kind === kind,
    );

  function judged(one: OpensslCertificate, fetched: FetchedEvidence, atMs = SIGNED): CertificateStatus {
    const question: StatusQuestion = {
      certificate: readCertificate(one.der),
      issuer: readCertificate(pki.root.der),
      at: new Date(atMs).toISOString(),
      pool: [],
      trust: trustOf({ anchors: [{ der: pki.root.der, group: 'X' }], intermediates: [] }),
    };
    const provenAt = new Date().toISOString();
    const fromResponses = statusFromResponses(
      question,
      fetched.ocsps.map((der) => ({ kind: 'ocsp', der, provenAt })),
    );
    if (fetched.crls.length === 0) return fromResponses;
    return statusFromLists(
      question,
      fetched.crls.map((der) => ({ kind: 'crl', der, provenAt })),
    );
  }
  /** `openssl ocsp` behind the front, under any key and about anything. */
  const answers = (
    by: OpensslCertificate,
    options: { from?: OpensslPki; about?: OpensslCertificate; minutes?: number } = {},
  ) => {
    const { from = pki, about, minutes = 60 } = options;
    replies['/ocsp'] = async (response, body) => {
      const question = about === undefined ? body : wantedFor(about, 'ocsp')[0]!.body!;
      response.end(await from.answer(question, { signer: by, minutes }));
    };
  };

  it('a responder of OpenSSL’s own, over its own HTTP', async () => {
    const responder = await pki.startResponder(delegate);
    const ask = async (one: OpensslCertificate) =>
      judged(
        one,
        await open().fetchAll(wantedFor(one, 'ocsp').map((each) => ({ ...each, url: responder.url }))),
      );
    expect(await ask(signer)).toMatchObject({ status: 'good' });
    expect(await ask(early)).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    await responder.stop();
  });

  it.each(['ocsp', 'crl'] as const)(
    'revoked before and after signing, told apart by the instant: %s',
    async (kind) => {
      answers(delegate);
      replies['/crl'] = async (response) => response.end(await pki.crl());
      const evidence = open();
      const ask = async (one: OpensslCertificate) =>
        judged(one, await evidence.fetchAll(wantedFor(one, kind)));
      const signedAt = new Date(SIGNED).toISOString();
      expect((await ask(signer)).status).toBe('good');
      const before = await ask(early);
      expect([before.status, before.reason]).toEqual(['revoked', 'keyCompromise']);
      expect(before.revokedAt! < signedAt).toBe(true);
      const after = await ask(late);
      expect([after.status, after.reason]).toEqual(['revoked', 'superseded']);
      expect(after.revokedAt! > signedAt).toBe(true);
    },
  );

  it.each<[string, () => void, RegExp]>([
    ['signed by an authority of the same name', () => answers(liar.root), /not of the same issuer/],
    ['right for another certificate', () => answers(delegate, { about: early }), /about other certificates/],
    ['of a delegate that is not one for OCSP', () => answers(forMail), /not for OCSP/],
    ['of a delegate whose certificate ended', () => answers(ended), /not valid at/],
  ])('a lie is fetched and not believed: %s', async (_name, lie, words) => {
    lie();
    const fetched = await open().fetchAll(wantedFor(signer, 'ocsp'));
    expect(fetched.ocsps).toHaveLength(1);
    const status = judged(signer, fetched);
    expect(status.status).toBe('unknown');
    expect(status.detail).toMatch(words);
  });

  it('a stale answer is fetched and not believed', async () => {
    answers(delegate, { minutes: 1 });
    const fetched = await open().fetchAll(wantedFor(signer, 'ocsp'));
    expect(judged(signer, fetched, Date.now()).status).toBe('good');
    expect(judged(signer, fetched, Date.now() + HOUR).detail).toMatch(/stale/);
  });

  it.each<[string, Reply, string]>([
    ['slow', (response) => void setTimeout(() => response.end(), 10_000).unref(), 'EVIDENCE_TIMEOUT'],
    ['dripping', (response) => void response.write('0'), 'EVIDENCE_TIMEOUT'],
    [
      'moved to a host that is not listed',
      (response) => response.writeHead(302, { location: `http://localhost:${elsewhere.port}/` }).end(),
      'EVIDENCE_NOT_ALLOWED',
    ],
    ['too large', (response) => response.end(Buffer.alloc(200 * 1024)), 'EVIDENCE_TOO_LARGE'],
    ['out of order', (response) => response.writeHead(500).end(), 'EVIDENCE_STATUS'],
    ['a page', (response) => response.end('<html>'), 'EVIDENCE_UNUSABLE'],
  ])('a responder that is %s', async (_name, reply, code) => {
    replies['/ocsp'] = reply;
    const fetched = await open({ timeoutSeconds: 0.5 }).fetchAll(wantedFor(signer, 'ocsp'));
    expect(fetched).toMatchObject({
      ocsps: [],
      failures: [{ kind: 'ocsp', url: `${front.url}/ocsp`, code }],
    });
    expect(judged(signer, fetched).status).toBe('unknown');
    expect(elsewhere.asked).toEqual([]);
  });

  it('a responder that nobody runs, and one that the configuration does not list', async () => {
    const [wanted] = wantedFor(signer, 'ocsp');
    const gone = { ...wanted!, url: `http://127.0.0.1:${await freePort()}/` };
    expect((await open().fetchAll([gone])).failures).toMatchObject([
      { code: 'EVIDENCE_UNREACHABLE', temporary: true },
    ]);
    const asked = front.asked.length;
    expect((await open({ hosts: [] }).fetchAll([wanted!])).failures).toMatchObject([
      { code: 'EVIDENCE_NOT_ALLOWED', temporary: false },
    ]);
    expect(front.asked.length).toBe(asked);
  });

  it('an issuer comes as certificate or as bag, and is only bytes', async () => {
    const wanted = evidenceRequests([readCertificate(signer.der)], false);
    expect(wanted.map(({ kind, url }) => `${kind} ${url}`)).toEqual([`issuer ${front.url}/ca`]);
    replies['/ca'] = (response) => response.end(pki.root.der);
    expect(
      (await open().fetchAll(wanted)).issuers.map((der) => Buffer.from(der).equals(pki.root.der)),
    ).toEqual([true]);
    const bag = await certificateBag(pki, [pki.root, delegate]);
    replies['/ca'] = (response) => response.end(bag);
    const hexes = (await open().fetchAll(wanted)).issuers.map((der) => Buffer.from(der).toString('hex'));
    expect(hexes.sort()).toEqual([pki.root.der, delegate.der].map((der) => der.toString('hex')).sort());
  });

  it('the second letter of the same signer asks nobody', async () => {
    answers(delegate);
    const evidence = open();
    const wanted = wantedFor(signer, 'ocsp');
    const first = await evidence.fetchAll(wanted);
    const asked = front.asked.length;
    expect(await evidence.fetchAll(wanted)).toEqual(first);
    expect(front.asked.length).toBe(asked);
  });
});
