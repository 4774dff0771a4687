/** Tên loại and trích yếu: a titled document (ô 5a), or a công văn with its "V/v" under the number (ô 5b) (DOMAIN 4.3). */
import type { PageHead } from './field-head.ts';
import { fromLines, nothing, printed } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import type { DocumentNumber, Found } from './types.ts';

export interface TitleReading {
  type: Found<string>;
  abstract: Found<string>;
  /** The title line and the symbol name different types. */
  conflict: boolean;
}

/** OCR reads "V/v" as "Vlv", "Viv". */
const SUBJECT = /^(?:V\s*[/lI|i1\\(]\s*v(?![\p{L}])|[VY]\/[vy](?![\p{L}])|Về việc)\s*[:.]?\s*/iu;

export function readTitle(
  head: PageHead,
  number: DocumentNumber | null,
  numberLine: TextLine | null,
): TitleReading {
  if (head.title !== null) return titled(head, head.title, number);
  const subject = subjectLines(head, numberLine);
  if (subject.length > 0) return letter(subject, number);
  return { type: untitled(head, number, numberLine), abstract: nothing(), conflict: false };
}

function titled(
  head: PageHead,
  title: NonNullable<PageHead['title']>,
  number: DocumentNumber | null,
): TitleReading {
  const named = number?.typeName ?? null;
  const agrees = named === title.type.name;
  const conflict = !agrees && number !== null && number.type !== null && named !== null;
  const type = fromLines(title.type.name, [title.line], agrees ? 0.98 : conflict ? 0.85 : 0.92);
  const lines = abstractLines(head, title.line);
  const value = abstractOf(title.rest, ...lines.map((line) => line.text));
  const sure = lines.length > 0 && lines.every((line) => line.bold) ? 0.95 : 0.9;
  const abstract =
    value === '' ? nothing<string>() : fromLines(value, lines.length > 0 ? lines : [title.line], sure);
  return { type, abstract, conflict };
}

/** The block right below the title: same weight, no wide gap, until the body begins. */
function abstractLines(head: PageHead, title: TextLine): TextLine[] {
  const below = head.lines.filter((line) => line.box[1] > title.box[1] + 0.004);
  const block: TextLine[] = [];
  let previous = title;
  for (const line of below) {
    const height = Math.max(line.box[3] - line.box[1], previous.box[3] - previous.box[1]);
    const gap = line.box[1] - previous.box[3];
    if (!/\p{L}/u.test(line.text)) {
      if (block.length > 0 && /[-_=~—–*]{3}/.test(line.text)) break;
      continue;
    }
    if (gap > height * (block.length === 0 ? 2.2 : 1.1) || endsAbstract(line.text) || isGround(line, block))
      break;
    if (block[0]?.bold && !line.bold) break;
    if (isFullParagraph(block, line)) break;
    block.push(line);
    previous = line;
    if (block.length >= MAX_LINES) break;
  }
  return block;
}

const MAX_LINES = 12;

/** "Thực hiện Công văn số …, Sở báo cáo": the first sentence of a body. A trích yếu may begin so too, but is set apart. */
function isGround(line: TextLine, block: readonly TextLine[]): boolean {
  if (!/^Thực hiện /u.test(normalise(line.text)) || line.bold) return false;
  return block.length > 0 || (line.box[0] < 0.25 && line.box[2] > 0.87);
}

/** The body starts with an indent and runs to the right margin; a trích yếu is centred, its last line shorter. */
function isFullParagraph(block: readonly TextLine[], line: TextLine): boolean {
  const last = block.at(-1);
  if (last === undefined) return false;
  const centre = (box: TextLine['box']) => (box[0] + box[2]) / 2;
  const shorter = last.box[2] - last.box[0] < 0.6 * (line.box[2] - line.box[0]);
  const ended = /[.;:]$/.test(last.text.trim());
  return (
    shorter && (ended || Math.abs(centre(last.box) - centre(line.box)) > 0.04) && /^\p{Lu}/u.test(line.text)
  );
}

/** Joined, without the rule that a drawing or a recogniser put at its end. */
function abstractOf(...texts: readonly string[]): string {
  return printed(...texts.map((text) => text.replace(/(?:\s*[-_=~—–*]){3,}\s*$/u, '')))
    .replace(/^[^\p{L}\p{N}(“"'«]+/u, '')
    .replace(/[\s.,;:_–-]+$/u, '');
}

/** Authority line in capitals, legal grounds, addressees, a note in brackets, a rule. */
function endsAbstract(text: string): boolean {
  const folded = fold(text).trim();
  if (
    /^(?:CAN CU\b|KINH G[UI]I|\(KEM THEO|\(BAN HANH KEM|DIEU 1\b|CHUONG I\b|PHAN I\b|[_\-=*]{3,})/.test(
      folded,
    )
  )
    return true;
  return AUTHORITY.test(folded) && text === text.toUpperCase();
}

const AUTHORITY =
  /^(?:UY BAN NHAN DAN|UBND|HOI DONG NHAN DAN|HDND|CHU TICH|BO TRUONG|THU TUONG|GIAM DOC|CUC TRUONG|TONG CUC TRUONG|HIEU TRUONG|TRUONG BAN|CHI CUC TRUONG|VIEN TRUONG|CHANH|BAN THUONG VU|BAN CHAP HANH|QUOC HOI|CHINH PHU)/;

/** "V/v …" in the left column below the number, with the lines it goes on for. */
function subjectLines(head: PageHead, numberLine: TextLine | null): TextLine[] {
  const left = head.left.filter((line) => numberLine === null || line.box[1] > numberLine.box[1] + 0.004);
  const start = left.findIndex((line) => SUBJECT.test(normalise(line.text)));
  if (start < 0) return [];
  const block = [left[start]!];
  for (const line of left.slice(start + 1)) {
    const previous = block.at(-1)!;
    const height = previous.box[3] - previous.box[1];
    if (line.box[1] - previous.box[3] > height * 0.9 || isMark(line.text) || block.length >= MAX_LINES) break;
    if (/^[-_=~—–*. ]+$/u.test(line.text) || isOther(line.text)) break;
    block.push(line);
  }
  return block;
}

/** What else stands in the left column: an ĐẾN stamp, a receiver's number. */
function isOther(text: string): boolean {
  return /^(?:DEN|SO\s*:|NGAY\s*:|CHUYEN\s*:)/.test(fold(text).trim());
}

/** Stamps of urgency or secrecy, in capitals, stand below the "V/v" too. */
function isMark(text: string): boolean {
  return (
    /^(?:HOA TOC|THUONG KHAN|KHAN|TUYET MAT|TOI MAT|MAT)\b/.test(fold(text).trim()) &&
    text === text.toUpperCase()
  );
}

function letter(lines: readonly TextLine[], number: DocumentNumber | null): TitleReading {
  const named = number !== null && number.type !== null && number.family === 'state' && number.type !== 'CV';
  const value = abstractOf(...lines.map((line) => line.text));
  const type = fromLines(
    named ? number.typeName : 'Công văn',
    lines.slice(0, 1),
    named ? 0.7 : number === null ? 0.85 : 0.95,
  );
  return { type, abstract: fromLines(value, lines, 0.95), conflict: false };
}

/** Without title and "V/v" the symbol still names the type; "Kính gửi" below an agency's head is a letter. */
function untitled(head: PageHead, number: DocumentNumber | null, line: TextLine | null): Found<string> {
  if (number?.typeName != null && line !== null) return fromLines(number.typeName, [line], 0.8);
  const addressed = head.lines.find((one) => /^KINH G[A-Z]{1,2}I\b/.test(fold(one.text)));
  return addressed !== undefined && head.motto !== null
    ? fromLines('Công văn', [addressed], 0.75)
    : nothing();
}
