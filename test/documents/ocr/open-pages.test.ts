import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument, type PDFPage } from '@cantoo/pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fold } from '../../../documents/normalise.ts';
import type { OcrEngine } from '../../../documents/ocr/engine.ts';
import { OCR_LIMITS, type OcrLimits } from '../../../documents/ocr/limits.ts';
import { openPages } from '../../../documents/ocr/open-pages.ts';
import type { PageText } from '../../../documents/ocr/page-text.ts';
import { boxAsShown } from '../../../documents/ocr/page-turn.ts';
import { openTesseractWasm } from '../../../documents/ocr/tesseract-wasm.ts';
import { makeOfficialPdf, type OfficialLetter } from '../../../scripts/province/documents.ts';
import { pngOf, type ScanFlaws, scanOf } from '../../../scripts/province/scan-pages.ts';
import { tiff } from '../../support/images.ts';

const LETTER: OfficialLetter = {
  issuer: 'SỞ NỘI VỤ',
  parent: 'UBND TỈNH MẪU',
  number: '125',
  symbol: 'QĐ-SNV',
  place: 'Mẫu',
  date: '2026-09-17',
  type: 'QUYẾT ĐỊNH',
  abstract: 'Về việc ban hành quy chế công tác văn thư, lưu trữ',
  addressees: [],
  body: ['Thực hiện chương trình công tác năm 2026, Sở Nội vụ ban hành quy chế kèm theo quyết định này.'],
  signingAuthority: ['KT. GIÁM ĐỐC'],
  signerTitle: 'PHÓ GIÁM ĐỐC',
  signerName: 'Trần Thị Thử',
  recipients: ['Như trên', 'Lưu: VT'],
};

let folder = '';
let engine: OcrEngine;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cv-ocr-'));
  engine = await openTesseractWasm();
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function fileOf(bytes: Uint8Array, type: string): Promise<{ path: string; type: string }> {
  files += 1;
  const path = join(folder, `${files}`);
  await writeFile(path, bytes);
  return { path, type };
}

async function scanned(flaws: ScanFlaws, dpi = 200): Promise<{ path: string; type: string }> {
  return fileOf(pngOf(await scanOf(LETTER, flaws, dpi)), 'image/png');
}

async function read(file: { path: string; type: string }, limits: OcrLimits = OCR_LIMITS) {
  const pages = await openPages(file, { engine, limits });
  try {
    const page = await pages.readPage(1);
    return { page, defects: [...pages.defects] };
  } finally {
    await pages.close();
  }
}

function textOf(page: PageText): string {
  return page.lines.map((line) => line.text).join('\n');
}

/** Spaces between words are the least sure of all. */
function tight(text: string): string {
  return text.replace(/\s/g, '');
}

const FIELDS = [
  '125/QĐ-SNV',
  'ngày 17 tháng 9 năm 2026',
  'công tác văn thư, lưu trữ',
  'Trần Thị Thử',
  'Như trên',
];

describe('a scanned page', () => {
  it.each<[string, ScanFlaws]>([
    ['as it is', {}],
    ['slanted by 2.4 degrees', { skew: 2.4 }],
    ['slanted the other way by 4 degrees', { skew: -4 }],
    ['on its left side', { quarter: 270 }],
    ['on its right side', { quarter: 90 }],
    ['upside down and slanted', { quarter: 180, skew: 1 }],
    ['with specks and in shadow', { noise: 0.002, shadow: 0.55 }],
    ['with a red seal and a blue signature over the signer', { seal: [0.64, 0.31] }],
  ])('%s gives its text', async (_name, flaws) => {
    const { page, defects } = await read(await scanned(flaws));
    expect(defects).toEqual([]);
    expect(page.source).toBe('ocr');
    for (const field of FIELDS) expect(tight(textOf(page))).toContain(tight(field));
  });

  it('says how it was turned, and where its words stand on the page as shown', async () => {
    const { page } = await read(await scanned({ quarter: 90 }));
    expect(page.turn.quarter).toBe(270);
    const number = page.lines.find((line) => line.text.includes('125/'))!;
    const [x0, y0, x1, y1] = boxAsShown(page, number.box);
    // The left top of the upright page is the right top of one that lies on its right side.
    expect(x0).toBeGreaterThan(0.75);
    expect(x1).toBeLessThan(1);
    expect(y1 - y0).toBeGreaterThan(x1 - x0);
    expect(y0).toBeLessThan(0.4);
  });

  it('keeps the titles under a seal of red ink, and gives nothing of the seal', async () => {
    const { page } = await read(await scanned({ seal: [0.7, 0.27] }));
    expect(textOf(page)).toContain('KT. GIÁM ĐỐC');
    expect(textOf(page)).toContain('PHÓ GIÁM ĐỐC');
  });

  it('gives head and foot without the middle when only they are asked for', async () => {
    const body = Array.from(
      { length: 14 },
      (_, index) => `Điều khoản thứ ${index + 1} của quy chế công tác văn thư.`,
    );
    const sheet = await scanOf({ ...LETTER, body }, {});
    const pages = await openPages(await fileOf(pngOf(sheet), 'image/png'), { engine });
    const head = textOf(await pages.readPage(1, 'head'));
    const both = textOf(await pages.readPage(1, 'foot'));
    await pages.close();
    expect(head).toContain('125/QĐ-SNV');
    expect(head).not.toContain('Trần Thị Thử');
    expect(both).toContain('125/QĐ-SNV');
    expect(both).toContain('Trần Thị Thử');
  });

  it('says of each line how sure it is', async () => {
    const { page } = await read(await scanned({}));
    const motto = page.lines.find((line) => line.text.startsWith('CỘNG'))!;
    expect(motto.confidence).toBeGreaterThan(0.6);
    expect(motto.confidence).toBeLessThanOrEqual(1);
  });

  it('reads a region again when asked, with the letters that may stand there', async () => {
    const pages = await openPages(await scanned({}), { engine });
    const page = await pages.readPage(1, 'head');
    const number = page.lines.find((line) => line.text.includes('125/'))!;
    const lines = await pages.readRegion(1, number.box, { line: true, letters: '0123456789' });
    await pages.close();
    expect(lines.map((line) => line.text).join('')).toMatch(/125/);
    expect(Math.abs(lines[0]!.box[1] - number.box[1])).toBeLessThan(0.01);
  });
});

