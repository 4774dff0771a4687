import { createHmac } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { element, sequence } from '../../../scripts/province/der-writer.ts';
import type { SignatureFacts } from '../../../signatures/facts.ts';
import { FAILING } from '../../../signatures/reasons.ts';
import { readXml } from '../../../signatures/xml/read.ts';
import {
  ALGORITHM,
  authority,
  decimalSerial,
  HERE,
  rsaKeyValue,
  type SignXmlOptions,
  signXml,
  transform,
  x509Data,
  xmlSigner,
} from '../../support/xml-signing.ts';

const signer = xmlSigner();
const attacker = xmlSigner();
const LETTER = `<letter xmlns="urn:mau:letter"><subject>Về việc họp</subject>${HERE}</letter>`;
const ENVELOPED: SignXmlOptions = {
  references: [{ uri: '', transforms: [transform(ALGORITHM.enveloped)] }],
};

async function read(text: string | Buffer): Promise<SignatureFacts[]> {
  const facts = await readXml(Buffer.from(text), { pool: [] });
  expect(facts.defects).toEqual([]);
  return facts.signatures;
}

async function only(text: string | Buffer): Promise<SignatureFacts> {
  const signatures = await read(text);
  expect(signatures).toHaveLength(1);
  return signatures[0]!;
}

function codes(facts: SignatureFacts): string[] {
  return [...new Set(facts.reasons.map((reason) => reason.code))];
}

function expectGood(facts: SignatureFacts): void {
  expect({ reasons: facts.reasons, changes: facts.changes }).toEqual({ reasons: [], changes: [] });
  expect([facts.intact, facts.authentic, facts.coverage.wholeFile]).toEqual([true, true, true]);
}

/** Something that keeps it from ever being valid: false, or not covering what is shown. */
function isCaught(facts: SignatureFacts): boolean {
  return facts.reasons.some((one) => FAILING.has(one.code)) || facts.changes.some((one) => !one.allowed);
}

const signed = (options: SignXmlOptions = ENVELOPED, template = LETTER) =>
  signXml(template, signer, options).toString();

describe('signature wrapping (McIntosh and Austel 2005; Somorovsky and others 2012, XSW 1 to 8)', () => {
  const real = '<letter Id="content"><subject>Về việc họp</subject></letter>';
  const evil = '<letter Id="evil"><subject>Chuyển tiền</subject></letter>';
  const original = signed({ references: [{ uri: '#content' }] }, `<order>${real}${HERE}</order>`);
  const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(original)![0];
  const holding = (inside: string) =>
    signature.replace('</ds:Signature>', `<ds:Object>${inside}</ds:Object></ds:Signature>`);
  const evilWith = (inside: string) => evil.replace('</letter>', `${inside}</letter>`);

  it('leaves the untouched order good', async () => {
    expectGood(await only(original));
  });

  it.each([
    ['1: a new root, the signed one inside its signature', evilWith(holding(real))],
    ['2: a new root, the signed one beside its signature', evilWith(signature + real)],
    ['3: a new element before the signed one', `<order>${evil}${real}${signature}</order>`],
    ['4: a new element around the signed one', `<order>${evilWith(real)}${signature}</order>`],
    ['5: a new element around the signature', `<order>${evilWith(signature)}${real}</order>`],
    ['6: a new element around signature and signed one', `<order>${evilWith(holding(real))}</order>`],
    ['7: a new element in an extension', `<order><ext>${evil}</ext>${real}${signature}</order>`],
    ['8: the signed one in an object of the signature', `<order>${evil}${holding(real)}</order>`],
    ['a mere wrapper of another name deeper down', `<order><rejected>${real}</rejected>${signature}</order>`],
    ['an attribute on the wrapper', `<order state="approved">${real}${signature}</order>`],
    ['text in the wrapper behind white space', `<order>\n ${real}Chuyển tiền${signature}</order>`],
    ['text in the wrapper', `<order>Chuyển tiền${real}${signature}</order>`],
    ['a style sheet for the wrapper', `<?xml-stylesheet href="evil.xsl"?><order>${real}${signature}</order>`],
    ['a new object in the signature', `<order>${real}${holding(evil)}</order>`],
    [
      'a second signature element that hides text',
      `<order>${real}${signature}<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${evil}</ds:Signature></order>`,
    ],
  ])('is seen: %s', async (_, text) => {
    const signatures = await read(text);
    expect(signatures.some(isCaught)).toBe(true);
  });

  it.each(['Id="content"', 'ID="content"', 'id="content"', 'xml:id="content"'])(
    'cannot use a second element with %s',
    async (twin) => {
      const facts = await only(`<order><other ${twin}>Chuyển tiền</other>${real}${signature}</order>`);
      expect(codes(facts)).toContain('FORMAT_FAILURE');
      expect(facts.intact).toBeNull();
    },
  );
});

