/** T2, xác nhận tiếp nhận, đăng ký (DOMAIN 7.4; ACK-02, QN Điều 12). */
import { CongvanError } from '../../config/error.ts';
import { buildNotice } from '../notice.ts';
import type { RenderContext, Rendered } from './context.ts';
import type { RegisteredIntent } from './intent.ts';
import { line, lineOrUnknown, UNKNOWN } from './line.ts';
import { dateWords } from './vietnamese-time.ts';

/** Throws INTENT_INVALID (permanent) without an entry: a registration that has no số đến may not be told. */
export function renderT2(intent: RegisteredIntent, context: RenderContext): Rendered {
  const { agency, entry } = context;
  if (entry === null) {
    throw new CongvanError('INTENT_INVALID', 'T2 needs the entry that it speaks of', { temporary: false });
  }
  const number = lineOrUnknown(intent.soKyHieu);
  const date = documentDate(intent.ngayVanBan);
  const title = line([intent.tenLoai, intent.trichYeu].filter((part) => part !== null).join(' ')) || UNKNOWN;
  const lines = [
    `Kính gửi: ${line(context.toName ?? context.to)}`,
    '',
    `${line(agency.name)} xác nhận đã nhận được văn bản điện tử${intent.signatureValid ? ' hợp lệ' : ''} của Quý cơ quan và đã đăng ký`,
    'vào Sổ đăng ký văn bản đến:',
    '',
    `- Số, ký hiệu: ${number}; ngày ${date}`,
    `- Cơ quan ban hành: ${lineOrUnknown(intent.tacGia)}`,
    `- Tên loại, trích yếu: ${title}`,
    `- Số đến: ${entry.number}; ngày đến: ${documentDate(intent.ngayDen)}`,
    `- Kết quả kiểm tra chữ ký số: ${line(intent.signatureResult)}`,
    `- Bản giấy kèm theo: ${intent.paper ? 'có' : 'không'}`,
    '',
    'Trân trọng./.',
  ];
  return {
    subject: `[ĐÃ TIẾP NHẬN] Văn bản số ${number} ngày ${date}`,
    text: `${lines.join('\n')}\n`,
    notice: buildNotice('registered', intent.about, {
      agencyCode: agency.code,
      agencyName: agency.name,
      soKyHieu: intent.soKyHieu,
      ngayVanBan: intent.ngayVanBan,
      soDen: entry.number,
      ngayDen: intent.ngayDen,
      enteredAt: intent.enteredAt,
      deemedReceivedAt: intent.deemedReceivedAt,
      files: intent.files,
    }),
  };
}

/** {ngayVanBan} as the templates put it after "ngày". */
export function documentDate(isoDate: string | null): string {
  return (isoDate === null ? null : dateWords(isoDate)) ?? UNKNOWN;
}
