import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Authority, extension, issue, makeAuthority } from '../../../scripts/province/certificates.ts';
import { trustOf } from '../../../signatures/certificates/trust.ts';
import { type Certificate, readCertificate } from '../../../signatures/certificates/x509.ts';
import { nullValue } from '../../../signatures/der-write.ts';
import { statusFromResponses } from '../../../signatures/revocation/ocsp.ts';
import type { CertificateStatus, StatusQuestion } from '../../../signatures/revocation/status.ts';
import {
  archiveCutoff,
  basicResponse,
  EMAIL_PROTECTION,
  failedResponse,
  nonceExtension,
  OCSP_SIGNING,
  purposes,
  type ResponseParts,
  type SingleParts,
  single,
  wholeResponse,
} from '../../support/ocsp-answers.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
/** The judged time. */
const AT = '2026-09-08T00:00:00.000Z';
const BEFORE = '2026-09-07T12:00:00.000Z';
const AFTER = '2026-09-08T12:00:00.000Z';
const REVOKED_AT = '2026-09-01T08:00:00.000Z';

// The factory shares three RSA keys in turn: the first three authorities have three different ones.
const root = makeAuthority('Gốc thử nghiệm OCSP', LONG);
const authority = makeAuthority('CA thử nghiệm OCSP', { ...LONG, parent: root });
const stranger = makeAuthority('CA thử nghiệm khác', LONG);

const leaf = (commonName: string, by: Authority = authority, notAfter = LONG.notAfter) =>
  issue(by, { ...LONG, notAfter, commonName, organisation: [], holder: 'person', key: 'ec' }).certificate;
const signer = leaf('Nguyễn Văn Mẫu');
const other = leaf('Lê Văn Khác');

const responder = (by: Authority, extensions: Buffer[], dates = LONG) =>
  issue(by, {
    ...dates,
    commonName: 'Máy OCSP',
    organisation: [],
    holder: 'organisation',
    key: 'ec',
    extensions,
  });
const NO_CHECK = extension('1.3.6.1.5.5.7.48.1.5', false, nullValue());
const delegate = responder(authority, [purposes(OCSP_SIGNING), NO_CHECK]);

const question = (certificate: Uint8Array, at = AT, pool: Certificate[] = []): StatusQuestion => ({
  certificate: readCertificate(certificate),
  issuer: readCertificate(authority.certificate),
  at,
  pool,
  trust: trustOf({ anchors: [{ der: root.certificate, group: 'X' }], intermediates: [] }),
});

const said = (parts: Partial<SingleParts> = {}): Buffer =>
  single({
    certificate: signer,
    issuer: authority.certificate,
    thisUpdate: BEFORE,
    nextUpdate: AFTER,
    ...parts,
  });
const answered = (singles: Buffer[] | Buffer, parts: Partial<ResponseParts> = {}): Buffer =>
  wholeResponse(
    basicResponse({ singles: [singles].flat(), signer: authority, producedAt: BEFORE, ...parts }),
  );
const delegated = (by: typeof delegate, parts: Partial<ResponseParts> = {}): Buffer =>
  answered(said(), { signer: by, certificates: [by.certificate], ...parts });

function judged(ders: Uint8Array[], ask = question(signer), provenAt = AT): CertificateStatus {
  return statusFromResponses(
    ask,
    ders.map((der) => ({ kind: 'ocsp', der, provenAt })),
  );
}

const UNKNOWN_CRITICAL = extension('1.2.3.4', true, nullValue());
const UNKNOWN_HARMLESS = extension('1.2.3.4', false, nullValue());

