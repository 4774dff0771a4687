import { describe, expect, it } from 'vitest';
import type { SignatureFacts } from '../../../signatures/facts.ts';
import { readOdf } from '../../../signatures/odf/read.ts';
import { dateObject, type OdfParts, odfParts, odfReferences, signOdf, zipOdf } from '../../support/odf.ts';
import { rsaKeyValue, timestampServer, x509Data, xmlSigner } from '../../support/xml-signing.ts';

const signer = xmlSigner();
const attacker = xmlSigner();
const DOCUMENT = 'META-INF/documentsignatures.xml';
const MACRO = 'META-INF/macrosignatures.xml';

async function read(parts: OdfParts) {
  return readOdf(zipOdf(parts), { pool: [] });
}

async function only(parts: OdfParts): Promise<SignatureFacts> {
  const { signatures, defects } = await read(parts);
  expect(defects).toEqual([]);
  expect(signatures).toHaveLength(1);
  return signatures[0]!;
}

const codes = (facts: SignatureFacts) => [...new Set(facts.reasons.map((reason) => reason.code))];
const notes = (facts: SignatureFacts) => facts.notes.map((note) => note.code);

function expectGood(facts: SignatureFacts): void {
  expect({ reasons: facts.reasons, changes: facts.changes }).toEqual({ reasons: [], changes: [] });
  expect([facts.intact, facts.authentic, facts.coverage.wholeFile]).toEqual([true, true, true]);
}

describe('an OpenDocument signature', () => {
  const parts = odfParts();
  const signed = signOdf(parts, signer, { date: '2026-09-07T09:00:00.493159199' });

  it('holds over every entry, whatever folders stand about', async () => {
    expectGood(await only({ ...signed, 'Configurations2/': '' }));
  });

  it('claims the date of its signed property, and says that it has no zone', async () => {
    const facts = await only(signed);
    expect(facts.claimedTime).toBe('2026-09-07T09:00:00.493Z');
    expect(notes(facts)).toEqual(['TIME_WITHOUT_ZONE']);
  });

  it('reads dates with a comma before the fraction', async () => {
    expect((await only(signOdf(parts, signer, { date: '2022-02-10T17:42:36,20' }))).claimedTime).toBe(
      '2022-02-10T17:42:36.200Z',
    );
  });

  it('holds with XAdES properties and a time stamp', async () => {
    const xades = {
      signingTime: '2026-09-07T02:00:00Z',
      names: signer.certificate,
      timestamp: { server: timestampServer, at: '2026-09-07T02:05:00Z' },
    };
    const facts = await only(signOdf(parts, signer, { xades }));
    expectGood(facts);
    expect(facts.claimedTime).toBe('2026-09-07T02:00:00.000Z');
    expect(facts.timestamps[0]).toMatchObject({ intact: true, authentic: true });
  });

  it('holds over macro libraries that name a document type', async () => {
    const library =
      '<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd"><library:libraries xmlns:library="http://openoffice.org/2000/library"/>';
    expectGood(await only(signOdf({ ...parts, 'Basic/script-lc.xml': library }, signer)));
  });

  it('stands beside a second one', async () => {
    const second = signOdf(parts, attacker, { id: 'two' })[DOCUMENT]!.toString();
    const inner = /<ds:Signature .*<\/ds:Signature>/s.exec(second)![0];
    const first = signOdf(parts, signer)[DOCUMENT]!.toString();
    const both = first.replace('</document-signatures>', `${inner}</document-signatures>`);
    const { signatures } = await read({ ...parts, [DOCUMENT]: both });
    expect(signatures.map((one) => one.name)).toEqual(['sig', 'two']);
    for (const one of signatures) expectGood(one);
  });

  it('is none without a signature part', async () => {
    expect(await read(parts)).toMatchObject({ signatures: [], defects: [] });
  });
});

