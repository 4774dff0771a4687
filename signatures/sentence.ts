import type { SignatureCheck, SignatureReason } from './types.ts';

/** "14:03 ngày 05/9/2026", Vietnam time, which is +07:00 all year. */
function vietnamTime(instant: string): string {
  const local = new Date(Date.parse(instant) + 7 * 3_600_000).toISOString();
  const [date, time] = local.split('T') as [string, string];
  const [year, month, day] = date.split('-') as [string, string, string];
  return `${time.slice(0, 5)} ngày ${day}/${month}/${year}`;
}

function signerName(check: SignatureCheck): string {
  const { signer } = check;
  if (signer === null || signer.commonName === '') return 'không rõ người ký';
  if (signer.holder === 'organisation') return `cơ quan, tổ chức “${signer.commonName}”`;
  return signer.holder === 'person' ? `cá nhân “${signer.commonName}”` : `“${signer.commonName}”`;
}

/** What each reason means for the clerk; the first that matters is told. */
const MEANING: [string, string][] = [
  ['CHANGED_AFTER_SIGNING', 'tệp đã bị ghi lại sau khi ký'],
  ['HASH_FAILURE', 'nội dung tệp không còn đúng như khi ký'],
  ['SIG_CRYPTO_FAILURE', 'giá trị chữ ký không đúng với chứng thư số kèm theo'],
  ['FORMAT_FAILURE', 'cấu trúc chữ ký trong tệp không hợp lệ'],
  ['REVOKED', 'chứng thư số đã bị thu hồi trước thời điểm ký'],
  ['EXPIRED', 'chứng thư số đã hết hạn trước khi ký'],
  ['NOT_YET_VALID', 'chứng thư số chưa có hiệu lực khi ký'],
  ['ENCRYPTED', 'tệp bị mã hóa nên chưa đọc được'],
  ['STRUCTURE', 'cấu trúc tệp PDF bị lỗi'],
  ['NO_SIGNING_CERTIFICATE_FOUND', 'không có chứng thư số của người ký trong tệp'],
  ['NO_CERTIFICATE_CHAIN_FOUND', 'chứng thư số do tổ chức chưa có trong danh sách tin cậy cấp'],
  ['OUT_OF_BOUNDS_NO_POE', 'chứng thư số nay đã hết hạn mà không có dấu thời gian chứng minh thời điểm ký'],
  ['CHAIN_CONSTRAINTS_FAILURE', 'chuỗi chứng thư số không đúng quy định'],
  ['TIMESTAMP', 'dấu thời gian kèm theo không kiểm tra được'],
  ['UNSUPPORTED', 'kiểu chữ ký hoặc thuật toán chưa được hỗ trợ'],
  ['LIMIT', 'tệp quá phức tạp'],
  ['NOT_A_PDF', 'tệp không phải là PDF hoặc đã hỏng'],
];

function meaning(reasons: SignatureReason[]): string {
  for (const [code, text] of MEANING) if (reasons.some((reason) => reason.code.startsWith(code))) return text;
  return 'chưa đủ căn cứ để kết luận';
}

function oneOf(check: SignatureCheck): string {
  if (check.verdict === 'VALID') return signerName(check);
  return `${signerName(check)}: ${meaning(check.reasons)}`;
}

function timeNote(check: SignatureCheck): string {
  return check.timeSource === 'timestamp'
    ? `có dấu thời gian lúc ${vietnamTime(check.judgedAt)}`
    : `xét tại thời điểm thư đến ${vietnamTime(check.judgedAt)}`;
}

function validSentence(signed: SignatureCheck[]): string {
  const who = signed.map(oneOf).join('; ');
  const weak = signed.some((check) => check.weak.length > 0)
    ? ' Lưu ý: có chữ ký dùng thuật toán cũ, yếu.'
    : '';
  const count = signed.length === 1 ? 'Chữ ký số hợp lệ' : `${signed.length} chữ ký số hợp lệ`;
  return `${count}: ${who} (${timeNote(signed.at(-1)!)}); nội dung không bị thay đổi sau khi ký.${weak}`;
}

/** The one sentence for the clerk (văn thư), from the facts of the report. */
export function signatureSentence(
  verdict: 'VALID' | 'INVALID' | 'INDETERMINATE' | 'NONE',
  checks: SignatureCheck[],
  defects: SignatureReason[],
): string {
  if (verdict === 'NONE')
    return checks.length === 0
      ? 'Tệp không có chữ ký số.'
      : 'Tệp chỉ có dấu thời gian, không có chữ ký số của người ký.';
  if (verdict === 'VALID') return validSentence(checks.filter((check) => check.kind !== 'timestamp'));
  const bad = checks.filter((check) => check.verdict === verdict);
  const why = bad.length > 0 ? bad.map(oneOf).join('; ') : meaning(defects);
  return verdict === 'INVALID'
    ? `Chữ ký số không hợp lệ – ${why}.`
    : `Chưa thể kết luận về chữ ký số – ${why}.`;
}