describe('a response of the issuer, or of whom it delegated (RFC 6960 4.2.2.2), says good', () => {
  it.each<[string, Buffer]>([
    ['by key hash', answered(said())],
    ['by name', answered(said(), { by: 'name' })],
    [
      'as a bare BasicOCSPResponse, as CAdES keeps it',
      basicResponse({ singles: [said()], signer: authority, producedAt: BEFORE }),
    ],
    ['with CertID in SHA-256', answered(said({ hash: 'sha256' }))],
    ['with CertID in SHA-384', answered(said({ hash: 'sha384' }))],
    ['with CertID in SHA-512', answered(said({ hash: 'sha512' }))],
    [
      'among answers about others',
      answered([said({ certificate: other, status: { revokedAt: REVOKED_AT } }), said()]),
    ],
    ['through a delegated responder', delegated(delegate)],
    ['through a delegated responder by name', delegated(delegate, { by: 'name' })],
    ['through a responder without nocheck', delegated(responder(authority, [purposes(OCSP_SIGNING)]))],
    [
      'with an unknown extension that is not critical',
      answered(said({ extensions: [UNKNOWN_HARMLESS] }), { extensions: [UNKNOWN_HARMLESS] }),
    ],
    ['with a nonce of somebody’s', answered(said(), { extensions: [nonceExtension(Buffer.from('abc'))] })],
    [
      'issued after the judged time',
      answered(said({ thisUpdate: '2026-10-01T00:00:00Z', nextUpdate: '2026-10-02T00:00:00Z' }), {
        producedAt: '2026-10-01T00:00:00Z',
      }),
    ],
    ['without nextUpdate, twelve hours old', answered(said({ nextUpdate: null }))],
    ['produced a little before its thisUpdate', answered(said(), { producedAt: '2026-09-07T11:56:00Z' })],
  ])('%s', (_name, der) => {
    const status = judged([der]);
    expect(status).toMatchObject({ status: 'good', revokedAt: null, reason: null });
    expect(status.evidence).toMatchObject({
      kind: 'ocsp',
      sha256: createHash('sha256').update(der).digest('hex'),
    });
  });

  it('the delegate’s certificate may lie elsewhere than in the response', () => {
    const der = delegated(delegate, { certificates: [] });
    expect(judged([der]).status).toBe('unknown');
    expect(judged([der], question(signer, AT, [readCertificate(delegate.certificate)])).status).toBe('good');
  });
});

/** Signed with a key that nobody certified, under the name of the one who should. */
const liar = {
  certificate: authority.certificate,
  privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
};
const ofStranger = responder(stranger, [purposes(OCSP_SIGNING)]);
const forMail = responder(authority, [purposes(EMAIL_PROTECTION)]);
const forNothing = responder(authority, []);
const ended = responder(authority, [purposes(OCSP_SIGNING)], { ...LONG, notAfter: '2026-09-07T13:00:00Z' });
const notYet = responder(authority, [purposes(OCSP_SIGNING)], { ...LONG, notBefore: '2026-09-09T00:00:00Z' });
const critical = responder(authority, [purposes(OCSP_SIGNING), UNKNOWN_CRITICAL]);
const fake = (name: string, subject: Authority) =>
  responder({ ...subject, privateKey: liar.privateKey, name }, [purposes(OCSP_SIGNING)]);
const ofNamesake = fake('namesake of the issuer', authority);
const otherName = responder({ ...authority, subject: stranger.subject }, [purposes(OCSP_SIGNING)]);
const liarAsDelegate = {
  certificate: delegate.certificate,
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  kind: 'ec' as const,
};
const belowLeaf = fake(
  'no authority',
  makeAuthority('x', { ...LONG, parent: authority, isAuthority: false }),
);

function altered(der: Buffer): Buffer {
  const copy = Buffer.from(der);
  const at = copy.indexOf(Buffer.from('20260908120000Z', 'latin1'));
  copy.write('20270908120000Z', at, 'latin1');
  return copy;
}

