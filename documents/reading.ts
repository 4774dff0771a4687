/**
 * One file → all fields of the register (DOMAIN 4): the pages that carry them are asked for, the rules read them, and what
 * else is known of the file makes them surer or puts them in doubt. No clock, no network.
 */
import { type CoveredTitle, coveredTitle } from './covered-title.ts';
import type { KnownAgency } from './field-agency.ts';
import { isMotto } from './field-head.ts';
import { recipientsLabel } from './field-recipients.ts';
import { hasRecipients } from './field-signer.ts';
import { type DocumentFields, readFields } from './fields.ts';
import { numberFromFileName } from './find-numbers.ts';
import { languageOf } from './language.ts';
import type { TextLine } from './layout.ts';
import type { LineSource, SourcePage, TextSource } from './line-source.ts';
import { mergeNumber } from './merge-fields.ts';
import type { Box } from './pdf-words.ts';
import type { Found } from './types.ts';

export interface FileFields extends DocumentFields {
  pageCount: Found<number>;
  textSource: TextSource | null;
  /** ISO 639-1; null when there are too few words to tell. */
  language: 'vi' | 'en' | null;
  /** Lines of the first page, for who looks for marks in them. */
  text: string;
}

/** Pages read from the front in search of Nơi nhận; of longer documents also the last ones. */
const FRONT_PAGES = 12;
const BACK_PAGES = 4;
/** A scan of so few pages is read from the front: its appendices may have recipients of their own. */
const SHORT = 3;

export async function readFileFields(
  source: LineSource,
  known: readonly KnownAgency[],
  fileName: string | null = null,
): Promise<FileFields> {
  const { pages, next } = await pagesWithFields(source);
  const lines = pages.map((page) => page.lines);
  const fields = readFields(lines, known, {
    ocr: pages[0]?.picture === true && pages[0].source === 'text-layer',
    method: source.method,
  });
  const closer = await coveredSigner(source, pages, fields);
  const defects = [...source.defects, ...fields.defects];
  if (next !== null)
    defects.push({ code: 'SECOND_DOCUMENT', detail: `từ trang ${next} là một văn bản khác trong cùng tệp` });
  const nameNumber = fileName === null ? null : (numberFromFileName(fileName)?.number ?? null);
  const numberAndSymbol = mergeNumber(
    { fields, letter: null, subject: null, nameNumber, fileName: fileName ?? '' },
    defects,
  );
  const read = fields.numberAndSymbol.value !== null;
  return {
    ...shown(
      {
        ...fields,
        ...closer,
        ...(read ? { numberAndSymbol, number: surest(fields.number, numberAndSymbol) } : {}),
      },
      pages,
    ),
    pageCount: countOf(source),
    textSource: sourceOf(pages),
    language: languageOf(lines.flat().map((line) => line.text)),
    text: (lines[0] ?? []).map((line) => line.text).join('\n'),
    defects,
  };
}

/** Where a seal hides who signed the recogniser looks once more, closer, at that place alone. */
async function coveredSigner(
  source: LineSource,
  pages: readonly SourcePage[],
  fields: DocumentFields,
): Promise<Partial<DocumentFields>> {
  const { signerTitle, signerName } = fields;
  const page = pages.find((one) => hasRecipients(one.lines) && one.source !== 'text-layer');
  const label = page === undefined ? undefined : recipientsLabel(page.lines);
  if (signerTitle.value !== null || label === undefined || source.readRegion === undefined) return {};
  const floor = signerName.box === null ? label.box[1] + SEAL_HEIGHT : signerName.box[1];
  let best: CoveredTitle | null = null;
  for (const [above, below] of LOOKS) {
    const box: Box = [0.48, label.box[1] - above, 0.96, Math.min(floor, label.box[1] + below)];
    if (box[3] - box[1] < 0.02) continue;
    const seen = coveredTitle(await source.readRegion(label.page, box));
    if (seen.title.value !== null && (best === null || seen.authority.length > 0)) best = seen;
    if (seen.authority.length > 0) break;
  }
  return best === null ? {} : { signerTitle: best.title, signingAuthority: best.authority };
}

