/** Pages as they are shown: which there are, how large, turned how, and where a field's widget stands on them. */
import { CongvanError } from '../../config/error.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { signatureFields } from '../pdf/fields.ts';
import { isRef, nameOf, type PdfDict, type PdfObject } from '../pdf/objects.ts';

/** Limits on hostile page trees. */
const MAX_DEPTH = 60;
const MAX_PAGES = 20_000;

type Rotation = 0 | 90 | 180 | 270;

/** A rectangle in points: x0 < x1, y0 < y1. */
export type Rect = [x0: number, y0: number, x1: number, y1: number];

export interface Page {
  /** Object number. */
  number: number;
  dict: PdfDict;
  /** What of it is shown, in its own coordinates. */
  box: Rect;
  rotation: Rotation;
}

/** Errors: SIGN_PDF_BROKEN, permanent; the detail is for the log. */
export function refuseBroken(detail: string): never {
  throw new CongvanError(
    'SIGN_PDF_BROKEN',
    'Tệp PDF có cấu trúc bị lỗi nên không ký số được; đề nghị xuất lại tệp từ phần mềm soạn thảo hoặc quét lại.',
    { temporary: false, fields: { detail } },
  );
}

const A4: Rect = [0, 0, 595, 842];

function rectOf(document: PdfDocument, object: PdfObject | undefined): Rect | null {
  const value = document.resolve(object);
  const numbers = Array.isArray(value) ? value.map((one) => document.resolve(one)) : [];
  if (numbers.length !== 4 || !numbers.every((one) => typeof one === 'number')) return null;
  const [a, b, c, d] = numbers as number[] as Rect;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function shownBox(media: Rect, crop: Rect | null): Rect {
  if (crop === null) return media;
  const cut: Rect = [
    Math.max(media[0], crop[0]),
    Math.max(media[1], crop[1]),
    Math.min(media[2], crop[2]),
    Math.min(media[3], crop[3]),
  ];
  return cut[0] < cut[2] && cut[1] < cut[3] ? cut : media;
}

/** All pages in their order. Errors: SIGN_PDF_BROKEN. */
export function pagesOf(document: PdfDocument): Page[] {
  const pages: Page[] = [];
  const seen = new Set<number>();
  const walk = (object: PdfObject | undefined, inherited: Map<string, PdfObject>, depth: number): void => {
    const dict = document.dict(object);
    if (dict === null || depth > MAX_DEPTH) refuseBroken('page tree');
    if (isRef(object)) {
      if (seen.has(object.number)) refuseBroken('page tree loops');
      seen.add(object.number);
    }
    const own = new Map(inherited);
    for (const key of ['MediaBox', 'CropBox', 'Rotate'])
      if (dict.entries.has(key)) own.set(key, dict.entries.get(key)!);
    const kids = document.resolve(dict.entries.get('Kids'));
    if (Array.isArray(kids) && nameOf(document.resolve(dict.entries.get('Type'))) !== 'Page') {
      for (const kid of kids) walk(kid, own, depth + 1);
      return;
    }
    if (!isRef(object) || pages.length === MAX_PAGES) refuseBroken('page tree');
    pages.push(pageOf(document, object.number, dict, own));
  };
  walk(document.catalog?.entries.get('Pages'), new Map(), 0);
  return pages;
}

function pageOf(document: PdfDocument, number: number, dict: PdfDict, own: Map<string, PdfObject>): Page {
  const media = rectOf(document, own.get('MediaBox')) ?? A4;
  const turned = document.resolve(own.get('Rotate'));
  const rotation = typeof turned === 'number' ? ((turned % 360) + 360) % 360 : 0;
  if (![0, 90, 180, 270].includes(rotation)) refuseBroken('page rotation');
  return {
    number,
    dict,
    box: shownBox(media, rectOf(document, own.get('CropBox'))),
    rotation: rotation as Rotation,
  };
}

/** Width and height as shown, points. */
export function shownSize({ box, rotation }: Page): [width: number, height: number] {
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  return rotation === 90 || rotation === 270 ? [height, width] : [width, height];
}

function spanned(ax: number, ay: number, bx: number, by: number): Rect {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** From the page's own coordinates to points from the lower left of what is shown. */
function shown({ box, rotation }: Page, rect: Rect): Rect {
  const [x0, y0, x1, y1] = box;
  const place = (x: number, y: number): [number, number] => {
    if (rotation === 90) return [y - y0, x1 - x];
    if (rotation === 180) return [x1 - x, y1 - y];
    return rotation === 270 ? [y1 - y, x - x0] : [x - x0, y - y0];
  };
  return spanned(...place(rect[0], rect[1]), ...place(rect[2], rect[3]));
}

/** The reverse of `shown`. */
export function onPage({ box, rotation }: Page, rect: Rect): Rect {
  const [x0, y0, x1, y1] = box;
  const place = (u: number, v: number): [number, number] => {
    if (rotation === 90) return [x1 - v, y0 + u];
    if (rotation === 180) return [x1 - u, y1 - v];
    return rotation === 270 ? [x0 + v, y1 - u] : [x0 + u, y0 + v];
  };
  return spanned(...place(rect[0], rect[1]), ...place(rect[2], rect[3]));
}

/** Smaller widgets show nothing. */
const VISIBLE = 5;

/** Where the widget of a signature field is shown; null when there is none that can be seen. */
export function widgetPlace(
  document: PdfDocument,
  pages: Page[],
  fieldName: string,
): { page: Page; rect: Rect } | null {
  const field = signatureFields(document).find((one) => one.name === fieldName);
  for (const { number, dict } of field?.widgets ?? []) {
    const rect = rectOf(document, dict.entries.get('Rect'));
    if (rect === null || rect[2] - rect[0] < VISIBLE || rect[3] - rect[1] < VISIBLE) continue;
    const page = pages.find((one) => number !== null && annotationsOf(document, one).includes(number));
    if (page !== undefined) return { page, rect: shown(page, rect) };
  }
  return null;
}

function annotationsOf(document: PdfDocument, page: Page): number[] {
  const annotations = document.resolve(page.dict.entries.get('Annots'));
  return Array.isArray(annotations) ? annotations.filter(isRef).map((ref) => ref.number) : [];
}