const LIES: [string, Buffer, RegExp][] = [
  [
    'signed with another key under the issuer’s name',
    answered(said(), { signer: liar, by: 'name' }),
    /signed by nobody/,
  ],
  ['signed with another key under its own hash', answered(said(), { signer: liar }), /signed by nobody/],
  ['altered after it was signed', altered(answered(said())), /signed by nobody/],
  ['named after another than who signed', answered(said(), { by: stranger.certificate }), /signed by nobody/],
  ['of another authority', answered(said(), { signer: stranger }), /signed by nobody/],
  ['of a delegate of another authority', delegated(ofStranger), /not of the same issuer/],
  ['of a delegate without the purpose, but another one', delegated(forMail), /not for OCSP/],
  ['of a delegate without any purpose', delegated(forNothing), /not for OCSP/],
  ['of a delegate whose certificate ended', delegated(ended), /not valid at 2026-09-08T00/],
  ['of a delegate whose certificate has not begun', delegated(notYet), /not valid at/],
  ['of a delegate with a critical extension not understood', delegated(critical), /not understood/],
  ['of a delegate that a namesake of the issuer made', delegated(ofNamesake), /not of the same issuer/],
  ['of a delegate that a signer’s certificate issued', delegated(belowLeaf), /not of the same issuer/],
  ['about another serial number', answered(said({ serial: 4711 })), /about other certificates/],
  ['about another certificate', answered(said({ certificate: other })), /about other certificates/],
  [
    'about a namesake under another key',
    answered(said({ issuerKey: readCertificate(stranger.certificate).spki })),
    /about other/,
  ],
  [
    'about one under the same key, but another name',
    answered(said({ issuerName: stranger.subject })),
    /about other/,
  ],
  [
    'signed with another key under the name of a delegate, whose certificate lies beside',
    answered(said(), { signer: liarAsDelegate, by: 'name', certificates: [delegate.certificate] }),
    /signed by nobody/,
  ],
  ['of a delegate of the same key under another name', delegated(otherName), /not of the same issuer/],
  [
    'about one of another authority',
    answered(said({ issuer: stranger.certificate })),
    /about other certificates/,
  ],
  ['about nobody', answered([]), /about other certificates/],
  [
    'with a critical extension not understood',
    answered(said(), { extensions: [UNKNOWN_CRITICAL] }),
    /1\.2\.3\.4/,
  ],
  [
    'with a critical extension in the answer',
    answered(said({ extensions: [UNKNOWN_CRITICAL] })),
    /1\.2\.3\.4/,
  ],
  ['stale', answered(said({ nextUpdate: '2026-09-07T23:59:59Z' })), /stale/],
  [
    'without nextUpdate, older than a day',
    answered(said({ thisUpdate: '2026-09-06T23:00:00Z', nextUpdate: null })),
    /stale/,
  ],
  [
    'with an end before its beginning',
    answered(said({ nextUpdate: '2026-09-07T11:00:00Z' })),
    /nextUpdate before/,
  ],
  [
    'produced long before its thisUpdate',
    answered(said(), { producedAt: '2026-09-07T10:00:00Z' }),
    /produced before/,
  ],
  ['that the certificate is not known', answered(said({ status: 'unknown' })), /does not know/],
  ['both good and not known', answered([said(), said({ status: 'unknown' })]), /does not know/],
  ['tryLater', failedResponse(3), /tryLater/],
  ['unauthorized', failedResponse(6), /unauthorized/],
  ['cut short', answered(said()).subarray(0, 200), /malformed/],
  ['nothing that is DER', Buffer.from('<html>'), /malformed/],
  ['too large', Buffer.concat([answered(said()), Buffer.alloc(100 * 1024)]), /too large/],
];

describe('a response proves nothing when it is', () => {
  it.each(LIES)('%s', (_name, der, words) => {
    const status = judged([der]);
    expect(status).toMatchObject({ status: 'unknown', revokedAt: null, evidence: null });
    expect(status.detail).toMatch(words);
  });

  it('none of these lies hides a good answer, nor a revocation, that is genuine', () => {
    const lies = LIES.map(([, der]) => der);
    expect(judged([...lies, answered(said())]).status).toBe('good');
    expect(judged([...lies, answered(said({ status: { revokedAt: REVOKED_AT } }))]).status).toBe('revoked');
  });

  it('nothing at hand is told as such', () => {
    expect(judged([])).toMatchObject({ status: 'unknown', detail: 'no revocation answer at hand' });
  });

  it('a list among the evidence is not for here', () => {
    const found = statusFromResponses(question(signer), [
      { kind: 'crl', der: answered(said()), provenAt: AT },
    ]);
    expect(found.status).toBe('unknown');
  });
});

