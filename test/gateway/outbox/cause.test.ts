import { describe, expect, it } from 'vitest';
import { causeOfResult } from '../../../gateway/outbox/cause.ts';

describe('why a try did not succeed', () => {
  it.each([
    [{ outcome: 'permanent', reply: '550 5.1.1 no such user', problem: null }, /^Địa chỉ không tồn tại$/],
    [
      { outcome: 'temporary', reply: '451 4.7.1 later', problem: null },
      /^Chưa kết nối được máy chủ nơi nhận$/,
    ],
    [
      { outcome: 'temporary', reply: '535 5.7.8 no', problem: 'login-refused' },
      /của cơ quan từ chối đăng nhập/,
    ],
    [{ outcome: 'uncertain', reply: 'ECONNECTION', problem: null }, /chưa rõ máy chủ đã nhận hay chưa$/],
  ] as const)('%j', (result, cause) => {
    expect(causeOfResult(result)).toMatch(cause);
  });
});
