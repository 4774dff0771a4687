import { describe, expect, it } from 'vitest';
import { extension } from '../../../scripts/province/certificates.ts';
import {
  booleanTrue,
  element,
  integer,
  nullValue,
  oid,
  sequence,
} from '../../../scripts/province/der-writer.ts';
import { findPath } from '../../../signatures/certificates/path.ts';
import {
  AT,
  alternativeNames,
  authority,
  certify,
  distributionPoints,
  inhibitAnyPolicy,
  keyUsage,
  mappings,
  nameConstraints,
  names,
  policies,
  policyConstraints,
  policyOid,
  trusting,
} from '../../support/certification-path.ts';

const root = authority('Gốc');
const read = (...extensions: Buffer[]) =>
  certify('Người ký', { by: root, key: 2, extensions }).certificate.extensions;

describe('the extensions of a certificate', () => {
  it('names every bit of keyUsage that is set, and no other', () => {
    const { extensions } = certify('A', { by: root, usage: keyUsage(0, 1, 5, 6) }).certificate;
    expect([...extensions.keyUsage!]).toEqual([
      'digitalSignature',
      'nonRepudiation',
      'keyCertSign',
      'cRLSign',
    ]);
  });

  it('reads all policy extensions', () => {
    expect(
      read(policies(1, 'any', 1), mappings([1, 2], [1, 3]), policyConstraints(0, 4), inhibitAnyPolicy(2)),
    ).toMatchObject({
      policies: new Set([policyOid(1), '2.5.29.32.0']),
      policyMappings: [
        { issuerDomain: policyOid(1), subjectDomain: policyOid(2) },
        { issuerDomain: policyOid(1), subjectDomain: policyOid(3) },
      ],
      policyConstraints: { requireExplicit: 0, inhibitMapping: 4 },
      inhibitAnyPolicy: 2,
      malformed: [],
    });
  });

  it('reads alternative names of every kind and picks the e-mail addresses out', () => {
    const all = [
      names.email('a@mau.vn'),
      names.dns('mau.vn'),
      names.uri('https://mau.vn'),
      names.ip(10, 0, 0, 1),
    ];
    const { alternativeNames: found, emails } = read(
      alternativeNames(
        ...all,
        names.directory(['2.5.4.3', 'A']),
        names.unicodeEmail('chủtịch@mau.vn'),
        names.registered(),
      ),
    );
    expect(found.map(({ kind }) => kind)).toEqual([
      'email',
      'dns',
      'uri',
      'ip',
      'directory',
      'email',
      'other',
    ]);
    expect(emails).toEqual(['a@mau.vn', 'chủtịch@mau.vn']);
  });

  it('tells where lists, responders and issuers are', () => {
    const url = 'http://crl.mau.vn/a.crl';
    const access = sequence(
      sequence(oid('1.3.6.1.5.5.7.48.1'), names.uri('http://ocsp.mau.vn')),
      sequence(oid('1.3.6.1.5.5.7.48.2'), names.uri('http://mau.vn/ca.cer')),
      sequence(oid('1.3.6.1.5.5.7.48.2'), names.directory(['2.5.4.3', 'CA'])),
    );
    const freshest = Buffer.from(distributionPoints({ names: [names.uri(`${url}.delta`)] }));
    // The same value under the identifier of freshestCRL, 2.5.29.46.
    freshest[freshest.indexOf('551d1f', 'hex') + 2] = 0x2e;
    expect(
      read(
        distributionPoints({
          names: [names.uri(url)],
          reasons: [1, 8],
          listIssuers: [names.directory(['2.5.4.3', 'L'])],
        }),
        extension('1.3.6.1.5.5.7.1.1', false, access),
        freshest,
        extension('1.3.6.1.5.5.7.48.1.5', false, nullValue()),
      ),
    ).toMatchObject({
      distributionPoints: [
        {
          name: { full: [{ kind: 'uri', text: url }] },
          reasons: (1 << 1) | (1 << 8),
          listIssuers: [{ kind: 'directory' }],
        },
      ],
      freshestLists: [{ name: { full: [{ text: `${url}.delta` }] }, reasons: null, listIssuers: [] }],
      ocspUrls: ['http://ocsp.mau.vn'],
      issuerUrls: ['http://mau.vn/ca.cer'],
      ocspNoCheck: true,
    });
  });

  it.each<[string, Buffer]>([
    ['basicConstraints', extension('2.5.29.19', true, integer(1))],
    [
      'basicConstraints with a negative pathLen',
      extension('2.5.29.19', true, sequence(booleanTrue(), element(0x02, Buffer.of(0xff)))),
    ],
    ['extendedKeyUsage', extension('2.5.29.37', true, booleanTrue())],
    ['policies', extension('2.5.29.32', false, integer(1))],
    ['policy mappings', extension('2.5.29.33', false, sequence(sequence(oid('1.2.3'))))],
    ['inhibitAnyPolicy', extension('2.5.29.54', true, element(0x02, Buffer.of(0x80)))],
    ['a value cut short', extension('2.5.29.31', false, Buffer.of(0x30, 0x05, 0x30))],
  ])('that cannot be read are noted, and the certificate is still there: %s', (_what, broken) => {
    const issuer = authority('CA', { by: root, basic: null, extensions: [broken] });
    expect(issuer.certificate.extensions.malformed).toHaveLength(1);
    const leaf = certify('A', { by: issuer, key: 2 });
    const { reasons } = findPath(leaf.certificate, [issuer.certificate], trusting(root), AT);
    expect(reasons.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(/cannot be read/));
  });

  it('may constrain no name at all', () => {
    expect(read(nameConstraints({ permitted: [] })).nameConstraints).toEqual({ permitted: [], excluded: [] });
  });
});
