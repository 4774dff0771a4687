import type { PdfDocument } from './document.ts';
import { isRef, nameOf, type PdfDict, type PdfObject } from './objects.ts';

/** Most pages and deepest page tree that are walked. */
const MAX_PAGES = 50_000;
const MAX_DEPTH = 64;
/** Points: what a page is taken for that names no size (A4). */
const DEFAULT_AREA = 595 * 842;

/** One leaf of the page tree. */
export interface Page {
  number: number | null;
  dict: PdfDict;
  /** Square points of what is shown: the crop box, else the media box. */
  area: number;
}

/** The area of a rectangle; null when it is none. */
export function areaOf(document: PdfDocument, object: PdfObject | undefined): number | null {
  const value = document.resolve(object);
  if (!Array.isArray(value) || value.length !== 4) return null;
  const numbers = value.map((one) => document.resolve(one));
  if (!numbers.every((n): n is number => typeof n === 'number' && Number.isFinite(n))) return null;
  const [x0, y0, x1, y1] = numbers as [number, number, number, number];
  return Math.abs(x1 - x0) * Math.abs(y1 - y0);
}

/** The pages in their order; a tree that loops or has no end is cut. */
export function pagesOf(document: PdfDocument): Page[] {
  const pages: Page[] = [];
  const seen = new Set<number>();
  const walk = (object: PdfObject, inherited: number, depth: number): void => {
    if (isRef(object)) {
      if (seen.has(object.number)) return;
      seen.add(object.number);
    }
    const dict = document.dict(object);
    if (dict === null || depth > MAX_DEPTH || pages.length >= MAX_PAGES) return;
    const box = dict.entries.get('CropBox') ?? dict.entries.get('MediaBox');
    const area = areaOf(document, box) ?? inherited;
    const kids = document.resolve(dict.entries.get('Kids'));
    const isLeaf = nameOf(document.resolve(dict.entries.get('Type'))) === 'Page' || !Array.isArray(kids);
    if (isLeaf) pages.push({ number: isRef(object) ? object.number : null, dict, area });
    else for (const kid of kids) walk(kid, area, depth + 1);
  };
  walk(document.catalog?.entries.get('Pages') ?? null, DEFAULT_AREA, 0);
  return pages;
}
