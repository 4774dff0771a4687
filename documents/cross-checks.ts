/**
 * What one thing known of a document says about another (VAL-03, VAL-13): findings for a person, each with its sentence.
 * Pure: the caller brings the text, the fields, the mail and the times.
 */
import { findDates } from './dates.ts';
import { findNumbers } from './find-numbers.ts';
import { fold, normalise } from './normalise.ts';
import type { DocumentNumber, Found } from './types.ts';

export interface CrossFinding {
  code:
    | 'PAGES_DISAGREE'
    | 'DATE_AFTER_SIGNING'
    | 'DATE_AFTER_SENDING'
    | 'SIGNED_LONG_AFTER'
    | 'APPENDIX_MISSING'
    | 'SUBJECT_NUMBER_DISAGREES'
    | 'SUBJECT_DATE_DISAGREES';
  /** Vietnamese. */
  detail: string;
}

/** Below this a field is no ground to contradict anything with. */
const SURE = 0.8;

const COUNTED = /gồm(?: có)?\s+(?:0*(\d{1,3}))\s*(?:\([^)]{1,20}\)\s*)?(trang|tờ)(?![\p{L}])/iu;

/** "(Phụ lục gồm 03 trang)", "gồm 05 trang": of the files together, unless it speaks of an appendix alone. */
export function pageFindings(
  text: string,
  files: readonly { name: string; pageCount: number | null }[],
): CrossFinding[] {
  const stated = COUNTED.exec(normalise(text).replace(/\n/g, ' '));
  if (stated === null || stated[2]?.toLowerCase() === 'tờ') return [];
  const pages = Number(stated[1]);
  const counts = files.flatMap((file) => (file.pageCount === null ? [] : [file.pageCount]));
  if (counts.length === 0 || counts.length < files.length) return [];
  const sum = counts.reduce((total, count) => total + count, 0);
  // One of the files, all of them, or what stands behind the first pages of one: any of these may be meant.
  if (counts.some((count) => count >= pages) || sum >= pages) return [];
  return [
    {
      code: 'PAGES_DISAGREE',
      detail: `văn bản ghi “${stated[0]}” nhưng các tệp nhận được chỉ có ${sum} trang`,
    },
  ];
}

/** Days a document may wait between its date and its signature. */
const MAX_DAYS = 30;
const DAY_MS = 86_400_000;

/** `signedAt`, `sentAt`: ISO dates in Vietnam; a time zone of hours never makes a finding, since whole days are compared. */
export function dateFindings(
  date: Found<string>,
  times: { signedAt: string | null; sentAt: string | null },
): CrossFinding[] {
  if (date.value === null || date.confidence < SURE) return [];
  const { signedAt, sentAt } = times;
  const findings: CrossFinding[] = [];
  const signed = signedAt === null ? 0 : daysBetween(signedAt, date.value);
  if (signedAt !== null && signed > 0)
    findings.push({
      code: 'DATE_AFTER_SIGNING',
      detail: `văn bản ghi ngày ${shortDate(date.value)} nhưng đã được ký số từ ngày ${shortDate(signedAt)}`,
    });
  if (signedAt !== null && signed < -MAX_DAYS)
    findings.push({
      code: 'SIGNED_LONG_AFTER',
      detail: `văn bản ghi ngày ${shortDate(date.value)} nhưng đến ngày ${shortDate(signedAt)} mới được ký số`,
    });
  if (sentAt !== null && daysBetween(sentAt, date.value) > 0)
    findings.push({
      code: 'DATE_AFTER_SENDING',
      detail: `văn bản ghi ngày ${shortDate(date.value)}, sau ngày gửi thư (${shortDate(sentAt)})`,
    });
  return findings;
}

/** Days from `from` to `to`, both ISO dates. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / DAY_MS);
}

function shortDate(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split('-');
  return `${day}/${month}/${year}`;
}

const NUMBERED = /phụ lục\s+(?:số\s*)?(\d{1,2}|[IVX]{1,5})(?![\p{L}\d])/giu;
const ATTACHED =
  /\(?(?:có|kèm theo|gửi kèm|đính kèm)[^.;\n]{0,80}?(phụ lục|danh sách|biểu mẫu|đề cương|dự thảo|quy chế|kế hoạch|bảng tổng hợp)/giu;

/** Appendices that the text names against what came: a document that says "kèm theo danh sách" needs one (VAL-03). */
export function appendixFindings(
  text: string,
  received: { files: readonly string[]; hasMorePages: boolean },
): CrossFinding[] {
  const source = normalise(text).replace(/\n/g, ' ');
  const numbered = new Set(
    [...source.matchAll(NUMBERED)]
      .filter((match) => !isQuoted(source, match))
      .map((match) => match[1]!.toUpperCase()),
  );
  const attached = new Set([...source.matchAll(ATTACHED)].map((match) => match[1]!.toLowerCase()));
  if (numbered.size === 0 && attached.size === 0) return [];
  if (received.files.length > 0 || received.hasMorePages) return [];
  const what = numbered.size > 0 ? `Phụ lục ${[...numbered].join(', ')}` : [...attached].join(', ');
  return [
    {
      code: 'APPENDIX_MISSING',
      detail: `văn bản nói có kèm theo ${what} nhưng không có tệp hay trang nào theo sau`,
    },
  ];
}

/** "Phụ lục II kèm theo Nghị định số …" belongs to another document. */
function isQuoted(text: string, match: RegExpMatchArray): boolean {
  const after = text.slice((match.index ?? 0) + match[0].length, (match.index ?? 0) + match[0].length + 80);
  return /^[^.;]{0,30}(?:kèm theo|ban hành|của|tại)\s+(?:Nghị định|Thông tư|Quyết định|Luật|Công văn|Nghị quyết|Kế hoạch)\s+(?:số|này không)/iu.test(
    after,
  );
}

/** What the subject of the mail says of number and date against what stands on the document. */
export function subjectFindings(
  subject: string,
  document: { number: Found<DocumentNumber>; date: Found<string> },
): CrossFinding[] {
  return [...subjectNumber(subject, document.number), ...subjectDate(subject, document.date)];
}

function subjectNumber(subject: string, number: Found<DocumentNumber>): CrossFinding[] {
  const said = findNumbers(subject).filter((one) => one.number.number !== null);
  if (number.value === null || number.confidence < SURE || said.length === 0) return [];
  if (said.some((one) => one.number.key === number.value!.key)) return [];
  // A subject may name the document that is answered: only one of the same symbol was meant to be this one.
  const own = said.find(
    (one) =>
      fold(one.number.org ?? '') === fold(number.value!.org ?? '') && one.number.type === number.value!.type,
  );
  if (own === undefined) return [];
  return [
    {
      code: 'SUBJECT_NUMBER_DISAGREES',
      detail: `tiêu đề thư ghi ${own.number.canonical}, văn bản ghi ${number.value.canonical}`,
    },
  ];
}

function subjectDate(subject: string, date: Found<string>): CrossFinding[] {
  const said = findDates(subject);
  if (date.value === null || date.confidence < SURE || said.length !== 1) return [];
  if (said[0]!.date === date.value) return [];
  return [
    {
      code: 'SUBJECT_DATE_DISAGREES',
      detail: `tiêu đề thư ghi ngày ${shortDate(said[0]!.date)}, văn bản ghi ngày ${shortDate(date.value)}`,
    },
  ];
}
