import { constants, createHash, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicKeyInfo } from '../../../scripts/province/certificates.ts';
import {
  bitString,
  element,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  time,
} from '../../../scripts/province/der-writer.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { readCmsFile } from '../../../signatures/cms/file.ts';
import { elements, bitString as readBits, readDer } from '../../../signatures/der.ts';
import type { FileFacts } from '../../../signatures/facts.ts';
import {
  certify,
  curveKey,
  dsa,
  ecdsa,
  ed448,
  ed25519,
  type HashName,
  otherRsaKey,
  pss,
  pssWithMask,
  rsa,
  rsaKey,
  type Scheme,
} from '../../support/cms-keys.ts';
import {
  ATTRIBUTE,
  attribute,
  digest,
  otherInfo,
  type SignerPlan,
  signedBy,
  signedFile,
  signerInfo,
  signingCertificateV2,
  signingTime,
  TYPE,
} from '../../support/cms-signing.ts';

const CONTENT = Buffer.from('Kính gửi: Sở Nội vụ tỉnh Mẫu\r\n');
const OTHER = Buffer.from('Kính gửi: một nơi khác\r\n');
const leader = certify(rsaKey);
const agency = certify(otherRsaKey, { commonName: 'Ủy ban nhân dân xã Mẫu Một' });

const read = (bytes: Uint8Array, detached: Uint8Array | null = null) =>
  readCmsFile(bytes, { pool: [], detached });

/** Reason codes of all signatures, in their order. */
const codes = (facts: FileFacts): string[] =>
  facts.signatures.flatMap((one) => one.reasons.map((reason) => reason.code));

async function expectSound(bytes: Uint8Array, detached: Uint8Array | null = null): Promise<FileFacts> {
  const facts = await read(bytes, detached);
  expect(facts.defects).toEqual([]);
  expect(facts.signatures.length).toBeGreaterThan(0);
  for (const one of facts.signatures) {
    expect(one.reasons).toEqual([]);
    expect(one).toMatchObject({ intact: true, authentic: true, changes: [] });
  }
  return facts;
}

function wrapLines(text: string): string {
  return text.replace(/(.{64})/g, '$1\n');
}

describe('a sound CMS file', () => {
  const plain = signedBy({ by: leader }, CONTENT);
  const pem = (label: string) =>
    Buffer.from(`-----BEGIN ${label}-----\n${wrapLines(plain.toString('base64'))}\n-----END ${label}-----\n`);

  it.each<[string, Buffer, Uint8Array | null]>([
    ['with the content inside', plain, null],
    ['detached, the content given', signedBy({ by: leader }, CONTENT, { content: null }), CONTENT],
    ['with the content inside and the same given', plain, CONTENT],
    ['in BER with indefinite lengths', signedBy({ by: leader }, CONTENT, { ber: true }), null],
    ['without signed attributes', signedBy({ by: leader, attributes: null }, CONTENT), null],
    [
      'whose signer is named by key identifier',
      signedBy({ by: leader, byKeyIdentifier: true }, CONTENT),
      null,
    ],
    ['in PEM (PKCS7)', pem('PKCS7'), null],
    ['in PEM (CMS)', pem('CMS'), null],
    ['in bare base64', Buffer.from(wrapLines(plain.toString('base64'))), null],
    ['in base64 behind a byte order mark', Buffer.from(`\ufeff${plain.toString('base64')}`), null],
    ['padded with zeros', Buffer.concat([plain, Buffer.alloc(100)]), null],
    ['with signing-certificate-v2', signedBy(withReference(leader.certificate), CONTENT), null],
  ])('%s has no finding', async (_, bytes, detached) => {
    await expectSound(bytes, detached);
  });

  it('tells signer, digest, format and claimed time', async () => {
    const plan: SignerPlan = {
      by: leader,
      attributes: (usual) => [
        ...usual,
        signingTime('2026-09-07T02:00:00Z'),
        signingCertificateV2(leader.certificate),
      ],
    };
    const [one] = (await expectSound(signedBy(plan, CONTENT))).signatures;
    expect(one).toMatchObject({ name: '1', kind: 'signature', format: 'CAdES', digestAlgorithm: 'sha256' });
    expect(one!.claimedTime).toBe('2026-09-07T02:00:00.000Z');
    expect(one!.coverage.wholeFile).toBe(true);
    expect(one!.certificate?.fingerprint).toBe(createHash('sha256').update(leader.certificate).digest('hex'));
  });

  it('finds the certificate among those at hand when the file has none', async () => {
    const bytes = signedBy({ by: leader }, CONTENT, { certificates: [] });
    const without = await read(bytes);
    expect(codes(without)).toEqual(['NO_SIGNING_CERTIFICATE_FOUND']);
    expect(without.signatures[0]).toMatchObject({ intact: true, authentic: null });
    const pool = [readCertificate(leader.certificate)];
    expect(codes(await readCmsFile(bytes, { pool }))).toEqual([]);
  });
});

