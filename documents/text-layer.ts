/** Whether a page's text layer can be read instead of its picture (DOMAIN 4.4). */

/** Letters of Vietnamese in NFC; f, j, w, z stand in names and addresses. */
const REPERTOIRE =
  /[a-zA-ZàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ]/gu;

/**
 * Signs that stand for letters when text in a TCVN3 or VNI font is taken for latin-1 ("Céng hßa x· héi"): they count
 * as letters outside the repertoire.
 */
const LETTER_LIKE = /\p{L}|[¡-¿×÷]/gu;

/** What signing tools print about a signature: no content of the document (DOMAIN 2.1.5–2.1.7). */
const SIGNATURE_LINE =
  /^(?:ký bởi|người ký|cơ quan|email|thời gian ký|ngày ký|ký ngày|digitally signed|signed by|date|reason|location|lý do|địa điểm)\s*:|^(?:sao y|sao lục|trích sao)\s*;|@|^\d{1,2}[./]\d{1,2}[./]\d{4}\s+\d{1,2}:\d{2}|^[+-]\d{2}['’:]?\d{2}/iu;

export function isSignatureText(line: string): boolean {
  return SIGNATURE_LINE.test(line.trim());
}

const MINIMUM_LETTERS = 50;
const MINIMUM_SHARE = 0.9;

/** `lines` are the page's own lines, NFC, without what annotations draw. */
export function isUsableText(lines: readonly string[]): boolean {
  const text = lines.filter((line) => !isSignatureText(line)).join('\n');
  const letters = text.match(LETTER_LIKE)?.length ?? 0;
  const known = text.match(REPERTOIRE)?.length ?? 0;
  return known >= MINIMUM_LETTERS && known >= letters * MINIMUM_SHARE;
}
