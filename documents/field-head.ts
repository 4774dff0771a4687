/**
 * The head of page 1: which lines are the agency's column, which the place-and-date column, and where the head ends
 * (DOMAIN 4.2). What is no part of the document — the ĐẾN stamp, what a signing tool printed — is taken out first.
 */
import { editDistance } from './edit-distance.ts';
import { recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import { numberLine } from './number-line.ts';
import type { Box } from './pdf-words.ts';
import { isSignatureText } from './text-layer.ts';
import { typeByNameLine } from './type-names.ts';
import type { DocumentType } from './types-list.ts';

export interface PageHead {
  /** Lines of the left column above the title, pieces of one row joined. */
  left: TextLine[];
  right: TextLine[];
  /** The line that names the type, with its type. */
  title: { line: TextLine; type: DocumentType; rest: string } | null;
  /** Quốc hiệu, or the Party's head line. */
  motto: TextLine | null;
  /** Every line of the page that counts, in reading order. */
  lines: TextLine[];
}

/** Below this nothing is a head any more, when no title was found. */
const HEAD_BOTTOM = 0.34;
const TITLE_BOTTOM = 0.55;
/** Where the right column starts when no quốc hiệu tells (DOMAIN 4.2). */
const MIDDLE = 0.47;

export function headOf(page: readonly TextLine[]): PageHead {
  const lines = withoutStamp(page.filter((line) => !isForeign(line) && !isSpeck(line)));
  const motto = lines.find((line) => line.box[1] < 0.3 && isMotto(line.text)) ?? null;
  const title = findTitle(lines);
  const bottom = Math.min(title?.line.box[1] ?? HEAD_BOTTOM, bodyStart(lines));
  const edge = motto === null ? MIDDLE : Math.min(motto.box[0] - 0.01, 0.52);
  const head = lines.filter((line) => line.box[3] <= bottom + 0.004);
  const isRight = (line: TextLine) => line.box[0] >= edge || centre(line.box) > edge + 0.1;
  return {
    left: joinRows(head.filter((line) => !isRight(line))),
    right: joinRows(head.filter(isRight)),
    title,
    motto,
    lines,
  };
}

const MOTTOS = ['CONGHOAXAHOICHUNGHIAVIETNAM', 'DANGCONGSANVIETNAM'];

/** Quốc hiệu or the Party's head line; a recogniser gets a few of its letters wrong. */
export function isMotto(text: string): boolean {
  const letters = fold(text).replace(/[^A-Z]/g, '');
  return MOTTOS.some((motto) => letters.includes(motto) || editDistance(letters, motto, 4) <= 4);
}

/** What a signing tool printed; but "Số:8@ /QĐ-UBND" is a number written in by hand, not an address. */
function isForeign(line: TextLine): boolean {
  return isSignatureText(line.text) && numberLine(line.text) === null;
}

/** Dirt, a piece of a seal, a frame: recognised, but no word. */
function isSpeck({ text, confidence }: TextLine): boolean {
  if (confidence === undefined || confidence === 1) return false;
  return (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < 2;
}

function centre(box: Box): number {
  return (box[0] + box[2]) / 2;
}

/** "Kính gửi" and "Căn cứ" stand below every head. */
function bodyStart(lines: readonly TextLine[]): number {
  const first = lines.find(
    (line) => line.box[1] > 0.1 && /^(?:KINH G[A-Z]{1,2}I\b|CAN CU )/.test(fold(line.text)),
  );
  return first?.box[1] ?? 1;
}

/** The first line in capitals that is a type's name; else one in bold capitals that starts with it ("BÁO CÁO KẾT QUẢ …"). */
function findTitle(lines: readonly TextLine[]): PageHead['title'] {
  const candidates = lines.filter(
    (line) =>
      line.box[1] > 0.06 && line.box[1] < TITLE_BOTTOM && centre(line.box) > 0.36 && centre(line.box) < 0.68,
  );
  for (const line of candidates) {
    const type = typeByNameLine(line.text, isRecognised(line));
    if (type !== null) return { line, type, rest: '' };
  }
  for (const line of candidates.filter((one) => (one.bold || isRecognised(one)) && one.box[1] > 0.12)) {
    const words = normalise(line.text).split(' ');
    for (let count = Math.min(4, words.length - 1); count >= 2; count--) {
      const type = typeByNameLine(words.slice(0, count).join(' '));
      const rest = words.slice(count).join(' ');
      if (type !== null && rest === rest.toUpperCase()) return { line, type, rest };
    }
  }
  return null;
}

function isRecognised(line: TextLine): boolean {
  return recognised([line]) !== null;
}

/** Pieces of one row within a column: "Số:" and "/QĐ-UBND" around a wide blank, or a number that a stamp put between. */
function joinRows(lines: readonly TextLine[]): TextLine[] {
  const rows: TextLine[] = [];
  for (const line of lines) {
    const last = rows.at(-1);
    if (last === undefined || !isSameRow(last.box, line.box)) rows.push(line);
    else
      rows[rows.length - 1] = {
        ...last,
        text: `${last.text} ${line.text}`,
        box: [
          last.box[0],
          Math.min(last.box[1], line.box[1]),
          line.box[2],
          Math.max(last.box[3], line.box[3]),
        ],
        stamped: last.stamped || line.stamped,
        ...(line.confidence === undefined && last.confidence === undefined
          ? {}
          : { confidence: Math.min(last.confidence ?? 1, line.confidence ?? 1) }),
      };
  }
  return rows;
}

function isSameRow(a: Box, b: Box): boolean {
  const overlap = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return overlap > Math.min(a[3] - a[1], b[3] - b[1]) * 0.5 && b[0] >= a[2] - 0.01;
}

/** Height of the ĐẾN stamp (35 mm of 297) and its half width (25 mm of 210), with room for a slanted one. */
const STAMP_HEIGHT = 0.13;
const STAMP_HALF_WIDTH = 0.15;

/**
 * The ĐẾN stamp of a receiver is never the document's own number or date (DOMAIN 4.2): its lines, told by their words
 * and their place around "ĐẾN", go.
 */
function withoutStamp(lines: readonly TextLine[]): TextLine[] {
  const stamp = lines.find((line) => /^(?:CONG VAN )?DEN[:.]?$/.test(fold(line.text).trim()));
  if (stamp === undefined) return [...lines];
  const middle = centre(stamp.box);
  return lines.filter((line) => {
    if (line === stamp) return false;
    const near =
      Math.abs(centre(line.box) - middle) < STAMP_HALF_WIDTH &&
      line.box[1] > stamp.box[1] - 0.004 &&
      line.box[1] < stamp.box[1] + STAMP_HEIGHT;
    return !(near && STAMP_LINE.test(fold(line.text).trim()));
  });
}

/** A receiver's number has no symbol, its date is short. */
const STAMP_LINE =
  /^(?:SO(?: DEN)?\s*[:.]?\s*[\d ._…]*$|NGAY(?: DEN)?\s*[:.]?[\d ./_…-]*$|GIO\b|CHUYEN|LUU HO SO|SO VA KY HIEU H)/;