/** How far above and below Nơi nhận is looked, fractions of a page: the cut decides how the engine parts the lines. */
const LOOKS = [
  [0.03, 0.065],
  [0.024, 0.046],
] as const;
/** The seal, 36 mm of 297. */
const SEAL_HEIGHT = 0.12;

function surest<T>(found: Found<T>, than: Found<unknown>): Found<T> {
  return { ...found, confidence: than.confidence };
}

/** Places on the page as people see it, where it was put straight for reading. */
function shown(fields: DocumentFields, pages: readonly SourcePage[]): DocumentFields {
  const turns = new Map(pages.map((page) => [page.lines[0]?.page, page.asShown]));
  const place = <T>(found: Found<T>): Found<T> => {
    const asShown = turns.get(found.page ?? 0);
    return found.box === null || asShown === undefined ? found : { ...found, box: asShown(found.box) };
  };
  return {
    ...fields,
    numberAndSymbol: place(fields.numberAndSymbol),
    number: place(fields.number),
    symbol: place(fields.symbol),
    date: place(fields.date),
    place: place(fields.place),
    type: place(fields.type),
    abstract: place(fields.abstract),
    issuingAgency: place(fields.issuingAgency),
    parentAgency: place(fields.parentAgency),
    addressees: fields.addressees.map(place),
    recipients: fields.recipients.map(place),
    signerName: place(fields.signerName),
    signerTitle: place(fields.signerTitle),
    signingAuthority: fields.signingAuthority.map(place),
    urgency: place(fields.urgency),
    secrecy: place(fields.secrecy),
  };
}

function countOf({ pageCount, method }: LineSource): Found<number> {
  return {
    value: pageCount,
    raw: pageCount === null ? null : String(pageCount),
    // What a writing program counted once is a hint: another one breaks the pages elsewhere.
    confidence: pageCount === null ? 0 : method === 'office-text' ? 0.6 : 0.99,
    method: pageCount === null ? 'none' : method,
    page: null,
    box: null,
  };
}

function sourceOf(pages: readonly SourcePage[]): TextSource | null {
  const sources = new Set(pages.filter((page) => page.lines.length > 0).map((page) => page.source));
  if (sources.size === 0) return null;
  return sources.size > 1 ? 'both' : [...sources][0]!;
}

interface FoundPages {
  pages: SourcePage[];
  /** Where another document begins in the same file; null when none was seen. */
  next: number | null;
}

/** Page 1, and on to the page with Nơi nhận: what comes after it are appendices, or another document. */
async function pagesWithFields(source: LineSource): Promise<FoundPages> {
  const pages = new Map<number, SourcePage>();
  const read = async (number: number): Promise<SourcePage> => {
    const page = pages.get(number) ?? (await source.readPage(number));
    pages.set(number, page);
    return page;
  };
  if (source.pages === 0) return { pages: [], next: null };
  const slow = (await read(1)).source !== 'text-layer' && source.method === 'text-layer';
  for (const number of pageOrder(source.pages, slow)) {
    const { lines } = await read(number);
    if (number > 1 && startsDocument(lines)) {
      if (!slow) break;
    } else if (hasRecipients(lines)) break;
  }
  const last = Math.max(...pages.keys());
  if (!slow && last < source.pages) await read(last + 1);
  const inOrder = [...pages].sort(([a], [b]) => a - b);
  const next = inOrder.find(([number, page]) => number > 1 && startsDocument(page.lines))?.[0] ?? null;
  const own = inOrder.filter(([number]) => (next === null || number < next) && (slow || number <= last));
  return { pages: own.map(([, page]) => page), next };
}

/** `slow` = recognising a page costs seconds. */
function pageOrder(pages: number, slow: boolean): number[] {
  const front = range(1, Math.min(pages, FRONT_PAGES));
  const back = range(Math.max(2, pages - BACK_PAGES + 1), pages).reverse();
  return slow && pages > SHORT ? [...back, ...front] : [...front, ...back];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** A page with a quốc hiệu of its own at its top belongs to another document: an attached draft, somebody else's letter. */
function startsDocument(lines: readonly TextLine[]): boolean {
  return lines.some((line) => line.box[1] < 0.2 && isMotto(line.text));
}
