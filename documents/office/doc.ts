/**
 * Legacy .doc (Word 97–2003, [MS-DOC]) → flow. Own reader: what is needed beside the text (fonts, which tell TCVN3 and
 * VNI; bold; alignment; widths of cells) no maintained library gives. Deleted and hidden text is left out.
 */
import { type CompoundFile, openCompoundFile } from './compound-file.ts';
import { docLists } from './doc-lists.ts';
import { type DocParagraph, dressDocParagraph, dressDocRun } from './doc-properties.ts';
import { TableBuilder } from './doc-rows.ts';
import { pagesOf, sectionOf } from './doc-section.ts';
import {
  broken,
  type DocStreams,
  fontsOf,
  type Piece,
  type PropertyRun,
  piecesOf,
  propertyRunsOf,
  stylesOf,
  tableAt,
} from './doc-tables.ts';
import { type Block, type Flow, type Frame, paragraph, type Run } from './flow.ts';
import { type Deadline, LIMITS, OfficeRefusal } from './limits.ts';

export function readDoc(bytes: Uint8Array, deadline: Deadline): Flow {
  const file = openCompoundFile(bytes);
  const main = file.read('WordDocument');
  if (main === null || main.length < 0x2f2 + 4 || main.readUInt16LE(0) !== 0xa5ec) throw broken();
  const flags = main.readUInt16LE(10);
  if ((flags & 0x0100) !== 0) throw new OfficeRefusal('DOC_ENCRYPTED', 'tệp .doc được đặt mật khẩu');
  if (main.readUInt16LE(2) < 0xc1)
    throw new OfficeRefusal('DOC_UNREADABLE', 'tệp .doc của Word 95 trở về trước, không đọc được');
  const table = file.read((flags & 0x0200) !== 0 ? '1Table' : '0Table');
  if (table === null) throw broken();
  return flowOf(file, { main, table }, deadline);
}

/** Lengths of the stories, characters: they stand one behind the other. */
const STORIES = [0x4c, 0x50, 0x54, 0x5c, 0x60, 0x64];

function flowOf(file: CompoundFile, streams: DocStreams, deadline: Deadline): Flow {
  const [text = 0, notes = 0, heads = 0, remarks = 0, ends = 0, boxes = 0] = STORIES.map((at) =>
    streams.main.readUInt32LE(at),
  );
  const reader: Reader = {
    streams,
    pieces: piecesOf(streams),
    characters: propertyRunsOf(streams, 'character'),
    paragraphs: propertyRunsOf(streams, 'paragraph'),
    styles: stylesOf(streams),
    fonts: fontsOf(streams),
    label: docLists(streams),
    deadline,
  };
  const boxStart = text + notes + heads + remarks + ends;
  const frames = boxes === 0 ? [] : framesOf(reader, boxStart, boxes);
  const section = sectionOf(streams);
  const story = (index: number) => headStory(reader, index, text + notes);
  const truncated = text > LIMITS.characters;
  return {
    sheet: section.sheet,
    blocks: blocksOf(reader, 0, Math.min(text, LIMITS.characters), frames),
    header: story(section.titlePage ? 10 : 7),
    footer: story(section.titlePage ? 11 : 9),
    pageCount: pagesOf(file),
    defects: truncated ? [{ code: 'OFFICE_TRUNCATED', detail: 'tệp quá dài, chỉ đọc phần đầu' }] : [],
  };
}

interface Reader {
  streams: DocStreams;
  pieces: readonly Piece[];
  characters: readonly PropertyRun[];
  paragraphs: readonly PropertyRun[];
  styles: ReturnType<typeof stylesOf>;
  fonts: readonly string[];
  label: (list: number, level: number) => string;
  deadline: Deadline;
}

/** Text of one dress; where a paragraph ends, its mark and the offset of the mark. */
interface Stretch {
  text: string;
  properties: PropertyRun | null;
  mark: { sign: string; offset: number; position: number } | null;
}

const MARKS = /[\r\x07\x0c]/;

/** Characters from `start` to `end`, cut where properties change and behind each paragraph mark. */
function* stretchesOf(reader: Reader, start: number, end: number): Generator<Stretch> {
  for (const piece of reader.pieces) {
    reader.deadline.check();
    const from = Math.max(start, piece.start);
    const to = Math.min(end, piece.end);
    let position = from;
    while (position < to) {
      const offset = piece.offset + (position - piece.start) * piece.width;
      const properties = runAt(reader.characters, offset);
      const left = properties === null ? to - position : Math.ceil((properties.end - offset) / piece.width);
      const count = Math.max(1, Math.min(to - position, left, 4_096));
      const text = decoded(reader.streams.main.subarray(offset, offset + count * piece.width), piece.width);
      const mark = text.search(MARKS);
      const kept = mark < 0 ? text : text.slice(0, mark);
      const sign = mark < 0 ? null : text[mark]!;
      yield {
        text: kept,
        properties,
        mark: sign === null ? null : { sign, offset: offset + mark * piece.width, position: position + mark },
      };
      position += mark < 0 ? count : mark + 1;
    }
  }
}

const NARROW = new TextDecoder('windows-1252');

function decoded(bytes: Buffer, width: 1 | 2): string {
  return width === 2 ? bytes.toString('utf16le') : NARROW.decode(bytes);
}

/** The run that covers this offset; null where none does. */
function runAt(runs: readonly PropertyRun[], offset: number): PropertyRun | null {
  let low = 0;
  let high = runs.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const run = runs[middle]!;
    if (offset < run.start) high = middle - 1;
    else if (offset >= run.end) low = middle + 1;
    else return run;
  }
  return null;
}

