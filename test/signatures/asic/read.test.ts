import { describe, expect, it } from 'vitest';
import { issueTimestampServer } from '../../../scripts/province/certificates.ts';
import { readAsic } from '../../../signatures/asic/read.ts';
import {
  type Container,
  container,
  manifestXml,
  packed,
  signCades,
  signManifest,
  signSimple,
  signXades,
  stamped,
  withFile,
  without,
} from '../../support/asic.ts';
import { findings } from '../../support/findings.ts';
import { extraField, forgeZip } from '../../support/forged-zip.ts';
import { authority, ourAgency, ourLeader } from '../../support/signing.ts';
import { ALGORITHM, HERE, signXml, transform } from '../../support/xml-signing.ts';

const leader = ourLeader();
const agency = ourAgency();
const server = issueTimestampServer(authority, 'Máy chủ cấp dấu thời gian thử nghiệm', {
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2040-01-01T00:00:00Z',
});

const read = (files: Container) => readAsic(packed(files), { pool: [] });
const single = () => container('asic-s', { 'van-ban.pdf': '%PDF-1.7 Kính gửi' });
const many = () => container('asic-e', { 'van-ban.pdf': '%PDF-1.7 Kính gửi', 'Phụ lục/bảng 1.xlsx': 'bảng' });
const CADES = 'META-INF/signature1.p7s';
const XADES = 'META-INF/signatures1.xml';
const MANIFEST = 'META-INF/ASiCManifest1.xml';

describe('a container whose files are all signed has no finding', () => {
  const good: [name: string, format: string, files: () => Container][] = [
    ['ASiC-S with CAdES', 'cms', () => signSimple(single(), leader)],
    ['ASiC-S with XAdES', 'xml', () => signXades(single(), leader)],
    ['ASiC-E with CAdES and its manifest', 'cms', () => signCades(many(), leader)],
    ['ASiC-E with XAdES', 'xml', () => signXades(many(), leader)],
    [
      'two signatures over everything',
      'xml',
      () => signXades(signXades(many(), leader), agency, undefined, 2),
    ],
    [
      'two CAdES signatures, each with its manifest',
      'cms',
      () => signCades(signCades(many(), leader), agency, undefined, 2),
    ],
    [
      'each signature over its own file',
      'xml',
      () => signXades(signXades(many(), leader, ['van-ban.pdf']), agency, ['Phụ lục/bảng 1.xlsx'], 2),
    ],
    [
      'what META-INF holds for other readers',
      'xml',
      () => withFile(signXades(many(), leader), 'META-INF/manifest.xml', '<manifest/>'),
    ],
  ];
  it.each(good)('%s', async (_, format, make) => {
    const facts = await read(make());
    expect(facts.format).toBe(format);
    expect(findings(facts)).toEqual([]);
    expect(facts.defects).toEqual([]);
    expect(facts.signatures.length).toBeGreaterThan(0);
    for (const one of facts.signatures)
      expect(one).toMatchObject({ intact: true, authentic: true, kind: 'signature' });
  });

  it('says which files another signature is over', async () => {
    const [first] = (
      await read(signXades(signXades(many(), leader, ['van-ban.pdf']), agency, ['Phụ lục/bảng 1.xlsx'], 2))
    ).signatures;
    expect(first!.coverage).toMatchObject({ wholeFile: false, notCovered: ['Phụ lục/bảng 1.xlsx'] });
  });

  it('a time stamp alone is no signature', async () => {
    const facts = await read(stamped(single(), server));
    expect(facts.signatures).toMatchObject([
      { kind: 'timestamp', intact: true, authentic: true, claimedTime: '2026-09-07T02:00:00.000Z' },
    ]);
    expect(findings(facts)).toEqual([]);
  });
});

describe('what every reader takes the same way is a note', () => {
  const signed = () => [...signXades(many(), leader)];
  it.each<[string, () => Buffer]>([
    ['no mimetype', () => packed(new Map(signed().slice(1)))],
    ['mimetype not first', () => packed(new Map([...signed().slice(1), signed()[0]!]))],
    ['mimetype deflated', () => forgeZip(signed().map(([name, content]) => ({ name, content })))],
    [
      'mimetype with an extra field',
      () =>
        forgeZip(
          signed().map(([name, content]) => ({
            name,
            content,
            stored: true,
            local: { extra: extraField(0xa220, Buffer.alloc(4)) },
          })),
        ),
    ],
  ])('%s', async (_, make) => {
    const facts = await readAsic(make(), { pool: [] });
    expect(findings(facts)).toEqual([]);
    expect(facts.signatures[0]!.notes.map(({ code }) => code)).toEqual(['ASIC_MIMETYPE']);
  });
});

