/** Secrecy marks where there is no line to stand on: subjects and file names (DOMAIN 8.2). */
import { fold, normalise } from './normalise.ts';
import type { SecrecyMark } from './types.ts';

type Level = SecrecyMark['level'];

/** With its marks, or typed without any; MẮT, MẤT and MẶT are other words, and a subject is not read by OCR. */
const WORD = { MAT: 'M[ẬA]T', TOI_MAT: 'T[ỐO]I[ _-]?M[ẬA]T', TUYET_MAT: 'TUY[ỆE]T[ _-]?M[ẬA]T' };
const LEVELS: Level[] = ['TUYET_MAT', 'TOI_MAT', 'MAT'];

/** A symbol of a secrets series: `443/QĐ-UBND(M)`. */
const SERIES = /\d{1,6}[a-z]?[\s_/.-]+\p{Lu}[\p{L}\p{N}&]*(?:[-_.][\p{L}\p{N}&]+)+ ?\((M|TM|M[ẬA]T)\)/u;

/**
 * "[MẬT] …", "(Tối mật)", "TUYỆT MẬT - …", "… - MẬT", "Độ mật: Mật". In brackets in any case; bare only in capitals
 * between the ends, colons, dashes and bars.
 */
export function findSecrecyInSubject(subject: string): Level[] {
  const text = normalise(subject).replace(/^(?:(?:RE|FW|FWD|TL|CT)\s*:\s*)+/i, '');
  const found = LEVELS.filter((level) => {
    const bracketed = new RegExp(`[[({<«“"]\\s*${WORD[level]}\\s*[\\])}>»”"]`, 'iu');
    const bare = new RegExp(`(?:^|[:;|\\])}]|\\s-)\\s*${WORD[level]}\\s*(?:$|[:;|[({.!]|-\\s|-$)`, 'u');
    const stated = new RegExp(`Độ mật\\s*:\\s*${WORD[level]}(?![\\p{L}])`, 'iu');
    return bracketed.test(text) || bare.test(text) || stated.test(text);
  });
  return [...found, ...(found.length === 0 ? shoutedLevel(text) : []), ...seriesLevel(text)];
}

/** "Gửi tài liệu MẬT": capitals in a subject that is otherwise not in capitals are meant; MẬT KHẨU and BẢO MẬT are words. */
function shoutedLevel(text: string): Level[] {
  if (text === text.toUpperCase()) return [];
  const match =
    /(?<![\p{L}\p{N}])(?<!(?:BẢO|BÍ) )(?<rank>TỐI |TUYỆT )?MẬT(?! (?:KHẨU|ĐỘ|MÃ|THƯ|VỤ|ONG|THIẾT|NGHỊ))(?![\p{L}\p{N}])/u.exec(
      text,
    );
  if (match === null) return [];
  return [match.groups?.rank === undefined ? 'MAT' : match.groups.rank === 'TỐI ' ? 'TOI_MAT' : 'TUYET_MAT'];
}

/** What MAT, typed without marks, begins in file names of every office: mặt bằng, mật khẩu, mất thẻ… */
const OTHER_WORDS = new Set(
  'BANG KHAU CAT DUNG DO MA ONG TIEN TRAN HANG THIET DUONG NUOC SAN TRUOC SAU THE HO SO GIAY VIET BIEN THU VU DAT NGOAI TRONG'.split(
    ' ',
  ),
);

/**
 * "MAT_443.pdf", "TOI MAT …", "[MẬT] …", "443_QD-UBND(M).pdf". A bare MAT must be the first or last word, in capitals,
 * and not begin another word: "MAT BANG TANG 1.dwg" is a floor plan.
 */
export function findSecrecyInName(name: string): Level[] {
  const stem = normalise(name).replace(/(?:\.[A-Za-z0-9]{2,6}){1,3}$/, '');
  const bracketed = LEVELS.filter((level) =>
    new RegExp(`[[({]\\s*${WORD[level]}\\s*[\\])}]`, 'iu').test(stem),
  );
  const words = stem.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return [...bracketed, ...levelsInWords(words), ...seriesLevel(stem)];
}

function levelsInWords(words: string[]): Level[] {
  const found: Level[] = [];
  for (const [index, word] of words.entries()) {
    if (fold(word) !== 'MAT') continue;
    const before = words[index - 1] ?? '';
    if (isLevelPair(before, word)) found.push(/^TUY/i.test(fold(before)) ? 'TUYET_MAT' : 'TOI_MAT');
    else if (isBareMark(words, index)) found.push('MAT');
  }
  return found;
}

/** "tuyet mat" has no other reading; "toi mat" without capitals or marks may be "tôi mất". */
function isLevelPair(before: string, word: string): boolean {
  if (fold(before) === 'TUYET') return /^m[ậa]t$/iu.test(word);
  if (fold(before) !== 'TOI' || !/^m[ậa]t$/iu.test(word)) return false;
  return /^tối$/iu.test(before) || (before === 'TOI' && word === 'MAT');
}

function isBareMark(words: string[], index: number): boolean {
  const word = words[index] ?? '';
  const next = words[index + 1];
  const edge = index === 0 || next === undefined;
  if (next === undefined && word === 'mật' && /^(?:bản|liệu|văn|sơ)$/iu.test(words[index - 1] ?? ''))
    return true;
  const afterWord = /^(?:BAO|BI)$/.test(fold(words[index - 1] ?? ''));
  if (!edge || afterWord || (next !== undefined && OTHER_WORDS.has(fold(next)))) return false;
  if (word === 'MẬT' || word === 'MAT') return true;
  return index === 0 && /^M[ậa]t$/u.test(word) && (word === 'Mật' || /^\d/.test(next ?? ''));
}

function seriesLevel(text: string): Level[] {
  const match = SERIES.exec(text);
  return match === null ? [] : [match[1] === 'TM' ? 'TOI_MAT' : 'MAT'];
}
