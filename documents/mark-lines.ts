/** Lines of a text as a stamp would stand in them: what finds secrecy and urgency marks looks at these. */
import { fold, repairLetters } from './normalise.ts';

export interface MarkLine {
  /** Letters and digits between the frames and punctuation, spaces collapsed. */
  text: string;
  /** `fold(text)` without spaces: "M Ậ T" is MAT. */
  tight: string;
  capitals: boolean;
  /** Framed by brackets or a box on this line. */
  framed: boolean;
  /** Blank line, or nothing, above and below. */
  alone: boolean;
  /** The whole line that this is a piece of, with its punctuation. */
  source: string;
  /** Which line that is. */
  row: number;
}

/** A stamp stands on the first or last pages; a book-length text is cut. */
const MAX_TEXT = 4_000_000;
const MAX_LINE = 300;

/**
 * The lines of a text, and of a line with wide gaps each piece by itself: plain extraction puts the stamp of the left
 * margin and the heading of the right column into one line.
 */
export function markLines(text: string): MarkLine[] {
  const lines = repairLetters(text.slice(0, MAX_TEXT)).split('\n');
  const out: MarkLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_LINE || !/\p{L}/u.test(line)) continue;
    const alone = isBlank(lines[index - 1]) && isBlank(lines[index + 1]);
    for (const piece of piecesOf(line)) out.push({ ...readPiece(piece), alone, source: line, row: index });
  }
  return out;
}

/**
 * Wide gaps and bars part columns. Two spaces part columns too, but also the words of spaced-out letters
 * ("T Ố I  M Ậ T"): such a line is looked at both ways.
 */
function piecesOf(line: string): string[] {
  const wide = line.split(/ {3,}|[|│┃║]/);
  const narrow = line.split(/ {2,}|[|│┃║]/);
  const pieces = narrow.length === wide.length ? wide : [...wide, ...narrow];
  return pieces.filter((piece) => /\p{L}/u.test(piece));
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || !/\p{L}|\p{N}/u.test(line);
}

function readPiece(piece: string): Omit<MarkLine, 'alone' | 'source' | 'row'> {
  const whole = piece.trim();
  const text = whole.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replace(/ {2,}/g, ' ');
  return {
    text,
    tight: fold(text).replace(/ /g, ''),
    capitals: text === text.toUpperCase(),
    framed: /^[*#_ ]*[[({<«“"|]/.test(whole) && /[\])}>»”"|][*#_ ]*$/.test(whole),
  };
}
