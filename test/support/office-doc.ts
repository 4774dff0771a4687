/** Small legacy .doc files (Word 97), written field by field: a compound file with text, properties, fonts, styles. */

interface DocRunSpec {
  text: string;
  bold?: boolean;
  italic?: boolean;
  hidden?: boolean;
  deleted?: boolean;
  /** Index into the fonts. */
  font?: number;
}

export interface DocParagraphSpec {
  runs: DocRunSpec[];
  align?: 'left' | 'center' | 'right';
  /** In a table: the text ends a cell; `edges` ends the row. */
  cell?: boolean;
  edges?: number[];
}

export interface DocSpec {
  paragraphs: DocParagraphSpec[];
  fonts?: string[];
  pages?: number;
  /** Changes the head of the main stream (FIB) before it is packed. */
  forge?: (main: Buffer) => void;
}

const TEXT_AT = 0x800;
const u16 = (value: number) => Buffer.from([value & 0xff, (value >> 8) & 0xff]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

interface Span {
  start: number;
  end: number;
  list: Buffer;
}

export function makeDoc({ paragraphs, fonts = ['Times New Roman'], pages, forge }: DocSpec): Buffer {
  let text = '';
  const characters: Span[] = [];
  const marks: Span[] = [];
  const at = (length: number) => TEXT_AT + length * 2;
  for (const paragraph of paragraphs) {
    const start = at(text.length);
    for (const run of paragraph.runs) {
      const from = at(text.length);
      text += run.text;
      characters.push({ start: from, end: at(text.length), list: runList(run) });
    }
    const from = at(text.length);
    text += paragraph.cell === true || paragraph.edges !== undefined ? '\x07' : '\r';
    characters.push({ start: from, end: at(text.length), list: Buffer.alloc(0) });
    marks.push({ start, end: at(text.length), list: paragraphList(paragraph) });
  }
  return packed({ text, characters, marks, fonts, pages, forge });
}

function runList(run: DocRunSpec): Buffer {
  const flag = (code: number, on: boolean | undefined) => (on === true ? [u16(code), Buffer.from([1])] : []);
  return Buffer.concat([
    ...flag(0x0835, run.bold),
    ...flag(0x0836, run.italic),
    ...flag(0x083c, run.hidden),
    ...flag(0x0800, run.deleted),
    u16(0x4a4f),
    u16(run.font ?? 0),
    u16(0x4a43),
    u16(26),
  ]);
}

function paragraphList({ align = 'left', cell, edges }: DocParagraphSpec): Buffer {
  const parts = [u16(0x2461), Buffer.from([['left', 'center', 'right'].indexOf(align)])];
  if (cell === true || edges !== undefined) parts.push(u16(0x2416), Buffer.from([1]));
  if (edges !== undefined) {
    const body = Buffer.concat([Buffer.from([edges.length - 1]), ...edges.map((edge) => u16(edge & 0xffff))]);
    parts.push(u16(0x2417), Buffer.from([1]), u16(0xd608), u16(body.length + 1), body);
  }
  return Buffer.concat(parts);
}

interface Contents {
  text: string;
  characters: Span[];
  marks: Span[];
  fonts: string[];
  pages: number | undefined;
  forge: ((main: Buffer) => void) | undefined;
}

function packed({ text, characters, marks, fonts, pages, forge }: Contents): Buffer {
  const body = padded(Buffer.from(text, 'utf16le'), 512);
  const chunks = (spans: Span[], size: number) =>
    Array.from({ length: Math.ceil(spans.length / size) }, (_, index) =>
      spans.slice(index * size, (index + 1) * size),
    );
  const characterPages = chunks(characters, 20).map(characterPage);
  const markPages = chunks(marks, 8).map(paragraphPage);
  const first = (TEXT_AT + body.length) / 512;
  const end = TEXT_AT + text.length * 2;
  const main = Buffer.alloc(TEXT_AT);
  const pieces = Buffer.concat([u32(0), u32(text.length), u16(0), u32(TEXT_AT), u16(0)]);
  const tables: [index: number, content: Buffer][] = [
    [1, styleSheet()],
    [12, pageTable(characterPages.length, first, end)],
    [13, pageTable(markPages.length, first + characterPages.length, end)],
    [15, fontTable(fonts)],
    [33, Buffer.concat([Buffer.from([2]), u32(pieces.length), pieces])],
  ];
  main.writeUInt16LE(0xa5ec, 0);
  main.writeUInt16LE(0xc1, 2);
  main.writeUInt16LE(0x0200, 10);
  main.writeUInt32LE(text.length, 0x4c);
  let offset = 0;
  for (const [index, content] of tables) {
    main.writeUInt32LE(offset, 0x9a + index * 8);
    main.writeUInt32LE(content.length, 0x9a + index * 8 + 4);
    offset += content.length;
  }
  forge?.(main);
  return compoundFile({
    WordDocument: Buffer.concat([main, body, ...characterPages, ...markPages]),
    '1Table': Buffer.concat(tables.map(([, content]) => content)),
    ...(pages === undefined ? {} : { '\x05SummaryInformation': summary(pages) }),
  });
}

function padded(bytes: Buffer, size: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((size - (bytes.length % size)) % size)]);
}

