/** The items of a printed list: each begins with a dash and may go on over several lines. */
import { printed } from './found.ts';
import type { TextLine } from './layout.ts';
import { normalise } from './normalise.ts';

export interface ListItem {
  text: string;
  lines: TextLine[];
}

/** Dashes, bullets and what recognisers make of them, at the start of a line. */
const MARK = /^(?:[-–—−+•·*_~«»=.,'"“„ˆ^°]+\s*)+(?=[\p{L}\d(])/u;

/** Without any dash each line that follows an ended one is an item. */
export function listItems(lines: readonly TextLine[]): ListItem[] {
  const dashed = lines.filter((line) => MARK.test(normalise(line.text))).length;
  const items: ListItem[] = [];
  for (const line of lines) {
    const text = normalise(line.text);
    const last = items.at(-1);
    const begins = last === undefined || MARK.test(text) || (dashed === 0 && ended(last)) || KEPT.test(text);
    if (begins) items.push({ text: text.replace(MARK, ''), lines: [line] });
    else {
      last.text = printed(last.text, text);
      last.lines.push(line);
    }
  }
  return items.flatMap(apart);
}

/** "A; (báo cáo) - B": the dash behind an ended item begins the next, though no line does. */
function apart({ text, lines }: ListItem): ListItem[] {
  const texts = text.split(/(?<=;\s*(?:\([^)]*\))?)\s+(?=[-–]\s+\p{L})/u);
  return texts.map((piece) => ({ text: piece.replace(MARK, ''), lines }));
}

/** "Lưu: VT, …" is an item though its dash was lost. */
const KEPT = /^Lưu\s*[:;]/u;

function ended(item: ListItem): boolean {
  return /[;.]$/.test(item.text.trim());
}
