/** Người ký (ô 7): the block right of Nơi nhận on the last page of the document proper (DOMAIN 4.3). */
import { fromLines, nothing } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import { isSignatureText } from './text-layer.ts';
import type { Found } from './types.ts';

export interface SignerReading {
  name: Found<string>;
  title: Found<string>;
}

export function hasRecipients(page: readonly TextLine[]): boolean {
  return recipientsOf(page) !== undefined;
}

function recipientsOf(page: readonly TextLine[]): TextLine | undefined {
  return page.find((line) => /^NOI NHAN\s*[:;]?/.test(fold(line.text).trim()) && line.box[0] < 0.5);
}

const PREFIX = /^(?:T\s*[./]?\s*M|K\s*[./]?\s*T|T\s*[./]?\s*L|T\s*[./]?\s*U\s*[./]?\s*Q|Q)\s*[./]\s*/u;
const OFFICE =
  /^(?:CHU TICH|PHO |GIAM DOC|TONG GIAM DOC|BO TRUONG|THU TRUONG|CUC TRUONG|CHI CUC TRUONG|TONG CUC TRUONG|VU TRUONG|CHANH |TRUONG |HIEU TRUONG|VIEN TRUONG|BI THU|THU TUONG|TONG |THU KY|UY VIEN|KIEM SAT|CHANH AN|DAI TA|CHI HUY|TU LENH|THU TRUONG CO QUAN|NGUOI )/;

/** `page` = the page with Nơi nhận, or a page to try without it. */
export function readSigner(page: readonly TextLine[]): SignerReading {
  const recipients = recipientsOf(page);
  const top = recipients === undefined ? 0 : recipients.box[1] - 0.06;
  const right = page.filter(
    (line) =>
      (line.box[0] + line.box[2]) / 2 > 0.52 &&
      line.box[0] > 0.4 &&
      line.box[1] >= top &&
      !isSignatureText(line.text),
  );
  const first = right.findIndex((line) => isTitle(line.text));
  if (first < 0) return { name: nothing(), title: nothing() };
  const titles = titleBlock(right.slice(first));
  const after = right.slice(first + titles.length);
  const nameLine = after.find((line) => isPersonName(line.text));
  const sure = recipients !== undefined;
  return {
    name:
      nameLine === undefined ? nothing() : fromLines(nameOf(nameLine.text), [nameLine], sure ? 0.95 : 0.75),
    title: fromLines(titleOf(titles), titles, sure ? 0.94 : 0.75),
  };
}

function isTitle(text: string): boolean {
  const clean = normalise(text).trim();
  if (clean !== clean.toUpperCase() || /\d/.test(clean) || clean.length > 80) return false;
  return PREFIX.test(clean) || OFFICE.test(fold(clean));
}

/** Authority and office lines right below each other; a title beyond the signature's gap is another office (ô 7b). */
function titleBlock(lines: readonly TextLine[]): TextLine[] {
  const block: TextLine[] = [];
  for (const line of lines) {
    const before = block.at(-1);
    const height = line.box[3] - line.box[1];
    if (before !== undefined && line.box[1] - before.box[3] > height * 1.2) break;
    if (line.text !== line.text.toUpperCase() || !/\p{L}/u.test(line.text)) break;
    block.push(line);
  }
  return block;
}

/** The office of the person: the last line, with the lines it wraps over; "TM. …", "KT. …" are the authority. */
function titleOf(lines: readonly TextLine[]): string {
  const texts = lines.map((line) => normalise(line.text).trim());
  let start = texts.length - 1;
  while (start > 0 && !PREFIX.test(texts[start]!) && !OFFICE.test(fold(texts[start]!))) start--;
  const joined = texts.slice(start).join(' ');
  return joined.replace(PREFIX, '').trim();
}

const RANK =
  /^(?:(?:Thượng|Trung|Thiếu|Đại) (?:tướng|tá|úy|uý)|(?:PGS|GS|TS|ThS|BS|BSCKI{0,2}|CKI{0,2}|NGND|NGƯT|TTND|TTƯT|KS|CN|LS|DS|PGS\.TS|GS\.TS)[.,]?)\s*/u;
/** H'Phik, Kđăm, Niê: names of the peoples of the highlands. */
const SYLLABLE = /^\p{Lu}[\p{L}'’-]*$/u;

/** 2–6 capitalised syllables, no digits, below a title (else "Chương I" and "Kon Tum" match). */
function isPersonName(text: string): boolean {
  const syllables = nameOf(text).split(' ');
  if (syllables.length < 2 || syllables.length > 6) return false;
  return syllables.every((syllable) => SYLLABLE.test(syllable)) && !OFFICE.test(fold(text));
}

function nameOf(text: string): string {
  let name = normalise(text).trim();
  for (let count = 0; count < 4 && RANK.test(name); count++) name = name.replace(RANK, '');
  return name;
}
