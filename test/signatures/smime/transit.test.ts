import { describe, expect, it } from 'vitest';
import { readSmime } from '../../../signatures/smime/read.ts';
import { signedFile, signerInfo } from '../../support/cms-signing.ts';
import {
  bytesOf,
  clerk,
  LETTER,
  message,
  multipart,
  multipartSigned,
  octetsOf,
  signatureOver,
  textPart,
} from '../../support/smime-message.ts';

const TEXT = 'Kính gửi: Văn phòng UBND\r\nNội dung thử nghiệm.\r\n';
const PLAIN = 'Kinh gui: Van phong\r\nFrom day tro di\r\n.\r\n';

async function arrived(part: string, original: string) {
  const entity = multipartSigned({ part, signature: signatureOver(original) });
  const facts = await readSmime(message(entity), { pool: [] });
  return facts.signatures[0]!;
}

const base64Part = (text: string): string =>
  textPart('', 'base64') + wrapped(Buffer.from(text, 'utf8').toString('base64'));
const wrapped = (base64: string): string => base64.replace(/(.{76})(?=.)/g, '$1\r\n');
const quotedPart = (text: string): string => {
  const quoted = octetsOf(text).replace(
    /[^\t\r\n -<>-~]/g,
    (char) => `=${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return textPart('', 'quoted-printable') + quoted;
};
const inside = (part: string) => multipart('mixed', [part, textPart('tệp kèm')], 'trong');

describe('a signed part that a relay has re-written', () => {
  it.each<[string, string, string, string]>([
    ['8bit to quoted-printable', textPart(TEXT), quotedPart(TEXT), 'transfer encoding changed'],
    ['8bit to base64', textPart(TEXT), base64Part(TEXT), 'transfer encoding changed'],
    ['quoted-printable to 8bit', quotedPart(TEXT), textPart(TEXT), 'transfer encoding changed'],
    ['base64 to 8bit', base64Part(TEXT), textPart(TEXT), 'transfer encoding changed'],
    ['quoted-printable to base64', quotedPart(TEXT), base64Part(TEXT), 'transfer encoding changed'],
    ['7bit to base64', textPart(PLAIN, '7bit'), base64Part(PLAIN), 'transfer encoding changed'],
    ['inside a multipart', inside(textPart(TEXT)), inside(quotedPart(TEXT)), 'transfer encoding changed'],
    ['line ends', LETTER.replaceAll('\r\n', '\n'), LETTER, 'line ends changed'],
    ['empty lines added', LETTER, `${LETTER}\r\n\r\n`, 'line ends at the end added or removed'],
    ['the last line end taken', LETTER, LETTER.slice(0, -2), 'line ends at the end added or removed'],
    ['blanks added', LETTER, LETTER.replace('UBND', 'UBND '), 'blanks added at line ends'],
    [
      'From escaped',
      textPart(PLAIN),
      textPart(PLAIN).replace('From day', '>From day'),
      '">" put before "From "',
    ],
    [
      'dots doubled',
      textPart(PLAIN),
      textPart(PLAIN).replace('\r\n.', '\r\n..'),
      'dots doubled at line beginnings',
    ],
    ['header folded', LETTER, LETTER.replace('; charset', ';\r\n\tcharset'), 'header fields folded'],
    ['header unfolded', LETTER.replace('; charset', ';\r\n\tcharset'), LETTER, 'header fields unfolded'],
  ])('%s: false as it stands, and told apart from forged', async (_, original, rewritten, transform) => {
    const sound = await arrived(original, original);
    expect(sound.reasons.filter((one) => one.code !== 'HASH_FAILURE')).toEqual([]);
    const one = await arrived(rewritten, original);
    expect(one.intact).toBe(false);
    expect(one.reasons.map((reason) => reason.code)).toEqual(['HASH_FAILURE']);
    expect(one.notes).toEqual([{ code: 'CHANGED_IN_TRANSIT', detail: transform }]);
  });

  it.each<[string, string]>([
    ['a digit changed', LETTER.replace('UBND', 'UBNE')],
    ['a line taken out', LETTER.replace(/\r\n[^\r]*\r\n$/, '\r\n')],
    ['re-encoded and changed', base64Part(TEXT.replace('UBND', 'HĐND'))],
    ['nothing left', ''],
  ])('%s is forged: nothing known explains it', async (_, forged) => {
    const one = await arrived(forged, LETTER);
    expect(one.reasons.map((reason) => reason.code)).toEqual(['HASH_FAILURE']);
    expect(one.notes).toEqual([]);
  });

  it('is not looked for at any cost', async () => {
    const began = performance.now();
    for (const piece of [' ', '\r\n', '\t\r\n ', ';\r\n ', '=\r\n', '.', 'From '])
      await arrived(`${LETTER}${piece.repeat(300_000)}x`, LETTER);
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(bytesOf(LETTER).length).toBeGreaterThan(0);
  }, 20_000);
});

it('is looked for for two signers only, however many a message has', async () => {
  const original = textPart(TEXT);
  const signers = Array.from({ length: 5 }, () => signerInfo({ by: clerk }, bytesOf(original)));
  const signature = signedFile({ content: null, signers, certificates: [clerk.certificate] });
  const facts = await readSmime(message(multipartSigned({ part: quotedPart(TEXT), signature })), {
    pool: [],
  });
  expect(facts.signatures.map((one) => one.intact)).toEqual(Array(5).fill(false));
  expect(facts.signatures.flatMap((one) => one.notes.map((note) => note.code))).toEqual([
    'CHANGED_IN_TRANSIT',
    'CHANGED_IN_TRANSIT',
  ]);
});
