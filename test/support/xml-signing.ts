/** Signs XML for tests: every algorithm, XAdES or plain, with whatever a test wants to be wrong. */
import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto';
import {
  type Authority,
  issue,
  issueTimestampServer,
  makeAuthority,
  makeCertificate,
  type Signer,
} from '../../scripts/province/certificates.ts';
import { makeTimestamp } from '../../scripts/province/signed-message.ts';
import { readCertificate } from '../../signatures/certificates/x509.ts';
import { elements, readDer, whole } from '../../signatures/der.ts';
import {
  canonicalize,
  elementsNamed,
  elementsWithId,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from '../../signatures/xml/libxml.ts';
import { DS } from '../../signatures/xml/namespaces.ts';
import { applyTransforms, canonicalForm } from '../../signatures/xml/transforms.ts';

export const ALGORITHM = {
  c14n: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  c14nComments: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  c14n11: 'http://www.w3.org/2006/12/xml-c14n11',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  enveloped: `${DS}enveloped-signature`,
  base64: `${DS}base64`,
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  filter2: 'http://www.w3.org/2002/06/xmldsig-filter2',
  xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
  sha1: `${DS}sha1`,
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  sha3: 'http://www.w3.org/2007/05/xmldsig-more#sha3-256',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
} as const;

const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#';
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
const MORE_2021 = 'http://www.w3.org/2021/04/xmldsig-more#';

const DIGEST_NAMES: Record<string, string> = {
  [ALGORITHM.sha1]: 'sha1',
  [ALGORITHM.sha256]: 'sha256',
  [ALGORITHM.sha384]: 'sha384',
  [ALGORITHM.sha512]: 'sha512',
  [ALGORITHM.sha3]: 'sha3-256',
};

/** Element names of KeyObject kinds that `issue` of the province does not make. */
export type XmlKey = 'rsa' | 'rsa-1024' | 'P-256' | 'P-384' | 'P-521' | 'brainpoolP256r1' | 'ed25519' | 'dsa';

function freshKey(kind: XmlKey): KeyObject {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  if (kind === 'rsa-1024') return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  if (kind === 'dsa')
    return generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: kind }).privateKey;
}

const VALIDITY = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };

/** Who issues the certificates of these tests. */
export const authority = makeAuthority('CA thử nghiệm tỉnh Mẫu', VALIDITY);
export const timestampServer = issueTimestampServer(authority, 'Máy chủ dấu thời gian thử nghiệm', VALIDITY);

/** A signer with a key of its own, never shared with another one. */
export function xmlSigner(kind: XmlKey = 'rsa', by: Authority = authority): Signer {
  const fields = {
    commonName: 'Nguyễn Văn Mẫu',
    organisation: ['Ủy ban nhân dân xã Mẫu Một'],
    holder: 'person' as const,
  };
  const model = issue(by, { ...fields, ...VALIDITY });
  const subject = Buffer.from(whole(elements(elements(readDer(model.certificate))[0])[5]!));
  const privateKey = freshKey(kind);
  const spki = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' });
  const issuer = { ...by, spki: spki(by.privateKey) };
  const parts = { ...VALIDITY, subject, spki: spki(privateKey), issuer, extensions: [] };
  return { ...model, privateKey, certificate: makeCertificate(parts) };
}

export interface SignedReference {
  /** Absent attribute when null. */
  uri: string | null;
  type?: string;
  /** Whole ds:Transform elements; see `transform`. */
  transforms?: string[];
  digest?: string;
  /** What the URI stands for, when it is outside the document. */
  octets?: Uint8Array;
}

export interface SignXmlOptions {
  references: SignedReference[];
  /** Signature method URI with what stands inside the element; default by the key. */
  method?: { uri: string; parameters?: string };
  /** Default exclusive canonicalisation. */
  canonicalization?: string;
  id?: string;
  /** Default one X509Data with the certificate. */
  keyInfo?: string;
  /** Further ds:Object elements, whole. */
  objects?: string;
  /** References of a ds:Manifest, put in an Object of its own with Id `manifest`. */
  manifest?: SignedReference[];
  xades?: XadesOptions;
}

interface XadesOptions {
  signingTime?: string;
  /** Whose certificate SigningCertificateV2 names; absent = no such property. */
  names?: Uint8Array;
  /** False: no reference to SignedProperties. */
  covered?: boolean;
  namespace?: string;
  /** Server and time of a SignatureTimeStamp. */
  timestamp?: { server: Signer; at: string };
  /** Further unsigned signature properties, whole. */
  unsigned?: string;
}

