/** VNI Windows: a letter and, behind it, a sign from latin-1 that the font draws as its marks ("Vieät Nam"). */

const TONES = 'ùøûõï';
/** Tones of â, ê, ô and of ă, in the order acute, grave, hook, tilde, dot. */
const HAT_TONES = 'áàåãä';
const BREVE_TONES = 'éèúüë';

/** Letter without marks as VNI writes it → its signs → the letters they make. */
const ROWS: [base: string, signs: string, letters: string][] = [
  ['a', TONES, 'áàảãạ'],
  ['a', `â${HAT_TONES}`, 'âấầẩẫậ'],
  ['a', `ê${BREVE_TONES}`, 'ăắằẳẵặ'],
  ['e', TONES, 'éèẻẽẹ'],
  ['e', `â${HAT_TONES}`, 'êếềểễệ'],
  ['o', TONES, 'óòỏõọ'],
  ['o', `â${HAT_TONES}`, 'ôốồổỗộ'],
  ['ô', TONES, 'ớờởỡợ'],
  ['u', TONES, 'úùủũụ'],
  ['ö', TONES, 'ứừửữự'],
  ['y', 'ùøûõ', 'ýỳỷỹ'],
];
/** Codes that are a letter by themselves. */
const SINGLE: [code: string, letter: string][] = [...'ôöñîæóò'].map((code, index) => [
  code,
  [...'ơưđỵỉĩị'][index]!,
]);

const LETTERS = table();
const CODED = /[aeouyôöAEOUYÔÖ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[ôöñîæóòÔÖÑÎÆÓÒ]/g;

function table(): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  const put = (code: string, letter: string) => {
    letters.set(code, letter);
    letters.set(code.toUpperCase(), letter.toUpperCase());
    const mixed = code[0]!.toUpperCase() + code.slice(1);
    if (code.length > 1) letters.set(mixed, letter.toUpperCase());
  };
  for (const [base, signs, made] of ROWS)
    [...signs].forEach((sign, index) => {
      put(base + sign, [...made][index]!);
    });
  for (const [code, letter] of SINGLE) put(code, letter);
  return letters;
}

/** Text that is no VNI comes out as it was. */
export function fromVni(text: string): string {
  return text.replace(CODED, (code) => LETTERS.get(code) ?? tail(code));
}

/** A pair that makes no letter: its first half may still be one (ô before a plain vowel). */
function tail(code: string): string {
  return [...code].map((one) => LETTERS.get(one) ?? one).join('');
}
