import { describe, expect, test } from 'vitest';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';
import { BOLD, CENTRE, type DocxParts, makeDocx, p, table } from '../../support/office-docx.ts';

const read = async (parts: DocxParts) => officeLines(makeDocx(parts), 'docx');
const texts = async (parts: DocxParts) =>
  (await read(parts)).pages.map((page) => page.map((line) => line.text));
const run = (text: string, dress = '') =>
  `<w:r><w:rPr>${dress}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;

const HEAD = table(
  [3400, 6000],
  [
    [
      p('UBND TỈNH MẪU', CENTRE) + p('SỞ NỘI VỤ', CENTRE, BOLD),
      p('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', CENTRE, BOLD) + p('Độc lập - Tự do - Hạnh phúc', CENTRE, BOLD),
    ],
    [p('Số:          /TTr-SNV', CENTRE), p('Mẫu, ngày      tháng 8 năm 2026', CENTRE, '<w:i/>')],
  ],
);

describe('DOCX', () => {
  test('is known by its content, whatever its name says', () => {
    expect(officeKind(makeDocx({ body: p('a') }), 'a.doc')).toBe('docx');
  });

  test('the two columns of a head stand side by side, agency left, motto right', async () => {
    const { pages } = await read({ body: HEAD + p('') + p('TỜ TRÌNH', CENTRE, BOLD) });
    const find = (text: string) => pages[0]!.find((line) => line.text.startsWith(text))!;
    const [agency, motto, title] = [find('SỞ NỘI VỤ'), find('CỘNG HÒA'), find('TỜ TRÌNH')];
    expect(pages[0]!.map((line) => line.text).slice(0, 2)).toEqual([
      'UBND TỈNH MẪU',
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
    ]);
    expect(agency.box[2]).toBeLessThan(motto.box[0]);
    expect(motto.box[0]).toBeGreaterThan(0.4);
    expect(motto.box[2]).toBeLessThan(0.95);
    expect((title.box[0] + title.box[2]) / 2).toBeCloseTo(0.53, 1);
    expect([agency.bold, find('UBND').bold, find('Mẫu, ngày').italic]).toEqual([true, false, true]);
  });

  test('a blank left for a number or a day does not tear its line apart', async () => {
    const [page] = await texts({ body: HEAD });
    expect(page).toContain('Số: /TTr-SNV');
    expect(page).toContain('Mẫu, ngày tháng 8 năm 2026');
  });

  test('tab stops make columns', async () => {
    const tabs = '<w:tabs><w:tab w:val="center" w:pos="1800"/><w:tab w:val="center" w:pos="6500"/></w:tabs>';
    const line = `<w:p><w:pPr>${tabs}</w:pPr><w:r><w:tab/><w:t>UBND XÃ MẪU</w:t><w:tab/><w:t>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</w:t></w:r></w:p>`;
    const { pages } = await read({ body: line });
    expect(pages[0]!.map((one) => one.text)).toEqual(['UBND XÃ MẪU', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM']);
    const middles = pages[0]!.map((one) => ((one.box[0] + one.box[2]) / 2) * 11906 - 1701);
    expect(middles[0]).toBeCloseTo(1800, -2);
    expect(middles[1]).toBeCloseTo(6500, -2);
  });

  test('runs of spaces make columns too', async () => {
    const body =
      p('SỞ NỘI VỤ        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM') +
      p('Số: 12/SNV-VP           Mẫu, ngày    tháng 8 năm 2026');
    expect(await texts({ body })).toEqual([
      ['SỞ NỘI VỤ', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Số: 12/SNV-VP', 'Mẫu, ngày tháng 8 năm 2026'],
    ]);
  });

  test('deleted and hidden text is left out, inserted text and results of fields are in', async () => {
    const body =
      `<w:p>${run('Số: ')}<w:del><w:r><w:delText>11</w:delText></w:r></w:del><w:ins>${run('12')}</w:ins>${run('/TB-SNV')}</w:p>` +
      `<w:p>${run('ẩn', '<w:vanish/>')}${run('hiện')}</w:p>` +
      `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE </w:instrText></w:r>${run('mã')}<w:r><w:fldChar w:fldCharType="separate"/></w:r>${run('kết quả')}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
      `<w:p><w:fldSimple w:instr="PAGE">${run('7')}</w:fldSimple><w:hyperlink>${run(' liên kết')}</w:hyperlink></w:p>`;
    expect(await texts({ body })).toEqual([['Số: 12/TB-SNV', 'hiện', 'kết quả', '7 liên kết']]);
  });

  test('text boxes are read once, drawn or old ones', async () => {
    const content = `<w:txbxContent>${p('HỎA TỐC')}</w:txbxContent>`;
    const drawn = `<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:positionH><wp:posOffset>3810000</wp:posOffset></wp:positionH><wp:extent cx="1270000" cy="1"/><wps:txbx>${content}</wps:txbx></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>${content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>${run('Thân')}</w:p>`;
    const old = `<w:p><w:r><w:pict><v:shape style="margin-left:300pt;width:100pt"><v:textbox><w:txbxContent>${p('DỰ THẢO')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`;
    const { pages } = await read({ body: drawn + old });
    expect(pages[0]!.map((line) => line.text).sort()).toEqual(['DỰ THẢO', 'HỎA TỐC', 'Thân']);
    for (const line of pages[0]!.filter((one) => one.text !== 'Thân'))
      expect(line.box[0]).toBeGreaterThan(0.5);
  });

  test('styles dress what names them, and what they are based on', async () => {
    const styles =
      '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:sz w:val="28"/></w:rPr></w:style>' +
      `<w:style w:type="paragraph" w:styleId="T"><w:basedOn w:val="N"/><w:pPr>${CENTRE}</w:pPr><w:rPr><w:b/></w:rPr></w:style>` +
      '<w:style w:type="paragraph" w:styleId="R"><w:basedOn w:val="R"/></w:style>';
    const body =
      p('QUYẾT ĐỊNH', '<w:pStyle w:val="T"/>') +
      p('vòng', '<w:pStyle w:val="R"/>') +
      p('không đậm', '<w:pStyle w:val="T"/>', '<w:b w:val="0"/>');
    const { pages } = await read({ body, styles });
    const [title, , plain] = pages[0]!;
    expect([title!.bold, plain!.bold]).toEqual([true, false]);
    expect(title!.box[0]).toBeGreaterThan(0.4);
    expect((title!.box[3] - title!.box[1]) * 16838).toBeCloseTo(280, -1);
  });

  test('numbers and dashes of lists are written out', async () => {
    const level = (format: string, text: string) =>
      `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
    const numbering =
      `<w:abstractNum w:abstractNumId="0">${level('decimal', 'Điều %1.')}</w:abstractNum><w:abstractNum w:abstractNumId="1">${level('bullet', '\uF02D')}</w:abstractNum>` +
      '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>';
    const item = (list: number, text: string) =>
      p(text, `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="${list}"/></w:numPr>`);
    const body = item(1, 'Một') + item(1, 'Hai') + item(2, 'Như trên;') + p('');
    expect(await texts({ body, numbering })).toEqual([['Điều 1. Một', 'Điều 2. Hai', '- Như trên;']]);
  });

  test('page breaks split pages, and the count of pages is the one the program wrote', async () => {
    const body = `${p('một')}<w:p><w:r><w:br w:type="page"/></w:r></w:p>${p('hai')}<w:p>${run('ba')}<w:r><w:lastRenderedPageBreak/><w:t>bốn</w:t></w:r></w:p>`;
    const { pages, pageCount } = await read({ body, pages: 3 });
    expect(pageCount).toBe(3);
    expect(pages.map((page) => page.map((line) => `${line.page} ${line.text}`))).toEqual([
      ['1 một'],
      ['2 hai', '2 ba'],
      ['3 bốn'],
    ]);
  });

  test('a long text fills page after page; a signature block is not cut in two', async () => {
    const body = Array.from({ length: 49 }, (_, index) => p(`Đoạn ${index}`, '', '<w:sz w:val="26"/>')).join(
      '',
    );
    const foot = table(
      [4500, 4500],
      [
        [
          p('Nơi nhận:') + p('- Như trên;') + p('- Lưu: VT.'),
          p('GIÁM ĐỐC', CENTRE) + p('') + p('') + p('Trần Văn Mẫu', CENTRE),
        ],
      ],
    );
    const pages = await texts({ body: body + foot });
    expect(pages).toHaveLength(2);
    expect(pages[1]!.slice(-5)).toEqual([
      'Nơi nhận:',
      'GIÁM ĐỐC',
      '- Như trên;',
      '- Lưu: VT.',
      'Trần Văn Mẫu',
    ]);
  });

  test('the header of page 1 stands above everything; page numbers are no text', async () => {
    const body = `${p('Thân')}<w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr>`;
    const pages = await texts({ body, header: p('2', CENTRE) + p('SAO Y; SỞ NỘI VỤ') });
    expect(pages).toEqual([['SAO Y; SỞ NỘI VỤ', 'Thân']]);
  });

  test('TCVN3 and VNI fonts are read in Unicode and flagged; Unicode in such a font stays (VAL-07)', async () => {
    const font = (name: string) => `<w:rFonts w:ascii="${name}"/>`;
    const body =
      p('céng hßa x· héi chñ nghÜa viÖt nam', '', font('.VnTimeH')) +
      p('§éc lËp - Tù do - H¹nh phóc', '', font('.VnTime')) +
      p('Đã gõ Unicode', '', font('.VnTime'));
    const { text, encoding, defects } = await read({ body });
    expect(text).toBe('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nĐã gõ Unicode');
    expect([encoding, defects.map((one) => one.code)]).toEqual(['tcvn3', ['LEGACY_ENCODING']]);
    const vni = await read({ body: p('Coäng hoøa xaõ hoäi chuû nghóa', '', font('VNI-Times')) });
    expect([vni.text, vni.encoding]).toEqual(['Cộng hòa xã hội chủ nghĩa', 'vni']);
    const unnamed = await read({ body: p('Céng hßa x· héi chñ nghÜa ViÖt Nam') });
    expect([unnamed.text, unnamed.encoding]).toEqual(['Cộng hòa xã hội chủ nghĩa Việt Nam', 'tcvn3']);
  });

  test('decomposed text comes out composed', async () => {
    expect((await read({ body: p('Quyết định'.normalize('NFD')) })).text).toBe('Quyết định');
  });
});
