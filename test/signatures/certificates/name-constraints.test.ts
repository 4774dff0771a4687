import { domainToASCII } from 'node:url';
import { describe, expect, it } from 'vitest';
import { extension, type NamePart } from '../../../scripts/province/certificates.ts';
import { booleanTrue, context, element, sequence } from '../../../scripts/province/der-writer.ts';
import { findPath } from '../../../signatures/certificates/path.ts';
import {
  AT,
  alternativeNames,
  authority,
  certify,
  type Made,
  nameConstraints,
  names,
  trusting,
} from '../../support/certification-path.ts';

const root = authority('Gốc');
const trust = trusting(root);
const EMAIL = '1.2.840.113549.1.9.1';
const office = (name: string): NamePart[] => [
  ['2.5.4.6', 'VN'],
  ['2.5.4.10', name],
];
const ca = (trees: Parameters<typeof nameConstraints>[0], by = root) =>
  authority('CA', { by, extensions: [nameConstraints(trees)] });

function faults(issuers: Made[], leaf: Made): string[] {
  const pool = issuers.map(({ certificate }) => certificate);
  const { group, reasons } = findPath(leaf.certificate, pool, trust, AT);
  expect(group).toBe('TEST');
  for (const { code } of reasons) expect(code).toBe('CHAIN_CONSTRAINTS_FAILURE');
  return reasons.map(({ detail }) => detail);
}
const OUTSIDE = /outside the permitted names/;
const EXCLUDED = /among the excluded names/;

function expectFault(found: string[], expected: RegExp | null): void {
  if (expected === null) expect(found).toEqual([]);
  else expect(found).toEqual([expect.stringMatching(expected)]);
}

