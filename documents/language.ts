/** Which language a text is in, as far as it matters here: Vietnamese or not (language of the document, LC 2.2). */

const WITH_MARKS = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/giu;
const ENGLISH = /\b(?:the|of|and|to|in|for|is|on|with|by)\b/giu;
/** Fewer letters tell nothing. */
const MINIMUM = 80;
/** Of the letters of a Vietnamese text about a quarter carry marks. */
const SHARE = 0.1;

export function languageOf(lines: readonly string[]): 'vi' | 'en' | null {
  const text = lines.join(' ').normalize('NFC');
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < MINIMUM) return null;
  if ((text.match(WITH_MARKS)?.length ?? 0) >= letters * SHARE) return 'vi';
  const words = text.match(/\p{L}+/gu)?.length ?? 1;
  return (text.match(ENGLISH)?.length ?? 0) >= words * 0.1 ? 'en' : null;
}
