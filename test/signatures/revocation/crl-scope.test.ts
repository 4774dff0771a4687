import { describe, expect, it } from 'vitest';
import { extension, type NamePart } from '../../../scripts/province/certificates.ts';
import { integer, oid, sequence, setOf, utf8 } from '../../../scripts/province/der-writer.ts';
import {
  authority,
  type CertifyOptions,
  certify,
  distributionPoints,
  keyUsage,
  type Made,
  type MadePoint,
  names,
} from '../../support/certification-path.ts';
import {
  type ListOptions,
  type MadeEntry,
  makeRevocationList,
  unknownCritical,
} from '../../support/revocation-list.ts';
import {
  ask,
  entry,
  FRESH,
  issuer,
  list,
  OLD,
  others,
  person,
  root,
} from '../../support/revocation-question.ts';

describe('what part of the certificates a list is about (5.2.5)', () => {
  const url = (path: string) => names.uri(`http://crl.mau.vn/${path}`);
  const withPoints = (...points: MadePoint[]) =>
    certify('Người ký', { by: issuer, key: 2, extensions: [distributionPoints(...points)] });
  const below = authority('CA dưới', { by: issuer, key: 2 });
  const rdn = (value: string) => setOf(sequence(oid('2.5.4.3'), utf8(value))).subarray(2);
  const ofIssuer: NamePart[] = [
    ['2.5.4.10', 'Tỉnh Mẫu'],
    ['2.5.4.3', 'CA'],
  ];
  const cases: [what: string, scope: NonNullable<ListOptions['scope']>, certificate: Made, status: string][] =
    [
      ['users only, a user', { onlyUsers: true }, person, 'good'],
      ['users only, an authority', { onlyUsers: true }, below, 'unknown'],
      ['authorities only, a user', { onlyAuthorities: true }, person, 'unknown'],
      ['authorities only, an authority', { onlyAuthorities: true }, below, 'good'],
      ['attribute certificates only', { onlyAttributes: true }, person, 'unknown'],
      ['the point of the certificate', { names: [url('a')] }, withPoints({ names: [url('a')] }), 'good'],
      [
        'one of several names of one point',
        { names: [url('b')] },
        withPoints({ names: [url('a'), url('b')] }),
        'good',
      ],
      [
        'the second point',
        { names: [url('b')] },
        withPoints({ names: [url('a')] }, { names: [url('b')] }),
        'good',
      ],
      ['another point', { names: [url('b')] }, withPoints({ names: [url('a')] }), 'unknown'],
      ['a point, and a certificate without any', { names: [url('a')] }, person, 'unknown'],
      [
        'the point named like the issuer, and a certificate without any',
        { names: [names.directory(...ofIssuer)] },
        person,
        'good',
      ],
      ['a relative name on both sides', { relative: rdn('L1') }, withPoints({ relative: rdn('L1') }), 'good'],
      [
        'a relative name against the whole one',
        { relative: rdn('L1') },
        withPoints({ names: [names.directory(...ofIssuer, ['2.5.4.3', 'l1'])] }),
        'good',
      ],
      ['another relative name', { relative: rdn('L2') }, withPoints({ relative: rdn('L1') }), 'unknown'],
    ];
  it.each(cases)('%s', (_what, scope, certificate, status) => {
    expect(ask([list({ scope })], { certificate }).status).toBe(status);
  });

  it('a revocation on a list that is not about the certificate says nothing', () => {
    const der = list({ scope: { onlyAuthorities: true }, revoked: [entry(person)] });
    expect(ask([der]).status).toBe('unknown');
  });

  it('lists of some reasons count together', () => {
    const compromise = list({ scope: { reasons: [1, 2] } });
    const rest = list({ scope: { reasons: [3, 4, 5, 6, 7, 8] } });
    expect(ask([compromise])).toMatchObject({
      status: 'unknown',
      detail: expect.stringMatching(/some reasons/),
    });
    expect(ask([rest]).status).toBe('unknown');
    expect(ask([compromise, rest]).status).toBe('good');
    const stale = list({ ...OLD, scope: { reasons: [3, 4, 5, 6, 7, 8] } });
    expect(ask([compromise, stale]).status).toBe('unknown');
    const revoking = list({
      scope: { reasons: [3, 4, 5, 6, 7, 8] },
      revoked: [entry(person, { reason: 4 })],
    });
    expect(ask([compromise, revoking]).status).toBe('revoked');
  });

  it('the reasons of the point narrow those of the list', () => {
    const certificate = withPoints(
      { names: [url('a')], reasons: [1, 2] },
      { names: [url('b')], reasons: [3, 4, 5, 6, 7, 8] },
    );
    const [a, b] = [list({ scope: { names: [url('a')] } }), list({ scope: { names: [url('b')] } })];
    expect(ask([a], { certificate }).status).toBe('unknown');
    expect(ask([a, b], { certificate }).status).toBe('good');
  });
});

