/** A trích yếu short enough for a subject line (DOMAIN 7.4, T8: {trichYeuRutGon}). */
import { normalise } from './normalise.ts';

const DEFAULT_LENGTH = 80;

/**
 * One line of at most `maxLength` characters, cut between words and ended by "…" when something was left out. The
 * leading "V/v" or "Về việc" is dropped: for display only, the register keeps it.
 */
export function shortAbstract(abstract: string, maxLength: number = DEFAULT_LENGTH): string {
  const line = normalise(abstract).replace(/\s+/g, ' ').trim();
  const text = capitalised(line.replace(/^(?:V\/v|Về việc)\s*:?\s*/iu, '') || line);
  if (text.length <= maxLength) return text;
  const room = text.slice(0, Math.max(maxLength - 1, 1));
  const atWord = text[room.length] === ' ' ? room : room.slice(0, Math.max(room.lastIndexOf(' '), 0));
  return `${(atWord || room).replace(/[\s,;:.–-]+$/u, '')}…`;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
