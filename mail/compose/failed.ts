/** T6, gửi không thành công (DOMAIN 7.4): to our own clerk, with what can be done about it. */
import type { RenderContext, Rendered } from './context.ts';
import type { Advice, FailedIntent } from './intent.ts';
import { line, lineOrUnknown } from './line.ts';
import { documentDate } from './registered.ts';
import { dateWords, momentWords } from './vietnamese-time.ts';

const ADVICE: Record<Advice, string> = {
  'check-address': 'kiểm tra địa chỉ',
  'split-files': 'chia nhỏ tệp',
  'use-trunk': 'gửi qua trục liên thông',
  'send-paper': 'gửi bản giấy',
};

export function renderT6(intent: FailedIntent, context: RenderContext): Rendered {
  const number = lineOrUnknown(intent.soKyHieu ?? context.entry?.soKyHieu ?? null);
  const recipient = line(intent.recipientName) || line(intent.recipientAddress);
  const server = line([intent.status, intent.diagnostic].filter((part) => part !== null).join(' '));
  const lines = [
    `Văn bản số ${number} ngày ${documentDate(intent.ngayVanBan)} chưa gửi được đến ${recipient} (${line(intent.recipientAddress)}).`,
    '',
    `- Thời điểm gửi: ${intent.sentAt === null ? 'chưa gửi được lần nào' : momentWords(intent.sentAt)}`,
    `- Nguyên nhân: ${line(intent.cause)}${server === '' ? '' : ` (máy chủ báo: ${server})`}`,
    `- Thời hạn gửi theo quy định: ${deadline(intent.deadline)}`,
    '',
    `Đề nghị: ${advice(intent.advice)} và ghi kết quả vào hệ thống.`,
  ];
  return {
    subject: `[GỬI KHÔNG THÀNH CÔNG] Văn bản số ${number} – ${recipient}`,
    text: `${lines.join('\n')}\n`,
    notice: null,
  };
}

function deadline(isoDate: string | null): string {
  const words = isoDate === null ? null : dateWords(isoDate);
  return words === null ? 'không quy định' : `ngày ${words}`;
}

function advice(given: Advice[]): string {
  const words = (given.length > 0 ? given : (['check-address', 'send-paper'] as const)).map(
    (one) => ADVICE[one],
  );
  const last = words.pop() ?? '';
  return words.length > 0 ? `${words.join(', ')} hoặc ${last}` : last;
}
