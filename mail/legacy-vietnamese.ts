/**
 * Text typed with TCVN3 (ABC) or VNI fonts and sent as latin-1: each letter stands for another one. It is flagged and
 * shown as it came; a repair would be a guess in an official register (STYLE, known traps).
 */

/** TCVN3 puts letters where latin-1 has signs: a sign inside a word is one of them. */
const TCVN3_IN_WORD =
  /\p{L}[\u00a1-\u00a9\u00ab-\u00b9\u00bb-\u00bf]\p{L}?|[\u00a8\u00a9\u00ac-\u00ae\u00b5-\u00b9\u00bb-\u00be]\p{L}/gu;
/** VNI writes a letter and its mark as two: "Coäng hoøa", "Vieät Nam". */
const VNI_PAIR = /[aeouyAEOUYöôÖÔ][øùûõïâêéèúüëàáåãäØÙÛÕÏÂÊÉÈÚÜËÀÁÅÃÄ](?=[\p{L}\s.,;:]|$)/gu;
const WORD = /\p{L}+/gu;

/** Which font encoding the text looks like; null when it does not. Needs several hits: one sign proves nothing. */
export function legacyVietnamese(text: string): 'TCVN3' | 'VNI' | null {
  const sample = text.slice(0, 20_000);
  const words = sample.match(WORD)?.length ?? 0;
  if (words < 2 || /[\u1ea0-\u1ef9ơưđĐƠƯ\0-\x08]/u.test(sample) || !mostlyAscii(sample)) return null;
  if (enough(sample, TCVN3_IN_WORD, words)) return 'TCVN3';
  // French and Dutch have such pairs too, in one word of ten.
  return enough(sample, VNI_PAIR, words * 2) ? 'VNI' : null;
}

/** At least three hits of two kinds, and in one word of eight. */
function enough(sample: string, pattern: RegExp, words: number): boolean {
  const hits = sample.match(pattern) ?? [];
  return hits.length >= 3 && new Set(hits).size >= 2 && hits.length * 8 >= words;
}

/** In these fonts the plain letters stay; text in another alphabet that lost its label has hardly any. */
function mostlyAscii(sample: string): boolean {
  const ascii = sample.match(/[a-z0-9]/gi)?.length ?? 0;
  return ascii * 10 >= sample.replace(/\s/g, '').length * 5;
}