function withReference(certificate: Buffer): SignerPlan {
  return { by: leader, attributes: (usual) => [...usual, signingCertificateV2(certificate)] };
}

describe('several signatures in one file', () => {
  it('judges parallel signers each on its own', async () => {
    const signers = [signerInfo({ by: leader }, CONTENT), signerInfo({ by: agency }, OTHER)];
    const certificates = [leader.certificate, agency.certificate];
    const facts = await read(signedFile({ content: CONTENT, signers, certificates }));
    expect(facts.signatures.map((one) => [one.name, one.intact, one.authentic])).toEqual([
      ['1', true, true],
      ['2', false, true],
    ]);
  });

  it('reads signed inside signed, to the innermost', async () => {
    const inner = signedBy({ by: leader }, CONTENT);
    const middle = signedBy({ by: agency }, inner);
    const facts = await expectSound(signedBy({ by: leader }, middle));
    expect(facts.signatures.map((one) => one.name)).toEqual(['1', 'inner/1', 'inner/inner/1']);
  });

  it('reads content of type signedData that is a bare SignedData', async () => {
    const info = readDer(signedBy({ by: leader }, CONTENT));
    const bare = Buffer.from(
      info.bytes.subarray(elements(info)[1]!.contentStart, elements(info)[1]!.contentEnd),
    );
    const facts = await expectSound(signedBy({ by: agency, contentType: TYPE.signedData }, bare));
    expect(facts.signatures.map((one) => one.name)).toEqual(['1', 'inner/1']);
  });

  it('finds the false signature inside a true one', async () => {
    const inner = signedFile({
      content: OTHER,
      signers: [signerInfo({ by: leader }, CONTENT)],
      certificates: [leader.certificate],
    });
    const facts = await read(signedBy({ by: agency }, inner));
    expect(facts.signatures.map((one) => one.intact)).toEqual([true, false]);
  });

  it('stops at a depth of nesting', async () => {
    let bytes: Buffer = CONTENT;
    for (let depth = 0; depth < 12; depth += 1) bytes = signedBy({ by: leader }, bytes);
    expect((await read(bytes)).signatures.length).toBe(7);
  });
});

describe('counter-signatures', () => {
  const counter = (over: Buffer, plan: Partial<SignerPlan> = {}) =>
    attribute(
      ATTRIBUTE.counterSignature,
      signerInfo({ by: agency, attributes: ([, messageDigest]) => [messageDigest!], ...plan }, over),
    );
  const countersigned = (unsigned: (signature: Buffer) => Buffer[]) =>
    signedBy({ by: leader, unsigned }, CONTENT, {
      certificates: [leader.certificate, agency.certificate],
    });

  it('is a signature of its own, over the value that it countersigns', async () => {
    const facts = await expectSound(countersigned((signature) => [counter(signature)]));
    expect(facts.signatures.map((one) => one.name)).toEqual(['1', '1/counter-1']);
  });

  it('may be countersigned itself', async () => {
    const nested = (signature: Buffer) => [
      counter(signature, { unsigned: (value) => [counter(value, { by: leader })] }),
    ];
    const facts = await expectSound(countersigned(nested));
    expect(facts.signatures.map((one) => one.name)).toEqual(['1', '1/counter-1', '1/counter-1/counter-1']);
  });

  it.each<[string, (signature: Buffer) => Buffer[], string]>([
    ['over another value', () => [counter(Buffer.from('another'))], 'HASH_FAILURE'],
    [
      'with a contentType attribute',
      (signature) => [counter(signature, { attributes: (usual) => usual })],
      'SIG_CONSTRAINTS_FAILURE',
    ],
    ['that cannot be read', () => [attribute(ATTRIBUTE.counterSignature, integer(1))], 'FORMAT_FAILURE'],
  ])('%s does not stand, and the signature itself does', async (_, unsigned, code) => {
    const facts = await read(countersigned(unsigned));
    expect(facts.signatures[0]!.reasons).toEqual([]);
    expect(facts.signatures[1]!.reasons.map((one) => one.code)).toContain(code);
  });
});

