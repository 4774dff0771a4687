/**
 * What people see of the agency's signature (Nghị định 30/2020, Phụ lục I, Phần I, II.8 and Phần III):
 * - on a document that the leader signed: the picture of the seal, red, at its real size, transparent, covering about a
 *   third of the leader's signature on its left (8a);
 * - on attachments and copies: no picture, but a line at the top right of the first page, Times New Roman 10, upright,
 *   black (8b; copies to electronic form).
 */

import type { PdfDocument } from '../pdf/document.ts';
import { FontUse } from './font.ts';
import type { Page, Rect } from './page.ts';
import { onPage, shownSize, widgetPlace } from './page.ts';
import { points, streamBody } from './pdf-syntax.ts';
import { type PngPixels, readPngPixels } from './png.ts';
import type { Revision } from './revision.ts';

const MM = 72 / 25.4;

/** Where the leader's signature is shown: by the name of its field, or as a part of a page. */
export type SealPlace =
  | { field: string }
  /** Page from 1; box as fractions of the page as shown, from its top left: [x0, y0, x1, y1]. */
  | { page: number; box: [number, number, number, number] };

interface Seal {
  /** PNG, transparent. */
  image: Uint8Array;
  /** Real width, millimetres; null = as the file says, else `USUAL_SEAL_MM`. */
  width: number | null;
  /** Tried in this order. */
  places: SealPlace[];
}

export interface Appearance {
  /** Null, or none of its places is on the page: the line is shown. */
  seal: Seal | null;
  /** One line of text; parts are joined by "; " and may stand on lines of their own. */
  line: string[];
}

/** Most round seals of agencies are of this size. */
const USUAL_SEAL_MM = 36;

/** A widget that is ready to be written. */
export interface Drawn {
  page: Page;
  /** In the page's own coordinates. */
  rect: Rect;
  /** Object number of the appearance stream. */
  appearance: number;
}

/** Draws into the revision. Errors: SEAL_IMAGE. */
export function drawAppearance(
  revision: Revision,
  document: PdfDocument,
  pages: Page[],
  wanted: Appearance,
): Drawn {
  const { seal } = wanted;
  const area = seal === null ? null : firstPlace(document, pages, seal.places);
  if (seal !== null && area !== null) return drawSeal(revision, seal, area);
  return drawLine(revision, pages[0]!, wanted.line);
}

function firstPlace(document: PdfDocument, pages: Page[], places: SealPlace[]) {
  for (const place of places) {
    const found = 'field' in place ? widgetPlace(document, pages, place.field) : areaOf(pages, place);
    if (found !== null) return found;
  }
  return null;
}

function areaOf(pages: Page[], place: { page: number; box: Rect }): { page: Page; rect: Rect } | null {
  const page = pages[place.page - 1];
  if (page === undefined) return null;
  const [width, height] = shownSize(page);
  const [x0, y0, x1, y1] = place.box;
  return { page, rect: [x0 * width, (1 - y1) * height, x1 * width, (1 - y0) * height] };
}

/** Covering a third of what stands at `area`, on its left, at the same height; never over the edge of the page. */
function sealRect(area: { page: Page; rect: Rect }, width: number, height: number): Rect {
  const { page, rect } = area;
  const [pageWidth, pageHeight] = shownSize(page);
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  const left = within(rect[0] + (rect[2] - rect[0]) / 3 - width, pageWidth - width);
  const bottom = within((rect[1] + rect[3]) / 2 - height / 2, pageHeight - height);
  return [left, bottom, left + width, bottom + height];
}

function drawSeal(revision: Revision, seal: Seal, area: { page: Page; rect: Rect }): Drawn {
  const pixels = readPngPixels(seal.image);
  const width = seal.width === null ? (pixels.pointsWide ?? USUAL_SEAL_MM * MM) : seal.width * MM;
  const height = (width * pixels.height) / pixels.width;
  const image = imageObject(revision, pixels);
  // Multiplied with the page, as ink is: the text and the signature below stay readable.
  const resources = `/XObject <</Seal ${image} 0 R>> /ExtGState <</Ink <</Type /ExtGState /BM /Multiply>>>>`;
  const content = `q /Ink gs ${points(width)} 0 0 ${points(height)} 0 0 cm /Seal Do Q`;
  return placed(revision, area.page, sealRect(area, width, height), { resources, content });
}

