/** The fields of one file as `congvan read --json` and the evaluation tell them: plain values, each with its place and sureness. */
import type { FileFields } from './reading.ts';
import type { Found } from './types.ts';

export interface ReadingRecord {
  issuingAgency: Found<string>;
  parentAgency: Found<string>;
  number: Found<string>;
  symbol: Found<string>;
  numberAndSymbol: Found<string>;
  place: Found<string>;
  date: Found<string>;
  type: Found<string>;
  abstract: Found<string>;
  addressees: Found<string>[];
  recipients: Found<string>[];
  signingAuthority: Found<string>[];
  signerTitle: Found<string>;
  signerName: Found<string>;
  /** As stamped: "HỎA TỐC"; null for an ordinary document. */
  urgency: Found<string>;
  secrecy: Found<string>;
  pageCount: Found<number>;
  textSource: FileFields['textSource'];
  language: FileFields['language'];
  defects: { code: string; detail: string }[];
}

/** As they stand on the stamp. */
const STAMPS: Record<string, string | null> = {
  THUONG: null,
  KHAN: 'KHẨN',
  THUONG_KHAN: 'THƯỢNG KHẨN',
  HOA_TOC: 'HỎA TỐC',
  HOA_TOC_HEN_GIO: 'HỎA TỐC HẸN GIỜ',
  MAT: 'MẬT',
  TOI_MAT: 'TỐI MẬT',
  TUYET_MAT: 'TUYỆT MẬT',
};

export function recordOf(fields: FileFields): ReadingRecord {
  return {
    issuingAgency: told(fields.issuingAgency),
    parentAgency: told(fields.parentAgency),
    number: told(fields.number),
    symbol: told(fields.symbol),
    numberAndSymbol: told(mapped(fields.numberAndSymbol, (number) => number.canonical)),
    place: told(fields.place),
    date: told(fields.date),
    type: told(fields.type),
    abstract: told(fields.abstract),
    addressees: fields.addressees.map(told),
    recipients: fields.recipients.map(told),
    signingAuthority: fields.signingAuthority.map(told),
    signerTitle: told(fields.signerTitle),
    signerName: told(fields.signerName),
    urgency: told(mapped(fields.urgency, (urgency) => STAMPS[urgency] ?? null)),
    secrecy: told(mapped(fields.secrecy, (level) => STAMPS[level] ?? null)),
    pageCount: told(fields.pageCount),
    textSource: fields.textSource,
    language: fields.language,
    defects: fields.defects,
  };
}

function mapped<T, U>(found: Found<T>, to: (value: T) => U | null): Found<U> {
  return { ...found, value: found.value === null ? null : to(found.value) };
}

/** Three digits of sureness and four of a place are more than there is in them. */
function told<T>(found: Found<T>): Found<T> {
  const box = found.box?.map((edge) => Math.round(edge * 10_000) / 10_000) as Found<T>['box'] | undefined;
  return { ...found, confidence: Math.round(found.confidence * 1000) / 1000, box: box ?? null };
}