describe('content that is not what was signed', () => {
  const detached = signedBy({ by: leader }, CONTENT, { content: null });

  it.each<[string, Buffer, Uint8Array | null, string[], boolean | null]>([
    ['detached and not given', detached, null, ['SIGNED_DATA_NOT_FOUND'], null],
    ['another file given', detached, OTHER, ['HASH_FAILURE'], false],
    ['only the digest given', detached, digest(CONTENT), ['SIGNED_DATA_NOT_FOUND'], null],
    [
      'without signed attributes and not given',
      signedBy({ by: leader, attributes: null }, CONTENT, { content: null }),
      null,
      ['SIGNED_DATA_NOT_FOUND'],
      null,
    ],
    [
      'the content inside is another than the one given (content confusion)',
      signedBy({ by: leader }, CONTENT),
      OTHER,
      ['HASH_FAILURE'],
      false,
    ],
    [
      'the content inside was exchanged, and the true one given (content confusion)',
      signedFile({
        content: OTHER,
        signers: [signerInfo({ by: leader }, CONTENT)],
        certificates: [leader.certificate],
      }),
      CONTENT,
      ['HASH_FAILURE'],
      false,
    ],
    [
      'the content inside was exchanged',
      signedFile({
        content: OTHER,
        signers: [signerInfo({ by: leader }, CONTENT)],
        certificates: [leader.certificate],
      }),
      null,
      ['HASH_FAILURE'],
      false,
    ],
  ])('%s', async (_, bytes, given, expected, intact) => {
    const facts = await read(bytes, given);
    expect(codes(facts)).toEqual(expected);
    expect(facts.signatures[0]!.intact).toBe(intact);
  });

  it('marks bytes behind the signature as uncovered', async () => {
    const facts = await read(Buffer.concat([signedBy({ by: leader }, CONTENT), Buffer.from('thêm')]));
    expect(facts.signatures[0]).toMatchObject({
      coverage: { wholeFile: false, bytesAfter: 5 },
      changes: [{ kind: 'UNCOVERED_BYTES', allowed: false }],
    });
  });
});

