/** First rows of the first sheet of an XLSX. Values are shown as they are stored: dates and money without their format. */
import { type Grid, MAX_COLUMNS, MAX_ROWS, trimmedGrid } from './grid.ts';
import { type Deadline, OfficeRefusal } from './limits.ts';
import { childOf, childrenOf, readXml, textOf, type XmlElement } from './xml-tree.ts';
import type { ZipParts } from './zip-parts.ts';

export function readXlsx(parts: ZipParts, deadline: Deadline): Grid {
  const part = (name: string) => {
    const bytes = parts.read(name);
    return bytes === null ? undefined : readXml(bytes, deadline).root;
  };
  const sheet = part(firstSheet(parts, part));
  if (sheet === undefined) throw new OfficeRefusal('OFFICE_BROKEN', 'bảng tính không có trang nào');
  const rows = childrenOf(childOf(sheet, 'x:sheetData'), 'x:row').slice(0, MAX_ROWS);
  const needsStrings = rows.some((row) => childrenOf(row).some((cell) => cell.attributes['t'] === 's'));
  const strings = needsStrings ? childrenOf(part('xl/sharedStrings.xml'), 'x:si').map(stringOf) : [];
  return trimmedGrid(rows.map((row) => cellsOf(row, strings)));
}

function firstSheet(parts: ZipParts, part: (name: string) => XmlElement | undefined): string {
  const first = childrenOf(childOf(part('xl/workbook.xml'), 'x:sheets'), 'x:sheet').find(
    (sheet) => (sheet.attributes['state'] ?? 'visible') === 'visible',
  );
  const link = childrenOf(part('xl/_rels/workbook.xml.rels')).find(
    (one) => one.attributes['Id'] === first?.attributes['r:id'],
  );
  const target = link?.attributes['Target'];
  const named = target === undefined ? '' : target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  return parts.names.includes(named) ? named : 'xl/worksheets/sheet1.xml';
}

/** A shared or inline string; phonetic hints are no text of it. */
function stringOf(element: XmlElement): string {
  return childrenOf(element)
    .map((child) => (child.name === 'x:t' ? textOf(child) : child.name === 'x:r' ? stringOf(child) : ''))
    .join('');
}

function cellsOf(row: XmlElement, strings: readonly string[]): string[] {
  const cells: string[] = [];
  for (const cell of childrenOf(row, 'x:c')) {
    const column = columnOf(cell.attributes['r']) ?? cells.length;
    if (column >= MAX_COLUMNS) break;
    while (cells.length < column) cells.push('');
    cells[column] = shownValue(cell, strings);
  }
  return cells;
}

function shownValue(cell: XmlElement, strings: readonly string[]): string {
  const type = cell.attributes['t'];
  const inline = childOf(cell, 'x:is');
  if (inline !== undefined) return stringOf(inline);
  const value = childOf(cell, 'x:v');
  const text = value === undefined ? '' : textOf(value);
  return type === 's' ? (strings[Number(text)] ?? '') : text;
}

/** "C12" → 2. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return null;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
