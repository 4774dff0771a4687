import { describe, expect, it } from 'vitest';
import type { TextLine } from '../../documents/layout.ts';
import { splitRuns } from '../../documents/split-runs.ts';

const line = (text: string): TextLine => ({
  text,
  box: [0.1, 0.2, 0.9, 0.3],
  bold: false,
  italic: false,
  stamped: false,
  page: 1,
});
const texts = (text: string) => splitRuns(line(text)).map((one) => one.text);

describe('several printed lines in one', () => {
  it.each([
    ['Số: 12/SNV-TC V/v báo cáo năm', ['Số: 12/SNV-TC', 'V/v báo cáo năm']],
    ['SỞ NỘI VỤ -------', ['SỞ NỘI VỤ']],
    ['Kính gửi: - Sở Nội vụ; - Sở Y tế', ['Kính gửi:', '- Sở Nội vụ;', '- Sở Y tế']],
    ['KT. CHỦ TỊCH PHÓ CHỦ TỊCH Trần Văn Thử', ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH', 'Trần Văn Thử']],
    [
      'TM. ỦY BAN NHÂN DÂN KT.CHỦ TỊCH PHÓ CHỦ TỊCH Lê Thị Mẫu',
      ['TM. ỦY BAN NHÂN DÂN', 'KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH', 'Lê Thị Mẫu'],
    ],
    ['ỦY BAN NHÂN DÂN TỈNH MẪU', ['ỦY BAN NHÂN DÂN TỈNH MẪU']],
    ['Căn cứ Luật Tổ chức chính quyền địa phương;', ['Căn cứ Luật Tổ chức chính quyền địa phương;']],
  ])('%s', (text, pieces) => {
    expect(texts(text)).toEqual(pieces);
  });

  it('the pieces stand one below the other in the place of the whole', () => {
    const boxes = splitRuns(line('Kính gửi: - A B; - C D')).map((one) => one.box);
    expect(boxes[0]![1]).toBeCloseTo(0.2);
    expect(boxes.at(-1)![3]).toBeCloseTo(0.3);
    expect(boxes[1]![1]).toBeCloseTo(boxes[0]![3]);
  });
});