interface Anchored {
  position: number;
  frame: Frame;
}

function blocksOf(reader: Reader, start: number, end: number, frames: readonly Anchored[] = []): Block[] {
  const builder = new TableBuilder();
  const waiting = [...frames].sort((a, b) => a.position - b.position);
  let open: Stretch[] = [];
  const state = { fields: [] as boolean[] };
  const finish = (mark: NonNullable<Stretch['mark']>) => {
    reader.deadline.check();
    while (waiting[0] !== undefined && waiting[0].position <= mark.position)
      builder.add(waiting.shift()!.frame);
    const properties = runAt(reader.paragraphs, mark.offset);
    const style = reader.styles(properties?.style ?? 0);
    const dress = dressDocParagraph(style.paragraph, properties?.list ?? Buffer.alloc(0));
    builder.take(
      dress,
      paragraphOf(open, { reader, dress, style: properties?.style ?? 0, state, mark }),
      mark.sign,
    );
    open = [];
  };
  for (const stretch of stretchesOf(reader, start, end)) {
    open.push(stretch);
    if (stretch.mark !== null) finish(stretch.mark);
  }
  if (open.length > 0) finish({ sign: '\r', offset: -1, position: end });
  return builder.done(waiting.map((one) => one.frame));
}

interface ParagraphContext {
  reader: Reader;
  dress: DocParagraph;
  style: number;
  state: { fields: boolean[] };
  mark: NonNullable<Stretch['mark']>;
}

function paragraphOf(stretches: readonly Stretch[], context: ParagraphContext): Block {
  const { reader, dress, style, state, mark } = context;
  const base = reader.styles(style).run;
  const dressed = (properties: PropertyRun | null) => dressDocRun(base, properties?.list ?? Buffer.alloc(0));
  const runs: Run[] = [];
  for (const stretch of stretches) {
    const own = dressed(stretch.properties);
    const shown = visible(stretch.text, state.fields);
    if (shown === '' || own.hidden || own.deleted) continue;
    const { bold, italic, size } = own;
    runs.push({ text: shown, bold, italic, size, font: reader.fonts[own.font] ?? null });
  }
  const label =
    runs.length === 0 || dress.list === 0 || dress.list === 2047 ? '' : reader.label(dress.list, dress.level);
  if (label !== '') runs.unshift({ ...runs[0]!, text: `${label} ` });
  const end = dressed(stretches.at(-1)?.properties ?? null);
  if (runs.length === 0) runs.push({ text: '', bold: false, italic: false, size: end.size, font: null });
  if (mark.sign === '\x0c') runs.push({ ...runs[0]!, text: '\f' });
  const { inTable: _in, rowEnd: _end, edges: _edges, list: _list, level: _level, ...rest } = dress;
  return paragraph(runs, rest);
}

/** Field instructions out, results in; signs for pictures and notes out. */
function visible(text: string, fields: boolean[]): string {
  let shown = '';
  for (const one of text) {
    if (one === '\x13') fields.push(true);
    else if (one === '\x14' && fields.length > 0) fields[fields.length - 1] = false;
    else if (one === '\x15') fields.pop();
    else if (fields.includes(true)) continue;
    else if (one === '\x0b') shown += '\n';
    else if (one === '\x1e') shown += '-';
    else if (one >= ' ' || one === '\t') shown += one;
  }
  return shown;
}

/** Text boxes of one file, and characters of one of them or of a header. */
const MAX_BOXES = 500;
const MAX_STORY = 20_000;

/** Shapes' places (PlcSpaMom) and the text boxes that belong to them (PlcftxbxTxt), matched by the shape's number. */
function framesOf(reader: Reader, start: number, length: number): Anchored[] {
  const shapes = tableAt(reader.streams, 40);
  const count = Math.floor((shapes.length - 4) / 30);
  const places = new Map<number, { position: number; x: number; width: number }>();
  for (let index = 0; index < count; index++) {
    const shape = (count + 1) * 4 + index * 26;
    const x = shapes.readInt32LE(shape + 4);
    const width = shapes.readInt32LE(shape + 12) - x;
    places.set(shapes.readUInt32LE(shape), { position: shapes.readUInt32LE(index * 4), x, width });
  }
  const stories = tableAt(reader.streams, 56);
  const boxes = Math.floor((stories.length - 4) / 26);
  const frames: Anchored[] = [];
  for (let index = 0; index < Math.min(boxes, MAX_BOXES); index++) {
    const from = stories.readUInt32LE(index * 4);
    const to = Math.min(stories.readUInt32LE(index * 4 + 4), length, from + MAX_STORY);
    const place = places.get(stories.readUInt32LE((boxes + 1) * 4 + index * 22 + 14));
    if (to <= from || place === undefined) continue;
    const blocks = blocksOf(reader, start + from, start + to);
    const width = place.width > 0 ? Math.min(place.width, 20_000) : null;
    frames.push({ position: place.position, frame: { kind: 'frame', x: place.x, y: null, width, blocks } });
  }
  return frames;
}

function headStory(reader: Reader, index: number, start: number): Block[] {
  const stories = tableAt(reader.streams, 11);
  if (stories.length < (index + 2) * 4) return [];
  const from = stories.readUInt32LE(index * 4);
  const to = stories.readUInt32LE(index * 4 + 4);
  return to > from && to - from < MAX_STORY ? blocksOf(reader, start + from, start + to) : [];
}
