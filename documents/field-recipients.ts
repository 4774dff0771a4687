/** Nơi nhận (ô 9b): the list left of the signature, up to "Lưu: VT, …" (DOMAIN 4.3). */
import { editDistance } from './edit-distance.ts';
import { fromLines, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { type ListItem, listItems } from './list-items.ts';
import { fold, normalise } from './normalise.ts';
import { repairNames } from './repair-name.ts';
import { isSignatureText } from './text-layer.ts';
import type { Found } from './types.ts';

const LABEL = /^N\p{L}i\s*nh\p{L}{1,2}\s*[:;.,]?\s*/iu;

/** The line "Nơi nhận:" of a page; undefined on a page without. */
export function recipientsLabel(page: readonly TextLine[]): TextLine | undefined {
  return page.find((line) => line.box[0] < 0.5 && isLabel(line.text));
}

/** A piece of a seal that reaches into the column. */
function isStrayCapitals(line: TextLine): boolean {
  return (line.confidence ?? 1) < 0.3 && line.text.trim().length <= 4;
}

function isLabel(text: string): boolean {
  const folded = fold(text).trim();
  if (/^NOI NHAN\s*[:;.]?/.test(folded)) return true;
  const letters = folded.replace(/[^A-Z]/g, '');
  if (!/[:;]\s*$/.test(folded) || letters.length > 14) return false;
  // Two lines of a slanted page in one ("Nơi- Nhưnhận:"), or letters too many ("JXVơi nhận:").
  return (
    editDistance(letters, 'NOINHAN', 2) <= 2 || /^NOI.{0,4}NHAN$/.test(letters) || /OINHAN$/.test(letters)
  );
}

export function readRecipients(page: readonly TextLine[], edge: number): Found<string>[] {
  const label = recipientsLabel(page);
  if (label === undefined) return [];
  const text = normalise(label.text);
  const rest = LABEL.test(text) ? text.replace(LABEL, '') : '';
  const first = /\p{L}{2}/u.test(rest) && !/^\p{Lu}{2}/u.test(rest) ? [{ ...label, text: rest }] : [];
  const items = listItems([...first, ...columnBelow(label, page, edge)]);
  return items.flatMap(found);
}

/** Lines in the column of the label, to the end of the list. */
function columnBelow(label: TextLine, page: readonly TextLine[], edge: number): TextLine[] {
  const column: TextLine[] = [];
  let previous = label;
  for (const line of page) {
    const text = normalise(line.text);
    if (line === label || line.box[1] < label.box[1] + 0.003 || line.box[0] >= edge) continue;
    if (line.box[0] > label.box[0] + 0.2 || isSignatureText(line.text)) continue;
    if (!/[\p{L}\d]{2}/u.test(text) || isStrayCapitals(line)) continue;
    const height = Math.max(line.box[3] - line.box[1], previous.box[3] - previous.box[1]);
    if (line.box[1] - previous.box[3] > height * 2.2) break;
    if (/^(?:PHU LUC|BIEU |DANH SACH)\b/.test(fold(text)) && text === text.toUpperCase()) break;
    const before = column.at(-1);
    if (before !== undefined && isKept(before.text) && !/^[-–+]/.test(text) && /\.$/.test(before.text.trim()))
      break;
    column.push(line);
    previous = line;
    if (column.length >= MAX_LINES) break;
  }
  return column;
}

/** "Lưu: VT, TH." is the last item. */
function isKept(text: string): boolean {
  return /^[-–+•*\s]*Lưu(?![\p{L}])/u.test(text);
}

const MAX_LINES = 60;

function found(item: ListItem): Found<string>[] {
  const text = item.text.replace(/[\s;.,:…_/]+$/u, '').replace(/^[^\p{L}\p{N}(]+/u, '');
  if (!/\p{L}{2}/u.test(text)) return [];
  const value = repairNames(text, recognised(item.lines) !== null);
  return [fromLines(value, item.lines, 0.93)];
}
