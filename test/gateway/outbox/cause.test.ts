import { describe, expect, it } from 'vitest';
import { causeOfReply, causeOfResult } from '../../../gateway/outbox/cause.ts';

describe('plain causes of the T6 table (DOMAIN 7.4)', () => {
  it.each([
    ['550 5.1.1 <x@y>: Recipient address rejected', 'Địa chỉ không tồn tại'],
    ['550 No such user here', 'Địa chỉ không tồn tại'],
    ['552 5.2.2 over quota', 'Hộp thư nơi nhận đã đầy'],
    ['452 4.2.2 mailbox full', 'Hộp thư nơi nhận đã đầy'],
    ['552 5.3.4 too big', 'Tệp vượt quá dung lượng cho phép'],
    ['552 message size exceeds limit', 'Tệp vượt quá dung lượng cho phép'],
    ['554 5.7.1 rejected', 'Máy chủ nơi nhận từ chối'],
    ['554 no', 'Máy chủ nơi nhận từ chối'],
    ['451 4.4.1 timeout', 'Chưa kết nối được máy chủ nơi nhận'],
    ['ECONNREFUSED connect ECONNREFUSED', 'Chưa kết nối được máy chủ nơi nhận'],
    ['550 5.1.2 bad domain', 'Tên miền của địa chỉ không tồn tại hoặc không nhận thư'],
  ])('%s → %s', (reply, cause) => {
    expect(causeOfReply(reply)).toBe(cause);
  });

  it('a problem of ours is named as ours', () => {
    expect(causeOfResult({ outcome: 'temporary', reply: '535 5.7.8 no', problem: 'login-refused' })).toMatch(/của cơ quan từ chối đăng nhập/);
  });
});
