import { describe, expect, it } from 'vitest';
import type { FileFacts } from '../../../signatures/facts.ts';
import { readSmime } from '../../../signatures/smime/read.ts';
import { certify, rsaKey } from '../../support/cms-keys.ts';
import { otherInfo, signedFile, signerInfo, TYPE } from '../../support/cms-signing.ts';
import {
  bytesOf,
  CLERK,
  clerk,
  keyed,
  LETTER,
  message,
  multipart,
  multipartSigned,
  OTHER,
  opaque,
  opaqueOver,
  other,
  signatureOver,
  signed,
  textPart,
} from '../../support/smime-message.ts';

const read = (bytes: Uint8Array): Promise<FileFacts> => readSmime(bytes, { pool: [] });
const codes = (facts: FileFacts): string[] =>
  facts.signatures.flatMap((one) => one.reasons.map((reason) => reason.code));
const names = (facts: FileFacts): string[] => facts.signatures.map((one) => one.name);
/** Kinds of changes that are not allowed. */
const findings = (facts: FileFacts): string[] =>
  facts.signatures.flatMap((one) => one.changes.filter(({ allowed }) => !allowed).map(({ kind }) => kind));

const bareLines = (bytes: Buffer): Buffer => bytesOf(bytes.toString('latin1').replaceAll('\r\n', '\n'));

async function expectSound(bytes: Uint8Array): Promise<FileFacts> {
  const facts = await read(bytes);
  expect(facts.defects).toEqual([]);
  expect(facts.signatures.length).toBeGreaterThan(0);
  expect(codes(facts)).toEqual([]);
  expect(findings(facts)).toEqual([]);
  for (const one of facts.signatures) expect(one).toMatchObject({ intact: true, authentic: true });
  return facts;
}

describe('a sound signed message', () => {
  const mixed = multipart('mixed', [textPart('xem tệp kèm'), textPart('tệp', '7bit')], 'trong');
  const spaced = textPart('blanks at the end   \r\n\r\n\r\nand a dot\r\n.\r\n');

  it.each<[string, Buffer]>([
    ['multipart/signed', message(signed(LETTER))],
    ['multipart/signed with bare LF line ends', bareLines(message(signed(LETTER)))],
    ['a signed multipart with an attachment', message(signed(mixed))],
    ['a part with blanks, empty lines and a lone dot', message(signed(spaced))],
    ['a part without a last line end', message(signed('Content-Type: text/plain\r\n\r\nxin chào'))],
    ['a part without header fields', message(signed('\r\nxin chao'))],
    [
      'the older names of the types',
      message(
        multipartSigned({
          part: LETTER,
          signature: signatureOver(LETTER),
          protocol: 'application/x-pkcs7-signature',
          type: 'application/x-pkcs7-signature',
        }),
      ),
    ],
    [
      'the same content inside the signature',
      message(multipartSigned({ part: LETTER, signature: opaqueOver(LETTER) })),
    ],
    [
      'a signature over bare LF that came with bare LF',
      bareLines(message(signed(LETTER.replaceAll('\r\n', '\n')))),
    ],
    ['opaque', message(opaque(opaqueOver(LETTER)))],
    ['opaque, the older name', message(opaque(opaqueOver(LETTER), 'application/x-pkcs7-mime'))],
    ['opaque in binary', message(opaque(opaqueOver(LETTER), undefined, 'binary'))],
    ['opaque under a gateway’s type', message(opaque(opaqueOver(LETTER), 'application/octet-stream'))],
    [
      'opaque under a gateway’s type, named by its disposition',
      message(
        opaque(opaqueOver(LETTER), 'application/octet-stream').replace(
          '; name="smime.p7m"',
          '\r\nContent-Disposition: attachment; filename="smime.p7m"',
        ),
      ),
    ],
    [
      'a signature part under a gateway’s type',
      message(
        multipartSigned({ part: LETTER, signature: signatureOver(LETTER), type: 'application/octet-stream' }),
      ),
    ],
    [
      'a field of its structure twice, the same',
      message(signed(LETTER), [`From: ${CLERK}`, 'MIME-Version: 1.0']),
    ],
    ['opaque with bare LF around', bareLines(message(opaque(opaqueOver(LETTER))))],
  ])('%s has no finding, and its sender is its signer', async (_, bytes) => {
    const facts = await expectSound(bytes);
    expect(facts.senderMatches).toBe(true);
    expect(names(facts)).toEqual(['1']);
    expect(facts.signatures[0]!).toMatchObject({ format: 'S/MIME', coverage: { wholeFile: true } });
  });

  it('may be signed again around, clear or opaque: each signature is told', async () => {
    const clear = await expectSound(message(signed(signed(LETTER, other, 'trong'))));
    expect(names(clear)).toEqual(['1', 'part 1/1']);
    const closed = await expectSound(message(opaque(opaqueOver(opaque(opaqueOver(LETTER, other))))));
    expect(names(closed)).toEqual(['1', 'part /content/1']);
    // The inner signer vouches for no header: the outer one is the sender.
    expect([clear.senderMatches, closed.senderMatches]).toEqual([true, true]);
  });

  it('may be triple-wrapped: what is encrypted stays closed, the outer signature is judged', async () => {
    const facts = await expectSound(
      message(signed(opaque(otherInfo(TYPE.enveloped), 'application/pkcs7-mime; smime-type=enveloped-data'))),
    );
    expect(names(facts)).toEqual(['1']);
  });

  it('finds a false signature inside a true one', async () => {
    const inner = signed(LETTER, other, 'trong').replace('nghi', 'NGHI');
    const facts = await read(message(signed(inner)));
    expect(facts.signatures.map((one) => one.intact)).toEqual([true, false]);
  });

  it('with several signers is from any of them', async () => {
    const signers = [clerk, other].map((by) => signerInfo({ by }, bytesOf(LETTER)));
    const certificates = [clerk.certificate, other.certificate];
    const signature = signedFile({ content: null, signers, certificates });
    const facts = await expectSound(message(multipartSigned({ part: LETTER, signature })));
    expect(names(facts)).toEqual(['1', '2']);
    expect(facts.senderMatches).toBe(true);
  });
});

