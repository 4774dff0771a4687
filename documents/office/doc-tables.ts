/** Tables of a legacy .doc ([MS-DOC] 2.4, 2.9): pieces of text, property runs, styles, fonts. All offsets are checked. */
import {
  DOC_PARAGRAPH,
  DOC_RUN,
  type DocParagraph,
  type DocRun,
  dressDocParagraph,
  dressDocRun,
} from './doc-properties.ts';
import { OfficeRefusal } from './limits.ts';

export interface DocStreams {
  /** WordDocument. */
  main: Buffer;
  /** 0Table or 1Table. */
  table: Buffer;
}

/** Text from `start` to `end` (character positions) that lies together at `offset` of the main stream. */
export interface Piece {
  start: number;
  end: number;
  offset: number;
  /** Bytes of one character, 1 or 2. */
  width: 1 | 2;
}

/** Properties of the bytes from `start` to `end` of the main stream. */
export interface PropertyRun {
  start: number;
  end: number;
  style: number;
  list: Buffer;
}

/** Entry `index` of the list of tables in the file's head (FibRgFcLcb97); an empty buffer when it is not there. */
export function tableAt({ main, table }: DocStreams, index: number): Buffer {
  const at = 0x9a + index * 8;
  if (at + 8 > main.length) return Buffer.alloc(0);
  const offset = main.readUInt32LE(at);
  const size = main.readUInt32LE(at + 4);
  return offset + size > table.length ? Buffer.alloc(0) : table.subarray(offset, offset + size);
}

const CLX = 33;
const MAX_PIECES = 500_000;

export function piecesOf(streams: DocStreams): Piece[] {
  const clx = tableAt(streams, CLX);
  let at = 0;
  while (at + 3 <= clx.length && clx[at] === 1) at += 3 + clx.readUInt16LE(at + 1);
  if (at + 5 > clx.length || clx[at] !== 2) throw broken();
  const plc = clx.subarray(at + 5, at + 5 + clx.readUInt32LE(at + 1));
  const count = Math.floor((plc.length - 4) / 12);
  if (count < 1 || count > MAX_PIECES) throw broken();
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    const place = plc.readUInt32LE((count + 1) * 4 + index * 8 + 2);
    const narrow = (place & 0x40000000) !== 0;
    const offset = (place & 0x3fffffff) >>> (narrow ? 1 : 0);
    const start = plc.readUInt32LE(index * 4);
    const width = narrow ? 1 : 2;
    const fits = start + Math.floor(Math.max(0, streams.main.length - offset) / width);
    const end = Math.min(plc.readUInt32LE(index * 4 + 4), fits);
    if (end > start && start >= (pieces.at(-1)?.end ?? 0)) pieces.push({ start, end, offset, width });
  }
  return pieces;
}

const PAGE = 512;
/** Pages of property runs; a document of 300 pages has some thousands. */
const MAX_PAGES = 10_000;

/** Property runs of characters (table 12) or paragraphs (13), in the order of the file. */
export function propertyRunsOf(streams: DocStreams, kind: 'character' | 'paragraph'): PropertyRun[] {
  const plc = tableAt(streams, kind === 'character' ? 12 : 13);
  const pages = Math.floor((plc.length - 4) / 8);
  const count = Math.min(MAX_PAGES, pages);
  const runs: PropertyRun[] = [];
  for (let index = 0; index < count; index++) {
    const number = plc.readUInt32LE((pages + 1) * 4 + index * 4) & 0x3fffff;
    const page = streams.main.subarray(number * PAGE, (number + 1) * PAGE);
    if (page.length === PAGE)
      runs.push(...(kind === 'character' ? characterPage(page) : paragraphPage(page)));
  }
  return runs.sort((a, b) => a.start - b.start);
}

function characterPage(page: Buffer): PropertyRun[] {
  const count = Math.min(page[511]!, 101);
  return Array.from({ length: count }, (_, index) => {
    const at = page[(count + 1) * 4 + index]! * 2;
    const list = at === 0 ? Buffer.alloc(0) : page.subarray(at + 1, at + 1 + page[at]!);
    return { start: page.readUInt32LE(index * 4), end: page.readUInt32LE(index * 4 + 4), style: 0, list };
  });
}