describe('signed attributes', () => {
  const twice = (type: string, value: Buffer) => attribute(type, value, value);

  it.each<[string, SignerPlan['attributes'], string[]]>([
    ['without messageDigest', ([contentType]) => [contentType!], ['FORMAT_FAILURE']],
    ['without contentType', ([, messageDigest]) => [messageDigest!], ['FORMAT_FAILURE']],
    [
      'with a contentType that is not the content’s',
      ([, messageDigest]) => [attribute(ATTRIBUTE.contentType, oid(TYPE.signedData)), messageDigest!],
      ['FORMAT_FAILURE'],
    ],
    [
      'with two values of contentType',
      ([, messageDigest]) => [twice(ATTRIBUTE.contentType, oid(TYPE.data)), messageDigest!],
      ['FORMAT_FAILURE'],
    ],
    [
      'with two messageDigest attributes, the second of other content',
      (usual) => [...usual, attribute(ATTRIBUTE.messageDigest, octetString(digest(OTHER)))],
      ['FORMAT_FAILURE'],
    ],
    [
      'with several signing times',
      (usual) => [...usual, twice(ATTRIBUTE.signingTime, time('2026-09-07T02:00:00Z'))],
      ['SIG_CONSTRAINTS_FAILURE'],
    ],
    [
      'naming another certificate',
      (usual) => [...usual, signingCertificateV2(agency.certificate)],
      ['SIG_CRYPTO_FAILURE'],
    ],
    [
      'naming the right and another certificate',
      (usual) => [
        ...usual,
        signingCertificateV2(leader.certificate),
        signingCertificateV2(agency.certificate),
      ],
      ['FORMAT_FAILURE', 'SIG_CRYPTO_FAILURE'],
    ],
  ])('%s', async (_, attributes, expected) => {
    const facts = await read(signedBy({ by: leader, attributes: attributes! }, CONTENT));
    expect([...new Set(codes(facts))].sort()).toEqual(expected);
  });

  it('shows no claimed time that contradicts itself', async () => {
    const attributes = (usual: Buffer[]) => [
      ...usual,
      twice(ATTRIBUTE.signingTime, time('2026-09-07T02:00:00Z')),
    ];
    const facts = await read(signedBy({ by: leader, attributes }, CONTENT));
    expect(facts.signatures[0]!.claimedTime).toBeNull();
  });

  it('are obligatory for content of another type than data', async () => {
    const plan = { by: leader, attributes: null, contentType: '1.2.3.4' };
    expect(codes(await read(signedBy(plan, CONTENT)))).toEqual(['FORMAT_FAILURE']);
  });

  it('of one signature are not accepted as the content of another', async () => {
    let stolen = Buffer.alloc(0);
    signerInfo({ by: leader, signed: (der) => (stolen = Buffer.from(der)) }, CONTENT);
    const forged = signedBy({ by: leader, attributes: null }, stolen);
    expect(codes(await read(forged))).toEqual(['FORMAT_FAILURE']);
  });

  /** The SET with its two attributes in the other order, in indefinite length: BER of the same. */
  function inBer(der: Buffer): Buffer {
    const inner = elements(readDer(der), 17).map((one) => der.subarray(one.start, one.end));
    return Buffer.concat([Buffer.of(0x31, 0x80), ...inner.reverse(), Buffer.of(0, 0)]);
  }

  it('in BER are verified over their DER (RFC 5652 5.4)', async () => {
    const bytes = signedBy({ by: leader, encode: inBer }, CONTENT);
    const facts = await expectSound(bytes);
    expect(facts.signatures[0]!.notes.map((one) => one.code)).toEqual(['SIGNED_ATTRIBUTES_NOT_DER']);
  });

  it('in BER of other attributes than the signed ones are false', async () => {
    const encode = (der: Buffer) => inBer(Buffer.concat([der.subarray(0, -1), Buffer.of(der.at(-1)! ^ 1)]));
    expect(codes(await read(signedBy({ by: leader, encode }, CONTENT)))).toContain('SIG_CRYPTO_FAILURE');
  });
});

