import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { extension, signatureAlgorithm, signValue } from '../../../scripts/province/certificates.ts';
import {
  bitString,
  booleanTrue,
  integer,
  oid,
  sequence,
  time,
} from '../../../scripts/province/der-writer.ts';
import { findPath, type PathOptions, type PathResult } from '../../../signatures/certificates/path.ts';
import type { Trust } from '../../../signatures/certificates/trust.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
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
import { unknownCritical } from '../../support/revocation-list.ts';

const root = authority('Gốc');
const trust = trusting(root);
const issuing = authority('CA', { by: root });
const person = certify('Người ký', { by: issuing, key: 2 });

function find(leaf: Made, pool: Made[], from: Trust = trust, options: PathOptions = {}): PathResult {
  return findPath(
    leaf.certificate,
    pool.map(({ certificate }) => certificate),
    from,
    AT,
    options,
  );
}
const codes = (result: PathResult) => result.reasons.map(({ code }) => code);
const under = (issuer: Made, more: Parameters<typeof certify>[1] = {}) =>
  certify('Người ký', { by: issuer, key: 2, ...more });

/** The signed algorithm with other parameters outside: the signature value itself stays right (RFC 5280 4.1.1.2). */
function withOuterAlgorithm(der: Uint8Array): Buffer {
  const [tbs, , signature] = elements(readDer(der));
  return sequence(whole(tbs!), sequence(oid('1.2.840.113549.1.1.11')), whole(signature!));
}

describe('a path to an anchor', () => {
  it('goes from the certificate over its issuer to the anchor', () => {
    const result = find(person, [issuing]);
    expect(result).toMatchObject({ group: 'TEST', reasons: [], weak: [] });
    expect(result.path.map(({ serial }) => serial)).toEqual(
      [person, issuing, root].map(({ certificate }) => certificate.serial),
    );
  });

  it('is not found when an issuer is missing, and says how far it went', () => {
    const result = find(person, []);
    expect(codes(result)).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
    expect(result.path).toHaveLength(1);
    expect(result.group).toBeNull();
  });

  it('is not found when the issuer of the right name has another key', () => {
    expect(codes(find(person, [authority('CA', { by: root, key: 2 })]))).toEqual([
      'NO_CERTIFICATE_CHAIN_FOUND',
    ]);
  });

  it('is not found when the algorithm inside the signed part is another than outside', () => {
    const der = withOuterAlgorithm(person.der);
    const result = findPath(readCertificate(der), [issuing.certificate], trust, AT);
    expect(codes(result)).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });

  it('finds its issuer though case, spaces and the order of attributes differ (RFC 5280 7.1)', () => {
    const twin = {
      ...issuing,
      subject: authority([
        ['2.5.4.10', '  tỉnh   MẪU '],
        ['2.5.4.3', 'ca'],
      ]).subject,
    };
    expect(find(under(twin), [issuing]).reasons).toEqual([]);
  });
});

