import { describe, expect, it } from 'vitest';
import type { Signer } from '../../../scripts/province/certificates.ts';
import type { FileFacts, SignatureFacts } from '../../../signatures/facts.ts';
import { readXml } from '../../../signatures/xml/read.ts';
import {
  ALGORITHM,
  HERE,
  type SignXmlOptions,
  signXml,
  timestampServer,
  transform,
  type XmlKey,
  xmlSigner,
} from '../../support/xml-signing.ts';

const signer = xmlSigner();
const LETTER = `<?xml version="1.0"?><letter xmlns="urn:mau:letter"><subject>Về việc họp</subject>${HERE}</letter>`;
const ENVELOPED: SignXmlOptions = {
  references: [{ uri: '', transforms: [transform(ALGORITHM.enveloped), transform(ALGORITHM.exclusive)] }],
};

async function read(bytes: Uint8Array, detached: Uint8Array | null = null): Promise<FileFacts> {
  return readXml(bytes, { pool: [], detached });
}

async function only(bytes: Uint8Array): Promise<SignatureFacts> {
  const { signatures, defects } = await read(bytes);
  expect(defects).toEqual([]);
  expect(signatures).toHaveLength(1);
  return signatures[0]!;
}

function codes(facts: SignatureFacts): string[] {
  return [...new Set(facts.reasons.map((reason) => reason.code))];
}

/** Nothing speaks against it. */
function expectGood(facts: SignatureFacts): void {
  expect(facts.reasons).toEqual([]);
  expect(facts.intact).toBe(true);
  expect(facts.authentic).toBe(true);
  expect(facts.changes).toEqual([]);
  expect(facts.coverage.wholeFile).toBe(true);
}

function altered(bytes: Buffer, from: string | RegExp, to: string): Buffer {
  const text = bytes.toString();
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return Buffer.from(changed);
}