describe('algorithms', () => {
  const both = (scheme: Scheme, hash: HashName, key = rsaKey): SignerPlan => ({
    by: key === rsaKey ? leader : certify(key),
    scheme,
    hash,
  });
  const dsaKey = () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;

  it.each<[string, () => SignerPlan]>([
    ['RSA with SHA-256', () => both(rsa('sha256'), 'sha256')],
    ['RSA with SHA-384', () => both(rsa('sha384'), 'sha384')],
    ['RSA with SHA-512', () => both(rsa('sha512'), 'sha512')],
    ['RSA with SHA3-256', () => both(rsa('sha3-256'), 'sha3-256')],
    ['RSASSA-PSS with SHA-256', () => both(pss('sha256'), 'sha256')],
    ['RSASSA-PSS with SHA-512 and a long salt', () => both(pss('sha512', 64), 'sha512')],
    ['ECDSA P-256', () => both(ecdsa('sha256'), 'sha256', curveKey('P-256'))],
    ['ECDSA P-384', () => both(ecdsa('sha384'), 'sha384', curveKey('P-384'))],
    ['ECDSA P-521', () => both(ecdsa('sha512'), 'sha512', curveKey('P-521'))],
    ['ECDSA with SHA3-256', () => both(ecdsa('sha3-256'), 'sha3-256', curveKey('P-256'))],
    ['ECDSA brainpoolP256r1', () => both(ecdsa('sha256'), 'sha256', curveKey('brainpoolP256r1'))],
    ['ECDSA brainpoolP384r1', () => both(ecdsa('sha384'), 'sha384', curveKey('brainpoolP384r1'))],
    ['Ed25519 with SHA-512', () => both(ed25519, 'sha512', generateKeyPairSync('ed25519').privateKey)],
    ['Ed448 with SHAKE256', () => both(ed448, 'shake256', generateKeyPairSync('ed448').privateKey)],
    [
      'Ed25519 without signed attributes',
      () => ({ ...both(ed25519, 'sha512', generateKeyPairSync('ed25519').privateKey), attributes: null }),
    ],
    ['DSA', () => both(dsa, 'sha256', dsaKey())],
  ])('%s holds, and fails over other content', async (_, plan) => {
    const made = plan();
    await expectSound(signedBy(made, CONTENT));
    const exchanged = signedFile({
      content: OTHER,
      signers: [signerInfo(made, CONTENT)],
      certificates: [made.by.certificate],
    });
    const facts = await read(exchanged);
    const failing = made.attributes === null ? 'SIG_CRYPTO_FAILURE' : 'HASH_FAILURE';
    expect(codes(facts)).toEqual([failing]);
  });

  it.each<[string, () => SignerPlan, string[]]>([
    ['SHA-1', () => both(rsa('sha1'), 'sha1'), ['SHA-1']],
    [
      'RSA-1024',
      () => both(rsa('sha256'), 'sha256', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
      ['RSA-1024'],
    ],
  ])('%s is marked weak, no more', async (_, plan, weak) => {
    expect((await expectSound(signedBy(plan(), CONTENT))).signatures[0]!.weak).toEqual(weak);
  });

  it.each<[string, () => SignerPlan, string[]]>([
    ['digest SHA3-256 beside sha256WithRSA', () => both(rsa('sha256'), 'sha3-256'), ['SIG_CRYPTO_FAILURE']],
    ['digest SHA-512 beside PSS with SHA-256', () => both(pss('sha256'), 'sha512'), ['SIG_CRYPTO_FAILURE']],
    ['an RSA algorithm beside a curve’s key', () => crossed(), ['SIG_CRYPTO_FAILURE']],
    ['a digest of MD5', () => both(rsa('sha256'), 'md5'), ['UNSUPPORTED_ALGORITHM']],
    [
      'an algorithm nobody knows',
      () => ({ by: leader, scheme: { ...rsa('sha256'), algorithm: sequence(oid('1.2.3.4')) } }),
      ['UNSUPPORTED_ALGORITHM'],
    ],
    [
      'a signature value of another key',
      () => ({ by: { certificate: leader.certificate, privateKey: otherRsaKey } }),
      ['SIG_CRYPTO_FAILURE'],
    ],
    [
      'a signature value that is cut short',
      () => ({ by: leader, value: (all) => all.subarray(1) }),
      ['SIG_CRYPTO_FAILURE'],
    ],
    [
      'an empty signature value',
      () => ({ by: leader, value: () => Buffer.alloc(0) }),
      ['SIG_CRYPTO_FAILURE'],
    ],
  ])('%s', async (_, plan, expected) => {
    expect([...new Set(codes(await read(signedBy(plan(), CONTENT))))]).toEqual(expected);
  });

  function crossed(): SignerPlan {
    const key = curveKey('P-256');
    return { by: certify(key), scheme: { ...ecdsa('sha256'), algorithm: rsa('sha256').algorithm } };
  }

  it('reads PSS whose mask has another digest than the content', async () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha1',
    });
    const [, modulus] = elements(readDer(publicKeyInfo(privateKey)));
    const spki = sequence(
      sequence(oid('1.2.840.113549.1.1.1'), nullValue()),
      bitString(Buffer.from(readBits(modulus))),
    );
    const by = certify(privateKey, { spki });
    await expectSound(signedBy({ by, scheme: pssWithMask('sha256', 'sha1') }, CONTENT));
    const lying = signedBy({ by, scheme: pssWithMask('sha256', 'sha256') }, CONTENT);
    expect(codes(await read(lying))).toEqual(['SIG_CRYPTO_FAILURE']);
  });

  it('lets a key that is restricted to PSS parameters sign with no others', async () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha256',
    });
    const by = certify(privateKey);
    await expectSound(signedBy({ by, scheme: pss('sha256') }, CONTENT));
    const claims = { algorithm: pss('sha512').algorithm, sign: pss('sha256').sign };
    expect(codes(await read(signedBy({ by, hash: 'sha512', scheme: claims }, CONTENT)))).toEqual([
      'SIG_CRYPTO_FAILURE',
    ]);
  });
});

