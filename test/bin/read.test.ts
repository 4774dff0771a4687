import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeOfficialPdf, type OfficialLetter } from '../../scripts/province/documents.ts';
import { congvan, temporaryFolder } from '../support/congvan-cli.ts';

const folder = temporaryFolder('read-command');
const LETTER: OfficialLetter = {
  issuer: 'SỞ NỘI VỤ',
  parent: 'UBND TỈNH MẪU',
  number: '05',
  symbol: 'TTr-SNV',
  place: 'Mẫu',
  date: '2026-09-07',
  type: 'TỜ TRÌNH',
  abstract: 'Về việc kiện toàn tổ công tác',
  addressees: ['Ủy ban nhân dân tỉnh Mẫu'],
  body: ['Căn cứ Quyết định số 99/QĐ-UBND ngày 01/02/2026, Sở Nội vụ kính trình.'],
  signingAuthority: ['KT. GIÁM ĐỐC'],
  signerTitle: 'PHÓ GIÁM ĐỐC',
  signerName: 'Trần Thị Thử',
  recipients: ['Như trên', 'Lưu: VT, TCBC'],
};

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'to-trinh.pdf'), await makeOfficialPdf(LETTER));
writeFileSync(join(folder, 'hong.pdf'), '%PDF-1.7 không phải PDF');
writeFileSync(join(folder, 'la.bin'), Buffer.from([1, 2, 3, 0, 255]));

describe('congvan read', () => {
  it('gives one object a file with every field, its place and how sure it is', async () => {
    const { stdout, code } = await congvan(['read', 'to-trinh.pdf', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const record = JSON.parse(stdout.trim());
    const values = (list: { value: string }[]) => list.map((one) => one.value);
    expect(record).toMatchObject({
      file: 'to-trinh.pdf',
      issuingAgency: { value: 'SỞ NỘI VỤ' },
      parentAgency: { value: 'UBND TỈNH MẪU' },
      number: { value: '05' },
      symbol: { value: 'TTr-SNV' },
      numberAndSymbol: { value: '05/TTr-SNV', page: 1, method: 'text-layer' },
      place: { value: 'Mẫu' },
      date: { value: '2026-09-07' },
      type: { value: 'Tờ trình' },
      abstract: { value: 'Về việc kiện toàn tổ công tác' },
      signerTitle: { value: 'PHÓ GIÁM ĐỐC' },
      signerName: { value: 'Trần Thị Thử' },
      urgency: { value: null },
      secrecy: { value: null },
      pageCount: { value: 1 },
      textSource: 'text-layer',
      language: 'vi',
      defects: [],
    });
    expect(values(record.addressees)).toEqual(['Ủy ban nhân dân tỉnh Mẫu']);
    expect(values(record.recipients)).toEqual(['Như trên', 'Lưu: VT, TCBC']);
    expect(values(record.signingAuthority)).toEqual(['KT. GIÁM ĐỐC']);
    const [x0, y0, x1, y1] = record.numberAndSymbol.box;
    expect(0 < x0 && x0 < x1 && x1 < 0.5 && 0 < y0 && y0 < y1 && y1 < 0.3).toBe(true);
    expect(record.elapsedMs).toBeGreaterThan(0);
  });

  it('tells a person in Vietnamese', async () => {
    const { stdout } = await congvan(['read', 'to-trinh.pdf'], { cwd: folder });
    expect(stdout).toContain('Số, ký hiệu       05/TTr-SNV');
    expect(stdout).toContain('Người ký          Trần Thị Thử');
  });

  it('a file that cannot be read is a record with what was wrong; one that is not there an error', async () => {
    const { stdout, code } = await congvan(['read', 'hong.pdf', 'la.bin', 'khong-co.pdf', '--json'], {
      cwd: folder,
    });
    expect(code).toBe(1);
    const [broken, strange, missing] = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(broken.defects).not.toEqual([]);
    expect(broken.number.value).toBeNull();
    expect(strange.defects[0].code).toBe('FORMAT_UNREAD');
    expect(missing).toMatchObject({ file: 'khong-co.pdf', error: { code: 'READER_IO' } });
  });

  it('needs a file', async () => {
    expect((await congvan(['read'])).code).toBe(2);
  });
});