describe('text around the signed part', () => {
  it('is told and does not fail the signature: no reader shows it', async () => {
    const entity = multipartSigned({
      part: LETTER,
      signature: signatureOver(LETTER),
      preamble: 'CHUYỂN TIỀN NGAY',
      epilogue: 'vào tài khoản khác',
    });
    const facts = await expectSound(message(entity));
    expect(facts.signatures[0]!.coverage.notCovered).toEqual(['message header', 'preamble', 'epilogue']);
    expect(facts.signatures[0]!.notes.map((one) => one.code)).toEqual(['UNSIGNED_TEXT', 'UNSIGNED_TEXT']);
  });

  it('is worth no word when it is the usual one', async () => {
    const preamble = 'This is a cryptographically signed message in MIME format.';
    const entity = multipartSigned({ part: LETTER, signature: signatureOver(LETTER), preamble });
    expect((await expectSound(message(entity))).signatures[0]!.notes).toEqual([]);
  });
});

/** "Johnny, you are fired" (USENIX Security 2019), class MIME: the signed part is not what is shown. */
describe('a signed part that is not the whole message', () => {
  const html = 'Content-Type: text/html\r\n\r\n<b>Johnny, you are fired!</b>';
  const carried = `Content-Type: message/rfc822\r\n\r\n${message(signed(LETTER)).toString('latin1')}`;

  it.each<[string, string, string]>([
    ['M1, other text before it', multipart('mixed', [html, signed(LETTER)]), 'part 2/1'],
    ['M2, other text behind it', multipart('mixed', [signed(LETTER), html]), 'part 1/1'],
    ['M3, hidden by reference', multipart('related', [html, signed(LETTER)]), 'part 2/1'],
    ['M4, hidden as an attached message', multipart('mixed', [html, carried]), 'part 2/message/1'],
    ['opaque beside other text', multipart('mixed', [html, opaque(opaqueOver(LETTER))]), 'part 2/1'],
    ['as one of two alternatives', multipart('alternative', [signed(LETTER), html]), 'part 1/1'],
    [
      'the footer of a mailing list',
      multipart('mixed', [signed(LETTER), textPart('--\r\nlist')]),
      'part 1/1',
    ],
    ['deep inside', multipart('mixed', [multipart('related', [html, signed(LETTER)], 'giua')]), 'part 1.2/1'],
  ])('%s: sound by itself, coverage is not whole', async (_, entity, name) => {
    const facts = await read(message(entity));
    expect(names(facts)).toEqual([name]);
    expect(facts.signatures[0]).toMatchObject({ intact: true, authentic: true, reasons: [] });
    expect(facts.signatures[0]!.coverage.wholeFile).toBe(false);
    expect(new Set(findings(facts))).toEqual(new Set(['UNSIGNED_PART']));
  });

  it('each of two signatures side by side leaves the other’s part uncovered', async () => {
    const two = multipart('mixed', [signed(LETTER), signed(LETTER, other, 'khac')]);
    const facts = await read(message(two));
    expect(names(facts)).toEqual(['part 1/1', 'part 2/1']);
    expect(findings(facts)).toEqual(['UNSIGNED_PART', 'UNSIGNED_PART']);
  });

  it('a forwarded signed message is told by its place, and vouches for no sender of ours', async () => {
    const facts = await read(message(carried, [`From: ${CLERK}`]));
    expect(names(facts)).toEqual(['part /message/1']);
    expect(facts.senderMatches).toBe(false);
    expect(findings(facts)).toEqual(['UNSIGNED_PART']);
  });

  it('a signed message that carries a signed message covers it', async () => {
    const facts = await expectSound(
      message(signed(multipart('mixed', [textPart('chuyển tiếp'), carried]), clerk, 'tren-cung')),
    );
    expect(names(facts)).toEqual(['1', 'part 1.2/message/1']);
  });

  it('a wrapper with nothing else in it shows nothing else', async () => {
    await expectSound(message(multipart('mixed', [signed(LETTER)])));
  });

  it.each<[string, (entity: string) => string]>([
    [
      'a multipart encoded as a whole',
      (entity) => entity.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n'),
    ],
    ['Content-Type twice', (entity) => `Content-Type: text/plain\r\n${entity}`],
    [
      'boundary twice, the right one first',
      (entity) => entity.replace('"ranh-gioi"', '"ranh-gioi"; boundary="khac"'),
    ],
    [
      'boundary twice, the right one last',
      (entity) => entity.replace('boundary=', 'boundary="khac"; boundary='),
    ],
    ['a line that is no field', (entity) => `khong phai truong\r\n${entity}`],
    ['a bare CR in the header', (entity) => `X-Any: a\rContent-Type: text/html\r\n${entity}`],
  ])('%s: two readers may see two messages', async (_, change) => {
    const facts = await read(message(change(signed(LETTER))));
    const sound = facts.signatures.length > 0 && findings(facts).length === 0 && codes(facts).length === 0;
    expect(sound).toBe(false);
  });
});

