/**
 * A table cell whose lines were run together ("KT. BỘ TRƯỞNG THỨ TRƯỞNG Doãn Mậu Diệp"), as exports to text leave it →
 * its lines again. Only what the layout of official documents makes certain is taken apart (N30 PL I, ô 1–9b).
 */
const CAPITALS = '\\p{Lu}\\p{M}';

/** Places where a new line starts. Each pattern keeps what is before and behind it. */
const STARTS: RegExp[] = [
  // A rule of dashes stands under the agency and under the motto.
  /(?<=\S)\s+(?=[-–_=*]{3,}(?:\s|$))/gu,
  /(?<=[-–_=*]{3,})\s+(?=\S)/gu,
  /(?<=\S)\s+(?=Độc lập\s*[-–])/gu,
  /(?<=\S)\s+(?=CỘNG H(?:ÒA|OÀ) XÃ HỘI)/gu,
  /(?<=\S)\s+(?=Số\s*:)/gu,
  /(?<=\S)\s+(?=V\/v\b)/gu,
  // Items of Nơi nhận and Kính gửi: a dash behind a colon or semicolon.
  /(?<=[:;.])\s+(?=[-–+]\s?\S)/gu,
  // An authority line, and an office behind one.
  /(?<=\S)\s+(?=(?:TM|KT|TL|TUQ|Q)\s*\.\s*\p{Lu})/gu,
];

const OFFICES =
  'PHÓ|QUYỀN|THỨ TRƯỞNG|BỘ TRƯỞNG|CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH|CHỦ NHIỆM|CỤC TRƯỞNG|VỤ TRƯỞNG|TỔNG CỤC TRƯỞNG|CHI CỤC TRƯỞNG|HIỆU TRƯỞNG|TRƯỞNG|VIỆN TRƯỞNG|BÍ THƯ|THỦ TƯỚNG|TỔNG';

/** In "KT. BỘ TRƯỞNG THỨ TRƯỞNG" the second office is the signer's own. */
const OFFICE_BEHIND = new RegExp(
  `^(?<authority>(?:KT|TL|TUQ|TM)\\s*\\.\\s*(?:${OFFICES}|ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG)(?:[${CAPITALS},]|[\\s–-])*?)(?<!,)\\s+(?<office>(?:${OFFICES})(?![${CAPITALS}])(?:[${CAPITALS},]|[\\s–-])*)$`,
  'u',
);
/** Signer: capitals (title), then a name in mixed case at the end. */
const NAME_BEHIND =
  /^(?<title>[\p{Lu}\p{M}\s.,–-]{4,}?)\s+(?<name>(?:\([^)]{1,20}\)\s*)?\p{Lu}\p{Ll}[\p{Ll}\p{M}]*(?:\s+\p{Lu}[\p{L}\p{M}’'-]*){1,5})$/u;

/** Characters; longer cells are no head and no signature, and patterns stay cheap. */
const MAX_CELL = 5_000;
const MAX_SIGNATURE = 160;

export function linesOfCell(text: string): string[] {
  const clean = text.replace(/\s+/g, ' ').trim();
  if (clean.length > MAX_CELL) return [clean];
  const marked = STARTS.reduce((whole, start) => whole.replace(start, '\n'), clean);
  return marked
    .split('\n')
    .flatMap(partsOfSignature)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function partsOfSignature(line: string): string[] {
  if (line.length > MAX_SIGNATURE) return [line];
  const named = NAME_BEHIND.exec(line)?.groups;
  if (named === undefined) return offices(line);
  return [...offices(named['title']!), ...named['name']!.split(/(?<=\))\s+/u)];
}

function offices(line: string): string[] {
  const found = OFFICE_BEHIND.exec(line)?.groups;
  return found === undefined ? [line] : [found['authority']!, found['office']!];
}
