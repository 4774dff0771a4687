/**
 * Whether a text can be Vietnamese: every word is one syllable of a small set of beginnings and rhymes. Bad recognition
 * breaks that at once ("NGHỊ ĐINB", "tliực liiện"). Pure.
 */

/** Marks of the six tones; the marks of â, ê, ô, ă, ơ, ư belong to the letter and stay. */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

const BEGINNING = '(?:ngh|ng|nh|ph|th|tr|ch|gh|gi|kh|qu|[bcdđghklmnprstvx])?';
const RHYME = [
  'i(?:a|ch|m|n|nh|p|t|u|êc|êm|ên|êng|êp|êt|êu)?',
  'ê(?:ch|m|n|nh|p|t|u)?',
  'e(?:c|m|n|ng|o|p|t)?',
  'a(?:c|ch|i|m|n|ng|nh|o|p|t|u|y)?',
  'ă(?:c|m|n|ng|p|t)',
  'â(?:c|m|n|ng|p|t|u|y)',
  'ơ(?:i|m|n|p|t)?',
  'ư(?:a|c|i|m|n|ng|t|u|ơc|ơi|ơm|ơn|ơng|ơp|ơt|ơu)?',
  'o(?:a|ac|ach|ai|am|an|ang|anh|ao|ap|at|ay|ăc|ăm|ăn|ăng|ăt|e|en|eo|et|c|i|m|n|ng|ong|p|t)?',
  'ô(?:c|i|m|n|ng|p|t)?',
  'u(?:a|i|y|c|m|n|ng|p|t|ân|âng|ât|ây|ê|êch|ênh|ôc|ôi|ôm|ôn|ông|ôt|ơ|ya|yên|yêt|ych|ynh|yt|yu|yêc|yên)?',
  'y(?:|a|ên|êm|êt|êu|nh|t|u)',
].join('|');
const SYLLABLE = new RegExp(`^${BEGINNING}(?:${RHYME})$`, 'u');

/** One word without punctuation, any case. Foreign words and names mostly are none. */
export function isSyllable(word: string): boolean {
  const plain = word.toLowerCase().normalize('NFD').replace(TONES, '').normalize('NFC');
  return SYLLABLE.test(plain);
}

/** Words of fewer letters prove nothing ("a", "o"). */
const SHORTEST = 2;
/** Fewer words prove nothing either: a heading may be all abbreviations. */
const FEWEST = 20;
/** Good recognition of official documents gives 0.9 and more, abbreviations included. */
const LEAST_SYLLABLES = 0.75;
/** Share of words with a letter that only Vietnamese has or with a tone: about 0.7 in any Vietnamese text. */
const LEAST_MARKED = 0.3;

/** True when a scanner's own recognition is too bad to be used, or was made for another language than Vietnamese. */
export function isBadRecognition(words: readonly string[]): boolean {
  const letters = words
    .map((word) => word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''))
    .filter((word) => word.length >= SHORTEST && !isAbbreviation(word));
  if (letters.length < FEWEST) return false;
  const good = letters.filter(isSyllable).length;
  const marked = letters.filter((word) => /[^\p{ASCII}]/u.test(word)).length;
  return good < letters.length * LEAST_SYLLABLES || marked < letters.length * LEAST_MARKED;
}

/** "UBND", "QĐ-TTg", "26/QĐ": letters, digits and signs mixed, or capitals that no syllable has. */
function isAbbreviation(word: string): boolean {
  return /[^\p{L}]/u.test(word) || /^[BCDĐGHKLMNPQRSTVX]{2,}$/u.test(word);
}
