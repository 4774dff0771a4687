import { describe, expect, test } from 'vitest';
import { linesOfCell } from '../../../documents/office/flat-cell.ts';
import { joinLetters } from '../../../documents/office/joined-letters.ts';
import { officeLines } from '../../../documents/office/read-office.ts';

const read = async (text: string) => (await officeLines(Buffer.from(text), 'txt')).pages;
const find = (pages: Awaited<ReturnType<typeof read>>, text: string) =>
  pages.flat().find((line) => line.text.startsWith(text))!;

const MOTTO = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM';
const RIGHT = `${MOTTO}\nĐộc lập - Tự do - Hạnh phúc\n---------------\nMẫu, ngày 03 tháng 7 năm 2026`;
const LEFT = 'UBND TỈNH MẪU\nSỞ NỘI VỤ\n-------\nSố: 12/SNV-VP\nV/v báo cáo kết quả công tác';

describe('plain text', () => {
  test.each([
    ['in two blocks, agency first', `${LEFT}\n\n${RIGHT}\n\nKính gửi: Sở Tài chính`],
    ['in two blocks, motto first', `${RIGHT}\n\n${LEFT}\n\nKính gửi: Sở Tài chính`],
    [
      'side by side with spaces',
      `UBND TỈNH MẪU          ${MOTTO}\nSỞ NỘI VỤ              Độc lập - Tự do - Hạnh phúc\nSố: 12/SNV-VP          Mẫu, ngày 03 tháng 7 năm 2026\nV/v báo cáo kết quả công tác\n\nKính gửi: Sở Tài chính`,
    ],
    [
      'in table rows with bars',
      `| UBND TỈNH MẪU SỞ NỘI VỤ ------- | ${MOTTO} Độc lập - Tự do - Hạnh phúc ----- |\n|---|---|\n| Số: 12/SNV-VP V/v báo cáo kết quả công tác | Mẫu, ngày 03 tháng 7 năm 2026 |\n\nKính gửi: Sở Tài chính`,
    ],
  ])('a head %s has its columns', async (_, text) => {
    const pages = await read(text);
    const [number, motto, date] = ['Số: 12/SNV-VP', MOTTO, 'Mẫu, ngày'].map((start) => find(pages, start));
    expect(number!.box[2]).toBeLessThan(motto!.box[0]);
    expect(date!.box[0]).toBeGreaterThan(0.45);
    expect(number!.text).toBe('Số: 12/SNV-VP');
    expect(find(pages, 'Kính gửi').box[1]).toBeGreaterThan(Math.max(number!.box[3], date!.box[3]));
  });

  test.each([
    ['behind', 'Nơi nhận:\n- Như trên;\n- Lưu: VT.\n\nKT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n\n\nTrần Văn Mẫu'],
    ['before', 'KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n\n\nTrần Văn Mẫu\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.'],
    [
      'beside',
      'Nơi nhận:                    KT. GIÁM ĐỐC\n- Như trên;                  PHÓ GIÁM ĐỐC\n- Lưu: VT.                   Trần Văn Mẫu',
    ],
    ['in a table', '| Nơi nhận: - Như trên; - Lưu: VT. | KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC Trần Văn Mẫu |'],
  ])('the signature block %s Nơi nhận stands to its right', async (_, text) => {
    const pages = await read(`Thân của văn bản đủ dài để là một đoạn.\n\n${text}\n`);
    for (const start of ['KT. GIÁM ĐỐC', 'PHÓ GIÁM ĐỐC', 'Trần Văn Mẫu'])
      expect(find(pages, start).box[0]).toBeGreaterThan(0.5);
    expect(find(pages, 'Nơi nhận').box[2]).toBeLessThan(0.45);
    expect(find(pages, '- Lưu').text).toBe('- Lưu: VT.');
  });

  test('titles in capitals stand in the middle, form feeds start pages, Markdown marks go', async () => {
    const pages = await read('# QUYẾT ĐỊNH\nVề việc **thử**\n\fTrang hai');
    const title = find(pages, 'QUYẾT ĐỊNH');
    expect((title.box[0] + title.box[2]) / 2).toBeCloseTo(0.53, 1);
    expect(pages.map((page) => page.at(-1)!.text)).toEqual(['Về việc thử', 'Trang hai']);
  });

  test.each([
    ['KT. BỘ TRƯỞNG THỨ TRƯỞNG Doãn Văn Mẫu', ['KT. BỘ TRƯỞNG', 'THỨ TRƯỞNG', 'Doãn Văn Mẫu']],
    ['KT. THỦ TƯỚNG PHÓ THỦ TƯỚNG Trần Mẫu', ['KT. THỦ TƯỚNG', 'PHÓ THỦ TƯỚNG', 'Trần Mẫu']],
    [
      'TM. UỶ BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH (đã ký) Lò Văn Mẫu',
      ['TM. UỶ BAN NHÂN DÂN', 'KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH', '(đã ký)', 'Lò Văn Mẫu'],
    ],
    [
      'KT. BỘ TRƯỞNG, CHỦ NHIỆM PHÓ CHỦ NHIỆM Nguyễn Mẫu',
      ['KT. BỘ TRƯỞNG, CHỦ NHIỆM', 'PHÓ CHỦ NHIỆM', 'Nguyễn Mẫu'],
    ],
    [
      'TL. BỘ TRƯỞNG BỘ NỘI VỤ CHÁNH VĂN PHÒNG Lê Mẫu',
      ['TL. BỘ TRƯỞNG BỘ NỘI VỤ', 'CHÁNH VĂN PHÒNG', 'Lê Mẫu'],
    ],
    ['CHỦ TỊCH Chẩu Văn Mẫu', ['CHỦ TỊCH', 'Chẩu Văn Mẫu']],
    ['Nơi nhận: - Như trên; - Lưu: VT, TH(3).', ['Nơi nhận:', '- Như trên;', '- Lưu: VT, TH(3).']],
    ['SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI', ['SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI']],
    ['UBND TỈNH MẪU -------', ['UBND TỈNH MẪU', '-------']],
  ])('the cell "%s" has the lines %j', (cell, lines) => {
    expect(linesOfCell(cell)).toEqual(lines);
  });

  test('letters torn apart are joined where spelling leaves no doubt, and the file is flagged', async () => {
    const text = 'Qu ả ng Ngãi, B Ộ LAO ĐỘNG V À X Ã HỘI; Nh ư tr ê n; điểm b ở trên, 5 m ét, loại B ở đây';
    expect(joinLetters(text).text).toBe(
      'Quảng Ngãi, BỘ LAO ĐỘNG VÀ XÃ HỘI; Như trên; điểm b ở trên, 5 m ét, loại B ở đây',
    );
    expect(joinLetters('chỉ có m ột chỗ')).toEqual({ text: 'chỉ có m ột chỗ', places: 0 });
    const { defects } = await officeLines(Buffer.from(text), 'txt');
    expect(defects.map((one) => one.code)).toEqual(['SPLIT_LETTERS']);
  });
});
