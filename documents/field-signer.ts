/** Quyền hạn, chức vụ, họ tên người ký (ô 7): the block right of Nơi nhận on the last page of the document proper (DOMAIN 4.3). */
import { editDistance } from './edit-distance.ts';
import { recipientsLabel } from './field-recipients.ts';
import { atMost, fromLines, nothing, printed, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold, normalise } from './normalise.ts';
import { hasFamilyName, isPersonName, isVietnamese, nameOf, repairPersonName } from './person-name.ts';
import { deputyOf, repairOffice, startsOffice } from './signing-office.ts';
import { isSignatureText } from './text-layer.ts';
import type { Found } from './types.ts';

export interface SignerReading {
  name: Found<string>;
  title: Found<string>;
  /** Top line first. */
  authority: Found<string>[];
  /** Left edge of the block, where the recipients' column ends; 0.5 when there is none. */
  edge: number;
}

export function hasRecipients(page: readonly TextLine[]): boolean {
  return recipientsLabel(page) !== undefined;
}

const NO_SIGNER: SignerReading = { name: nothing(), title: nothing(), authority: [], edge: 0.5 };

/** "TM.", "T/M", "KT:", and what a recogniser makes of them. */
const PREFIX =
  /^(?:(?:T\s*[./]?\s*M|K\s*[./]?\s*T|T\s*[./]?\s*L|T\s*[./]?\s*U\s*[./]?\s*Q|Q)\s*[./:,]\s*|(?:TM|KT|TL|TUQ|T\/M|K\/T|T\/L)\s+(?=\p{Lu}))/u;

/** `page` = the page with Nơi nhận, or a page to try without it. */
export function readSigner(page: readonly TextLine[]): SignerReading {
  const recipients = recipientsLabel(page);
  const top = recipients === undefined ? 0 : recipients.box[1] - 0.06;
  const column = page.filter(
    (line) => (line.box[0] + line.box[2]) / 2 > 0.52 && line.box[0] > 0.38 && !isSignatureText(line.text),
  );
  const right = column.slice(beginOfBlock(column, top));
  const start = firstTitle(right, recipients !== undefined);
  if (start < 0) return recipients === undefined ? NO_SIGNER : nameAlone(right);
  const block = titleBlock(right.slice(start));
  const after = right.slice(start + block.length).filter((line) => !block.includes(line));
  return reading(block, { nameLine: nameBelow(block, after), after, beside: recipients !== undefined });
}

/** First line at the height of Nơi nhận, and before it what stands right above in capitals: two offices may sign above it. */
function beginOfBlock(column: readonly TextLine[], top: number): number {
  let first = column.findIndex((line) => line.box[1] >= top);
  if (first < 0) return column.length;
  while (first > 0) {
    const [above, line] = [column[first - 1]!, column[first]!];
    const text = clearText(above);
    const close = line.box[1] - above.box[3] < (line.box[3] - line.box[1]) * 1.2;
    if (!close || text !== text.toUpperCase() || !/\p{Lu}{2}/u.test(text)) break;
    first -= 1;
  }
  return first;
}

function firstTitle(lines: readonly TextLine[], beside: boolean): number {
  const isTitle = (line: TextLine) => {
    const clean = clearText(line);
    if (clean !== clean.toUpperCase() || /\d/.test(clean) || clean.length > 90) return false;
    return PREFIX.test(clean) || startsOffice(clean);
  };
  // Elsewhere in a page capitals with an office in them are headings: the last such block is the signature.
  if (beside) return lines.findIndex(isTitle);
  const last = lines.findLastIndex(isTitle);
  if (last < 0) return -1;
  let first = last;
  while (first > 0 && isTitle(lines[first - 1]!)) first--;
  return first;
}

function clearText(line: TextLine): string {
  const text = normalise(line.text).trim();
  return recognised([line]) === null ? text : repairOffice(text);
}

/** Authority and office lines right below each other; a title beyond the signature's gap is another office (ô 7b). */
function titleBlock(lines: readonly TextLine[]): TextLine[] {
  const block: TextLine[] = [];
  for (const line of lines) {
    const before = block.at(-1);
    const height = Math.max(
      line.box[3] - line.box[1],
      before === undefined ? 0 : before.box[3] - before.box[1],
    );
    if (before !== undefined && line.box[1] - before.box[3] > height * 1.2) break;
    const text = clearText(line);
    const read = recognised([line]) !== null;
    if (read && !/\p{L}{2}/u.test(text)) continue;
    if (read && before !== undefined && /^KT/u.test(clearText(before)) && /\p{Lu}{3}/u.test(text)) {
      block.push(line);
      continue;
    }
    if (text !== text.toUpperCase() || !/\p{L}{2}/u.test(text) || text.length < 4) break;
    if (read && before !== undefined && !continuesTitle(text)) break;
    block.push(line);
  }
  return block;
}