describe('a signature that is not what it seems (Johnny, class CMS)', () => {
  const confused = signedFile({
    content: bytesOf(textPart('the true content')),
    signers: [signerInfo({ by: clerk }, bytesOf(textPart('the true content')))],
    certificates: [clerk.certificate],
  });
  const without = (index: number) =>
    signatureOver(LETTER, clerk, { attributes: (usual) => usual.filter((_, at) => at !== index) });

  it.each<[string, string, string[]]>([
    [
      'C1, true content inside the signature, other content shown',
      multipartSigned({ part: LETTER, signature: confused }),
      ['FORMAT_FAILURE', 'HASH_FAILURE'],
    ],
    [
      'C1 reversed, the shown content signed and another inside',
      multipartSigned({
        part: LETTER,
        signature: signedFile({
          content: Buffer.from('x'),
          signers: [signerInfo({ by: clerk }, bytesOf(LETTER))],
          certificates: [clerk.certificate],
        }),
      }),
      ['FORMAT_FAILURE'],
    ],
    [
      'C2, a second signer whose signature is of something else',
      multipartSigned({
        part: LETTER,
        signature: signedFile({
          content: null,
          signers: [signerInfo({ by: other }, bytesOf(LETTER)), signerInfo({ by: clerk }, Buffer.from('x'))],
          certificates: [clerk.certificate, other.certificate],
        }),
      }),
      ['HASH_FAILURE'],
    ],
    [
      'C3, no signer at all',
      multipartSigned({
        part: LETTER,
        signature: signedFile({ content: null, signers: [], certificates: [clerk.certificate] }),
      }),
      ['FORMAT_FAILURE'],
    ],
    [
      'C3 opaque, content without a signer',
      opaque(signedFile({ content: bytesOf(LETTER), signers: [], certificates: [clerk.certificate] })),
      ['FORMAT_FAILURE'],
    ],
    [
      'C4, an exchanged part',
      multipartSigned({ part: textPart('một văn bản khác\r\n'), signature: signatureOver(LETTER) }),
      ['HASH_FAILURE'],
    ],
    ['without messageDigest', multipartSigned({ part: LETTER, signature: without(1) }), ['FORMAT_FAILURE']],
    ['without contentType', multipartSigned({ part: LETTER, signature: without(0) }), ['FORMAT_FAILURE']],
    [
      'a signature that cannot be read',
      multipartSigned({ part: LETTER, signature: Buffer.from('not a CMS') }),
      ['FORMAT_FAILURE'],
    ],
    ['opaque that cannot be read', opaque(Buffer.from('not a CMS')), ['FORMAT_FAILURE']],
    ['opaque, detached', opaque(signatureOver(LETTER)), ['SIGNED_DATA_NOT_FOUND']],
    [
      'a second part that is no signature',
      multipartSigned({ part: LETTER, signature: signatureOver(LETTER), type: 'text/plain' }),
      ['FORMAT_FAILURE'],
    ],
  ])('%s', async (_, entity, expected) => {
    const facts = await read(message(entity));
    expect([...new Set(codes(facts))].sort()).toEqual(expected);
  });

  it('a third part beside content and signature', async () => {
    const entity = signed(LETTER).replace('--ranh-gioi--', '--ranh-gioi\r\n\r\nthem\r\n--ranh-gioi--');
    expect(codes(await read(message(entity)))).toEqual(['FORMAT_FAILURE']);
  });

  it('one part alone', async () => {
    const [head] = signed(LETTER).split('--ranh-gioi\r\nContent-Type: application/pkcs7');
    expect(codes(await read(message(`${head}--ranh-gioi--\r\n`)))).toEqual(['FORMAT_FAILURE']);
  });
});