function characterPage(spans: Span[]): Buffer {
  const page = Buffer.alloc(512);
  page[511] = spans.length;
  let end = 510;
  spans.forEach((span, index) => {
    page.writeUInt32LE(span.start, index * 4);
    page.writeUInt32LE(span.end, index * 4 + 4);
    if (span.list.length === 0) return;
    end = (end - span.list.length - 1) & ~1;
    page[end] = span.list.length;
    span.list.copy(page, end + 1);
    page[(spans.length + 1) * 4 + index] = end / 2;
  });
  return page;
}

function paragraphPage(spans: Span[]): Buffer {
  const page = Buffer.alloc(512);
  page[511] = spans.length;
  let end = 510;
  spans.forEach((span, index) => {
    page.writeUInt32LE(span.start, index * 4);
    page.writeUInt32LE(span.end, index * 4 + 4);
    const words = Math.ceil((span.list.length + 2) / 2);
    end = (end - words * 2 - 2) & ~1;
    page[end + 1] = words;
    span.list.copy(page, end + 4);
    page[(spans.length + 1) * 4 + index * 13] = end / 2;
  });
  return page;
}

/** PLC of page numbers; where each page's text starts is not looked at by readers that read every page. */
function pageTable(count: number, first: number, end: number): Buffer {
  const places = Array.from({ length: count + 1 }, (_, index) =>
    u32(index === count ? end : TEXT_AT + index),
  );
  return Buffer.concat([...places, ...Array.from({ length: count }, (_, index) => u32(first + index))]);
}

function fontTable(fonts: string[]): Buffer {
  const entries = fonts.map((font) => {
    const name = Buffer.from(`${font}\0`, 'utf16le');
    return Buffer.concat([Buffer.from([39 + name.length]), Buffer.alloc(39), name]);
  });
  return Buffer.concat([u16(fonts.length), u16(0), ...entries]);
}

/** One paragraph style, "Normal", 13 points. */
function styleSheet(): Buffer {
  const name = Buffer.concat([u16(6), Buffer.from('Normal\0', 'utf16le')]);
  const run = Buffer.concat([u16(0x4a43), u16(26)]);
  const upx = Buffer.concat([u16(2), u16(0), u16(run.length), run]);
  const base = Buffer.concat([u16(0), u16(0xfff1), u16(2), u16(0), u16(0)]);
  const style = Buffer.concat([base, name, upx]);
  return Buffer.concat([u16(18), u16(1), u16(base.length), Buffer.alloc(14), u16(style.length), style]);
}

function summary(pages: number): Buffer {
  const head = Buffer.alloc(48);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt32LE(1, 24);
  head.writeUInt32LE(48, 44);
  return Buffer.concat([head, u32(24), u32(1), u32(14), u32(16), u32(3), u32(pages)]);
}

const FREE = 0xffffffff;
const CHAIN_END = 0xfffffffe;

/** [MS-CFB] with 512-byte sectors; every stream is padded so that none needs the mini stream. */
function compoundFile(streams: Record<string, Buffer>): Buffer {
  const names = Object.keys(streams);
  const directory = Buffer.alloc(512 * Math.ceil((names.length + 1) / 4));
  const fat: number[] = [0xfffffffd];
  const sectors: Buffer[] = [];
  const place = (content: Buffer) => {
    const start = fat.length;
    const count = content.length / 512;
    for (let index = 0; index < count; index++) fat.push(index === count - 1 ? CHAIN_END : start + index + 1);
    sectors.push(content);
    return start;
  };
  const directoryAt = place(directory);
  entry(directory, 0, { name: 'Root Entry', type: 5, right: FREE, child: 1, start: CHAIN_END, size: 0 });
  names.forEach((name, index) => {
    const content = padded(
      Buffer.concat([streams[name]!, Buffer.alloc(Math.max(0, 4096 - streams[name]!.length))]),
      512,
    );
    const right = index + 1 < names.length ? index + 2 : FREE;
    entry(directory, index + 1, {
      name,
      type: 2,
      right,
      child: FREE,
      start: place(content),
      size: content.length,
    });
  });
  const table = Buffer.alloc(512, 0xff);
  if (fat.length > 128) throw new Error('a file of more than 128 sectors needs a longer table');
  for (const [index, next] of fat.entries()) table.writeUInt32LE(next, index * 4);
  const header = Buffer.alloc(512);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(directoryAt, 48);
  header.writeUInt32LE(4096, 56);
  header.writeUInt32LE(CHAIN_END, 60);
  header.writeUInt32LE(CHAIN_END, 68);
  for (let index = 0; index < 109; index++) header.writeUInt32LE(index === 0 ? 0 : FREE, 76 + index * 4);
  return Buffer.concat([header, table, ...sectors]);
}

interface EntrySpec {
  name: string;
  type: number;
  right: number;
  child: number;
  start: number;
  size: number;
}

function entry(directory: Buffer, index: number, { name, type, right, child, start, size }: EntrySpec): void {
  const at = index * 128;
  directory.write(name, at, 'utf16le');
  directory.writeUInt16LE((name.length + 1) * 2, at + 64);
  directory[at + 66] = type;
  directory.writeUInt32LE(FREE, at + 68);
  directory.writeUInt32LE(right, at + 72);
  directory.writeUInt32LE(child, at + 76);
  directory.writeUInt32LE(start, at + 116);
  directory.writeUInt32LE(size, at + 120);
}
