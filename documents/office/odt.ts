/** ODT → flow (OpenDocument 1.2/1.3 text). Tracked deletions, notes and hidden text are left out. */
import { A4, type Block, type Cell, type Flow, type Frame, type Sheet, type Table } from './flow.ts';
import { type Deadline, OfficeRefusal } from './limits.ts';
import { lengthOf, type OdtRun, type OdtStyles, odtStyles } from './odt-dress.ts';
import { type OdtLists, odtLists } from './odt-lists.ts';
import { childOf, childrenOf, findBelow, readXml, type XmlElement } from './xml-tree.ts';
import type { ZipParts } from './zip-parts.ts';

interface Reader {
  styles: OdtStyles;
  lists: OdtLists;
}

export function readOdt(parts: ZipParts, deadline: Deadline): Flow {
  const { content, truncated } = odfContent(parts, deadline);
  const part = (name: string) => optional(parts, name, deadline);
  const shared = part('styles.xml');
  const reader: Reader = { styles: odtStyles([shared, content]), lists: odtLists([shared, content]) };
  const body = childOf(childOf(content, 'office:body'), 'office:text');
  const master = childrenOf(childOf(shared, 'office:master-styles'), 'style:master-page')[0];
  const pages = Number(findBelow(part('meta.xml'), 'meta:document-statistic')?.attributes['meta:page-count']);
  return {
    sheet: sheetOf(shared, master),
    blocks: blocksOf(body, { reader, list: null, level: 0 }),
    header: blocksOf(childOf(master, 'style:header'), { reader, list: null, level: 0 }),
    footer: blocksOf(childOf(master, 'style:footer'), { reader, list: null, level: 0 }),
    pageCount: Number.isInteger(pages) && pages > 0 ? pages : null,
    defects: truncated ? [{ code: 'OFFICE_TRUNCATED', detail: 'tệp quá dài, chỉ đọc phần đầu' }] : [],
  };
}

/** content.xml of any OpenDocument package. Throws `OfficeRefusal` for an encrypted or incomplete one. */
export function odfContent(parts: ZipParts, deadline: Deadline): { content: XmlElement; truncated: boolean } {
  const manifest = optional(parts, 'META-INF/manifest.xml', deadline);
  if (findBelow(manifest, 'encryption-data') !== undefined)
    throw new OfficeRefusal('ZIP_ENCRYPTED', 'tệp được đặt mật khẩu');
  const bytes = parts.read('content.xml');
  if (bytes === null) throw new OfficeRefusal('OFFICE_BROKEN', 'tệp không có phần nội dung văn bản');
  const { root, truncated } = readXml(bytes, deadline);
  return { content: root, truncated };
}

function optional(parts: ZipParts, name: string, deadline: Deadline): XmlElement | undefined {
  try {
    const bytes = parts.read(name);
    return bytes === null ? undefined : readXml(bytes, deadline).root;
  } catch (error) {
    if (!(error instanceof OfficeRefusal) || error.code === 'OFFICE_SLOW') throw error;
    return undefined;
  }
}

function sheetOf(shared: XmlElement | undefined, master: XmlElement | undefined): Sheet {
  const wanted = master?.attributes['style:page-layout-name'];
  const layout = childrenOf(childOf(shared, 'office:automatic-styles'), 'style:page-layout').find(
    (one) => one.attributes['style:name'] === wanted,
  );
  const of = childOf(layout, 'style:page-layout-properties')?.attributes ?? {};
  const size = (name: string, usual: number) => lengthOf(of[`fo:${name}`]) ?? usual;
  const sheet = {
    width: size('page-width', A4.width),
    height: size('page-height', A4.height),
    left: size('margin-left', A4.left),
    right: size('margin-right', A4.right),
    top: size('margin-top', A4.top),
    bottom: size('margin-bottom', A4.bottom),
  };
  const sane = sheet.width > 3_000 && sheet.height > 3_000 && sheet.left + sheet.right < sheet.width * 0.7;
  return sane && sheet.top + sheet.bottom < sheet.height * 0.7 ? sheet : A4;
}

interface Context {
  reader: Reader;
  /** Style of the list that is open, and its level from 0. */
  list: string | null;
  level: number;
}

const HOLDERS = new Set(['text:section', 'text:index-body', 'text:table-of-content', 'office:text']);

function blocksOf(parent: XmlElement | undefined, context: Context): Block[] {
  return childrenOf(parent).flatMap((child): Block[] => {
    if (child.name === 'text:p' || child.name === 'text:h') return paragraphOf(child, context, '');
    if (child.name === 'text:list') return listOf(child, context);
    if (child.name === 'table:table') return [tableOf(child, context)];
    if (child.name === 'draw:frame') return [frameOf(child, context)];
    return HOLDERS.has(child.name) ? blocksOf(child, context) : [];
  });
}