function paragraphPage(page: Buffer): PropertyRun[] {
  const count = Math.min(page[511]!, 29);
  return Array.from({ length: count }, (_, index) => {
    const at = page[(count + 1) * 4 + index * 13]! * 2;
    const short = page[at]! !== 0;
    const from = short ? at + 1 : at + 2;
    const size = short ? page[at]! * 2 - 1 : (page[at + 1] ?? 0) * 2;
    const whole = at === 0 ? Buffer.alloc(0) : page.subarray(from, from + size);
    return {
      start: page.readUInt32LE(index * 4),
      end: page.readUInt32LE(index * 4 + 4),
      style: whole.length < 2 ? 0 : whole.readUInt16LE(0),
      list: whole.subarray(2),
    };
  });
}

export interface DocStyle {
  paragraph: DocParagraph;
  run: DocRun;
}

const NO_STYLE: DocStyle = { paragraph: DOC_PARAGRAPH, run: DOC_RUN };
const NO_BASE = 0xfff;

/** Paragraph styles by index, each with what it is based on already in it. */
export function stylesOf(streams: DocStreams): (index: number) => DocStyle {
  const raw = rawStyles(tableAt(streams, 1));
  const made = new Map<number, DocStyle>();
  const make = (index: number, depth: number): DocStyle => {
    const known = made.get(index);
    const style = raw[index];
    if (known !== undefined) return known;
    if (style === undefined || style === null || depth > 12) return NO_STYLE;
    const base = style.base === NO_BASE ? NO_STYLE : make(style.base, depth + 1);
    const result = {
      paragraph: dressDocParagraph(base.paragraph, style.paragraph),
      run: dressDocRun(base.run, style.run),
    };
    made.set(index, result);
    return result;
  };
  return (index) => make(index, 0);
}

interface RawStyle {
  base: number;
  paragraph: Buffer;
  run: Buffer;
}

function rawStyles(table: Buffer): (RawStyle | null)[] {
  if (table.length < 8) return [];
  const styles: (RawStyle | null)[] = [];
  const baseSize = table.readUInt16LE(4);
  let at = 2 + table.readUInt16LE(0);
  while (at + 2 <= table.length && styles.length < 4_095) {
    const size = table.readUInt16LE(at);
    styles.push(rawStyle(table.subarray(at + 2, at + 2 + size), baseSize));
    at += 2 + size;
  }
  return styles;
}

/** STD: base part, name, then the properties (of a paragraph style: paragraph's, then characters'). */
function rawStyle(std: Buffer, baseSize: number): RawStyle | null {
  if (std.length < baseSize + 4) return null;
  const kind = std.readUInt16LE(2) & 0xf;
  const base = std.readUInt16LE(2) >> 4;
  if (kind !== 1) return null;
  let at = baseSize + 2 + std.readUInt16LE(baseSize) * 2 + 2;
  const lists: Buffer[] = [];
  while (at + 2 <= std.length && lists.length < 2) {
    const size = std.readUInt16LE(at);
    lists.push(std.subarray(at + 2, at + 2 + size));
    at += 2 + size + (size % 2);
  }
  return { base, paragraph: lists[0]?.subarray(2) ?? Buffer.alloc(0), run: lists[1] ?? Buffer.alloc(0) };
}

/** Font names by index (SttbfFfn): each entry says its length, its name stands at 40. */
export function fontsOf(streams: DocStreams): string[] {
  const table = tableAt(streams, 15);
  const fonts: string[] = [];
  let at = 4;
  while (at < table.length && fonts.length < 2_000) {
    const size = table[at]!;
    const name = table.toString(
      'utf16le',
      Math.min(at + 40, table.length),
      Math.min(at + 1 + size, table.length),
    );
    fonts.push(name.split('\0')[0] ?? '');
    at += 1 + size;
  }
  return fonts;
}

export function broken(): OfficeRefusal {
  return new OfficeRefusal('DOC_UNREADABLE', 'cấu trúc tệp .doc bị lỗi');
}
