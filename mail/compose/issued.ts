/** T8, the mail of an issued document (DOMAIN 7.4). `mail/letter-body.ts` reads what is written here: change both together. */
import { CongvanError } from '../../config/error.ts';
import type { RenderContext, Rendered } from './context.ts';
import type { IssuedIntent } from './intent.ts';
import { fileList, line, shorten } from './line.ts';
import { documentDate } from './registered.ts';

const URGENCY: Record<IssuedIntent['urgency'], string> = {
  THUONG: 'Thường',
  KHAN: 'Khẩn',
  THUONG_KHAN: 'Thượng khẩn',
  HOA_TOC: 'Hỏa tốc',
  HOA_TOC_HEN_GIO: 'Hỏa tốc hẹn giờ',
};

/** Characters of {trichYeuRutGon}. */
const SHORT_ABSTRACT = 100;

/** Throws INTENT_INVALID (permanent) without số/ký hiệu or without a file: nothing is issued unnumbered or empty. */
export function renderT8(intent: IssuedIntent, context: RenderContext): Rendered {
  const { agency, entry, files } = context;
  if (!entry?.soKyHieu || files.length === 0) {
    throw new CongvanError('INTENT_INVALID', 'T8 needs a numbered entry and at least one file', {
      temporary: false,
    });
  }
  const name = line(agency.name);
  const number = line(entry.soKyHieu);
  const abstract = line(intent.trichYeu);
  const tag = intent.urgency === 'THUONG' ? '' : `[${URGENCY[intent.urgency].toLocaleUpperCase('vi')}] `;
  const lines = [
    `Kính gửi: ${line(context.toName ?? context.to)}`,
    '',
    `${name} gửi Quý cơ quan văn bản điện tử:`,
    `- Số, ký hiệu: ${number}; ngày ${documentDate(intent.ngayVanBan)}`,
    `- Tên loại, trích yếu: ${line([intent.tenLoai ?? '', abstract].join(' '))}`,
    `- Mức độ khẩn: ${URGENCY[intent.urgency]}`,
    `- Người ký: ${line(`${intent.signerTitle} ${intent.signerName}`)}`,
    `- Tệp kèm theo: ${fileList(files.map((file) => file.name))}`,
    `- Bản giấy: ${intent.paper ? 'gửi theo đường công văn' : 'không gửi'}`,
    '',
    `Đề nghị Quý cơ quan thông báo việc nhận văn bản qua hộp thư ${agency.address}.`,
    'Trân trọng./.',
  ];
  return {
    subject: `${tag}${number} – ${name}: ${shorten(abstract, SHORT_ABSTRACT)}`,
    text: `${lines.join('\n')}\n`,
    notice: null,
  };
}