export function transform(algorithm: string, inside = ''): string {
  return `<ds:Transform Algorithm="${algorithm}">${inside}</ds:Transform>`;
}

/** A ds:KeyInfo part. */
export function x509Data(...certificates: Uint8Array[]): string {
  const each = certificates.map(
    (der) => `<ds:X509Certificate>${Buffer.from(der).toString('base64')}</ds:X509Certificate>`,
  );
  return `<ds:X509Data>${each.join('')}</ds:X509Data>`;
}

/** RSAKeyValue of a key, in a ds:KeyValue. */
export function rsaKeyValue(key: KeyObject): string {
  const { n, e } = createPublicKey(key).export({ format: 'jwk' });
  const base64 = (text: string | undefined) => Buffer.from(text ?? '', 'base64url').toString('base64');
  return `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${base64(n)}</ds:Modulus><ds:Exponent>${base64(e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;
}

function methodOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'ec') return `${MORE_2001}ecdsa-sha256`;
  if (key.asymmetricKeyType === 'ed25519') return `${MORE_2021}eddsa-ed25519`;
  if (key.asymmetricKeyType === 'dsa') return 'http://www.w3.org/2009/xmldsig11#dsa-sha256';
  return ALGORITHM.rsaSha256;
}

/** The raw value as XMLDSig has it: r and s one after the other, PSS with a salt as long as the digest. */
function signatureValue(key: KeyObject, method: string, data: Uint8Array): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return signBytes(null, data, key);
  const named = /sha3-\d+|sha\d+/.exec(method.slice(method.indexOf('#')))?.[0];
  const hash = named ?? 'sha256';
  if (method.startsWith(MORE_2007))
    return signBytes(hash, data, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  return signBytes(hash, data, { key, dsaEncoding: 'ieee-p1363' });
}

function referenceText(reference: SignedReference, index: number): string {
  const uri = reference.uri === null ? '' : ` URI="${reference.uri}"`;
  const type = reference.type === undefined ? '' : ` Type="${reference.type}"`;
  const transforms =
    reference.transforms === undefined
      ? ''
      : `<ds:Transforms>${reference.transforms.join('')}</ds:Transforms>`;
  const method = `<ds:DigestMethod Algorithm="${reference.digest ?? ALGORITHM.sha256}"/>`;
  return `<ds:Reference${uri}${type}>${transforms}${method}<ds:DigestValue>@@DIGEST-${index}@@</ds:DigestValue></ds:Reference>`;
}

function propertiesText(signer: Signer, id: string, xades: XadesOptions): string {
  const digest = (der: Uint8Array) => createHash('sha256').update(der).digest('base64');
  const names = xades.names === undefined ? '' : certificateText(digest(xades.names));
  const time =
    xades.signingTime === undefined ? '' : `<xades:SigningTime>${xades.signingTime}</xades:SigningTime>`;
  const stamp =
    xades.timestamp === undefined
      ? ''
      : `<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="${ALGORITHM.exclusive}"/><xades:EncapsulatedTimeStamp>@@STAMP@@</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>`;
  const chain = signer.chain.map(
    (der) =>
      `<xades:EncapsulatedX509Certificate>${der.toString('base64')}</xades:EncapsulatedX509Certificate>`,
  );
  const values = `<xades:CertificateValues>${chain.join('')}</xades:CertificateValues>`;
  const signed = `<xades:SignedProperties Id="${id}-properties"><xades:SignedSignatureProperties>${time}${names}</xades:SignedSignatureProperties></xades:SignedProperties>`;
  const unsigned = `<xades:UnsignedProperties><xades:UnsignedSignatureProperties>${stamp}${values}${xades.unsigned ?? ''}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>`;
  const namespace = xades.namespace ?? 'http://uri.etsi.org/01903/v1.3.2#';
  return `<ds:Object><xades:QualifyingProperties xmlns:xades="${namespace}" Target="#${id}">${signed}${unsigned}</xades:QualifyingProperties></ds:Object>`;
}

function certificateText(digest: string): string {
  return `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="${ALGORITHM.sha256}"/><ds:DigestValue>${digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>`;
}

function octetsOf(document: XmlDocument, element: XmlElement, reference: SignedReference): Uint8Array {
  const own = elementsNamed(document, DS, 'Signature').find((one) =>
    one.find('.//*').some((n) => n.isSameNode(element)),
  )!;
  const list = element.find('./*[local-name()="Transforms"]/*') as XmlElement[];
  const transforms = list.map((one) => ({ element: one, algorithm: one.attr('Algorithm')?.value ?? '' }));
  if (reference.octets !== undefined)
    return applyTransforms({ octets: reference.octets }, transforms, own).octets;
  const whole = reference.uri === '' || reference.uri === '#xpointer(/)';
  const apex = whole ? null : elementsWithId(document, (reference.uri ?? '').slice(1))[0]!;
  const nodes = { document, apex, comments: reference.uri === '#xpointer(/)', excludes: 'nothing' as const };
  return applyTransforms({ nodes }, transforms, own).octets;
}

function withDocument<T>(text: string, use: (document: XmlDocument) => T): T {
  const document = parseXml(Buffer.from(text));
  try {
    return use(document);
  } finally {
    document.dispose();
  }
}

/** The element that still has a placeholder as its text. */
function placeholder(document: XmlDocument, name: string, mark: string): XmlElement {
  return elementsNamed(document, DS, name).find((one) => one.content === mark)!;
}

function fillDigest(text: string, reference: SignedReference, index: number): string {
  const mark = `@@DIGEST-${index}@@`;
  const octets = withDocument(text, (document) =>
    octetsOf(document, placeholder(document, 'DigestValue', mark).parent!, reference),
  );
  const hash = DIGEST_NAMES[reference.digest ?? ALGORITHM.sha256]!;
  return text.replace(mark, createHash(hash).update(octets).digest('base64'));
}

function fillValue(text: string, key: KeyObject, method: string): string {
  const signed = withDocument(text, (document) => {
    const signature = placeholder(document, 'SignatureValue', '@@VALUE@@').parent!;
    const apex = signature.find('./*[local-name()="SignedInfo"]')[0] as XmlElement;
    const form = apex.find('./*[local-name()="CanonicalizationMethod"]')[0] as XmlElement;
    return canonicalize({ document, apex, without: [] }, canonicalForm(form)!);
  });
  return text.replace('@@VALUE@@', signatureValue(key, method, signed).toString('base64'));
}

function fillStamp(text: string, id: string, { server, at }: { server: Signer; at: string }): string {
  const stamped = withDocument(text, (document) => {
    const [signature] = elementsWithId(document, id);
    const apex = signature!.find('./*[local-name()="SignatureValue"]')[0] as XmlElement;
    return canonicalize(
      { document, apex, without: [] },
      { method: 'exclusive', comments: false, prefixes: [] },
    );
  });
  return text.replace('@@STAMP@@', makeTimestamp(server, stamped, at).toString('base64'));
}

/** Where the signature goes in a template; without it the signature is the whole document (enveloping). */
export const HERE = '<!--signature here-->';

/** Signs a template document that has `HERE` in it. */
export function signXml(template: string, signer: Signer, options: SignXmlOptions): Buffer {
  const { id = 'sig', xades, manifest = [], references } = options;
  const method = options.method?.uri ?? methodOf(signer.privateKey);
  const covers: SignedReference[] = [
    ...references,
    ...(manifest.length > 0 ? [{ uri: '#manifest', type: `${DS}Manifest` }] : []),
    ...(xades !== undefined && xades.covered !== false
      ? [{ uri: `#${id}-properties`, type: 'http://uri.etsi.org/01903#SignedProperties' }]
      : []),
  ];
  const all = [...manifest, ...covers];
  const texts = all.map(referenceText);
  const signedInfo = `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${options.canonicalization ?? ALGORITHM.exclusive}"/><ds:SignatureMethod Algorithm="${method}">${options.method?.parameters ?? ''}</ds:SignatureMethod>${texts.slice(manifest.length).join('')}</ds:SignedInfo>`;
  const listed = `<ds:Object><ds:Manifest Id="manifest">${texts.slice(0, manifest.length).join('')}</ds:Manifest></ds:Object>`;
  const objects = [
    manifest.length > 0 ? listed : '',
    xades === undefined ? '' : propertiesText(signer, id, xades),
    options.objects ?? '',
  ].join('');
  const keyInfo = options.keyInfo ?? x509Data(signer.certificate);
  const signature = `<ds:Signature xmlns:ds="${DS}" Id="${id}">${signedInfo}<ds:SignatureValue>@@VALUE@@</ds:SignatureValue><ds:KeyInfo>${keyInfo}</ds:KeyInfo>${objects}</ds:Signature>`;
  let text = template.replace(HERE, () => signature);
  for (const [index, reference] of all.entries()) text = fillDigest(text, reference, index);
  text = fillValue(text, signer.privateKey, method);
  if (xades?.timestamp !== undefined) text = fillStamp(text, id, xades.timestamp);
  return Buffer.from(text);
}

/** Serial number of a certificate in decimal, as XML writes it. */
export function decimalSerial(der: Uint8Array): string {
  return BigInt(`0x${readCertificate(der).serial}`).toString();
}
