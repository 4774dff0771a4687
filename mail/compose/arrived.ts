/** T1, xác nhận đã đến (DOMAIN 7.4; ACK-01): says that the letter is here, and expressly not that it is accepted. */
import { buildNotice } from '../notice.ts';
import type { RenderContext, Rendered } from './context.ts';
import type { ArrivedIntent } from './intent.ts';
import { fileList, line, lineOrUnknown } from './line.ts';
import { momentWords } from './vietnamese-time.ts';

export function renderT1(intent: ArrivedIntent, context: RenderContext): Rendered {
  const { agency } = context;
  const subject = line(intent.subject, 200) || '(không có tiêu đề)';
  const names = intent.files.map((file) => file.name);
  const lines = [
    `Kính gửi: ${line(context.toName ?? context.to)}`,
    '',
    `Hệ thống tiếp nhận văn bản điện tử của ${line(agency.name)} xin thông báo: thư điện tử của`,
    `Quý cơ quan đã đến hộp thư điện tử công vụ ${agency.address}.`,
    '',
    `- Tiêu đề thư: ${subject}`,
    `- Người gửi: ${lineOrUnknown(intent.senderAddress)}`,
    `- Thời điểm thư nhập vào hệ thống: ${momentWords(intent.enteredAt)}`,
    ...deemedLine(intent),
    `- Số tệp đính kèm nhận được: ${names.length}${names.length > 0 ? ` (${fileList(names)})` : ''}`,
    `- Mã tra cứu: ${line(intent.lookup)}`,
    '',
    'Thông báo này được lập tự động, chỉ xác nhận thư đã đến; không phải là xác nhận văn bản',
    'hợp lệ hoặc đã được đăng ký vào Sổ đăng ký văn bản đến. Kết quả tiếp nhận sẽ được thông',
    'báo đến Quý cơ quan sau khi văn thư kiểm tra.',
    '',
    `Trường hợp cần trao đổi, xin liên hệ ${line(agency.clerkUnit)}, điện thoại ${line(agency.phone)}.`,
    '',
    'Trân trọng./.',
  ];
  return {
    subject: `[ĐÃ ĐẾN] ${subject}`,
    text: `${lines.join('\n')}\n`,
    notice: buildNotice('arrived', intent.about, {
      agencyCode: agency.code,
      agencyName: agency.name,
      enteredAt: intent.enteredAt,
      deemedReceivedAt: intent.deemedReceivedAt,
      files: intent.files,
    }),
  };
}

/** TIM-03: told only when it is another instant than that of entry. */
function deemedLine(intent: ArrivedIntent): string[] {
  if (Date.parse(intent.deemedReceivedAt) === Date.parse(intent.enteredAt)) return [];
  return [
    `- Thời điểm được tính là nhận: ${momentWords(intent.deemedReceivedAt)} (thư nhập vào hệ thống ngoài giờ hành chính)`,
  ];
}