describe('messages that carry no signature of their own', () => {
  it.each<[string, Buffer, string[]]>([
    ['a plain one', message(LETTER), []],
    ['one with a multipart', message(multipart('mixed', [LETTER, textPart('x')])), []],
    ['an encrypted one', message(opaque(otherInfo(TYPE.enveloped))), ['UNSUPPORTED_FORMAT']],
    [
      'one that only hands over certificates',
      message(opaque(signedFile({ content: null, signers: [], certificates: [clerk.certificate] }))),
      [],
    ],
    [
      'one signed with OpenPGP',
      message(
        multipartSigned({
          part: LETTER,
          signature: Buffer.from('x'),
          protocol: 'application/pgp-signature',
          type: 'application/pgp-signature',
        }),
      ),
      ['UNSUPPORTED_FORMAT'],
    ],
    ['an empty one', Buffer.alloc(0), []],
  ])('%s', async (_, bytes, defects) => {
    const facts = await read(bytes);
    expect(facts).toMatchObject({ format: 'smime', signatures: [], senderMatches: null });
    expect(facts.defects.map((one) => one.code)).toEqual(defects);
  });

  it('nested without end or in too many parts is refused, quickly', async () => {
    const began = performance.now();
    let deep = LETTER;
    for (let depth = 0; depth < 40; depth += 1) deep = multipart('mixed', [deep], `b${depth}x`);
    expect((await read(message(deep))).defects.map((one) => one.code)).toEqual(['LIMIT']);
    const wide = multipart('mixed', Array<string>(600).fill('\r\nx'));
    expect((await read(message(wide))).defects.map((one) => one.code)).toEqual(['LIMIT']);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('who signed against who sent', () => {
  it('tells the sender that is not the signer', async () => {
    const facts = await expectSound(message(signed(LETTER), [`From: ${OTHER}`]));
    expect(facts.senderMatches).toBe(false);
  });

  const CLIENT = '1.3.6.1.5.5.7.3.2';
  it.each<[string, string[], string[]]>([
    ['for mail', ['1.3.6.1.5.5.7.3.4', CLIENT], []],
    ['for any purpose', ['2.5.29.37.0'], []],
    ['for something else only', [CLIENT], ['SIG_CONSTRAINTS_FAILURE']],
  ])('concludes on a certificate %s as RFC 8550 4.4.4 has it', async (_, purposes, expected) => {
    const by = certify(rsaKey, { emails: [CLERK], purposes });
    expect(codes(await read(message(signed(LETTER, by))))).toEqual(expected);
  });

  it('does not conclude on a certificate that names no address', async () => {
    const facts = await read(message(signed(LETTER, keyed(null))));
    expect(facts.senderMatches).toBe(false);
    expect(codes(facts)).toEqual(['SIG_CONSTRAINTS_FAILURE']);
  });
});
