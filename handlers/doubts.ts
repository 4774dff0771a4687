/**
 * Everything that keeps a letter from being registered without a person (DESIGN, invariant 5): each doubt a stable
 * code and a sentence for the clerk. `register.automatic: whenNothingInDoubt` means: this list is empty.
 */
import type { Found, OfficialDocument } from '../documents/types.ts';
import { localDate } from '../documents/vietnam-time.ts';
import { beforeCutover } from './answer.ts';
import type { Candidate } from './candidate.ts';
import { mayBeDocument } from './classify.ts';
import { INCOMPLETE } from './incomplete.ts';
import { agencyOf, isOwnAddress, type Rules } from './rules.ts';
import { annexDoubts, mailSignatureDoubts, signatureDoubts } from './signature-doubts.ts';
import type { HoldReason, RegistrationFacts, Snapshot } from './types.ts';

/** Least confidence of an obligatory field for registration without a person. */
const SURE = 0.9;

const reason = (code: string, sentence: string): HoldReason => ({ code, sentence });

/** Doubts about the mail as a whole. */
export function mailDoubts(facts: RegistrationFacts, candidates: Candidate[], rules: Rules): HoldReason[] {
  return [
    ...senderDoubts(facts, candidates, rules),
    ...channelDoubts(facts, rules),
    ...fileDoubts(facts),
    ...countDoubts(facts, candidates),
  ];
}

/** VAL-01. A valid signature of the issuing agency makes up for mail whose path proves nothing. */
function senderDoubts(facts: RegistrationFacts, candidates: Candidate[], rules: Rules): HoldReason[] {
  const from = facts.mail.from?.address ?? null;
  if (facts.sender.outcome === 'forged') {
    return [
      reason(
        'SENDER_FORGED',
        `Địa chỉ người gửi ${from ?? ''} có dấu hiệu giả mạo (không qua kiểm tra DMARC).`,
      ),
    ];
  }
  if (isOwnAddress(rules, from)) {
    return [reason('OWN_ADDRESS', 'Thư gửi từ chính hộp thư của cơ quan; đề nghị văn thư xem xét.')];
  }
  if (agencyOf(rules, from) === null) {
    return [
      reason(
        'UNKNOWN_SENDER',
        `Địa chỉ gửi ${from ?? '(không có)'} không có trong danh bạ thư điện tử công vụ.`,
      ),
    ];
  }
  const signed = candidates.length > 0 && candidates.every((c) => c.issuerSigned && isSelfSpoken(c.document));
  if (facts.sender.outcome === 'unproven' && !signed) {
    return [
      reason(
        'SENDER_UNPROVEN',
        'Chưa xác thực được máy chủ gửi (SPF, DKIM), và chữ ký số hợp lệ của cơ quan ban hành không bảo đảm cho số, ký hiệu, ngày và trích yếu của văn bản.',
      ),
    ];
  }
  return [];
}

/**
 * Whether the signed file itself says what would be entered. A signature does not vouch for what only the mail around it
 * says: an old signed scan can be sent again under another number by anybody.
 */
function isSelfSpoken({ numberAndSymbol, date, type, abstract, issuingAgency }: OfficialDocument): boolean {
  return [numberAndSymbol, date, type, abstract, issuingAgency].every(
    ({ method }) => method !== 'letter-body' && method !== 'subject' && method !== 'file-name',
  );
}

/** The sender speaks for its own documents: another agency's, described only by the mail around it, is for a person. */
function issuerDoubts(candidate: Candidate, facts: RegistrationFacts, rules: Rules): HoldReason[] {
  if (candidate.issuer === null || isSelfSpoken(candidate.document)) return [];
  const sender = agencyOf(rules, facts.mail.from?.address ?? null);
  if (sender === null || sender.name === candidate.issuer) return [];
  return [
    reason(
      'ISSUER_NOT_SENDER',
      `Văn bản của “${candidate.issuer}” do “${sender.name}” gửi; số, ký hiệu, ngày hoặc trích yếu chỉ lấy từ thư gửi.`,
    ),
  ];
}

function channelDoubts(facts: RegistrationFacts, rules: Rules): HoldReason[] {
  const doubts: HoldReason[] = [];
  if (beforeCutover(facts, rules)) {
    doubts.push(reason('BEFORE_CUTOVER', 'Thư đến trước thời điểm bắt đầu sử dụng hệ thống.'));
  }
  if (rules.regulation.channels.mailIn !== 'allowed') {
    doubts.push(
      reason(
        'CHANNEL',
        `${rules.regulation.soKyHieu}: văn bản gửi qua thư điện tử chỉ được tiếp nhận trong trường hợp ngoại lệ; văn thư quyết định.`,
      ),
    );
  }
  return doubts;
}