describe('indirect lists (5.3.3, 6.3.3 (b)(1))', () => {
  const lister = authority('Bên lập danh sách', { by: root, key: 2, usage: keyUsage(6), basic: null });
  const listerName = names.directory(['2.5.4.10', 'Tỉnh Mẫu'], ['2.5.4.3', 'Bên lập danh sách']);
  const issuerName = [names.directory(['2.5.4.10', 'Tỉnh Mẫu'], ['2.5.4.3', 'CA'])];
  const otherName = [names.directory(['2.5.4.3', 'CA khác'])];
  const point = distributionPoints({ listIssuers: [listerName] });
  const options: CertifyOptions = { by: issuer, key: 2, extensions: [point] };
  const certificate = certify('Người ký', options);
  const indirect = (revoked: MadeEntry[], scope: ListOptions['scope'] = { indirect: true }) =>
    makeRevocationList({ signer: lister, ...FRESH, revoked, ...(scope === undefined ? {} : { scope }) });
  const asked = { certificate, pool: [lister] };
  const other = { serial: Buffer.of(7), at: '2026-01-01T00:00:00Z' };

  it('speak for the issuer that names their own', () => {
    expect(ask([indirect([])], asked).status).toBe('good');
  });

  it('must say that they are indirect', () => {
    expect(ask([indirect([], {})], asked).status).toBe('unknown');
    expect(ask([makeRevocationList({ signer: lister, ...FRESH })], asked).status).toBe('unknown');
  });

  it('say nothing of a certificate that does not name them', () => {
    expect(ask([indirect([])], { pool: [lister] }).status).toBe('unknown');
  });

  it('bring no list of another issuer up to date', () => {
    const stale = list({ ...OLD, number: 5, scope: { indirect: true } });
    const delta = { number: 7, base: 4, scope: { indirect: true } };
    expect(ask([stale, list(delta)], asked).status).toBe('good');
    expect(ask([stale, makeRevocationList({ signer: lister, ...FRESH, ...delta })], asked).status).toBe(
      'unknown',
    );
  });

  it.each<[string, MadeEntry[], string]>([
    ['the entry names the issuer', [entry(certificate, { issuer: issuerName })], 'revoked'],
    [
      'the issuer holds for the entries that follow',
      [{ ...other, issuer: issuerName }, entry(certificate)],
      'revoked',
    ],
    [
      'until another one is named',
      [{ ...other, issuer: issuerName }, { ...other, issuer: otherName }, entry(certificate)],
      'good',
    ],
    ['without a name the entry is of the list issuer', [entry(certificate)], 'good'],
    [
      'the same number under another issuer comes first',
      [entry(certificate, { issuer: otherName }), entry(certificate, { issuer: issuerName, reason: 1 })],
      'revoked',
    ],
  ])('%s', (_what, revoked, status) => {
    expect(ask([indirect(revoked)], asked).status).toBe(status);
  });
});

describe('delta lists (5.2.4)', () => {
  const base = (more: Partial<ListOptions> = {}) => list({ ...OLD, number: 5, ...more });
  const delta = (more: Partial<ListOptions> = {}) => list({ number: 7, base: 4, ...more });
  const held = { revoked: [entry(person, { reason: 6 })] };
  const removed = { revoked: [entry(person, { reason: 8 })] };
  const keyed = { authorityKeyId: Buffer.from('01', 'hex') };
  const cases: [what: string, lists: Buffer[], status: string][] = [
    ['alone say nothing', [delta()], 'unknown'],
    ['alone do not even say revoked', [delta({ revoked: [entry(person)] })], 'unknown'],
    ['bring a stale base up to date', [base(), delta()], 'good'],
    ['add a revocation', [base(), delta({ revoked: [entry(person)] })], 'revoked'],
    ['keep what the base revoked', [base({ revoked: [entry(person)] }), delta()], 'revoked'],
    ['keep what the base suspended', [base(held), delta()], 'revoked'],
    ['take a suspension off', [base(held), delta(removed)], 'good'],
    [
      'take a suspension off a fresh base',
      [list({ number: 5, ...held }), delta({ ...removed, thisUpdate: '2026-05-31T00:00:00Z' })],
      'good',
    ],
    ['of a later base do not fit', [base({ number: 3 }), delta()], 'unknown'],
    ['older than the base do not fit', [base({ number: 8 }), delta()], 'unknown'],
    ['of another scope do not fit', [base(), delta({ scope: { onlyUsers: true } })], 'unknown'],
    [
      'of the same scope fit',
      [base({ scope: { onlyUsers: true } }), delta({ scope: { onlyUsers: true } })],
      'good',
    ],
    ['under another key do not fit', [base(), delta(keyed)], 'unknown'],
    ['that are stale themselves help nothing', [base(), delta(OLD)], 'unknown'],
    [
      'with a false signature help nothing',
      [base(), delta({ signer: { subject: issuer.subject, privateKey: person.privateKey } })],
      'unknown',
    ],
    ['without a number in the base do not fit', [list(OLD), delta()], 'unknown'],
  ];
  it.each(cases)('%s', (_what, lists, status) => {
    expect(ask(lists).status).toBe(status);
    expect(ask(lists.toReversed()).status).toBe(status);
  });
});

describe('lists that must not be used (5.2, 5.3)', () => {
  const number = extension('2.5.29.20', false, integer(1));
  it.each<[string, Partial<ListOptions>]>([
    ['a critical extension of the list is not understood', { extensions: [unknownCritical()] }],
    [
      'a critical extension of any entry is not understood',
      { revoked: [...others, { ...others[0]!, extensions: [unknownCritical()] }] },
    ],
    ['an extension is given twice', { extensions: [number, number] }],
  ])('%s', (_what, options) => {
    const answer = ask([list(options)]);
    expect(answer.status).toBe('unknown');
    expect(answer.detail).toMatch(/not understood|twice/);
    const revoked = [...(options.revoked ?? []), entry(person)];
    expect(ask([list({ ...options, revoked })]).status).toBe('unknown');
  });

  it('an unknown extension that is not critical is passed over', () => {
    const harmless = extension('1.2.3.4', false, integer(1));
    const revoked = [{ ...others[0]!, extensions: [harmless] }];
    expect(ask([list({ extensions: [harmless], revoked })]).status).toBe('good');
  });
});
