/** What the mail itself says about a document: its structured body (T8 of DOMAIN 7.4), its subject. Hints, never proof. */
import { sameAgency } from './agency-name.ts';
import { findDates } from './dates.ts';
import type { KnownAgency } from './field-agency.ts';
import { findNumbers } from './find-numbers.ts';
import { normalise } from './normalise.ts';
import { parseNumber } from './number.ts';
import { typeByName } from './type-names.ts';
import type { DocumentNumber, Urgency } from './types.ts';
import { findUrgency } from './urgency.ts';

/** Values of a mail body in the form of T8, as they stood there. */
export interface LetterBody {
  soKyHieu: string | null;
  ngayVanBan: string | null;
  tenLoai: string | null;
  trichYeu: string | null;
  nguoiKy: string | null;
  chucVu: string | null;
  doKhan: string | null;
}

export interface LetterEvidence {
  number: DocumentNumber | null;
  /** ISO date. */
  date: string | null;
  type: string | null;
  abstract: string | null;
  agency: string | null;
  signerName: string | null;
  signerTitle: string | null;
  urgency: Urgency | null;
}

export interface SubjectEvidence {
  /** Every số/ký hiệu of the subject: references to other documents among them. */
  numbers: DocumentNumber[];
  /** The one that the subject begins with: it claims to be the document's own. */
  leading: DocumentNumber | null;
  agency: string | null;
  /** What the subject says of the content; may be shortened ("…"). */
  abstract: string | null;
  urgency: Urgency | null;
}

export function letterEvidence(letter: LetterBody | null, body: string): LetterEvidence {
  const number = letter?.soKyHieu ? parseNumber(letter.soKyHieu) : null;
  return {
    number: number?.number == null ? null : number,
    date: dateOf(letter?.ngayVanBan ?? null),
    type: letter?.tenLoai ? (typeByName(letter.tenLoai)?.name ?? null) : null,
    abstract: textOf(letter?.trichYeu),
    agency: letter === null ? null : agencyOfBody(body),
    signerName: textOf(letter?.nguoiKy),
    signerTitle: textOf(letter?.chucVu),
    urgency: letter?.doKhan ? urgencyOfWord(letter.doKhan) : null,
  };
}

function textOf(value: string | null | undefined): string | null {
  const text = normalise(value ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? null : text;
}

function dateOf(value: string | null): string | null {
  if (value === null) return null;
  const iso = /^\s*(\d{4}-\d\d-\d\d)\s*$/.exec(value)?.[1];
  return iso ?? findDates(value)[0]?.date ?? null;
}

/** "Sở Nội vụ tỉnh Mẫu gửi Quý cơ quan văn bản điện tử:". */
function agencyOfBody(body: string): string | null {
  const line = /^\s*(\p{Lu}[^\n:]{2,150}?) gửi Quý (?:cơ quan|đơn vị) (?:các )?văn bản/mu.exec(
    normalise(body),
  );
  return textOf(line?.[1]);
}

/** "Hỏa tốc" after "Mức độ khẩn:" need not stand in capitals. */
function urgencyOfWord(value: string): Urgency | null {
  return findUrgency(`Độ khẩn: ${value}`, 'text') ?? null;
}

/** `{soKyHieu} – {tenCoQuanGui}: {trichYeuRutGon}`, marks and "Fwd:" before it. */
export function subjectEvidence(subject: string, known: readonly KnownAgency[]): SubjectEvidence {
  const text = normalise(subject)
    .replace(/\s+/g, ' ')
    .replace(/^(?:(?:re|fw|fwd|tl|chuyển tiếp)\s*:\s*|\[[^\]]{0,40}\]\s*)+/iu, '')
    .trim();
  const candidates = findNumbers(text);
  const first = candidates[0];
  const leading = first !== undefined && LEAD.test(text.slice(0, first.start)) ? first : null;
  const rest = leading === null ? text : text.slice(leading.end).replace(/^[\s:;,.–-]+/u, '');
  const agency = agencyOfSubject(rest, known);
  const abstract = textOf(agency === null ? rest : rest.slice(agency.length).replace(/^[\s:;,.–-]+/u, ''));
  return {
    numbers: candidates.map((candidate) => candidate.number),
    leading: leading?.number ?? null,
    agency,
    abstract,
    urgency: findUrgency(subject, 'subject'),
  };
}

/** Only a type's name or "Văn bản số" may stand before the number that is the document's own. */
const LEAD = /^(?:\p{L}[\p{L} ]{0,40}\s)?(?:s[ốo]\s*[:.]?\s*)?$/iu;

/** Up to the first colon, when the directory knows it or it looks like a name. */
function agencyOfSubject(rest: string, known: readonly KnownAgency[]): string | null {
  const name = /^([^:]{2,120}?)\s*:\s/u.exec(rest)?.[1];
  if (name === undefined) return null;
  const isKnown = known.some((agency) =>
    [agency.name, ...agency.shortNames].some((one) => sameAgency(one, name)),
  );
  return isKnown ? name : null;
}
