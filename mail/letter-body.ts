/**
 * Reads the lines of a T8 body (mail/compose/issued.ts), as another Congvan or a person with the same template wrote
 * them: raw strings, judged elsewhere. Tolerant of wrapped lines, no-break spaces, decomposed letters and bullets.
 */

export interface LetterBody {
  /** As written after "Số, ký hiệu:", without the date. */
  numberAndSymbol: string | null;
  /** As written: `20 tháng 11 năm 2026`, `20/11/2026`. */
  date: string | null;
  /** Tên loại and trích yếu in one, as the template writes them. */
  typeAndAbstract: string | null;
  urgency: string | null;
  /** Chức vụ and name in one. */
  signer: string | null;
  files: string | null;
  paper: string | null;
}

const MAX_CHARACTERS = 65_536;
const MAX_LINES = 400;
const MAX_VALUE = 1_000;

/** Labels in lower case, NFC. People write `kí` for `ký`, and leave out the comma. */
const LABELS: [keyof LetterBody, RegExp][] = [
  ['numberAndSymbol', /^số ?(?:,|\/|và)? ?k[ýí] hiệu(?: văn bản)?$/u],
  ['date', /^ngày(?: ban hành| văn bản|, tháng, năm(?: ban hành)?)?$/u],
  ['typeAndAbstract', /^(?:tên loại(?: ?(?:,|và) ?| )(?:và )?)?trích yếu(?: nội dung)?$/u],
  ['urgency', /^(?:mức )?độ khẩn$/u],
  ['signer', /^người k[ýí]$/u],
  ['files', /^tệp (?:đính )?kèm(?: theo)?$/u],
  ['paper', /^bản giấy(?: kèm theo)?$/u],
];

/** Sentences of the template that follow the list; a value never runs on into them. */
const CLOSING = /^(?:đề nghị|trân trọng|kính gửi|nơi nhận|căn cứ)(?![\p{L}])/iu;

export function parseLetterBody(text: string): LetterBody {
  const body: LetterBody = {
    numberAndSymbol: null,
    date: null,
    typeAndAbstract: null,
    urgency: null,
    signer: null,
    files: null,
    paper: null,
  };
  let open: keyof LetterBody | null = null;
  for (const line of linesOf(text)) {
    const labelled = labelOf(line);
    if (labelled !== null) {
      // The first line of a label counts: what follows may be the letter that this one answers.
      open = body[labelled.field] === null ? labelled.field : null;
      if (open !== null) body[open] = labelled.value;
    } else if (line === '' || CLOSING.test(line) || /^[-–—•*+]\s/u.test(line)) {
      open = null;
    } else if (open !== null) {
      body[open] = `${body[open]} ${line}`.slice(0, MAX_VALUE);
    }
  }
  return separated(body);
}

function linesOf(text: string): string[] {
  return text
    .slice(0, MAX_CHARACTERS)
    .normalize('NFC')
    .split(/\r\n|[\r\n\u2028\u2029]/u, MAX_LINES)
    .map((line) => line.replace(/[\s\u200b\ufeff]+/gu, ' ').trim());
}

function labelOf(line: string): { field: keyof LetterBody; value: string } | null {
  const [, label, value] = /^(?:[-–—•*+] ?)?([^:]{3,40}?) ?: ?(.*)$/u.exec(line) ?? [];
  const folded = label?.toLocaleLowerCase('vi');
  const found = LABELS.find(([, pattern]) => folded !== undefined && pattern.test(folded));
  return found === undefined || value === undefined
    ? null
    : { field: found[0], value: value.slice(0, MAX_VALUE) };
}

/** The template writes number and date on one line: `12/QĐ-UBND; ngày 20 tháng 11 năm 2026`. */
function separated(body: LetterBody): LetterBody {
  const together = /^(.*?)[;,]? ?ngày:? ?(\d.*)$/iu.exec(body.numberAndSymbol ?? '');
  return {
    numberAndSymbol: value(together?.[1] ?? body.numberAndSymbol),
    date: value(body.date ?? together?.[2] ?? null),
    typeAndAbstract: value(body.typeAndAbstract),
    urgency: value(body.urgency),
    signer: value(body.signer),
    files: value(body.files),
    paper: value(body.paper),
  };
}

/** Empty and "(chưa xác định)" say nothing. */
function value(raw: string | null): string | null {
  const clean = (raw ?? '').replace(/[\s;,]+$/u, '').trim();
  return clean === '' || /^\(.*\)$/u.test(clean) ? null : clean;
}