describe('a revocation is believed from whoever may answer, and from nobody else', () => {
  it.each<[string, number | undefined, string | null]>([
    ['keyCompromise', 1, 'keyCompromise'],
    ['cACompromise', 2, 'cACompromise'],
    ['superseded', 4, 'superseded'],
    ['certificateHold', 6, 'certificateHold'],
    ['privilegeWithdrawn', 9, 'privilegeWithdrawn'],
    ['no reason', undefined, null],
    ['a reason that RFC 5280 does not know', 7, 'reason 7'],
  ])('%s', (_name, reason, expected) => {
    const status = { revokedAt: REVOKED_AT, ...(reason === undefined ? {} : { reason }) };
    expect(judged([answered(said({ status }))])).toMatchObject({
      status: 'revoked',
      revokedAt: REVOKED_AT,
      reason: expected,
    });
  });

  it('whether the answer is stale or older than the judged time does not matter', () => {
    const old = said({
      status: { revokedAt: REVOKED_AT },
      thisUpdate: '2026-09-01T09:00:00Z',
      nextUpdate: '2026-09-01T10:00:00Z',
    });
    expect(judged([answered(old)]).status).toBe('revoked');
  });

  it('the instant is told when it lies after the judged time: the caller compares', () => {
    const later = '2026-10-01T00:00:00.000Z';
    const der = answered(said({ status: { revokedAt: later }, thisUpdate: later, nextUpdate: null }), {
      producedAt: later,
    });
    expect(judged([der])).toMatchObject({ status: 'revoked', revokedAt: later });
  });

  it('the earliest of several counts', () => {
    const early = answered(said({ status: { revokedAt: REVOKED_AT } }));
    const late = answered(said({ status: { revokedAt: BEFORE } }));
    expect(judged([late, early]).revokedAt).toBe(REVOKED_AT);
  });

  it('a duplicate in the same response that contradicts is a revocation', () => {
    const both = [said(), said({ hash: 'sha256', status: { revokedAt: REVOKED_AT, reason: 6 } })];
    expect(judged([answered(both)]).status).toBe('revoked');
    expect(judged([answered(both.reverse())]).status).toBe('revoked');
  });

  it('even when its dates make no sense', () => {
    const odd = { status: { revokedAt: REVOKED_AT }, nextUpdate: '2026-09-07T11:00:00Z' };
    expect(judged([answered(said(odd), { producedAt: '2026-09-01T00:00:00Z' })]).status).toBe('revoked');
  });

  it('an older "good" does not lift a suspension, however long it holds', () => {
    const older = answered(said({ thisUpdate: '2026-09-02T00:00:00Z' }));
    const held = answered(said({ status: { revokedAt: REVOKED_AT, reason: 6 } }));
    const same = answered(said());
    expect(judged([older, held]).status).toBe('revoked');
    expect(judged([same, held]).status).toBe('revoked');
  });

  it('a newer "good" that is stale by now does not lift a suspension', () => {
    const held = answered(
      said({ status: { revokedAt: REVOKED_AT, reason: 6 }, thisUpdate: '2026-09-02T00:00:00Z' }),
    );
    const stale = answered(said({ nextUpdate: '2026-09-07T20:00:00Z' }));
    expect(judged([held, stale]).reason).toBe('certificateHold');
  });

  it('a newer "good" lifts a suspension, and nothing else', () => {
    const good = answered(said());
    const earlier = { thisUpdate: '2026-09-02T00:00:00Z', nextUpdate: '2026-09-03T00:00:00Z' };
    const held = (reason: number) =>
      answered(said({ status: { revokedAt: REVOKED_AT, reason }, ...earlier }));
    expect(judged([held(6), good]).status).toBe('good');
    expect(judged([held(1), good]).status).toBe('revoked');
    expect(
      judged([
        answered(said({ ...earlier })),
        answered(said({ status: { revokedAt: REVOKED_AT, reason: 6 } })),
      ]).status,
    ).toBe('revoked');
  });

  it.each<[string, Partial<ResponseParts>]>([
    ['a liar', { signer: liar, by: 'name' }],
    ['a delegate without the purpose', { signer: forMail, certificates: [forMail.certificate] }],
    ['a delegate whose certificate ended', { signer: ended, certificates: [ended.certificate] }],
  ])('%s cannot revoke', (_name, parts) => {
    expect(judged([answered(said({ status: { revokedAt: REVOKED_AT } }), parts)]).status).toBe('unknown');
  });
});

describe('proof of existence and the end of certificates', () => {
  it('an ended delegate is believed when its answer is proven to have been there before', () => {
    const der = delegated(ended);
    expect(judged([der], question(signer), '2026-09-07T12:30:00.000Z').status).toBe('good');
    expect(judged([der], question(signer), AT).status).toBe('unknown');
  });

  it('no answer is older than its own producedAt, whatever is claimed of it', () => {
    const der = delegated(ended, { producedAt: '2026-09-07T14:00:00Z' });
    expect(judged([der], question(signer), '2026-09-07T12:30:00.000Z').status).toBe('unknown');
  });

  it('after the certificate’s end "good" counts only where the responder keeps ended ones', () => {
    const short = leaf('Trần Thị Ngắn', authority, '2026-09-01T00:00:00Z');
    const ask = question(short, '2026-08-15T00:00:00.000Z');
    const with_ = (...extensions: Buffer[]) => answered(said({ certificate: short, extensions }));
    expect(judged([with_()], ask)).toMatchObject({
      status: 'unknown',
      detail: expect.stringMatching(/after the certificate’s end/),
    });
    expect(judged([with_(archiveCutoff('2020-01-01T00:00:00Z'))], ask).status).toBe('good');
    expect(judged([with_(archiveCutoff('2026-09-02T00:00:00Z'))], ask).status).toBe('unknown');
  });
});

describe('cost', () => {
  it('thousands of false answers about the certificate are not all computed', () => {
    const certificates = Array.from({ length: 8 }, () => delegate.certificate);
    const costly = answered(said(), { signer: liarAsDelegate, by: 'name', certificates });
    const many = Array.from({ length: 20_000 }, () => costly);
    const began = performance.now();
    expect(judged([...many, answered(said())]).status).toBe('good');
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
