/** Cơ quan ban hành (ô 2): the last block above the number; what stands above it is the cơ quan chủ quản (DOMAIN 4.3). */
import { sameAgency } from './agency-name.ts';
import type { PageHead } from './field-head.ts';
import { fromLines, nothing, printed } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import type { DocumentNumber, Found } from './types.ts';

/** An agency of the directory. */
export interface KnownAgency {
  name: string;
  shortNames: readonly string[];
  /** Symbols its documents end in (UBND, SNV). */
  symbols: readonly string[];
}

const HEAD_WORD =
  /^(?:UY BAN NHAN DAN|UBND|HOI DONG NHAN DAN|HDND|BO\b|SO\b|BAN\b|VAN PHONG|CUC\b|CHI CUC|TONG CUC|VU\b|THANH TRA|CONG AN|BO CHI HUY|TRUNG TAM|TRUONG\b|DAI HOC|BENH VIEN|TOA AN|VIEN\b|CONG TY|TONG CONG TY|TAP DOAN|LIEN DOAN|HOI\b|DANG BO|TINH UY|HUYEN UY|THANH UY|DANG UY|CHI BO|PHONG\b|KHO BAC|NGAN HANG|BAO HIEM|QUY\b|DOAN\b|HAT\b|DAI\b|BAO\b|TAP CHI|THU TUONG|CHINH PHU|QUOC HOI|HOC VIEN|KIEM TOAN|MAT TRAN|UY BAN MAT TRAN|UY BAN\b|HIEP HOI|DON\b|TRAM\b|XI NGHIEP|NHA XUAT BAN|BAN QUAN LY|TO CONG TAC|CO QUAN)/;

/** A line that ends here goes on in the next, whatever that starts with ("VĂN PHÒNG" / "ỦY BAN NHÂN DÂN TỈNH"). */
const UNFINISHED =
  /^(?:VAN PHONG|BAN CHI DAO|BAN TO CHUC|THANH TRA|BAN THUONG TRUC|BAN QUAN LY|BAN QUAN LY DU AN)$|(?:\b(?:VA|CUA|CHO|THUOC)|[,-])$/;

export function readAgency(
  head: PageHead,
  below: TextLine | null,
  context: { number: DocumentNumber | null; known: readonly KnownAgency[] },
): Found<string> {
  const above = head.left.filter(
    (line) => isName(line.text) && (below === null || line.box[3] <= below.box[1] + 0.006),
  );
  const blocks = blocksOf(untilGap(above));
  const issuer = blocks.at(-1);
  if (issuer === undefined) return nothing();
  const name = printed(...issuer.map((line) => line.text));
  const confidence = agrees(name, context)
    ? 0.97
    : HEAD_WORD.test(fold(name)) && below !== null
      ? 0.92
      : 0.75;
  return fromLines(name, issuer, confidence);
}

/** Capitals and nothing of a number, a rule or a mark. */
function isName(text: string): boolean {
  const clean = normalise(text).trim();
  const folded = fold(clean);
  if (!/\p{L}{2}/u.test(clean) || /^S[ỐOÓÔ]\s*:/iu.test(clean)) return false;
  if (
    /^(?:HOA TOC|THUONG KHAN|KHAN|TUYET MAT|TOI MAT|MAT|SAO Y|SAO LUC|TRICH SAO|DU THAO|CONG HOA XA HOI)\b/.test(
      folded,
    )
  )
    return false;
  const letters = clean.replace(/[^\p{L}]/gu, '');
  return letters.replace(/\p{Ll}/gu, '').length >= letters.length * 0.6;
}

/** Letterhead lines far above the block (a running title, a slogan) do not belong to it. */
function untilGap(lines: readonly TextLine[]): TextLine[] {
  const kept: TextLine[] = [];
  for (const line of [...lines].reverse()) {
    const below = kept.at(-1);
    if (below !== undefined && below.box[1] - line.box[3] > (below.box[3] - below.box[1]) * 2) break;
    kept.push(line);
  }
  return kept.reverse();
}

function blocksOf(lines: readonly TextLine[]): TextLine[][] {
  const blocks: TextLine[][] = [];
  const bold = lines.some((line) => line.bold) && lines.some((line) => !line.bold);
  for (const line of lines) {
    const block = blocks.at(-1);
    const before = block?.at(-1);
    if (block === undefined || before === undefined || startsNew(before, line, bold)) blocks.push([line]);
    else block.push(line);
  }
  return blocks;
}

/** The issuer is bold, the chủ quản is not; where both are the same, a head word begins a new name. */
function startsNew(before: TextLine, line: TextLine, bold: boolean): boolean {
  if (bold) return before.bold !== line.bold;
  return HEAD_WORD.test(fold(line.text).trim()) && !UNFINISHED.test(fold(before.text).trim());
}

/** Somebody else knows this agency: the directory by name, or the org group of the symbol by its initials. */
function agrees(
  name: string,
  { number, known }: { number: DocumentNumber | null; known: readonly KnownAgency[] },
): boolean {
  if (known.some((agency) => [agency.name, ...agency.shortNames].some((one) => sameAgency(one, name))))
    return true;
  const org = fold(number?.org ?? '').replace(/[^A-Z]/g, '');
  if (org.length < 2) return false;
  const words = fold(name)
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim()
    .split(' ');
  return [words, words.filter((word) => word !== 'VA')].some((kept) => initials(kept).startsWith(org));
}

/** SỞ NỘI VỤ → SNV; ỦY BAN NHÂN DÂN TỈNH X → UBNDTX, which starts with UBND. */
function initials(words: readonly string[]): string {
  return words.map((word) => (/^(?:UBND|HDND)$/.test(word) ? word : (word[0] ?? ''))).join('');
}
