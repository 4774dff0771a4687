/** Pages and their annotations, before and after. */
import type { PdfDocument } from '../document.ts';
import { isDict, nameOf, type PdfDict, type PdfObject, sameObject } from '../objects.ts';
import { areaOf, type Page, pagesOf } from '../page-tree.ts';
import type { Permissions } from '../permissions.ts';
import type { Comparison } from './comparison.ts';
import { membership, numberOf, otherKeys } from './same.ts';

/** Keys of a page that a later signature touches; its annotations are compared one by one. */
const PAGE_KEYS = new Set(['Annots', 'Tabs']);
const PAGE_KINDS: Record<string, string> = {
  Contents: 'PAGE_CONTENT',
  Resources: 'RESOURCES',
  AA: 'JAVASCRIPT',
  Parent: 'PAGES',
};
/** Largest share of a page that the icon of an added note may take (DocMDP 3). */
const MAX_NOTE_SHARE = 1 / 200;
/** Annotations that show an icon only; every other sort can paint over the text ("evil annotation"). */
const NOTES = new Set(['Text', 'Popup']);

function listOf(document: PdfDocument, object: PdfObject | undefined): PdfObject[] {
  const value = document.resolve(object);
  return Array.isArray(value) ? value : [];
}

/** Added, removed, exchanged or reordered pages are no longer the document that was signed. */
function comparePageLists(comparison: Comparison, old: Page[], now: Page[]): void {
  const { findings } = comparison;
  if (old.length !== now.length)
    findings.breaks('PAGES', `${old.length} pages were signed, ${now.length} are there`);
  else if (old.some((page, index) => page.number === null || page.number !== now[index]!.number))
    findings.breaks('PAGES', 'pages were exchanged or reordered');
}

/** A note added where the certification allows annotations, too small to hide anything. */
function isHarmlessNote(after: PdfDocument, item: PdfObject, page: Page, { level }: Permissions): boolean {
  const dict = after.dict(item);
  if (level !== 3 || dict === null || !NOTES.has(nameOf(after.resolve(dict.entries.get('Subtype'))) ?? ''))
    return false;
  if (dict.entries.has('A') || dict.entries.has('AA')) return false;
  const isPopup = nameOf(dict.entries.get('Subtype')) === 'Popup' && !dict.entries.has('AP');
  return isPopup || (areaOf(after, dict.entries.get('Rect')) ?? Infinity) <= page.area * MAX_NOTE_SHARE;
}

function compareAnnotations(comparison: Comparison, page: Page, was: PdfObject[], is: PdfObject[]): void {
  const { findings, after, permissions } = comparison;
  const on = `page ${page.number}`;
  const [wasThere, isThere] = [membership(was), membership(is)];
  for (const item of was)
    if (!isThere(item))
      findings.forbid('ANNOTATION', `${on}: annotation ${numberOf(item) ?? ''} was removed`);
  const kept = is.filter(wasThere);
  if (kept.length === was.length && !kept.every((item, index) => sameObject(item, was[index])))
    findings.forbid('ANNOTATION', `${on}: annotations were put in another order`);
  if (new Set(is.map(numberOf)).size !== is.length)
    findings.forbid('ANNOTATION', `${on}: an annotation is listed twice`);
  for (const item of is) {
    if (wasThere(item)) continue;
    const number = numberOf(item);
    if (number !== null && comparison.newWidgets.has(number)) continue;
    const subtype = nameOf(after.dict(item)?.entries.get('Subtype')) ?? 'direct';
    if (isHarmlessNote(after, item, page, permissions))
      findings.allow('ANNOTATION', `${on}: note ${number ?? ''} was added`);
    else findings.forbid('ANNOTATION', `${on}: annotation ${number ?? ''} (${subtype}) was added`);
  }
}

function comparePage(comparison: Comparison, number: number, page: Page): void {
  const { before, after, findings } = comparison;
  const a = before.get(number) as PdfDict;
  const b = page.dict;
  comparison.explained.add(number);
  for (const key of otherKeys(a, b, PAGE_KEYS))
    findings.forbid(PAGE_KINDS[key] ?? 'PAGE_CONTENT', `page ${number}: /${key} changed`);
  const array = numberOf(a.entries.get('Annots'));
  if (array !== null) comparison.explainOwn(array, 'ANNOTATION');
  const lists = [listOf(before, a.entries.get('Annots')), listOf(after, b.entries.get('Annots'))] as const;
  compareAnnotations(comparison, page, ...lists);
}

/** Compares the page lists, the pages that changed, and those whose list of annotations did. */
export function comparePages(comparison: Comparison): void {
  const { before, after, changed } = comparison;
  // Nothing above a page can be exchanged without a changed object or another catalog.
  const sameRoot = sameObject(before.trailer.entries.get('Root'), after.trailer.entries.get('Root'));
  if (changed.size === 0 && sameRoot) return;
  const now = pagesOf(after);
  comparePageLists(comparison, pagesOf(before), now);
  for (const page of now) {
    if (page.number === null || !isDict(before.get(page.number))) continue;
    const array = numberOf((before.get(page.number) as PdfDict).entries.get('Annots'));
    if (changed.has(page.number) || (array !== null && changed.has(array)))
      comparePage(comparison, page.number, page);
  }
}
