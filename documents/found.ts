/** Making `Found` values: every value says where it stood and how sure it is. */
import type { TextLine } from './layout.ts';
import type { FieldMethod, Found } from './types.ts';

export function nothing<T>(raw: string | null = null): Found<T> {
  return { value: null, raw, confidence: 0, method: 'none', page: null, box: null };
}

export function fromLines<T>(value: T | null, lines: readonly TextLine[], confidence: number): Found<T> {
  const first = lines[0];
  if (first === undefined) return nothing();
  const box = lines
    .map((line) => line.box)
    .reduce((a, b) => [
      Math.min(a[0], b[0]),
      Math.min(a[1], b[1]),
      Math.max(a[2], b[2]),
      Math.max(a[3], b[3]),
    ]);
  const raw = lines.map((line) => line.text).join('\n');
  const read = recognised(lines);
  if (read === null) return { value, raw, confidence, method: 'text-layer', page: first.page, box };
  return { value, raw, confidence: confidence * trustIn(read), method: 'ocr', page: first.page, box };
}

/** How sure a recogniser was of its weakest line; null for lines that nobody had to recognise. */
export function recognised(lines: readonly TextLine[]): number | null {
  const read = lines.flatMap(({ confidence }) =>
    confidence === undefined || confidence === 1 ? [] : [confidence],
  );
  return read.length === 0 ? null : Math.min(...read);
}

/** What the engine's own figure is worth: it is low for handwriting and seals, and never means more than "likely". */
function trustIn(read: number): number {
  if (read >= 0.85) return 0.96;
  if (read >= 0.6) return 0.9;
  return read >= 0.3 ? 0.8 : 0.65;
}

export function fromWords<T>(value: T, raw: string, method: FieldMethod, confidence: number): Found<T> {
  return { value, raw, confidence, method, page: null, box: null };
}

/** Two places that do not depend on each other say the same. */
export function surer<T>(found: Found<T>, by: number): Found<T> {
  return { ...found, confidence: Math.min(0.99, found.confidence + by) };
}

/** Never surer than `limit`. */
export function atMost<T>(found: Found<T>, limit: number): Found<T> {
  return { ...found, confidence: Math.min(found.confidence, limit) };
}

/** Printed lines as one line, as written: NFC and single spaces, dashes and letters untouched (DOMAIN 4.1, "store as written"). */
export function printed(...texts: readonly string[]): string {
  return texts.join(' ').normalize('NFC').replace(/\s+/gu, ' ').trim();
}