describe('what the certificates of a path may not be (RFC 5280 6.1.3 to 6.1.5)', () => {
  const short = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2024-01-01T00:00:00Z' };
  const future = { notBefore: '2030-01-01T00:00:00Z' };
  const limited = authority('CA hẹp', { by: root, basic: basicConstraints(true, 0) });
  const below = authority('CA dưới', { by: limited, key: 2 });
  const rollover = authority('CA hẹp', { by: limited, key: 2, basic: basicConstraints(true, 0) });
  const CONSTRAINTS = 'CHAIN_CONSTRAINTS_FAILURE';
  const cases: [
    what: string,
    pool: Made[],
    leaf: (issuer: Made) => Made,
    code: string | null,
    detail?: RegExp,
  ][] = [
    [
      'an issuer without basicConstraints',
      [authority('X', { by: root, basic: null })],
      under,
      CONSTRAINTS,
      /not a certificate authority/,
    ],
    [
      'an issuer whose basicConstraints say no',
      [authority('X', { by: root, basic: basicConstraints(false) })],
      under,
      CONSTRAINTS,
      /not a certificate authority/,
    ],
    [
      'an issuer that may not sign certificates',
      [authority('X', { by: root, usage: keyUsage(0, 6) })],
      under,
      CONSTRAINTS,
      /may not sign certificates/,
    ],
    ['an issuer without keyUsage', [authority('X', { by: root, usage: null })], under, null],
    ['an issuer below pathLen 0', [below, limited], under, CONSTRAINTS, /pathLen/],
    ['pathLen 0 directly above the end certificate', [limited], under, null],
    [
      'pathLen 0 above a self-issued certificate, which does not count',
      [rollover, limited],
      (ca) => under(ca, { key: 1 }),
      null,
    ],
    [
      'an issuer that had ended',
      [authority('X', { by: root, ...short })],
      under,
      'OUT_OF_BOUNDS_NO_POE',
      /"X"/,
    ],
    [
      'an issuer that is yet to begin',
      [authority('X', { by: root, ...future })],
      under,
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'an end certificate that had ended, which is the business of the judge',
      [issuing],
      (ca) => under(ca, short),
      null,
    ],
    [
      'a critical extension that nobody knows',
      [issuing],
      (ca) => under(ca, { extensions: [unknownCritical()] }),
      CONSTRAINTS,
      /1\.3\.6\.1\.4\.1\.55555\.9/,
    ],
    [
      'the same in an issuer',
      [authority('X', { by: root, extensions: [unknownCritical()] })],
      under,
      CONSTRAINTS,
    ],
    [
      'an unknown extension that is not critical',
      [issuing],
      (ca) => under(ca, { extensions: [extension('1.2.3.4', false, integer(1))] }),
      null,
    ],
    [
      'an extension given twice',
      [issuing],
      (ca) => under(ca, { extensions: [keyUsage(0)] }),
      CONSTRAINTS,
      /twice/,
    ],
    [
      'an extension that cannot be read',
      [issuing],
      (ca) => under(ca, { extensions: [extension('2.5.29.36', true, booleanTrue())] }),
      CONSTRAINTS,
      /2\.5\.29\.36 cannot be read/,
    ],
  ];
  it.each(cases)('%s', (_what, pool, leaf, code, detail = /./) => {
    const { group, reasons } = find(leaf(pool[0]!), pool);
    expect(group).toBe('TEST');
    expect([...new Set(reasons.map((reason) => reason.code))]).toEqual(code === null ? [] : [code]);
    for (const reason of reasons) expect(reason.detail).toMatch(detail);
  });
});

/** A root as they were made before extensions existed. */
function versionOne(name: string): Made {
  const made = authority(name);
  const algorithm = signatureAlgorithm('rsa');
  const validity = sequence(time(LONG.notBefore), time(LONG.notAfter));
  const tbs = sequence(integer(7), algorithm, made.subject, validity, made.subject, made.spki);
  const der = sequence(tbs, algorithm, bitString(signValue(made.privateKey, 'rsa', tbs)));
  return { ...made, der, certificate: readCertificate(der) };
}

