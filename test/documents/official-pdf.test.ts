import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPdfFile } from '../../documents/read-file.ts';
import { makeOfficialPdf, type OfficialLetter } from '../../scripts/province/documents.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cv-official-'));
});
afterAll(() => rm(folder, { recursive: true }));

const LETTER: OfficialLetter = {
  issuer: 'SỞ NỘI VỤ',
  parent: 'UBND TỈNH MẪU',
  number: '125',
  symbol: 'SNV-TCBC',
  place: 'Mẫu',
  date: '2026-09-07',
  type: null,
  abstract: 'báo cáo kết quả thực hiện công tác văn thư, lưu trữ năm 2026 trên địa bàn tỉnh Mẫu',
  addressees: ['Ủy ban nhân dân các huyện'],
  body: [
    'Thực hiện Quyết định số 99/QĐ-UBND ngày 01/02/2026 của Ủy ban nhân dân tỉnh Mẫu, đề nghị các đơn vị báo cáo.',
  ],
  signingAuthority: ['KT. GIÁM ĐỐC'],
  signerTitle: 'PHÓ GIÁM ĐỐC',
  signerName: 'Trần Thị Thử',
  recipients: ['Như trên', 'Lưu: VT, TCBC'],
};

async function read(letter: OfficialLetter) {
  const path = join(folder, `${letter.symbol}${letter.type ?? ''}${letter.scan ?? ''}.pdf`);
  await writeFile(path, await makeOfficialPdf(letter));
  return readPdfFile(path, []);
}

describe('documents set in a real font after N30 PL I', () => {
  it.each<[string, Partial<OfficialLetter>, string, string]>([
    ['công văn', {}, 'Công văn', '125/SNV-TCBC'],
    ['quyết định', { type: 'QUYẾT ĐỊNH', symbol: 'QĐ-SNV' }, 'Quyết định', '125/QĐ-SNV'],
    ['tờ trình', { type: 'TỜ TRÌNH', symbol: 'TTr-SNV' }, 'Tờ trình', '125/TTr-SNV'],
  ])('a %s gives all its fields, surely', async (_, change, type, number) => {
    const { fields } = await read({ ...LETTER, ...change });
    expect(fields?.numberAndSymbol.value?.canonical).toBe(number);
    expect(fields?.date.value).toBe('2026-09-07');
    expect(fields?.type.value).toBe(type);
    expect(fields?.abstract.value).toContain(
      'báo cáo kết quả thực hiện công tác văn thư, lưu trữ năm 2026 trên địa bàn tỉnh Mẫu',
    );
    expect(fields?.issuingAgency.value).toBe('SỞ NỘI VỤ');
    expect(fields?.signerName.value).toBe('Trần Thị Thử');
    expect(fields?.signerTitle.value).toBe('PHÓ GIÁM ĐỐC');
    for (const found of [
      fields!.numberAndSymbol,
      fields!.date,
      fields!.type,
      fields!.abstract,
      fields!.issuingAgency,
      fields!.signerName,
      fields!.signerTitle,
    ])
      expect(found.confidence).toBeGreaterThanOrEqual(0.9);
    expect(fields?.defects).toEqual([]);
  });

  it('a committee without chủ quản, hỏa tốc', async () => {
    const { fields } = await read({
      ...LETTER,
      issuer: 'ỦY BAN NHÂN DÂN TỈNH MẪU',
      parent: null,
      symbol: 'UBND-NC',
      urgency: 'HỎA TỐC',
    });
    expect(fields?.issuingAgency.value).toBe('ỦY BAN NHÂN DÂN TỈNH MẪU');
    expect(fields?.urgency.value).toBe('HOA_TOC');
  });

  it('its scan is told to be a picture', async () => {
    expect(await read({ ...LETTER, scan: true })).toMatchObject({ imageOnly: true, fields: null });
  });
});
