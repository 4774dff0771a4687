/**
 * A flow → lines with boxes by page, as a PDF of it would give them: near enough for the rules that go by columns,
 * gaps and the place on the page. Letters are measured by estimate, so nothing here is exact to a millimetre.
 */
import type { TextLine } from '../layout.ts';
import type { Block, Flow, Frame, Paragraph, Sheet, Table } from './flow.ts';
import { type SetLine, setParagraph } from './line-break.ts';

/** A line in the endless column, twips: from the page's left edge, from the column's top. */
interface Strip {
  text: string;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  bold: boolean;
  italic: boolean;
  /** Number of the outermost table row or small table it stands in, 0 = none: those are kept on one page. */
  row: number;
}

interface Setting {
  strips: Strip[];
  /** Outermost rows so far, and the one being set. */
  rows: number;
  row: number;
  /** Heights at which a page starts. */
  breaks: number[];
  /** Lines set so far; no more than the limit. */
  left: number;
}

/** Lines of one file; what goes beyond is appendices nobody reads fields from. */
const MAX_LINES = 20_000;
/** Tables in cells in tables: deeper ones are left out. */
const MAX_DEPTH = 12;
/** Twips for one half point of a single line. */
const PITCH = 10 * 1.15;

/** Pages of lines, from the first; at least one page. */
export function linesOfFlow(flow: Flow): TextLine[][] {
  const setting: Setting = { strips: [], rows: 0, row: 0, breaks: [], left: MAX_LINES };
  const { sheet } = flow;
  const column = { x0: sheet.left, x1: sheet.width - sheet.right };
  const head = setApart(flow.header, column);
  setBlocks(flow.blocks, { ...column, y: 0, depth: 0 }, setting);
  const pages = paginate(setting, flow);
  const headLines = head.strips.map((strip) => placed(strip, sheet, sheet.top * 0.5));
  const lowered = Math.max(0, head.height - sheet.top * 0.5);
  return pages.map((page, index) => {
    const body = page.map((strip) => placed(strip, sheet, sheet.top + (index === 0 ? lowered : 0)));
    const foot = index === 0 ? footLines(flow, column) : [];
    return inOrder([...(index === 0 ? headLines : []), ...body, ...foot]).map((line) => ({
      ...line,
      page: index + 1,
    }));
  });
}

interface Place {
  x0: number;
  x1: number;
  y: number;
  depth: number;
}

function setApart(blocks: readonly Block[], column: { x0: number; x1: number }) {
  const setting: Setting = { strips: [], rows: 0, row: 0, breaks: [], left: 200 };
  const height = setBlocks(blocks, { ...column, y: 0, depth: 0 }, setting);
  const strips = setting.strips.filter((strip) => !/^[\s\d\-–/.]*$/u.test(strip.text));
  return { strips, height: strips.length === 0 ? 0 : height };
}

function footLines(flow: Flow, column: { x0: number; x1: number }): TextLine[] {
  const foot = setApart(flow.footer, column);
  const { sheet } = flow;
  const top = Math.min(sheet.height - sheet.bottom * 0.8, sheet.height - foot.height - 200);
  return foot.strips.map((strip) => placed(strip, sheet, top));
}

/** Sets blocks below each other; gives the height that they end at. */
function setBlocks(blocks: readonly Block[], place: Place, setting: Setting): number {
  let y = place.y;
  for (const block of blocks) {
    if (setting.left <= 0) return y;
    if (block.kind === 'paragraph') y = setLines(block, { ...place, y }, setting);
    else if (place.depth >= MAX_DEPTH) continue;
    else if (block.kind === 'table') y = setTable(block, { ...place, y }, setting);
    else setFrame(block, { ...place, y }, setting);
  }
  return y;
}

function setLines(paragraph: Paragraph, place: Place, setting: Setting): number {
  if (paragraph.newPage) setting.breaks.push(place.y);
  let y = place.y + paragraph.before;
  for (const line of setParagraph(paragraph, place.x1 - place.x0)) {
    const height = line.size * PITCH * paragraph.pitch;
    pushStrips(line, { x0: place.x0, y: y + height }, setting);
    y += height;
    if (line.pageBreak) setting.breaks.push(y);
  }
  return y + paragraph.after;
}

/** `y` = where the line ends: letters stand at the bottom of a widened line. */
function pushStrips(line: SetLine, at: { x0: number; y: number }, setting: Setting): void {
  for (const piece of line.pieces) {
    setting.left -= 1;
    setting.strips.push({
      text: piece.text,
      x0: at.x0 + piece.x0,
      x1: at.x0 + piece.x1,
      y0: at.y - line.size * 10,
      y1: at.y,
      bold: piece.bold > piece.letters / 2,
      italic: piece.italic > piece.letters / 2,
      row: setting.row,
    });
  }
}

/** Space between a cell's edge and its text, as word processors leave it. */
const CELL_PADDING = 100;

