/** DOCX → flow (ECMA-376, WordprocessingML). Deleted and hidden text is left out, results of fields are in. */

import {
  isOn,
  ownRunDress,
  paragraphDress,
  type RunDress,
  readStyles,
  runDressOf,
  type Styles,
  twips,
} from './docx-dress.ts';
import { frameOf } from './docx-frame.ts';
import { type Lists, readLists } from './docx-lists.ts';
import {
  A4,
  type Block,
  type Cell,
  type Flow,
  type OfficeDefect,
  type Run,
  type Sheet,
  type Table,
} from './flow.ts';
import { type Deadline, OfficeRefusal } from './limits.ts';
import { childOf, childrenOf, readXml, textOf, type XmlElement } from './xml-tree.ts';
import type { ZipParts } from './zip-parts.ts';

interface Reader {
  styles: Styles;
  lists: Lists;
}

export function readDocx(parts: ZipParts, deadline: Deadline): Flow {
  const defects: OfficeDefect[] = [];
  const part = (name: string) => optionalPart(parts, name, { deadline, defects });
  const main = mainPart(parts, part);
  const bytes = parts.read(main);
  if (bytes === null) throw new OfficeRefusal('OFFICE_BROKEN', 'tệp không có phần nội dung văn bản');
  const { root, truncated } = readXml(bytes, deadline);
  if (truncated) defects.push({ code: 'OFFICE_TRUNCATED', detail: 'tệp quá dài, chỉ đọc phần đầu' });
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const reader: Reader = {
    styles: readStyles(part(`${folder}styles.xml`)),
    lists: readLists(part(`${folder}numbering.xml`)),
  };
  const body = childOf(root, 'w:body');
  const section = sectionsOf(body)[0];
  const links = linksOf(part(`${folder}_rels/${main.slice(folder.length)}.rels`));
  const apart = (kind: 'header' | 'footer') => {
    const target = linkedPart(section, kind, links);
    const content = target === null ? undefined : part(folder + target);
    return content === undefined ? [] : blocksOf(content, reader);
  };
  return {
    sheet: sheetOf(section),
    blocks: blocksOf(body, reader),
    header: apart('header'),
    footer: apart('footer'),
    pageCount: pagesOf(part('docProps/app.xml')),
    defects,
  };
}

/** A side part that is broken costs what it says, not the document. */
function optionalPart(
  parts: ZipParts,
  name: string,
  { deadline, defects }: { deadline: Deadline; defects: OfficeDefect[] },
): XmlElement | undefined {
  try {
    const bytes = parts.read(name);
    return bytes === null ? undefined : readXml(bytes, deadline).root;
  } catch (error) {
    if (!(error instanceof OfficeRefusal) || error.code === 'OFFICE_SLOW') throw error;
    defects.push({ code: error.code, detail: `${error.message} (${name})` });
    return undefined;
  }
}

