import { describe, expect, test } from 'vitest';
import { decodeText } from '../../documents/encoding.ts';
import { detectLegacy, encodingOfFont, fromLegacy, isSyllable } from '../../documents/encoding-legacy.ts';
import { fromTcvn3 } from '../../documents/encoding-tcvn3.ts';
import { fromVni } from '../../documents/encoding-vni.ts';

/** Every marked letter with its byte in TCVN 5712 VN3, in hexadecimal. */
const TCVN3 =
  'ăa8 âa9 êaa ôab ơac ưad đae àb5 ảb6 ãb7 áb8 ạb9 ằbb ẳbc ẵbd ắbe ặc6 ầc7 ẩc8 ẫc9 ấca ậcb ècc ẻce ẽcf éd0 ẹd1 ềd2 ểd3 ễd4 ếd5 ệd6 ìd7 ỉd8 ĩdc ídd ịde òdf ỏe1 õe2 óe3 ọe4 ồe5 ổe6 ỗe7 ốe8 ộe9 ờea ởeb ỡec ớed ợee ùef ủf1 ũf2 úf3 ụf4 ừf5 ửf6 ữf7 ứf8 ựf9 ỳfa ỷfb ỹfc ýfd ỵfe'.split(
    ' ',
  );

/** Every marked letter as VNI writes it, small. */
const VNI =
  'ăaê âaâ êeâ ôoâ ơô ưö đñ àaø ảaû ãaõ áaù ạaï ằaè ẳaú ẵaü ắaé ặaë ầaà ẩaå ẫaã ấaá ậaä èeø ẻeû ẽeõ éeù ẹeï ềeà ểeå ễeã ếeá ệeä ìì ỉæ ĩó íí ịò òoø ỏoû õoõ óoù ọoï ồoà ổoå ỗoã ốoá ộoä ờôø ởôû ỡôõ ớôù ợôï ùuø ủuû ũuõ úuù ụuï ừöø ửöû ữöõ ứöù ựöï ỳyø ỷyû ỹyõ ýyù ỵî'.split(
    ' ',
  );

describe('legacy Vietnamese encodings (ENC-02)', () => {
  test('every small letter of TCVN3 becomes its Unicode letter, and a capital in a font for capitals', () => {
    expect(TCVN3).toHaveLength(67);
    for (const pair of TCVN3) {
      const letter = pair[0]!;
      const code = String.fromCharCode(Number.parseInt(pair.slice(1), 16));
      expect(fromTcvn3(code)).toBe(letter);
      expect(fromTcvn3(code, true)).toBe(letter.toUpperCase());
    }
    expect(fromTcvn3('\u00A1\u00A2\u00A3\u00A4\u00A5\u00A6\u00A7')).toBe('ĂÂÊÔƠƯĐ');
  });

  test('every letter of VNI becomes its Unicode letter, small, capital and capital with a small sign', () => {
    expect(VNI).toHaveLength(67);
    for (const pair of VNI) {
      const [letter, code] = [pair[0]!, pair.slice(1)];
      expect(fromVni(code)).toBe(letter);
      expect(fromVni(code.toUpperCase())).toBe(letter.toUpperCase());
      if (code.length === 2) expect(fromVni(code[0]!.toUpperCase() + code[1]!)).toBe(letter.toUpperCase());
    }
  });

  test.each([
    ['.VnTime', 'tcvn3', false],
    ['.VnTimeH', 'tcvn3', true],
    ['.vnarialh', 'tcvn3', true],
    ['VNI-Times', 'vni', false],
    ['VNI Times', 'vni', false],
  ])('the font %s is in %s', (font, encoding, upper) => {
    expect(encodingOfFont(font)).toEqual({ encoding, upper });
  });

  test.each(['Times New Roman', 'Vnhelvet', 'VNITIMES', '', null])('the font %s tells nothing', (font) => {
    expect(encodingOfFont(font)).toBeNull();
  });

  test('text that symbol fonts put into the private area is read from there', () => {
    expect(fromLegacy('Vi\uF0D6t', 'tcvn3')).toBe('Việt');
  });

  test.each([
    ['Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc', 'tcvn3'],
    ['Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc', 'vni'],
    ['Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc', null],
    ["L'été dernier à Genève, le préfet a décidé la création d'une école près de la forêt", null],
    ['Chủ tịch Ủy ban nhân dân tỉnh, kèm phụ lục «Ä» gửi Sở Nội vụ', null],
    ['no marks at all', null],
    ['ViÖt Nam', null],
  ])('%s reads as %s', (text, encoding) => {
    expect(detectLegacy(text)).toBe(encoding);
  });

  test.each(['nghiêng', 'quyết', 'giữ', 'gìn', 'khuỷu', 'Ủy', 'uỷ', 'ế', 'oằn', 'yêu', 'thuở', 'xã'])(
    '%s is spelt as a syllable',
    (word) => {
      expect(isSyllable(word)).toBe(true);
    },
  );

  test.each(['ng', 'Qu', 'préfet', 'cườngg', 'Ö', 'héấ', 'wá', ''])('%s is no syllable', (word) => {
    expect(isSyllable(word)).toBe(false);
  });
});

const SENTENCE = 'Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc';
describe('bytes of a text file (ENC-01)', () => {
  test.each([
    ['UTF-8', Buffer.from(SENTENCE)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${SENTENCE}`)],
    ['UTF-8, decomposed', Buffer.from(SENTENCE.normalize('NFD'))],
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${SENTENCE}`, 'utf16le')],
    ['UTF-16, the other order', Buffer.from(`\uFEFF${SENTENCE}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(SENTENCE, 'utf16le')],
    ['UTF-16 without a mark, the other order', Buffer.from(SENTENCE, 'utf16le').swap16()],
  ])('%s comes out composed', (_, bytes) => {
    expect(decodeText(bytes)).toEqual({ text: SENTENCE, encoding: 'unicode' });
  });

  test('UTF-8 with a few wrong bytes, or cut off within a letter, is UTF-8 still', () => {
    const bytes = Buffer.from(`${SENTENCE} ${SENTENCE}`);
    bytes[2] = 0xff;
    expect(decodeText(bytes).encoding).toBe('unicode');
    expect(decodeText(Buffer.from(`${SENTENCE} ộ`).subarray(0, -1)).text).toBe(`${SENTENCE} \uFFFD`);
  });

  test('Windows-1258 is told by its combining tones and composed', () => {
    // "Cộng xã hội Việt Nam": the letter with its hat, then the tone.
    const bytes = Buffer.from(
      '43f4f26e67 207861de 2068f4f269 205669eaf274 204e616d'.replaceAll(' ', ''),
      'hex',
    );
    expect(decodeText(bytes)).toEqual({ text: 'Cộng xã hội Việt Nam', encoding: 'windows-1258' });
  });

  test('TCVN3 bytes, and TCVN3 saved as UTF-8, are told by their syllables', () => {
    const text = 'Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc';
    const read = { text: SENTENCE, encoding: 'tcvn3' };
    expect(decodeText(Buffer.from(text, 'latin1'))).toEqual(read);
    expect(decodeText(Buffer.from(text))).toEqual(read);
  });

  test('VNI bytes are told by their syllables', () => {
    const text = 'Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc';
    expect(decodeText(Buffer.from(text, 'latin1'))).toEqual({ text: SENTENCE, encoding: 'vni' });
  });

  test('other latin-1 text is left as it is', () => {
    const text = "L'école près de la forêt a été créée à Genève";
    expect(decodeText(Buffer.from(text, 'latin1'))).toEqual({ text, encoding: 'windows-1252' });
  });
});
