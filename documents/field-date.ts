/** Địa danh và ngày, tháng văn bản (ô 4): the place-and-date line of the right column (DOMAIN 4.3). */
import { type PlaceAndDate, parsePlaceAndDate, recognisedPlaceAndDate } from './dates.ts';
import type { PageHead } from './field-head.ts';
import { atMost, fromLines, nothing, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { repairNames } from './repair-name.ts';
import type { Found } from './types.ts';

export interface DateReading {
  /** Without its day: `value: null`, `raw: "2025-05"`. */
  date: Found<string>;
  place: Found<string>;
  /** "ngày … tháng … năm": printed without its numbers, or written in by hand. */
  blank: boolean;
  /** 31/02: a day that does not exist. */
  impossible: boolean;
}

/** A day is often written in by hand: what a recogniser makes of it is not sure enough to be taken without a person. */
const RECOGNISED_DATE = 0.88;

/** Letters taken for digits by their shape. */
const GUESSED_DATE = 0.55;

export function readDate(head: PageHead): DateReading {
  for (const [lines, sure] of [
    [head.right, 0.97],
    [head.left, 0.85],
  ] as const) {
    for (const line of lines) {
      const printed = parsePlaceAndDate(line.text);
      const read = printed === null || printed.date === null ? (byHand(line) ?? printed) : printed;
      if (read === null) continue;
      const guessed = read.flags.includes('OCR_DIGITS') || read.place === null;
      const confidence = read.date === null ? 0.7 : guessed ? Math.min(sure, 0.88) : sure;
      const date = fromLines(read.date, [line], confidence);
      const limit = date.method !== 'ocr' ? 1 : read === printed ? RECOGNISED_DATE : GUESSED_DATE;
      return {
        date: atMost(read.partial === null ? date : { ...date, raw: read.partial }, limit),
        place: placeOf(read.place, line, sure),
        blank: read.flags.includes('BLANK_DATE'),
        impossible: read.flags.includes('IMPOSSIBLE_DATE'),
      };
    }
  }
  return { date: nothing(), place: nothing(), blank: false, impossible: false };
}

function byHand(line: TextLine): PlaceAndDate | null {
  return recognised([line]) === null ? null : recognisedPlaceAndDate(line.text);
}

function placeOf(place: string | null, line: TextLine, sure: number): Found<string> {
  if (place === null) return nothing();
  const read = recognised([line]) !== null;
  const clear = read ? place.replace(/^[7T][\p{L}\d]\.?(?= Hồ Chí Minh)/u, 'Tp.') : place;
  return fromLines(repairNames(clear, read), [line], sure);
}
