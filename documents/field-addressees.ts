/** Kính gửi (ô 9a): one addressee on the line, or a list below it (DOMAIN 4.3). */
import type { PageHead } from './field-head.ts';
import { fromLines, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { type ListItem, listItems } from './list-items.ts';
import { fold, normalise } from './normalise.ts';
import { repairNames } from './repair-name.ts';
import type { Found } from './types.ts';
import { findUrgency } from './urgency.ts';

const LABEL = /^K\p{L}nh\s*g\p{L}{1,2}i\s*[:;.,]?\s*/iu;
/** Lines of the longest list. */
const MAX_LINES = 40;

export function readAddressees(head: PageHead): Found<string>[] {
  const start = head.lines.findIndex((line) => LABEL.test(normalise(line.text)));
  const label = head.lines[start];
  if (label === undefined) return [];
  const first = { ...label, text: normalise(label.text).replace(LABEL, '') };
  const lines = [
    ...(/\p{L}/u.test(first.text) ? [first] : []),
    ...listBelow(label, head.lines.slice(start + 1)),
  ];
  return listItems(lines).flatMap((item) => found(item));
}

/** Lines right below, until a paragraph begins: it stands farther left, or farther down, than the list. */
function listBelow(label: TextLine, lines: readonly TextLine[]): TextLine[] {
  const list: TextLine[] = [];
  let previous = label;
  const alone = !/\p{L}/u.test(normalise(label.text).replace(LABEL, ''));
  for (const line of lines.slice(0, MAX_LINES)) {
    // A stamp of urgency stands in the left margin beside the list.
    if (line.stamped || findUrgency(line.text, 'text') !== null) continue;
    const gap = line.box[1] - previous.box[3];
    const height = Math.max(line.box[3] - line.box[1], previous.box[3] - previous.box[1]);
    const dashed = DASH.test(normalise(line.text));
    const first = list.length === 0 && alone;
    if (gap > height * (dashed || first ? 1.6 : 0.7)) break;
    if (!dashed && !first && line.box[0] < label.box[0] + 0.02 && !isInside(line, label)) break;
    if (BODY.test(fold(line.text)) || line.text.trim().startsWith('(')) break;
    list.push(line);
    previous = line;
    if (!dashed && /[.]$/.test(line.text.trim()) && !first) break;
  }
  return list;
}

const DASH = /^[-–—+•*_~]\s*\p{L}/u;
const BODY = /^(?:CAN CU|THUC HIEN|THEO |XET |NGAY \d|TIEP THEO|DE |SAU KHI|PHUC DAP)\b/;

/** A wrapped addressee goes on below its own first word, right of the label. */
function isInside(line: TextLine, label: TextLine): boolean {
  return line.box[0] >= label.box[0] && line.box[2] <= label.box[2] + 0.05;
}

function found(item: ListItem): Found<string>[] {
  const text = item.text.replace(/\s*\((?:sau đây|để|qua)[^)]*\)?$/u, '').replace(/[\s;.,:]+$/u, '');
  if (!/\p{L}{2}/u.test(text) || text.startsWith('(')) return [];
  const value = repairNames(text, recognised(item.lines) !== null);
  return [fromLines(value, item.lines, 0.93)];
}
