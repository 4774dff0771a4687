/**
 * Vietnamese of before Unicode that is labelled as Latin-1 (ENC-02, VAL-07): flagged and shown, never repaired in silence.
 */

/** Letters that TCVN3 (ABC) fonts put on Latin-1 places and that follow one another as no Western language writes them. */
const TCVN3 = /[µ¸¹·ª«¬­®¨©°]{1}[a-z]*|[ÊÕÒÓÔ×ØÜÝÞßãäåæçèéêëìíîïñòóôõö÷øùúûüýþ]n[hg]?\b/g;
/** VNI writes a letter and then its mark as a second Latin-1 letter: "eä", "oâ", "öô". */
const VNI = /[aeou][àáâãäåèéêëìíîïòóôõöùúûü](?=[a-z]{0,2}\b)|[öô][ùøûõïôâêéèëã]/gi;

/** Which font family the text looks like; null for everything else. Unicode Vietnamese has letters that no Latin-1 text has. */
export function legacyVietnamese(text: string): 'TCVN3' | 'VNI' | null {
  const sample = text.slice(0, 4_000);
  if (/[\u1ea0-\u1ef9]|[ơưđăƠƯĐĂ]/u.test(sample)) return null;
  const words = sample.match(/\S+/g)?.length ?? 0;
  const [tcvn, vni] = [TCVN3, VNI].map((pattern) => sample.match(pattern)?.length ?? 0) as [number, number];
  if (tcvn + vni < 4 || tcvn + vni <= words * 0.2) return null;
  return tcvn >= vni ? 'TCVN3' : 'VNI';
}