describe('forged RSA values (Bleichenbacher 2006 and its kin)', () => {
  const INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const hashOf = (data: Uint8Array) => createHash('sha256').update(data).digest();

  /** A block of 256 octets through the raw private key: what a forger for a careless verifier would reach. */
  function rawScheme(block: (digestInfo: Buffer) => Buffer): Scheme {
    return {
      algorithm: rsa('sha256').algorithm,
      sign: (data, key) =>
        privateEncrypt(
          { key, padding: constants.RSA_NO_PADDING },
          block(Buffer.concat([INFO, hashOf(data)])),
        ),
    };
  }
  const padded = (count: number, rest: Buffer) =>
    Buffer.concat([Buffer.of(0, 1), Buffer.alloc(count, 0xff), Buffer.of(0), rest]);

  it('accepts the true block, so that the cases below test what they say', async () => {
    const scheme = rawScheme((info) => padded(253 - info.length, info));
    await expectSound(signedBy({ by: leader, scheme }, CONTENT));
  });

  it.each<[string, (info: Buffer) => Buffer]>([
    [
      'rubbish behind the DigestInfo',
      (info) => padded(8, Buffer.concat([info, Buffer.alloc(245 - info.length, 7)])),
    ],
    [
      'zeros behind the DigestInfo',
      (info) => padded(100, Buffer.concat([info, Buffer.alloc(153 - info.length)])),
    ],
    [
      'rubbish in the parameters',
      (info) => {
        const algorithm = sequence(oid('2.16.840.1.101.3.4.2.1'), element(0x04, Buffer.alloc(100, 7)));
        const whole = sequence(algorithm, octetString(info.subarray(-32)));
        return padded(253 - whole.length, whole);
      },
    ],
    [
      'padding of another octet',
      (info) => Buffer.concat([Buffer.of(0, 1), Buffer.alloc(253 - info.length, 0xfe), Buffer.of(0), info]),
    ],
    [
      'padding of encryption, type 2',
      (info) => Buffer.concat([Buffer.of(0, 2), Buffer.alloc(253 - info.length, 0xff), Buffer.of(0), info]),
    ],
    ['the bare digest', (info) => padded(253 - 32, Buffer.from(info.subarray(-32)))],
    [
      'a DigestInfo of SHA-1',
      (info) => {
        const whole = sequence(sequence(oid('1.3.14.3.2.26'), nullValue()), octetString(info.subarray(-20)));
        return padded(253 - whole.length, whole);
      },
    ],
  ])('%s', async (_, block) => {
    const facts = await read(signedBy({ by: leader, scheme: rawScheme(block) }, CONTENT));
    expect(facts.signatures[0]!.authentic).toBe(false);
    expect(codes(facts)).toEqual(['SIG_CRYPTO_FAILURE']);
  });

  it('cube roots under exponent 3', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    const by = certify(privateKey);
    await expectSound(signedBy({ by }, CONTENT));
    const scheme: Scheme = { algorithm: rsa('sha256').algorithm, sign: (data) => cubeRoot(hashOf(data)) };
    expect(codes(await read(signedBy({ by, scheme }, CONTENT)))).toEqual(['SIG_CRYPTO_FAILURE']);
  });

  /** A value whose cube begins with a short padding and the DigestInfo; what follows is rubbish. */
  function cubeRoot(hash: Buffer): Buffer {
    const head = padded(8, Buffer.concat([INFO, hash]));
    const target = BigInt(
      `0x${Buffer.concat([head, Buffer.alloc(256 - head.length, 0xff)]).toString('hex')}`,
    );
    let [low, high] = [0n, 1n << 700n];
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle ** 3n <= target) low = middle;
      else high = middle - 1n;
    }
    const found = Buffer.from((low ** 3n).toString(16).padStart(512, '0'), 'hex');
    expect(found.subarray(0, head.length)).toEqual(head);
    return Buffer.from(low.toString(16).padStart(512, '0'), 'hex');
  }
});

