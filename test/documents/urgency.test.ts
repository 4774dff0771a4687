import { describe, expect, test } from 'vitest';
import { findUrgency, urgencyOfLine } from '../../documents/urgency.ts';

describe('DOMAIN 4.3, ô 10b: urgency in a text', () => {
  test.each([
    ['KHẨN', 'KHAN'],
    ['UBND TỈNH MẪU\nTHƯỢNG KHẨN\nSố: 12', 'THUONG_KHAN'],
    ['HỎA TỐC', 'HOA_TOC'],
    ['HOẢ TỐC', 'HOA_TOC'],
    ['[Hỏa tốc]', 'HOA_TOC'],
    ['HỎA TỐC HẸN GIỜ', 'HOA_TOC_HEN_GIO'],
    ['HỎA TỐC HẸN GIỜ 14 GIỜ', 'HOA_TOC_HEN_GIO'],
    ['KHĂN', 'KHAN'],
    ['H Ỏ A  T Ố C', 'HOA_TOC'],
    ['TỐI MẬT - THƯỢNG KHẨN', 'THUONG_KHAN'],
    ['- Mức độ khẩn: Hỏa tốc', 'HOA_TOC'],
    ['KHẨN      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'KHAN'],
    ['KHẨN\nHỎA TỐC', 'HOA_TOC'],
    ['khẩn trương thực hiện', null],
    ['KHẨN TRƯƠNG', null],
    ['đề nghị xử lý khẩn', null],
    ['khẩn', null],
    ['Độ khẩn: Thường', null],
    ['độ khẩn (khẩn/ thượng khẩn/ hỏa tốc)', null],
    ['', null],
  ])('%j is %s', (text, urgency) => {
    expect(findUrgency(text, 'text')).toBe(urgency);
  });

  test('one line of a page', () => {
    expect(urgencyOfLine(' THƯỢNG KHẨN ')).toBe('THUONG_KHAN');
    expect(urgencyOfLine('THƯỢNG KHẨN LÀ GÌ')).toBeNull();
  });
});

describe('DOMAIN 7.4 T8: urgency in a subject', () => {
  test.each([
    ['[HỎA TỐC] 12/UBND-NC – UBND tỉnh Mẫu', 'HOA_TOC'],
    ['Re: [khẩn] báo cáo', 'KHAN'],
    ['(Thượng khẩn) báo cáo', 'THUONG_KHAN'],
    ['HỎA TỐC: phòng chống bão', 'HOA_TOC'],
    ['Phòng chống bão - KHẨN', 'KHAN'],
    ['[HỎA TỐC HẸN GIỜ] họp', 'HOA_TOC_HEN_GIO'],
    ['KHẨN TRƯƠNG: phòng chống bão', null],
    ['V/v khẩn trương phòng chống bão', null],
    ['[KHẨN TRƯƠNG] báo cáo', null],
    ['Tình trạng khẩn cấp', null],
    ['', null],
  ])('%j is %s', (subject, urgency) => {
    expect(findUrgency(subject, 'subject')).toBe(urgency);
  });
});
