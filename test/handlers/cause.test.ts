import { describe, expect, it } from 'vitest';
import { causeOf } from '../../handlers/cause.ts';

describe('plain causes of the T6 table (DOMAIN 7.4)', () => {
  it.each([
    ['5.1.1', null, 'Địa chỉ không tồn tại'],
    [null, '550 5.1.1 <x@y>: Recipient address rejected', 'Địa chỉ không tồn tại'],
    ['5.0.0', 'smtp; 550 5.1.1 User unknown', 'Địa chỉ không tồn tại'],
    [null, 'smtp; 550 No such user here', 'Địa chỉ không tồn tại'],
    ['5.2.2', null, 'Hộp thư nơi nhận đã đầy'],
    [null, '452 4.2.2 mailbox full', 'Hộp thư nơi nhận đã đầy'],
    ['5.3.4', null, 'Tệp vượt quá dung lượng cho phép'],
    [null, '552 message size exceeds limit', 'Tệp vượt quá dung lượng cho phép'],
    ['5.7.1', 'smtp; 550 5.7.1 address rejected by policy', 'Máy chủ nơi nhận từ chối'],
    [null, '554 no', 'Máy chủ nơi nhận từ chối'],
    ['5.0.0', null, 'Máy chủ nơi nhận từ chối'],
    ['4.4.1', null, 'Chưa kết nối được máy chủ nơi nhận'],
    ['5.4.7', 'smtp; delivery time expired', 'Chưa kết nối được máy chủ nơi nhận'],
    [null, 'ECONNREFUSED connect ECONNREFUSED', 'Chưa kết nối được máy chủ nơi nhận'],
    ['5.1.2', null, 'Tên miền của địa chỉ không tồn tại hoặc không nhận thư'],
    [null, null, 'Máy chủ thư báo không gửi được, không nêu nguyên nhân'],
  ])('%s, %s → %s', (status, diagnostic, cause) => {
    expect(causeOf(status, diagnostic)).toBe(cause);
  });
});