describe('several certificates that fit one signer', () => {
  const serial = integer(0x4711);
  const mine = certify(rsaKey, { serial });
  const twin = certify(otherRsaKey, { serial, commonName: 'Người khác' });
  const fingerprint = (der: Buffer) => createHash('sha256').update(der).digest('hex');

  it('takes the one whose key made the value, wherever it stands', async () => {
    for (const certificates of [
      [twin.certificate, mine.certificate],
      [mine.certificate, twin.certificate],
    ]) {
      const facts = await expectSound(signedBy({ by: mine }, CONTENT, { certificates }));
      expect(facts.signatures[0]!.certificate?.fingerprint).toBe(fingerprint(mine.certificate));
    }
  });

  it('holds to signing-certificate when two certificates have the same key', async () => {
    const renewed = certify(rsaKey, { serial, commonName: 'Chức vụ khác' });
    const plan = withReference(mine.certificate);
    const certificates = [renewed.certificate, mine.certificate];
    const facts = await expectSound(signedBy({ ...plan, by: mine }, CONTENT, { certificates }));
    expect(facts.signatures[0]!.certificate?.fingerprint).toBe(fingerprint(mine.certificate));
    const only = await read(
      signedBy({ ...plan, by: mine }, CONTENT, { certificates: [renewed.certificate] }),
    );
    expect(codes(only)).toEqual(['SIG_CRYPTO_FAILURE']);
  });
});

describe('what is no signed file', () => {
  it.each<[string, Buffer, string[]]>([
    ['plain data', otherInfo(TYPE.data), []],
    ['EnvelopedData', otherInfo(TYPE.enveloped), ['UNSUPPORTED_FORMAT']],
    ['AuthenticatedData', otherInfo(TYPE.authenticated), ['UNSUPPORTED_FORMAT']],
    [
      'certificates without a signer',
      signedFile({ content: null, signers: [], certificates: [leader.certificate] }),
      [],
    ],
    ['a file cut short', signedBy({ by: leader }, CONTENT).subarray(0, -100), ['FORMAT_FAILURE']],
    ['an empty file', Buffer.alloc(0), ['FORMAT_FAILURE']],
    ['nesting without end', Buffer.alloc(100_000, Buffer.of(0x30, 0x80)), ['FORMAT_FAILURE']],
    ['a text', Buffer.from('Kính gửi'), ['FORMAT_FAILURE']],
    [
      'too many signers',
      signedFile({ content: CONTENT, signers: Array(65).fill(signerInfo({ by: leader }, CONTENT)) }),
      ['FORMAT_FAILURE'],
    ],
  ])('%s', async (_, bytes, defects) => {
    const facts = await read(bytes);
    expect(facts.signatures).toEqual([]);
    expect(facts.defects.map((one) => one.code)).toEqual(defects);
  });

  it('reads no bytes for which a broken file could make it throw', async () => {
    const bytes = signedBy({ by: leader }, CONTENT);
    for (let at = 0; at < bytes.length; at += 7) {
      const broken = Buffer.from(bytes);
      broken[at] = broken[at]! ^ 0x55;
      const facts = await read(broken);
      const sound =
        facts.defects.length === 0 && facts.signatures.some((one) => one.intact && one.authentic === true);
      // What still holds touched nothing signed: an octet of the certificate, or of the list of digests.
      if (sound) expect(facts.signatures[0]!.certificate).not.toBeNull();
    }
  });
});
