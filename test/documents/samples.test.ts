import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sameAgency } from '../../documents/agency-name.ts';
import { fold, normalise } from '../../documents/normalise.ts';
import { type FileReading, readPdfFile } from '../../documents/read-file.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/document-samples');
const present = existsSync(join(FOLDER, 'truth.jsonl'));

interface Truth {
  file: string;
  textLayer: string | null;
  soKyHieu: string | null;
  ngay: string | null;
  tenLoai: string | null;
  trichYeu: string | null;
  coQuanBanHanh: string | null;
  nguoiKy: string | null;
  chucVuNguoiKy: string | null;
  soTrang: number;
}

const truths: Truth[] = present
  ? readFileSync(join(FOLDER, 'truth.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Truth)
      .filter((truth) => truth.file.endsWith('.pdf'))
  : [];
const digital = truths.filter((truth) => truth.textLayer === 'born-digital');
const scans = truths.filter((truth) => truth.textLayer !== 'born-digital');

const plain = (text: string | null | undefined) =>
  fold(normalise(text ?? ''))
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim();

describe.skipIf(!present)('real documents (only where ../shared/document-samples is there)', () => {
  const readings = new Map<string, FileReading>();
  beforeAll(async () => {
    for (const truth of truths) readings.set(truth.file, await readPdfFile(join(FOLDER, truth.file), []));
  });

  it('every scan is told to be pictures only, and every digital document to have text (DOMAIN 4.4)', () => {
    const taken = truths.filter((truth) => readings.get(truth.file)!.imageOnly).map((truth) => truth.file);
    expect(taken).toEqual(scans.map((truth) => truth.file));
  });

  it('counts the pages', () => {
    for (const truth of truths) expect(readings.get(truth.file)!.pageCount, truth.file).toBe(truth.soTrang);
  });

  it.each([
    ['soKyHieu', (t: Truth, r: FileReading) => r.fields?.numberAndSymbol.value?.canonical === t.soKyHieu],
    ['ngay', (t: Truth, r: FileReading) => r.fields?.date.value === t.ngay],
    ['tenLoai', (t: Truth, r: FileReading) => r.fields?.type.value === t.tenLoai],
    ['trichYeu', (t: Truth, r: FileReading) => plain(r.fields?.abstract.value) === plain(t.trichYeu)],
    [
      'coQuanBanHanh',
      (t: Truth, r: FileReading) => sameAgency(r.fields?.issuingAgency.value ?? '', t.coQuanBanHanh ?? ''),
    ],
    ['nguoiKy', (t: Truth, r: FileReading) => plain(r.fields?.signerName.value) === plain(t.nguoiKy)],
    [
      'chucVuNguoiKy',
      (t: Truth, r: FileReading) => plain(r.fields?.signerTitle.value) === plain(t.chucVuNguoiKy),
    ],
  ])('reads %s of the digital documents', (field, isRight) => {
    const right = digital.filter((truth) => isRight(truth, readings.get(truth.file)!));
    console.info(`${field}: ${right.length} of ${digital.length} right`);
    expect(right.length).toBe(digital.length);
  });

  it('what was read surely is right: no wrong number or date at 0.95 or more', () => {
    for (const truth of digital) {
      const { numberAndSymbol, date } = readings.get(truth.file)!.fields!;
      if (numberAndSymbol.confidence >= 0.95) expect(numberAndSymbol.value?.canonical).toBe(truth.soKyHieu);
      if (date.confidence >= 0.95) expect(date.value).toBe(truth.ngay);
    }
  });
});
