/** What the lines of a plain text are: told by their words, since nothing else is there to tell. */
import { fold } from '../normalise.ts';
import { typeByNameLine } from '../type-names.ts';

export function isMotto(line: string): boolean {
  return /CONG HOA XA HOI CHU NGHIA|^DANG CONG SAN VIET NAM/.test(fold(line));
}

/** Lines of the right column of a head. */
export function isRightOfHead(line: string): boolean {
  return isMotto(line) || /^DOC LAP\s*[-–]/.test(fold(line)) || isPlaceAndDate(line) || isRule(line);
}

export function isPlaceAndDate(line: string): boolean {
  return line.length < 90 && /NGAY[\s.…_\d]*THANG[\s.…_\d]*NAM/.test(fold(line));
}

export function isRule(line: string): boolean {
  return /^[\s\-–—_=*.]{3,}$/u.test(line);
}

/** Nothing of a head stands from here on. */
export function endsHead(line: string): boolean {
  return typeByNameLine(line) !== null || /^(?:KINH G[UI]I|CAN CU )/.test(fold(line).trim());
}

export function isCapitals(line: string): boolean {
  const letters = line.replace(/[^\p{L}]/gu, '');
  return letters.length >= 2 && letters === letters.toUpperCase();
}

export function isRecipientsHead(line: string): boolean {
  return /^NOI NHAN\s*[:;]?/.test(fold(line).trim());
}

/** Two to six capitalised words and nothing else. */
export function looksLikeName(line: string): boolean {
  const words = line.trim().split(/\s+/);
  return (
    words.length >= 2 && words.length <= 7 && words.every((word) => /^\p{Lu}[\p{L}\p{M}.’'-]*$/u.test(word))
  );
}
