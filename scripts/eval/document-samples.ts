/** The hand-checked truth of the document samples, and how a reading is compared with it field by field. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editDistance } from '../../documents/edit-distance.ts';

/** One line of truth.jsonl, as far as it is used; `null` = not on the document, 'unknown' = could not be read. */
export interface SampleTruth {
  file: string;
  kind: string;
  textLayer: string | null;
  so: string | null;
  kyHieu: string | null;
  soKyHieu: string | null;
  ngay: string | null;
  ngayThieu: string | null;
  tenLoai: string | null;
  trichYeu: string | null;
  coQuanBanHanh: string | null;
  coQuanChuQuan: string | null;
  diaDanh: string | null;
  kinhGui: string[] | null;
  noiNhan: string[] | null;
  quyenHanKy: string[] | null;
  chucVuNguoiKy: string | null;
  nguoiKy: string | null;
  doKhan: string | null;
  doMat: string | null;
  soTrang: number | null;
  soTrangGanDung: boolean;
  uncertain: string[] | null;
}

/** One field of a record as `congvan read --json` gives it. */
export interface ReadField {
  value: string | number | null;
  raw: string | null;
  confidence: number;
}

export type ReadRecord = Record<string, unknown>;

export type SampleKind = 'digital' | 'office' | 'scan';

export interface Comparison {
  file: string;
  kind: SampleKind;
  field: string;
  verdict: 'right' | 'wrong' | 'missing' | 'invented' | 'none';
  /** 0..1: 1 − edit distance / length; for lists F1 with items that are the same or nearly so. */
  accuracy: number;
  confidence: number;
  wanted: string;
  got: string;
}

export function readTruths(root: string): SampleTruth[] {
  return readFileSync(join(root, 'truth.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SampleTruth);
}

export function kindOf(truth: SampleTruth): SampleKind {
  if (truth.kind === 'pdf-scan') return 'scan';
  return truth.kind === 'pdf-text' ? 'digital' : 'office';
}

/** Fields with one value: name in the record, its truth. */
const SINGLE: [string, (truth: SampleTruth) => string | number | null][] = [
  ['number', (t) => t.so],
  ['symbol', (t) => t.kyHieu],
  ['numberAndSymbol', (t) => t.soKyHieu],
  ['date', (t) => t.ngay ?? t.ngayThieu],
  ['type', (t) => t.tenLoai],
  ['issuingAgency', (t) => t.coQuanBanHanh],
  ['parentAgency', (t) => t.coQuanChuQuan],
  ['place', (t) => t.diaDanh],
  ['abstract', (t) => t.trichYeu],
  ['signerName', (t) => t.nguoiKy],
  ['signerTitle', (t) => t.chucVuNguoiKy],
  ['urgency', (t) => t.doKhan],
  ['secrecy', (t) => t.doMat],
  ['pageCount', (t) => t.soTrang],
];

/** The register's words for what the record tells by its codes. */
const WORDS: Record<string, string> = {
  KHAN: 'KHẨN',
  THUONG_KHAN: 'THƯỢNG KHẨN',
  HOA_TOC: 'HỎA TỐC',
  HOA_TOC_HEN_GIO: 'HỎA TỐC HẸN GIỜ',
  MAT: 'MẬT',
  TOI_MAT: 'TỐI MẬT',
  TUYET_MAT: 'TUYỆT MẬT',
};

const LISTS: [string, (truth: SampleTruth) => string[] | null][] = [
  ['signingAuthority', (t) => t.quyenHanKy],
  ['addressees', (t) => t.kinhGui],
  ['recipients', (t) => t.noiNhan],
];

/** Fields whose table line is about characters or items, not about the whole value. */
export const BY_CHARACTER: ReadonlySet<string> = new Set(['abstract']);
export const LIST_FIELDS: ReadonlySet<string> = new Set(LISTS.map(([name]) => name));

export function compare(truth: SampleTruth, record: ReadRecord): Comparison[] {
  const common = { file: truth.file, kind: kindOf(truth) };
  const singles = SINGLE.filter(
    ([name]) => !(name === 'pageCount' && (truth.soTrang === null || truth.soTrangGanDung)),
  ).map(([name, of]) => ({
    ...common,
    field: name,
    ...compareOne(name, of(truth), record[name] as ReadField | undefined),
  }));
  const lists = LISTS.map(([name, of]) => ({
    ...common,
    field: name,
    ...compareList(of(truth) ?? [], (record[name] as ReadField[] | undefined) ?? []),
  }));
  return [...singles, ...lists].filter((one) => one.wanted !== 'unknown');
}

type Outcome = Pick<Comparison, 'verdict' | 'accuracy' | 'confidence' | 'wanted' | 'got'>;

function compareOne(name: string, truth: string | number | null, field: ReadField | undefined): Outcome {
  const said = field?.value ?? (name === 'date' ? incompleteDate(field) : null);
  const [wanted, got] = [String(truth ?? ''), WORDS[String(said)] ?? String(said ?? '')];
  const confidence = field?.confidence ?? 0;
  const accuracy = accuracyOf(wanted, got);
  return { verdict: verdictOf(wanted, got), accuracy, confidence, wanted, got };
}

/** A date without its day is `value: null, raw: "2025-05"`. */
function incompleteDate(field: ReadField | undefined): string | null {
  return /^\d{4}-\d{2}$/.test(field?.raw ?? '') ? field!.raw : null;
}

function verdictOf(wanted: string, got: string): Comparison['verdict'] {
  if (wanted === '') return got === '' ? 'none' : 'invented';
  if (got === '') return 'missing';
  return plain(wanted) === plain(got) ? 'right' : 'wrong';
}

/** Same text for the table: NFC, case and spaces folded, dashes and quotation marks of one kind. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[‐-―−]/gu, '-')
    .replace(/[“”]/gu, '"')
    .replace(/\s+/gu, '');
}

export function accuracyOf(wanted: string, got: string): number {
  const [a, b] = [plain(wanted), plain(got)];
  if (a === b) return 1;
  return Math.max(0, 1 - editDistance(a, b) / Math.max(a.length, b.length, 1));
}

/** Two items are the same when so much of their letters agrees. */
const NEARLY = 0.9;

function compareList(wanted: readonly string[], fields: readonly ReadField[]): Outcome {
  const got = fields.map((field) => String(field.value ?? ''));
  const left = [...got];
  let hits = 0;
  for (const item of wanted) {
    const best = left.findIndex((one) => accuracyOf(item, one) >= NEARLY);
    if (best < 0) continue;
    left.splice(best, 1);
    hits += 1;
  }
  const accuracy = wanted.length + got.length === 0 ? 1 : (2 * hits) / (wanted.length + got.length);
  const confidence = fields.length === 0 ? 0 : Math.min(...fields.map((field) => field.confidence));
  const verdict: Comparison['verdict'] =
    wanted.length === 0
      ? got.length === 0
        ? 'none'
        : 'invented'
      : got.length === 0
        ? 'missing'
        : accuracy === 1
          ? 'right'
          : 'wrong';
  return { verdict, accuracy, confidence, wanted: wanted.join(' | '), got: got.join(' | ') };
}
