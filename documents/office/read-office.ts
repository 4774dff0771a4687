/**
 * Office and text files → lines with boxes by page, as PDFs give them, so that the same rules find the fields. Bytes come
 * from outside: sizes and time are limited, and whatever is wrong with a file ends in a defect, never in an exception.
 */
import { decodeText, type TextEncoding } from '../encoding.ts';
import type { TextLine } from '../layout.ts';
import { readCsv } from './csv.ts';
import { readDoc } from './doc.ts';
import { readDocx } from './docx.ts';
import type { Flow, OfficeDefect } from './flow.ts';
import { linesOfFlow } from './flow-lines.ts';
import type { Grid } from './grid.ts';
import { linesOfGrid } from './grid-lines.ts';
import { joinLetters } from './joined-letters.ts';
import type { OfficeKind } from './kinds.ts';
import { convertLegacy } from './legacy-flow.ts';
import { type Deadline, deadlineIn, LIMITS, OfficeRefusal } from './limits.ts';
import { readOds } from './ods.ts';
import { readOdt } from './odt.ts';
import { readRtf } from './rtf.ts';
import { readTxt } from './txt.ts';
import { readXlsx } from './xlsx.ts';
import { openParts } from './zip-parts.ts';

export { type OfficeKind, officeKind } from './kinds.ts';

export interface OfficeText {
  /** Lines of each page, as documents/layout.ts gives them; places are estimates. No page = nothing could be read. */
  pages: TextLine[][];
  /** All lines, NFC. */
  text: string;
  /** As the program that wrote the file counted them; a hint. Null when it does not say. */
  pageCount: number | null;
  /** What the text was in before it was made NFC. */
  encoding: TextEncoding;
  /**
   * DOC_UNREADABLE, DOC_ENCRYPTED, ZIP_BROKEN, ZIP_TOO_LARGE, ZIP_ENCRYPTED, XML_DOCTYPE, XML_BROKEN, XML_DEEP,
   * RTF_BROKEN, RTF_TOO_COMPLEX, OFFICE_BROKEN, OFFICE_TOO_LARGE, OFFICE_SLOW, OFFICE_TRUNCATED, OFFICE_EMPTY,
   * LEGACY_ENCODING, SPLIT_LETTERS.
   */
  defects: OfficeDefect[];
}

/** Never throws, whatever the bytes are. */
export async function officeLines(bytes: Uint8Array, kind: OfficeKind): Promise<OfficeText> {
  try {
    if (bytes.length > LIMITS.fileBytes)
      throw new OfficeRefusal(
        'OFFICE_TOO_LARGE',
        `tệp ${bytes.length} byte, giới hạn ${LIMITS.fileBytes} byte`,
      );
    return withEmptyFlagged(READERS[kind](bytes, deadlineIn()));
  } catch (error) {
    return { pages: [], text: '', pageCount: null, encoding: 'unicode', defects: [defectOf(error, kind)] };
  }
}

type Reader = (bytes: Uint8Array, deadline: Deadline) => OfficeText;

const READERS: Record<OfficeKind, Reader> = {
  docx: (bytes, deadline) => fromFlow(readDocx(openParts(bytes, deadline), deadline)),
  odt: (bytes, deadline) => fromFlow(readOdt(openParts(bytes, deadline), deadline)),
  doc: (bytes, deadline) => fromFlow(readDoc(bytes, deadline)),
  rtf: (bytes, deadline) => fromFlow(readRtf(bytes, deadline)),
  xlsx: (bytes, deadline) => fromGrid(readXlsx(openParts(bytes, deadline), deadline), 'unicode'),
  ods: (bytes, deadline) => fromGrid(readOds(openParts(bytes, deadline), deadline), 'unicode'),
  csv: (bytes) => {
    const { text, encoding } = decodeText(bytes.subarray(0, MAX_CSV));
    return fromGrid(readCsv(text), encoding);
  },
  txt: fromTxt,
};

/** Bytes of a CSV looked at: its first lines are all that is wanted. Cut between two bytes of a letter costs that letter. */
const MAX_CSV = 512 * 1024;

function fromFlow(flow: Flow): OfficeText {
  const encoding = convertLegacy(flow) ?? 'unicode';
  return officeText(linesOfFlow(flow), { encoding, pageCount: flow.pageCount, defects: flow.defects });
}

function fromGrid(grid: Grid, encoding: TextEncoding): OfficeText {
  return officeText(linesOfGrid(grid), { encoding, pageCount: null, defects: [] });
}

function fromTxt(bytes: Uint8Array): OfficeText {
  const decoded = decodeText(bytes.subarray(0, LIMITS.characters * 4));
  const { text, places } = joinLetters(decoded.text);
  const flow = readTxt(text);
  const split = { code: 'SPLIT_LETTERS', detail: `${places} chỗ chữ bị tách rời, đã ghép lại để đọc` };
  return officeText(linesOfFlow(flow), {
    encoding: decoded.encoding,
    pageCount: null,
    defects: [...flow.defects, ...(places > 0 ? [split] : [])],
  });
}

function officeText(pages: TextLine[][], rest: Omit<OfficeText, 'pages' | 'text'>): OfficeText {
  const text = pages.flatMap((page) => page.map((line) => line.text)).join('\n');
  return { ...rest, pages, text, defects: [...rest.defects, ...encodingDefects(rest.encoding)] };
}

const NAMES: Partial<Record<TextEncoding, string>> = {
  tcvn3: 'TCVN3 (ABC, phông .Vn…)',
  vni: 'VNI (phông VNI-…)',
  'windows-1258': 'Windows-1258',
  'windows-1252': 'Windows-1252',
};

/** VAL-07: official text is Unicode (TCVN 6909:2001). */
function encodingDefects(encoding: TextEncoding): OfficeDefect[] {
  const name = NAMES[encoding];
  if (name === undefined) return [];
  const detail = `văn bản dùng bảng mã ${name}, không phải Unicode theo TCVN 6909:2001; đã chuyển mã chỉ để đọc, tệp nhận được giữ nguyên`;
  return [{ code: 'LEGACY_ENCODING', detail }];
}

function withEmptyFlagged(read: OfficeText): OfficeText {
  if (read.text.trim() !== '') return read;
  return {
    ...read,
    defects: [...read.defects, { code: 'OFFICE_EMPTY', detail: 'tệp không có chữ nào đọc được' }],
  };
}

/** What is no refusal of ours comes from offsets that lead nowhere: the file is broken. */
function defectOf(error: unknown, kind: OfficeKind): OfficeDefect {
  if (error instanceof OfficeRefusal)
    return { code: error.code, detail: `Không đọc được tệp ${kind.toUpperCase()}: ${error.message}.` };
  const code = kind === 'doc' ? 'DOC_UNREADABLE' : kind === 'rtf' ? 'RTF_BROKEN' : 'OFFICE_BROKEN';
  return { code, detail: `Không đọc được tệp ${kind.toUpperCase()}: tệp bị lỗi.` };
}