/** Below a title a recogniser also reads what the seal says: words that belong to no title. */
function continuesTitle(text: string): boolean {
  return PREFIX.test(text) || startsOffice(text) || /^[\p{Lu}\s,.–-]+$/u.test(text);
}

function nameBelow(block: readonly TextLine[], lines: readonly TextLine[]): TextLine | undefined {
  const middle = block.reduce((sum, line) => sum + line.box[0] + line.box[2], 0) / (block.length * 2);
  const candidates = joinedNames(lines).filter((line) => {
    const text = cleanName(line);
    return (
      isPersonName(text) &&
      !startsOffice(text.toUpperCase()) &&
      Math.abs((line.box[0] + line.box[2]) / 2 - middle) < 0.2
    );
  });
  return candidates.find((line) => hasFamilyName(cleanName(line))) ?? candidates[0];
}

/** A name that a seal or a wide gap cut in two: pieces of one row. */
function joinedNames(lines: readonly TextLine[]): TextLine[] {
  return lines.flatMap((line) => {
    const next = lines.find(
      (other) => other !== line && isRightOf(line, other) && /\p{Lu}\p{Ll}/u.test(other.text),
    );
    if (next === undefined || !/^[^\p{L}]*\p{Lu}\p{Ll}+\P{L}*$/u.test(line.text)) return [line];
    const text = `${line.text.replace(/[^\p{L}\s]/gu, '')} ${next.text}`;
    return [
      {
        ...line,
        text,
        box: [
          line.box[0],
          Math.min(line.box[1], next.box[1]),
          next.box[2],
          Math.max(line.box[3], next.box[3]),
        ],
      },
      line,
    ];
  });
}

function isRightOf(line: TextLine, other: TextLine): boolean {
  const overlap = Math.min(line.box[3], other.box[3]) - Math.max(line.box[1], other.box[1]);
  const gap = other.box[0] - line.box[2];
  return gap >= -0.005 && gap < 0.06 && overlap > (line.box[3] - line.box[1]) * 0.5;
}