function mainPart(parts: ZipParts, part: (name: string) => XmlElement | undefined): string {
  const usual = 'word/document.xml';
  if (parts.names.includes(usual)) return usual;
  const link = childrenOf(part('_rels/.rels')).find((one) =>
    /\/officeDocument$/.test(one.attributes['Type'] ?? ''),
  );
  return (link?.attributes['Target'] ?? usual).replace(/^\//, '');
}

function linksOf(root: XmlElement | undefined): ReadonlyMap<string, string> {
  return new Map(
    childrenOf(root).map((one) => [one.attributes['Id'] ?? '', one.attributes['Target'] ?? ''] as const),
  );
}

/** The header of page 1: the one for the first page where the section has one. */
function linkedPart(
  section: XmlElement | undefined,
  kind: 'header' | 'footer',
  links: ReadonlyMap<string, string>,
): string | null {
  const own = childOf(section, 'w:titlePg');
  const wanted = own !== undefined && isOn(own.attributes['w:val'] ?? '1') ? 'first' : 'default';
  const reference = childrenOf(section, `w:${kind}Reference`).find(
    (one) => one.attributes['w:type'] === wanted,
  );
  const target = links.get(reference?.attributes['r:id'] ?? '');
  return target === undefined || target.includes('..') ? null : target.replace(/^\/word\//, '');
}

function pagesOf(properties: XmlElement | undefined): number | null {
  const pages = childrenOf(properties).find((one) => one.name.endsWith('Pages'));
  const count = pages === undefined ? 0 : Number(textOf(pages));
  return Number.isInteger(count) && count > 0 && count < 100_000 ? count : null;
}

function sectionsOf(body: XmlElement | undefined): XmlElement[] {
  const within = childrenOf(body, 'w:p').map((one) => childOf(childOf(one, 'w:pPr'), 'w:sectPr'));
  return [...within, childOf(body, 'w:sectPr')].filter((one) => one !== undefined);
}

function sheetOf(section: XmlElement | undefined): Sheet {
  const size = childOf(section, 'w:pgSz')?.attributes ?? {};
  const margin = childOf(section, 'w:pgMar')?.attributes ?? {};
  const width = twips(size['w:w']) ?? 0;
  const height = twips(size['w:h']) ?? 0;
  if (width < 3000 || height < 3000) return A4;
  const within = (name: string, most: number, usual: number) =>
    Math.min(most * 0.4, Math.abs(twips(margin[`w:${name}`]) ?? usual));
  return {
    width,
    height,
    left: within('left', width, A4.left),
    right: within('right', width, A4.right),
    top: within('top', height, A4.top),
    bottom: within('bottom', height, A4.bottom),
  };
}

/** Wrappers that only hold what is in them. */
const WRAPPERS = /^w:(?:sdt|sdtContent|ins|moveTo|smartTag|customXml|hyperlink|fldSimple|dir|bdo|hdr|ftr)$/;

function blocksOf(parent: XmlElement | undefined, reader: Reader): Block[] {
  const blocks: Block[] = [];
  for (const child of childrenOf(parent)) {
    if (child.name === 'w:p') blocks.push(...paragraphOf(child, reader));
    else if (child.name === 'w:tbl') blocks.push(tableOf(child, reader));
    else if (WRAPPERS.test(child.name)) blocks.push(...blocksOf(child, reader));
    else if (child.name === 'mc:AlternateContent') blocks.push(...blocksOf(chosen(child), reader));
  }
  return blocks;
}

function chosen(alternates: XmlElement): XmlElement | undefined {
  return childOf(alternates, 'mc:Choice') ?? childOf(alternates, 'mc:Fallback');
}

/** The paragraph, with the frames anchored in it before it. */
function paragraphOf(element: XmlElement, reader: Reader): Block[] {
  const properties = childOf(element, 'w:pPr');
  const { list, ...dress } = paragraphDress(reader.styles, properties);
  const base = runDressOf(reader.styles, properties);
  const content: Content = { runs: [], frames: [], fields: [] };
  collect(element, base, { reader, content });
  const label = list === null || content.runs.length === 0 ? '' : reader.lists.label(list.id, list.level);
  if (label !== '') {
    const { hidden: _, ...plain } = base;
    content.runs.unshift({ ...plain, text: `${label} ` });
  }
  if (content.runs.length === 0) content.runs.push(markRun(properties, base, reader));
  const section = childOf(properties, 'w:sectPr');
  if (section !== undefined && childOf(section, 'w:type')?.attributes['w:val'] !== 'continuous')
    content.runs.push({ ...content.runs[0]!, text: '\f' });
  return [...content.frames, { kind: 'paragraph', runs: content.runs, ...dress }];
}

/** An empty paragraph is as high as its mark. */
function markRun(properties: XmlElement | undefined, base: RunDress, reader: Reader): Run {
  const { hidden: _, ...dress } = ownRunDress(reader.styles, base, childOf(properties, 'w:rPr'));
  return { ...dress, text: '' };
}

interface Content {
  runs: Run[];
  frames: Block[];
  /** Fields open here: true while their instruction is read, which is not shown. */
  fields: boolean[];
}

function collect(parent: XmlElement, base: RunDress, to: { reader: Reader; content: Content }): void {
  for (const child of childrenOf(parent)) {
    if (child.name === 'w:r')
      collectRun(child, ownRunDress(to.reader.styles, base, childOf(child, 'w:rPr')), to);
    else if (WRAPPERS.test(child.name)) collect(child, base, to);
    else if (child.name === 'mc:AlternateContent') {
      const choice = chosen(child);
      if (choice !== undefined) collect(choice, base, to);
    }
  }
}

const BREAKS: Record<string, string> = {
  'w:tab': '\t',
  'w:ptab': '\t',
  'w:cr': '\n',
  'w:noBreakHyphen': '-',
  'w:lastRenderedPageBreak': '\f',
};

function collectRun(run: XmlElement, dress: RunDress, to: { reader: Reader; content: Content }): void {
  const { content } = to;
  const { hidden, ...plain } = dress;
  const add = (text: string) => {
    if (!hidden && !content.fields.includes(true)) content.runs.push({ ...plain, text });
  };
  for (const child of childrenOf(run)) {
    if (child.name === 'w:t') add(textOf(child));
    else if (child.name === 'w:br') add(child.attributes['w:type'] === 'page' ? '\f' : '\n');
    else if (child.name === 'w:fldChar') follow(content.fields, child.attributes['w:fldCharType']);
    else if (child.name === 'w:sym') add(symbolOf(child.attributes['w:char']));
    else if (child.name === 'w:drawing' || child.name === 'w:pict' || child.name === 'w:object')
      content.frames.push(...framesIn(child, to.reader));
    else if (child.name === 'mc:AlternateContent') collectRun(chosen(child) ?? EMPTY, dress, to);
    else if (BREAKS[child.name] !== undefined) add(BREAKS[child.name]!);
  }
}

const EMPTY: XmlElement = { name: '', attributes: {}, children: [] };

function follow(fields: boolean[], type: string | undefined): void {
  if (type === 'begin') fields.push(true);
  else if (type === 'separate' && fields.length > 0) fields[fields.length - 1] = false;
  else if (type === 'end') fields.pop();
}

/** Symbol fonts live at F000–F0FF; their dashes are read, their pictures are not. */
function symbolOf(code: string | undefined): string {
  const value = Number.parseInt(code ?? '', 16) & 0xff;
  return value === 0x2d || value === 0xbe || value === 0x2212 ? '-' : '';
}

function framesIn(drawing: XmlElement, reader: Reader): Block[] {
  return frameOf(drawing).map(({ content, ...place }) => ({
    kind: 'frame',
    ...place,
    blocks: blocksOf(content, reader),
  }));
}

const DEFAULT_CELL = 2_000;

function tableOf(element: XmlElement, reader: Reader): Table {
  const grid = childrenOf(childOf(element, 'w:tblGrid'), 'w:gridCol').map(
    (column) => twips(column.attributes['w:w']) ?? DEFAULT_CELL,
  );
  const properties = childOf(element, 'w:tblPr');
  const left = twips(childOf(properties, 'w:tblInd')?.attributes['w:w']) ?? 0;
  const rows = rowsIn(element).map((row) => cellsOf(row, grid, reader));
  const width = rows.reduce((most, row) => Math.max(most, sum(row.map((cell) => cell.width))), 0);
  const align = alignedTable(childOf(properties, 'w:jc')?.attributes['w:val'], width);
  return { kind: 'table', left: left + align - 100, rows };
}

/** A centred table is set on the usual A4 column; its place matters to a few millimetres only. */
function alignedTable(align: string | undefined, width: number): number {
  const room = A4.width - A4.left - A4.right - width;
  return align === 'center' ? room / 2 : align === 'right' || align === 'end' ? room : 0;
}

function rowsIn(table: XmlElement): XmlElement[] {
  return childrenOf(table).flatMap((child) =>
    child.name === 'w:tr' ? [child] : WRAPPERS.test(child.name) ? rowsIn(child) : [],
  );
}

function cellsOf(row: XmlElement, grid: readonly number[], reader: Reader): Cell[] {
  const cells: Cell[] = [];
  const skipped = Number(childOf(childOf(row, 'w:trPr'), 'w:gridBefore')?.attributes['w:val'] ?? 0) || 0;
  let column = skipped;
  if (skipped > 0) cells.push({ width: sum(grid.slice(0, skipped)), blocks: [] });
  for (const cell of cellsIn(row)) {
    const properties = childOf(cell, 'w:tcPr');
    const span = Math.max(1, Number(childOf(properties, 'w:gridSpan')?.attributes['w:val'] ?? 1) || 1);
    const own = twips(childOf(properties, 'w:tcW')?.attributes['w:w']);
    const given = sum(grid.slice(column, column + span));
    const isTwips = childOf(properties, 'w:tcW')?.attributes['w:type'] === 'dxa';
    const width = given > 0 ? given : isTwips && own !== null && own > 0 ? own : DEFAULT_CELL;
    cells.push({ width, blocks: blocksOf(cell, reader) });
    column += span;
  }
  return cells;
}

function cellsIn(row: XmlElement): XmlElement[] {
  return childrenOf(row).flatMap((child) =>
    child.name === 'w:tc' ? [child] : WRAPPERS.test(child.name) ? cellsIn(child) : [],
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
