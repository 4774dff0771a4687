/**
 * Finding the marks of state secrets (DOMAIN 8.2, VAL-10): only the fact and the place, never the words around it. When
 * in doubt a mark is one: two persons can release a letter, nobody can call back a copy. But the word in running text
 * (bảo mật, bí mật nhà nước, mật khẩu, mật độ) is none.
 */
import { parsePlaceAndDate } from './dates.ts';
import { type MarkLine, markLines } from './mark-lines.ts';
import { fold, normalise } from './normalise.ts';
import { findSecrecyInName, findSecrecyInSubject } from './secrecy-short.ts';
import { typeByNameLine } from './type-names.ts';
import type { SecrecyMark } from './types.ts';

type Level = SecrecyMark['level'];

const LEVELS = new Map<string, Level>([
  ['MAT', 'MAT'],
  ['TOIMAT', 'TOI_MAT'],
  ['TUYETMAT', 'TUYET_MAT'],
]);

/**
 * Looks at one text. `part` is the path of the file in the mail, null for subject and body. Each level is told once, the
 * highest first; empty = no mark.
 */
export function findSecrecy(text: string, where: SecrecyMark['where'], part: string | null): SecrecyMark[] {
  const levels = new Set(levelsOf(text, where));
  return (['TUYET_MAT', 'TOI_MAT', 'MAT'] as const)
    .filter((level) => levels.has(level))
    .map((level) => ({ level, where, part }));
}

function levelsOf(text: string, where: SecrecyMark['where']): Level[] {
  if (where === 'subject') return findSecrecyInSubject(text);
  if (where === 'file-name') return findSecrecyInName(text);
  const lines = markLines(text);
  return lines.flatMap((line, index) => {
    const stamped = stampedLevel(line, { before: lines[index - 1], after: lines[index + 1], where });
    const inPieces = line.row === lines[index - 1]?.row;
    const said = inPieces ? [] : [...statedLevels(line.source), ...seriesLevel(line.source)];
    return stamped === null ? said : [stamped, ...said];
  });
}

/** A line that is nothing but the mark, capitals or framed; OCR's MẶT is one too, a wrapped "BẢO / MẬT" is not. */
function stampedLevel(
  line: MarkLine,
  around: { before: MarkLine | undefined; after: MarkLine | undefined; where: SecrecyMark['where'] },
): Level | null {
  const level = LEVELS.get(markOf(line)) ?? null;
  if (level === null) return null;
  if (!line.capitals && /^(?:TỐI |TUYỆT )?MẬT /u.test(line.text)) return level;
  const { before, after, where } = around;
  if (before !== undefined && /^(?:MUC)?(?:CAP)?DOMAT$/.test(before.tight)) return level;
  const written =
    line.capitals || line.framed || where === 'edxml' || (line.alone && /^\p{Lu}/u.test(line.text));
  if (!written || (!line.framed && isHalfOfWord(level, near(line, before), near(line, after)))) return null;
  if (level === 'MAT' && before?.tight === 'TOI') return 'TOI_MAT';
  if (level === 'MAT' && before?.tight === 'TUYET') return 'TUYET_MAT';
  return level;
}

/** The folded letters of a line without what may stand beside the stamp: the right column, or "TÀI LIỆU". */
function markOf(line: MarkLine): string {
  const [, mark, rest = ''] = /^((?:TỐI |TUYỆT )?MẬT) (.+)$/u.exec(line.text) ?? [];
  if (mark !== undefined && isRightColumn(rest)) return fold(mark).replace(/ /g, '');
  return withoutUrgency(line.tight).replace(/^(?:TAILIEU|VANBAN)(?=(?:TOI|TUYET)?MAT$)/, '');
}

/** What the plain text of two columns puts after a stamp of the left one. */
function isRightColumn(rest: string): boolean {
  if (/^(?:CỘNG H(?:ÒA|OÀ) XÃ HỘI|Độc lập|Kính gửi|V\/v)/u.test(rest)) return true;
  return parsePlaceAndDate(rest) !== null || typeByNameLine(rest) !== null;
}