function imageObject(revision: Revision, pixels: PngPixels): number {
  const { width, height, colour, alpha } = pixels;
  const image = (space: string, more: string) =>
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /${space} /BitsPerComponent 8${more}`;
  const mask = alpha === null ? null : revision.add(streamBody(image('DeviceGray', ''), alpha));
  return revision.add(streamBody(image('DeviceRGB', mask === null ? '' : ` /SMask ${mask} 0 R`), colour));
}

const FONT_SIZE = 10;
const LINE_HEIGHT = 12;
/** From the right edge as the page's margin (15 mm), and from the upper edge within its margin of 20 to 25 mm. */
const RIGHT_MM = 15;
const TOP_MM = 7;
/** The part of the page's width that the line may take before it goes on below. */
const WIDEST = 0.6;

function drawLine(revision: Revision, page: Page, parts: string[]): Drawn {
  const font = new FontUse('regular');
  const [pageWidth, pageHeight] = shownSize(page);
  const lines = wrapped(parts, (text) => font.width(text, FONT_SIZE) <= pageWidth * WIDEST);
  const widths = lines.map((line) => font.width(line, FONT_SIZE));
  const width = Math.max(...widths) + 2;
  const height = LINE_HEIGHT * lines.length + 4;
  const shows = lines.map((line, index) => {
    const baseline = height - LINE_HEIGHT * (index + 1) + 2;
    return `1 0 0 1 ${points(width - 1 - widths[index]!, baseline)} Tm <${font.encode(line)}> Tj`;
  });
  const content = `q BT 0 g /F1 ${FONT_SIZE} Tf ${shows.join(' ')} ET Q`;
  const resources = `/Font <</F1 ${fontObject(revision, font)} 0 R>>`;
  const right = Math.max(width, pageWidth - RIGHT_MM * MM);
  const top = pageHeight - TOP_MM * MM;
  return placed(revision, page, [right - width, top - height, right, top], { resources, content });
}

/** Parts joined by "; " as long as they fit; a part too long by itself is broken between words. */
function wrapped(parts: string[], fits: (text: string) => boolean): string[] {
  const lines: string[] = [];
  let line = '';
  const words = parts.flatMap((part, index) => {
    const end = index < parts.length - 1 ? ';' : '';
    const text = `${part.normalize('NFC')}${end}`;
    return fits(text) ? [text] : text.split(' ');
  });
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && !fits(longer)) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function fontObject(revision: Revision, font: FontUse): number {
  // A prefix of six letters says that the font is cut down (ISO 32000-1 9.6.4).
  const name = 'CVSIGN+Tinos';
  const bytes = font.file();
  const file = revision.add(streamBody(`/Length1 ${bytes.length}`, bytes));
  const descriptor = revision.add(
    `<</Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [-568 -307 2000 1007] /ItalicAngle 0 /Ascent 891 /Descent -216 /CapHeight 662 /StemV 80 /FontFile2 ${file} 0 R>>`,
  );
  const descendant = revision.add(
    `<</Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity /W ${font.widths()}>>`,
  );
  const unicode = revision.add(streamBody('', Buffer.from(font.toUnicode(), 'latin1')));
  return revision.add(
    `<</Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] /ToUnicode ${unicode} 0 R>>`,
  );
}

/** Turned so that it stands upright on a page that is shown turned. */
const UPRIGHT = { 0: '1 0 0 1 0 0', 90: '0 1 -1 0 0 0', 180: '-1 0 0 -1 0 0', 270: '0 -1 1 0 0 0' } as const;

function placed(
  revision: Revision,
  page: Page,
  rect: Rect,
  drawing: { resources: string; content: string },
): Drawn {
  const box = points(0, 0, rect[2] - rect[0], rect[3] - rect[1]);
  const dict = `/Type /XObject /Subtype /Form /BBox [${box}] /Matrix [${UPRIGHT[page.rotation]}] /Resources <<${drawing.resources}>>`;
  const appearance = revision.add(streamBody(dict, Buffer.from(drawing.content, 'latin1')));
  return { page, rect: onPage(page, rect), appearance };
}
