import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { element } from '../../../scripts/province/der-writer.ts';
import { trustOf } from '../../../signatures/certificates/trust.ts';
import { statusFromLists } from '../../../signatures/revocation/crl.ts';
import { AT, authority, certify, keyUsage, type Made, trusting } from '../../support/certification-path.ts';
import { type ListOptions, type MadeEntry, makeRevocationList } from '../../support/revocation-list.ts';

import {
  type Asked,
  ask,
  entry,
  FRESH,
  issuer,
  LATER,
  list,
  OLD,
  others,
  person,
  root,
  trust,
} from '../../support/revocation-question.ts';

describe('one complete list', () => {
  it('says good with the list as evidence', () => {
    const der = list({ revoked: others });
    expect(ask([der])).toMatchObject({
      status: 'good',
      revokedAt: null,
      evidence: {
        kind: 'crl',
        sha256: createHash('sha256').update(der).digest('hex'),
        thisUpdate: '2026-05-30T00:00:00.000Z',
        nextUpdate: '2026-06-06T00:00:00.000Z',
      },
    });
  });

  it.each([
    [undefined, null],
    [0, 'unspecified'],
    [1, 'keyCompromise'],
    [2, 'cACompromise'],
    [3, 'affiliationChanged'],
    [4, 'superseded'],
    [5, 'cessationOfOperation'],
    [6, 'certificateHold'],
    [9, 'privilegeWithdrawn'],
    [10, 'aACompromise'],
  ])('says revoked, when and why: reason %s is %s', (code, reason) => {
    const mine = entry(person, code === undefined ? {} : { reason: code });
    expect(ask([list({ revoked: [...others, mine, ...others] })])).toMatchObject({
      status: 'revoked',
      revokedAt: '2026-03-01T00:00:00.000Z',
      reason,
    });
  });

  it('says nothing when there is none, or none that can be read, or only OCSP responses', () => {
    expect(ask([])).toMatchObject({ status: 'unknown', evidence: null });
    const der = list();
    expect(ask([der.subarray(0, -5), Buffer.from('no list')]).status).toBe('unknown');
    const question = { certificate: person.certificate, issuer: issuer.certificate, at: AT, pool: [], trust };
    expect(statusFromLists(question, [{ kind: 'ocsp', der, provenAt: AT }]).status).toBe('unknown');
  });

  it.each<[string, MadeEntry, string]>([
    [
      'a padded serial number is the same number',
      entry(person, { serial: Buffer.concat([Buffer.of(0), person.certificate.serialNumber]) }),
      'revoked',
    ],
    [
      'a serial number that ends alike is another',
      entry(person, { serial: Buffer.concat([Buffer.of(1), person.certificate.serialNumber]) }),
      'good',
    ],
    [
      'a serial number that begins alike is another',
      entry(person, { serial: person.certificate.serialNumber.subarray(0, -1) }),
      'good',
    ],
  ])('%s', (_what, mine, status) => {
    expect(ask([list({ revoked: [mine] })]).status).toBe(status);
  });

  it('finds the number of a certificate that pads it', () => {
    const padded = certify('Đệm', { by: issuer, serial: element(0x02, Buffer.of(0, 0, 0x12)) });
    const revoked = [entry(padded, { serial: Buffer.of(0x12) })];
    expect(ask([list({ revoked })], { certificate: padded }).status).toBe('revoked');
  });

  it('tells a negative serial number from its positive twin', () => {
    const negative = certify('Âm', { by: issuer, serial: element(0x02, Buffer.of(0x85)) });
    const twin = list({ revoked: [entry(person, { serial: Buffer.of(0x00, 0x85) })] });
    expect(ask([twin], { certificate: negative }).status).toBe('good');
    const same = list({ revoked: [entry(person, { serial: Buffer.of(0xff, 0x85) })] });
    expect(ask([same], { certificate: negative }).status).toBe('revoked');
  });
});

describe('when a list counts', () => {
  const short = certify('Ngắn hạn', { by: issuer, key: 2, notAfter: '2026-06-15T00:00:00Z' });
  const cases: [
    what: string,
    options: Partial<ListOptions>,
    certificate: Made,
    status: string,
    detail?: RegExp,
  ][] = [
    ['fresh', {}, person, 'good'],
    ['stale', OLD, person, 'unknown', /stale/],
    ['made later than asked about', LATER, person, 'good'],
    [
      'made later, and the certificate had ended by then',
      LATER,
      short,
      'unknown',
      /later than the certificate's end/,
    ],
    [
      'made later, but keeping ended certificates',
      { ...LATER, keepsEndedSince: '2020-01-01T00:00:00Z' },
      short,
      'good',
    ],
    [
      'made later, keeping only those that ended later still',
      { ...LATER, keepsEndedSince: '2026-06-20T00:00:00Z' },
      short,
      'unknown',
    ],
    ['without a next update', { nextUpdate: null }, person, 'unknown', /until when/],
    ['without a next update, but made later', { ...LATER, nextUpdate: null }, person, 'good'],
  ];
  it.each(cases)('%s', (_what, options, certificate, status, detail = /./) => {
    const answer = ask([list(options)], { certificate });
    expect(answer.status).toBe(status);
    expect(answer.detail).toMatch(detail);
  });

  it('revoked counts whatever the date of the list: the caller compares the instants', () => {
    expect(ask([list({ ...OLD, revoked: [entry(person)] })])).toMatchObject({ status: 'revoked' });
    const revoked = [entry(person, { at: '2026-06-20T00:00:00Z' })];
    expect(ask([list({ ...LATER, revoked })])).toMatchObject({ revokedAt: '2026-06-20T00:00:00.000Z' });
  });

  it('an older list that says revoked is not undone by a newer one that is silent', () => {
    expect(ask([list(), list({ ...OLD, revoked: [entry(person, { reason: 1 })] })]).status).toBe('revoked');
  });

  it('a suspension is over when a newer list is silent, and holds when the newer one has it', () => {
    const held = [entry(person, { reason: 6 })];
    expect(ask([list({ ...OLD, revoked: held }), list()]).status).toBe('good');
    expect(ask([list(OLD), list({ revoked: held })]).status).toBe('revoked');
  });
});

