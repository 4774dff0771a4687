/** Finding how urgent a document is (DOMAIN 4.3, ô 10b): KHẨN, THƯỢNG KHẨN, HỎA TỐC, HỎA TỐC HẸN GIỜ. */
import { type MarkLine, markLines } from './mark-lines.ts';
import { fold, normalise } from './normalise.ts';
import type { Urgency } from './types.ts';

/** Highest first; without spaces, folded. */
const LEVELS: [RegExp, Urgency][] = [
  [/^HOATOCHENGIO/, 'HOA_TOC_HEN_GIO'],
  [/^HOATOC$/, 'HOA_TOC'],
  [/^THUONGKHAN$/, 'THUONG_KHAN'],
  [/^KHAN$/, 'KHAN'],
];
const ORDER: Urgency[] = LEVELS.map(([, urgency]) => urgency);

/**
 * The highest urgency a text is marked with; null when with none. In a text only a line (or frame) that is nothing but
 * the mark counts, or "Độ khẩn: …"; in a subject a mark in brackets or set off at its ends. "khẩn trương" is no mark.
 */
export function findUrgency(text: string, where: 'subject' | 'text'): Urgency | null {
  const found = new Set(where === 'subject' ? inSubject(text) : inText(text));
  return ORDER.find((urgency) => found.has(urgency)) ?? null;
}

/** The urgency that one line of a page is marked with; null for any other line. */
export function urgencyOfLine(line: string): Urgency | null {
  return findUrgency(line, 'text');
}

function inText(text: string): (Urgency | null)[] {
  return markLines(text).flatMap((line) => [stamped(line), stated(line.source)]);
}

/** Both stamps may stand on one line ("MẬT - HỎA TỐC"): the secrecy is another's business. */
function stamped(line: MarkLine): Urgency | null {
  if (!line.capitals && !line.framed) return null;
  return levelOf(
    line.tight.replace(/[^A-Z0-9]/g, '').replace(/^(?:TOI|TUYET)?MAT(?=.)|(?<=.)(?:TOI|TUYET)?MAT$/, ''),
  );
}

function stated(line: string): Urgency | null {
  const value = /(?:DO|TINH CHAT) KHAN ?[:=] ?([A-Z ]{2,24})/.exec(fold(normalise(line)))?.[1] ?? '';
  return levelOf(value.replace(/ /g, ''));
}

function inSubject(subject: string): (Urgency | null)[] {
  const text = normalise(subject).replace(/^(?:(?:RE|FW|FWD|TL)\s*:\s*)+/i, '');
  const bracketed = [...text.matchAll(/[[({<«]([\p{L} ]{4,24}(?: \d[^\])}>»]{0,30})?)[\])}>»]/gu)];
  const ends = [/^([\p{Lu} ]{4,20}?)\s*(?:[:;|]|-\s|$)/u, /(?:[:;|]|\s-)\s*([\p{Lu} ]{4,20})$/u];
  const bare = ends.flatMap((end) => end.exec(text) ?? []);
  return [...bracketed.map((match) => match[1]), ...bare].map((mark) => tightLevel(mark));
}

function tightLevel(mark: string | undefined): Urgency | null {
  return mark === undefined ? null : levelOf(fold(mark).replace(/[^A-Z0-9]/g, ''));
}

function levelOf(tight: string): Urgency | null {
  return LEVELS.find(([pattern]) => pattern.test(tight))?.[1] ?? null;
}
