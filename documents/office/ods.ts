/** First rows of the first sheet of an ODS. */
import { type Grid, MAX_COLUMNS, MAX_ROWS, trimmedGrid } from './grid.ts';
import type { Deadline } from './limits.ts';
import { odfContent } from './odt.ts';
import { childOf, childrenOf, textOf, type XmlElement } from './xml-tree.ts';
import type { ZipParts } from './zip-parts.ts';

export function readOds(parts: ZipParts, deadline: Deadline): Grid {
  const { content } = odfContent(parts, deadline);
  const sheet = childOf(childOf(childOf(content, 'office:body'), 'office:spreadsheet'), 'table:table');
  const rows: string[][] = [];
  for (const row of rowsIn(sheet)) {
    const cells = cellsOf(row);
    for (let count = repeats(row, 'rows'); count > 0 && rows.length < MAX_ROWS; count--) rows.push(cells);
    if (rows.length >= MAX_ROWS) break;
  }
  return trimmedGrid(rows);
}

function rowsIn(parent: XmlElement | undefined): XmlElement[] {
  return childrenOf(parent).flatMap((child) => {
    if (child.name === 'table:table-row') return [child];
    return /^table:table-(?:header-rows|rows|row-group)$/.test(child.name) ? rowsIn(child) : [];
  });
}

function repeats(element: XmlElement, kind: 'rows' | 'columns'): number {
  return Math.max(1, Number(element.attributes[`table:number-${kind}-repeated`] ?? 1) || 1);
}

function cellsOf(row: XmlElement): string[] {
  const cells: string[] = [];
  for (const cell of childrenOf(row)) {
    const text = childrenOf(cell, 'text:p').map(textOf).join(' ');
    for (let count = repeats(cell, 'columns'); count > 0 && cells.length < MAX_COLUMNS; count--)
      cells.push(text);
  }
  return cells;
}