describe('who may have made a list', () => {
  const listSigner = authority('CA', { by: root, key: 2, usage: keyUsage(6), basic: null });
  const signedApart = list({ signer: listSigner });
  const mute = authority('CA', { by: root, usage: keyUsage(5) });
  const strangers = authority('Gốc lạ', { key: 2 });
  const stranger = authority('CA', { by: strangers, key: 2 });
  const unfit = authority('Không phải CA', { by: root, key: 0, basic: null });
  const belowUnfit = authority('CA', { by: unfit, key: 2 });
  const namesake = authority('CA khác', { by: root, key: 2 });
  const rootList = (revoked: MadeEntry[]) => makeRevocationList({ signer: root, ...FRESH, revoked });
  const early = { notAfter: '2026-05-01T00:00:00Z' };
  const cases: [what: string, lists: Buffer[], asked: Asked, status: string][] = [
    [
      'nobody: the signature is false',
      [list({ signer: { subject: issuer.subject, privateKey: person.privateKey } })],
      {},
      'unknown',
    ],
    ['another issuer', [makeRevocationList({ signer: root, ...FRESH })], {}, 'unknown'],
    [
      'another certificate of the issuer, where the one asked about may not sign lists',
      [list()],
      { by: mute, pool: [mute], from: trusting(root) },
      'good',
    ],
    ['a separate signer of the same name', [signedApart], { pool: [listSigner] }, 'good'],
    ['a separate signer that is not at hand', [signedApart], {}, 'unknown'],
    [
      'a separate signer that is confirmed as an anchor of its own: that is another anchor',
      [signedApart],
      { from: trusting(root, listSigner) },
      'unknown',
    ],
    [
      'a separate signer without cRLSign',
      [signedApart],
      { pool: [authority('CA', { by: root, key: 2, usage: keyUsage(5) })] },
      'unknown',
    ],
    ['a separate signer below nobody trusted', [list({ signer: stranger })], { pool: [stranger] }, 'unknown'],
    [
      'a separate signer below another anchor',
      [list({ signer: stranger })],
      { pool: [stranger], from: trusting(root, strangers) },
      'unknown',
    ],
    [
      'a separate signer that had ended when the list is proven',
      [signedApart],
      { pool: [authority('CA', { by: root, key: 2, ...early })] },
      'unknown',
    ],
    [
      'the same, proven earlier',
      [list({ signer: listSigner, ...OLD, nextUpdate: '2026-12-01T00:00:00Z' })],
      { pool: [authority('CA', { by: root, key: 2, ...early })], provenAt: '2026-04-02T00:00:00.000Z' },
      'good',
    ],
    [
      'a separate signer that was revoked',
      [signedApart, rootList([entry(listSigner)])],
      { pool: [listSigner] },
      'unknown',
    ],
    [
      'a separate signer that was revoked later than the list is proven',
      [signedApart, rootList([entry(listSigner, { at: '2026-06-02T00:00:00Z' })])],
      { pool: [listSigner] },
      'good',
    ],
    ['a separate signer whose path has faults', [signedApart], { pool: [unfit, belowUnfit] }, 'unknown'],
    [
      'another authority that puts the name of the issuer on it',
      [signedApart],
      { pool: [namesake] },
      'unknown',
    ],
    [
      'a separate signer whose status nobody tells',
      [signedApart, rootList([])],
      { pool: [listSigner] },
      'good',
    ],
  ];
  it('a separate signer that is configured', () => {
    const from = trustOf({ anchors: [{ der: root.der, group: 'TEST' }], intermediates: [listSigner.der] });
    expect(ask([signedApart], { from }).status).toBe('good');
  });

  it.each(cases)('%s', (_what, lists, asked, status) => {
    expect(ask(lists, asked).status).toBe(status);
  });

  it('not the issuer itself when its keyUsage leaves cRLSign out', () => {
    const question = { certificate: person.certificate, issuer: mute.certificate, at: AT, pool: [], trust };
    expect(statusFromLists(question, [{ kind: 'crl', der: list(), provenAt: AT }]).status).toBe('unknown');
  });
});
