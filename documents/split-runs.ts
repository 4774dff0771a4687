/**
 * Lines that hold several printed lines in one: cells of a table whose line breaks were lost, columns run together
 * ("Số: 12/TTg-KG V/v …", "KT. THỦ TƯỚNG PHÓ THỦ TƯỚNG Nguyễn Văn A"). Each piece becomes a line of its own, one below
 * the other in the box of the whole.
 */
import type { TextLine } from './layout.ts';
import { isPersonName } from './person-name.ts';
import { startsOffice } from './signing-office.ts';

/** Rules of dashes and the like part what stands above from what stands below. */
const RULE = /\s*[-_=–—*]{3,}\s*/u;
const MOTTO = /(?=CỘNG H(?:ÒA|OÀ) XÃ HỘI)|(?<=CHỦ NGHĨA VIỆT NAM)\s|(?=Độc lập\s*[-–])|(?<=Hạnh phúc)\s/u;
const LABELS =
  /(?<=[\p{Lu}\d]\s)(?=Số\s*:)|(?<=\/[\p{Lu}\d][^\s]*\s)(?=V\/v )|(?<=\S\s)(?=Nơi nhận\s*:)|(?<=\S\s)(?=Kính gửi\s*:)/u;
/** "Kính gửi: - A; - B", "Nơi nhận: - A; - B". */
const LIST = /^(?:Kính gửi|Nơi nhận)\s*:?(?=\s*[-–+]\s)/u;
const ITEMS = /\s+(?=[-–+]\s+\p{L})/u;

export function splitRuns(line: TextLine): TextLine[] {
  if (!MAY_HOLD_MORE.test(line.text)) return [line];
  const pieces = line.text
    .split(RULE)
    .flatMap((text) => text.split(MOTTO))
    .flatMap((text) => text.split(LABELS))
    .flatMap(splitList)
    .flatMap(splitSignature)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  return pieces.length < 2 ? [withText(line, pieces[0])] : stacked(line, pieces);
}

/** A first look, so that the lines of a body cost nothing. */
const MAY_HOLD_MORE =
  /[-_=–—*]{3}|CỘNG H|Độc lập|V\/v|Nơi nhận|Kính gửi|^(?:TM|KT|TL|TUQ|Q)\s*\.|^[\p{Lu}\s.,–-]{6,}\s\p{Lu}\p{Ll}/u;

function withText(line: TextLine, text: string | undefined): TextLine {
  return text === undefined ? line : { ...line, text };
}

function splitList(text: string): string[] {
  const label = LIST.exec(text.trim())?.[0];
  if (label === undefined) return [text];
  return [label, ...text.trim().slice(label.length).split(ITEMS)];
}

const SIGNATURE =
  /^((?:(?:TM|KT|TL|TUQ|Q)\s*\.\s*)?[\p{Lu}][\p{Lu}\s.,–-]{5,}?)\s+(\p{Lu}\p{Ll}[\p{L}\s'’-]{3,40})$/u;

/** "KT. BỘ TRƯỞNG THỨ TRƯỞNG Phạm Văn B": capitals, then the name of a person; the capitals part before each office. */
function splitSignature(text: string): string[] {
  const match = SIGNATURE.exec(text.trim());
  if (match === null || !isPersonName(match[2]!)) return [text];
  const titles = splitOffices(match[1]!);
  return startsOffice(titles.at(-1)!.replace(/^(?:TM|KT|TL|TUQ|Q)\s*\.\s*/u, ''))
    ? [...titles, match[2]!]
    : [text];
}

function splitOffices(text: string): string[] {
  const words = text
    .replace(/(?<=\.)(?=\p{Lu}{2})/gu, ' ')
    .trim()
    .split(/\s+/u);
  const parts: string[][] = [[]];
  words.forEach((word, index) => {
    const before = words[index - 1] ?? '';
    const begins = /^(?:TM|KT|TL|TUQ|Q)\.$/u.test(word) || beginsOffice(words.slice(index), before);
    if (index > 0 && begins) parts.push([word]);
    else parts.at(-1)!.push(word);
  });
  return parts.map((part) => part.join(' '));
}

const OFFICES =
  /^(?:CHỦ TỊCH|PHÓ |THỨ TRƯỞNG|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|BỘ TRƯỞNG|CỤC TRƯỞNG|CHI CỤC TRƯỞNG|HIỆU TRƯỞNG|TRƯỞNG BAN|TRƯỞNG PHÒNG|BÍ THƯ|VIỆN TRƯỞNG)/u;

/** An office begins here, unless the word before belongs to it: "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "BỘ TRƯỞNG, CHỦ NHIỆM". */
function beginsOffice(rest: readonly string[], before: string): boolean {
  if (/^(?:PHÓ|TỔNG|CHI|QUYỀN|VÀ)$|\.$|[,–-]$/u.test(before)) return false;
  return OFFICES.test(`${rest.slice(0, 3).join(' ')} `);
}

/** One below the other, in equal parts of the height. */
function stacked(line: TextLine, pieces: readonly string[]): TextLine[] {
  const [left, top, right, bottom] = line.box;
  const height = (bottom - top) / pieces.length;
  return pieces.map((text, index) => ({
    ...line,
    text,
    box: [left, top + height * index, right, top + height * (index + 1)],
  }));
}