it('text in the signature itself is nobody’s', async () => {
  const signed = signXml(LETTER, signer, ENVELOPED).toString();
  const written = signed.replace('</ds:SignedInfo>', '</ds:SignedInfo>Chuyển tiền');
  expect(codes(await only(signed))).toEqual([]);
  expect(codes(await only(written))).toEqual(['FORMAT_FAILURE']);
});

describe('the key (certificate doubling and direct key material, USENIX Security 2022)', () => {
  const certificate = x509Data(signer.certificate);
  const chain = x509Data(signer.certificate, ...signer.chain);
  const victim = x509Data(xmlSigner().certificate);
  const serial = (der: Uint8Array) =>
    `<ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>${decimalSerial(der)}</ds:X509SerialNumber></ds:X509IssuerSerial>`;
  const withSerial = (der: Uint8Array) => certificate.replace('<ds:X509Data>', `<ds:X509Data>${serial(der)}`);
  const ecSigner = xmlSigner('P-256');

  it.each<[string, string, string[]]>([
    ['the whole chain in one X509Data', chain, []],
    ['the certificate’s own key beside it', rsaKeyValue(signer.privateKey) + certificate, []],
    ['its own serial number', withSerial(signer.certificate), []],
    [
      'a stranger’s certificate in a second X509Data',
      certificate + victim,
      ['FORMAT_FAILURE', 'SIG_CONSTRAINTS_FAILURE'],
    ],
    ['a stranger’s certificate first', victim + certificate, ['FORMAT_FAILURE', 'SIG_CONSTRAINTS_FAILURE']],
    [
      'a stranger’s certificate in the same X509Data',
      x509Data(xmlSigner().certificate, signer.certificate),
      ['FORMAT_FAILURE'],
    ],
    ['its chain in a second X509Data', certificate + x509Data(...signer.chain), ['SIG_CONSTRAINTS_FAILURE']],
    [
      'another key beside the certificate',
      rsaKeyValue(attacker.privateKey) + certificate,
      ['FORMAT_FAILURE'],
    ],
    [
      'a key of another kind beside it',
      rsaKeyValue(attacker.privateKey).replaceAll('RSAKeyValue', 'PGPKeyValue') + certificate,
      ['FORMAT_FAILURE'],
    ],
    ['the serial number of another', withSerial(attacker.certificate), ['FORMAT_FAILURE']],
    [
      'no certificate that can be read',
      '<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>',
      ['NO_SIGNING_CERTIFICATE_FOUND', 'FORMAT_FAILURE'],
    ],
    ['a bare key only', rsaKeyValue(signer.privateKey), ['NO_SIGNING_CERTIFICATE_FOUND']],
  ])('with %s', async (_, keyInfo, expected) => {
    expect(codes(await only(signed({ ...ENVELOPED, keyInfo })))).toEqual(expected);
  });

  it('is never a bare key that the attacker brought', async () => {
    const keyInfo = rsaKeyValue(attacker.privateKey) + certificate;
    const facts = await only(signXml(LETTER, attacker, { ...ENVELOPED, keyInfo }));
    expect(facts.authentic).toBe(false);
    expect(codes(facts)).toEqual(['SIG_CRYPTO_FAILURE', 'FORMAT_FAILURE']);
  });

  it.each([ALGORITHM.rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'])(
    'has to be of the kind that the method names (HMAC and %s confusion)',
    async (method) => {
      const other = method === ALGORITHM.rsaSha256 ? ecSigner : signer;
      const text = signXml(LETTER, other, ENVELOPED).toString();
      const confused = text.replace(/(<ds:SignatureMethod Algorithm=")[^"]*/, `$1${method}`);
      expect(codes(await only(confused))).toEqual(['SIG_CRYPTO_FAILURE']);
    },
  );

  it('is no key of a MAC, even when the MAC was made with the public key', async () => {
    const uri = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1';
    const text = signed().replace(/(<ds:SignatureMethod Algorithm=")[^"]*/, `$1${uri}`);
    const mac = createHmac('sha1', signer.certificate).update('x').digest('base64');
    const facts = await only(text.replace(/(<ds:SignatureValue>)[^<]*/, `$1${mac}`));
    expect(facts.authentic).toBe(false);
    expect(codes(facts)).toEqual(['SIG_CRYPTO_FAILURE']);
  });

  it('makes ECDSA values as r and s, not as DER', async () => {
    const text = signXml(LETTER, ecSigner, ENVELOPED).toString();
    const pair = Buffer.from(/<ds:SignatureValue>([^<]*)/.exec(text)![1]!, 'base64');
    expectGood(await only(text));
    const long = Buffer.concat([Buffer.alloc(1), pair.subarray(0, 32), Buffer.alloc(1), pair.subarray(32)]);
    const number = (octets: Buffer) =>
      element(0x02, Buffer.concat([Buffer.alloc(octets[0]! >= 0x80 ? 1 : 0), octets]));
    const der = sequence(number(pair.subarray(0, 32)), number(pair.subarray(32)));
    for (const value of [long, der, pair.subarray(0, 63)]) {
      const facts = await only(text.replace(/(<ds:SignatureValue>)[^<]*/, `$1${value.toString('base64')}`));
      expect(codes(facts)).toEqual(['SIG_CRYPTO_FAILURE']);
    }
  });
});

describe('the structure of a signature', () => {
  const text = signed();
  const signedInfo = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(text)![0];
  const reference = /<ds:Reference .*<\/ds:Reference>/s.exec(text)![0];
  const empty = signed({ references: [] });

  it.each<[string, string, string[]]>([
    ['an altered value', text.replace(/(<ds:SignatureValue>)..../, '$1AAAA'), ['SIG_CRYPTO_FAILURE']],
    [
      'an altered digest',
      text.replace(/(<ds:DigestValue>)..../, '$1AAAA'),
      ['HASH_FAILURE', 'SIG_CRYPTO_FAILURE'],
    ],
    ['a removed reference', text.replace(reference, ''), ['FORMAT_FAILURE', 'SIG_CRYPTO_FAILURE']],
    ['no reference at all', empty, ['FORMAT_FAILURE']],
    ['two SignedInfo', text.replace(signedInfo, signedInfo + signedInfo), ['FORMAT_FAILURE']],
    [
      'two SignatureValue',
      text.replace(/<ds:SignatureValue>[^<]*<\/ds:SignatureValue>/, '$&$&'),
      ['FORMAT_FAILURE'],
    ],
    ['no SignedInfo', text.replace(signedInfo, ''), ['FORMAT_FAILURE']],
    ['an unknown element', text.replace('</ds:KeyInfo>', '</ds:KeyInfo><x/>'), ['FORMAT_FAILURE']],
    ['a value that is no base64', text.replace(/(<ds:SignatureValue>)..../, '$1****'), ['FORMAT_FAILURE']],
    [
      'an element inside a digest',
      text.replace('<ds:DigestValue>', '<ds:DigestValue><x/>'),
      ['FORMAT_FAILURE', 'SIG_CRYPTO_FAILURE'],
    ],
    [
      'an unknown digest',
      text.replace(ALGORITHM.sha256, 'http://www.w3.org/2001/04/xmldsig-more#md5'),
      ['UNSUPPORTED_ALGORITHM', 'SIG_CRYPTO_FAILURE'],
    ],
    ['an unknown signature method', text.replace(ALGORITHM.rsaSha256, 'urn:x'), ['UNSUPPORTED_ALGORITHM']],
    [
      'an unknown canonicalisation',
      text.replace(/(<ds:CanonicalizationMethod Algorithm=")[^"]*/, '$1urn:x'),
      ['UNSUPPORTED_ALGORITHM'],
    ],
    [
      'a relative namespace, which has no canonical form',
      text.replace('<subject>', '<subject xmlns:r="x">'),
      ['FORMAT_FAILURE'],
    ],
    [
      'an identifier that nothing has',
      signed().replace('URI=""', 'URI="#none"'),
      ['SIGNED_DATA_NOT_FOUND', 'SIG_CRYPTO_FAILURE'],
    ],
    [
      'an XPointer of another kind',
      signed().replace('URI=""', 'URI="#xpointer(//subject)"'),
      ['FORMAT_FAILURE', 'SIG_CRYPTO_FAILURE'],
    ],
  ])('is told with %s', async (_, changed, expected) => {
    expect(changed === text).toBe(false);
    expect(codes(await only(changed))).toEqual(expected);
  });

  const xpath = (expression: string) =>
    transform(ALGORITHM.xpath, `<ds:XPath xmlns:o="urn:other">${expression}</ds:XPath>`);
  it.each([
    ['XSLT', transform(ALGORITHM.xslt, '<x/>')],
    ['an XPath that leaves out the subject', xpath('not(ancestor-or-self::subject)')],
    ['an XPath whose prefix is another namespace', xpath('not(ancestor-or-self::o:Signature)')],
    ['an XPath that leaves out more', xpath('not(ancestor-or-self::ds:Signature) and not(self::text())')],
    [
      'an XPath filter that intersects',
      transform(
        ALGORITHM.filter2,
        `<f:XPath xmlns:f="${ALGORITHM.filter2}" Filter="intersect">//ds:Signature</f:XPath>`,
      ),
    ],
    ['a transform of another maker', transform('urn:x')],
  ])('is not computed with %s', async (_, evil) => {
    const changed = text.replace('<ds:Transforms>', `<ds:Transforms>${evil}`);
    const facts = await only(changed);
    expect(facts.intact).toBeNull();
    expect(codes(facts)).toContain('UNSUPPORTED_ALGORITHM');
  });

  it('does not take base64 content for its markup', async () => {
    const template = `<order><file Id="f" name="a.pdf">UERG</file>${HERE}</order>`;
    const references = [{ uri: '#f', transforms: [transform(ALGORITHM.base64)] }];
    const facts = await only(signed({ references }, template));
    expect(facts.intact).toBe(true);
    expect(facts.coverage.notCovered).toEqual(['order/file']);
  });

  it('reads what is signed the same with and without comments in it (comment injection)', async () => {
    const xades = { signingTime: '2026-09-07T02:00:00Z' };
    const plain = signed({ ...ENVELOPED, xades });
    const facts = await only(plain.replace('2026-09-07T02', '2026-09<!-- -->-07T02'));
    expectGood(facts);
    expect(facts.claimedTime).toBe('2026-09-07T02:00:00.000Z');
    // The document named by "" has no comments in it, whatever the canonical form would keep (XMLDSig 4.4.3.3).
    const without = [transform(ALGORITHM.enveloped), transform(ALGORITHM.c14nComments)];
    const named = signed({ references: [{ uri: '', transforms: without }] });
    expectGood(await only(named.replace('<subject>', '<subject><!-- -->')));
    const signedComments = signed(
      {
        references: [
          {
            uri: '#xpointer(/)',
            transforms: [transform(ALGORITHM.enveloped), transform(ALGORITHM.c14nComments)],
          },
        ],
      },
      LETTER,
    );
    expect(codes(await only(signedComments.replace('<subject>', '<subject><!-- -->')))).toEqual([
      'HASH_FAILURE',
    ]);
  });
});

describe('a hostile file', () => {
  const broken = async (text: string | Buffer) =>
    (await readXml(Buffer.from(text), { pool: [] })).defects.map((one) => one.code);
  const text = signed();
  const bomb = `<!DOCTYPE x [${Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('')}<!ENTITY e0 "0123456789">]>`;

  it.each<[string, string | Buffer, string]>([
    ['a document type', `<!DOCTYPE letter>${text}`, 'FORMAT_FAILURE'],
    ['one behind a long comment', `<!--${' '.repeat(70_000)}--><!DOCTYPE letter>${text}`, 'FORMAT_FAILURE'],
    ['one in UTF-16', Buffer.from(`\ufeff<!DOCTYPE letter>${text}`, 'utf16le'), 'FORMAT_FAILURE'],
    [
      'attribute defaults that make identifiers',
      `<!DOCTYPE letter [<!ATTLIST letter Id ID "x">]>${text}`,
      'FORMAT_FAILURE',
    ],
    [
      'an external entity',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${text.replace('họp', '&e;')}`,
      'FORMAT_FAILURE',
    ],
    ['an entity bomb', bomb + text.replace('họp', '&e12;'), 'FORMAT_FAILURE'],
    ['markup that is not well-formed', text.replace('</letter>', ''), 'FORMAT_FAILURE'],
    [
      'nesting deeper than any document',
      `${'<a>'.repeat(300)}${text}${'</a>'.repeat(300)}`,
      'FORMAT_FAILURE',
    ],
    ['nesting just too deep', `${'<a>'.repeat(245)}${text}${'</a>'.repeat(245)}`, 'LIMIT'],
    ['more octets than are read', Buffer.concat([Buffer.from(text), Buffer.alloc(51 << 20, ' ')]), 'LIMIT'],
    [
      'more signatures than are judged',
      `<x>${'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'.repeat(51)}</x>`,
      'LIMIT',
    ],
  ])('with %s is refused at once', async (_, bytes, code) => {
    const began = performance.now();
    expect(await broken(bytes)).toEqual([code]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('with too many references, transforms or octets to go through is not computed', async () => {
    const reference = /<ds:Reference .*<\/ds:Reference>/s.exec(text)![0];
    const nowhere = reference.replace('URI=""', 'URI="#none"');
    const many = await only(text.replace(reference, nowhere.repeat(10_001)));
    expect(codes(many)).toContain('LIMIT');
    expect(codes(many)).not.toContain('SIGNED_DATA_NOT_FOUND');
    expect(many.intact).toBeNull();
    const enveloped = transform(ALGORITHM.enveloped);
    const long = await only(text.replace(enveloped, enveloped.repeat(9)));
    expect(codes(long)).toContain('LIMIT');
    const wide = text.replace('họp', 'x'.repeat(4_000_000)).replace(reference, reference.repeat(200));
    const costly = await only(wide);
    expect(codes(costly)).toContain('LIMIT');
    expect(costly.intact).toBe(false);
  });

  it('gives its memory back', async () => {
    const big = signed(ENVELOPED, LETTER.replace('họp', 'x'.repeat(3_000_000)));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = async (times: number) => {
      for (let i = 0; i < times; i += 1) await read(big);
      collect();
      await new Promise((done) => setTimeout(done, 50));
      collect();
      return process.memoryUsage().external;
    };
    const before = await held(10);
    // Documents not given back take over 6 MB each of the parser's memory, which nobody collects.
    expect((await held(30)) - before).toBeLessThan(90_000_000);
  });
});

it('makes no signer out of an authority that the attacker named alike', async () => {
  const other = xmlSigner('rsa', authority);
  const keyInfo = x509Data(other.certificate, signer.certificate);
  expect(codes(await only(signed({ ...ENVELOPED, keyInfo })))).toEqual(['FORMAT_FAILURE']);
});