describe('a TIFF', () => {
  it('gives its text', async () => {
    const { width, height, pixels } = await scanOf(LETTER, {});
    const shade = (x: number, y: number) => (pixels[(y * width + x) * 3]! < 190 ? 0 : 255);
    const { page } = await read(await fileOf(tiff([{ width, height, shade }], 'lzw'), 'image/tiff'));
    for (const field of FIELDS) expect(tight(textOf(page))).toContain(tight(field));
  });
});

describe('a rubber stamp', () => {
  it.each([0, -35])('HỎA TỐC turned by %d degrees is read from the red ink', async (degrees) => {
    const { page } = await read(await scanned({ stamp: { text: 'HỎA TỐC', degrees } }));
    const line = page.lines.find((one) => fold(one.text).includes('HOA TOC'));
    expect(line?.stamped).toBe(true);
    for (const field of FIELDS) expect(tight(textOf(page))).toContain(tight(field));
  });
});

describe('a page with text of its own', () => {
  it('is not recognised', async () => {
    const { page } = await read(await fileOf(await makeOfficialPdf(LETTER), 'application/pdf'));
    expect(page.source).toBe('text-layer');
    expect(page.words.every((word) => word.confidence === 1)).toBe(true);
    expect(textOf(page)).toContain('125/QĐ-SNV');
  });
});

describe('a scan with a text layer over it', () => {
  async function layered(draw: (page: PDFPage) => void, base?: Uint8Array) {
    const sheet = await scanOf(LETTER, {});
    const pdf = base === undefined ? await PDFDocument.create() : await PDFDocument.load(base);
    const image = await pdf.embedPng(pngOf(sheet));
    const page = pdf.getPageCount() === 0 ? pdf.addPage([595, 842]) : pdf.getPage(0);
    page.drawImage(image, { x: 0, y: 0, width: 595, height: 842 });
    draw(page);
    return fileOf(await pdf.save(), 'application/pdf');
  }

  it('of typed notes alone is recognised', async () => {
    const file = await layered((page) => {
      page.drawText('CONG VAN DEN SO 77 NGAY 20 THANG 11 CHUYEN PHONG HANH CHINH TONG HOP', {
        x: 60,
        y: 20,
        size: 8,
      });
    });
    const { page } = await read(file);
    expect(page.source).toBe('ocr');
    expect(textOf(page)).toContain('125/QĐ-SNV');
  });

  it('of bad recognition is recognised anew', async () => {
    const file = await layered((page) => {
      for (let y = 60; y < 800; y += 14)
        page.drawText('CQNG HQA XA Hqi tliuc liien cbuong trinb cqng tac nani vc vicc ban hanb quy cbc', {
          x: 60,
          y,
          size: 11,
          opacity: 0,
        });
    });
    const { page } = await read(file);
    expect(page.source).toBe('ocr');
    expect(textOf(page)).toContain('125/QĐ-SNV');
  });

  it('of good recognition is taken over', async () => {
    const { page } = await read(await layered(() => {}, await makeOfficialPdf(LETTER)));
    expect(page.source).toBe('text-layer');
    expect(page.picture).toBe(true);
  });
});

describe('what cannot be read', () => {
  it.each<[string, Buffer, string, string]>([
    ['a PDF of rubbish', Buffer.from('%PDF-1.7 rubbish'), 'application/pdf', 'PDF_BROKEN'],
    ['a picture of rubbish', Buffer.from('no picture'), 'image/jpeg', 'BAD_IMAGE'],
  ])('%s ends in a defect', async (_name, bytes, type, code) => {
    const pages = await openPages(await fileOf(bytes, type), { engine });
    expect(pages.pageCount).toBe(0);
    expect(pages.defects.map((defect) => defect.code)).toEqual([code]);
  });

  it('a scan says that nobody is there to recognise it', async () => {
    const pages = await openPages(await scanned({}), { engine: null });
    const page = await pages.readPage(1);
    expect(page.lines).toEqual([]);
    expect(pages.defects.map((defect) => defect.code)).toEqual(['OCR_MISSING']);
    await pages.close();
  });

  it.each<[string, Partial<OcrLimits>, string]>([
    ['pages', { maxPages: 0 }, 'OCR_LIMIT'],
    ['time of one picture', { maxPictureMs: 1 }, 'OCR_SLOW'],
  ])('limits hold: %s', async (_name, limits, code) => {
    const { defects } = await read(await scanned({}), { ...OCR_LIMITS, ...limits });
    expect(defects.map((defect) => defect.code)).toEqual([code]);
  });
});
