/**
 * The lines with the number and the date once more, at 300 and 150 dpi: both are often written in by pen. Print comes out
 * the same at every size, handwriting does not (measured): what differs is not believed.
 */
import { linesOfWords, type TextLine } from '../layout.ts';
import { fold } from '../normalise.ts';
import type { Box } from '../pdf-words.ts';
import type { PageWord } from './page-text.ts';

/** Number and date stand in this share of page 1. */
const HEAD_SHARE = 0.33;
/** Confidence of digits by how many of the three readings agree; print keeps its own. */
const AGREED_BY_TWO = 0.7;
const AGREED_BY_NONE = 0.4;
const UNREADABLE = 0.2;

/** Reads a region of the page again at a resolution. */
export type ReadAgain = (box: Box, dpi: number) => Promise<PageWord[]>;

/** `words` of page 1, with the words of those two lines replaced where another reading makes more sense of them. */
export async function rereadUnclear(words: readonly PageWord[], again: ReadAgain): Promise<PageWord[]> {
  const head = linesOfWords(
    words.filter((word) => word.box[1] < HEAD_SHARE),
    1,
  );
  let all = [...words];
  for (const kind of KINDS) {
    const line = head.find((one) => kind.is(one));
    if (line === undefined) continue;
    const own = all.filter((word) => isWithin(word.box, line.box));
    if (own.length > 0) all = replaced(all, own, await bestReading(kind, { own, line, again }));
  }
  return all;
}

interface Kind {
  is(line: TextLine): boolean;
  /** What the line says, when it makes sense; null = unclear. */
  value(text: string): string | null;
}

const KINDS: readonly Kind[] = [
  {
    is: (line) =>
      line.box[0] < 0.45 && /^\W*S[OÔ0]\s*[:.;]?/.test(fold(line.text)) && /[\d/]/.test(line.text),
    value: (text) => /^\W*\p{L}{2}\s*[:.;]?\s*(\d{1,5}[a-h]?)\s*\/\s*\p{L}/u.exec(text)?.[1] ?? null,
  },
  {
    is: (line) => line.box[0] > 0.3 && /NGAY.*(?:THANG|NAM)/.test(fold(line.text)),
    value: (text) => {
      const [, day, month, year] =
        /NGAY\s*(\d{1,2})\s*THANG\s*(\d{1,2})\s*NAM\s*(\d{4})\b/.exec(fold(text)) ?? [];
      const possible = Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;
      return possible ? `${Number(year)}-${Number(month)}-${Number(day)}` : null;
    },
  },
];

/** Room around a line, fractions of the page: handwriting is larger than print. */
const ROOM: Box = [0.01, 0.008, 0.02, 0.008];

async function bestReading(
  kind: Kind,
  { own, line, again }: { own: PageWord[]; line: TextLine; again: ReadAgain },
): Promise<PageWord[]> {
  const { box } = line;
  const around: Box = [
    Math.max(0, box[0] - ROOM[0]),
    Math.max(0, box[1] - ROOM[1]),
    Math.min(1, box[2] + ROOM[2]),
    Math.min(1, box[3] + ROOM[3]),
  ];
  const readings = [own, await again(around, 300), await again(around, 150)].map((words) => ({
    words,
    value: kind.value(textOf(words)),
  }));
  const votes = (value: string | null) =>
    value === null ? 0 : readings.filter((reading) => reading.value === value).length;
  const best = readings.reduce((a, b) => (votes(b.value) > votes(a.value) ? b : a));
  const count = votes(best.value);
  if (count === readings.length) return own;
  const cap = count === 2 ? AGREED_BY_TWO : count === 1 ? AGREED_BY_NONE : UNREADABLE;
  return best.words.map((word) =>
    /^\p{L}+[:,.]?$/u.test(word.text) ? word : { ...word, confidence: Math.min(word.confidence, cap) },
  );
}

function textOf(words: readonly PageWord[]): string {
  return [...words]
    .sort((a, b) => a.box[0] - b.box[0])
    .map((word) => word.text)
    .join(' ');
}

function replaced(all: readonly PageWord[], own: readonly PageWord[], by: readonly PageWord[]): PageWord[] {
  return [...all.filter((word) => !own.includes(word)), ...by];
}

function isWithin(box: Box, line: Box): boolean {
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return x >= line[0] && x <= line[2] && y >= line[1] && y <= line[3];
}