describe('signatures of one file are told apart by name', () => {
  it.each<[string, string[], () => Container]>([
    ['one', [XADES], () => signXades(many(), leader)],
    [
      'two side by side',
      [`${XADES}#1`, `${XADES}#2`],
      () => {
        const first = signXades(many(), leader);
        const template = first.get(XADES)!.toString().replace('</asic:', `${HERE}</asic:`);
        const references = [{ uri: 'van-ban.pdf', octets: first.get('van-ban.pdf')! }];
        return withFile(first, XADES, signXml(template, agency, { id: 'second', references, xades: {} }));
      },
    ],
  ])('%s', async (_, names, make) => {
    const facts = await read(make());
    expect(facts.signatures.map(({ name }) => name)).toEqual(names);
    expect(findings(facts)).toEqual([]);
  });
});

describe('a stamp proves the existence of signatures only when it is over their files', () => {
  it.each<[string, number, () => Container]>([
    [
      'over the signature files',
      1,
      () => {
        const signed = signCades(many(), leader);
        return stamped(
          signed,
          server,
          [...signed.keys()].filter((name) => name !== 'mimetype'),
        );
      },
    ],
    ['over the content alone', 0, () => stamped(signCades(many(), leader), server, ['van-ban.pdf'])],
    ['over the one file of ASiC-S', 0, () => stamped(signSimple(single(), leader), server)],
  ])('%s → extent %i', async (_, extent, make) => {
    const { signatures } = await read(make());
    expect(signatures.find(({ kind }) => kind === 'timestamp')).toMatchObject({ extent, intact: true });
    expect(signatures.find(({ kind }) => kind === 'signature')!.extent).toBe(1);
  });
});

/** The manifest is written anew after the signature was made. */
const otherManifest = (files: Container, names: string[]) =>
  withFile(files, MANIFEST, manifestXml(files, names, CADES));

