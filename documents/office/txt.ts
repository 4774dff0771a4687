/**
 * Plain text → flow. Columns are found where the text shows them: table rows with bars, wide runs of spaces; else by the
 * order in which a head's and a foot's lines follow each other.
 */

import { linesOfCell } from './flat-cell.ts';
import { A4, type Block, type Cell, type Flow, PLAIN_RUN, paragraph, type Table } from './flow.ts';
import { LIMITS } from './limits.ts';
import {
  endsHead,
  isCapitals,
  isMotto,
  isPlaceAndDate,
  isRecipientsHead,
  isRightOfHead,
  isRule,
  looksLikeName,
} from './txt-marks.ts';

/** Twips between the margins of the sheet that text is set on. */
const COLUMN = A4.width - A4.left - A4.right;
/** Lines of a text in which a head is looked for. */
const HEAD_LINES = 40;
/** Characters longer than any line of a head or a signature. */
const SHORT = 130;

export function readTxt(text: string): Flow {
  const cut = text.length > LIMITS.characters;
  const lines = text
    .slice(0, LIMITS.characters)
    .replace(/\r\n?/g, '\n')
    .replace(/\f/g, '\n\f')
    .split('\n')
    .map((line) => line.replace(/^#{1,6}\s+/, '').replaceAll('**', ''));
  const rows = lines.map(rowOf);
  const head = rows.slice(0, HEAD_LINES).some((row) => row !== null) ? null : linearHead(lines);
  const foot = linearFoot(lines, rows);
  const blocks: Block[] = head === null ? [] : [head.table];
  for (let index = head?.end ?? 0; index < lines.length; index++) {
    if (foot !== null && index === foot.start) {
      blocks.push(foot.table);
      index = foot.end - 1;
    } else addLine(blocks, lines[index]!, rows[index] ?? null);
  }
  const defects = cut ? [{ code: 'OFFICE_TRUNCATED', detail: 'tệp quá dài, chỉ đọc phần đầu' }] : [];
  return { sheet: A4, blocks, header: [], footer: [], pageCount: null, defects };
}

type Row = { cells: string[]; from: number[]; barred: boolean };

function addLine(blocks: Block[], line: string, row: Row | null): void {
  if (row === null) {
    if (!isTableRule(line)) blocks.push(lineOf(line));
    return;
  }
  const cells = row.cells.map((cell, index) => cellOf(row.barred ? linesOfCell(cell) : [cell], row, index));
  const last = blocks.at(-1);
  if (last?.kind === 'table') last.rows.push(cells);
  else blocks.push({ kind: 'table', left: 0, rows: [cells] });
}

/** "|---|---|": only drawn. */
function isTableRule(line: string): boolean {
  return line.includes('---') && line.includes('|') && /^[\s:|-]*$/.test(line);
}

/** Cells of "| a | b |" or of a line with a wide gap in it; null for a line that is one piece. */
function rowOf(line: string): Row | null {
  if (/^\s*\|.*\S/.test(line)) {
    const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
    const cells = inner.split('|').map((cell) => cell.trim());
    if (cells.every((cell) => /^:?-*:?$/.test(cell))) return null;
    return { cells, from: cells.map((_, index) => index / cells.length), barred: true };
  }
  if (line.length > 2 * SHORT) return null;
  const gap = /^(\s*\S.*?)(?:\t\s*|\s{4,})(?=\S)(.*)$/u.exec(line);
  const [, left = '', right = ''] = gap ?? [];
  if (gap === null || isBlank(left, right)) return null;
  return { cells: [left.trim(), right.trim()], from: [0, 0.5], barred: false };
}

/** A blank left for a number or a day is no gap between columns. */
function isBlank(left: string, right: string): boolean {
  return (
    /(?:^|\s)(?:s[ốo]|ng[àa]y|th[áa]ng|n[ăa]m)\s*[:.]?\s*$/iu.test(left) ||
    /^(?:\/|th[áa]ng|n[ăa]m)/iu.test(right)
  );
}

/** Left column of a head of two, as in most templates: 2 : 3. */
const HEAD_SHARE = 0.42;

function cellOf(lines: readonly string[], row: Row, index: number): Cell {
  const two = row.cells.length === 2;
  const share = two ? (index === 0 ? HEAD_SHARE : 1 - HEAD_SHARE) : 1 / row.cells.length;
  const list = lines.some((line) => isRecipientsHead(line) || /^[-–+]\s/.test(line));
  return {
    width: COLUMN * share,
    blocks: lines.map((line) => setText(line, list || (!row.barred && index === 0) ? 'left' : 'center')),
  };
}

function setText(text: string, align: 'left' | 'center', left = 0): Block {
  return paragraph([{ ...PLAIN_RUN, text: text.replaceAll('\t', ' ') }], { align, left });
}

/** Short lines in capitals are titles and stand in the middle; far indented ones stand where they are. */
function lineOf(line: string): Block {
  const indent = Math.min(5_500, (/^[ \t]*/.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0) * 90);
  const text = line.trim();
  if (text !== '' && isCapitals(text) && indent < 3_500)
    return setText(line.trimEnd().replace(/^[ \t]+/, ''), 'center');
  const addressed = /^K[íi]nh g[ửu]i/iu.test(text) && indent === 0;
  return setText(line.replace(/^[ \t]+/, ''), 'left', addressed ? 2_000 : indent > 1_500 ? indent : 0);
}

interface Part {
  table: Table;
  /** First line of the part and the first behind it. */
  start: number;
  end: number;
}

function twoColumns(
  left: readonly string[],
  right: readonly string[],
  share: number,
  align: 'left' | 'center',
): Table {
  const cell = (lines: readonly string[], part: number, how: 'left' | 'center') => ({
    width: COLUMN * part,
    blocks: lines.map((line) => setText(line.trim(), how)),
  });
  return { kind: 'table', left: 0, rows: [[cell(left, share, align), cell(right, 1 - share, 'center')]] };
}

/**
 * A head whose columns follow each other: the agency's lines, then the motto's block (or the other way round). The left
 * column gets back what is not the motto, a rule or the place with the date.
 */
function linearHead(lines: readonly string[]): Part | null {
  const motto = lines.slice(0, HEAD_LINES).findIndex(isMotto);
  if (motto < 0) return null;
  const left: string[] = lines.slice(0, motto).filter((line) => line.trim() !== '');
  if (left.length > 12 || left.some((line) => line.length > SHORT * 2 || endsHead(line))) return null;
  const right: string[] = [];
  let end = motto;
  for (; end < Math.min(lines.length, motto + 20); end++) {
    const line = lines[end]!;
    if (endsHead(line)) break;
    if (line.trim() === '') continue;
    if (isRightOfHead(line) && !(isRule(line) && right.length === 0)) right.push(line);
    else if (belongsLeft(line, left)) left.push(line);
    else break;
  }
  return { table: twoColumns(left, right, HEAD_SHARE, 'center'), start: 0, end };
}

/** Behind the motto: agency in capitals, the number, "V/v …" and what it goes on with. */
function belongsLeft(line: string, left: readonly string[]): boolean {
  if (line.length > SHORT * 2) return false;
  if (isCapitals(line) || /^\s*(?:S[ốo]\s*[:.]|V\s*\/\s*v|[([]?\s*dự thảo)/iu.test(line)) return true;
  return /^\s*V\s*\/\s*v/iu.test(left.at(-1) ?? '') && !isPlaceAndDate(line);
}

/** Lines of a signature block, blanks left for the signature not counted. */
const MAX_SIGNATURE = 8;

/** "Nơi nhận" with its list on the left; the signature before or behind it goes to its right. */
function linearFoot(lines: readonly string[], rows: readonly (Row | null)[]): Part | null {
  const start = lines.findLastIndex(isRecipientsHead);
  if (start < 0 || rows[start] !== null) return null;
  let end = start + 1;
  while (end < lines.length && rows[end] === null && isItem(lines, end)) end += 1;
  const behind = signatureBehind(lines, rows, end);
  const left = lines.slice(start, end).filter((line) => line.trim() !== '');
  if (behind !== null) return { table: twoColumns(left, behind.lines, 0.5, 'left'), start, end: behind.end };
  const before = signatureBefore(lines, rows, start);
  if (before === null) return null;
  return { table: twoColumns(left, before.lines, 0.5, 'left'), start: before.start, end };
}

function isItem(lines: readonly string[], index: number): boolean {
  const line = lines[index]!.trim();
  if (/^(?:[-–+•*]|Lưu\b|Như\b)/u.test(line)) return true;
  if (line === '') return /^\s*[-–+•*]/u.test(lines[index + 1] ?? '');
  return (
    !isCapitals(line) && !looksLikeName(line) && !/[.]$/.test(lines[index - 1]!.trim()) && line.length < SHORT
  );
}

function signatureBehind(
  lines: readonly string[],
  rows: readonly (Row | null)[],
  from: number,
): { lines: string[]; end: number } | null {
  const found: string[] = [];
  for (let index = from; index < Math.min(lines.length, from + 20); index++) {
    const line = lines[index]!.trim();
    if (line === '') continue;
    if (rows[index] !== null || found.length >= MAX_SIGNATURE || line.length > SHORT) return null;
    if (found.length === 0 && !isCapitals(line)) return null;
    found.push(line);
    if (looksLikeName(line) && !isCapitals(line)) return { lines: found, end: index + 1 };
  }
  return null;
}

function signatureBefore(
  lines: readonly string[],
  rows: readonly (Row | null)[],
  until: number,
): { lines: string[]; start: number } | null {
  const found: string[] = [];
  let start = until;
  for (let index = until - 1; index >= Math.max(0, until - 20); index--) {
    const line = lines[index]!.trim();
    if (line === '') continue;
    const first = found.length === 0;
    if (rows[index] !== null || line.length > SHORT || found.length >= MAX_SIGNATURE) break;
    if (first ? !looksLikeName(line) : !isCapitals(line) && !/^\(/.test(line)) break;
    found.unshift(line);
    start = index;
  }
  return found.length < 2 ? null : { lines: found, start };
}