/** Tables of so few rows (the signature block) stay on one page; of longer ones each row does. */
const MAX_KEPT = 4;

function setTable(table: Table, place: Place, setting: Setting): number {
  let y = place.y;
  for (const row of table.rows) {
    let x = place.x0 + table.left;
    let bottom = y;
    if (place.depth === 0 && (y === place.y || table.rows.length > MAX_KEPT)) setting.row = ++setting.rows;
    for (const cell of row) {
      const column = { x0: x + CELL_PADDING, x1: x + cell.width - CELL_PADDING };
      bottom = Math.max(bottom, setBlocks(cell.blocks, { ...column, y, depth: place.depth + 1 }, setting));
      x += cell.width;
    }
    y = bottom;
  }
  if (place.depth === 0) setting.row = 0;
  return y;
}

/** The usual frame holds a mark ("DỰ THẢO", "HỎA TỐC"); without a size it gets a third of the column. */
function setFrame(frame: Frame, place: Place, setting: Setting): void {
  const x0 = place.x0 + (frame.x ?? 0);
  const width = frame.width ?? (place.x1 - place.x0) / 3;
  const y = Math.max(0, place.y + (frame.y ?? 0));
  setBlocks(frame.blocks, { x0: x0 + CELL_PADDING, x1: x0 + width, y, depth: place.depth + 1 }, setting);
}

/** A page told by its breaks alone is believed when the estimate runs over it by no more than this. */
const MAX_SQUEEZE = 1.25;

interface Page {
  top: number;
  strips: Strip[];
}

/**
 * Where the file says how its pages end (breaks as many as its pages), its pages are taken as they are and squeezed
 * where the estimate runs over; else a page ends where it is full, and a table row (the signature block) goes on the
 * next one as a whole.
 */
function paginate({ strips, breaks }: Setting, flow: Flow): Strip[][] {
  const room = flow.sheet.height - flow.sheet.top - flow.sheet.bottom;
  const starts = [...new Set(breaks)].filter((y) => y > 0).sort((a, b) => a - b);
  const sorted = [...strips].sort((a, b) => a.y1 - b.y1);
  const fits = starts.length > 0 || (sorted.at(-1)?.y1 ?? 0) < room * MAX_SQUEEZE;
  const told = flow.pageCount !== null && flow.pageCount === starts.length + 1 && fits;
  const pages: Page[] = [{ top: 0, strips: [] }];
  let next = 0;
  for (const strip of sorted) {
    while (next < starts.length && strip.y0 >= starts[next]! - 1)
      pages.push({ top: starts[next++]!, strips: [] });
    const page = pages.at(-1)!;
    if (!told && strip.y1 - page.top > room && page.strips.length > 0)
      pages.push(overflow(page, strip, room));
    pages.at(-1)!.strips.push(strip);
  }
  const kept = pages.filter((page, index) => index === 0 || page.strips.length > 0);
  return kept.map((page) => squeezed(page, room));
}

/** The page that `strip` starts, with what of its table row already stood on the page before. */
function overflow(page: Page, strip: Strip, room: number): Page {
  const first = strip.row === 0 ? -1 : page.strips.findIndex((one) => one.row === strip.row);
  const top = first < 0 ? strip.y0 : page.strips[first]!.y0;
  if (first <= 0 || strip.y1 - top > room) return { top: strip.y0, strips: [] };
  const isMoved = (one: Strip) => one.row === strip.row;
  const moved = page.strips.filter(isMoved);
  page.strips = page.strips.filter((one) => !isMoved(one));
  return { top, strips: moved };
}

function squeezed(page: Page, room: number): Strip[] {
  const end = page.strips.reduce((most, strip) => Math.max(most, strip.y1), 0) - page.top;
  const scale = end > room ? room / end : 1;
  return page.strips.map((strip) => ({
    ...strip,
    y0: (strip.y0 - page.top) * scale,
    y1: (strip.y1 - page.top) * scale,
  }));
}

function placed(strip: Strip, sheet: Sheet, top: number): TextLine {
  const across = (x: number) => clamp(x / sheet.width);
  const down = (y: number) => clamp((top + y) / sheet.height);
  return {
    text: strip.text.normalize('NFC'),
    box: [across(strip.x0), down(strip.y0), across(strip.x1), down(strip.y1)],
    bold: strip.bold,
    italic: strip.italic,
    stamped: false,
    page: 1,
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** From top to bottom; of lines side by side the left one first. */
function inOrder(lines: readonly TextLine[]): TextLine[] {
  const rows: TextLine[][] = [];
  for (const line of [...lines].sort((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    const first = row?.[0];
    const height = line.box[3] - line.box[1];
    if (row !== undefined && first !== undefined && middle(line) - middle(first) < height * 0.45)
      row.push(line);
    else rows.push([line]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.box[0] - b.box[0]));
}

function middle(line: TextLine): number {
  return (line.box[1] + line.box[3]) / 2;
}