describe('an attack on a container is found', () => {
  const attacks: [name: string, expected: string, files: () => Container][] = [
    ['a file added (XAdES)', 'UNSIGNED_PART', () => withFile(signXades(many(), leader), 'them.pdf', 'x')],
    ['a file added (CAdES)', 'UNSIGNED_PART', () => withFile(signCades(many(), leader), 'them.pdf', 'x')],
    [
      'a file added to ASiC-S',
      'FORMAT_FAILURE',
      () => withFile(signSimple(single(), leader), 'them.pdf', 'x'),
    ],
    [
      'a file hidden in META-INF',
      'UNSIGNED_PART',
      () => withFile(signXades(many(), leader), 'META-INF/them.pdf', 'x'),
    ],
    [
      'a file that only a stamp is over',
      'UNSIGNED_PART',
      () => {
        const signed = withFile(signCades(many(), leader), 'them.pdf', 'x');
        return stamped(signed, server, ['them.pdf']);
      },
    ],
    [
      'a file that only a broken signature is over',
      'UNSIGNED_PART',
      () => {
        const signed = withFile(signXades(many(), leader), 'them.pdf', 'x');
        const second = signXades(signed, agency, ['them.pdf'], 2);
        const broken = second
          .get('META-INF/signatures2.xml')!
          .toString()
          .replace(/SignatureValue>..../, 'SignatureValue>AAAA');
        return withFile(second, 'META-INF/signatures2.xml', broken);
      },
    ],
    [
      'content changed (XAdES)',
      'HASH_FAILURE',
      () => withFile(signXades(many(), leader), 'van-ban.pdf', 'x'),
    ],
    [
      'content changed (CAdES)',
      'HASH_FAILURE',
      () => withFile(signCades(many(), leader), 'van-ban.pdf', 'x'),
    ],
    [
      'content changed (ASiC-S)',
      'HASH_FAILURE',
      () => withFile(signSimple(single(), leader), 'van-ban.pdf', 'x'),
    ],
    [
      'content and manifest changed',
      'HASH_FAILURE',
      () =>
        otherManifest(withFile(signCades(many(), leader), 'van-ban.pdf', 'x'), [
          'van-ban.pdf',
          'Phụ lục/bảng 1.xlsx',
        ]),
    ],
    ['a file taken away', 'SIGNED_DATA_NOT_FOUND', () => without(signCades(many(), leader), 'van-ban.pdf')],
    [
      'a file taken away (XAdES)',
      'SIGNED_DATA_NOT_FOUND',
      () => without(signXades(many(), leader), 'van-ban.pdf'),
    ],
    ['the manifest taken away', 'FORMAT_FAILURE', () => without(signCades(many(), leader), MANIFEST)],
    [
      'a second manifest for the same signature',
      'FORMAT_FAILURE',
      () => {
        const signed = signCades(many(), leader);
        return withFile(signed, 'META-INF/ASiCManifest9.xml', manifestXml(signed, ['van-ban.pdf'], CADES));
      },
    ],
    [
      'a manifest of two signatures',
      'FORMAT_FAILURE',
      () => {
        const signed = signCades(many(), leader);
        const text = signed
          .get(MANIFEST)!
          .toString()
          .replace('<asic:SigReference', `<asic:SigReference URI="${CADES}"/><asic:SigReference`);
        return withFile(signed, MANIFEST, text);
      },
    ],
    [
      'a manifest with a document type',
      'FORMAT_FAILURE',
      () => withFile(signCades(many(), leader), MANIFEST, '<!DOCTYPE a><a/>'),
    ],
    [
      'a reference out of the container',
      'SIGNED_DATA_NOT_FOUND',
      () => {
        const signed = signXades(many(), leader);
        return withFile(
          signed,
          XADES,
          signed.get(XADES)!.toString().replace('URI="van-ban.pdf"', 'URI="../van-ban.pdf"'),
        );
      },
    ],
    [
      'a signature file that holds none',
      'FORMAT_FAILURE',
      () => withFile(signXades(many(), leader), 'META-INF/signatures2.xml', '<a/>'),
    ],
    [
      'a CMS file that holds none',
      'FORMAT_FAILURE',
      () => withFile(signCades(single(), leader), 'META-INF/signature2.p7s', 'x'),
    ],
    ['no content', 'FORMAT_FAILURE', () => without(signSimple(single(), leader), 'van-ban.pdf')],
    [
      'a signature moved into a container of other files',
      'HASH_FAILURE',
      () =>
        withFile(
          container('asic-s', { 'van-ban.pdf': 'khác' }),
          'META-INF/signature.p7s',
          signSimple(single(), leader).get('META-INF/signature.p7s')!,
        ),
    ],
  ];
  it.each(attacks)('%s → %s', async (_, expected, make) => {
    const facts = await read(make());
    expect(facts.signatures.length).toBeGreaterThan(0);
    expect(findings(facts)).toContain(expected);
    if (expected === 'HASH_FAILURE') expect(facts.signatures[0]!.intact).toBe(false);
  });

  it.each<[string, string, (reference: string) => string]>([
    ['without digest', 'FORMAT_FAILURE', (text) => text.replace(/<ds:DigestValue>.*?<\/ds:DigestValue>/, '')],
    [
      'with a digest that nobody can compute',
      'UNSUPPORTED_ALGORITHM',
      (text) => text.replace('sha256', 'sha1024'),
    ],
  ])('a manifest reference %s → %s', async (_, expected, change) => {
    const files = many();
    const manifest = Buffer.from(change(manifestXml(files, ['van-ban.pdf'], CADES)));
    const facts = await read(signManifest(withFile(files, MANIFEST, manifest), leader, manifest));
    expect(findings(facts)).toEqual(expect.arrayContaining([expected, 'UNSIGNED_PART']));
  });

  it('a digest over what is left of a file after decoding it covers nothing', async () => {
    const files = container('asic-e', { 'van-ban.txt': 'QUFB' });
    const reference = {
      uri: 'van-ban.txt',
      octets: files.get('van-ban.txt')!,
      transforms: [transform(ALGORITHM.base64)],
    };
    const facts = await read(
      withFile(files, XADES, signXml(`<a>${HERE}</a>`, leader, { references: [reference] })),
    );
    expect(facts.signatures).toMatchObject([{ intact: true, authentic: true }]);
    expect(findings(facts)).toEqual(['UNSIGNED_PART']);
  });

  it('a container without content is broken, whatever is signed in it', async () => {
    expect(findings(await read(signXades(container('asic-e', {}), leader)))).toEqual(['FORMAT_FAILURE']);
  });

  it('more signature files than anybody makes are not all read', async () => {
    let files = signSimple(single(), leader);
    for (let index = 0; index < 101; index++)
      files = withFile(files, `META-INF/signatures${index}.xml`, '<a/>');
    const facts = await read(files);
    expect(facts.defects).toContainEqual({ code: 'LIMIT', detail: 'more than 100 signature files' });
    expect(facts.signatures).toHaveLength(100);
  });

  it('a zip that readers see differently breaks every signature', async () => {
    const bytes = packed(signXades(many(), leader), [{ name: 'VAN-BAN.pdf', content: Buffer.from('x') }]);
    expect(findings(await readAsic(bytes, { pool: [] }))).toContain('FORMAT_FAILURE');
  });

  it('a nested counter-signature is not taken for one over the content', async () => {
    const signed = signXades(many(), leader);
    const inner = signXades(many(), agency)
      .get(XADES)!
      .toString()
      .replace(/^<asic[^>]*>|<\/asic[^>]*>$/g, '');
    const outer = signed
      .get(XADES)!
      .toString()
      .replace(
        '</xades:UnsignedSignatureProperties>',
        `<xades:CounterSignature>${inner}</xades:CounterSignature></xades:UnsignedSignatureProperties>`,
      );
    const facts = await read(withFile(signed, XADES, outer));
    expect(facts.signatures).toHaveLength(1);
  });
});
