/** Cơ quan ban hành (ô 2): the last block above the number; what stands above it is the cơ quan chủ quản (DOMAIN 4.3). */
import { sameAgency } from './agency-name.ts';
import type { PageHead } from './field-head.ts';
import { fromLines, nothing, printed, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import { completeName, repairNames } from './repair-name.ts';
import type { DocumentNumber, Found } from './types.ts';

/** An agency of the directory. */
export interface KnownAgency {
  name: string;
  shortNames: readonly string[];
  /** Symbols its documents end in (UBND, SNV). */
  symbols: readonly string[];
}

export interface AgencyReading {
  issuer: Found<string>;
  parent: Found<string>;
}

const HEAD_WORD =
  /^(?:UY BAN NHAN DAN|UBND|HOI DONG NHAN DAN|HDND|BO\b|SO\b|BAN\b|VAN PHONG|CUC\b|CHI CUC|TONG CUC|VU\b|THANH TRA|CONG AN|BO CHI HUY|TRUNG TAM|TRUONG\b|DAI HOC|BENH VIEN|TOA AN|VIEN\b|CONG TY|TONG CONG TY|TAP DOAN|LIEN DOAN|HOI\b|DANG BO|TINH UY|HUYEN UY|THANH UY|DANG UY|CHI BO|PHONG\b|KHO BAC|NGAN HANG|BAO HIEM|QUY\b|DOAN\b|HAT\b|DAI\b|BAO\b|TAP CHI|THU TUONG|CHINH PHU|QUOC HOI|HOC VIEN|KIEM TOAN|MAT TRAN|UY BAN MAT TRAN|UY BAN\b|HIEP HOI|DON\b|TRAM\b|XI NGHIEP|NHA XUAT BAN|BAN QUAN LY|TO CONG TAC|CO QUAN)/;

/** A line that ends here goes on in the next, whatever that starts with ("VĂN PHÒNG" / "ỦY BAN NHÂN DÂN TỈNH"). */
const UNFINISHED =
  /^(?:VAN PHONG|BAN CHI DAO|BAN TO CHUC|THANH TRA|BAN THUONG TRUC|BAN QUAN LY|BAN QUAN LY DU AN)$|(?:\b(?:VA|CUA|CHO|THUOC)|[,-])$/;

export function readAgency(
  head: PageHead,
  below: TextLine | null,
  context: { number: DocumentNumber | null; symbol: string | null; known: readonly KnownAgency[] },
): AgencyReading {
  const above = head.left
    .filter((line) => isName(line.text) && (below === null || line.box[3] <= below.box[1] + 0.006))
    .map((line) => repaired(line, context.symbol));
  const blocks = blocksOf(untilGap(above));
  const issuer = blocks.at(-1);
  if (issuer === undefined) return { issuer: nothing(), parent: nothing() };
  const read = nameOf(issuer);
  const name = recognised(issuer) === null ? read : completeName(read, context.symbol);
  const known = agrees(name, context);
  const confidence = known ? 0.97 : HEAD_WORD.test(fold(name)) && below !== null ? 0.92 : 0.75;
  return { issuer: withRaw(name, issuer, confidence), parent: parentOf(blocks.slice(0, -1), known) };
}

/** As it stood, and as it is written. */
interface NameLine extends TextLine {
  printed: string;
}

function repaired(line: TextLine, symbol: string | null = null): NameLine {
  if (recognised([line]) === null)
    return { ...line, text: repairNames(normalise(line.text), false), printed: line.text };
  const clear = normalise(line.text).replace(/^[^\p{L}]+|[^\p{L}\d)-]+$/gu, '');
  const text = completeName(repairNames(clear.replace(MISREAD_UBND, 'UBND'), true), symbol);
  return { ...line, text, printed: line.text };
}

function withRaw(name: string, lines: readonly NameLine[], confidence: number): Found<string> {
  return { ...fromLines(name, lines, confidence), raw: lines.map((line) => line.printed).join('\n') };
}

/** "UEND TỈNH", "UBNND HUYỆN": before the name of a place nothing else can stand. */
const MISREAD_UBND = /^[UƯ][\p{Lu}]{2,3}[DĐO0](?=\s(?:T[\p{Lu}]NH|HUY|THÀNH|XÃ|PHƯ|QUẬN|TH[\p{Lu}] XÃ|ĐẶC))/u;

/** Above an issuer that its symbol confirms stands who it belongs to; no block there means that it has none. */
function parentOf(blocks: readonly NameLine[][], sure: boolean): Found<string> {
  const lines = blocks.flat();
  if (lines.length === 0) return { ...nothing<string>(), confidence: sure ? 0.9 : 0.6 };
  const name = nameOf(lines);
  return withRaw(name, lines, HEAD_WORD.test(fold(name)) ? (sure ? 0.95 : 0.88) : 0.7);
}

function nameOf(lines: readonly NameLine[]): string {
  const recognisedMarks = recognised(lines) === null ? /^$/ : /^[^\p{L}]+|[^\p{L}\d)]+$/gu;
  return printed(...lines.map((line) => line.text)).replace(recognisedMarks, '');
}

/** Capitals and nothing of a number, a rule or a mark. */
function isName(text: string): boolean {
  const clean = normalise(text).trim();
  const folded = fold(clean);
  if (!/\p{L}{2}/u.test(clean) || /^S[ỐOÓÔ]\s*:|\/\s*\p{Lu}/iu.test(clean)) return false;
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
function untilGap(lines: readonly NameLine[]): NameLine[] {
  const kept: NameLine[] = [];
  for (const line of [...lines].reverse()) {
    const below = kept.at(-1);
    const height = below === undefined ? 0 : Math.max(below.box[3] - below.box[1], line.box[3] - line.box[1]);
    if (below !== undefined && below.box[1] - line.box[3] > height * 2) break;
    kept.push(line);
  }
  return kept.reverse();
}

function blocksOf(lines: readonly NameLine[]): NameLine[][] {
  const blocks: NameLine[][] = [];
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

/** Initials of the names in the head, which its symbol may hold: SỞ Y TẾ is SYT. */
export function symbolsOfHead(head: PageHead): Set<string> {
  const names = head.left.filter((line) => isName(line.text)).map((line) => repaired(line));
  return new Set(names.map((line) => initials(wordsOf(line.text))).filter((short) => short.length >= 2));
}

function wordsOf(name: string): string[] {
  return fold(name)
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim()
    .split(' ');
}

/** Somebody else knows this agency: the directory by name, or the org group of the symbol by its initials. */
function agrees(
  name: string,
  {
    number,
    symbol,
    known,
  }: { number: DocumentNumber | null; symbol: string | null; known: readonly KnownAgency[] },
): boolean {
  if (known.some((agency) => [agency.name, ...agency.shortNames].some((one) => sameAgency(one, name))))
    return true;
  const groups = [number?.org ?? '', ...(symbol ?? '').split('-')].map((group) =>
    fold(group).replace(/[^A-Z]/g, ''),
  );
  const words = wordsOf(name);
  const short = [words, words.filter((word) => word !== 'VA')].map(initials);
  return groups.some((org) => org.length >= 2 && short.some((one) => one.startsWith(org)));
}

/** SỞ NỘI VỤ → SNV; ỦY BAN NHÂN DÂN TỈNH X → UBNDTX, which starts with UBND. */
function initials(words: readonly string[]): string {
  return words.map((word) => (/^(?:UBND|HDND)$/.test(word) ? word : (word[0] ?? ''))).join('');
}