function listOf(element: XmlElement, context: Context): Block[] {
  const style = element.attributes['text:style-name'] ?? context.list;
  const level = context.list === null ? 0 : context.level + 1;
  return childrenOf(element).flatMap((item) => {
    let label =
      item.name === 'text:list-item' && style !== null ? context.reader.lists.label(style, level) : '';
    return childrenOf(item).flatMap((child): Block[] => {
      if (child.name === 'text:list') return listOf(child, { ...context, list: style, level });
      if (child.name !== 'text:p' && child.name !== 'text:h') return [];
      const blocks = paragraphOf(child, context, label);
      label = '';
      return blocks;
    });
  });
}

interface Content {
  runs: (OdtRun & { text: string })[];
  frames: Block[];
}

function paragraphOf(element: XmlElement, context: Context, label: string): Block[] {
  const { paragraph, run } = context.reader.styles.paragraph(element.attributes['text:style-name']);
  const content: Content = { runs: [], frames: [] };
  collect(element, run, { context, content });
  if (label !== '') content.runs.unshift({ ...run, text: `${label} ` });
  if (content.runs.length === 0) content.runs.push({ ...run, hidden: false, text: '' });
  const shown = content.runs.filter((one) => !one.hidden).map(({ hidden: _, ...rest }) => rest);
  return [...content.frames, { kind: 'paragraph', runs: shown, ...paragraph }];
}

const SIGNS: Record<string, string> = {
  'text:tab': '\t',
  'text:line-break': '\n',
  'text:soft-page-break': '\f',
};
const LEFT_OUT =
  /^(?:text:note|office:annotation(?:-end)?|text:hidden-text|text:tracked-changes|text:ruby-text)$/;

function collect(parent: XmlElement, run: OdtRun, to: { context: Context; content: Content }): void {
  const add = (text: string) => to.content.runs.push({ ...run, text });
  for (const child of parent.children) {
    if (typeof child === 'string') add(child.replace(/\s+/g, ' '));
    else if (LEFT_OUT.test(child.name)) continue;
    else if (child.name === 'text:s')
      add(' '.repeat(Math.min(200, Number(child.attributes['text:c'] ?? 1) || 1)));
    else if (SIGNS[child.name] !== undefined) add(SIGNS[child.name]!);
    else if (child.name === 'draw:frame' || child.name === 'draw:custom-shape')
      to.content.frames.push(frameOf(child, to.context));
    else collect(child, to.context.reader.styles.run(child.attributes['text:style-name'], run), to);
  }
}

function frameOf(element: XmlElement, context: Context): Frame {
  const box = childOf(element, 'draw:text-box') ?? element;
  return {
    kind: 'frame',
    x: lengthOf(element.attributes['svg:x']),
    y: lengthOf(element.attributes['svg:y']),
    width: lengthOf(element.attributes['svg:width']),
    blocks: blocksOf(box, { ...context, list: null, level: 0 }),
  };
}

const DEFAULT_CELL = 3_000;
/** Columns and cells beyond this are repeats of nothing. */
const MAX_COLUMNS = 100;

function tableOf(element: XmlElement, context: Context): Table {
  const widths: number[] = [];
  for (const column of within(element, 'table:table-column')) {
    const repeated = Math.max(1, Number(column.attributes['table:number-columns-repeated'] ?? 1) || 1);
    const width = context.reader.styles.columnWidth(column.attributes['table:style-name']) ?? DEFAULT_CELL;
    for (let count = 0; count < repeated && widths.length < MAX_COLUMNS; count++) widths.push(width);
  }
  const rows = within(element, 'table:table-row').map((row) => cellsOf(row, widths, context));
  return { kind: 'table', left: 0, rows };
}

/** Rows and columns, also in their groups. */
function within(table: XmlElement, name: string): XmlElement[] {
  return childrenOf(table).flatMap((child) => {
    if (child.name === name) return [child];
    return /^table:table-(?:header-)?(?:rows?|columns?|row-group|column-group)$/.test(child.name) &&
      !/^table:table-(?:row|column)$/.test(child.name)
      ? within(child, name)
      : [];
  });
}

function cellsOf(row: XmlElement, widths: readonly number[], context: Context): Cell[] {
  let column = 0;
  return childrenOf(row)
    .filter((cell) => cell.name === 'table:table-cell' || cell.name === 'table:covered-table-cell')
    .slice(0, MAX_COLUMNS)
    .map((cell) => {
      const covered = cell.name === 'table:covered-table-cell';
      const span = Math.max(1, Number(cell.attributes['table:number-columns-spanned'] ?? 1) || 1);
      const own = widths.slice(column, column + span).reduce((sum, width) => sum + width, 0);
      column += 1;
      return {
        width: covered ? 0 : own > 0 ? own : DEFAULT_CELL,
        blocks: covered ? [] : blocksOf(cell, context),
      };
    });
}