describe('an OpenDocument package changed after signing', () => {
  const parts = odfParts();
  const signed = signOdf(parts, signer);
  const other = odfParts('1.2', 'Chuyển tiền');

  it.each<[string, OdfParts, string[], string[]]>([
    [
      'another content',
      { ...signed, 'content.xml': other['content.xml']! },
      ['HASH_FAILURE'],
      ['content.xml'],
    ],
    [
      'another picture',
      { ...signed, 'Thumbnails/thumb nail.png': 'x' },
      ['HASH_FAILURE'],
      ['Thumbnails/thumb nail.png'],
    ],
    [
      'an added macro',
      { ...signed, 'Basic/Standard/Module1.xml': '<m/>' },
      [],
      ['Basic/Standard/Module1.xml'],
    ],
    ['an added file in META-INF', { ...signed, 'META-INF/evil.xml': '<m/>' }, [], ['META-INF/evil.xml']],
    ['a content that is not XML', { ...signed, 'content.xml': '<' }, ['FORMAT_FAILURE'], ['content.xml']],
    [
      'a content with a document type',
      { ...signed, 'content.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a/>' },
      ['FORMAT_FAILURE'],
      ['content.xml'],
    ],
  ])('is seen with %s', async (_, changed, expected, uncovered) => {
    const facts = await only(changed);
    expect(codes(facts)).toEqual(expected);
    expect(facts.coverage).toMatchObject({ wholeFile: false, notCovered: uncovered });
    expect(facts.changes).toMatchObject([{ kind: 'UNSIGNED_PART', allowed: false }]);
  });

  it.each(['mimetype', 'META-INF/manifest.xml', 'styles.xml'])(
    'is seen when %s was never signed',
    async (name) => {
      const facts = await only(signOdf(parts, signer, { without: [name] }));
      expect(facts.changes).toMatchObject([{ kind: 'UNSIGNED_PART', allowed: false }]);
      expect(facts.coverage.notCovered).toEqual([name]);
    },
  );

  it('is seen when a part was taken out', async () => {
    const { 'styles.xml': _, ...left } = signed;
    const facts = await only(left);
    expect(codes(facts)).toEqual(['SIGNED_DATA_NOT_FOUND']);
    expect(facts.changes).toMatchObject([{ kind: 'REMOVED_PART', allowed: false }]);
  });

  it('may leave out manifest and mimetype before ODF 1.2, where nobody signed them, but nothing else', async () => {
    const old = odfParts('1.1');
    const without = ['mimetype', 'META-INF/manifest.xml'];
    const facts = await only(signOdf(old, signer, { without }));
    expect(facts.changes.map((change) => change.allowed)).toEqual([true, true]);
    const less = await only(signOdf(old, signer, { without: [...without, 'styles.xml'] }));
    expect(less.changes.filter((change) => !change.allowed)).toHaveLength(1);
  });

  it('is not made older by its manifest, which then nobody signed', async () => {
    const manifest = odfParts('1.1')['META-INF/manifest.xml']!;
    const facts = await only({
      ...signOdf(parts, signer, { without: ['META-INF/manifest.xml'] }),
      'META-INF/manifest.xml': manifest,
    });
    expect(facts.changes).toMatchObject([{ allowed: false }]);
  });

  it('is broken when two entries have one name', async () => {
    const zip = zipOdf({ ...signed, 'content.xmL': other['content.xml']! });
    const twin = Buffer.from(zip.toString('latin1').replaceAll('content.xmL', 'content.xml'), 'latin1');
    const { signatures } = await readOdf(twin, { pool: [] });
    expect(codes(signatures[0]!)).toContain('FORMAT_FAILURE');
  });
});

