import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findSecrecy } from '../../documents/secrecy.ts';

const inText = (text: string) => findSecrecy(text, 'text-layer', '1.2').map(({ level }) => level);
const inSubject = (text: string) => findSecrecy(text, 'subject', null).map(({ level }) => level);
const inName = (text: string) => findSecrecy(text, 'file-name', '1.2').map(({ level }) => level);

describe('VAL-10, DOMAIN 8.2: marks in the text of a page or a mail', () => {
  test.each([
    ['MẬT', 'MAT'],
    ['UBND TỈNH MẪU\nMẬT\nSố: 12/QĐ-UBND', 'MAT'],
    ['TỐI MẬT', 'TOI_MAT'],
    ['TUYỆT MẬT', 'TUYET_MAT'],
    ['[MẬT]', 'MAT'],
    ['[ Tối mật ]', 'TOI_MAT'],
    ['( MẬT )', 'MAT'],
    ['*** TUYỆT MẬT ***', 'TUYET_MAT'],
    ['+-----+\n| MẬT |\n+-----+', 'MAT'],
    ['│ TỐI MẬT │', 'TOI_MAT'],
    ['M Ậ T', 'MAT'],
    ['T Ố I  M Ậ T', 'TOI_MAT'],
    ['TUYỆT\nMẬT', 'TUYET_MAT'],
    ['MẶT', 'MAT'],
    ['MAT', 'MAT'],
    ['TOI MAT', 'TOI_MAT'],
    ['MẬT'.normalize('NFD'), 'MAT'],
    ['TỐI MẬT - HỎA TỐC', 'TOI_MAT'],
    ['MẬT      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'MAT'],
    ['MẬT  Mẫu, ngày 20 tháng 11 năm 2026', 'MAT'],
    ['MẬT Mẫu, ngày 20 tháng 11 năm 2026', 'MAT'],
    ['TỐI MẬT QUYẾT ĐỊNH', 'TOI_MAT'],
    ['MẬT Kính gửi: UBND xã Mẫu', 'MAT'],
    ['TÀI LIỆU MẬT', 'MAT'],
    ['Kính gửi Quý cơ quan\n\nMật\n\nXin gửi văn bản', 'MAT'],
    ['Độ mật: Mật', 'MAT'],
    ['Độ mật: Tối mật', 'TOI_MAT'],
    ['độ mật : tuyệt mật', 'TUYET_MAT'],
    ['- Mức độ mật: Tối mật; mức độ khẩn: Khẩn', 'TOI_MAT'],
    ['ĐỘ MẬT\nMật', 'MAT'],
    ['Độ mật | Tối mật', 'TOI_MAT'],
    ['Độ mật: A', 'MAT'],
    ['UBND XÃ THÁI BẢO\nMẬT', 'MAT'],
    ['MẬT\nĐỘ KHẨN: KHẨN', 'MAT'],
    ['MẬT\nTHƯ CÔNG', 'MAT'],
    ['Số: 12/QĐ-UBND(M)', 'MAT'],
    ['Số:    /BC-UBND (TM)', 'TOI_MAT'],
  ])('%j is %s', (text, level) => {
    expect(inText(text)).toEqual([level]);
  });

  test.each([
    'Luật Bảo vệ bí mật nhà nước',
    'bảo đảm an toàn, bảo mật thông tin',
    'thiết bị lưu khóa bí mật',
    'thay đổi mật khẩu; mật độ dân số; mật ong; quan hệ mật thiết',
    'Độ mật: Thường',
    'Độ mật: Bình thường',
    'Độ mật: Không',
    'Độ mật:',
    'Độ mật: ........',
    'Độ mật: Độ khẩn: Khẩn',
    'độ mật (mật/ tuyệt mật/ tối mật); độ khẩn',
    'Độ mật: mật/ tối mật/ tuyệt mật',
    '(trừ các văn bản thuộc loại mật, tối mật, tuyệt mật, đơn thư tranh chấp)',
    'các văn bản thuộc loại\nmật\nvà tối mật',
    'QUY CHẾ BẢO\nMẬT',
    'BẢO MẬT',
    'B Ả O  M Ậ T',
    'BẢO     MẬT',
    'BÍ MẬT NHÀ NƯỚC',
    'MẬT KHẨU',
    'ĐỔI\nMẬT\nKHẨU',
    'MẬT ĐỘ XÂY DỰNG',
    'LƯU HÀNH NỘI BỘ',
    'XEM XONG TRẢ LẠI',
    'Căn cứ Quyết định số 12/QĐ-UBND(M)',
    'Số: 12/QĐ-UBND',
    '',
  ])('%j is none', (text) => {
    expect(inText(text)).toEqual([]);
  });

  test('says where, in which part and how high, and nothing else', () => {
    expect(findSecrecy('MẬT\nnội dung\nTỐI MẬT\nMẬT', 'text-layer', '1.2')).toEqual([
      { level: 'TOI_MAT', where: 'text-layer', part: '1.2' },
      { level: 'MAT', where: 'text-layer', part: '1.2' },
    ]);
  });

  test.each([
    ['Mật', ['MAT']],
    ['tuyệt mật', ['TUYET_MAT']],
    ['Thường', []],
  ])('the value of an edXML Secret field %j: %j', (text, levels) => {
    expect(findSecrecy(text, 'edxml', '1.3').map(({ level }) => level)).toEqual(levels);
  });

  test('hostile text of megabytes takes no longer than a blink', () => {
    const started = performance.now();
    for (const piece of ['MẬT ', 'M Ậ T\n', 'Độ mật: ', '|', '   ', 'ngày . ', '[[[['])
      inText(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('VAL-10: marks in subjects', () => {
  test.each([
    ['[MẬT] Báo cáo', 'MAT'],
    ['[Mật] Báo cáo', 'MAT'],
    ['(tối mật) Báo cáo', 'TOI_MAT'],
    ['Re: [TUYỆT MẬT] Báo cáo', 'TUYET_MAT'],
    ['MẬT - Báo cáo', 'MAT'],
    ['Fwd: TỐI MẬT: Báo cáo', 'TOI_MAT'],
    ['Báo cáo quân sự - MẬT', 'MAT'],
    ['MẬT', 'MAT'],
    ['[MAT] bao cao', 'MAT'],
    ['Gửi tài liệu MẬT của tỉnh', 'MAT'],
    ['Độ mật: Tối mật - Báo cáo', 'TOI_MAT'],
    ['12/QĐ-UBND(M) về việc mẫu', 'MAT'],
    ['[HỎA TỐC][MẬT] Báo cáo', 'MAT'],
  ])('%j is %s', (subject, level) => {
    expect(inSubject(subject)).toEqual([level]);
  });

  test.each([
    'Về việc bảo mật thông tin',
    'Triển khai Luật Bảo vệ bí mật nhà nước',
    'BẢO MẬT - hướng dẫn',
    'MẬT KHẨU: đề nghị đổi',
    'Cấp lại MẬT KHẨU hộp thư',
    'QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC',
    'Quản lý văn bản mật, tối mật, tuyệt mật',
    '[MẤT] thông báo mất thẻ',
    'Mật độ xây dựng',
    'Độ mật: Thường',
    '',
  ])('%j is none', (subject) => {
    expect(inSubject(subject)).toEqual([]);
  });
});

describe('VAL-10: marks in file names', () => {
  test.each([
    ['MAT_443_QD-UBND.pdf', 'MAT'],
    ['MẬT 12.pdf', 'MAT'],
    ['[Mật] Bao cao.pdf', 'MAT'],
    ['Mat_443.pdf', 'MAT'],
    ['Bao cao_MAT.docx', 'MAT'],
    ['TOI MAT bao cao.pdf', 'TOI_MAT'],
    ['Báo cáo tối mật.docx', 'TOI_MAT'],
    ['tuyet_mat.pdf', 'TUYET_MAT'],
    ['443_QD-UBND(M).signed.pdf', 'MAT'],
    ['Văn bản mật.pdf', 'MAT'],
  ])('%j is %s', (name, level) => {
    expect(inName(name)).toEqual([level]);
  });

  test.each([
    'MAT BANG TANG 1.pdf',
    'MAT_KHAU_MOI.docx',
    'mat_bang.pdf',
    'danh sach mat the.xlsx',
    'don xin cap lai do toi mat the.pdf',
    'Quy định bảo mật.docx',
    'Danh mục bí mật nhà nước.pdf',
    'MẬT KHẨU.txt',
    'ao so mi (M).pdf',
    '443_QD-UBND.signed.pdf',
    'FORMAT.pdf',
    '',
  ])('%j is none', (name) => {
    expect(inName(name)).toEqual([]);
  });
});

const regulations = new URL('../../../shared/regulations/', import.meta.url);
describe.skipIf(!existsSync(regulations))('with ../shared/regulations (skipped where absent)', () => {
  const files = existsSync(regulations) ? readdirSync(regulations) : [];
  test.each(files)('8.2: %s passes as ordinary, line by line and as a mail', (file) => {
    const text = readFileSync(new URL(file, regulations), 'utf8');
    expect(inText(text)).toEqual([]);
    expect(findSecrecy(text, 'body', null)).toEqual([]);
    expect(inName(file)).toEqual([]);
  });
});

const samples = new URL('../../../shared/document-samples/', import.meta.url);
describe.skipIf(!existsSync(samples))('with ../shared/document-samples (skipped where absent)', () => {
  const files = existsSync(samples) ? readdirSync(samples).filter((file) => file.endsWith('.txt')) : [];
  test.each(files)('8.2: %s passes as ordinary', (file) => {
    expect(inText(readFileSync(new URL(file, samples), 'utf8'))).toEqual([]);
  });
});