describe('name constraints over alternative names (RFC 5280 4.2.1.10)', () => {
  const { email, dns, uri, ip, unicodeEmail, registered, directory } = names;
  const cases: [what: string, tree: Buffer, name: Buffer, inside: boolean][] = [
    ['e-mail: any mailbox of the host', email('mau.vn'), email('a@MAU.vn'), true],
    ['e-mail: the host is not a subdomain of itself', email('mau.vn'), email('a@x.mau.vn'), false],
    ['e-mail: a dot means subdomains', email('.mau.vn'), email('a@x.mau.vn'), true],
    ['e-mail: a dot leaves the host itself out', email('.mau.vn'), email('a@mau.vn'), false],
    ['e-mail: one mailbox', email('a@mau.vn'), email('a@mau.vn'), true],
    ['e-mail: another mailbox of the host', email('a@mau.vn'), email('b@mau.vn'), false],
    ['e-mail: the local part keeps its case', email('a@mau.vn'), email('A@mau.vn'), false],
    ['e-mail: a host that merely ends alike', email('.mau.vn'), email('a@xmau.vn'), false],
    ['e-mail: an address with two signs counts the last', email('xa.vn'), email('"a@mau.vn"@xa.vn'), true],
    ['e-mail: Unicode local part (RFC 9598)', email('mau.vn'), unicodeEmail('chủtịch@mau.vn'), true],
    ['e-mail: Unicode local part elsewhere', email('mau.vn'), unicodeEmail('chủtịch@xã.vn'), false],
    [
      'e-mail: Unicode host in its ASCII form',
      email(domainToASCII('mẫu.vn')),
      unicodeEmail('a@mẫu.vn'),
      true,
    ],
    ['dns: the host itself', dns('mau.vn'), dns('mau.vn'), true],
    ['dns: labels to the left', dns('mau.vn'), dns('a.b.mau.vn'), true],
    ['dns: a host that merely ends alike', dns('mau.vn'), dns('xmau.vn'), false],
    ['dns: case does not count', dns('MAU.vn'), dns('www.mau.VN'), true],
    ['dns: the root dot does not count', dns('mau.vn'), dns('mau.vn.'), true],
    ['dns: the empty tree holds all', dns(''), dns('xa.vn'), true],
    ['uri: the host exactly', uri('mau.vn'), uri('https://a@mau.vn:8443/x'), true],
    ['uri: not a subdomain', uri('mau.vn'), uri('https://x.mau.vn/'), false],
    ['uri: a dot means subdomains', uri('.mau.vn'), uri('ldap://x.mau.vn/cn=a'), true],
    ['uri: the user part is no host', uri('mau.vn'), uri('https://mau.vn@xa.vn/'), false],
    ['ip: within the mask', ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 1, 2, 3), true],
    ['ip: outside the mask', ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 2, 2, 3), false],
    ['ip: the other family', ip(0, 0, 0, 0, 0, 0, 0, 0), ip(...Array<number>(16).fill(1)), false],
    [
      'directory: below',
      directory(...office('Tỉnh Mẫu')),
      directory(...office('tỉnh  mẫu'), ['2.5.4.3', 'A']),
      true,
    ],
    ['directory: beside', directory(...office('Tỉnh Mẫu')), directory(...office('Tỉnh Khác')), false],
    ['directory: above', directory(...office('Tỉnh Mẫu')), directory(['2.5.4.6', 'VN']), false],
    ['a kind that is only compared', registered(), registered(), true],
  ];
  const leaf = (by: Made, name: Buffer) =>
    certify(office('Tỉnh Mẫu'), { by, key: 2, extensions: [alternativeNames(name)] });

  it.each(cases)('%s', (_what, tree, name, inside) => {
    const isDirectory = tree[0] === 0xa4;
    const permitting = ca({ permitted: [tree] });
    expectFault(faults([permitting], leaf(permitting, name)), inside ? null : OUTSIDE);
    const excluding = ca({ excluded: [tree] });
    const found = faults([excluding], leaf(excluding, name));
    // The subject itself lies in the directory trees of these cases, so it is excluded whatever the other name says.
    if (isDirectory) expect(found.length).toBeGreaterThan(0);
    else expectFault(found, inside ? EXCLUDED : null);
  });

  it.each([
    ['an address instead of a name', uri('https://10.1.2.3/')],
    ['an address of version 6', uri('https://[::1]/')],
    ['no host at all', uri('urn:vn:mau')],
  ])('a URI with %s fits into no tree, permitted or excluded', (_what, name) => {
    const permitting = ca({ permitted: [uri('.mau.vn')] });
    expectFault(faults([permitting], leaf(permitting, name)), OUTSIDE);
    const excluding = ca({ excluded: [uri('.mau.vn')] });
    expectFault(faults([excluding], leaf(excluding, name)), EXCLUDED);
  });

  it('says nothing about names of another kind', () => {
    const permitting = ca({ permitted: [dns('mau.vn')] });
    expectFault(faults([permitting], leaf(permitting, email('a@xa.vn'))), null);
  });
});