/** Specks of a seal or a signature around a recognised name go. */
function cleanName(line: TextLine): string {
  const text = nameOf(line.text);
  return recognised([line]) === null
    ? text
    : repairPersonName(nameOf(text.replace(/[^\p{L}\s'’-]/gu, '').replace(/^[^\p{Lu}]+|[^\p{L}]+$/gu, '')));
}

function nameAlone(lines: readonly TextLine[]): SignerReading {
  const line = lines.findLast((one) => isPersonName(cleanName(one)) && hasFamilyName(cleanName(one)));
  return line === undefined ? NO_SIGNER : { ...NO_SIGNER, name: fromLines(cleanName(line), [line], 0.7) };
}

interface Around {
  nameLine: TextLine | undefined;
  /** Lines of the column below the title block. */
  after: readonly TextLine[];
  beside: boolean;
}

function reading(block: readonly TextLine[], { nameLine, after, beside }: Around): SignerReading {
  const sure = beside ? 0.95 : 0.8;
  const { authorities, title } = titleOf(partsOf(block), after);
  return {
    name: nameLine === undefined ? nothing() : nameFound(nameLine, sure),
    title:
      title === null
        ? nothing()
        : titleFound(title, {
            sure: nameLine === undefined ? sure - 0.15 : sure,
            alone: authorities.length === 0,
          }),
    authority: authorities.map((part) =>
      fromLines(withPrefix(part.text, title?.text ?? ''), part.lines, sure),
    ),
    edge: Math.min(...block.map((line) => line.box[0]), nameLine?.box[0] ?? 1) - 0.01,
  };
}

/** A recogniser that reads a name through a seal or a signature often makes one that nobody can have. */
function nameFound(line: TextLine, sure: number): Found<string> {
  const name = cleanName(line);
  const likely = hasFamilyName(name) ? sure : sure - 0.15;
  const read = recognised([line]) !== null;
  return fromLines(name, [line], read && !isVietnamese(name) ? Math.min(likely, 0.6) : likely);
}

/**
 * A recognised head who signs for himself may as well be a deputy: "KT." is often written in by hand, and the deputy's
 * office stamped in the seal's red, where nothing is recognised.
 */
const HEAD_ALONE = 0.88;

function titleFound(
  title: TitlePart & { sure: number },
  { sure, alone }: { sure: number; alone: boolean },
): Found<string> {
  const found = fromLines(title.text, title.lines, Math.min(sure, title.sure));
  return found.method === 'ocr' && alone ? atMost(found, HEAD_ALONE) : found;
}

type Title = { authorities: TitlePart[]; title: (TitlePart & { sure: number }) | null };

/**
 * The last part is the office, unless it is an authority itself and the office below was lost in the seal: then "KT. BỘ
 * TRƯỞNG" can only have been signed by a THỨ TRƯỞNG, "KT. CHỦ TỊCH" by a PHÓ CHỦ TỊCH (N30 Điều 13).
 */
function titleOf(parts: readonly TitlePart[], after: readonly TextLine[]): Title {
  const last = parts.at(-1)!;
  const prefix = PREFIX.exec(last.text)?.[0] ?? '';
  if (prefix === '' || /^Q/u.test(prefix))
    return {
      authorities: parts.slice(0, -1),
      title: { ...last, text: last.text.replace(PREFIX, '').trim(), sure: 1 },
    };
  const deputy = /^K/u.test(prefix) ? deputyOf(last.text.slice(prefix.length).trim()) : null;
  const piece = after.find(
    (line) => line.box[1] - last.lines.at(-1)!.box[3] < 0.02 && /\p{Lu}{2}/u.test(line.text),
  );
  const title =
    deputy === null
      ? null
      : {
          text: deputy,
          lines: piece === undefined ? last.lines : [piece],
          sure: piece === undefined ? 0.6 : 0.8,
        };
  // Not an authority but an office after all: "TUQ. CHỦ TỊCH" alone says nothing about who signed.
  return { authorities: [...parts], title };
}

interface TitlePart {
  text: string;
  lines: TextLine[];
}

/** One for each authority and the office, with the lines they wrap over. */
function partsOf(block: readonly TextLine[]): TitlePart[] {
  const parts: TitlePart[] = [];
  for (const line of block) {
    const text = clearText(line);
    const last = parts.at(-1);
    const lost =
      recognised([line]) !== null && last !== undefined && /^K/u.test(PREFIX.exec(last.text)?.[0] ?? '');
    if (lost && !PREFIX.test(text)) parts.push({ text: deputyLine(last.text, text), lines: [line] });
    else if (last === undefined || PREFIX.test(text) || (startsOffice(text) && !isUnfinished(last.text)))
      parts.push({ text, lines: [line] });
    else {
      last.text = printed(last.text, text);
      last.lines.push(line);
    }
  }
  return parts;
}

/** What stands below "KT. BỘ TRƯỞNG" and ends as its deputy does ("AỨ TRƯỞNG") is the deputy. */
function deputyLine(authority: string, text: string): string {
  const deputy = deputyOf(authority.replace(PREFIX, '').trim());
  if (deputy === null || fold(text).startsWith(fold(deputy))) return text;
  const [want, have] = [fold(deputy).replace(/ /g, ''), fold(text).replace(/[^A-Z]/g, '')];
  const same = editDistance(want, have.slice(0, want.length + 1), 4) <= 4 || have.endsWith(want.slice(-6));
  if (!same) return text;
  const rest = /(?:THƯỜNG TRỰC)/u.exec(text)?.[0];
  return rest === undefined ? deputy : `${deputy} ${rest}`;
}

/** "TUQ. CHỦ TỊCH" ends; "PHÓ GIÁM ĐỐC PHỤ TRÁCH" may go on; a comma or a conjunction always does. */
function isUnfinished(text: string): boolean {
  return /(?:[,–-]|\bVÀ|\bKIÊM)$/u.test(text.trim());
}

/**
 * "GIÁM ĐỐC" over "PHÓ GIÁM ĐỐC": a deputy never signs but for his head, so the "KT." that was written in by hand, or lost
 * by the recogniser, is certain (N30 Điều 13).
 */
function withPrefix(authority: string, title: string): string {
  const plain = fold(authority);
  if (PREFIX.test(authority)) return authority;
  const deputy = fold(title).replace(/^(?:PHO|THU)\s+/, '');
  return deputy !== fold(title) &&
    (plain.startsWith(deputy) || deputy.startsWith(plain) || /TRUONG$/.test(plain))
    ? `KT. ${authority}`
    : authority;
}
