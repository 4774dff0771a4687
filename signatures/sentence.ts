/** The one sentence for the clerk (văn thư), from the facts of the report. */
import type { SignatureCheck, SignatureReason, SignatureReport } from './types.ts';

type Told = Pick<SignatureReport, 'conclusion' | 'signatures' | 'defects' | 'senderMatches'> &
  Partial<Pick<SignatureReport, 'format'>>;

/** "14:03 ngày 05/9/2026", Vietnam time, which is +07:00 all year. */
function vietnamTime(instant: string): string {
  const local = new Date(Date.parse(instant) + 7 * 3_600_000).toISOString();
  const [date, time] = local.split('T') as [string, string];
  const [year, month, day] = date.split('-') as [string, string, string];
  // Nghị định 30/2020: a zero before days under 10 and the months 1 and 2.
  const shown = Number(month) < 3 ? month : String(Number(month));
  return `${time.slice(0, 5)} ngày ${day}/${shown}/${year}`;
}

function signerName(check: SignatureCheck): string {
  const { signer } = check;
  if (signer === null || signer.commonName === '') return 'không rõ người ký';
  if (signer.holder === 'organisation') return `cơ quan, tổ chức “${signer.commonName}”`;
  return signer.holder === 'person' ? `cá nhân “${signer.commonName}”` : `“${signer.commonName}”`;
}

/** What each finding means for the clerk, the weightiest first. */
const MEANING: [RegExp, string][] = [
  [
    /^FILE_REWRITTEN/,
    'tệp đã bị ghi lại sau khi ký (ví dụ để đóng dấu ĐẾN) hoặc bị cắt ngắn, nên chữ ký không còn giá trị; đề nghị xin lại tệp gốc',
  ],
  [
    /^CHANGED_IN_TRANSIT/,
    'thư đã bị máy chủ trung gian mã hóa lại trên đường đi, nội dung không có dấu hiệu bị sửa',
  ],
  [/LIMIT|TOO_/, 'tệp quá lớn hoặc quá phức tạp'],
  [/^HASH_FAILURE/, 'nội dung tệp không còn đúng như khi ký'],
  [/^SIG_CRYPTO_FAILURE/, 'giá trị chữ ký không đúng với chứng thư số kèm theo'],
  [/^FORMAT_FAILURE/, 'cấu trúc chữ ký hoặc cấu trúc tệp không hợp lệ'],
  [/^REVOKED$/, 'chứng thư số đã bị thu hồi trước khi ký'],
  [/^EXPIRED/, 'chứng thư số đã hết hạn trước khi ký'],
  [/^NOT_YET_VALID/, 'chứng thư số chưa có hiệu lực khi ký'],
  [/^CHANGED_AFTER_SIGNING/, 'tệp có nội dung được thêm hoặc sửa sau khi ký'],
  [/^ENCRYPTED/, 'tệp có mật khẩu hoặc bị mã hóa nên chưa đọc được'],
  [/^(?:STRUCTURE|XREF)/, 'cấu trúc tệp PDF bị lỗi'],
  [/^SIGNED_DATA_NOT_FOUND/, 'không có nội dung mà chữ ký này ký lên'],
  [/^NO_SIGNING_CERTIFICATE_FOUND/, 'không có chứng thư số của người ký trong tệp'],
  [/^NO_CERTIFICATE_CHAIN_FOUND/, 'chứng thư số do tổ chức chưa có trong danh sách tin cậy cấp'],
  [/^REVOKED/, 'chứng thư số đã bị thu hồi mà không có dấu thời gian chứng minh văn bản được ký trước đó'],
  [
    /^(?:OUT_OF_BOUNDS|NO_POE)/,
    'chứng thư số nay đã hết hạn mà không có dấu thời gian chứng minh thời điểm ký',
  ],
  [/^TRY_LATER/, 'chưa lấy được thông tin thu hồi chứng thư số'],
  [/^CRYPTO_CONSTRAINTS/, 'thuật toán ký đã cũ, không còn được chấp nhận'],
  [/^CHAIN_CONSTRAINTS/, 'chuỗi chứng thư số không đúng quy định'],
  [/^SIG_CONSTRAINTS/, 'chứng thư số không dùng để ký loại nội dung này'],
  [/^TIMESTAMP/, 'dấu thời gian kèm theo không kiểm tra được'],
  [/^UNSUPPORTED/, 'kiểu chữ ký hoặc thuật toán chưa được hỗ trợ'],
  [/^FIELD_NOT_FOUND/, 'tệp không có trường chữ ký này'],
];

/** What kinds of change mean for the clerk (`Change.kind`); those not named are told in general. */
const CHANGE: [RegExp, string][] = [
  [/^PAGES/, 'trang bị thêm, bớt hoặc thay'],
  [/^(?:PAGE_CONTENT|RESOURCES|FONT|OCG)/, 'nội dung trang bị sửa'],
  [/^(?:ANNOTATION|OVERLAY)/, 'có đối tượng được đặt thêm lên trang'],
  [/^FORM_FILL/, 'ô biểu mẫu được điền hoặc sửa'],
  [/^(?:JAVASCRIPT|ACTION|XFA)/, 'có mã tự chạy được thêm vào'],
  [/^(?:UNSIGNED_PART|UNCOVERED)/, 'có phần không được chữ ký bảo vệ'],
  [/^(?:RELATIONSHIP|EXTERNAL_CONTENT)/, 'có liên kết đến nội dung bên ngoài được thêm vào'],
];

