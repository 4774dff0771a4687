/** The first rows of a spreadsheet: enough to see what it is (its title, its head). */

export const MAX_ROWS = 60;
export const MAX_COLUMNS = 20;
/** Characters of one cell. */
const MAX_CELL = 500;

/** Rows of cell texts, from the first row on; cells cut to what is looked at. */
export type Grid = string[][];

export function trimmedGrid(rows: readonly (readonly string[])[]): Grid {
  const cut = rows.slice(0, MAX_ROWS).map((row) => row.slice(0, MAX_COLUMNS).map(cellText));
  while (cut.length > 0 && cut.at(-1)!.every((cell) => cell === '')) cut.pop();
  return cut;
}

function cellText(text: string): string {
  return text.slice(0, MAX_CELL).normalize('NFC').replace(/\s+/g, ' ').trim();
}
