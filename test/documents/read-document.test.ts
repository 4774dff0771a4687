import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheapText, isImageOnly } from '../../documents/cheap-text.ts';
import type { LetterBody } from '../../documents/letter-evidence.ts';
import { type FileToRead, readDocuments } from '../../documents/read-document.ts';
import { type TinyText, tinyPdf } from '../support/tiny-pdf.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cv-read-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Letter {
  agency?: string[];
  number?: string;
  date?: string;
  title?: string;
  abstract?: string[];
  subject?: string[];
  signer?: string[];
  more?: TinyText[];
  motto?: boolean;
}

const left = (text: string, y: number, bold = false): TinyText => ({
  text,
  x: 160 - text.length * 3.25,
  y,
  bold,
});
const right = (text: string, y: number, bold = false): TinyText => ({
  text,
  x: 420 - text.length * 3.25,
  y,
  bold,
});
const middle = (text: string, y: number, bold = true): TinyText => ({
  text,
  x: 310 - text.length * 3.25,
  y,
  bold,
});

/** One page laid out after N30 PL I: two columns, title or "V/v", body, Nơi nhận and signer. */
function page(letter: Letter): TinyText[] {
  const agency = letter.agency ?? ['UBND TỈNH MẪU', 'SỞ NỘI VỤ'];
  return [
    ...agency.map((line, index) => left(line, 780 - index * 16, index === agency.length - 1)),
    ...(letter.motto === false
      ? []
      : [
          right('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 780, true),
          right('Độc lập - Tự do - Hạnh phúc', 764, true),
        ]),
    ...(letter.number === undefined ? [] : [left(letter.number, 730)]),
    ...(letter.date === undefined ? [] : [right(letter.date, 730)]),
    ...(letter.subject ?? []).map((line, index) => left(line, 712 - index * 14)),
    ...(letter.title === undefined ? [] : [middle(letter.title, 680)]),
    ...(letter.abstract ?? []).map((line, index) => middle(line, 664 - index * 15)),
    middle('Kính gửi: Ủy ban nhân dân huyện Thử', 590, false),
    ...[0, 1, 2, 3].map((row) => ({
      text: 'Thực hiện Quyết định số 99/QĐ-UBND ngày 01 tháng 02 năm 2020 của tỉnh Mẫu',
      x: 85,
      y: 550 - row * 18,
    })),
    { text: 'Nơi nhận:', x: 85, y: 300, bold: true },
    { text: '- Như trên;', x: 85, y: 285 },
    { text: '- Lưu: VT, TCBC.', x: 85, y: 270 },
    ...(letter.signer ?? ['KT. GIÁM ĐỐC', 'PHÓ GIÁM ĐỐC']).map((line, index) =>
      right(line, 300 - index * 16, true),
    ),
    right('Trần Thị Thử', 190, true),
    ...(letter.more ?? []),
  ];
}

const DECISION: Letter = {
  number: 'Số: 443/QĐ-SNV',
  date: 'Mẫu, ngày 20 tháng 11 năm 2026',
  title: 'QUYẾT ĐỊNH',
  abstract: ['Về việc ban hành Quy chế', 'văn thư điện tử'],
};
const LETTER: Letter = {
  number: 'Số: 123/SNV-TCBC',
  date: 'Mẫu, ngày 05 tháng 3 năm 2026',
  subject: ['V/v báo cáo công tác', 'văn thư năm 2026'],
};

type Extra = Partial<Omit<FileToRead, 'file'>>;

async function file(name: string, content: Letter | Buffer, extra: Extra = {}): Promise<FileToRead> {
  const bytes = Buffer.isBuffer(content) ? content : tinyPdf([page(content)]);
  const path = join(folder, `${Math.random().toString(36).slice(2)}`);
  await writeFile(path, bytes);
  const rest = {
    path: name,
    detectedType: 'application/pdf',
    size: bytes.length,
    container: null,
    signers: [],
    ...extra,
  };
  return { name, file: path, ...rest };
}

const AGENCIES = [
  { name: 'Sở Nội vụ tỉnh Mẫu', shortNames: ['Sở Nội vụ'], symbols: ['SNV'] },
  { name: 'Ủy ban nhân dân tỉnh Mẫu', shortNames: ['UBND tỉnh Mẫu'], symbols: ['UBND'] },
];

function read(files: FileToRead[], words: { subject?: string; body?: string; letterBody?: LetterBody } = {}) {
  return readDocuments({ subject: '', body: '', letterBody: null, agencies: AGENCIES, files, ...words });
}

async function one(...args: Parameters<typeof read>) {
  const { documents } = await read(...args);
  expect(documents).toHaveLength(1);
  return documents[0]!;
}

const SCAN = tinyPdf([[]], { picture: true });
const XLSX = { detectedType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };
const DOCX = { detectedType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' };

describe('fields from the text layer (DOMAIN 4.3)', () => {
  it('a titled document', async () => {
    const document = await one([await file('qd.pdf', DECISION)]);
    expect(document.numberAndSymbol.value?.canonical).toBe('443/QĐ-SNV');
    expect(document.date.value).toBe('2026-11-20');
    expect(document.type.value).toBe('Quyết định');
    expect(document.abstract.value).toBe('Về việc ban hành Quy chế văn thư điện tử');
    expect(document.issuingAgency.value).toBe('SỞ NỘI VỤ');
    expect(document.signerName.value).toBe('Trần Thị Thử');
    expect(document.signerTitle.value).toBe('PHÓ GIÁM ĐỐC');
    expect(document.urgency.value).toBe('THUONG');
    expect(document).toMatchObject({
      pageCount: 1,
      imageOnly: false,
      copyLine: false,
      draft: false,
      defects: [],
    });
    for (const found of [document.numberAndSymbol, document.date, document.type])
      expect(found.confidence).toBeGreaterThanOrEqual(0.95);
  });

  it('a công văn with its V/v under the number', async () => {
    const document = await one([await file('cv.pdf', LETTER)]);
    expect(document.type.value).toBe('Công văn');
    expect(document.abstract.value).toBe('V/v báo cáo công tác văn thư năm 2026');
    expect(document.numberAndSymbol.value?.canonical).toBe('123/SNV-TCBC');
  });

  it('number and day that the signing tool drew as annotations', async () => {
    const document = await one([
      await file('cv.pdf', {
        ...LETTER,
        number: 'Số:      /SNV-TCBC',
        date: 'Mẫu, ngày     tháng 3 năm 2026',
        more: [
          { text: '87', x: 133, y: 730, size: 11, stamp: true },
          { text: '05', x: 385, y: 730, size: 11, stamp: true },
        ],
      }),
    ]);
    expect(document.numberAndSymbol.value?.canonical).toBe('87/SNV-TCBC');
    expect(document.date.value).toBe('2026-03-05');
    expect(document.draft).toBe(false);
  });

  it('the ĐẾN stamp of a receiver is neither number nor date', async () => {
    const document = await one([
      await file('cv.pdf', {
        ...LETTER,
        number: 'Số:      /SNV-TCBC',
        more: [
          { text: 'ĐẾN', x: 150, y: 700, bold: true },
          { text: 'Số: 4456', x: 140, y: 686 },
          { text: 'Ngày: 10/3/2026', x: 115, y: 672 },
          { text: 'Chuyển: VX', x: 115, y: 658 },
        ],
        subject: [],
      }),
    ]);
    expect(document.numberAndSymbol.value).toBeNull();
    expect(document.draft).toBe(true);
    expect(document.date.value).toBe('2026-03-05');
    expect(document.defects.map((defect) => defect.code)).toContain('NO_NUMBER');
  });

  it.each([
    [
      'one agency without chủ quản, over two lines',
      ['ỦY BAN NHÂN DÂN', 'TỈNH MẪU'],
      'ỦY BAN NHÂN DÂN TỈNH MẪU',
    ],
    [
      'an office of a committee',
      ['VĂN PHÒNG', 'ỦY BAN NHÂN DÂN TỈNH MẪU'],
      'VĂN PHÒNG ỦY BAN NHÂN DÂN TỈNH MẪU',
    ],
    [
      'a department under a committee',
      ['UBND TỈNH MẪU', 'SỞ TÀI NGUYÊN VÀ', 'MÔI TRƯỜNG'],
      'SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG',
    ],
  ])('the issuer: %s, all in one weight', async (_, agency, name) => {
    const texts = page({ ...LETTER, agency }).map((text) =>
      agency.includes(text.text) ? { ...text, bold: true } : text,
    );
    const document = await one([await file('cv.pdf', tinyPdf([texts]))]);
    expect(document.issuingAgency.value).toBe(name);
  });

  it.each([
    [['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'], 'CHỦ TỊCH'],
    [['TM. ỦY BAN NHÂN DÂN', 'KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'], 'PHÓ CHỦ TỊCH'],
    [['TL. CHỦ TỊCH', 'CHÁNH VĂN PHÒNG'], 'CHÁNH VĂN PHÒNG'],
    [['TUQ. CHỦ TỊCH', 'GIÁM ĐỐC SỞ NỘI VỤ'], 'GIÁM ĐỐC SỞ NỘI VỤ'],
    [['Q. GIÁM ĐỐC'], 'GIÁM ĐỐC'],
    [['CHỦ TỊCH'], 'CHỦ TỊCH'],
  ])('the signer below %j', async (signer, title) => {
    const document = await one([await file('cv.pdf', { ...LETTER, signer })]);
    expect(document.signerTitle.value).toBe(title);
    expect(document.signerName.value).toBe('Trần Thị Thử');
  });

  it('HỎA TỐC on a line of its own, and the SAO Y corner line', async () => {
    const document = await one([
      await file('cv.pdf', {
        ...LETTER,
        more: [
          left('HỎA TỐC', 640, true),
          { text: 'SAO Y; SỞ NỘI VỤ TỈNH MẪU; 20/11/2026', x: 330, y: 820, size: 9, stamp: true },
        ],
      }),
    ]);
    expect(document.urgency.value).toBe('HOA_TOC');
    expect(document.copyLine).toBe(true);
  });

  it('text over a picture is OCR of some scanner: never sure enough to be entered without a person', async () => {
    const document = await one([await file('qd.pdf', tinyPdf([page(DECISION)], { picture: true }))]);
    expect(document.numberAndSymbol.value?.canonical).toBe('443/QĐ-SNV');
    expect(document.numberAndSymbol.confidence).toBeLessThan(0.9);
  });

  it('symbol and title that name different types are told', async () => {
    const document = await one([await file('qd.pdf', { ...DECISION, title: 'THÔNG BÁO' })]);
    expect(document.type.value).toBe('Thông báo');
    expect(document.type.confidence).toBeLessThan(0.9);
    expect(document.defects.map((defect) => defect.code)).toContain('TYPE_DISAGREES');
  });
});

describe('which file is the document (INT-03, DOMAIN 4.5)', () => {
  it('two công văn are two documents', async () => {
    const { documents, unassigned } = await read([
      await file('a.pdf', LETTER),
      await file('b.pdf', DECISION),
    ]);
    expect(documents.map((document) => document.main)).toEqual(['a.pdf', 'b.pdf']);
    expect(unassigned).toEqual([]);
  });

  it('one công văn with phụ lục.xlsx is one document', async () => {
    const files = [await file('phụ lục.xlsx', Buffer.from('x'), XLSX), await file('cv.pdf', LETTER)];
    expect(await one(files)).toMatchObject({
      main: 'cv.pdf',
      appendices: ['phụ lục.xlsx'],
      sources: [],
      defects: [],
    });
  });

  it('the Word file with the same number is its source, never the original (GL 3.6)', async () => {
    const files = [
      await file('123-SNV-TCBC.docx', Buffer.from('x'), DOCX),
      await file('cong van.pdf', LETTER),
      await file('mẫu báo cáo.docx', Buffer.from('x'), DOCX),
    ];
    expect(await one(files)).toMatchObject({
      main: 'cong van.pdf',
      sources: ['123-SNV-TCBC.docx'],
      appendices: ['mẫu báo cáo.docx'],
    });
  });

  it('a text without quốc hiệu, and one that starts with Phụ lục, are appendices', async () => {
    const appendix = tinyPdf([
      [
        middle('PHỤ LỤC I', 780),
        ...[0, 1, 2].map((row) => ({
          text: 'Danh sách các đơn vị thuộc tỉnh Mẫu được giao',
          x: 85,
          y: 700 - row * 20,
        })),
      ],
    ]);
    const table = tinyPdf([
      [0, 1, 2].map((row) => ({
        text: 'Bảng tổng hợp kinh phí của các đơn vị năm 2026',
        x: 85,
        y: 700 - row * 20,
      })),
    ]);
    const files = [await file('1.pdf', appendix), await file('2.pdf', LETTER), await file('3.pdf', table)];
    expect(await one(files)).toMatchObject({ main: '2.pdf', appendices: ['1.pdf', '3.pdf'] });
  });

  it('a draft without number comes along with the Tờ trình', async () => {
    const draft = { ...DECISION, number: 'Số:      /QĐ-UBND', date: 'Mẫu, ngày     tháng     năm 2026' };
    const files = [
      await file('du thao.pdf', draft),
      await file('tt.pdf', { ...DECISION, number: 'Số: 7/TTr-SNV', title: 'TỜ TRÌNH' }),
    ];
    expect(await one(files)).toMatchObject({ main: 'tt.pdf', appendices: ['du thao.pdf'] });
  });

  it('the signed one of two copies is the document', async () => {
    const signers = [{ name: 'Sở Nội vụ', holder: 'organisation' }];
    const files = [await file('443.pdf', DECISION), await file('443.signed.pdf', DECISION, { signers })];
    expect(await one(files)).toMatchObject({ main: '443.signed.pdf', sources: ['443.pdf'] });
  });

  it('members of a zip are candidates; the zip itself is neither document nor left over', async () => {
    const zip = await file('1.zip', Buffer.from('PK'), { detectedType: 'application/zip', path: '1' });
    const inside = await file('cv.pdf', LETTER, { path: '1/1', container: '1' });
    const { documents, unassigned } = await read([zip, inside]);
    expect(documents.map((document) => document.main)).toEqual(['1/1']);
    expect(unassigned).toEqual([]);
  });

  it('a scan beside a document may be another document: a person is asked', async () => {
    const document = await one([await file('cv.pdf', LETTER), await file('scan0001.pdf', SCAN)]);
    expect(document.appendices).toEqual(['scan0001.pdf']);
    expect(document.defects.map((defect) => defect.code)).toEqual(['APPENDIX_UNCERTAIN']);
  });

  it('two scans that nothing tells apart: a person is asked', async () => {
    const document = await one([await file('a.pdf', SCAN), await file('b.pdf', SCAN)]);
    expect(document.defects.map((defect) => defect.code)).toContain('MAIN_UNCERTAIN');
  });

  it('logos and calendars belong to nothing', async () => {
    const { unassigned } = await read([
      await file('cv.pdf', LETTER),
      await file('logo.png', Buffer.alloc(500), { detectedType: 'image/png' }),
      await file('lich.ics', Buffer.alloc(500), { detectedType: 'text/calendar' }),
    ]);
    expect(unassigned).toEqual(['logo.png', 'lich.ics']);
  });
});

describe('fields from the letter, where the document is a picture (DOMAIN 4)', () => {
  const letterBody: LetterBody = {
    soKyHieu: '123/SNV-TCBC',
    ngayVanBan: '05/3/2026',
    tenLoai: 'Công văn',
    trichYeu: 'V/v báo cáo công tác văn thư năm 2026',
    nguoiKy: 'Trần Thị Thử',
    chucVu: 'PHÓ GIÁM ĐỐC',
    doKhan: 'Hỏa tốc',
  };
  const subject = '[HỎA TỐC] 123/SNV-TCBC – Sở Nội vụ tỉnh Mẫu: Báo cáo công tác văn thư năm 2026';
  const body =
    'Kính gửi: UBND huyện Thử\n\nSở Nội vụ tỉnh Mẫu gửi Quý cơ quan văn bản điện tử:\n- Số, ký hiệu: 123/SNV-TCBC';

  it('a body that agrees with the subject is believed more than one alone', async () => {
    const both = await one([await file('vb.pdf', SCAN)], { subject, body, letterBody });
    const alone = await one([await file('vb.pdf', SCAN)], { subject: 'Gửi công văn', body, letterBody });
    expect(both.imageOnly).toBe(true);
    expect(both.numberAndSymbol).toMatchObject({ method: 'letter-body', confidence: 0.92 });
    expect(alone.numberAndSymbol).toMatchObject({ method: 'letter-body', confidence: 0.9 });
    expect(both.date).toMatchObject({ value: '2026-03-05', confidence: 0.92 });
    expect(both.type.value).toBe('Công văn');
    expect(both.abstract).toMatchObject({ value: 'V/v báo cáo công tác văn thư năm 2026', confidence: 0.92 });
    expect(both.issuingAgency).toMatchObject({ value: 'Sở Nội vụ tỉnh Mẫu', confidence: 0.92 });
    expect(both.signerName).toMatchObject({ value: 'Trần Thị Thử', confidence: 0.92 });
    expect(both.urgency.value).toBe('HOA_TOC');
    expect(both.defects).toEqual([]);
  });

  it('the subject alone, and the file name alone, are hints', async () => {
    const named = await one([await file('vb.pdf', SCAN)], { subject });
    expect(named.numberAndSymbol).toMatchObject({ method: 'subject', confidence: 0.7 });
    const file1 = await one([await file('123_SNV-TCBC.pdf', SCAN)]);
    expect(file1.numberAndSymbol).toMatchObject({ method: 'file-name', confidence: 0.5 });
    expect(file1.numberAndSymbol.value?.key).toBe(named.numberAndSymbol.value?.key);
  });

  it.each<[string, Letter | Buffer, string, LetterBody | null]>([
    ['text and letter', LETTER, '', { ...letterBody, soKyHieu: '124/SNV-TCBC' }],
    ['letter and subject', SCAN, '124/SNV-TCBC – Sở Nội vụ tỉnh Mẫu: Báo cáo', letterBody],
    ['text and subject', LETTER, '124/SNV-TCBC – Sở Nội vụ tỉnh Mẫu: Báo cáo', null],
  ])('%s that name different numbers are a defect', async (_, content, said, stated) => {
    const document = await one([await file('vb.pdf', content)], {
      subject: said,
      ...(stated ? { letterBody: stated } : {}),
    });
    expect(document.defects.map((defect) => defect.code)).toContain('NUMBER_DISAGREES');
    expect(document.numberAndSymbol.confidence).toBeLessThan(0.9);
  });

  it('a number of another document in the subject is no contradiction', async () => {
    const document = await one([await file('vb.pdf', LETTER)], {
      subject: 'V/v trả lời Công văn số 77/UBND-NC của UBND tỉnh Mẫu',
    });
    expect(document.defects).toEqual([]);
    expect(document.numberAndSymbol.value?.canonical).toBe('123/SNV-TCBC');
  });

  it('certificates name issuer and signer of a scan, and contradict a wrong name', async () => {
    const signers = [
      { name: 'Sở Nội vụ tỉnh Mẫu', holder: 'organisation' },
      { name: 'Trần Thị Thử', holder: 'person' },
    ];
    const scan = await one([await file('vb.pdf', SCAN, { signers })]);
    expect(scan.issuingAgency).toMatchObject({ value: 'Sở Nội vụ tỉnh Mẫu', method: 'certificate' });
    expect(scan.signerName).toMatchObject({ value: 'Trần Thị Thử', method: 'certificate' });
    const wrong = await one([
      await file('vb.pdf', LETTER, { signers: [{ name: 'Lê Văn Khác', holder: 'person' }] }),
    ]);
    expect(wrong.defects.map((defect) => defect.code)).toContain('SIGNER_DISAGREES');
  });
});

describe('files that cannot be read, and secrecy (DOMAIN 8.2)', () => {
  it('a broken PDF is a document with a defect, never an exception', async () => {
    const document = await one([await file('123_SNV-TCBC.pdf', Buffer.from('%PDF-1.7 nothing'))]);
    expect(document.defects.map((defect) => defect.code)).toContain('PDF_BROKEN');
    expect(document.pageCount).toBeNull();
  });

  it('a mark of its own line on page 1 is found by the cheap look and by the reading', async () => {
    const secret = await file('cv.pdf', { ...LETTER, more: [left('MẬT', 650, true)] });
    expect((await cheapText(secret.file)).split('\n')).toContain('MẬT');
    const { secrecy } = await read([secret]);
    expect(secrecy).toEqual([{ level: 'MAT', where: 'text-layer', part: 'cv.pdf' }]);
  });

  it('a mark that an annotation draws is found too', async () => {
    const secret = await file('cv.pdf', {
      ...LETTER,
      more: [{ text: 'TỐI MẬT', x: 90, y: 650, stamp: true }],
    });
    expect((await read([secret])).secrecy).toMatchObject([{ level: 'TOI_MAT' }]);
  });

  it('the cheap look at a broken file or a scan is empty', async () => {
    expect(await cheapText((await file('x.pdf', Buffer.from('nothing'))).file)).toBe('');
    const scan = await file('x.pdf', SCAN);
    expect(await cheapText(scan.file)).toBe('');
    expect(await isImageOnly(scan.file)).toBe(true);
  });

  it('a page with nothing but what a signing tool printed is a picture (DOMAIN 4.4)', async () => {
    const lines = [
      'Ký bởi: Ủy ban nhân dân tỉnh Mẫu',
      'Cơ quan: Ủy ban nhân dân tỉnh Mẫu',
      'Thời gian ký: 20/11/2026 15:04:05',
    ];
    const texts = lines.map((text, index) => ({ text, x: 300, y: 800 - index * 14, size: 9 }));
    expect(await isImageOnly((await file('x.pdf', tinyPdf([texts]))).file)).toBe(true);
  });
});
