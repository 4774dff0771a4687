/** Why a try did not succeed, in plain Vietnamese, no full stop: the recipient's side in the words of T6, ours as ours. */
import { causeOf } from '../../handlers/cause.ts';
import type { SendResult } from './verdict.ts';

const PROBLEMS: Record<Exclude<SendResult['problem'], null>, string> = {
  'login-refused':
    'Máy chủ gửi thư của cơ quan từ chối đăng nhập; đề nghị quản trị kiểm tra tài khoản, mật khẩu',
  'sender-refused':
    'Máy chủ gửi thư của cơ quan không cho gửi từ địa chỉ này; đề nghị quản trị kiểm tra cấu hình',
  tls: 'Không thiết lập được kết nối an toàn với máy chủ gửi thư; đề nghị quản trị kiểm tra chứng thư số của máy chủ',
  unreachable: 'Không kết nối được máy chủ gửi thư',
};

const UNCERTAIN = 'Mất kết nối sau khi đã gửi xong nội dung; chưa rõ máy chủ đã nhận hay chưa';

export function causeOfResult(result: Pick<SendResult, 'outcome' | 'reply' | 'problem'>): string {
  if (result.outcome === 'uncertain') return UNCERTAIN;
  return result.problem === null ? causeOf(null, result.reply) : PROBLEMS[result.problem];
}
