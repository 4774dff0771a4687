/** T3, trả lại kèm lý do (DOMAIN 7.4; ACK-03): a named person's decision, in the passive voice, with what is to be done. */
import { CongvanError } from '../../config/error.ts';
import { buildNotice } from '../notice.ts';
import type { RenderContext, Rendered } from './context.ts';
import type { ReturnedIntent } from './intent.ts';
import { line, lineOrUnknown } from './line.ts';
import { basisText, reasonLines, requestSentence } from './reasons.ts';
import { documentDate } from './registered.ts';
import { momentWords } from './vietnamese-time.ts';

/** Throws INTENT_INVALID (permanent) without a reason or a person: such a return may not go out. */
export function renderT3(intent: ReturnedIntent, context: RenderContext): Rendered {
  const { agency } = context;
  if (intent.reasons.length === 0 || intent.personName.trim() === '') {
    throw new CongvanError('INTENT_INVALID', 'T3 needs a reason and a named person', { temporary: false });
  }
  const name = line(agency.name);
  const number = lineOrUnknown(intent.soKyHieu);
  const date = documentDate(intent.ngayVanBan);
  const lines = [
    `Kính gửi: ${line(context.toName ?? context.to)}`,
    '',
    `${name} đã nhận được thư điện tử của Quý cơ quan gửi ${momentWords(intent.sentAt)}, kèm văn bản`,
    `số ${number} ngày ${date} ("${lineOrUnknown(intent.trichYeu)}"). Qua kiểm tra, văn bản chưa đủ điều kiện tiếp nhận`,
    'vì lý do sau:',
    '',
    ...reasonLines(intent.reasons),
    '',
    `Căn cứ: ${basisText(intent.reasons, intent.regulation)}.`,
    `${requestSentence(intent.reasons, agency.address)} ${notRegistered(intent, name)}`,
    '',
    `Người thực hiện: ${line(intent.personName)}, ${line(intent.personTitle)}, điện thoại ${line(agency.phone)}.`,
    '',
    'Trân trọng./.',
  ];
  return {
    subject: `[TRẢ LẠI] Văn bản số ${number} ngày ${date}`,
    text: `${lines.join('\n')}\n`,
    notice: buildNotice('returned', intent.about, {
      agencyCode: agency.code,
      agencyName: agency.name,
      soKyHieu: intent.soKyHieu,
      ngayVanBan: intent.ngayVanBan,
      enteredAt: intent.enteredAt,
      deemedReceivedAt: intent.deemedReceivedAt,
      reasons: intent.reasons.map(({ code, detail }) => (detail === null ? code : `${code}: ${detail}`)),
      files: intent.files,
    }),
  };
}

/** TC10: the document is in the register already, so that "has not been registered" would be untrue of it. */
function notRegistered(intent: ReturnedIntent, agency: string): string {
  return intent.reasons.some((reason) => reason.code === 'TC10')
    ? `Thư nêu trên không được\nđăng ký thêm một lần nữa vào Sổ đăng ký văn bản đến của ${agency}.`
    : `Văn bản nêu trên chưa được\nđăng ký vào Sổ đăng ký văn bản đến của ${agency}.`;
}