describe('a plain XML signature', () => {
  const PSS = 'http://www.w3.org/2007/05/xmldsig-more#';
  const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
  const pssParameters = `<pss:RSAPSSParams xmlns:pss="${PSS}"><ds:DigestMethod Algorithm="${ALGORITHM.sha256}"/><pss:SaltLength>32</pss:SaltLength></pss:RSAPSSParams>`;
  const ALGORITHMS: [name: string, key: XmlKey, method: string, digest?: string, parameters?: string][] = [
    ['RSA with SHA-1', 'rsa', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', ALGORITHM.sha1],
    ['RSA with SHA-256', 'rsa', `${MORE}rsa-sha256`],
    ['RSA with SHA-384', 'rsa', `${MORE}rsa-sha384`, ALGORITHM.sha384],
    ['RSA with SHA-512', 'rsa', `${MORE}rsa-sha512`, ALGORITHM.sha512],
    ['RSA-PSS by name', 'rsa', `${PSS}sha256-rsa-MGF1`],
    ['RSA-PSS with SHA3-256', 'rsa', `${PSS}sha3-256-rsa-MGF1`, ALGORITHM.sha3],
    ['RSA-PSS without parameters', 'rsa', `${PSS}rsa-pss`],
    ['RSA-PSS with parameters', 'rsa', `${PSS}rsa-pss`, ALGORITHM.sha256, pssParameters],
    ['ECDSA P-256', 'P-256', `${MORE}ecdsa-sha256`],
    ['ECDSA P-384', 'P-384', `${MORE}ecdsa-sha384`],
    ['ECDSA P-521', 'P-521', `${MORE}ecdsa-sha512`],
    ['ECDSA brainpool', 'brainpoolP256r1', `${MORE}ecdsa-sha256`],
    ['Ed25519', 'ed25519', 'http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519'],
    ['DSA', 'dsa', 'http://www.w3.org/2009/xmldsig11#dsa-sha256'],
  ];
  it.each(ALGORITHMS)(
    'holds with %s, and not after one letter changed',
    async (_, key, uri, digest, parameters = '') => {
      const own = xmlSigner(key);
      const references = ENVELOPED.references.map((one) => ({ ...one, digest: digest ?? ALGORITHM.sha256 }));
      const signed = signXml(LETTER, own, { references, method: { uri, parameters } });
      expectGood(await only(signed));
      expect(codes(await only(altered(signed, 'việc họp', 'việc hợp')))).toEqual(['HASH_FAILURE']);
    },
  );

  it.each([
    ['C14N 1.0', ALGORITHM.c14n],
    ['C14N 1.0 with comments', ALGORITHM.c14nComments],
    ['C14N 1.1', ALGORITHM.c14n11],
    ['exclusive', ALGORITHM.exclusive],
  ])('holds with %s for everything', async (_, uri) => {
    const references = [{ uri: '', transforms: [transform(ALGORITHM.enveloped), transform(uri)] }];
    expectGood(await only(signXml(LETTER, signer, { references, canonicalization: uri })));
  });

  const NOT_SIGNATURES = `<ds:XPath xmlns:ds="http://www.w3.org/2000/09/xmldsig#">not(ancestor-or-self::ds:Signature)</ds:XPath>`;
  const SUBTRACT = `<f:XPath xmlns:f="${ALGORITHM.filter2}" Filter="subtract">/descendant::ds:Signature</f:XPath>`;
  it.each([
    ['XPath', transform(ALGORITHM.xpath, NOT_SIGNATURES)],
    ['XPath Filter 2.0', transform(ALGORITHM.filter2, SUBTRACT)],
  ])('holds beside another signature when %s leaves all signatures out', async (_, filter) => {
    const references = [{ uri: '', transforms: [filter, transform(ALGORITHM.c14n)] }];
    const first = signXml(LETTER.replace(HERE, HERE + HERE), signer, { references, id: 'one' });
    const both = signXml(first.toString(), xmlSigner(), { references, id: 'two' });
    const { signatures } = await read(both);
    expect(signatures.map((one) => one.name)).toEqual(['one', 'two']);
    for (const one of signatures) expectGood(one);
  });

  it('holds when the root is named by its identifier', async () => {
    const template = LETTER.replace('<letter ', '<letter Id="all" ');
    expectGood(
      await only(
        signXml(template, signer, {
          references: [{ uri: '#all', transforms: [transform(ALGORITHM.enveloped)] }],
        }),
      ),
    );
  });

  it('holds when it envelops what it signs', async () => {
    const objects = '<ds:Object Id="content"><letter xmlns="urn:mau:letter">Về việc họp</letter></ds:Object>';
    expectGood(await only(signXml(HERE, signer, { references: [{ uri: '#content' }], objects })));
  });

  it('holds over signed siblings under a mere wrapper', async () => {
    const template = `<file><letter Id="content">Về việc họp</letter><signatures>${HERE}</signatures></file>`;
    expectGood(await only(signXml(template, signer, { references: [{ uri: '#content' }] })));
  });

  it('holds over base64 content that is detached and handed in', async () => {
    const content = Buffer.from('PDF');
    const signed = signXml(HERE, signer, { references: [{ uri: 'letter.pdf', octets: content }] });
    expectGood((await read(signed, content)).signatures[0]!);
    expect(codes(await only(signed))).toEqual(['SIGNED_DATA_NOT_FOUND']);
    expect(codes((await read(signed, Buffer.from('PDX'))).signatures[0]!)).toEqual(['HASH_FAILURE']);
  });

  it('does not take one content handed in for two parts', async () => {
    const octets = Buffer.from('PDF');
    const references = [
      { uri: 'a.pdf', octets },
      { uri: 'b.pdf', octets },
    ];
    const { signatures } = await read(signXml(HERE, signer, { references }), octets);
    expect(codes(signatures[0]!)).toEqual(['SIGNED_DATA_NOT_FOUND']);
  });

  it('holds with a manifest, whose references count too', async () => {
    const template = `<file><letter Id="content">Về việc họp</letter>${HERE}</file>`;
    const signed = signXml(template, signer, { references: [], manifest: [{ uri: '#content' }] });
    expectGood(await only(signed));
    expect(codes(await only(altered(signed, 'việc họp', 'việc hợp')))).toEqual(['HASH_FAILURE']);
  });

  it('tells weak algorithms without failing for them', async () => {
    const weak = xmlSigner('rsa-1024');
    const references = [{ uri: '', transforms: [transform(ALGORITHM.enveloped)], digest: ALGORITHM.sha1 }];
    const facts = await only(signXml(LETTER, weak, { references }));
    expectGood(facts);
    expect(facts.weak).toEqual(['SHA-1', 'RSA-1024']);
    expect(facts.digestAlgorithm).toBe('sha1');
  });

  it('is none in a file without signature, well-formed or not', async () => {
    for (const text of ['<letter/>', '<letter>', '<!DOCTYPE html><html/>'])
      expect(await read(Buffer.from(text))).toMatchObject({ signatures: [], defects: [] });
  });
});

describe('XAdES properties', () => {
  const AT = '2026-09-07T02:05:00Z';
  const XADES = {
    signingTime: '2026-09-07T09:00:00+07:00',
    names: signer.certificate,
    timestamp: { server: timestampServer, at: AT },
  };
  it.each(['v1.3.2', 'v1.2.2', 'v1.1.1'])('are read in version %s', async (version) => {
    const namespace = `http://uri.etsi.org/01903/${version}#`;
    const facts = await only(signXml(LETTER, signer, { ...ENVELOPED, xades: { ...XADES, namespace } }));
    expectGood(facts);
    expect(facts.format).toBe('XAdES');
    expect(facts.claimedTime).toBe('2026-09-07T02:00:00.000Z');
    expect(facts.certificates.length).toBeGreaterThan(1);
    expect(facts.timestamps).toHaveLength(1);
    expect(facts.timestamps[0]).toMatchObject({ over: 'signature', intact: true, authentic: true });
    expect(facts.timestamps[0]!.genTime).toBe(new Date(AT).toISOString());
  });

  it('prove nothing when the time stamp is of another signature value', async () => {
    const other = signXml(LETTER, signer, {
      ...ENVELOPED,
      id: 'sig',
      xades: { ...XADES, signingTime: '2026-01-01T00:00:00Z' },
    });
    const stamp = /<xades:EncapsulatedTimeStamp>[^<]*/;
    const signed = signXml(LETTER, signer, { ...ENVELOPED, xades: XADES });
    const facts = await only(altered(signed, stamp, stamp.exec(other.toString())![0]));
    expect(facts.timestamps[0]!.intact).toBe(false);
  });

  it('claim nothing that no reference covers (time-stamp wrapping)', async () => {
    const facts = await only(signXml(LETTER, signer, { ...ENVELOPED, xades: { ...XADES, covered: false } }));
    expect(facts.claimedTime).toBeNull();
    expect(facts.notes.map((note) => note.code)).toContain('PROPERTIES_NOT_SIGNED');
  });

  it('claim only what is signed when a second set is put beside it', async () => {
    const signed = signXml(LETTER, signer, { ...ENVELOPED, xades: XADES });
    const second = `<ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#sig"><x:SignedProperties Id="p2"><x:SignedSignatureProperties><x:SigningTime>2001-01-01T00:00:00Z</x:SigningTime></x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></ds:Object>`;
    const facts = await only(altered(signed, '</ds:KeyInfo>', `</ds:KeyInfo>${second}`));
    expect(facts.claimedTime).toBe('2026-09-07T02:00:00.000Z');
    expect(facts.notes.map((note) => note.code)).toContain('PROPERTIES_NOT_SIGNED');
  });

  it('say what is left aside, once each', async () => {
    const archive = '<a:ArchiveTimeStamp xmlns:a="http://uri.etsi.org/01903/v1.4.1#"/>';
    const unsigned = `${archive}${archive}<xades:CounterSignature/>`;
    const facts = await only(signXml(LETTER, signer, { ...ENVELOPED, xades: { ...XADES, unsigned } }));
    expectGood(facts);
    expect(facts.notes.map((note) => note.code)).toEqual(['NOT_JUDGED', 'NOT_JUDGED']);
  });

  it('are nobody’s when two sets are signed', async () => {
    const objects = `<ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#sig"><x:SignedProperties Id="p2"/></x:QualifyingProperties></ds:Object>`;
    const references = [...ENVELOPED.references, { uri: '#p2' }];
    const facts = await only(signXml(LETTER, signer, { references, objects, xades: XADES }));
    expect(codes(facts)).toEqual(['FORMAT_FAILURE']);
  });

  it('are false when SigningCertificate names another certificate', async () => {
    const names = xmlSigner().certificate;
    const facts = await only(signXml(LETTER, signer, { ...ENVELOPED, xades: { ...XADES, names } }));
    expect(codes(facts)).toEqual(['SIG_CRYPTO_FAILURE']);
  });

  it('find the signer by digest when KeyInfo has no certificate', async () => {
    const own: Signer = { ...signer, chain: [signer.certificate, ...signer.chain] };
    const facts = await only(
      signXml(LETTER, own, { ...ENVELOPED, keyInfo: '<ds:KeyName>x</ds:KeyName>', xades: XADES }),
    );
    expectGood(facts);
  });
});

describe('a Vietnamese invoice or tax file', () => {
  const FILE = `<HDon><DLHDon Id="data"><So>1</So></DLHDon><DSCKS><NBan>${HERE}</NBan></DSCKS></HDon>`;
  const property =
    '<ds:SignatureProperty Target="#sig"><SigningTime xmlns="">2026-09-07T09:00:00</SigningTime></ds:SignatureProperty>';
  const objects = `<ds:Object Id="time"><ds:SignatureProperties>${property}</ds:SignatureProperties></ds:Object>`;

  it('is whole, and claims the time of a signed property', async () => {
    const facts = await only(
      signXml(FILE, signer, { references: [{ uri: '#data' }, { uri: '#time' }], objects }),
    );
    expectGood(facts);
    expect(facts.claimedTime).toBe('2026-09-07T09:00:00.000Z');
    expect(facts.notes.map((note) => note.code)).toEqual(['TIME_WITHOUT_ZONE']);
  });

  it('claims no time that is not signed', async () => {
    const facts = await only(signXml(FILE, signer, { references: [{ uri: '#data' }], objects }));
    expect(facts.claimedTime).toBeNull();
    expect(facts.notes.map((note) => note.code)).toEqual(['TIME_NOT_SIGNED']);
  });
});

describe('an edXML envelope (QCVN 102:2016/BTTTT)', () => {
  const NS = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
  const BUSINESS = '<e:Bussiness Id="t"><e:BussinessDocType>0</e:BussinessDocType></e:Bussiness>';
  const envelope = (trace = BUSINESS) =>
    `<edXML xmlns="${NS}"><e:edXMLEnvelope xmlns:e="${NS}"><e:edXMLHeader><e:MessageHeader Id="h"><e:Subject>Họp</e:Subject></e:MessageHeader><e:TraceHeaderList>${trace}</e:TraceHeaderList>${HERE}</e:edXMLHeader><e:edXMLBody Id="b"><e:edXMLManifest/></e:edXMLBody></e:edXMLEnvelope><AttachmentEncoded><Attachment Id="a">UERG</Attachment></AttachmentEncoded></edXML>`;
  const references = ['#h', '#t', '#b', '#a'].map((uri) => ({ uri }));
  const uncovered = async (text: string, signedParts = references) => {
    const facts = await only(signXml(text, signer, { references: signedParts }));
    expect(facts.reasons).toEqual([]);
    return facts.changes.map(({ detail, allowed }) => [detail.split(' is not ')[0], allowed]);
  };

  it('is whole when header, body and attachments are signed', async () => {
    expectGood(await only(signXml(envelope(), signer, { references })));
  });

  it('may have got a trace of its way after signing', async () => {
    const path = 'edXML/edXMLEnvelope/edXMLHeader/TraceHeaderList/TraceHeader';
    expect(
      await uncovered(envelope(`<e:TraceHeader><e:OrganId>x</e:OrganId></e:TraceHeader>${BUSINESS}`)),
    ).toEqual([[path, true]]);
  });

  it.each([
    [
      'the business type, which may revoke a document',
      '#t',
      'edXML/edXMLEnvelope/edXMLHeader/TraceHeaderList/Bussiness',
    ],
    ['the body', '#b', 'edXML/edXMLEnvelope/edXMLBody/edXMLManifest'],
    ['an attachment', '#a', 'edXML/AttachmentEncoded/Attachment'],
    ['the header', '#h', 'edXML/edXMLEnvelope/edXMLHeader/MessageHeader'],
  ])('says that %s is not signed', async (_, uri, path) => {
    expect(
      await uncovered(
        envelope(),
        references.filter((one) => one.uri !== uri),
      ),
    ).toEqual([[path, false]]);
  });

  it('has no wrappers in another namespace', async () => {
    expect(await uncovered(envelope().replaceAll(NS, 'urn:other'))).toEqual([
      ['edXML/edXMLEnvelope', false],
      ['edXML/AttachmentEncoded', false],
    ]);
  });

  it('has wrappers only in their places', async () => {
    const moved = envelope().replace(
      '<e:MessageHeader ',
      '<e:edXMLBody><e:x/></e:edXMLBody><e:MessageHeader ',
    );
    expect(await uncovered(moved)).toEqual([['edXML/edXMLEnvelope/edXMLHeader/edXMLBody', false]]);
  });
});