function changeMeaning(check: SignatureCheck): string | null {
  const kinds = check.changes.filter((one) => !one.allowed).map((one) => one.kind);
  const said = CHANGE.find(([pattern]) => kinds.some((kind) => pattern.test(kind)));
  return said?.[1] ?? null;
}

function meaning(reasons: SignatureReason[], notes: SignatureReason[] = []): string {
  const codes = [...notes, ...reasons].map((one) => one.code);
  const found = MEANING.find(([pattern]) => codes.some((code) => pattern.test(code)));
  return found?.[1] ?? 'chưa đủ căn cứ để kết luận';
}

/** Notes are told only where they explain a failure; those of a time stamp that cannot be trusted explain nothing. */
function whyOf(check: SignatureCheck): string {
  const telling = check.notes.filter((one) => /^(?:FILE_REWRITTEN|CHANGED_IN_TRANSIT)$/.test(one.code));
  const general = meaning(check.reasons, check.conclusion === 'invalid' ? telling : []);
  const broken = check.changes.some((one) => !one.allowed);
  const change = broken && telling.length === 0 ? changeMeaning(check) : null;
  return change === null ? general : `tệp đã thay đổi sau khi ký: ${change}`;
}

/** Several signatures of the same holder, and with the same finding, are told once. */
function holders(signed: SignatureCheck[], one: (check: SignatureCheck) => string): string {
  const counts = new Map<string, number>();
  for (const check of signed) counts.set(one(check), (counts.get(one(check)) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} chữ ký)`)).join('; ');
}

/** Why, with everyone it holds for: what is wrong is the same for most signatures of one file. */
function whyTold(bad: SignatureCheck[]): string {
  const reasons = [...new Set(bad.map(whyOf))];
  return reasons
    .map(
      (why) =>
        `${holders(
          bad.filter((check) => whyOf(check) === why),
          signerName,
        )}: ${why}`,
    )
    .join('; ');
}

/** When it was proven: each time stamp is its own signature's, so the latest is told, and for how many of them it holds. */
function timeNote(signed: SignatureCheck[]): string {
  const stamped = signed.filter((check) => check.timeSource === 'timestamp');
  const bare = signed.find((check) => check.timeSource === 'entry');
  const judged = bare === undefined ? '' : `xét tại thời điểm ${vietnamTime(bare.judgedAt)}`;
  if (stamped.length === 0) return judged;
  const latest = vietnamTime(
    stamped
      .map((check) => check.judgedAt)
      .sort()
      .at(-1)!,
  );
  if (signed.length === 1) return `có dấu thời gian lúc ${latest}`;
  if (bare === undefined) return `đều có dấu thời gian, muộn nhất lúc ${latest}`;
  return `${stamped.length} chữ ký có dấu thời gian, muộn nhất lúc ${latest}; còn lại ${judged}`;
}

function remarks(signed: SignatureCheck[], senderMatches: boolean | null): string {
  const said: string[] = [];
  if (signed.some((check) => check.weak.length > 0)) said.push('có chữ ký dùng thuật toán cũ, yếu');
  if (signed.some((check) => check.notes.some((one) => one.code === 'CLAIMED_TIME_AHEAD')))
    said.push('giờ ký do máy người ký ghi muộn hơn dấu thời gian, lấy theo dấu thời gian');
  if (signed.some((check) => check.revocation === 'unknown'))
    said.push('chưa kiểm tra được trạng thái thu hồi của chứng thư số');
  if (senderMatches === false) said.push('địa chỉ người gửi không phải là địa chỉ trong chứng thư số');
  return said.length === 0 ? '' : ` Lưu ý: ${said.join('; ')}.`;
}

function validSentence(signed: SignatureCheck[], senderMatches: boolean | null): string {
  const who = holders(signed, signerName);
  const count = signed.length === 1 ? 'Chữ ký số hợp lệ' : `${signed.length} chữ ký số hợp lệ`;
  const unchanged = 'nội dung không bị thay đổi sau khi ký';
  return `${count}: ${who} (${timeNote(signed)}); ${unchanged}.${remarks(signed, senderMatches)}`;
}

const HEADLINE = {
  invalid: 'Chữ ký số không hợp lệ',
  suspect: 'Chữ ký số đúng nhưng tệp có thay đổi không được phép',
  untrusted: 'Chưa thể kết luận về chữ ký số',
  error: 'Không phân tích được chữ ký số của tệp',
} as const;

/** Vietnamese, official, one sentence; remarks that change no verdict follow it. */
export function signatureSentence(told: Told): string {
  const { conclusion, signatures, defects, senderMatches } = told;
  if (conclusion === 'none' && told.format === 'none')
    return 'Tệp không thuộc dạng có thể mang chữ ký số, hoặc đã hỏng nên không nhận ra.';
  if (conclusion === 'none')
    return signatures.length === 0
      ? 'Tệp không có chữ ký số.'
      : 'Tệp chỉ có dấu thời gian, không có chữ ký số của người ký.';
  if (conclusion === 'valid') {
    const signed = signatures.filter((check) => check.kind !== 'timestamp');
    return validSentence(signed.length > 0 ? signed : signatures, senderMatches);
  }
  const bad = signatures.filter((check) => check.conclusion === conclusion);
  const why = bad.length > 0 ? whyTold(bad) : meaning(defects);
  // What is false or changed needs no finer points.
  const fine = conclusion === 'untrusted' ? bad : [];
  return `${HEADLINE[conclusion]} – ${why}.${remarks(fine, senderMatches)}`;
}
