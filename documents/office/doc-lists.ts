/** Lists of a legacy .doc ([MS-DOC] 2.9.147 LSTF, 2.9.150 LVLF, 2.9.131 LFO): the label of each list paragraph. */
import { type DocStreams, tableAt } from './doc-tables.ts';
import { type Level, labelOf } from './list-label.ts';

const LISTS = 73;
const OVERRIDES = 74;
const FORMATS: Record<number, string> = {
  0: 'decimal',
  1: 'upperRoman',
  2: 'lowerRoman',
  3: 'upperLetter',
  4: 'lowerLetter',
  22: 'decimalZero',
  23: 'bullet',
  255: 'none',
};

/** `list` from 1, `level` from 0; '' for none. */
export function docLists(streams: DocStreams): (list: number, level: number) => string {
  const lists = listsOf(streams);
  const overrides = tableAt(streams, OVERRIDES);
  const counters = new Map<number, number[]>();
  return (list, level) => {
    const at = 4 + (list - 1) * 16;
    if (list < 1 || at + 4 > overrides.length) return '';
    const id = overrides.readInt32LE(at);
    const levels = lists.get(id);
    if (levels?.[level] === undefined) return '';
    const counter = counters.get(id) ?? [];
    counters.set(id, counter);
    return labelOf(levels, counter, level);
  };
}

/** The levels stand behind the table of lists, one or nine for each list. */
function listsOf(streams: DocStreams): Map<number, Level[]> {
  const lists = new Map<number, Level[]>();
  const table = tableAt(streams, LISTS);
  if (table.length < 2) return lists;
  const all = streams.table;
  let at = table.byteOffset - all.byteOffset + table.length;
  for (let index = 0; index < table.readInt16LE(0) && 2 + (index + 1) * 28 <= table.length; index++) {
    const list = 2 + index * 28;
    const count = (table[list + 26]! & 1) === 1 ? 1 : 9;
    const levels: Level[] = [];
    for (let number = 0; number < count; number++) {
      const level = levelAt(all, at);
      if (level === null) return lists;
      levels.push(level.level);
      at = level.end;
    }
    lists.set(table.readInt32LE(list), levels);
  }
  return lists;
}

function levelAt(table: Buffer, at: number): { level: Level; end: number } | null {
  if (at + 28 > table.length) return null;
  const text = at + 28 + table[at + 24]! + table[at + 25]!;
  if (text + 2 > table.length) return null;
  const length = table.readUInt16LE(text);
  const end = text + 2 + length * 2;
  if (end > table.length) return null;
  const label = table.toString('utf16le', text + 2, end);
  const shown = [...label].map((one) => (one < '\t' ? `%${one.charCodeAt(0) + 1}` : one)).join('');
  const format = FORMATS[table[at + 4]!] ?? 'decimal';
  return { level: { format, text: shown, start: table.readInt32LE(at) }, end };
}
