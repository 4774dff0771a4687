/** Ngày, tháng văn bản (ô 4): the place-and-date line of the right column (DOMAIN 4.3). */
import { parsePlaceAndDate } from './dates.ts';
import type { PageHead } from './field-head.ts';
import { fromLines, nothing } from './found.ts';
import type { Found } from './types.ts';

export interface DateReading {
  date: Found<string>;
  place: string | null;
  /** "ngày … tháng … năm": printed without its numbers, or written in by hand. */
  blank: boolean;
  /** 31/02: a day that does not exist. */
  impossible: boolean;
}

export function readDate(head: PageHead): DateReading {
  for (const [lines, sure] of [
    [head.right, 0.97],
    [head.left, 0.85],
  ] as const) {
    for (const line of lines) {
      const read = parsePlaceAndDate(line.text);
      if (read === null) continue;
      const guessed = read.flags.includes('OCR_DIGITS') || read.place === null;
      const confidence = read.date === null ? 0.7 : guessed ? Math.min(sure, 0.88) : sure;
      return {
        date: fromLines(read.date, [line], confidence),
        place: read.place,
        blank: read.flags.includes('BLANK_DATE'),
        impossible: read.flags.includes('IMPOSSIBLE_DATE'),
      };
    }
  }
  return { date: nothing(), place: null, blank: false, impossible: false };
}