describe('attacks on OpenDocument signatures (USENIX Security 2022)', () => {
  const parts = odfParts();
  const certificate = x509Data(signer.certificate);

  it.each<[string, OdfParts, string]>([
    [
      'certificate doubling',
      signOdf(parts, attacker, { keyInfo: x509Data(attacker.certificate) + certificate }),
      'FORMAT_FAILURE',
    ],
    [
      'direct key material',
      signOdf(parts, attacker, { keyInfo: rsaKeyValue(attacker.privateKey) + certificate }),
      'SIG_CRYPTO_FAILURE',
    ],
    ['a signature of the macros only', signOdf(parts, signer, { part: MACRO }), 'SIG_CONSTRAINTS_FAILURE'],
  ])('%s', async (_, changed, code) => {
    expect(codes(await only(changed))).toContain(code);
  });

  it('a macro signature that signs only macros covers no content', async () => {
    const references = odfReferences({ 'Basic/Module1.xml': '<m/>' });
    const facts = await only(
      signOdf({ ...parts, 'Basic/Module1.xml': '<m/>' }, signer, { part: MACRO, references }),
    );
    expect(facts.coverage.notCovered).toContain('content.xml');
    expect(facts.changes.some((change) => !change.allowed)).toBe(true);
  });

  it('a macro signature beside the document’s is not asked for', async () => {
    const facts = await only({ ...signOdf(parts, signer), [MACRO]: '<evil/>' });
    expect(facts.reasons).toEqual([]);
    expect(facts.changes).toMatchObject([{ allowed: true }]);
  });

  it('a wrapped date is not believed, and named', async () => {
    const signed = signOdf(parts, signer, { date: '2026-09-07T09:00:00Z' });
    const later = (text: string) =>
      text.replace('<ds:Object>', `${dateObject('2001-01-01T00:00:00Z', 'evil')}<ds:Object>`);
    for (const forged of [
      later(signed[DOCUMENT]!.toString()),
      signed[DOCUMENT]!.toString().replace(
        '</ds:Signature>',
        `${dateObject('2001-01-01T00:00:00Z', 'evil')}</ds:Signature>`,
      ),
    ]) {
      const facts = await only({ ...signed, [DOCUMENT]: forged });
      expect(facts.intact).toBe(true);
      expect(facts.claimedTime).toBe('2026-09-07T09:00:00.000Z');
      expect(notes(facts)).toContain('TIME_NOT_SIGNED');
    }
  });

  it('a date that nothing signs is no claim at all', async () => {
    const facts = await only(signOdf(parts, signer, { objects: dateObject('2001-01-01T00:00:00Z', 'evil') }));
    expect(facts.claimedTime).toBeNull();
    expect(notes(facts)).toEqual(['TIME_NOT_SIGNED']);
  });

  it.each([
    ['an absolute URI', 'http://example.invalid/content.xml'],
    ['a broken encoding', '%zz'],
    ['a folder', 'META-INF/'],
    ['a path upwards', '../content.xml'],
  ])('a reference to %s is to nothing', async (_, uri) => {
    const references = [...odfReferences(parts), { uri, octets: Buffer.from('x') }];
    expect(codes(await only({ ...signOdf(parts, signer, { references }), 'META-INF/': '' }))).toEqual([
      'SIGNED_DATA_NOT_FOUND',
    ]);
  });

  it.each<[string, string]>([
    ['another root', '<x><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></x>'],
    [
      'a signature deeper down',
      '<document-signatures xmlns="urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0"><x><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></x></document-signatures>',
    ],
    ['a document type', '<!DOCTYPE document-signatures><document-signatures/>'],
    ['what is not XML', '<'],
  ])('a signature part with %s is broken', async (_, text) => {
    const { defects, signatures } = await read({ ...parts, [DOCUMENT]: text });
    expect(signatures).toEqual([]);
    expect(defects.map((one) => one.code)).toEqual(['FORMAT_FAILURE']);
  });

  it('an encrypted package is not judged', async () => {
    const manifest = parts['META-INF/manifest.xml']!.toString().replace(
      '<manifest:file-entry manifest:full-path="/"/>',
      '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>',
    );
    const encrypted = { ...parts, 'META-INF/manifest.xml': manifest };
    const { defects } = await read(signOdf(encrypted, signer));
    expect(defects.map((one) => one.code)).toEqual(['UNSUPPORTED_FORMAT']);
  });
});
