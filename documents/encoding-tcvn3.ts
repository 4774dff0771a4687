/**
 * TCVN3 (TCVN 5712:1993 VN3, "ABC"): one byte for each lower-case letter, taken for latin-1 by everything that does not
 * know the font. It has no capitals with a tone: fonts whose name ends in H show the small letters as capitals.
 */

/** Code points 00A1–00FE in order; a space stands where VN3 has nothing. */
const UPPER_HALF =
  'ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ';

const LETTERS: ReadonlyMap<string, string> = new Map(
  [...UPPER_HALF].flatMap((letter, index) =>
    letter === ' ' ? [] : [[String.fromCharCode(0xa1 + index), letter] as const],
  ),
);

/** `upper` = the font shows capitals (.VnTimeH). Text that is no TCVN3 comes out as it was. */
export function fromTcvn3(text: string, upper = false): string {
  const letters = text.replace(/[¡-þ]/g, (code) => LETTERS.get(code) ?? code);
  return upper ? letters.toUpperCase() : letters;
}
