/** A grid → lines with boxes: one line for each cell that says something, columns as wide as their texts. */
import type { TextLine } from '../layout.ts';
import type { Grid } from './grid.ts';
import { textWidth } from './text-width.ts';

const TOP = 0.05;
const LEFT = 0.05;
const WIDTH = 0.9;
/** Height of a row, and of its letters, in fractions of the page. */
const ROW = 0.015;
const LETTERS = 0.012;
/** Twips that all columns may take together before they are narrowed. */
const ROOM = 9_000;
const SIZE = 22;
/** A title runs over its neighbours: it makes no column wide. */
const WIDEST = 2_500;

export function linesOfGrid(grid: Grid): TextLine[][] {
  const count = Math.max(0, ...grid.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => widthOf(grid, column));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const scale = WIDTH / Math.max(total, ROOM);
  const lines = grid.flatMap((row, index) =>
    row.flatMap((text, column): TextLine[] => {
      if (text === '') return [];
      const x0 = LEFT + widths.slice(0, column).reduce((sum, width) => sum + width, 0) * scale;
      const x1 = Math.min(1, x0 + textWidth(text, SIZE, false) * scale);
      const y0 = TOP + index * ROW;
      return [{ text, box: [x0, y0, x1, y0 + LETTERS], bold: false, italic: false, stamped: false, page: 1 }];
    }),
  );
  return [lines];
}

function widthOf(grid: Grid, column: number): number {
  const texts = grid.map((row) => row[column] ?? '');
  return Math.max(300, ...texts.map((text) => Math.min(WIDEST, textWidth(text, SIZE, false) + 200)));
}
