import { describe, expect, test } from 'vitest';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';
import { makeOdf, type OdfContent } from '../../support/office-odf.ts';

const read = (content: OdfContent) => officeLines(makeOdf('text', content), 'odt');
const p = (text: string, style = 'P') => `<text:p text:style-name="${style}">${text}</text:p>`;
const STYLES =
  '<style:style style:name="P" style:family="paragraph"/>' +
  '<style:style style:name="C" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold" fo:font-size="12pt"/></style:style>' +
  '<style:style style:name="B" style:family="paragraph" style:parent-style-name="P"><style:paragraph-properties fo:break-before="page"/></style:style>' +
  '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>' +
  '<style:style style:name="I" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>' +
  '<style:style style:name="L" style:family="table-column"><style:table-column-properties style:column-width="6cm"/></style:style>' +
  '<style:style style:name="R" style:family="table-column"><style:table-column-properties style:column-width="10cm"/></style:style>';

describe('ODT', () => {
  test('is known by its mimetype', () => {
    expect(officeKind(makeOdf('text', { body: p('a') }), 'a.zip')).toBe('odt');
  });

  test('columns of a head, title, italics and the count of pages are read', async () => {
    const columns = '<table:table-column table:style-name="L"/><table:table-column table:style-name="R"/>';
    const cell = (inside: string) => `<table:table-cell>${inside}</table:table-cell>`;
    const row = `<table:table-row>${cell(p('SỞ NỘI VỤ', 'C'))}${cell(p('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'C'))}</table:table-row>`;
    const body = `<table:table>${columns}${row}</table:table>${p('BÁO CÁO', 'C')}${p('<text:span text:style-name="I">Kết quả</text:span>')}`;
    const { pages, pageCount } = await read({ body, styles: STYLES, pages: 4 });
    const [agency, motto, title, italic] = pages[0]!;
    expect(pages[0]!.map((line) => line.text)).toEqual([
      'SỞ NỘI VỤ',
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'BÁO CÁO',
      'Kết quả',
    ]);
    expect(agency!.box[2]).toBeLessThan(motto!.box[0]);
    expect([title!.bold, italic!.italic, pageCount]).toEqual([true, true, 4]);
    expect((title!.box[0] + title!.box[2]) / 2).toBeCloseTo(0.53, 1);
  });

  test('tracked deletions, notes, comments and hidden text are left out', async () => {
    const body =
      '<text:tracked-changes><text:changed-region><text:deletion><text:p>xóa</text:p></text:deletion></text:changed-region></text:tracked-changes>' +
      p(
        'Số:<text:s text:c="3"/>/TB<text:note><text:note-body><text:p>chú</text:p></text:note-body></text:note>',
      ) +
      p(
        '<text:span text:style-name="H">ẩn</text:span>hiện<office:annotation><text:p>ý</text:p></office:annotation><text:tab/>xa',
      );
    const { pages } = await read({ body, styles: STYLES });
    expect(pages.flat().map((line) => line.text)).toEqual(['Số: /TB', 'hiện xa']);
  });

  test('lists get their labels, page breaks make pages, text boxes are read', async () => {
    const styles = `${STYLES}<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/><text:list-level-style-bullet text:level="2" text:bullet-char="-"/></text:list-style>`;
    const item = (inside: string) => `<text:list-item>${inside}</text:list-item>`;
    const body =
      `<text:list text:style-name="N">${item(`${p('một')}<text:list>${item(p('con'))}</text:list>`)}${item(p('hai'))}</text:list>` +
      p(
        `<draw:frame svg:x="8cm" svg:width="4cm"><draw:text-box>${p('HỎA TỐC')}</draw:text-box></draw:frame>`,
      ) +
      p('sau', 'B');
    const { pages } = await read({ body, styles });
    expect(pages.map((page) => page.map((line) => line.text))).toEqual([
      ['1. một', '- con', '2. hai', 'HỎA TỐC'],
      ['sau'],
    ]);
  });
});