describe('name constraints over the subject', () => {
  const permitting = ca({ permitted: [names.directory(...office('Tỉnh Mẫu'))] });
  const mailing = ca({ permitted: [names.email('mau.vn')] });

  it.each<[string, Made, NamePart[], RegExp | null]>([
    [
      'below the tree, in another case and decomposed letters',
      permitting,
      [...office('TỈNH MẪU'.normalize('NFD')), ['2.5.4.3', 'A']],
      null,
    ],
    ['beside the tree', permitting, office('Tỉnh Khác'), OUTSIDE],
    [
      'with the attributes of the tree in another order',
      permitting,
      office('Tỉnh Mẫu').toReversed(),
      OUTSIDE,
    ],
    ['an e-mail address in the subject, permitted', mailing, [...office('A'), [EMAIL, 'a@mau.vn']], null],
    [
      'an e-mail address in the subject, not permitted',
      mailing,
      [...office('A'), [EMAIL, 'a@xa.vn']],
      OUTSIDE,
    ],
  ])('%s', (_what, issuer, subject, expected) => {
    expectFault(faults([issuer], certify(subject, { by: issuer, key: 2 })), expected);
  });

  it('do not hold for a self-issued certificate between, but for the end certificate', () => {
    const trees = { permitted: [names.directory(...office('Tỉnh Mẫu'))] };
    const first = ca(trees);
    const rollover = authority('CA', { by: first, key: 2 });
    expectFault(faults([first, rollover], certify(office('Tỉnh Mẫu'), { by: rollover, key: 0 })), null);
    const self = certify(
      [
        ['2.5.4.10', 'Tỉnh Mẫu'],
        ['2.5.4.3', 'CA'],
      ],
      { by: first, key: 2 },
    );
    expectFault(faults([first], self), OUTSIDE);
  });

  it('narrow from authority to authority: a name must be permitted by each', () => {
    const wide = authority(office('Tỉnh Mẫu'), {
      by: root,
      extensions: [nameConstraints({ permitted: [names.directory(['2.5.4.6', 'VN'])] })],
    });
    const trees = { permitted: [names.directory(...office('Tỉnh Mẫu'))] };
    const narrow = authority([...office('Tỉnh Mẫu'), ['2.5.4.3', 'B']], {
      by: wide,
      key: 2,
      extensions: [nameConstraints(trees)],
    });
    const leaf = (subject: NamePart[]) => certify(subject, { by: narrow, key: 0 });
    expectFault(faults([narrow, wide], leaf([...office('Tỉnh Mẫu'), ['2.5.4.3', 'C']])), null);
    expectFault(faults([narrow, wide], leaf(office('Tỉnh Khác'))), OUTSIDE);
  });

  it('are not widened again by an authority below', () => {
    const trees = { permitted: [names.directory(...office('Tỉnh Mẫu'))] };
    const narrow = authority('CA trên', { by: root, extensions: [nameConstraints(trees)] });
    const wide = authority([...office('Tỉnh Mẫu'), ['2.5.4.3', 'B']], {
      by: narrow,
      key: 2,
      extensions: [nameConstraints({ permitted: [names.directory(['2.5.4.6', 'VN'])] })],
    });
    expectFault(faults([wide, narrow], certify(office('Tỉnh Khác'), { by: wide, key: 0 })), OUTSIDE);
  });

  it('of an anchor hold too (RFC 5937)', () => {
    const anchor = authority('Gốc hẹp', {
      extensions: [nameConstraints({ excluded: [names.email('xa.vn')] })],
    });
    const leaf = certify([...office('A'), [EMAIL, 'a@xa.vn']], { by: anchor, key: 2 });
    const { reasons } = findPath(leaf.certificate, [], trusting(anchor), AT);
    expect(reasons[0]!.detail).toMatch(EXCLUDED);
  });
});

describe('name constraints that cannot be honoured', () => {
  it('fail the path: a distance is given', () => {
    const tree = sequence(names.dns('mau.vn'), element(0x80, Buffer.of(1)));
    const constraints = extension('2.5.29.30', true, sequence(context(0, tree)));
    const issuer = authority('CA', { by: root, extensions: [constraints] });
    expectFault(faults([issuer], certify('A', { by: issuer, key: 2 })), /2\.5\.29\.30 cannot be read/);
  });

  it('fail the path: they are no sequence', () => {
    const issuer = authority('CA', { by: root, extensions: [extension('2.5.29.30', true, booleanTrue())] });
    expectFault(faults([issuer], certify('A', { by: issuer, key: 2 })), /cannot be read/);
  });

  it('fail the path: more names and trees than anybody would write', () => {
    const trees = Array.from({ length: 600 }, (_, i) => names.dns(`h${i}.vn`));
    const issuer = ca({ permitted: trees });
    const leaf = certify('A', { by: issuer, key: 2, extensions: [alternativeNames(...trees)] });
    expectFault(faults([issuer], leaf), /too many names/);
  });

  it('exclude every name of a kind that is not understood', () => {
    const issuer = ca({ excluded: [names.registered()] });
    const other = element(0x88, Buffer.from('2a0305', 'hex'));
    const leaf = certify('A', { by: issuer, key: 2, extensions: [alternativeNames(other)] });
    expectFault(faults([issuer], leaf), EXCLUDED);
  });
});
