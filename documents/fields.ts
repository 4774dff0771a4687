/** All fields that the text of one file gives (DOMAIN 4.3): each by its own rule, then checked against each other. */
import { readAddressees } from './field-addressees.ts';
import { type KnownAgency, readAgency, symbolsOfHead } from './field-agency.ts';
import { readDate } from './field-date.ts';
import { headOf, type PageHead } from './field-head.ts';
import { agreeWithAgency, agreeWithTitle, confirmSymbol, readNumber } from './field-number.ts';
import { readRecipients } from './field-recipients.ts';
import { hasRecipients, readSigner, type SignerReading } from './field-signer.ts';
import { readTitle } from './field-title.ts';
import { atMost, fromLines, recognised } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold } from './normalise.ts';
import { findSecrecy } from './secrecy.ts';
import { splitRuns } from './split-runs.ts';
import type { DocumentDetails, DocumentNumber, FieldMethod, Found, SecrecyMark, Urgency } from './types.ts';
import { findUrgency } from './urgency.ts';

export interface DocumentFields extends DocumentDetails {
  numberAndSymbol: Found<DocumentNumber>;
  date: Found<string>;
  type: Found<string>;
  abstract: Found<string>;
  issuingAgency: Found<string>;
  signerName: Found<string>;
  signerTitle: Found<string>;
  urgency: Found<Urgency>;
  /** "(dự thảo)", or a symbol without a number. */
  draft: boolean;
  /** Page 1 has the quốc hiệu or the Party's head. */
  hasMotto: boolean;
  /** Page 1 starts with "Phụ lục". */
  isAppendix: boolean;
  defects: { code: string; detail: string }[];
}

export interface FieldOptions {
  /** The text lies over a picture, so some scanner's OCR wrote it: nothing of it is sure enough to be entered without a person. */
  ocr?: boolean;
  /** What the lines are when nobody had to recognise them. */
  method?: FieldMethod;
}

/** `pages` = lines of page 1 and of the pages up to the one with Nơi nhận. */
export function readFields(
  pages: readonly (readonly TextLine[])[],
  known: readonly KnownAgency[],
  { ocr = false, method = 'text-layer' }: FieldOptions = {},
): DocumentFields {
  const split = pages.map((page) => page.flatMap(splitRuns));
  const head = headOf(split[0] ?? []);
  const read = readNumber(head, { knownOrgs: symbolsOfHead(head), ...titleHint(head) });
  const titled = agreeWithTitle(read, head.title?.type ?? null);
  const date = readDate(head);
  const context = { number: titled.numberAndSymbol.value, symbol: titled.symbol.value, known };
  const agency = readAgency(head, titled.line, context);
  const { numberAndSymbol, number, symbol, blank, line } = confirmSymbol(
    agreeWithAgency(titled, agency.issuer.value),
    head.title?.type ?? null,
    agency.issuer.value,
  );
  const title = readTitle(head, numberAndSymbol.value, line);
  const end = endOf(split);
  const said = <T>(found: Found<T>) => withMethod(ocr ? atMost(found, OCR_LIMIT) : found, method);
  return {
    numberAndSymbol: said(numberAndSymbol),
    number: said(number),
    symbol: said(symbol),
    date: said(date.date),
    place: said(date.place),
    type: said(title.type),
    abstract: said(title.abstract),
    issuingAgency: said(agency.issuer),
    parentAgency: said(agency.parent),
    addressees: readAddressees(head).map(said),
    recipients: end.recipients.map(said),
    signerName: said(end.signer.name),
    signerTitle: said(end.signer.title),
    signingAuthority: end.signer.authority.map(said),
    urgency: said(urgencyOf(head)),
    secrecy: said(secrecyOf(head)),
    draft: blank || isDraft(head),
    hasMotto: head.motto !== null,
    isAppendix: isAppendix(head),
    defects: defectsOf({
      blank,
      blankDate: date.blank,
      impossible: date.impossible,
      conflict: title.conflict,
    }),
  };
}

function titleHint(head: PageHead): { pageType?: string } {
  return head.title === null ? {} : { pageType: head.title.type.name };
}

const OCR_LIMIT = 0.85;

function withMethod<T>(found: Found<T>, method: FieldMethod): Found<T> {
  return found.method === 'text-layer' ? { ...found, method } : found;
}

/** The foot of the document: on the page with Nơi nhận, else on the last page that has a signer. */
function endOf(pages: readonly (readonly TextLine[])[]): {
  signer: SignerReading;
  recipients: Found<string>[];
} {
  const page = pages.find(hasRecipients);
  if (page !== undefined) {
    const signer = readSigner(page);
    return { signer, recipients: readRecipients(page, signer.edge) };
  }
  const signers = [...pages].reverse().map(readSigner);
  const signer = signers.find((one) => one.name.value !== null) ?? readSigner([]);
  return { signer, recipients: [] };
}

/** Its level only: the content around a mark is nobody's business here (DOMAIN 8.2). */
function secrecyOf(head: PageHead): Found<SecrecyMark['level']> {
  const upper = head.lines.filter((line) => line.box[1] < 0.5);
  const level = findSecrecy(upper.map((line) => line.text).join('\n'), 'text-layer', null)[0]?.level;
  if (level === undefined)
    return { value: null, raw: null, confidence: noneSeen(head), method: 'text-layer', page: 1, box: null };
  const line = upper.find((one) => findSecrecy(one.text, 'text-layer', null).length > 0);
  return line === undefined
    ? { value: level, raw: null, confidence: 0.9, method: 'text-layer', page: 1, box: null }
    : fromLines(level, [line], 0.95);
}

/** A line that is nothing but the mark, in the upper half of page 1. */
function urgencyOf(head: PageHead): Found<Urgency> {
  for (const line of head.lines) {
    if (line.box[1] > 0.5) break;
    const urgency = findUrgency(line.text, 'text');
    if (urgency !== null) return fromLines(urgency, [line], 0.95);
  }
  return { value: 'THUONG', raw: null, confidence: noneSeen(head), method: 'text-layer', page: 1, box: null };
}

/** That a page has no stamp: a rubber stamp stands slanted and is seldom recognised. */
function noneSeen(head: PageHead): number {
  return recognised(head.lines) === null ? 0.9 : 0.7;
}

function isDraft(head: PageHead): boolean {
  return head.lines.some(
    (line) =>
      line.box[1] < 0.35 && /^[(["“]?\s*DU THAO(?:\s+LAN\s*\d*)?\s*[)\]"”.]?$/.test(fold(line.text).trim()),
  );
}

function isAppendix(head: PageHead): boolean {
  return head.lines
    .slice(0, 4)
    .some((line) => /^(?:PHU LUC|BIEU (?:MAU|SO)|MAU SO|DANH SACH)\b/.test(fold(line.text).trim()));
}

function defectsOf(of: {
  blank: boolean;
  blankDate: boolean;
  impossible: boolean;
  conflict: boolean;
}): DocumentFields['defects'] {
  const defects: DocumentFields['defects'] = [];
  if (of.blank) defects.push({ code: 'NO_NUMBER', detail: 'văn bản có ký hiệu nhưng chưa có số' });
  if (of.blankDate) defects.push({ code: 'BLANK_DATE', detail: 'văn bản chưa ghi đủ ngày, tháng, năm' });
  if (of.impossible)
    defects.push({ code: 'IMPOSSIBLE_DATE', detail: 'ngày, tháng ghi trên văn bản không có trong lịch' });
  if (of.conflict)
    defects.push({ code: 'TYPE_DISAGREES', detail: 'tên loại trên văn bản khác với tên loại trong ký hiệu' });
  return defects;
}
