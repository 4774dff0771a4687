/** All fields that the text of one file gives (DOMAIN 4.3): each by its own rule, then checked against each other. */
import { type KnownAgency, readAgency } from './field-agency.ts';
import { readDate } from './field-date.ts';
import { headOf, type PageHead } from './field-head.ts';
import { readNumber } from './field-number.ts';
import { hasRecipients, readSigner, type SignerReading } from './field-signer.ts';
import { readTitle } from './field-title.ts';
import { atMost, fromLines, nothing } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold } from './normalise.ts';
import type { DocumentNumber, Found, Urgency } from './types.ts';
import { findUrgency } from './urgency.ts';

export interface DocumentFields {
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

/**
 * `pages` = lines of page 1 and of the pages up to the one with Nơi nhận. `ocr` = the text lies over a picture, so some
 * scanner's OCR wrote it: nothing of it is sure enough to be entered without a person.
 */
export function readFields(
  pages: readonly (readonly TextLine[])[],
  known: readonly KnownAgency[],
  ocr = false,
): DocumentFields {
  const head = headOf(pages[0] ?? []);
  const { number, blank, line } = readNumber(head);
  const date = readDate(head);
  const title = readTitle(head, number.value, line);
  const agency = readAgency(head, line, { number: number.value, known });
  const signer = signerOf(pages);
  const limit = ocr ? OCR_LIMIT : 1;
  return {
    numberAndSymbol: atMost(number, limit),
    date: atMost(date.date, limit),
    type: atMost(title.type, limit),
    abstract: atMost(title.abstract, limit),
    issuingAgency: atMost(agency, limit),
    signerName: atMost(signer.name, limit),
    signerTitle: atMost(signer.title, limit),
    urgency: urgencyOf(head),
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

const OCR_LIMIT = 0.85;

function signerOf(pages: readonly (readonly TextLine[])[]): SignerReading {
  const page = pages.find(hasRecipients);
  if (page !== undefined) return readSigner(page);
  for (const other of [...pages].reverse()) {
    const signer = readSigner(other);
    if (signer.name.value !== null) return signer;
  }
  return { name: nothing(), title: nothing() };
}

/** A line that is nothing but the mark, in the upper half of page 1. */
function urgencyOf(head: PageHead): Found<Urgency> {
  for (const line of head.lines) {
    if (line.box[1] > 0.5) break;
    const urgency = findUrgency(line.text, 'text');
    if (urgency !== null) return fromLines(urgency, [line], 0.95);
  }
  return { value: 'THUONG', raw: null, confidence: 0.9, method: 'text-layer', page: 1, box: null };
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
