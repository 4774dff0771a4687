import { describe, expect, test } from 'vitest';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';
import { type DocParagraphSpec, makeDoc } from '../../support/office-doc.ts';

const plain = (text: string): DocParagraphSpec => ({ runs: [{ text }] });
const read = async (paragraphs: DocParagraphSpec[], fonts?: string[]) =>
  officeLines(makeDoc({ paragraphs, ...(fonts === undefined ? {} : { fonts }) }), 'doc');
const lines = async (paragraphs: DocParagraphSpec[]) =>
  (await read(paragraphs)).pages.flat().map((line) => line.text);

describe('legacy DOC', () => {
  test('is known by its content', () => {
    expect(officeKind(makeDoc({ paragraphs: [plain('a')] }), 'a.bin')).toBe('doc');
  });

  test('text, bold, alignment and the count of pages are read', async () => {
    const bytes = makeDoc({
      paragraphs: [
        { runs: [{ text: 'QUYẾT ĐỊNH', bold: true }], align: 'center' },
        { runs: [{ text: 'Về việc ' }, { text: 'thử', italic: true }], align: 'right' },
      ],
      pages: 3,
    });
    const { pages, pageCount, defects } = await officeLines(bytes, 'doc');
    const [title, below] = pages[0]!;
    expect([title!.text, title!.bold, below!.text, below!.bold]).toEqual([
      'QUYẾT ĐỊNH',
      true,
      'Về việc thử',
      false,
    ]);
    expect(title!.box[0]).toBeGreaterThan(0.4);
    expect(below!.box[2]).toBeCloseTo((11906 - 1021) / 11906, 2);
    expect([pageCount, defects]).toEqual([3, []]);
  });

  test('cells of a table stand side by side, as wide as the row says', async () => {
    const cell = (text: string): DocParagraphSpec => ({ runs: [{ text }], cell: true, align: 'center' });
    const { pages } = await read([
      cell('SỞ NỘI VỤ'),
      cell('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'),
      { runs: [], edges: [-108, 3400, 9500] },
      plain('Thân'),
    ]);
    const [agency, motto, body] = pages[0]!;
    expect([agency!.text, motto!.text, body!.text]).toEqual([
      'SỞ NỘI VỤ',
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Thân',
    ]);
    expect(agency!.box[2]).toBeLessThan(motto!.box[0]);
    expect(motto!.box[1]).toBeCloseTo(agency!.box[1], 3);
    expect(body!.box[1]).toBeGreaterThan(agency!.box[3]);
  });

  test('deleted and hidden text and field instructions are left out', async () => {
    const found = await lines([
      {
        runs: [
          { text: 'Số: ' },
          { text: '11', deleted: true },
          { text: '12', hidden: true },
          { text: '13/TB' },
        ],
      },
      { runs: [{ text: '\x13 DATE \x1426/9\x15 hết' }] },
    ]);
    expect(found).toEqual(['Số: 13/TB', '26/9 hết']);
  });

  test('a page break starts a page', async () => {
    const { pages } = await read([plain('một\f'), plain('hai')]);
    expect(pages.map((page) => page.map((line) => line.text))).toEqual([['một'], ['hai']]);
  });

  test('.VnTime is read as TCVN3 and flagged (VAL-07)', async () => {
    const { text, encoding, defects } = await read(
      [{ runs: [{ text: 'uû ban nh©n d©n x·', font: 1 }] }, { runs: [{ text: '§éc lËp - Tù do', font: 2 }] }],
      ['Times New Roman', '.VnTimeH', '.VnTime'],
    );
    expect([text, encoding]).toEqual(['UỶ BAN NHÂN DÂN XÃ\nĐộc lập - Tự do', 'tcvn3']);
    expect(defects.map((one) => one.code)).toEqual(['LEGACY_ENCODING']);
  });

  test.each([
    ['Word 95', (main: Buffer) => main.writeUInt16LE(0x65, 2), 'DOC_UNREADABLE', 'Word 95'],
    ['a password', (main: Buffer) => main.writeUInt16LE(0x0300, 10), 'DOC_ENCRYPTED', 'mật khẩu'],
    ['no Word text', (main: Buffer) => main.writeUInt16LE(0, 0), 'DOC_UNREADABLE', 'lỗi'],
    [
      'a piece table of nothing',
      (main: Buffer) => main.writeUInt32LE(0, 0x9a + 33 * 8 + 4),
      'DOC_UNREADABLE',
      'lỗi',
    ],
  ])('a file with %s is said to be so', async (_, forge, code, word) => {
    const { pages, defects } = await officeLines(makeDoc({ paragraphs: [plain('a')], forge }), 'doc');
    expect([pages, defects[0]!.code]).toEqual([[], code]);
    expect(defects[0]!.detail).toContain(word);
  });

  test('a file cut off anywhere, or with any byte of its tables changed, ends in a value', async () => {
    const bytes = makeDoc({ paragraphs: [plain('một'), plain('hai')], pages: 1 });
    for (let length = 0; length < bytes.length; length += 97)
      await officeLines(bytes.subarray(0, length), 'doc');
    for (let at = 0; at < bytes.length; at += 13) {
      const changed = Buffer.from(bytes);
      changed[at] = 0xff;
      const { pages, defects } = await officeLines(changed, 'doc');
      expect(pages.length + defects.length).toBeGreaterThan(0);
    }
  });

  test('sectors in a ring end in a defect', async () => {
    const bytes = makeDoc({ paragraphs: [plain('a')] });
    const directory = bytes.readUInt32LE(48);
    bytes.writeUInt32LE(directory, 512 + directory * 4);
    expect((await officeLines(bytes, 'doc')).defects[0]!.code).toBe('DOC_UNREADABLE');
  });
});
