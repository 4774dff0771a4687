import { describe, expect, it } from 'vitest';
import { signatureSentence } from '../../signatures/sentence.ts';
import type { Change, Conclusion, SignatureCheck } from '../../signatures/types.ts';
import { LEADER_SIGNED, ORG_SIGNED } from '../support/facts.ts';

function check(of: Partial<SignatureCheck>, signed = LEADER_SIGNED): SignatureCheck {
  return { ...signed, ...of };
}

function say(
  conclusion: Conclusion,
  signatures: SignatureCheck[],
  senderMatches: boolean | null = null,
): string {
  return signatureSentence({ conclusion, signatures, defects: [], senderMatches });
}

const why = (code: string) => ({ reasons: [{ code, detail: 'x' }] });
const change = (kind: string): Change[] => [{ kind, detail: 'x', allowed: false }];
const LEADER = 'cá nhân “Trần Văn Mẫu”';

describe('the sentence for the clerk', () => {
  it('a time stamp is told for those signatures that have one', () => {
    const stamp = (judgedAt: string) => check({ timeSource: 'timestamp', judgedAt });
    const [first, last] = [stamp('2026-02-04T07:03:00.000Z'), stamp('2026-02-05T07:03:00.000Z')];
    expect(say('valid', [last, first])).toContain(
      '(đều có dấu thời gian, muộn nhất lúc 14:03 ngày 05/02/2026)',
    );
    expect(say('valid', [LEADER_SIGNED, first])).toContain(
      '(1 chữ ký có dấu thời gian, muộn nhất lúc 14:03 ngày 04/02/2026; còn lại xét tại thời điểm 09:00 ngày 20/11/2026)',
    );
  });

  it('names who signed, and when it was proven', () => {
    const stamped = { timeSource: 'timestamp', judgedAt: '2026-02-05T07:03:00.000Z' } as const;
    expect(say('valid', [check(stamped), check(stamped, ORG_SIGNED)])).toBe(
      `2 chữ ký số hợp lệ: ${LEADER}; cơ quan, tổ chức “Sở Nội vụ tỉnh Mẫu” (đều có dấu thời gian, muộn nhất lúc 14:03 ngày 05/02/2026); nội dung không bị thay đổi sau khi ký.`,
    );
  });

  it('tells several signatures of one holder once', () => {
    expect(say('valid', [LEADER_SIGNED, ORG_SIGNED, ORG_SIGNED])).toContain(
      '“Sở Nội vụ tỉnh Mẫu” (2 chữ ký)',
    );
  });

  it.each<[string, Partial<SignatureCheck>, string]>([
    [
      'invalid',
      { ...why('FORMAT_FAILURE'), notes: [{ code: 'FILE_REWRITTEN', detail: '' }] },
      'tệp đã bị ghi lại sau khi ký',
    ],
    ['invalid', why('HASH_FAILURE'), 'nội dung tệp không còn đúng như khi ký'],
    [
      'invalid',
      { ...why('HASH_FAILURE'), notes: [{ code: 'CHANGED_IN_TRANSIT', detail: '' }] },
      'máy chủ trung gian',
    ],
    [
      'suspect',
      { ...why('CHANGED_AFTER_SIGNING'), changes: change('PAGE_CONTENT') },
      'nội dung trang bị sửa',
    ],
    ['suspect', { ...why('CHANGED_AFTER_SIGNING'), changes: change('JAVASCRIPT') }, 'có mã tự chạy'],
    ['untrusted', why('NO_CERTIFICATE_CHAIN_FOUND'), 'chưa có trong danh sách tin cậy'],
    ['untrusted', why('TRY_LATER'), 'chưa lấy được thông tin thu hồi'],
    ['untrusted', why('REVOKED_NO_POE'), 'đã bị thu hồi mà không có dấu thời gian'],
    ['untrusted', why('NEVER_HEARD_OF'), 'chưa đủ căn cứ'],
  ])('%s: %o', (conclusion, of, words) => {
    const said = say(conclusion as Conclusion, [check({ ...of, conclusion: conclusion as 'invalid' })]);
    expect(said).toContain(words);
    expect(said).toContain(LEADER);
    expect(said).toMatch(/\.$/);
  });

  it('adds what changes no verdict', () => {
    const weak = check({
      weak: ['SHA-1'],
      revocation: 'unknown',
      notes: [{ code: 'CLAIMED_TIME_AHEAD', detail: '' }],
    });
    expect(say('valid', [weak], false)).toContain(
      ' Lưu ý: có chữ ký dùng thuật toán cũ, yếu; giờ ký do máy người ký ghi muộn hơn dấu thời gian, lấy theo dấu thời gian; chưa kiểm tra được trạng thái thu hồi của chứng thư số; địa chỉ người gửi không phải là địa chỉ trong chứng thư số.',
    );
  });

  it.each<[SignatureCheck[], Conclusion, string]>([
    [[], 'none', 'Tệp không có chữ ký số.'],
    [[check({ kind: 'timestamp' })], 'none', 'Tệp chỉ có dấu thời gian, không có chữ ký số của người ký.'],
  ])('no signature: %#', (signatures, conclusion, sentence) => {
    expect(say(conclusion, signatures)).toBe(sentence);
  });

  it('is written in composed letters (NFC)', () => {
    const said = say('suspect', [
      check({ ...why('CHANGED_AFTER_SIGNING'), conclusion: 'suspect', changes: change('PAGES') }),
    ]);
    expect(said).toBe(said.normalize('NFC'));
  });
});