/** Both stamps may stand on one line: "TỐI MẬT - HỎA TỐC". */
function withoutUrgency(tight: string): string {
  return tight
    .replace(/[^A-Z]/g, '')
    .replace(/^(?:HOATOC|THUONGKHAN|KHAN)(?=.)|(?<=.)(?:HOATOC|THUONGKHAN|KHAN)$/, '');
}

/** The neighbour that a word may have broken off from: a piece of the same line, or of the line next to it. */
function near(line: MarkLine, other: MarkLine | undefined): MarkLine | undefined {
  if (other === undefined) return undefined;
  return Math.abs(other.row - line.row) <= 1 ? other : undefined;
}

/** An agency's name may end in "Bảo" ("XÃ THÁI BẢO"): a stamp below it is a stamp. */
const AGENCY_HEAD =
  /^(?:ỦY|UỶ|UBND|HỘI ĐỒNG|HĐND|SỞ|BAN|PHÒNG|XÃ|PHƯỜNG|THỊ|HUYỆN|TỈNH|THÀNH|CÔNG AN|ĐẢNG|TRƯỜNG)(?!\p{L})/u;

/** A heading in capitals that broke inside "BẢO MẬT", "BÍ MẬT", "MẬT KHẨU", "MẬT ĐỘ". */
function isHalfOfWord(level: Level, before: MarkLine | undefined, after: MarkLine | undefined): boolean {
  if (level !== 'MAT') return false;
  const halved = before?.capitals === true && /(?:^|[^\p{L}])(?:BẢO|BÍ|B Ả O|B Í)$/u.test(before.text);
  if (halved && !AGENCY_HEAD.test(before?.text ?? '')) return true;
  return after?.capitals === true && /^(?:KHẨU(?!\p{L})|MÃ$|ĐỘ (?!KHẨN|MẬT))/u.test(after.text);
}

const LEVEL_WORD = '(?:TUYET MAT|TOI MAT|MAT)(?![A-Z])';
const STATED = /(?<![A-Z])DO MAT ?[:=] ?(?<value>[^;\n]{0,60})/g;
const NOT_SECRET = /^(?:THUONG|BINH THUONG|KHONG|0|N\/A|NONE)(?![A-Z])/;

/**
 * "Độ mật: Tối mật", in any case. Blank, "Thường" and "Không" are none, and neither is a list of levels, which describes a
 * form. Another short word is taken for a mark: it is not "Thường".
 */
function statedLevels(line: string): Level[] {
  const folded = fold(normalise(line));
  return [...folded.matchAll(STATED)].flatMap((match) => {
    const value = (match.groups?.value ?? '').replace(/^[^A-Z0-9]+/, '').trim();
    const named = [...value.matchAll(new RegExp(LEVEL_WORD, 'g'))].map(([word]) => word.replace(' ', ''));
    if (new Set(named).size > 1 || value === '' || NOT_SECRET.test(value)) return [];
    const first = new RegExp(`^${LEVEL_WORD}`).exec(value)?.[0].replace(' ', '');
    if (first !== undefined) return [LEVELS.get(first) ?? 'MAT'];
    if (value.includes(':')) return [];
    return /^DO MAT/.test(folded.replace(/^[^A-Z]*(?:MUC |CAP )?/, '')) && value.length <= 12 ? ['MAT'] : [];
  });
}

/** A document's own number from a series of secrets: `Số: 12/QĐ-UBND(M)`. One that it only cites is none. */
function seriesLevel(line: string): Level[] {
  const match = /^S[ốóôoồổ] ?[:.]? ?[\d.…_ ]{0,12}\/[^\s()]{2,40} ?\((TM|M|MẬT)\)/iu.exec(normalise(line));
  return match === null ? [] : [match[1]?.toUpperCase() === 'TM' ? 'TOI_MAT' : 'MAT'];
}