function fileDoubts(facts: RegistrationFacts): HoldReason[] {
  const doubts = facts.screening.blocked.map((b) => {
    const name = facts.mail.parts.find((p) => p.path === b.part)?.name ?? b.part;
    return reason(
      'BLOCKED_FILE',
      `Tệp “${name}” thuộc loại không được phép (${b.reason}); tệp không được mở.`,
    );
  });
  for (const defect of facts.mail.defects) {
    const why = INCOMPLETE.get(defect.code);
    if (why !== undefined) doubts.push(reason('INCOMPLETE', `Thư có thể không đầy đủ: ${why}.`));
  }
  for (const part of facts.mail.parts.filter((p) => p.encrypted)) {
    doubts.push(reason('INCOMPLETE', `Tệp “${part.name}” được đặt mật khẩu nên chưa đọc được.`));
  }
  if (facts.screening.virus.status === 'too-large') {
    doubts.push(
      reason('NOT_SCANNED', 'Có tệp vượt quá dung lượng mà chương trình diệt vi-rút kiểm tra được.'),
    );
  }
  return doubts;
}

function countDoubts(facts: RegistrationFacts, candidates: Candidate[]): HoldReason[] {
  const doubts: HoldReason[] = [];
  if (candidates.length === 0) doubts.push(reason('NO_DOCUMENT', 'Không tìm thấy văn bản trong thư.'));
  if (candidates.length > 1) {
    doubts.push(
      reason('SEVERAL_DOCUMENTS', `Thư có ${candidates.length} văn bản; mỗi văn bản được cấp một số đến.`),
    );
  }
  const loose = facts.mail.parts.filter(
    (p) => facts.unassigned.includes(p.path) && mayBeDocument(p) && p.origin !== 'message',
  );
  for (const part of loose) {
    doubts.push(reason('UNASSIGNED_FILE', `Chưa rõ tệp “${part.name}” thuộc văn bản nào.`));
  }
  if (facts.mail.parts.some((p) => p.origin === 'message')) {
    doubts.push(
      reason('FORWARDED', 'Văn bản nằm trong một thư khác được chuyển tiếp; đề nghị kiểm tra nơi gửi.'),
    );
  }
  return doubts;
}

/** Doubts about one document. */
export function documentDoubts(
  candidate: Candidate,
  facts: RegistrationFacts,
  rules: Rules,
  snapshot: Snapshot,
): HoldReason[] {
  return [
    ...signatureDoubts(candidate, rules),
    ...annexDoubts(candidate.document, facts),
    ...mailSignatureDoubts(facts),
    ...issuerDoubts(candidate, facts, rules),
    ...fieldDoubts(candidate, rules),
    ...dateDoubts(candidate.document, facts),
    ...duplicateDoubts(candidate, snapshot),
    ...candidate.document.defects.map((d) =>
      reason('FIELD_CONFLICT', `Thông tin trên văn bản chưa thống nhất: ${d.detail}`),
    ),
  ];
}

const LABELS: Record<string, string> = {
  soKyHieu: 'số, ký hiệu',
  ngayVanBan: 'ngày, tháng văn bản',
  tenLoai: 'tên loại',
  trichYeu: 'trích yếu',
  tacGia: 'cơ quan ban hành',
  nguoiKy: 'người ký',
  chucVuNguoiKy: 'chức vụ người ký',
};

/** Fields that the regulation obliges and that stand on the document; how sure they were read. */
function readField(document: OfficialDocument, key: string): Found<unknown> | null {
  switch (key) {
    case 'soKyHieu':
      return document.numberAndSymbol;
    case 'ngayVanBan':
      return document.date;
    case 'tenLoai':
      return document.type;
    case 'trichYeu':
      return document.abstract;
    case 'tacGia':
      return document.issuingAgency;
    case 'nguoiKy':
      return document.signerName;
    case 'chucVuNguoiKy':
      return document.signerTitle;
    default:
      return null;
  }
}

function fieldDoubts(candidate: Candidate, rules: Rules): HoldReason[] {
  const unsure = rules.regulation.register.requiredIncoming.filter((key) => {
    const found = readField(candidate.document, key);
    return found !== null && (found.value === null || found.confidence < SURE);
  });
  if (unsure.length === 0) return [];
  const names = unsure.map((key) => LABELS[key] ?? key).join(', ');
  return [reason('FIELDS_UNSURE', `Chưa đọc được chắc chắn: ${names}.`)];
}

/** VAL-13. */
function dateDoubts(document: OfficialDocument, facts: RegistrationFacts): HoldReason[] {
  const date = document.date.value;
  if (date === null || date <= localDate(facts.enteredAt)) return [];
  return [reason('DATE_INCONSISTENT', `Ngày văn bản (${date}) sau ngày thư đến: ngày không thống nhất.`)];
}

/** INT-10: the same document key, or the same file, in an entry of ours. */
function duplicateDoubts(candidate: Candidate, snapshot: Snapshot): HoldReason[] {
  const earlier = [...snapshot.entriesByKey, ...snapshot.entriesByFile].find(
    (e) =>
      e.book === 'den' &&
      !e.cancelled &&
      ((candidate.documentKey !== null && e.documentKey === candidate.documentKey) ||
        candidate.knownEntries.includes(e.id)),
  );
  if (!earlier) return [];
  return [reason('DUPLICATE', `Văn bản này đã có số đến ${earlier.number}/${earlier.year}.`)];
}
