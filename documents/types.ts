/** The nouns of official documents (văn bản): their numbers, fields, times. */

/** A parsed số/ký hiệu (DOMAIN 5). */
export interface DocumentNumber {
  /** As printed. */
  raw: string;
  /** Display form after cleaning, e.g. `09/QĐ-UBND`. */
  canonical: string;
  /** For comparison: number without leading zeros + suffix + year + upper(fold(symbol)). */
  key: string;
  number: number | null;
  /** `a`, `bis`. */
  suffix: string | null;
  /** Only legal normative documents carry one. */
  year: number | null;
  family: 'state' | 'qppl' | 'party' | 'copy' | 'legacy';
  /** Abbreviation of the type (QĐ, TTr…); null for công văn. */
  type: string | null;
  /** Full type name ("Quyết định", "Công văn"); null when the title must say it. */
  typeName: string | null;
  org: string | null;
  unit: string | null;
  flags: string[];
}

/** Where a value was found. In order of trust (DOMAIN 4): text-layer > edxml > office-text > notice-body > subject > file-name > ocr. */
export type FieldMethod =
  | 'text-layer'
  | 'office-text'
  | 'ocr'
  | 'certificate'
  | 'edxml'
  | 'letter-body'
  | 'subject'
  | 'file-name'
  | 'directory'
  | 'clerk'
  | 'none';

/** A value read from a document, with where it stands and how sure it is. `value: null` = the document has none, or it was not found. */
export interface Found<T> {
  value: T | null;
  /** As it stood there. */
  raw: string | null;
  /** 0..1; with `value: null` how sure it is that there is none. */
  confidence: number;
  method: FieldMethod;
  /** From 1; null when not on a page. */
  page: number | null;
  /** [x0, y0, x1, y1] as fractions of the page from its top left. */
  box: [number, number, number, number] | null;
}

export type Urgency = 'THUONG' | 'KHAN' | 'THUONG_KHAN' | 'HOA_TOC' | 'HOA_TOC_HEN_GIO';

/** The fields of the register beyond those that registration itself rests on (N30 PL VI, REG). */
export interface DocumentDetails {
  /** Cơ quan chủ quản, printed above the issuer; null for a ministry or a provincial committee. */
  parentAgency: Found<string>;
  /** Số as printed, leading zeros kept: "05". */
  number: Found<string>;
  /** Ký hiệu: "QĐ-UBND". A draft has one without a number. */
  symbol: Found<string>;
  /** Địa danh. */
  place: Found<string>;
  /** Kính gửi, one for each. */
  addressees: Found<string>[];
  /** Nơi nhận, one for each line. */
  recipients: Found<string>[];
  /** "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", top line first; empty when the head signs for himself. */
  signingAuthority: Found<string>[];
  secrecy: Found<SecrecyMark['level']>;
}

/** One official document with the files that belong to it (INT-03). Files are named by the path of their mail part. */
export interface OfficialDocument extends Partial<DocumentDetails> {
  /** The file that is the document. */
  main: string;
  /** Appendices of it. */
  appendices: string[];
  /** Editable source beside the PDF (GL 3.6): never the original. */
  sources: string[];
  numberAndSymbol: Found<DocumentNumber>;
  /** ISO date. */
  date: Found<string>;
  type: Found<string>;
  abstract: Found<string>;
  issuingAgency: Found<string>;
  signerName: Found<string>;
  signerTitle: Found<string>;
  urgency: Found<Urgency>;
  pageCount: number | null;
  /** Pages are pictures without a usable text layer. */
  imageOnly: boolean;
  /** Carries the corner line SAO Y / SAO LỤC / TRÍCH SAO (N30 25.1c). */
  copyLine: boolean;
  /** True where the text says "(dự thảo)" or has no number. */
  draft: boolean;
  defects: { code: string; detail: string }[];
}

/** What reading the files of one mail gave. */
export interface DocumentReading {
  documents: OfficialDocument[];
  /** Files that belong to no document. */
  unassigned: string[];
  /** Secrecy marks found; empty = none (DOMAIN 8.2). */
  secrecy: SecrecyMark[];
  /** What was read page by page, for the text index: `path` of the mail part, `page` from 1 (null = no pages). */
  texts?: { path: string; page: number | null; text: string }[];
  elapsedMs: number;
}

/** A secrecy mark. Only the fact and the place: never the content around it. */
export interface SecrecyMark {
  level: 'MAT' | 'TOI_MAT' | 'TUYET_MAT';
  where: 'subject' | 'body' | 'file-name' | 'text-layer' | 'edxml';
  /** Part path, when in a file. */
  part: string | null;
}

/** One working session of an office day, minutes from midnight local time. */
export interface OfficeSession {
  start: number;
  end: number;
}

/** The working calendar, as data (DOMAIN 6). Dates are ISO dates, Vietnam time. */
export interface WorkingCalendar {
  /** For the record of which calendar a time was computed with. */
  version: string;
  sessions: OfficeSession[];
  /** Days off that are Monday to Friday. */
  nonWorking: ReadonlySet<string>;
  /** Saturdays or Sundays that are worked (swaps). */
  workingWeekend: ReadonlySet<string>;
  /** Years whose holidays were announced. */
  announcedYears: ReadonlySet<number>;
}
