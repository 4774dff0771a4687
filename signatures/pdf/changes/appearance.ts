/**
 * How much of a page the widgets of later signatures may cover. A signature is excused for showing itself, not for
 * covering the text of what others signed ("sneaky signature", certification attacks 2021).
 */
import type { PdfDocument } from '../document.ts';
import { type FormField, isSignatureDict } from '../fields.ts';
import { isStream, nameOf, type PdfDict, type PdfObject } from '../objects.ts';
import { areaOf, type Page, pagesOf } from '../page-tree.ts';
import type { Findings } from './findings.ts';
import { numberOf } from './same.ts';

/** One widget: a sixth of an A4 page is a square of 10 cm, far more than any seal with its text. */
const MAX_SHARE = 1 / 6;
/** All widgets of later signatures on one page together: several signers may stand side by side. */
const MAX_SHARE_TOGETHER = 1 / 3;
/** Square points (5 by 5 cm) that are harmless on any page: small pages have large shares. */
const HARMLESS_AREA = 20_000;
/** A document time stamp has nobody to show. */
const MAX_STAMP_SHARE = 1 / 50;

function numbersIn(document: PdfDocument, object: PdfObject | undefined, count: number): boolean {
  const value = document.resolve(object);
  return (
    Array.isArray(value) &&
    value.length === count &&
    value.map((one) => document.resolve(one)).every((n) => typeof n === 'number' && Number.isFinite(n))
  );
}

/** Why the place of an appearance is not sure: viewers then draw it where they like. Null = it is. */
function appearanceFault(document: PdfDocument, widget: PdfDict, area: number): string | null {
  const appearances = document.dict(widget.entries.get('AP'));
  if (widget.entries.has('AP') && appearances === null) return 'its /AP is no dictionary';
  const normal = document.resolve(appearances?.entries.get('N'));
  if (!isStream(normal)) return normal === null ? null : 'its appearance is no stream';
  const box = areaOf(document, normal.dict.entries.get('BBox'));
  const matrix = normal.dict.entries.get('Matrix');
  if (box === null) return 'its appearance has no /BBox';
  if (area > 0 && box === 0) return 'its appearance has an empty /BBox';
  if (matrix !== undefined && !numbersIn(document, matrix, 6)) return 'its appearance has a broken /Matrix';
  return null;
}

/** Pages by the widgets that they list. Many pages may share one list, which is gone through once. */
function pagesByWidget(document: PdfDocument, widgets: ReadonlySet<number | null>): Map<number, Page[]> {
  const byList = Map.groupBy(pagesOf(document), (page) => document.resolve(page.dict.entries.get('Annots')));
  const found = new Map<number, Page[]>();
  for (const [list, pages] of byList) {
    const listed = new Set(Array.isArray(list) ? list.map(numberOf) : []);
    for (const number of listed)
      if (number !== null && widgets.has(number)) found.set(number, [...(found.get(number) ?? []), ...pages]);
  }
  return found;
}

/** Judges the widgets of the fields that were signed later. */
export function checkAppearances(document: PdfDocument, fields: FormField[], findings: Findings): void {
  const visible = fields.flatMap((field) =>
    field.widgets.flatMap(({ number, dict }) => {
      const rectangle = dict.entries.get('Rect');
      const area = rectangle === undefined ? 0 : (areaOf(document, rectangle) ?? Infinity);
      const fault = appearanceFault(document, dict, area);
      if (fault !== null) findings.forbid('OVERLAY', `field ${field.name}: ${fault}`);
      return area > 0 ? [{ field, number, area }] : [];
    }),
  );
  if (visible.length === 0) return;
  const pages = pagesByWidget(document, new Set(visible.map(({ number }) => number)));
  const covered = new Map<Page, number>();
  for (const { field, number, area } of visible) {
    const signature = document.resolve(field.value);
    const isStamp =
      isSignatureDict(signature) && nameOf(signature.entries.get('SubFilter')) === 'ETSI.RFC3161';
    const limit = isStamp ? MAX_STAMP_SHARE : MAX_SHARE;
    for (const page of (number === null ? undefined : pages.get(number)) ?? []) {
      covered.set(page, (covered.get(page) ?? 0) + area);
      if (area > page.area * limit && (isStamp || area > HARMLESS_AREA))
        findings.forbid(
          'OVERLAY',
          `field ${field.name} covers ${percent(area, page)} of page ${page.number}`,
        );
    }
  }
  for (const [page, area] of covered)
    if (area > page.area * MAX_SHARE_TOGETHER && area > HARMLESS_AREA)
      findings.forbid('OVERLAY', `signatures cover ${percent(area, page)} of page ${page.number}`);
}

function percent(area: number, page: Page): string {
  return `${Math.round((100 * area) / page.area)} %`;
}
