/**
 * Which file is a document, which files belong to it (INT-03, DOMAIN 4.5). One document = one số đến, so a file that may
 * be a document of its own is never made an appendix in silence.
 */
import type { DocumentFields } from './fields.ts';
import { fold, normalise } from './normalise.ts';
import type { DocumentNumber } from './types.ts';

export interface FileFacts {
  path: string;
  name: string;
  detectedType: string;
  /** Bytes. */
  size: number;
  /** Path of the zip, winmail.dat or message it came out of. */
  container: string | null;
  /** Read from the text layer of a PDF; null for scans and other kinds. */
  fields: DocumentFields | null;
  imageOnly: boolean;
  /** Carries a valid signature. */
  signed: boolean;
  nameNumber: DocumentNumber | null;
}

export interface FileGroup {
  main: string;
  appendices: string[];
  sources: string[];
  defects: { code: string; detail: string }[];
}

export interface Grouping {
  groups: FileGroup[];
  unassigned: string[];
}

type Kind = 'pdf' | 'office' | 'image' | 'sheet' | 'container' | 'other';

export function groupFiles(files: readonly FileFacts[]): Grouping {
  const containers = new Set(files.map((file) => file.container));
  const open = files.filter((file) => !(kindOf(file) === 'container' && containers.has(file.path)));
  const mains = withoutTwins(mainsOf(open));
  const groups = mains.map(({ file, defects }) => ({ file, ...emptyGroup(file), defects }));
  const unassigned: string[] = [];
  for (const file of open) {
    if (mains.some((main) => main.file === file)) continue;
    const group = ownerOf(file, open, groups);
    if (group === null) unassigned.push(file.path);
    else assign(file, group, groups.length);
  }
  return { groups: groups.map(({ file: _, ...group }) => group), unassigned };
}

type OpenGroup = FileGroup & { file: FileFacts };
type Main = { file: FileFacts; defects: FileGroup['defects'] };

function emptyGroup(file: FileFacts): FileGroup {
  return { main: file.path, appendices: [], sources: [], defects: [] };
}

function mainsOf(files: readonly FileFacts[]): Main[] {
  const pdfs = files.filter((file) => kindOf(file) === 'pdf');
  const sure = pdfs.filter((file) => roleOf(file) === 'document');
  if (sure.length > 0) return sure.map((file) => ({ file, defects: [] }));
  for (const role of ['unknown', 'draft', 'appendix'] as const) {
    const found = pick(pdfs.filter((file) => roleOf(file) === role));
    if (found !== null) return [found];
  }
  const other = pick(files.filter((file) => kindOf(file) === 'office' && !namedAppendix(file)));
  if (other !== null) return [other];
  const picture = files.find((file) => kindOf(file) === 'image' && isLargePicture(file));
  return picture === undefined ? [] : [{ file: picture, defects: [] }];
}

/** One of several that look the same: the only signed one, else the first, and then a person looks. */
function pick(files: readonly FileFacts[]): Main | null {
  const first = files[0];
  if (first === undefined) return null;
  const signed = files.filter((file) => file.signed);
  if (files.length === 1 || signed.length === 1) return { file: signed[0] ?? first, defects: [] };
  const detail = `chưa chắc tệp nào là văn bản chính: ${files.map((file) => `“${file.name}”`).join(', ')}`;
  return { file: first, defects: [{ code: 'MAIN_UNCERTAIN', detail }] };
}

/**
 * `unknown` = a scan that nothing tells about. A text without quốc hiệu is an appendix unless it carries a number and a
 * date of its own; one with quốc hiệu but no number is a draft that came along (dự thảo kèm Tờ trình).
 */
function roleOf(file: FileFacts): 'document' | 'draft' | 'appendix' | 'unknown' {
  const { fields } = file;
  if (fields === null) {
    if (namedAppendix(file)) return 'appendix';
    return file.nameNumber === null ? 'unknown' : 'document';
  }
  if (fields.isAppendix) return 'appendix';
  const numbered = fields.numberAndSymbol.value !== null;
  if (fields.hasMotto) return numbered ? 'document' : 'draft';
  return numbered && fields.numberAndSymbol.confidence >= 0.8 && fields.date.value !== null
    ? 'document'
    : 'appendix';
}

/** The same document twice ("443.pdf", "443.signed.pdf"): the signed one is it, then the one with a text layer. */
function withoutTwins(mains: readonly Main[]): Main[] {
  const rank = ({ file }: Main) => (file.signed ? 2 : 0) + (file.fields === null ? 0 : 1);
  return mains.filter((main) => {
    const twins = mains.filter((other) => isTwin(main.file, other.file));
    return twins.every(
      (other) =>
        other === main ||
        rank(main) > rank(other) ||
        (rank(main) === rank(other) && mains.indexOf(main) < mains.indexOf(other)),
    );
  });
}

