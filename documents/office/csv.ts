/** First rows of a CSV: the separator is found by looking, quotes as in RFC 4180. */
import { type Grid, MAX_COLUMNS, MAX_ROWS, trimmedGrid } from './grid.ts';

const SEPARATORS = [',', ';', '\t', '|'];
/** Characters looked at. */
const MAX_TEXT = 200_000;

export function readCsv(text: string): Grid {
  const head = text.slice(0, MAX_TEXT).replace(/^\uFEFF/, '');
  const told = /^sep=(.)\r?\n/.exec(head);
  if (told !== null) return trimmedGrid(rowsOf(head.slice(told[0].length), told[1]!));
  const readings = SEPARATORS.map((separator) => rowsOf(head, separator));
  return trimmedGrid(readings.reduce((best, rows) => (evenness(rows) > evenness(best) ? rows : best)));
}

/** Many rows with the same number of columns, and more than one of them. */
function evenness(rows: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const row of rows) if (row.length > 1) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return Math.max(0, ...[...counts].map(([columns, times]) => times + Math.min(columns, 20) / 100));
}

function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    if (row.length < MAX_COLUMNS) row.push(cell);
    rows.push(row);
    [row, cell] = [[], ''];
  };
  for (let at = 0; at < text.length && rows.length < MAX_ROWS; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === separator) {
      if (row.length < MAX_COLUMNS) row.push(cell);
      cell = '';
    } else if (sign === '\n') endRow();
    else if (sign !== '\r') cell += sign;
  }
  if (rows.length < MAX_ROWS && (cell !== '' || row.length > 0)) endRow();
  return rows;
}