describe('an anchor', () => {
  const old = authority('Gốc cũ', { notAfter: '2025-01-01T00:00:00Z' });
  const cases: [
    what: string,
    anchor: Parameters<typeof trusting>[0],
    options: PathOptions,
    found: boolean,
  ][] = [
    ['is believed before its end', { made: root, until: '2026-12-31T00:00:00Z' }, {}, true],
    ['is not believed after its end', { made: root, until: '2026-05-31T23:59:59Z' }, {}, false],
    [
      'is believed before its end in whatever zone that is written',
      { made: root, until: '2026-05-31T20:00:00-07:00' },
      {},
      true,
    ],
    ['for signers only vouches for a signer', { made: root, timestamps: false }, { purpose: 'signer' }, true],
    [
      'for signers only vouches for no time stamp',
      { made: root, timestamps: false },
      { purpose: 'timestamp' },
      false,
    ],
    ['without restriction vouches for a time stamp', root, { purpose: 'timestamp' }, true],
    ['may have ended itself: it is no part of the path (RFC 5280 6.1)', old, {}, true],
    ['of version 1 cannot say that it is an authority', versionOne('Gốc một'), {}, true],
  ];
  it.each(cases)('%s', (_what, anchor, options, found) => {
    const made = 'made' in anchor ? anchor.made : anchor;
    const result = find(under(made), [], trusting(anchor), options);
    expect(codes(result)).toEqual(found ? [] : ['NO_CERTIFICATE_CHAIN_FOUND']);
    expect(result.group).toBe(found ? 'TEST' : null);
  });

  it.each([
    ['its pathLen', authority('Gốc hẹp', { basic: basicConstraints(true, 0) }), /pathLen/],
    ['its keyUsage', authority('Gốc khác', { usage: keyUsage(6) }), /may not sign certificates/],
    ['being an authority at all', certify('Không phải CA'), /not a certificate authority/],
  ])('keeps its own constraints (RFC 5937): %s', (_what, anchor, detail) => {
    const ca = authority('CA', { by: anchor });
    const result = find(under(ca), [ca], trusting(anchor));
    expect(result.reasons[0]!.detail).toMatch(detail);
    expect(codes(result)).toContain('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('that is not believed does not hide a path past it to another', () => {
    const retired = authority('CA', { by: root });
    const both = trusting({ made: retired, until: '2021-01-01T00:00:00Z' }, root);
    expect(find(under(retired), [], both).reasons).toEqual([]);
  });

  it('that is the certificate itself needs no issuer', () => {
    expect(find(person, [], trusting(person))).toMatchObject({ group: 'TEST', reasons: [] });
  });
});

describe('the search', () => {
  it('prefers a path without faults over the first one', () => {
    const ended = authority('CA', { by: root, notAfter: '2025-01-01T00:00:00Z' });
    const unfit = authority('CA', { by: root, usage: keyUsage(0) });
    expect(find(person, [ended, unfit, issuing]).reasons).toEqual([]);
  });

  it('climbs past an anchor with faults to one without', () => {
    const narrow = authority('Gốc dưới', { by: root, basic: basicConstraints(true, 0) });
    const wide = authority('Gốc dưới', { by: root });
    const ca = authority('CA', { by: wide, key: 2 });
    const leaf = certify('Người ký', { by: ca, key: 1 });
    expect(find(leaf, [ca, wide], trusting(narrow, root)).reasons).toEqual([]);
  });

  it('ends with cross-certificates that certify each other in a ring', () => {
    const a = authority('A', { key: 1 });
    const b = authority('B', { key: 2 });
    const ring = [authority('A', { by: b, key: 1 }), authority('B', { by: a, key: 2 })];
    expect(codes(find(under(a), ring))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
    const exit = authority('B', { by: root, key: 2 });
    expect(find(under(a), [...ring, exit]).reasons).toEqual([]);
  });

  it('ends soon with 300 cross-certificates, and still finds the anchor behind them', () => {
    const crossed = ['A', 'B', 'C', 'D', 'E'].flatMap((subject) =>
      ['A', 'B', 'C', 'D', 'E'].flatMap((issuer) => {
        const by = authority(issuer, { key: 1 });
        return Array.from({ length: 12 }, () => authority(subject, { by, key: 1 }));
      }),
    );
    const leaf = under(authority('A', { key: 1 }));
    const began = performance.now();
    expect(codes(find(leaf, crossed))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
    expect(find(leaf, [...crossed, authority('A', { by: root, key: 1 })]).reasons).toEqual([]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('looks at the right key first where hundreds bear the same name', () => {
    const wrong = Array.from({ length: 301 }, () => authority('CA', { by: root, key: 2 }));
    expect(find(person, [...wrong, issuing]).reasons).toEqual([]);
  });

  it('costs under a millisecond for a chain of three that it has seen', () => {
    const configured = trusting(root, issuing);
    find(person, [], configured);
    const began = performance.now();
    for (let i = 0; i < 200; i += 1) find(person, [], configured);
    expect((performance.now() - began) / 200).toBeLessThan(1);
  });
});