/** Equal numbers, and equal days where both are known. */
function isTwin(a: FileFacts, b: FileFacts): boolean {
  const [left, right] = [keyOf(a), keyOf(b)];
  if (left === null || left !== right) return false;
  const [day, other] = [a.fields?.date.value ?? null, b.fields?.date.value ?? null];
  return day === null || other === null || day === other;
}

function keyOf(file: FileFacts): string | null {
  return file.fields?.numberAndSymbol.value?.key ?? file.nameNumber?.key ?? null;
}

/** The group a file belongs to: the one it shares number or name with, else the last document before it. */
function ownerOf(file: FileFacts, files: readonly FileFacts[], groups: OpenGroup[]): OpenGroup | null {
  const kind = kindOf(file);
  if (groups.length === 0 || kind === 'other' || kind === 'container') return null;
  if (kind === 'image' && !isLargePicture(file)) return null;
  const related = groups.find((group) => isRelated(file, group.file));
  if (related !== undefined) return related;
  const place = files.indexOf(file);
  const before = groups.filter(
    (group) => files.indexOf(group.file) < place && group.file.container === file.container,
  );
  return (
    before.at(-1) ?? groups.find((group) => group.file.container === file.container) ?? groups[0] ?? null
  );
}

function isRelated(file: FileFacts, main: FileFacts): boolean {
  return isTwin(file, main) || (stemOf(file) !== '' && stemOf(file) === stemOf(main));
}

function assign(file: FileFacts, group: OpenGroup, groups: number): void {
  const kind = kindOf(file);
  if ((kind === 'office' || kind === 'pdf') && isRelated(file, group.file) && !namedAppendix(file)) {
    group.sources.push(file.path);
    return;
  }
  group.appendices.push(file.path);
  if (
    kind === 'pdf' &&
    roleOf(file) === 'unknown' &&
    !group.defects.some((defect) => defect.code === 'MAIN_UNCERTAIN')
  )
    group.defects.push({
      code: 'APPENDIX_UNCERTAIN',
      detail: `chưa chắc tệp “${file.name}” là phụ lục hay là một văn bản khác`,
    });
  else if (groups > 1 && !isRelated(file, group.file))
    group.defects.push({
      code: 'APPENDIX_UNCERTAIN',
      detail: `chưa chắc tệp “${file.name}” kèm theo văn bản nào trong thư`,
    });
}

/** Pictures under this are logos and signatures of mail programs, bytes. */
const SMALL_PICTURE = 40_000;

function isLargePicture(file: FileFacts): boolean {
  return file.size >= SMALL_PICTURE;
}

function namedAppendix(file: FileFacts): boolean {
  const name = fold(normalise(file.name)).replace(/[_.-]+/g, ' ');
  return /(?:^|[ (\d])(?:PHU ?LUC|PL ?\d*|PHULUC|DANH SACH|DS|BIEU|BANG|MAU|KEM THEO|DINH KEM|DU THAO|TAI LIEU)(?:$|[ )\d])/.test(
    name,
  );
}

/** File name without endings, tool suffixes and marks. */
function stemOf(file: FileFacts): string {
  return fold(normalise(file.name))
    .replace(/(?:\.(?:SIGNED|SIGN|KYSO|PDF|DOCX?|ODT|RTF))+$/, '')
    .replace(/\b(?:SIGNED|KY SO|SCAN|BAN GOC)\b/g, '')
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim();
}

const KINDS: [RegExp, Kind][] = [
  [/^application\/pdf$/, 'pdf'],
  [/wordprocessingml|^application\/(?:msword|rtf)|^text\/rtf|opendocument\.text/, 'office'],
  [
    /spreadsheetml|presentationml|ms-excel|ms-powerpoint|opendocument\.(?:spreadsheet|presentation)|^text\/csv/,
    'sheet',
  ],
  [/^image\/(?:jpeg|png|tiff)$/, 'image'],
  [/^application\/(?:zip|x-zip|x-rar|vnd\.rar|x-7z|ms-tnef|vnd\.ms-tnef)|^message\//, 'container'],
];

/** By content; where that says only "zip" or "OLE", the name's ending tells which office format it is. */
function kindOf(file: FileFacts): Kind {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
  if (/zip|ole|octet-stream|cfb/.test(file.detectedType) && file.detectedType !== 'application/pdf') {
    if (/^(?:docx?|odt|rtf)$/.test(ending)) return 'office';
    if (/^(?:xlsx?|ods|pptx?|odp|csv)$/.test(ending)) return 'sheet';
  }
  return KINDS.find(([pattern]) => pattern.test(file.detectedType))?.[1] ?? 'other';
}
