/** Properties in a legacy .doc ([MS-DOC] 2.6): lists of "sprm" codes with operands, for runs, paragraphs and rows. */
import type { Align } from './flow.ts';

export interface DocParagraph {
  align: Align;
  left: number;
  right: number;
  first: number;
  before: number;
  after: number;
  pitch: number;
  newPage: boolean;
  inTable: boolean;
  /** The mark that ends a row. */
  rowEnd: boolean;
  /** Edges of the cells, twips from the left margin; of a row's end only. */
  edges: number[];
  tabs: { at: number; align: Align }[];
  /** Index of its list from 1, 0 = none; 2047 = none too. */
  list: number;
  level: number;
}

export interface DocRun {
  bold: boolean;
  italic: boolean;
  /** Index into the font table. */
  font: number;
  size: number;
  hidden: boolean;
  deleted: boolean;
}

export const DOC_PARAGRAPH: DocParagraph = {
  ...{ align: 'left', left: 0, right: 0, first: 0, before: 0, after: 0, pitch: 1, newPage: false },
  ...{ inTable: false, rowEnd: false, edges: [], tabs: [], list: 0, level: 0 },
};

export const DOC_RUN: DocRun = {
  ...{ bold: false, italic: false, font: 0, size: 20, hidden: false, deleted: false },
};

/** Calls `take(code, operand)` for each property; what is cut off at the end is left out. */
export function eachProperty(list: Buffer, take: (code: number, operand: Buffer) => void): void {
  let at = 0;
  while (at + 3 <= list.length) {
    const code = list.readUInt16LE(at);
    at += 2;
    const [skip, size] = sizeOf(code, list, at);
    if (at + skip + size > list.length) return;
    take(code, list.subarray(at + skip, at + skip + size));
    at += skip + size;
  }
}

const FIXED = [1, 1, 2, 4, 2, 2, 0, 3];
const DEFINE_TABLE = 0xd608;

/** Bytes of the length field and of the operand. */
function sizeOf(code: number, list: Buffer, at: number): [skip: number, size: number] {
  const kind = code >> 13;
  if (kind !== 6) return [0, FIXED[kind]!];
  if (code !== DEFINE_TABLE) return [1, list[at]!];
  return at + 2 > list.length ? [2, list.length] : [2, Math.max(0, list.readUInt16LE(at) - 1)];
}

const ALIGNS: Align[] = ['left', 'center', 'right'];

type ParagraphRule = (to: DocParagraph, operand: Buffer) => void;

const PARAGRAPH_RULES: ReadonlyMap<number, ParagraphRule> = new Map<number, ParagraphRule>([
  ...both([0x2403, 0x2461], (to, of) => (to.align = ALIGNS[of[0]!] ?? 'left')),
  ...both([0x840f, 0x845e], (to, of) => (to.left = of.readInt16LE(0))),
  ...both([0x840e, 0x845d], (to, of) => (to.right = of.readInt16LE(0))),
  ...both([0x8411, 0x8460], (to, of) => (to.first = of.readInt16LE(0))),
  [0xa413, (to, of) => (to.before = of.readUInt16LE(0))],
  [0xa414, (to, of) => (to.after = of.readUInt16LE(0))],
  [0x6412, (to, of) => (to.pitch = pitchOf(of.readInt16LE(0), of.readInt16LE(2)))],
  [0x2407, (to, of) => (to.newPage = of[0] === 1)],
  [0x2416, (to, of) => (to.inTable = of[0] === 1)],
  [0x2417, (to, of) => (to.rowEnd = of[0] === 1)],
  [0x460b, (to, of) => (to.list = of.readUInt16LE(0))],
  [0x260a, (to, of) => (to.level = of[0]!)],
  [0xc60d, (to, of) => (to.tabs = tabsOf(of, to.tabs))],
  [DEFINE_TABLE, (to, of) => (to.edges = edgesOf(of))],
]);

function both(codes: number[], rule: ParagraphRule): [number, ParagraphRule][] {
  return codes.map((code) => [code, rule]);
}

/** LSPD: multiples of 240, or an exact height (negative), or at least so high. */
function pitchOf(line: number, multiple: number): number {
  const pitch = multiple === 1 ? line / 240 : Math.abs(line) / 320;
  return Math.min(4, Math.max(0.7, pitch || 1));
}

function tabsOf(of: Buffer, before: DocParagraph['tabs']): DocParagraph['tabs'] {
  const cleared = of[0] ?? 0;
  const added = of[1 + cleared * 2] ?? 0;
  const start = 2 + cleared * 2;
  if (start + added * 3 > of.length) return before;
  const tabs = [...before];
  for (let index = 0; index < added; index++)
    tabs.push({
      at: of.readInt16LE(start + index * 2),
      align: ALIGNS[of[start + added * 2 + index]! & 7] ?? 'left',
    });
  return tabs.sort((a, b) => a.at - b.at);
}

function edgesOf(of: Buffer): number[] {
  const count = (of[0] ?? 0) + 1;
  const edges: number[] = [];
  for (let index = 0; index < count && 3 + index * 2 <= of.length; index++)
    edges.push(of.readInt16LE(1 + index * 2));
  return edges;
}

export function dressDocParagraph(base: DocParagraph, list: Buffer): DocParagraph {
  const dress = { ...base };
  eachProperty(list, (code, operand) => PARAGRAPH_RULES.get(code)?.(dress, operand));
  return dress;
}

/** `base` = of the style, which the values 80 and 81 (as the style, against the style) refer to. */
export function dressDocRun(base: DocRun, list: Buffer): DocRun {
  const dress = { ...base };
  const toggled = (of: Buffer, style: boolean) =>
    of[0] === 0x80 ? style : of[0] === 0x81 ? !style : of[0] === 1;
  eachProperty(list, (code, of) => {
    if (code === 0x0835) dress.bold = toggled(of, base.bold);
    else if (code === 0x0836) dress.italic = toggled(of, base.italic);
    else if (code === 0x083c) dress.hidden = toggled(of, base.hidden);
    else if (code === 0x0800) dress.deleted = of[0] === 1;
    else if (code === 0x4a43) dress.size = Math.min(400, Math.max(2, of.readUInt16LE(0)));
    else if (code === 0x4a4f) dress.font = of.readUInt16LE(0);
  });
  return dress;
}
