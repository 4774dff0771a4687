import { describe, expect, it } from 'vitest';
import type { TextLine } from '../../documents/layout.ts';
import type { LineSource, SourcePage } from '../../documents/line-source.ts';
import { readFileFields } from '../../documents/reading.ts';
import { recordOf } from '../../documents/reading-record.ts';

const line = (
  page: number,
  text: string,
  [x0, y, x1]: [number, number, number],
  confidence?: number,
): TextLine => ({
  text,
  box: [x0, y, x1, y + 0.014],
  bold: false,
  italic: false,
  stamped: false,
  page,
  ...(confidence === undefined ? {} : { confidence }),
});

const head = (page: number, number: string, confidence?: number) => [
  line(page, 'SỞ NỘI VỤ', [0.2, 0.05, 0.3], confidence),
  line(page, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', [0.47, 0.05, 0.91], confidence),
  line(page, `Số: ${number}`, [0.18, 0.09, 0.36], confidence),
  line(page, 'Mẫu, ngày 07 tháng 9 năm 2026', [0.5, 0.09, 0.88], confidence),
  line(page, 'V/v báo cáo mẫu', [0.18, 0.11, 0.36], confidence),
];
const foot = (page: number, name: string, confidence?: number) => [
  line(page, 'Nơi nhận:', [0.14, 0.7, 0.22], confidence),
  line(page, 'GIÁM ĐỐC', [0.62, 0.7, 0.76], confidence),
  line(page, '- Như trên;', [0.14, 0.72, 0.22], confidence),
  line(page, name, [0.62, 0.82, 0.76], confidence),
];

function source(pages: TextLine[][], kind: SourcePage['source']): LineSource & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    pageCount: pages.length,
    method: kind === 'office-text' ? 'office-text' : 'text-layer',
    pages: pages.length,
    defects: [],
    readPage: async (number) => {
      asked.push(number);
      return { lines: pages[number - 1]!, source: kind, picture: kind === 'ocr' };
    },
    close: async () => undefined,
  };
}

describe('which pages of a file are read', () => {
  it('a text layer from the front, to the page with Nơi nhận, and the one after it for another document', async () => {
    const file = source(
      [head(1, '12/SNV-TC'), foot(2, 'Trần Thị Thử'), [line(3, 'PHỤ LỤC', [0.4, 0.1, 0.6])]],
      'text-layer',
    );
    const fields = await readFileFields(file, []);
    expect(file.asked).toEqual([1, 2, 3]);
    expect(fields.signerName.value).toBe('Trần Thị Thử');
  });

  it('a long scan from both ends: its middle is not recognised', async () => {
    const body = [line(2, 'Nội dung.', [0.2, 0.1, 0.9], 0.9)];
    const file = source(
      [head(1, '12/SNV-TC', 0.9), body, body, body, body, foot(6, 'Trần Thị Thử', 0.9)],
      'ocr',
    );
    const fields = await readFileFields(file, []);
    expect(file.asked).toEqual([1, 6]);
    expect(fields.signerName).toMatchObject({ value: 'Trần Thị Thử', page: 6, method: 'ocr' });
  });

  it('a page with a quốc hiệu of its own belongs to another document', async () => {
    const file = source(
      [head(1, '12/SNV-TC'), [...head(2, '99/STC-NS'), ...foot(2, 'Lê Văn Mẫu')]],
      'text-layer',
    );
    const fields = await readFileFields(file, []);
    expect(fields.signerName.value).toBeNull();
    expect(fields.defects).toContainEqual({
      code: 'SECOND_DOCUMENT',
      detail: 'từ trang 2 là một văn bản khác trong cùng tệp',
    });
  });

  it('a file without pages is a record without values', async () => {
    const record = recordOf(await readFileFields(source([], 'office-text'), []));
    expect(record).toMatchObject({ textSource: null, language: null, recipients: [] });
    expect(record.number.value).toBeNull();
  });
});

describe('two sources', () => {
  const one = (number: string) =>
    source([[...head(1, number, 0.95), ...foot(1, 'Trần Thị Thử', 0.95)]], 'ocr');

  it('a recognised number that the file name repeats is sure', async () => {
    const fields = await readFileFields(one('12/SNV-TC'), [], '12_SNV-TC.pdf');
    expect(fields.numberAndSymbol.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('without one it is not', async () => {
    expect(
      (await readFileFields(one('12/SNV-TC'), [], 'scan001.pdf')).numberAndSymbol.confidence,
    ).toBeLessThan(0.9);
  });
});
